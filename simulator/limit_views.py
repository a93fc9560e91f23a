"""The page on which a learner looks limits up: a case in a few fields, and the clocks that run in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lms.core.access import Role, has_role
from simulator import limit_words as words
from simulator.case.calendar import Calendar, places
from simulator.case.lifecycle import reasons_major, thresholds
from simulator.case.limits import NOTIFIED, Case, Clock, Obligation, RuleSet, clocks, governing, is_promise_late, latest_moment, next_due
from simulator.limit_books import Books, Problem, books

Day = TypeVar("Day", bound=date)  # a datetime is one as well
OWN = "BANK_DEFAULT"
FIRST_YEAR, LAST_YEAR = 2010, 2090


class LookUp(forms.Form):
    """A case, as far as its limits hang on it. Nothing about the person (D-18)."""

    rules = forms.ChoiceField(label=_("Rules beside the bank's own"), required=False)
    place = forms.ChoiceField(label=_("Where the branch is"), required=False, help_text=_("Its public holidays, its time, its hours."))
    received_at = forms.CharField(label=_("Received"), max_length=40, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    channel = forms.ChoiceField(label=_("By"), choices=list(words.CHANNELS.items()))
    urgency = forms.ChoiceField(label=_("Urgency"), choices=list(words.URGENCIES.items()))
    complexity = forms.ChoiceField(label=_("How complex"), choices=list(words.COMPLEXITIES.items()))
    flags = forms.MultipleChoiceField(
        label=_("Marks"), choices=list(words.FLAGS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    matters = forms.MultipleChoiceField(
        label=_("It is about"), choices=list(words.MATTERS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    amount = forms.DecimalField(label=_("Amount involved"), min_value=0, max_value=10**12, required=False)
    persons = forms.IntegerField(label=_("How many people complain of the same"), min_value=1, max_value=10**6, required=False)
    circumstances = forms.MultipleChoiceField(
        label=_("What else is the case"), choices=list(words.CIRCUMSTANCES.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    promise = forms.DateField(
        label=_("The day you would name to the customer"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("You see whether it is within the limit. Sooner is never wrong."),
    )

    def __init__(self, data: Any, rule_sets: Mapping[str, RuleSet]) -> None:
        super().__init__(data)
        language = _language()
        self.fields["rules"].choices = [
            ("", _("none")),
            *((code, rules.title[language]) for code, rules in rule_sets.items() if code != OWN),
        ]
        self.fields["place"].choices = [
            ("", _("as the rules say")),
            *((code, place.name[language]) for code, place in places().items()),
        ]

    def clean_received_at(self) -> datetime:
        """The time on the branch's clock; its zone comes with the place."""
        try:
            at = datetime.fromisoformat(self.cleaned_data["received_at"].strip()).replace(tzinfo=None)
        except ValueError:
            raise forms.ValidationError(_("Write the day and the time as 2026-09-30 18:20.")) from None
        return _in_reach(at)

    def clean_promise(self) -> date | None:
        day = self.cleaned_data["promise"]
        return _in_reach(day) if day else None


def _in_reach(day: Day) -> Day:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise forms.ValidationError(_("Only years from %(first)s to %(last)s are possible.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    return day


@login_required
def limits(request: HttpRequest) -> HttpResponse:
    """The clocks of a case that is described in the address, so that it can be kept and passed on."""
    known = books()
    asked = request.GET if "received_at" in request.GET else _an_ordinary_case(known)
    form = LookUp(asked, known.rule_sets)
    context: dict[str, Any] = {"form": form, "own": known.rule_sets[OWN].title[_language()]}
    if form.is_valid():
        context |= _answer(form.cleaned_data, known)
    if has_role(request.user, Role.ADMIN):
        context["problems"] = [_problem(problem) for problem in known.problems]
    return render(request, "simulator/limits.html", context, status=200 if form.is_valid() else 400)


def _an_ordinary_case(known: Books) -> dict[str, Any]:
    """What the page shows before anybody has asked: a complaint by telephone, now."""
    now = known.calendar("CN").local(timezone.now())
    return {
        "rules": "CN",
        "received_at": f"{now:%Y-%m-%dT%H:%M}",
        "channel": "phone",
        "urgency": "general",
        "complexity": "simple",
    }


def _answer(wanted: Mapping[str, Any], known: Books) -> dict[str, Any]:
    rule_sets = [known.rule_sets[OWN], *([known.rule_sets[wanted["rules"]]] if wanted["rules"] else [])]
    calendar = known.calendar(wanted["place"] or rule_sets[-1].place)
    reasons = reasons_major(float(wanted["amount"] or 0), wanted["persons"] or 1, wanted["circumstances"], thresholds())
    case = Case(
        received_at=wanted["received_at"].replace(tzinfo=calendar.zone).astimezone(UTC),
        channel=wanted["channel"],
        urgency=wanted["urgency"],
        flags=frozenset(wanted["flags"]) | ({"major"} if reasons else frozenset()),
        complexity=wanted["complexity"],
        matters=frozenset(wanted["matters"]),
    )
    found = clocks(case, rule_sets, calendar)
    first = next_due([clock for clock in found if not clock.is_in_contact], {})
    result = governing(found)
    shown = {id(clock): clock_row(clock, calendar, found) for clock in found}
    return {
        "case": case,
        "calendar": calendar,
        "place": calendar.place.name[_language()],
        "received": wanted["received_at"],
        "received_open": calendar.is_open(case.received_at),
        "flags": [words.FLAGS[flag] for flag in words.FLAGS if flag in case.flags],
        "reasons": [words.REASONS_MAJOR[reason] for reason in reasons],
        "first": shown.get(id(first)),
        "at_once": [shown[id(clock)] for clock in found if clock.is_in_contact and clock.limit.kind == "limit"],
        "running": [shown[id(clock)] for clock in found if clock.due_at and clock.limit.kind == "limit" and not clock.is_in_contact],
        "later": [shown[id(clock)] for clock in found if not clock.due_at and not clock.is_in_contact],
        "options": [shown[id(clock)] for clock in found if clock.limit.kind == "option"],
        "periodic": [shown[id(clock)] for clock in found if clock.limit.kind == "periodic"],
        "obligations": [_duty(duty, rules) for rules in rule_sets for duty in rules.obligations_for(case)],
        "promise": _promise(wanted["promise"], found, calendar) if wanted["promise"] and result else None,
        "result": shown.get(id(result)),
        "unverified": any(not clock.limit.verified for clock in found),
    }


def clock_row(clock: Clock, calendar: Calendar, found: tuple[Clock, ...]) -> dict[str, Any]:
    """A clock among the others with the words that a page shows of it."""
    language = _language()
    limit = clock.limit
    row: dict[str, Any] = {
        "code": limit.code,
        "name": limit.name[language],
        "note": limit.note.get(language, ""),
        "span": words.span_words(limit.span),
        "starts": words.STOPS.get(limit.start, ""),
        "rules": clock.rules.title[language],
        "authority": words.AUTHORITIES[clock.rules.authority],
        "is_own": clock.rules.authority == "internal",
        "facts": limit.facts,
        "clause": limit.clause[language],
        "verified": limit.verified,
        "verified_by": clock.rules.verified_by,
        "governs": clock.governs,
        "not_announced": clock.not_announced,
        "approver": words.APPROVERS[limit.extends.approver] if limit.extends else "",
    }
    latest = latest_moment(found, clock.stop)
    if limit.extends and latest and clock.due_at and latest > clock.due_at:
        row["latest"] = day_of(latest, calendar)
    row["moved_to"] = clock.extended
    if clock.due_at is not None and clock.start_at is not None and not clock.is_in_contact:
        row |= _due(clock, calendar)
    return row


def day_of(end: datetime, calendar: Calendar) -> date:
    """The last day before the moment at which something ends."""
    return calendar.day_of(end - timedelta(seconds=1))


def _due(clock: Clock, calendar: Calendar) -> dict[str, Any]:
    """When it ends: with a day, or at a time of day. Days off and make-up days on the way are named, for they are what is miscounted."""
    start, due = calendar.local(clock.start_at), calendar.local(clock.due_at)
    if clock.limit.span.unit in ("h", "min"):
        return {"day": due.date(), "time": f"{due:%H:%M}"}
    last = day_of(clock.due_at, calendar)
    counted = clock.limit.span.unit == "wd"
    return {
        "day": last,
        "time": "",
        "days_off": _days(calendar.days_off_between(start.date(), last)) if counted else "",
        "make_up_days": _days(calendar.make_up_days_between(start.date(), last)) if counted else "",
        "is_off": not calendar.is_working_day(last),
    }


def _days(days: Iterable[date]) -> str:
    """Days in a row, each with its weekday."""
    return ("、" if _language() == "zh-hans" else ", ").join(f"{day:%m-%d} {date_format(day, 'D')}" for day in days)


def _promise(day: date, found: tuple[Clock, ...], calendar: Calendar) -> dict[str, Any]:
    """Whether the day that would be named is within the limit; where the law alone would allow it, that is said (D-22)."""
    until = calendar.end_of(day)
    return {
        "day": day,
        "late": is_promise_late(until, found),
        "legal_only": any(
            clock.stop == NOTIFIED and not clock.governs and clock.due_at and until <= clock.due_at and clock.limit.kind == "limit"
            for clock in found
        ),
    }


def _duty(duty: Obligation, rules: RuleSet) -> dict[str, Any]:
    language = _language()
    return {
        "text": duty.text[language],
        "check": words.CHECKS[duty.check],
        "facts": duty.facts,
        "rules": rules.title[language],
        "clause": duty.clause[language],
        "verified": duty.verified,
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {"path": problem.path, "sentence": str(words.PROBLEMS[problem.code]) % problem.params}


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-hans"
