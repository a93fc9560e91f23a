"""The way of a case: its steps, what each asks for first, and the special ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.case.lifecycle import (
    ARCHIVE_FIELDS,
    FEEDBACK_PARTS,
    SIDE_STATES,
    STATES,
    Duty,
    MajorGroup,
    NotYet,
    Plan,
    Work,
    group_lacks,
    identifying,
    lacking,
    move,
    notice_lacks,
    parse_thresholds,
    plan_lacks,
    reasons_major,
    routes_of,
    steps_from,
    thresholds,
)

NOW = datetime(2026, 3, 17, 2, tzinfo=UTC)
FORM = {
    "complainant_name": "Li Mei",
    "complainant_contact": "139 0000 1234",
    "matter": "The fee was taken twice.",
    "reason": "A posting was made twice.",
    "demand": "Both fees back.",
    "occurred_at": "2026-03-02",
    "received_at": "2026-03-17",
    "channel": "phone",
    "receiving_officer": "Wang",
    "target_department": "Card centre",
}
DONE = Work(
    form=FORM,
    nature="product",
    urgency="general",
    owner="Card centre",
    findings="The posting was made twice.",
    feedback=frozenset(FEEDBACK_PARTS),
    follow_up="Content, 5.",
    archive=dict.fromkeys(ARCHIVE_FIELDS, "…"),
)
GROUP = MajorGroup("senior_manager", ("branch head",), "The account is watched.", NOW)
PLAN = Plan("Card centre", (Duty("Card centre", "refund", date(2026, 3, 19)), Duty("Hotline", "apology", date(2026, 3, 18))), NOW)


def test_a_case_that_is_worked_on_goes_all_the_way_to_the_archive() -> None:
    for state, following in zip(STATES, STATES[1:], strict=False):
        assert move(state, following, DONE) == following


def test_every_state_has_a_way_and_no_way_leads_nowhere() -> None:
    for state in (*STATES, *SIDE_STATES):
        assert set(steps_from(state)) <= {*STATES, *SIDE_STATES}
        assert steps_from(state)


@pytest.mark.parametrize(
    ("state", "to"),
    [("received", "closed"), ("registered", "feedback_sent"), ("closed", "withdrawn"), ("archived", "closed"), ("received", "extended")],
)
def test_no_step_is_left_out(state: str, to: str) -> None:
    with pytest.raises(NotYet) as refused:
        move(state, to, DONE)
    assert not refused.value.lacks


@pytest.mark.parametrize(
    ("to", "work", "lacks"),
    [
        ("registered", replace(DONE, form={**FORM, "demand": " "}), [("field", "demand")]),
        ("registered", replace(DONE, form={**FORM, "complainant_name": ""}), [("field", "complainant_name")]),
        ("registered", replace(DONE, form={**FORM, "target_department": ""}), [("field", "target_department")]),
        ("registered", replace(DONE, form={**FORM, "target_department": "", "target_person": "Zhao"}), []),
        ("registered", replace(DONE, form={**FORM, "complainant_name": ""}, flags=frozenset({"anonymous"})), []),
        ("classified", replace(DONE, nature=""), [("nature", "")]),
        ("classified", replace(DONE, nature="operation"), [("sub_code", "")]),
        ("classified", replace(DONE, nature="operation", sub_code="system_fault"), []),
        ("classified", replace(DONE, urgency=""), [("urgency", "")]),
        ("assigned", replace(DONE, owner=""), [("owner", "")]),
        ("investigating", replace(DONE, flags=frozenset({"major"})), [("no_group", "")]),
        ("investigating", replace(DONE, flags=frozenset({"major"}), group=GROUP), []),
        ("investigating", replace(DONE, flags=frozenset({"cross_department"})), [("no_plan", "")]),
        ("investigating", replace(DONE, flags=frozenset({"cross_department"}), plan=PLAN), []),
        ("resolved", replace(DONE, findings=""), [("no_findings", "")]),
        ("feedback_sent", replace(DONE, feedback=frozenset({"result", "process", "measures"})), [("feedback_part", "attention")]),
        ("followed_up", replace(DONE, follow_up=""), [("no_follow_up", "")]),
        ("closed", replace(DONE, follow_up=""), [("no_follow_up", "")]),
        ("closed", replace(DONE, follow_up="Called three times, nobody answered."), []),
        ("archived", replace(DONE, archive={**DONE.archive, "customer_response": ""}), [("archive_field", "customer_response")]),
        ("archived", replace(DONE, flags=frozenset({"anonymous"})), [("no_notice", "")]),
        ("archived", replace(DONE, flags=frozenset({"anonymous"}), notice="The fee was put right."), []),
    ],
)  # fmt: skip
def test_each_guard_names_what_is_lacking(to: str, work: Work, lacks: list[tuple[str, str]]) -> None:
    assert [(lack.code, lack.what) for lack in lacking(to, work)] == lacks


def test_a_withdrawal_ends_the_case_without_a_call_back() -> None:
    assert move("withdrawn", "closed", Work()) == "closed"
    with pytest.raises(NotYet):
        move("followed_up", "closed", Work())


@pytest.mark.parametrize(
    ("amount", "persons", "circumstances", "reasons"),
    [
        (499_999.99, 19, [], ()),
        (500_000, 1, [], ("amount",)),
        (0, 20, [], ("persons",)),
        (0, 1, ["media"], ("media",)),
        (600_000, 30, ["regulator", "safety", "rain"], ("amount", "persons", "regulator", "safety")),
    ],
)
def test_any_one_reason_makes_a_complaint_major(amount: float, persons: int, circumstances: list[str], reasons: tuple[str, ...]) -> None:
    assert reasons_major(amount, persons, circumstances, thresholds()) == reasons


def test_the_figures_of_a_major_complaint_can_be_other_ones() -> None:
    small = parse_thresholds({"amount": 10_000, "persons": 5, "circumstances": []})
    assert reasons_major(12_000, 6, ["media"], small) == ("amount", "persons")


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        (None, ["no_group"]),
        (GROUP, []),
        (replace(GROUP, head_role="manager"), ["head_not_senior"]),
        (replace(GROUP, members=(" ",)), ["no_members"]),
        (replace(GROUP, containment=""), ["no_containment"]),
    ],
)
def test_a_group_has_a_senior_head_members_and_contains_the_risk(group: MajorGroup | None, codes: list[str]) -> None:
    assert [lack.code for lack in group_lacks(group)] == codes


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        (None, ["no_plan"]),
        (PLAN, []),
        (replace(PLAN, lead=""), ["no_lead"]),
        (replace(PLAN, duties=PLAN.duties[:1]), ["one_department"]),
        (replace(PLAN, duties=(PLAN.duties[0], replace(PLAN.duties[1], what=""))), ["no_duty"]),
        (replace(PLAN, duties=(PLAN.duties[0], replace(PLAN.duties[1], until=None))), ["no_date"]),
    ],
)
def test_a_plan_names_a_lead_and_each_departments_duty_and_date(plan: Plan | None, codes: list[str]) -> None:
    assert [lack.code for lack in plan_lacks(plan)] == codes


@pytest.mark.parametrize(
    ("notice", "found"),
    [
        ("A fee was taken twice and given back on 2026-03-19.", ()),
        ("2026年3月19日已退还年费 300 元。", ()),
        ("li mei got her fee back.", ("Li Mei",)),
        ("Call 139 0000 1234 for more.", ("139 0000 1234",)),
        ("请联系13900001234。", ("13900001234",)),
        ("Write to li.mei@example.com.", ("li.mei@example.com",)),
        ("卡号 6222020200112233445 的客户", ("6222020200112233445",)),
    ],
)
def test_a_notice_says_nothing_that_tells_who_somebody_is(notice: str, found: tuple[str, ...]) -> None:
    assert identifying(notice, ["Li Mei", "", "王"]) == found
    assert [lack.what for lack in notice_lacks(notice, ["Li Mei", "", "王"])] == list(found)


def test_a_violation_leads_to_compensation_only_where_there_was_a_loss() -> None:
    assert routes_of("violation", loss_caused=True) == ("discipline", "compensation")
    assert routes_of("violation", loss_caused=False) == ("discipline",)
    assert routes_of("service", loss_caused=True) == ()


@given(st.lists(st.sampled_from([*STATES, *SIDE_STATES]), max_size=30), st.sampled_from(sorted({*FORM} - {"target_department"})))
def test_no_order_of_steps_registers_a_case_with_a_field_missing(wanted: list[str], missing: str) -> None:
    work = replace(DONE, form={**FORM, missing: ""})
    state, passed = "received", set()
    for to in wanted:
        try:
            state = move(state, to, work)
        except NotYet:
            continue
        passed.add(state)
    assert "registered" not in passed
    assert not {"classified", "feedback_sent", "archived"} & passed or {"withdrawn", "referred_external"} & passed
