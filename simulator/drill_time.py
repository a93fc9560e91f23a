"""Which rules and which calendar the cases of this bank run by, and what a limit that runs out leaves in the log."""

from __future__ import annotations

from datetime import datetime

from simulator.case import drill
from simulator.case.calendar import Calendar
from simulator.case.limits import RuleSet
from simulator.engine.clock_events import ClockMoved, LimitMissed
from simulator.engine.events import ContactEnded, Event
from simulator.engine.scenario import Scenario
from simulator.limit_books import books

OWN, LEGAL = "BANK_DEFAULT", "CN"


def rule_sets() -> tuple[RuleSet, ...]:
    """The bank's own rules and those of the law beside them."""
    known = books().rule_sets
    return known[OWN], known[LEGAL]


def case_calendar() -> Calendar:
    return books().calendar(rule_sets()[0].place)


def missed(before: drill.Drill, events: tuple[Event, ...], scenario: Scenario) -> tuple[LimitMissed, ...]:
    """The limits that run out with these events: time goes on, or the conversation ends without what belongs into it."""
    if not any(isinstance(event, ClockMoved | ContactEnded) for event in events):
        return ()
    return drill.newly_missed(drill_after(before, events), scenario, rule_sets(), case_calendar())


def story_moment(before: drill.Drill, events: tuple[Event, ...]) -> datetime | None:
    """The time of the story with these events; None as long as it is the time on the wall."""
    moved = before.moved or any(isinstance(event, ClockMoved) for event in events)
    return drill_after(before, events).now if moved else None


def drill_after(before: drill.Drill, events: tuple[Event, ...]) -> drill.Drill:
    for event in events:
        before = drill.apply(before, event)
    return before
