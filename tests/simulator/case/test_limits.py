"""Every limit and clock rule of §11: when it starts, when it ends, for whom, what an extension may do, what was missed."""

from __future__ import annotations

import copy
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from simulator.case.calendar import Calendar, places
from simulator.case.limits import (
    APPROVERS,
    COMPLEXITIES,
    FOLDER,
    MATTERS,
    NOTIFIED,
    SHIPPED,
    Case,
    Clock,
    Extension,
    ExtensionRefused,
    RuleSetError,
    breaches,
    clocks,
    due_moment,
    extend,
    governing,
    is_promise_late,
    next_due,
    parse_rule_set,
    parse_span,
    shipped_rule_sets,
)
from simulator.engine.scenario import CHANNELS, FLAGS, URGENCIES

RULES = shipped_rule_sets()
BANK, CN = RULES["BANK_DEFAULT"], RULES["CN"]
CHINA = Calendar(places()["CN"], {})


def at(text: str, place: str = "CN") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(places()[place].timezone))


def running(case: Case, *codes: str, place: str = "CN") -> tuple[Clock, ...]:
    return clocks(case, [RULES[code] for code in codes], Calendar(places()[place], {}))


def clock(found: tuple[Clock, ...], code: str, rules: str = "BANK_DEFAULT") -> Clock:
    return next(one for one in found if one.limit.code == code and one.rules.code == rules)


TUESDAY = "2026-03-17T10:00"


@pytest.mark.parametrize(
    ("fact", "code", "received", "case", "due"),
    [
        ("T-02", "system_entry", TUESDAY, {}, "2026-03-19T00:00"),
        ("T-02", "system_entry", "2026-09-30T10:00", {}, "2026-10-09T00:00"),
        ("T-03", "result", TUESDAY, {}, "2026-03-25T00:00"),
        ("T-03", "result", "2026-09-30T10:00", {}, "2026-10-14T00:00"),
        ("T-03", "result", "2026-02-13T10:00", {}, "2026-02-28T00:00"),
        ("T-04", "emergency", TUESDAY, {"flags": frozenset({"major"})}, "2026-03-17T12:00"),
        ("T-04", "emergency", "2026-10-01T23:10", {"flags": frozenset({"major"})}, "2026-10-02T01:10"),
        ("T-05", "plan", TUESDAY, {"flags": frozenset({"cross_department"})}, "2026-03-21T00:00"),
        ("T-05", "plan", "2025-09-26T10:00", {"flags": frozenset({"cross_department"})}, "2025-10-01T00:00"),
        ("T-06", "first_action", TUESDAY, {"urgency": "urgent"}, "2026-03-17T12:00"),
        ("T-06", "first_action", "2026-03-21T03:00", {"urgency": "urgent"}, "2026-03-21T05:00"),
        ("T-07", "first_response", TUESDAY, {"channel": "email"}, "2026-03-19T00:00"),
        ("T-07", "first_response", "2026-10-09T20:00", {"channel": "letter"}, "2026-10-11T00:00"),
        ("T-08", "progress", TUESDAY, {}, "2026-03-21T00:00"),
        ("T-08", "progress", TUESDAY, {"happened": {"progress_told": "2026-03-20T09:00"}}, "2026-03-26T00:00"),
        ("T-09", "call_back", TUESDAY, {"happened": {"customer_notified": "2026-03-20T09:00"}}, "2026-03-28T00:00"),
        ("T-10", "statistics", TUESDAY, {}, "2026-04-01T00:00"),
        ("T-10", "statistics", "2026-12-31T10:00", {}, "2027-01-01T00:00"),
        ("T-11", "evaluation_quarter", TUESDAY, {}, "2026-04-01T00:00"),
        ("T-11", "evaluation_half_year", TUESDAY, {}, "2026-07-01T00:00"),
    ],
)
def test_each_limit_of_the_bank_ends_when_the_table_says(fact: str, code: str, received: str, case: dict[str, Any], due: str) -> None:
    happened = {name: at(text) for name, text in case.get("happened", {}).items()}
    found = clock(running(Case(at(received), **{**case, "happened": happened}), "BANK_DEFAULT"), code)
    assert fact in found.limit.facts
    assert found.due_at == at(due)


@pytest.mark.parametrize(("fact", "code"), [("T-01", "acknowledge"), ("T-07", "first_response_live")])
def test_what_belongs_into_the_contact_ends_with_it(fact: str, code: str) -> None:
    ended = at("2026-03-17T10:12")
    before = clock(running(Case(at(TUESDAY)), "BANK_DEFAULT"), code)
    after = clock(running(Case(at(TUESDAY), contact_ended_at=ended), "BANK_DEFAULT"), code)
    assert fact in before.limit.facts
    assert before.governs
    assert before.due_at is None
    assert after.due_at == ended


@pytest.mark.parametrize(
    ("code", "case", "applies"),
    [
        ("emergency", {}, False),
        ("emergency", {"flags": frozenset({"major", "group"})}, True),
        ("plan", {"flags": frozenset({"major"})}, False),
        ("first_action", {}, False),
        ("first_response", {"channel": "phone"}, False),
        ("first_response_live", {"channel": "branch_counter"}, True),
        ("first_response_live", {"channel": "email"}, False),
        ("evaluation_quarter", {"flags": frozenset({"major"})}, False),
    ],
)
def test_a_limit_is_there_only_for_the_cases_it_is_for(code: str, case: dict[str, Any], applies: bool) -> None:
    found = running(Case(at(TUESDAY), **case), "BANK_DEFAULT")
    assert (code in {one.limit.code for one in found}) is applies


def test_a_major_complaint_is_evaluated_in_real_time_and_not_with_the_quarter() -> None:
    major, other = Case(at(TUESDAY), flags=frozenset({"major"})), Case(at(TUESDAY))
    assert [duty.facts for duty in BANK.obligations_for(major) if duty.code == "evaluation_now"] == [("T-11", "S8.2.42-2")]
    assert "evaluation_now" not in {duty.code for duty in BANK.obligations_for(other)}


def test_receipt_after_closing_time_counts_for_that_day_in_days_and_in_hours() -> None:
    case = Case(at("2026-03-17T22:40"), urgency="urgent")
    found = running(case, "BANK_DEFAULT")
    assert not CHINA.is_open(case.received_at)
    assert clock(found, "first_action").due_at == at("2026-03-18T00:40")
    assert clock(found, "result").due_at == clock(running(Case(at(TUESDAY)), "BANK_DEFAULT"), "result").due_at


@pytest.mark.parametrize(
    ("rules", "code", "place", "received", "case", "due"),
    [
        ("CN", "decision_simple", "CN", "2026-09-25T10:00", {}, "2026-10-11T00:00"),
        ("CN", "decision_complex", "CN", "2026-09-25T10:00", {"complexity": "complex"}, "2026-10-26T00:00"),
        ("UK", "summary_resolution", "GB", "2026-04-02T15:00", {}, "2026-04-10T00:00"),
        ("UK", "final", "GB", "2026-03-02T15:00", {}, "2026-04-28T00:00"),
        ("UK", "final_payments", "GB", "2026-03-02T15:00", {"matters": frozenset({"payment"})}, "2026-03-24T00:00"),
        ("EU", "reply_payments", "DE", "2026-03-27T10:00", {"matters": frozenset({"payment"})}, "2026-04-22T00:00"),
        ("US", "cfpb_response", "US", "2026-10-25T10:00", {"flags": frozenset({"regulator"})}, "2026-11-10T00:00"),
        ("US", "eft_error", "US", "2026-11-09T10:00", {"matters": frozenset({"eft_error"})}, "2026-11-25T00:00"),
        ("US", "billing_resolution", "US", "2026-03-02T10:00", {"matters": frozenset({"billing_error"})}, "2026-06-01T00:00"),
        ("HK", "reply", "HK", "2026-03-02T10:00", {}, "2026-04-02T00:00"),
        ("HK", "acknowledgement", "HK", "2026-03-02T10:00", {}, "2026-03-10T00:00"),
    ],
)
def test_each_limit_of_the_law_ends_when_its_clause_says(
    rules: str, code: str, place: str, received: str, case: dict[str, Any], due: str
) -> None:
    found = clock(running(Case(at(received, place), **case), rules, place=place), code, rules)
    assert found.due_at == at(due, place)


@pytest.mark.parametrize(
    ("received", "due"),
    [("2026-03-29T00:30", "2026-03-29T03:30"), ("2026-10-25T00:30", "2026-10-25T01:30"), ("2026-06-01T23:30", "2026-06-02T01:30")],
)
def test_two_hours_are_two_hours_when_the_clocks_change_in_england(received: str, due: str) -> None:
    found = clock(running(Case(at(received, "GB"), flags=frozenset({"major"})), "BANK_DEFAULT", place="GB"), "emergency")
    assert found.due_at is not None
    assert found.due_at.timestamp() - at(received, "GB").timestamp() == 7200
    assert found.due_at.astimezone(ZoneInfo("Europe/London")).strftime("%H:%M") == due[-5:]


def test_the_earliest_governs_and_the_law_is_shown_beside_it() -> None:
    found = running(Case(at(TUESDAY)), "BANK_DEFAULT", "CN")
    about = [one for one in found if one.stop == NOTIFIED]
    assert [(one.rules.code, one.governs) for one in about] == [("BANK_DEFAULT", True), ("CN", False)]
    assert governing(found) is about[0]


def test_the_law_governs_where_it_is_the_stricter() -> None:
    spring_festival = Case(at("2026-02-06T10:00", "US"), matters=frozenset({"eft_error"}))
    slow = copy.deepcopy(yaml.safe_load((FOLDER / "BANK_DEFAULT.yaml").read_text(encoding="utf-8")))
    next(item for item in slow["limits"] if item["code"] == "result")["span"] = "20 wd"
    found = clocks(spring_festival, [parse_rule_set(slow, "slow.yaml"), RULES["US"]], Calendar(places()["US"], {}))
    ruling = governing(found)
    assert ruling is not None
    assert ruling.rules.code == "US"


def test_a_limit_that_touches_a_year_without_an_arrangement_is_marked() -> None:
    found = running(Case(at("2026-12-28T10:00")), "BANK_DEFAULT", "CN")
    assert clock(found, "result").not_announced == (2027,)
    assert clock(found, "system_entry").not_announced == ()
    assert clock(found, "decision_simple", "CN").not_announced == ()  # calendar days do not hang on it


def test_a_rule_set_is_not_asked_before_it_is_in_force() -> None:
    assert not running(Case(at("2019-06-03T10:00")), "CN")


# Extensions


def wish(**changes: Any) -> Extension:
    said = {
        "stop": NOTIFIED,
        "asked_at": at("2026-03-20T10:00"),
        "until": date(2026, 3, 27),
        "reason": "The card centre is asked.",
        "approver": "manager",
    }
    return Extension(**{**said, **changes})


def test_an_extension_moves_the_limit_and_keeps_what_it_was() -> None:
    before = running(Case(at(TUESDAY)), "BANK_DEFAULT", "CN")
    after = clock(extend(before, wish(), CHINA), "result")
    assert (after.due_at, after.first_due_at, after.extended, after.governs) == (at("2026-03-28T00:00"), at("2026-03-25T00:00"), True, True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"asked_at": at("2026-03-25T00:00")}, "too_late"),
        ({"reason": "  "}, "no_reason"),
        ({"approver": "handler"}, "no_approver"),
        ({"approver": ""}, "no_approver"),
        ({"until": date(2026, 3, 24)}, "not_later"),
        ({"until": date(2026, 4, 2)}, "beyond_limit"),  # the law allows fifteen days for a simple dispute
        ({"stop": "emergency_started"}, "not_extendable"),
        ({"stop": "entered_in_system"}, "not_extendable"),
    ],
)
def test_an_extension_that_cannot_stand_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ExtensionRefused) as refused:
        extend(running(Case(at(TUESDAY)), "BANK_DEFAULT", "CN"), wish(**changes), CHINA)
    assert refused.value.code == code


def test_beyond_the_first_legal_limit_a_senior_manager_has_to_agree_and_sixty_days_are_the_end() -> None:
    before = running(Case(at(TUESDAY), complexity="complex"), "BANK_DEFAULT", "CN")
    with pytest.raises(ExtensionRefused) as refused:
        extend(before, wish(until=date(2026, 4, 20)), CHINA)
    assert (refused.value.code, refused.value.params["approver"]) == ("no_approver", "senior_manager")
    after = extend(before, wish(until=date(2026, 5, 16), approver="senior_manager"), CHINA)
    assert {one.due_at for one in after if one.stop == NOTIFIED} == {at("2026-05-17T00:00")}
    with pytest.raises(ExtensionRefused) as refused:
        extend(before, wish(until=date(2026, 5, 17), approver="senior_manager"), CHINA)
    assert refused.value.code == "beyond_limit"


# Missed


def test_a_missed_limit_is_a_breach_whether_it_is_done_late_or_never() -> None:
    found = running(Case(at(TUESDAY), flags=frozenset({"major"})), "BANK_DEFAULT")
    late = {"emergency_started": at("2026-03-17T13:00")}
    missed = breaches(found, late, at("2026-03-19T08:00"))
    assert {(one.clock.limit.code, one.kept_at) for one in missed} == {("emergency", late["emergency_started"]), ("system_entry", None)}


def test_what_was_done_in_time_is_no_breach_and_what_is_not_due_is_none_either() -> None:
    found = running(Case(at(TUESDAY), flags=frozenset({"major"})), "BANK_DEFAULT")
    assert not breaches(
        found, {"emergency_started": at("2026-03-17T12:00"), "entered_in_system": at("2026-03-18T23:59")}, at("2026-03-19T08:00")
    )
    assert not breaches(found, {}, at("2026-03-17T12:00"))


def test_silence_in_the_contact_is_a_breach_once_it_is_over() -> None:
    over = Case(at(TUESDAY), contact_ended_at=at("2026-03-17T10:10"))
    missed = breaches(running(over, "BANK_DEFAULT"), {"first_response": at("2026-03-17T10:01")}, at("2026-03-17T10:30"))
    assert [one.clock.limit.code for one in missed] == ["acknowledge"]


def test_a_way_that_closes_breaks_nothing() -> None:
    found = running(Case(at("2026-03-02T15:00", "GB")), "UK", place="GB")
    assert "summary_resolution" not in {one.clock.limit.code for one in breaches(found, {}, at("2026-12-01T10:00", "GB"))}


def test_progress_has_to_be_told_again_after_it_was() -> None:
    told = {"progress_told": at("2026-03-20T09:00")}
    found = running(Case(at(TUESDAY), happened=told), "BANK_DEFAULT")
    assert not [one for one in breaches(found, told, at("2026-03-25T20:00")) if one.clock.limit.code == "progress"]
    assert [one for one in breaches(found, told, at("2026-03-26T09:00")) if one.clock.limit.code == "progress"]


def test_what_comes_next_is_the_first_open_one() -> None:
    found = running(Case(at(TUESDAY), flags=frozenset({"major"}), contact_ended_at=at("2026-03-17T10:10")), "BANK_DEFAULT", "CN")
    done = {"acknowledged": at("2026-03-17T10:01"), "first_response": at("2026-03-17T10:00")}
    first, second = next_due(found, done), next_due(found, done | {"emergency_started": at("2026-03-17T11:00")})
    assert first is not None
    assert second is not None
    assert (first.limit.code, second.limit.code) == ("emergency", "system_entry")


def test_a_promise_is_late_only_after_the_governing_limit() -> None:
    found = running(Case(at(TUESDAY)), "BANK_DEFAULT", "CN")
    assert not is_promise_late(at("2026-03-18T12:00"), found)
    assert not is_promise_late(at("2026-03-25T00:00"), found)
    assert is_promise_late(at("2026-03-25T09:00"), found)


# The rule sets


def test_every_rule_cites_facts_that_exist() -> None:
    facts = json.loads((Path(__file__).parents[3] / "courses" / "facts.json").read_text(encoding="utf-8"))
    known = {fact["id"] for fact in facts}
    for rules in RULES.values():
        for rule in (*rules.limits, *rules.obligations):
            assert rule.facts, (rules.code, rule.code)
            assert set(rule.facts) <= known, (rules.code, rule.code)


def test_every_limit_of_the_table_is_in_the_rules_of_the_bank() -> None:
    cited = {fact for limit in BANK.limits for fact in limit.facts}
    assert {f"T-{number:02}" for number in range(1, 13)} | {"T-03x"} <= cited


def test_the_clauses_that_nobody_has_verified_say_so() -> None:
    unverified = {
        f"{rules.code}.{rule.code}" for rules in RULES.values() for rule in (*rules.limits, *rules.obligations) if not rule.verified
    }
    assert {"CN.central_bank_simple", "CN.routes", "CN.report_major", "HK.reply", "HK.acknowledgement", "EU.without_delay"} <= unverified
    assert not any(name.startswith("BANK_DEFAULT.") for name in unverified)


def test_all_seven_rule_sets_ship() -> None:
    assert tuple(RULES) == SHIPPED == ("BANK_DEFAULT", "CN", "UK", "EU", "US", "HK", "ISO")


def _changed(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((FOLDER / "ISO.yaml").read_text(encoding="utf-8"))
    return {**document, **changes}


LIMIT = {"code": "x", "name": "X", "stop": "acknowledged", "span": "1 wd", "facts": ["T-01"], "verified": True}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (None, "not_a_map"),
        (_changed(colour="blue"), "unknown_key"),
        (_changed(title=""), "not_a_map"),
        (_changed(title={"en": "Only English"}), "missing"),
        (_changed(version="1"), "not_a_number"),
        (_changed(place="MARS"), "not_one_of"),
        (_changed(valid_from="some day"), "not_a_day"),
        (_changed(limits={}), "not_a_list"),
        (_changed(limits=[{**LIMIT, "span": "5 days"}]), "bad_span"),
        (_changed(limits=[{**LIMIT, "span": "0 wd"}]), "bad_span"),
        (_changed(limits=[{**LIMIT, "span": "9999 wd"}]), "bad_span"),
        (_changed(limits=[{**LIMIT, "stop": "lunch"}]), "not_one_of"),
        (_changed(limits=[{**LIMIT, "verified": "perhaps"}]), "not_yes_or_no"),
        (_changed(limits=[{**LIMIT, "when": {"flags": ["loud"]}}]), "not_one_of"),
        (_changed(limits=[LIMIT, LIMIT]), "twice"),
        (_changed(limits=[{**LIMIT, "extends": {"at_most": "60 cd", "approver": "the cook"}}]), "not_one_of"),
    ],
)
def test_a_rule_set_that_cannot_be_used_says_what_is_wrong(document: object, code: str) -> None:
    with pytest.raises(RuleSetError) as refused:
        parse_rule_set(document, "mine.yaml")
    assert refused.value.code == code


# What holds for every case

moments = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31)).map(lambda moment: moment.replace(tzinfo=ZoneInfo("UTC")))  # noqa: DTZ001
cases = st.builds(
    Case,
    received_at=moments,
    channel=st.sampled_from(CHANNELS),
    urgency=st.sampled_from(URGENCIES),
    flags=st.frozensets(st.sampled_from(FLAGS)),
    complexity=st.sampled_from(COMPLEXITIES),
    matters=st.frozensets(st.sampled_from(MATTERS)),
)
rule_sets = st.lists(st.sampled_from(SHIPPED), unique=True, min_size=1).map(lambda codes: [RULES[code] for code in codes])
calendars = st.sampled_from(sorted(places())).map(lambda code: Calendar(places()[code], {}))
spans = st.sampled_from(["30 min", "2 h", "1 wd", "5 wd", "15 cd", "8 week", "month", "quarter", "half_year"]).map(
    lambda text: parse_span(text, "")
)


@given(cases, rule_sets, calendars)
def test_what_governs_is_the_earliest_of_its_kind_and_the_clocks_stand_in_order(case: Case, rules: list[Any], calendar: Calendar) -> None:
    found = clocks(case, rules, calendar)
    ends = [one.due_at for one in found if one.due_at]
    assert ends == sorted(ends)
    assert all(end >= case.received_at for end in ends)
    for stop in {one.stop for one in found}:
        about = [one for one in found if one.stop == stop and one.limit.kind == "limit"]
        ruling = governing(found, stop)
        assert sum(one.governs for one in about) == (ruling is not None)
        if ruling is not None and ruling.due_at is not None:
            assert ruling.due_at == min(one.due_at for one in about if one.due_at)


@given(moments, moments, spans, calendars)
def test_what_is_received_later_is_never_due_sooner(first: datetime, second: datetime, span: Any, calendar: Calendar) -> None:
    first, second = sorted((first, second))
    assert due_moment(span, first, calendar) <= due_moment(span, second, calendar)


@given(cases, st.integers(1, 90), st.sampled_from(APPROVERS), st.booleans())
def test_an_extension_never_shortens_and_never_goes_beyond_the_law(case: Case, days: int, approver: str, early: bool) -> None:
    before = clocks(case, [BANK, CN], CHINA)
    asked_at = case.received_at + timedelta(hours=1 if early else 500)
    try:
        after = extend(before, Extension(NOTIFIED, asked_at, CHINA.day_of(case.received_at) + timedelta(days=days), "why", approver), CHINA)
    except ExtensionRefused:
        return
    earlier = {(one.rules.code, one.limit.code): one for one in before}
    for one in after:
        was = earlier[one.rules.code, one.limit.code]
        assert (one.due_at is None) == (was.due_at is None)
        if one.due_at and was.due_at and one.latest_at:
            assert one.due_at >= was.due_at
            assert one.due_at <= one.latest_at or not one.extended
            assert one.first_due_at == was.due_at


@given(cases, moments, moments)
def test_a_breach_never_heals(case: Case, first: datetime, second: datetime) -> None:
    first, second = sorted((first, second))
    assume(second >= case.received_at)
    found = clocks(case, [BANK, CN], CHINA)
    missed = {one.clock.limit.code for one in breaches(found, {}, first)}
    assert missed <= {one.clock.limit.code for one in breaches(found, {}, second)}
