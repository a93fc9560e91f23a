"""The page on which limits are looked up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from simulator.limit_books import books

pytestmark = pytest.mark.django_db
HERE = "/role-plays/limits/"
CASE = {"received_at": "2026-09-30T18:20", "channel": "phone", "urgency": "general", "complexity": "simple", "rules": "CN"}


@pytest.fixture
def page(trainee: Any) -> Any:
    client = Client()
    client.force_login(trainee)

    def look(**changes: Any) -> Any:
        return client.get(HERE, {**CASE, **changes})

    look.client = client
    return look


@pytest.fixture
def data_folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    for name in ("limits", "calendars"):
        (tmp_path / name).mkdir()
    return tmp_path


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def rows(response: Any) -> list[tuple[str, str, bool]]:
    return [(row["code"], f"{row['day']:%m-%d} {row['time']}".strip(), row["governs"]) for row in response.context["running"]]


def test_nobody_looks_limits_up_without_a_login() -> None:
    assert Client().get(HERE).status_code == 302


def test_an_ordinary_case_stands_there_before_anybody_asks(page: Any) -> None:
    response = page.client.get(HERE)
    assert response.status_code == 200
    assert response.context["first"]["code"] == "system_entry"


def test_the_clocks_stand_in_order_and_the_law_behind_the_banks_own(page: Any) -> None:
    assert rows(page()) == [
        ("system_entry", "10-08", True),
        ("progress", "10-10", True),
        ("result", "10-13", True),
        ("decision_simple", "10-15", False),
    ]


def test_every_clock_shows_its_source_and_whether_that_was_verified(page: Any) -> None:
    said = text_of(page(rules="HK", place="HK"))
    assert "T-12" in said
    assert "not verified" in said
    assert "from the source" in said


def test_holidays_left_out_and_make_up_days_are_named(page: Any) -> None:
    said = text_of(page())
    assert "Public holidays left out: 10-01 Thu, 10-02 Fri," in said
    assert "Make-up working days counted: 10-10 Sat." in said


def test_a_large_amount_makes_it_major_and_says_why(page: Any) -> None:
    response = page(amount="500000")
    assert rows(response)[0] == ("emergency", "09-30 20:20", True)
    assert "the amount is large" in text_of(response)


def test_the_hour_is_that_of_the_branch(page: Any) -> None:
    response = page(rules="UK", received_at="2026-10-25T00:30", urgency="urgent")
    assert rows(response)[0] == ("first_action", "10-25 01:30", True)


def test_a_day_that_only_the_law_would_allow_is_too_late(page: Any) -> None:
    assert page(promise="2026-10-13").context["promise"]["late"] is False
    late = page(promise="2026-10-15").context["promise"]
    assert late["late"]
    assert late["legal_only"]
    assert not page(promise="2026-10-16").context["promise"]["legal_only"]


def test_an_extension_goes_no_further_than_the_law(page: Any) -> None:
    assert "May be extended to 2026-10-15 at the latest" in text_of(page())


def test_a_year_that_is_not_announced_is_marked_until_its_days_are_loaded(page: Any, data_folder: Path) -> None:
    assert "2027 not yet announced" in text_of(page(received_at="2026-12-28T10:00"))
    (data_folder / "calendars" / "CN-2027.yaml").write_text(
        "region: CN\nyear: 2027\nsource: a notice\ndays_off: [2027-01-01/2027-01-03, 2027-01-04]\n", encoding="utf-8"
    )
    response = page(received_at="2026-12-28T10:00")
    assert "not yet announced" not in text_of(response)
    assert ("result", "01-06", True) in rows(response)


def test_a_bank_may_set_its_own_figures(page: Any, data_folder: Path) -> None:
    shipped = (Path(__file__).parents[3] / "simulator" / "rules" / "limits" / "BANK_DEFAULT.yaml").read_text(encoding="utf-8")
    (data_folder / "limits" / "ours.yaml").write_text(
        shipped.replace("span: 5 wd\n    extends", "span: 2 wd\n    extends"), encoding="utf-8"
    )
    assert ("result", "10-09", True) in rows(page())


@pytest.mark.parametrize(
    ("folder", "name", "text"),
    [
        ("calendars", "CN-2027.yaml", "region: CN\nyear: 2027\n"),
        ("calendars", "CN-2027.json", "{nonsense"),
        ("limits", "ours.yaml", "code: OURS\n"),
        ("limits", "bytes.yaml", "\0"),
    ],
)
def test_a_file_that_cannot_be_used_is_left_out_and_an_administrator_reads_why(
    page: Any, data_folder: Path, admin: Any, folder: str, name: str, text: str
) -> None:
    (data_folder / folder / name).write_text(text, encoding="utf-8")
    assert rows(page())
    assert name not in text_of(page())
    page.client.force_login(admin)
    assert name in text_of(page())
    assert len(books().problems) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"received_at": "yesterday"},
        {"received_at": "1600-01-01T10:00"},
        {"promise": "9999-12-31"},
        {"channel": "smoke"},
        {"rules": "MARS"},
        {"amount": "-1"},
        {"flags": "loud"},
    ],
)
def test_bad_input_is_answered_beside_its_field_and_loses_nothing(page: Any, changes: dict[str, str]) -> None:
    response = page(**{"urgency": "urgent", **changes})
    assert response.status_code == 400
    assert set(response.context["form"].errors) == set(changes)
    assert response.context["form"]["urgency"].value() == "urgent"
    assert "running" not in response.context
