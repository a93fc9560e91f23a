"""The interpretation decisions of the fact sheet §13, each by its number. D-17 and D-19 have no code yet that could be tried."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from assessment.scoring import parse, score
from lms.core.contracts import Evidence
from simulator.case import form, lifecycle, statistics
from simulator.case.calendar import Calendar, places
from simulator.case.limits import (
    NOTIFIED,
    RECEIVED,
    Case,
    Clock,
    Extension,
    ExtensionRefused,
    breaches,
    clocks,
    extend,
    governing,
    is_promise_late,
    shipped_rule_sets,
)
from simulator.engine.events import StateChanged
from simulator.engine.scenario import CHANNELS, NATURES
from tests.simulator.engine.cases import make_scenario
from tests.simulator.engine.speech import play

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ROOT = Path(__file__).parents[3]
RULES = shipped_rule_sets()
CHINA = Calendar(places()["CN"], {})
RUBRIC = parse(yaml.safe_load((ROOT / "assessment" / "rubrics" / "conversation-1.yaml").read_text(encoding="utf-8")))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


RECEIVED_AT = at("2026-03-17T10:00")


def running(**case: Any) -> tuple[Clock, ...]:
    return clocks(Case(**{"received_at": RECEIVED_AT, **case}), [RULES["BANK_DEFAULT"], RULES["CN"]], CHINA)


def clock(found: tuple[Clock, ...], code: str) -> Clock:
    return next(one for one in found if one.limit.code == code)


def codes_of_facts(start: str) -> set[str]:
    facts = json.loads((ROOT / "courses" / "facts.json").read_text(encoding="utf-8"))
    return {fact["code"] for fact in facts if fact["id"].startswith(start) and "code" in fact}


def told(span: str, turn: int) -> Evidence:
    return Evidence("act", "give_timeframe", turn * 10, turn, None, "other", span, 0, 5, "words", {})


def test_d_01_a_product_complaint_is_about_performance_function_or_price() -> None:
    assert form.SUB_CODES["product"] == ("performance", "function", "price")


def test_d_02_there_are_four_natures() -> None:
    assert NATURES == ("service", "product", "operation", "violation")


def test_d_03_the_telephone_is_remote() -> None:
    cases = [yaml.load(path.read_text(encoding="utf-8"), _Loader) for path in (ROOT / "simulator" / "scenarios").glob("*.yaml")]
    assert {case["truth"]["classification"]["channel_group"] for case in cases if case["channel"] == "phone"} == {"remote"}


def test_d_04_the_channels_are_the_union_of_the_lists() -> None:
    assert set(CHANNELS) == codes_of_facts("S2.1.7-") | codes_of_facts("S3.1.14-2") | codes_of_facts("S4.1.17-1a")


@pytest.mark.parametrize("sub_code", ["user_error", "system_fault"])
def test_d_05_an_operation_complaint_says_which_of_its_two_causes_it_has(sub_code: str) -> None:
    work = lifecycle.Work(nature="operation", urgency="general")
    assert [lack.fact for lack in lifecycle.lacking("classified", work)] == ["D-05"]
    assert not lifecycle.lacking("classified", replace(work, sub_code=sub_code))


def test_d_06_a_violation_without_loss_leads_to_discipline_and_to_no_compensation() -> None:
    assert lifecycle.routes_of("violation", loss_caused=False) == ("discipline",)


def test_d_07_all_limits_run_from_the_complaint_and_not_from_the_event() -> None:
    assert "occurred_at" not in Case.__slots__
    assert {limit.start for rules in RULES.values() for limit in rules.limits} == {RECEIVED, NOTIFIED}  # the call-back alone starts later


def test_d_08_the_form_at_once_and_the_system_within_a_working_day_are_two_things() -> None:
    found = running()
    at_once, entered = clock(found, "acknowledge"), clock(found, "system_entry")
    assert at_once.stop != entered.stop
    assert at_once.is_in_contact
    assert entered.due_at == at("2026-03-19T00:00")


def test_d_09_the_result_counts_when_the_customer_is_told() -> None:
    decided_only = {"resolved": at("2026-03-18T10:00")}
    after = at("2026-03-26T10:00")
    assert "result" in {one.clock.limit.code for one in breaches(running(), decided_only, after)}
    assert "result" not in {one.clock.limit.code for one in breaches(running(), {NOTIFIED: at("2026-03-24T20:00")}, after)}


def test_d_10_a_published_result_tells_nobodys_name() -> None:
    assert [lack.fact for lack in lifecycle.notice_lacks("Mr Zhao was warned.", ["Mr Zhao"])] == ["D-10"]
    assert not lifecycle.notice_lacks("The colleague was warned.", ["Mr Zhao"])


def test_d_11_the_handling_rate_is_given_by_both_denominators() -> None:
    march = statistics.Period(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    old = statistics.Handled(datetime(2026, 2, 10, tzinfo=UTC), closed_at=datetime(2026, 3, 3, tzinfo=UTC))
    new = statistics.Handled(datetime(2026, 3, 30, tzinfo=UTC))
    assert statistics.handling_rates([old, new], march) == (statistics.Rate(0, 1, "cohort"), statistics.Rate(1, 2, "flow"))


def test_d_12_measures_are_counted_with_their_share_on_time() -> None:
    late = statistics.Measure(date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 2))
    kept = statistics.Measure(date(2026, 1, 1), date(2026, 2, 1), date(2026, 1, 20))
    assert statistics.improvement_measures([late, kept], by=date(2026, 3, 1)) == (2, statistics.Rate(1, 2, "due"))


def test_d_13_a_case_that_was_asked_twice_counts_once() -> None:
    march = statistics.Period(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    asked_twice = statistics.Handled(march.start, closed_at=march.start + timedelta(days=3), marks=(2, 5))
    found = statistics.satisfaction([asked_twice], march)
    assert (found.satisfied, found.mean) == (statistics.Rate(1, 1, "answered"), 5)


def test_d_14_a_fair_refusal_that_is_well_explained_scores_full() -> None:
    evidence = [
        Evidence("act", "explain_process", 30, 3, "refusal_with_reason", None, None, 0, 5, "words", {}),
        Evidence("event", "contact_ended", 40, 4, data={"outcome": "refusal_accepted"}),
    ]
    assert next(row for row in score(evidence, RUBRIC).criteria if row.code == "workable_solution").score == 1


def test_d_15_plan_and_result_both_run_from_receipt_and_more_time_is_announced_before_the_end() -> None:
    found = running(flags=frozenset({"cross_department"}), happened={"plan_approved": at("2026-03-20T17:00")})
    assert clock(found, "plan").start_at == clock(found, "result").start_at == RECEIVED_AT
    wish = Extension(NOTIFIED, at("2026-03-24T23:00"), date(2026, 3, 27), "Two departments are still needed.", "manager")
    assert clock(extend(found, wish, CHINA), "result").extended
    with pytest.raises(ExtensionRefused) as refused:
        extend(found, replace(wish, asked_at=at("2026-03-25T00:00")), CHINA)
    assert refused.value.code == "too_late"


def test_d_16_any_of_the_criteria_makes_it_major_and_the_figures_are_configuration() -> None:
    small = lifecycle.parse_thresholds({"amount": 100, "persons": 3, "circumstances": ["media"]})
    for amount, persons, circumstances in ((100, 1, []), (0, 3, []), (0, 1, ["media"])):
        assert lifecycle.reasons_major(amount, persons, circumstances, small)
    assert not lifecycle.reasons_major(100, 3, [], lifecycle.thresholds())


def test_d_18_neither_gender_nor_age_is_asked_for_or_changes_anything() -> None:
    assert not {"complainant_gender", "complainant_age"} & set(form.problems({}))
    assert not {"gender", "age"} & set(Case.__slots__)
    young, old = (_states_of_a_customer_of(age) for age in (22, 81))
    assert young == old != []


def _states_of_a_customer_of(age: int) -> list[StateChanged]:
    scenario = make_scenario()
    persona = {language: tuple(replace(person, age=age) for person in people) for language, people in scenario.persona.items()}
    said = ("[empathy.react feeling|I would be upset as well.]", "[blame_customer|You did not read it.]")
    _, log = play(replace(scenario, persona=persona), said)
    return [event for event in log if isinstance(event, StateChanged)]


def test_d_20_the_evaluation_is_a_quarterly_summary_and_a_half_yearly_whole_one() -> None:
    found = running()
    assert clock(found, "evaluation_quarter").due_at == at("2026-04-01T00:00")
    assert clock(found, "evaluation_half_year").due_at == at("2026-07-01T00:00")


def test_d_21_every_limit_runs_from_receipt_and_the_call_back_comes_before_the_end() -> None:
    assert {limit.code for limit in RULES["BANK_DEFAULT"].limits if limit.start != RECEIVED} == {"call_back"}
    transferred = running(flags=frozenset({"cross_department"}), happened={"transferred": at("2026-03-19T10:00")})
    assert clock(transferred, "plan").due_at == at("2026-03-21T00:00")
    assert [lack.fact for lack in lifecycle.lacking("closed", lifecycle.Work())] == ["D-21"]


def test_d_22_a_time_told_is_wrong_after_the_governing_limit_unless_it_is_put_right() -> None:
    found = running()
    legal = next(one for one in found if one.stop == NOTIFIED and not one.governs)
    ruling = governing(found)
    assert ruling is not None
    assert ruling.due_at is not None
    assert legal.due_at is not None
    assert not is_promise_late(ruling.due_at, found)
    assert is_promise_late(legal.due_at, found)  # the legal limit told as if there were no stricter one
    assert score([told("15 d", 2)], RUBRIC).red_lines == ("wrong_limit",)
    put_right = score([told("15 d", 2), told("5 wd", 3)], RUBRIC)
    assert put_right.red_lines == ()
    assert next(row for row in put_right.criteria if row.code == "right_limit").score == 0.5
