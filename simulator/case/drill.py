"""The time of a case as the log has made it: a fold over the events of a session, and the clocks that run in it.

Pure. The time of the story stands still while people talk and work; it goes on only when the trainee moves it. The complaint came in when
the session began, so a break taken by the trainee costs no limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from simulator.case import form
from simulator.case.calendar import Calendar
from simulator.case.lifecycle import Duty, Lack, MajorGroup, Plan, group_lacks, plan_lacks
from simulator.case.limits import (
    NOTIFIED,
    Case,
    Clock,
    Extension,
    ExtensionRefused,
    RuleSet,
    breaches,
    clocks,
    extend,
)
from simulator.engine.clock_events import ClockMoved, DutyDone, LimitExtended, LimitMissed
from simulator.engine.contacts import ANSWER
from simulator.engine.events import ActsRead, ContactEnded, ContactOpened, DeskOpened, Event, FormSaved, TraineeSaid
from simulator.engine.scenario import Scenario

STEPS = ("hour", "next_morning", "next_working_day")
DUTIES = ("emergency_started", "plan_approved", "progress_told")
LONGEST = timedelta(days=400)
_ACTS = {"acknowledge_receipt": "acknowledged", "take_action": "first_action"}


@dataclass(frozen=True, slots=True)
class Drill:
    """`happened` holds the moment of the story at which each thing was first done (progress: last told). `form` is what the trainee has
    put on record so far, `missed` which limits have been said to be missed."""

    received_at: datetime
    moved: timedelta = timedelta()
    form: Mapping[str, str] = field(default_factory=dict)
    happened: Mapping[str, datetime] = field(default_factory=dict)
    contact_ended_at: datetime | None = None
    extensions: tuple[Extension, ...] = ()
    missed: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def now(self) -> datetime:
        return self.received_at + self.moved


def apply(drill: Drill, event: Event) -> Drill:
    """The drill after the event."""
    match event:
        case TraineeSaid():
            return _done(drill, "first_response")
        case ActsRead(_, acts):
            for act in acts:
                drill = _done(drill, _ACTS[act.code]) if act.code in _ACTS else drill
            return drill
        case DeskOpened(_, received_on, officer):
            return _entered(replace(drill, form={"received_at": received_on, "receiving_officer": officer, **drill.form}))
        case FormSaved(name, value):
            return _entered(replace(drill, form={**drill.form, name: value}))
        case ContactEnded():
            return drill if drill.contact_ended_at else replace(drill, contact_ended_at=drill.now)
        case ContactOpened(purpose):
            return _done(drill, NOTIFIED if purpose == ANSWER else "called_back")
        case ClockMoved(_, seconds):
            return replace(drill, moved=drill.moved + timedelta(seconds=seconds))
        case DutyDone(stop):
            return replace(drill, happened={**drill.happened, stop: drill.now})
        case LimitExtended(stop, until, reason, approver):
            more = Extension(stop, drill.now, date.fromisoformat(until), reason, approver)
            return replace(drill, extensions=(*drill.extensions, more))
        case LimitMissed(rules, code, due_at):
            return replace(drill, missed=drill.missed | {(rules, code, due_at)})
        case _:
            return drill


def _done(drill: Drill, stop: str) -> Drill:
    return drill if stop in drill.happened else replace(drill, happened={**drill.happened, stop: drill.now})


def _entered(drill: Drill) -> Drill:
    """The complaint is in the system once its registration is complete (S4.1.17-3, S2.2.12-1)."""
    return drill if form.problems(drill.form, form.REGISTRATION) else _done(drill, "entered_in_system")


# The clocks


def case_as_classified(drill: Drill, scenario: Scenario) -> Case:
    """The case as the trainee has put it on record: what is not marked runs no clock."""
    flags = {flag for flag in drill.form.get("flags", "").split(",") if flag}
    if drill.form.get("anonymous"):
        flags.add("anonymous")
    return _case(drill, scenario, frozenset(flags), drill.form.get("urgency") or "general")


def case_in_truth(drill: Drill, scenario: Scenario) -> Case:
    return _case(drill, scenario, frozenset(scenario.truth.flags), scenario.truth.classification["urgency"])


def _case(drill: Drill, scenario: Scenario, flags: frozenset[str], urgency: str) -> Case:
    return Case(
        received_at=drill.received_at,
        channel=scenario.channel,
        urgency=urgency,
        flags=flags,
        happened=drill.happened,
        contact_ended_at=drill.contact_ended_at,
    )


def running(drill: Drill, case: Case, rule_sets: Iterable[RuleSet], calendar: Calendar) -> tuple[Clock, ...]:
    """The clocks of the case with the extensions that were granted; one that can no longer stand counts for nothing."""
    found = clocks(case, rule_sets, calendar)
    for extension in drill.extensions:
        try:
            found = extend(found, extension, calendar)
        except ExtensionRefused:
            continue
    return found


def newly_missed(drill: Drill, scenario: Scenario, rule_sets: Iterable[RuleSet], calendar: Calendar) -> tuple[LimitMissed, ...]:
    """The limits that have run out and have not been said to be missed: those the trainee saw, and those of the true case."""
    rule_sets = tuple(rule_sets)
    found: dict[tuple[str, str, str], LimitMissed] = {}
    for seen, case in ((True, case_as_classified(drill, scenario)), (False, case_in_truth(drill, scenario))):
        for breach in breaches(running(drill, case, rule_sets, calendar), drill.happened, drill.now):
            if breach.clock.due_at is not None:
                rules, code = breach.clock.rules.code, breach.clock.limit.code
                due_at = breach.clock.due_at.astimezone(UTC).isoformat(timespec="seconds")
                found.setdefault((rules, code, due_at), LimitMissed(rules, code, due_at, seen))
    return tuple(missed for key, missed in found.items() if key not in drill.missed)


def after(step: str, now: datetime, calendar: Calendar) -> datetime:
    """Where a step leads to: an hour on, the next day or the next working day when the branch opens."""
    if step == "hour":
        return now + timedelta(hours=1)
    if step == "next_morning":
        return calendar.next_morning(now)
    return calendar.opening_on(calendar.add_working_days(calendar.day_of(now), 1))


# What is put on record


def lacks_of(stop: str, details: Mapping[str, str], now: datetime) -> tuple[Lack, ...]:
    """What a duty still lacks: the group of a major complaint, the plan of several departments, or what the customer was told."""
    if stop == "emergency_started":
        members = tuple(part.strip() for part in details.get("members", "").replace("、", ",").replace("，", ",").split(","))
        return group_lacks(MajorGroup(details.get("head_role", ""), members, details.get("containment", ""), now))
    if stop == "plan_approved":
        return plan_lacks(Plan(details.get("lead", ""), _duties(details.get("duties", "")), now))
    return () if details.get("note", "").strip() else (Lack("no_note", "S5.2.28-2"),)


def _duties(text: str) -> tuple[Duty, ...]:
    """One duty a line: department, what it does, until when; with bars or semicolons between them."""
    found = []
    for line in text.splitlines():
        if line.strip():
            parts = [part.strip() for part in line.replace("｜", "|").replace("；", "|").replace(";", "|").split("|")]
            department, what, until = (*parts, "", "")[:3]
            found.append(Duty(department, what, form.day_of(until)))
    return tuple(found)
