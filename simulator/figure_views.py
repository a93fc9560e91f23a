"""The figures of somebody's own cases, by the formulas of the fact sheet §7.2, in the time of the story."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.core.models import User
from simulator import drill_time, log
from simulator.case import drill, statistics
from simulator.case.calendar import Calendar
from simulator.case.limits import NOTIFIED, governing
from simulator.engine.events import CaseHandedIn, Escalated, Event, SatisfactionTold
from simulator.live import case_of
from simulator.models import LoggedEvent, Session

MOST_CASES = 200
OUTSIDE_FROM = 3  # the rung of the ladder on which a customer takes an outside route
FIRST_YEAR, LAST_YEAR = 2010, 2090


class Between(forms.Form):
    """The period, both days with it."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        for name, day in (("first", first), ("last", last)):
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, _("Only years from %(first)s to %(last)s are possible.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins."))
        return cleaned


@login_required
def figures(request: HttpRequest) -> HttpResponse:
    """What the statistics of a month would say of the cases that this person has worked at the desk."""
    asked = request.GET if {"first", "last"} & set(request.GET) else _recently(timezone.localdate())
    form = Between(asked)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        calendar = drill_time.case_calendar()
        period = statistics.Period(
            datetime.combine(form.cleaned_data["first"], time(), calendar.zone).astimezone(UTC), calendar.end_of(form.cleaned_data["last"])
        )
        cases = [handled(session, events, calendar) for session, events in cases_worked_by(request.user)]
        context |= {"cases": len(cases), "rows": rows(cases, period), "cycle": _cycle(cases, period)}
    return render(request, "simulator/figures.html", context, status=200 if form.is_valid() else 400)


def _recently(today: date) -> dict[str, str]:
    """From the month before last to the end of the next one: in the story cases may end in days to come."""
    month = today.year * 12 + today.month - 1
    first, last = (divmod(number, 12) for number in (month - 2, month + 1))
    return {
        "first": date(first[0], first[1] + 1, 1).isoformat(),
        "last": date(last[0], last[1] + 1, monthrange(last[0], last[1] + 1)[1]).isoformat(),
    }


def cases_worked_by(person: User) -> Iterable[tuple[Session, tuple[Event, ...]]]:
    """The latest cases that this person has worked at the desk, each with what happened in it."""
    worked = LoggedEvent.objects.filter(session__trainee=person, kind="desk_opened").values("session")
    for session in Session.objects.filter(id__in=worked).select_related("snapshot").order_by("-started_at")[:MOST_CASES]:
        yield session, tuple(entry.event for entry in log.read(session.id))


def handled(session: Session, events: tuple[Event, ...], calendar: Calendar) -> statistics.Handled:
    """A case as the statistics see it. The limit is that of the true case, with the extensions that were announced."""
    scenario = case_of(session)
    story = drill.Drill(session.started_at)
    closed_at, marks, outside = None, [], False
    for event in events:
        story = drill.apply(story, event)
        match event:
            case CaseHandedIn():
                closed_at = story.now
            case SatisfactionTold(mark):
                marks.append(mark)
            case Escalated(rung=rung):
                outside = outside or rung >= OUTSIDE_FROM
    told_at = story.happened.get(NOTIFIED)
    ruling = governing(drill.running(story, drill.case_in_truth(story, scenario), drill_time.rule_sets(), calendar))
    within = told_at is not None and ruling is not None and ruling.due_at is not None and told_at <= ruling.due_at
    return statistics.Handled(
        received_at=session.started_at,
        result_at=told_at,
        closed_at=closed_at,
        within_limit=within if closed_at else None,
        marks=tuple(marks),
        repeat="repeat" in scenario.truth.flags,
        escalated_outside=outside,
    )


def rows(cases: list[statistics.Handled], period: statistics.Period) -> list[dict[str, Any]]:
    cohort, flow = statistics.handling_rates(cases, period)
    satisfied = statistics.satisfaction(cases, period)
    return [
        _row(_("Handled, of those received in the period"), cohort, "S7.2.33-2, D-11"),
        _row(_("Handled, of those open at its start or received in it"), flow, "S7.2.33-2, D-11"),
        _row(_("Result told within the limit, of those closed"), statistics.within_limit(cases, period), "S7.2.33-1"),
        _row(_("Satisfied (4 or 5), of those who gave a mark"), satisfied.satisfied, "S7.2.34-1, D-13"),
        _row(_("Asked for a mark, of those closed"), satisfied.answered, "S7.2.34-1"),
        _row(_("Repeated complaints, of those received"), statistics.repeat_rate(cases, period), "S7.2-P1"),
        _row(_("Taken outside by the customer, of those received"), statistics.escalation_rate(cases, period), "S7.2-P1"),
    ]


def _row(name: Any, rate: statistics.Rate, fact: str) -> dict[str, Any]:
    return {
        "name": name,
        "part": rate.part,
        "whole": rate.whole,
        "percent": None if rate.value is None else round(100 * rate.value),
        "fact": fact,
    }


def _cycle(cases: list[statistics.Handled], period: statistics.Period) -> dict[str, Any] | None:
    """Days from receipt to the result: the middle one, and the one that nine of ten keep to."""
    found = statistics.handling_cycle(cases, period, expected_hours=24 * 7)
    if found.median is None or found.p90 is None:
        return None
    return {"n": found.n, "median": round(found.median / 24, 1), "p90": round(found.p90 / 24, 1)}
