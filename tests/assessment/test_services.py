"""Scoring a session stores one result and tells the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from assessment import readable, reports, selectors, services
from assessment.models import Result, Rubric
from lms.core import bus
from lms.core.access import home_organisation
from lms.core.contracts import Evidence, ResultRecorded, SessionFinished
from lms.core.models import Organisation

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
LINES = [
    ("empathy", "react", "换成我也会着急"),
    ("take_action", "own", "这件事我来跟到底"),
    ("give_contact", None, "工号1024"),
    ("rude", "insult", "爱告告去"),
]


def finished(trainee, *codes: str, **changes) -> SessionFinished:
    evidence = tuple(
        Evidence("act", code, turn, turn, kind, None, None, 0, len(quote), quote)
        for turn, (code, kind, quote) in enumerate((line for line in LINES if line[0] in codes), start=1)
    )
    record = SessionFinished(
        session_id=uuid4(),
        trainee_id=trainee.pk,
        organisation_id=home_organisation(trainee).pk,
        scenario_slug="annual-fee",
        scenario_version=1,
        language="zh-hans",
        level=2,
        mode="practice",
        outcome="resolved_confirmed",
        context_key="lesson:7:abc",
        started_at=NOON,
        finished_at=NOON + timedelta(minutes=9),
        turns=len(evidence),
        assisted=False,
        truth={"limits": {"result": "5 wd"}},
        rubric_code="conversation",
        evidence=evidence,
    )
    return replace(record, **changes)


@pytest.fixture
def told(monkeypatch, django_capture_on_commit_callbacks):
    """Every ResultRecorded that is published."""
    heard: list[ResultRecorded] = []
    monkeypatch.setattr(bus, "_reactions", {ResultRecorded: [heard.append]})
    return heard


def test_a_session_is_scored_once_and_told_again(trainee, told, django_capture_on_commit_callbacks):
    record = finished(trainee, "empathy", "take_action")
    with django_capture_on_commit_callbacks(execute=True):
        first = services.score_session(record)
    with django_capture_on_commit_callbacks(execute=True):
        second = services.score_session(record)
    assert first == second
    assert Result.objects.count() == 1
    assert [row.result_id for row in told] == [first.pk, first.pk]
    assert told[0].context_key == "lesson:7:abc"
    assert told[0].score == first.score > 0


def test_a_result_keeps_the_words_its_points_rest_on(trainee):
    result = services.score_session(finished(trainee, "empathy"))
    empathy = next(row for row in result.criteria if row["code"] == "empathy")
    assert [row["quote"] for row in empathy["evidence"]] == ["换成我也会着急"]


def test_a_result_remembers_the_department_of_the_day(trainee):
    result = services.score_session(finished(trainee, "empathy"))
    before = result.organisation
    elsewhere = before.add_sibling(name_zh="零售部", kind=Organisation.Kind.DEPARTMENT)
    trainee.memberships.update(organisation=elsewhere)
    assert Result.objects.get().organisation == before


def test_another_rubric_gives_a_second_result_beside_the_first(trainee):
    record = finished(trainee, "empathy", "rude")
    first = services.score_session(record)
    document = {**first.rubric.document, "version": 3, "pass_mark": 5}
    newer = Rubric.objects.create(code="conversation", version=3, document=document)
    second = services.rescore(record, newer)
    assert services.rescore(record, newer) == second
    assert [(row.pk, row.counts) for row in selectors.results_of(record.session_id)] == [(first.pk, True), (second.pk, False)]
    assert (first.passed, second.passed) == (False, True)


def test_the_database_keeps_one_result_that_counts(trainee):
    result = services.score_session(finished(trainee, "empathy"))
    other = Rubric.objects.create(code="other", version=1, document=result.rubric.document)
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.filter(pk=result.pk).update(score=101)
    result.pk, result.rubric = None, other
    with pytest.raises(IntegrityError), transaction.atomic():
        result.save()


def test_loading_rubrics_twice_changes_nothing_and_a_new_version_comes_into_use():
    assert [str(rubric) for rubric in services.load_rubrics()] == ["conversation 1", "conversation 2"]
    assert services.load_rubrics() == []
    assert services.rubric_in_use("conversation").version == 2


def test_a_history_is_scored_like_single_sessions(trainee, django_assert_max_num_queries):
    services.load_rubrics()
    records = [finished(trainee, "empathy"), finished(trainee, "empathy", "take_action"), finished(trainee, "rude")]
    single = services.score_session(records[0])
    with django_assert_max_num_queries(6):
        recorded = services.score_history(records)
    assert [row.session_id for row in recorded] == [record.session_id for record in records]
    assert recorded[0].result_id == single.pk
    assert recorded[1].score == services.score_session(records[1]).score
    assert Result.objects.count() == 3


def test_people_see_their_own_results_and_hr_those_of_the_bank(trainee, hr, outsider):
    result = services.score_session(finished(trainee, "empathy"))
    assert list(selectors.results_for(trainee)) == [result]
    assert list(selectors.results_visible_to(hr)) == [result]
    assert list(selectors.results_visible_to(outsider)) == []


def test_best_and_latest_are_told_apart(trainee):
    good = services.score_session(finished(trainee, "empathy", "take_action", "give_contact"))
    weak = services.score_session(finished(trainee, "empathy", finished_at=NOON + timedelta(days=1)))
    assert selectors.best_of(trainee, "annual-fee") == good
    assert selectors.latest_of(trainee, "annual-fee") == weak


def test_figures_come_with_their_n_and_in_two_queries(trainee, outsider, django_assert_num_queries):
    for codes in (("empathy",), ("empathy", "take_action"), ("rude",)):
        services.score_session(finished(trainee, *codes))
    services.score_session(finished(outsider, "empathy"))
    organisations = Organisation.objects.filter(path__startswith=home_organisation(trainee).get_root().path)
    results = reports.counted(organisations)
    with django_assert_num_queries(2):
        departments = reports.by_department(results, organisations)
    (row,) = [department for department in departments if department.organisation == home_organisation(trainee)]
    scores = list(results.values_list("score", flat=True))
    assert (row.figures.n, row.figures.people) == (3, 1)
    assert row.figures.mean == round(sum(scores) / 3, 1)
    assert row.figures.pass_rate == round(100 * sum(result.passed for result in results) / 3, 1)
    assert reports.total(results).n == 3


def test_figures_of_a_period_include_both_days(trainee):
    services.score_session(finished(trainee, "empathy"))
    organisations = Organisation.objects.all()
    assert reports.total(reports.counted(organisations, since=NOON.date(), until=NOON.date())).n == 1
    assert reports.total(reports.counted(organisations, until=NOON.date() - timedelta(days=1))).n == 0
    assert reports.total(Result.objects.none()).pass_rate is None


def test_a_pass_rate_of_few_people_has_a_wide_interval():
    assert reports.wilson(0, 0) is None
    low, high = reports.wilson(3, 4)
    assert low == pytest.approx(30.1, abs=0.1)
    assert high == pytest.approx(95.4, abs=0.1)


def test_a_result_can_be_read_by_people(trainee):
    result = services.score_session(finished(trainee, "empathy", "rude"))
    words = readable.result_in_words(result)
    assert len(words.to_work_on) == 3
    assert {row.code for row in words.not_observed} >= {"form", "answer"}
    assert all(row.name and row.reason for row in (*words.observed, *words.not_observed))


def test_every_part_of_the_shipped_rubric_has_words():
    rubric = services.load_rubrics()[-1]
    parts = {part["code"] for entry in rubric.document["criteria"] for part in entry["evidence"].get("parts", [])}
    compared = [entry["evidence"] for entry in rubric.document["criteria"] if entry["evidence"]["rule"] == "compared"]
    parts |= {f"{evidence['of']}.{name}" for evidence in compared for name in evidence["fields"]}
    assert {part for part in parts if readable.part_in_words(part) == part} == set()
    faults = {name for entry in rubric.document["criteria"] for name in entry["evidence"].get("faults", {})}
    assert {name for name in faults if readable.act_in_words(name) == name} == set()


def test_everybody_can_read_how_they_are_scored(client, outsider):
    services.load_rubrics()
    assert client.get("/assessment/rubrics/conversation/").status_code == 302
    client.force_login(outsider)
    page = client.get("/assessment/rubrics/conversation/").content.decode()
    assert "S5.1.25-2" in page
    assert client.get("/assessment/rubrics/nothing/").status_code == 404
