"""The figures of complaint handling, by the formulas of the fact sheet §7.2. Pure.

A rate is a numerator and a denominator with the label of what it is a share of; where there is nothing to share, it has no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from math import ceil
from statistics import fmean, median

SATISFIED_FROM = 4


@dataclass(frozen=True, slots=True)
class Rate:
    """`of` names the denominator, as "cohort" or "flow" (D-11)."""

    part: int
    whole: int
    of: str

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Handled:
    """A complaint as the figures see it. `marks` are the customer's, in the order in which they were asked (D-13); `audited` says
    whether it was, `breach` whether something was found. None where it is not known."""

    received_at: datetime
    result_at: datetime | None = None
    closed_at: datetime | None = None
    within_limit: bool | None = None
    marks: tuple[int, ...] = ()
    rights_protected: bool | None = None
    audited: bool = False
    breach: bool = False
    repeat: bool = False
    reopened: bool = False
    escalated_outside: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, not with, `end`."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """`satisfied`: the share of marks from 4 to 5. `answered`: how many of those asked gave one."""

    satisfied: Rate
    mean: float | None
    answered: Rate


@dataclass(frozen=True, slots=True)
class Cycle:
    """Hours from receipt to result: the middle one, the one that nine of ten do not exceed, and how many kept what was expected."""

    n: int
    median: float | None
    p90: float | None
    as_expected: Rate


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure for a problem that was found (S7.2.35)."""

    found_on: date
    due_on: date
    done_on: date | None = None


def _received(cases: Iterable[Handled], period: Period) -> list[Handled]:
    return [case for case in cases if case.received_at in period]


def _closed(cases: Iterable[Handled], period: Period) -> list[Handled]:
    return [case for case in cases if case.closed_at in period]


def handling_rates(cases: Sequence[Handled], period: Period) -> tuple[Rate, Rate]:
    """Handled ÷ total, by both denominators (S7.2.33-2, D-11): of those received in the period, how many are closed by its end; and of
    those there were to close (open at its start, or received in it), how many it closed."""
    received = _received(cases, period)
    open_at_start = [case for case in cases if case.received_at < period.start and not (case.closed_at and case.closed_at < period.start)]
    done = [case for case in received if case.closed_at and case.closed_at < period.end]
    closed = [case for case in _closed(cases, period) if case.received_at < period.end]
    return Rate(len(done), len(received), "cohort"), Rate(len(closed), len(open_at_start) + len(received), "flow")


def within_limit(cases: Iterable[Handled], period: Period) -> Rate:
    """Closed within the limit ÷ closed (S7.2.33-1). A case whose limit is not known is in neither."""
    judged = [case for case in _closed(cases, period) if case.within_limit is not None]
    return Rate(sum(case.within_limit is True for case in judged), len(judged), "closed")


def satisfaction(cases: Iterable[Handled], period: Period) -> Satisfaction:
    """One mark a case, however often it was asked: the last (S7.2.34-1, D-13)."""
    closed = _closed(cases, period)
    marks = [case.marks[-1] for case in closed if case.marks]
    return Satisfaction(
        satisfied=Rate(sum(mark >= SATISFIED_FROM for mark in marks), len(marks), "answered"),
        mean=fmean(marks) if marks else None,
        answered=Rate(len(marks), len(closed), "closed"),
    )


def effectiveness(cases: Iterable[Handled], period: Period) -> Rate:
    """In how many, and what share, rights were effectively protected (S7.2.34-2)."""
    judged = [case for case in _closed(cases, period) if case.rights_protected is not None]
    return Rate(sum(case.rights_protected is True for case in judged), len(judged), "closed")


def compliance(cases: Iterable[Handled], period: Period) -> Rate:
    """Audited without a breach ÷ audited (S7.2.34-3)."""
    audited = [case for case in _closed(cases, period) if case.audited]
    return Rate(sum(not case.breach for case in audited), len(audited), "audited")


def repeat_rate(cases: Iterable[Handled], period: Period) -> Rate:
    received = _received(cases, period)
    return Rate(sum(case.repeat for case in received), len(received), "received")


def reopen_rate(cases: Iterable[Handled], period: Period) -> Rate:
    closed = _closed(cases, period)
    return Rate(sum(case.reopened for case in closed), len(closed), "closed")


def escalation_rate(cases: Iterable[Handled], period: Period) -> Rate:
    received = _received(cases, period)
    return Rate(sum(case.escalated_outside for case in received), len(received), "received")


def handling_cycle(cases: Iterable[Handled], period: Period, *, expected_hours: float) -> Cycle:
    """The time from receipt to the result, against what is expected (S7.2-P2, S8.2.40-2)."""
    hours = sorted(
        (case.result_at - case.received_at).total_seconds() / 3600 for case in cases if case.result_at and case.result_at in period
    )
    return Cycle(
        n=len(hours),
        median=median(hours) if hours else None,
        p90=hours[ceil(Fraction(9, 10) * len(hours)) - 1] if hours else None,
        as_expected=Rate(sum(hour <= expected_hours for hour in hours), len(hours), "results"),
    )


def improvement_measures(measures: Iterable[Measure], *, by: date) -> tuple[int, Rate]:
    """How many measures there are, and the share done on time of those that were due (S7.2.35-1, D-12)."""
    all_of_them = tuple(measures)
    due = [measure for measure in all_of_them if measure.due_on <= by or measure.done_on]
    return len(all_of_them), Rate(sum(bool(measure.done_on and measure.done_on <= measure.due_on) for measure in due), len(due), "due")


def improvement_effect(before: float, after: float, control_before: float, control_after: float) -> float:
    """What an indicator gained with the measure, beyond what it gained where there was none (S7.2.35-2)."""
    return (after - before) - (control_after - control_before)


def improvement_cycle(measures: Iterable[Measure]) -> float | None:
    """Days from finding a problem to its measure, the middle one (S7.2.35-3)."""
    days = [(measure.done_on - measure.found_on).days for measure in measures if measure.done_on]
    return median(days) if days else None
