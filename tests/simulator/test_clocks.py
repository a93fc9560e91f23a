"""The time of a case: it goes on when the trainee moves it, what runs out is recorded, more time is announced before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lms.core.models import User
from simulator import clocks, desk, log, services
from simulator.case import drill
from simulator.clocks import DoDuty, ExtendLimit, MoveClock
from simulator.desk import CallBack, OpenDesk, SaveField, SendAnswer
from simulator.engine.clock_events import ClockMoved, LimitMissed
from simulator.errors import SimulatorError
from simulator.live import load
from simulator.management.commands.load_scenarios import SHIPPED
from simulator.management.commands.load_scenarios import load as load_scenario
from simulator.models import Session

SLUG = "annual-fee"
RECEIVED_AT = datetime(2026, 9, 30, 10, 20, tzinfo=UTC)  # a Wednesday, 18:20 in China; a week of holidays follows
GROUP = {"head_role": "senior_manager", "members": "branch head, risk", "containment": "The account is watched."}
PLAN = {"lead": "Card centre", "duties": "Card centre | refund | 2026-10-09\nHotline | apology | 2026-10-09"}


@pytest.fixture
def session(trainee: User) -> Session:
    load_scenario(SHIPPED / f"{SLUG}.yaml")
    opened = services.open_session_now(trainee, SLUG, language="zh-hans", level=2, seed=7, at=RECEIVED_AT, whole_case=True)
    services.take_turn_now(trainee, opened.id, "您好，您的投诉我已经登记了。", "first", at=RECEIVED_AT)
    return opened


@pytest.fixture
def after_the_talk(session: Session) -> Session:
    services.finish_now(session.trainee, session.id, at=RECEIVED_AT)
    return session


def do(session: Session, command: Any) -> services.Turn:
    module = clocks if isinstance(command, MoveClock | DoDuty | ExtendLimit) else desk
    return module.carry_out_now(session.trainee, session.id, command, at=RECEIVED_AT)


def refused(session: Session, command: Any) -> str:
    with pytest.raises(SimulatorError) as problem:
        do(session, command)
    return problem.value.code


def move(session: Session, step: str, times: int = 1, name: str = "move") -> None:
    for number in range(times):
        do(session, MoveClock(f"{name}-{step}-{number}", step))


def now(session: Session) -> datetime:
    return load(session.id).drill.now


def missed(session: Session) -> list[tuple[str, bool]]:
    return [(entry.event.code, entry.event.seen) for entry in log.read(session.id) if isinstance(entry.event, LimitMissed)]


def rows(session: Session, user: User | None = None) -> dict[str, Any]:
    client = Client()
    client.force_login(user or session.trainee)
    return client.get(f"/role-plays/{session.id}/clocks/").context


def states(session: Session) -> dict[str, str]:
    return {row["code"]: row["state"] for row in rows(session)["rows"]}


def test_the_clock_stands_still_while_people_talk(session: Session) -> None:
    assert refused(session, MoveClock("a", "hour")) == "not_yet"
    assert now(session) == RECEIVED_AT


def test_time_goes_on_to_the_next_morning_and_over_the_holidays_to_the_next_working_day(after_the_talk: Session) -> None:
    move(after_the_talk, "hour")
    assert now(after_the_talk) == RECEIVED_AT + timedelta(hours=1)
    move(after_the_talk, "next_morning")
    assert now(after_the_talk) == datetime(2026, 10, 1, 1, tzinfo=UTC)
    move(after_the_talk, "next_working_day")
    assert now(after_the_talk) == datetime(2026, 10, 8, 1, tzinfo=UTC)


def test_what_happens_after_a_move_carries_the_time_of_the_story(after_the_talk: Session) -> None:
    assert {entry.drill_at for entry in log.read(after_the_talk.id)} == {None}
    move(after_the_talk, "next_morning")
    do(after_the_talk, SaveField("f", "matter", "年费扣了两次"))
    moved, saved = [entry for entry in log.read(after_the_talk.id) if entry.kind in ("clock_moved", "form_saved")]
    assert moved.drill_at == saved.drill_at == datetime(2026, 10, 1, 1, tzinfo=UTC)
    assert moved.by == after_the_talk.trainee_id


def test_a_move_that_is_sent_twice_moves_once(after_the_talk: Session) -> None:
    first = do(after_the_talk, MoveClock("a", "hour"))
    again = do(after_the_talk, MoveClock("a", "hour"))
    assert (again.position, again.repeated) == (first.position, True)
    assert now(after_the_talk) == RECEIVED_AT + timedelta(hours=1)


def test_no_case_lasts_for_years(after_the_talk: Session) -> None:
    long_after = ClockMoved("hour", drill.LONGEST // timedelta(seconds=1) - 3600)
    log.write([log.batch(after_the_talk.id, (long_after,), after=load(after_the_talk.id).position, at=RECEIVED_AT)])
    move(after_the_talk, "hour")
    assert refused(after_the_talk, MoveClock("more", "hour")) == "not_allowed"
    assert load(after_the_talk.id).drill.moved == drill.LONGEST


def test_the_first_clock_is_the_first_that_is_open(after_the_talk: Session) -> None:
    first = rows(after_the_talk)["rows"][0]
    assert (first["code"], first["first"], f"{first['day']}") == ("system_entry", True, "2026-10-08")
    assert states(after_the_talk)["acknowledge"] == states(after_the_talk)["first_response_live"] == "kept"


def test_the_clocks_follow_the_trainees_own_classification(after_the_talk: Session) -> None:
    assert "emergency" not in states(after_the_talk)
    do(after_the_talk, SaveField("f", "flags", "major"))
    do(after_the_talk, SaveField("u", "urgency", "urgent"))
    assert {"emergency", "first_action"} <= set(states(after_the_talk))


def test_a_complete_registration_is_in_the_system(after_the_talk: Session) -> None:
    fields = {
        "complainant_name": "周女士", "complainant_contact": "139", "target_department": "热线", "matter": "积分", "reason": "答错",
        "demand": "补回", "occurred_at": "2026-09-29", "channel": "phone",
    }  # fmt: skip
    for name, value in fields.items():
        assert states(after_the_talk)["system_entry"] == "open"
        do(after_the_talk, SaveField(name.replace("_", "-"), name, value))
    assert states(after_the_talk)["system_entry"] == "kept"


def test_a_limit_that_runs_out_is_recorded_once(after_the_talk: Session) -> None:
    move(after_the_talk, "next_working_day")
    assert missed(after_the_talk) == []
    move(after_the_talk, "next_working_day", name="again")
    assert missed(after_the_talk) == [("system_entry", True)]
    move(after_the_talk, "hour")
    assert missed(after_the_talk) == [("system_entry", True)]
    assert states(after_the_talk)["system_entry"] == "missed"


def test_what_the_trainee_did_not_mark_runs_out_all_the_same(trainee: User) -> None:
    load_scenario(SHIPPED / "swallowed-card.yaml")
    urgent = services.open_session_now(trainee, "swallowed-card", language="zh-hans", level=2, seed=7, at=RECEIVED_AT, whole_case=True)
    services.take_turn_now(trainee, urgent.id, "您好，您慢慢说。", "first", at=RECEIVED_AT)
    services.finish_now(trainee, urgent.id, at=RECEIVED_AT)
    assert "first_action" not in states(urgent)
    move(urgent, "hour", 3)
    assert missed(urgent) == [("acknowledge", True), ("first_action", False)]


def test_what_the_trainee_marked_runs_though_the_case_did_not_ask_for_it(after_the_talk: Session) -> None:
    do(after_the_talk, SaveField("f", "flags", "major"))
    move(after_the_talk, "hour", 3)
    assert missed(after_the_talk) == [("emergency", True)]


def test_silence_in_the_conversation_is_recorded_when_it_is_over(trainee: User) -> None:
    load_scenario(SHIPPED / f"{SLUG}.yaml")
    silent = services.open_session_now(trainee, SLUG, language="zh-hans", level=2, seed=7, at=RECEIVED_AT, whole_case=True)
    services.finish_now(trainee, silent.id, at=RECEIVED_AT + timedelta(minutes=3))
    move(silent, "hour")
    assert {code for code, _ in missed(silent)} == {"acknowledge", "first_response_live"}


def test_the_emergency_mechanism_needs_a_senior_head_members_and_containment(after_the_talk: Session) -> None:
    do(after_the_talk, SaveField("f", "flags", "major"))
    for number, change in enumerate(({"head_role": "manager"}, {"members": " "}, {"containment": ""})):
        assert refused(after_the_talk, DoDuty(f"d{number}", "emergency_started", {**GROUP, **change})) == "lacking"
    do(after_the_talk, DoDuty("d", "emergency_started", GROUP))
    assert states(after_the_talk)["emergency"] == "kept"
    assert refused(after_the_talk, DoDuty("e", "emergency_started", GROUP)) == "not_again"


def test_a_plan_needs_two_departments_each_with_a_duty_and_a_date(after_the_talk: Session) -> None:
    do(after_the_talk, SaveField("f", "flags", "cross_department"))
    for number, duties in enumerate(("", "Card centre | refund | 2026-10-09", "Card centre | refund | soon\nHotline | | 2026-10-09")):
        assert refused(after_the_talk, DoDuty(f"d{number}", "plan_approved", {**PLAN, "duties": duties})) == "lacking"
    move(after_the_talk, "next_working_day", 4)
    do(after_the_talk, DoDuty("d", "plan_approved", PLAN))
    assert states(after_the_talk)["plan"] == "late"


def test_telling_the_customer_how_it_is_going_starts_that_clock_again(after_the_talk: Session) -> None:
    before = next(row for row in rows(after_the_talk)["rows"] if row["code"] == "progress")
    move(after_the_talk, "next_working_day")
    do(after_the_talk, DoDuty("p", "progress_told", {"note": "正在核对录音。"}))
    told = next(row for row in rows(after_the_talk)["rows"] if row["code"] == "progress")
    assert (f"{before['day']}", f"{told['day']}") == ("2026-10-10", "2026-10-12")


def wish(until: date = date(2026, 10, 15), reason: str = "要核对录音。", approver: str = "manager") -> ExtendLimit:
    return ExtendLimit("x", until, reason, approver)


def test_an_extension_that_is_announced_in_time_moves_the_limit(after_the_talk: Session) -> None:
    do(after_the_talk, wish())
    row = next(row for row in rows(after_the_talk)["rows"] if row["code"] == "result")
    assert (f"{row['day']}", row["moved_to"]) == ("2026-10-15", True)
    move(after_the_talk, "next_working_day", 6)
    assert "result" not in dict(missed(after_the_talk))
    move(after_the_talk, "next_working_day", 3, name="more")
    assert "result" in dict(missed(after_the_talk))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (wish(until=date(2026, 10, 16)), "beyond_limit"),
        (wish(until=date(2026, 10, 13)), "not_later"),
        (wish(reason=" "), "lacking"),
        (wish(approver="handler"), "no_approver"),
    ],
)
def test_an_extension_that_cannot_stand_is_refused(after_the_talk: Session, asked: ExtendLimit, code: str) -> None:
    assert refused(after_the_talk, asked) == code


def test_an_extension_after_the_limit_is_too_late(after_the_talk: Session) -> None:
    move(after_the_talk, "next_working_day", 6)
    assert refused(after_the_talk, wish()) == "too_late"


def test_the_answer_keeps_the_limit_and_starts_the_call_back(after_the_talk: Session) -> None:
    assert states(after_the_talk)["call_back"] == "waiting"
    do(after_the_talk, SendAnswer("a", "phone", "您反映的积分问题已经查清，我们已把积分补回，感谢您提出来。"))
    assert states(after_the_talk)["result"] == "kept"
    assert states(after_the_talk)["call_back"] == "open"
    assert refused(after_the_talk, wish()) == "not_again"
    do(after_the_talk, CallBack("c"))
    assert states(after_the_talk)["call_back"] == "kept"


def test_only_the_trainee_moves_the_clock_and_strangers_see_none(after_the_talk: Session, trainer: User, outsider: User) -> None:
    with pytest.raises(SimulatorError) as problem:
        clocks.carry_out_now(trainer, after_the_talk.id, MoveClock("a", "hour"))
    assert problem.value.code == "not_allowed"
    assert rows(after_the_talk, trainer)["acts"] is False
    stranger = Client()
    stranger.force_login(outsider)
    assert stranger.get(f"/role-plays/{after_the_talk.id}/clocks/").status_code == 404


def test_a_conversation_without_the_desk_leaves_no_trace_of_clocks(trainee: User) -> None:
    load_scenario(SHIPPED / f"{SLUG}.yaml")
    plain = services.open_session_now(trainee, SLUG, language="zh-hans", level=2, seed=7)
    services.finish_now(trainee, plain.id)
    assert missed(plain) == []
    assert {entry.drill_at for entry in log.read(plain.id)} == {None}


def test_opening_the_desk_afterwards_folds_the_same_clocks(session: Session) -> None:
    do(session, SaveField("m", "matter", "积分"))
    assert refused(session, OpenDesk("again")) == "not_again"
    one, again = load(session.id), load(session.id)
    assert one.drill == again.drill
    assert one.drill.form["matter"] == "积分"


@pytest.mark.parametrize(
    "message",
    [
        {"type": "move_clock", "step": "hour"},
        {"type": "move_clock", "id": "a", "step": "year"},
        {"type": "do_duty", "id": "a", "stop": "lunch", "details": {}},
        {"type": "do_duty", "id": "a", "stop": "progress_told", "details": []},
        {"type": "do_duty", "id": "a", "stop": "progress_told", "details": {"note": "\0"}},
        {"type": "extend_limit", "id": "a", "until": "soon", "reason": "x", "approver": "manager"},
        {"type": "extend_limit", "id": "a", "until": "9999-12-31", "reason": "x", "approver": "manager"},
        {"type": "extend_limit", "id": "a", "until": "2026-10-15", "reason": "x", "approver": "the cook"},
    ],
)
def test_a_message_that_makes_no_sense_is_malformed(message: dict[str, Any]) -> None:
    with pytest.raises(SimulatorError) as problem:
        clocks.parse(message)
    assert problem.value.code == "malformed"
