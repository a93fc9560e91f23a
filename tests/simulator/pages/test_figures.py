"""The figures of one's own cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lms.core.models import User
from simulator import clocks, desk, services
from simulator.clocks import MoveClock
from simulator.desk import HandIn, SendAnswer
from simulator.management.commands.load_scenarios import SHIPPED
from simulator.management.commands.load_scenarios import load as load_scenario
from simulator.models import Session

HERE = "/role-plays/figures/"
RECEIVED_AT = datetime(2026, 3, 17, 2, tzinfo=UTC)
MARCH = {"first": "2026-03-01", "last": "2026-03-31"}
WORDS = "您反映的年费问题已经查清，是我们重复扣收，两笔都退给您，感谢您提出来。"


@pytest.fixture
def look(trainee: User) -> Any:
    client = Client()
    client.force_login(trainee)
    return lambda **asked: client.get(HERE, asked)


def worked(trainee: User, days: int, *, answered: bool = True) -> Session:
    load_scenario(SHIPPED / "annual-fee.yaml")
    session = services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2, seed=7, at=RECEIVED_AT, whole_case=True)
    services.finish_now(trainee, session.id, at=RECEIVED_AT)
    for number in range(days):
        clocks.carry_out_now(trainee, session.id, MoveClock(f"m{number}", "next_working_day"), at=RECEIVED_AT + timedelta(minutes=1))
    if answered:
        desk.carry_out_now(trainee, session.id, SendAnswer("a", "phone", WORDS), at=RECEIVED_AT + timedelta(minutes=2))
        desk.carry_out_now(trainee, session.id, HandIn("h"), at=RECEIVED_AT + timedelta(minutes=3))
    return session


def shares(response: Any) -> dict[str, tuple[int, int]]:
    return {row["fact"]: (row["part"], row["whole"]) for row in response.context["rows"]}


def test_who_has_worked_no_case_is_told_how_to_begin(look: Any) -> None:
    response = look()
    assert response.status_code == 200
    assert response.context["cases"] == 0
    assert "side by side" in response.content.decode()


def test_the_figures_count_in_the_time_of_the_story(look: Any, trainee: User) -> None:
    worked(trainee, 2)
    worked(trainee, 7)
    worked(trainee, 0, answered=False)
    response = look(**MARCH)
    assert shares(response)["S7.2.33-1"] == (1, 2)  # seven working days are too long
    assert [(row["part"], row["whole"]) for row in response.context["rows"][:2]] == [(2, 3), (2, 3)]
    assert response.context["cycle"]["n"] == 2


def test_a_case_that_goes_on_into_the_next_month_is_open_at_its_start(look: Any, trainee: User) -> None:
    worked(trainee, 12)  # closed on 2 April
    april = look(first="2026-04-01", last="2026-04-30")
    assert [(row["part"], row["whole"]) for row in april.context["rows"][:2]] == [(0, 0), (1, 1)]


def test_nobody_sees_the_cases_of_another(trainee: User, outsider: User) -> None:
    worked(trainee, 1)
    stranger = Client()
    stranger.force_login(outsider)
    assert stranger.get(HERE, MARCH).context["cases"] == 0


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"first": "soon", "last": "2026-03-31"}, "first"),
        ({"first": "2026-03-31", "last": "2026-03-01"}, "last"),
        ({"first": "9999-12-31", "last": "9999-12-31"}, "first"),
    ],
)
def test_a_period_that_cannot_be_is_answered_beside_its_field(look: Any, asked: dict[str, str], field: str) -> None:
    response = look(**asked)
    assert response.status_code == 400
    assert field in response.context["form"].errors
