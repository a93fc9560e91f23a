"""The limits of a case as clocks: which apply, when each ends, which governs, what an extension may do, what was missed.

Pure. The rules are data (`simulator/rules/limits/*.yaml`, described in docs/limits.md), each with its source and a mark whether it was
verified. Several limits may apply to the same thing at once; the earliest governs, so the stricter of internal and legal is kept (§11).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from simulator.case.calendar import Calendar, places
from simulator.engine.lines import LANGUAGES
from simulator.engine.scenario import CHANNELS, FLAGS, URGENCIES

FOLDER = Path(__file__).resolve().parent.parent / "rules" / "limits"
SHIPPED = ("BANK_DEFAULT", "CN", "UK", "EU", "US", "HK", "ISO")
KINDS = ("limit", "option", "periodic")
AUTHORITIES = ("internal", "legal", "standard")
COMPLEXITIES = ("simple", "complex", "special")
MATTERS = ("payment", "eft_error", "billing_error")
LIVE_CHANNELS = ("phone", "online_chat", "branch_counter", "social_im")
APPROVERS = ("manager", "senior_manager")  # from the lower to the higher
RECEIVED, NOTIFIED = "received_at", "customer_notified"
# What a limit may start with or end with; the words for a page are in `simulator.limit_words`.
STOPS = (
    "acknowledged", "acknowledged_in_writing", "entered_in_system", NOTIFIED, "emergency_started", "first_action", "first_response",
    "plan_approved", "progress_told", "called_back", "resolved_informally", "counted_in_statistics", "evaluated", "regulator_told",
    "credited_provisionally",
)  # fmt: skip
CHECKS = ("checklist", "field", "document")
PERIODS = {"month": 1, "quarter": 3, "half_year": 6}
IN_CONTACT = "contact"
_SPAN = re.compile(r"(\d+) (min|h|cd|wd|week)\Z")
MOST_WORKING_DAYS, MOST_OTHER = 120, 1000

Text = Mapping[str, str]


class RuleSetError(Exception):
    """A rule set cannot be used; `code` says what is wrong at `path`, `params` hold the values for a sentence."""

    def __init__(self, code: str, path: str, **params: object) -> None:
        super().__init__(f"{path}: {code} {params}")
        self.code, self.path, self.params = code, path, params


class ExtensionRefused(Exception):
    """The new date cannot stand; `code`: not_extendable, too_late, no_reason, no_approver, not_later, beyond_limit."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(f"{code} {params}")
        self.code, self.params = code, params


# What the rules say


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time. `unit`: min, h (on the clock), cd and week (calendar days), wd, contact (before the contact is over), or a period
    (month, quarter, half_year) that ends when the calendar's does."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}" if self.amount else self.unit


@dataclass(frozen=True, slots=True)
class When:
    """The cases that a rule is for: each condition that is given must hold."""

    flags: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    urgency: str | None = None
    complexity: frozenset[str] = frozenset()
    matters: frozenset[str] = frozenset()
    without_matters: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    live: bool | None = None

    def fits(self, case: Case) -> bool:
        return (
            self.flags <= case.flags
            and not self.without & case.flags
            and self.urgency in (None, case.urgency)
            and (not self.complexity or case.complexity in self.complexity)
            and (not self.matters or bool(self.matters & case.matters))
            and not self.without_matters & case.matters
            and (not self.channels or case.channel in self.channels)
            and self.live in (None, case.channel in LIVE_CHANNELS)
        )


@dataclass(frozen=True, slots=True)
class Extends:
    """How far a limit may be moved at most, counted from its start, and who must at least agree."""

    at_most: Span
    approver: str


@dataclass(frozen=True, slots=True)
class Limit:
    """One clause. `stop` is what must have happened in time. `kind`: a limit, an option that ends (missing it breaks nothing), or a
    periodic duty that every case falls under. `repeats`: it starts again whenever it has been kept."""

    code: str
    name: Text
    stop: str
    span: Span
    facts: tuple[str, ...]
    clause: Text
    verified: bool
    start: str = RECEIVED
    kind: str = "limit"
    when: When = When()
    extends: Extends | None = None
    repeats: bool = False
    note: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty without a clock. `check`: how it is seen to be done."""

    code: str
    text: Text
    check: str
    facts: tuple[str, ...]
    clause: Text
    verified: bool
    when: When = When()


@dataclass(frozen=True, slots=True)
class RuleSet:
    code: str
    version: int
    title: Text
    authority: str
    source: Text
    place: str
    limits: tuple[Limit, ...]
    obligations: tuple[Obligation, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    verified_by: str = ""
    verified_at: date | None = None

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def obligations_for(self, case: Case) -> tuple[Obligation, ...]:
        return tuple(duty for duty in self.obligations if duty.when.fits(case))


# What is known of a case, and what follows


@dataclass(frozen=True, slots=True)
class Case:
    """What the limits of a case hang on. Nothing about the person does (D-18). `happened` holds the moments of what has been done, and
    `contact_ended_at` when the first conversation was over."""

    received_at: datetime
    channel: str = "phone"
    urgency: str = "general"
    flags: frozenset[str] = frozenset()
    complexity: str = "simple"
    matters: frozenset[str] = frozenset()
    happened: Mapping[str, datetime] = field(default_factory=dict)
    contact_ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit as it runs in a case. `due_at` is the moment by which it must be kept, None while what starts it has not happened or, for
    what belongs into the conversation, while that goes on. `first_due_at` is what it was before an extension. `latest_at` is as far as
    it may be moved. `governs`: the earliest of those for the same thing. `not_announced`: years it touches whose holidays are not known."""

    rules: RuleSet
    limit: Limit
    start_at: datetime | None
    due_at: datetime | None
    first_due_at: datetime | None = None
    latest_at: datetime | None = None
    governs: bool = False
    extended: bool = False
    not_announced: tuple[int, ...] = ()

    @property
    def stop(self) -> str:
        return self.limit.stop

    @property
    def is_in_contact(self) -> bool:
        return self.limit.span.unit == IN_CONTACT


@dataclass(frozen=True, slots=True)
class Extension:
    """A wish to move a limit: `asked_at` is when the customer was told, `until` the new last day."""

    stop: str
    asked_at: datetime
    until: date
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class Breach:
    """`kept_at` is when it was done after all, None where it was not."""

    clock: Clock
    kept_at: datetime | None


def due_moment(span: Span, start: datetime, calendar: Calendar) -> datetime:
    """When a span that begins at `start` is over. Days begin to count on the day after; their last one counts to its end."""
    day = calendar.day_of(start)
    match span.unit:
        case "min":
            return calendar.after_hours(start, timedelta(minutes=span.amount))
        case "h":
            return calendar.after_hours(start, timedelta(hours=span.amount))
        case "wd":
            return calendar.end_of(calendar.add_working_days(day, span.amount))
        case "cd":
            return calendar.end_of(day + timedelta(days=span.amount))
        case "week":
            return calendar.end_of(day + timedelta(weeks=span.amount))
        case "month" | "quarter" | "half_year":
            return calendar.end_of(last_day_of_period(day, span.unit))
        case _:
            return start.astimezone(UTC)


def last_day_of_period(day: date, period: str) -> date:
    """The last day of the calendar month, quarter or half-year that `day` is in."""
    months = PERIODS[period]
    end = (day.month - 1) // months * months + months  # the last month of the period
    return date(day.year + end // 12, end % 12 + 1, 1) - timedelta(days=1)


def clocks(case: Case, rule_sets: Iterable[RuleSet], calendar: Calendar, extensions: Iterable[Extension] = ()) -> tuple[Clock, ...]:
    """The clocks of the case, the earliest first; those that have not begun come last. An extension that cannot stand is refused."""
    day = calendar.day_of(case.received_at)
    running = [
        _clock(rules, limit, case, calendar)
        for rules in rule_sets
        if rules.is_valid_on(day)
        for limit in rules.limits
        if limit.when.fits(case)
    ]
    found = _ordered(running)
    for extension in extensions:
        found = extend(found, extension, calendar)
    return found


def _clock(rules: RuleSet, limit: Limit, case: Case, calendar: Calendar) -> Clock:
    start = case.received_at if limit.start == RECEIVED else case.happened.get(limit.start)
    if limit.repeats:
        start = case.happened.get(limit.stop, start)
    if start is None:
        return Clock(rules, limit, None, None)
    if limit.span.unit == IN_CONTACT:
        ended = case.contact_ended_at
        due = None if ended is None else ended.astimezone(UTC)
        return Clock(rules, limit, start.astimezone(UTC), due, due, due)
    due = due_moment(limit.span, start, calendar)
    latest = due if limit.extends is None else max(due, due_moment(limit.extends.at_most, start, calendar))
    counted = limit.span.unit == "wd"
    return Clock(
        rules=rules,
        limit=limit,
        start_at=start.astimezone(UTC),
        due_at=due,
        first_due_at=due,
        latest_at=latest,
        not_announced=_not_announced(calendar, start, due) if counted else (),
    )


def _not_announced(calendar: Calendar, start: datetime, due: datetime) -> tuple[int, ...]:
    return calendar.not_announced(calendar.day_of(start), calendar.day_of(due - timedelta(seconds=1)))


def _ordered(running: Iterable[Clock]) -> tuple[Clock, ...]:
    """In the order in which they end, each saying whether it governs what it is about. What belongs into the conversation comes first."""
    running = list(running)
    first: dict[str, Clock] = {}
    for clock in running:
        if clock.limit.kind == "limit" and (clock.due_at is not None or clock.is_in_contact):
            known = first.get(clock.stop)
            if known is None or _place(clock) < _place(known):
                first[clock.stop] = clock
    marked = [replace(clock, governs=first.get(clock.stop) is clock) for clock in running]
    return tuple(sorted(marked, key=_place))


def _place(clock: Clock) -> tuple[int, float, int]:
    """Where a clock stands: in the contact, by its end, not begun. Of two that end together, the bank's own rule comes first."""
    rank = 1 if clock.due_at is not None else 0 if clock.is_in_contact else 2
    return rank, clock.due_at.timestamp() if clock.due_at else 0.0, AUTHORITIES.index(clock.rules.authority)


def governing(running: Iterable[Clock], stop: str = NOTIFIED) -> Clock | None:
    """The clock that must be kept for `stop`: the earliest of them."""
    return next((clock for clock in running if clock.stop == stop and clock.governs), None)


def latest_moment(running: Iterable[Clock], stop: str = NOTIFIED) -> datetime | None:
    """As far as the limit for `stop` may be moved: what the strictest of the rules allows."""
    ends = [clock.latest_at for clock in running if clock.stop == stop and clock.limit.kind == "limit" and clock.latest_at]
    return min(ends, default=None)


def next_due(running: Iterable[Clock], happened: Mapping[str, datetime]) -> Clock | None:
    """What has to be done first of all that is still open."""
    open_ones = (clock for clock in running if clock.governs and not _is_kept(clock, happened))
    return next(open_ones, None)


def extend(running: tuple[Clock, ...], wish: Extension, calendar: Calendar) -> tuple[Clock, ...]:
    """The clocks with the limit moved, or `ExtensionRefused`.

    The customer is told before the limit expires, with the reason and the new date (T-03x). The new date is later than the old one and
    within what every rule allows; who agrees is at least who the rules that are moved ask for.
    """
    about = [clock for clock in running if clock.stop == wish.stop and clock.limit.kind == "limit" and clock.due_at and clock.latest_at]
    ruling = governing(about, wish.stop)
    if ruling is None or ruling.due_at is None or ruling.limit.extends is None:
        raise ExtensionRefused("not_extendable")
    if not wish.reason.strip():
        raise ExtensionRefused("no_reason")
    if wish.asked_at >= ruling.due_at:
        raise ExtensionRefused("too_late", due_at=ruling.due_at)
    until = calendar.end_of(wish.until)
    if until <= ruling.due_at:
        raise ExtensionRefused("not_later", due_at=ruling.due_at)
    moved = [clock for clock in about if clock.due_at and clock.due_at < until]
    latest = latest_moment(about, wish.stop)
    if latest is None or until > latest:
        raise ExtensionRefused("beyond_limit", latest_at=latest)
    needed = max((clock.limit.extends.approver for clock in moved if clock.limit.extends), key=APPROVERS.index)
    if wish.approver not in APPROVERS or APPROVERS.index(wish.approver) < APPROVERS.index(needed):
        raise ExtensionRefused("no_approver", approver=needed)
    later = [
        replace(clock, due_at=until, extended=True, not_announced=_not_announced(calendar, clock.start_at or until, until))
        if clock in moved
        else clock
        for clock in running
    ]
    return _ordered(later)


def breaches(running: Iterable[Clock], happened: Mapping[str, datetime], now: datetime) -> tuple[Breach, ...]:
    """The limits that were missed by `now`, done late or not at all."""
    return tuple(
        Breach(clock, happened.get(clock.stop))
        for clock in running
        if clock.limit.kind == "limit" and clock.due_at is not None and not _is_kept(clock, happened) and now > clock.due_at
    )


def _is_kept(clock: Clock, happened: Mapping[str, datetime]) -> bool:
    done = happened.get(clock.stop)
    if done is None or clock.start_at is None or (clock.limit.repeats and done <= clock.start_at):
        return False
    return clock.due_at is None or done <= clock.due_at


def is_promise_late(promised: datetime, running: Iterable[Clock], stop: str = NOTIFIED) -> bool:
    """Whether a time that was told to the customer ends after the governing limit (D-22). Sooner is never wrong."""
    ruling = governing(running, stop)
    return ruling is not None and ruling.due_at is not None and promised > ruling.due_at


# From a document to a rule set


@cache
def shipped_rule_sets() -> dict[str, RuleSet]:
    """The rule sets that come with the platform, by code, the bank's own first."""
    return {code: parse_rule_set(yaml.safe_load((FOLDER / f"{code}.yaml").read_text(encoding="utf-8")), f"{code}.yaml") for code in SHIPPED}


def parse_span(value: object, path: str) -> Span:
    text = str(value)
    if text == IN_CONTACT or text in PERIODS:
        return Span(0, text)
    found = _SPAN.match(text)
    most = MOST_WORKING_DAYS if found and found[2] == "wd" else MOST_OTHER
    if found is None or not 0 < int(found[1]) <= most:
        raise RuleSetError("bad_span", path, value=text, example="5 wd")
    return Span(int(found[1]), found[2])


def parse_rule_set(document: object, path: str) -> RuleSet:
    """The rule set that a document describes (docs/limits.md), or `RuleSetError` with the first thing that is wrong."""
    doc = _map(document, path)
    _only(doc, path, "code", "version", "title", "authority", "source", "place", "valid_from", "valid_to", "verified_by", "verified_at",
          "limits", "obligations")  # fmt: skip
    source = _text(doc.get("source"), f"{path}: source")
    limits = tuple(
        _limit(item, source, f"{path}: limits.{number}") for number, item in enumerate(_list(doc.get("limits"), f"{path}: limits"))
    )
    codes = [limit.code for limit in limits]
    for code in codes:
        if codes.count(code) > 1:
            raise RuleSetError("twice", f"{path}: limits", value=code)
    return RuleSet(
        code=_word(doc.get("code"), f"{path}: code"),
        version=_number(doc.get("version"), f"{path}: version"),
        title=_text(doc.get("title"), f"{path}: title"),
        authority=_one_of(doc.get("authority"), AUTHORITIES, f"{path}: authority"),
        source=source,
        place=_one_of(doc.get("place"), tuple(places()), f"{path}: place"),
        limits=limits,
        obligations=tuple(
            _obligation(item, source, f"{path}: obligations.{number}")
            for number, item in enumerate(_list(doc.get("obligations", []), f"{path}: obligations"))
        ),
        valid_from=_day(doc.get("valid_from"), f"{path}: valid_from"),
        valid_to=_day(doc.get("valid_to"), f"{path}: valid_to"),
        verified_by=str(doc.get("verified_by") or ""),
        verified_at=_day(doc.get("verified_at"), f"{path}: verified_at"),
    )


def _limit(value: object, source: Text, path: str) -> Limit:
    item = _map(value, path)
    _only(item, path, "code", "name", "stop", "start", "span", "kind", "when", "extends", "repeats", "facts", "clause", "verified", "note")
    extends = _map(item["extends"], f"{path}.extends") if item.get("extends") else None
    if extends:
        _only(extends, f"{path}.extends", "at_most", "approver")
    return Limit(
        code=_word(item.get("code"), f"{path}.code"),
        name=_text(item.get("name"), f"{path}.name"),
        stop=_one_of(item.get("stop"), STOPS, f"{path}.stop"),
        start=_one_of(item.get("start", RECEIVED), (RECEIVED, *STOPS), f"{path}.start"),
        span=parse_span(item.get("span"), f"{path}.span"),
        kind=_one_of(item.get("kind", "limit"), KINDS, f"{path}.kind"),
        when=_when(item.get("when"), f"{path}.when"),
        extends=Extends(
            at_most=parse_span(extends.get("at_most"), f"{path}.extends.at_most"),
            approver=_one_of(extends.get("approver"), APPROVERS, f"{path}.extends.approver"),
        )
        if extends
        else None,
        repeats=_flag(item.get("repeats", False), f"{path}.repeats"),
        facts=_words(item.get("facts"), f"{path}.facts"),
        clause=_text(item["clause"], f"{path}.clause") if item.get("clause") else source,
        verified=_flag(item.get("verified"), f"{path}.verified"),
        note=_text(item["note"], f"{path}.note") if item.get("note") else {},
    )


def _obligation(value: object, source: Text, path: str) -> Obligation:
    item = _map(value, path)
    _only(item, path, "code", "text", "check", "when", "facts", "clause", "verified")
    return Obligation(
        code=_word(item.get("code"), f"{path}.code"),
        text=_text(item.get("text"), f"{path}.text"),
        check=_one_of(item.get("check"), CHECKS, f"{path}.check"),
        when=_when(item.get("when"), f"{path}.when"),
        facts=_words(item.get("facts"), f"{path}.facts"),
        clause=_text(item["clause"], f"{path}.clause") if item.get("clause") else source,
        verified=_flag(item.get("verified"), f"{path}.verified"),
    )


def _when(value: object, path: str) -> When:
    if value is None:
        return When()
    item = _map(value, path)
    _only(item, path, "flags", "without", "urgency", "complexity", "matters", "without_matters", "channels", "live")
    return When(
        flags=_some_of(item.get("flags"), FLAGS, f"{path}.flags"),
        without=_some_of(item.get("without"), FLAGS, f"{path}.without"),
        urgency=_one_of(item["urgency"], URGENCIES, f"{path}.urgency") if "urgency" in item else None,
        complexity=_some_of(item.get("complexity"), COMPLEXITIES, f"{path}.complexity"),
        matters=_some_of(item.get("matters"), MATTERS, f"{path}.matters"),
        without_matters=_some_of(item.get("without_matters"), MATTERS, f"{path}.without_matters"),
        channels=_some_of(item.get("channels"), CHANNELS, f"{path}.channels"),
        live=_flag(item["live"], f"{path}.live") if "live" in item else None,
    )


def _map(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RuleSetError("not_a_map", path)
    return value


def _only(item: Mapping[str, Any], path: str, *allowed: str) -> None:
    for key in item:
        if key not in allowed:
            raise RuleSetError("unknown_key", path, key=str(key))


def _list(value: object, path: str) -> list[object]:
    if not isinstance(value, list):
        raise RuleSetError("not_a_list", path)
    return value


def _text(value: object, path: str) -> Text:
    """A text in both languages; a bare one counts for both (a title that is the same everywhere)."""
    if isinstance(value, str) and value.strip():
        return dict.fromkeys(LANGUAGES, value.strip())
    item = _map(value, path)
    _only(item, path, *LANGUAGES)
    return {language: _word(item.get(language), f"{path}.{language}") for language in LANGUAGES}


def _word(value: object, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RuleSetError("missing", path)
    return value.strip()


def _words(value: object, path: str) -> tuple[str, ...]:
    return tuple(_word(item, f"{path}.{number}") for number, item in enumerate(_list(value, path)))


def _number(value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise RuleSetError("not_a_number", path)
    return value


def _flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise RuleSetError("not_yes_or_no", path)
    return value


def _day(value: object, path: str) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise RuleSetError("not_a_day", path, value=str(value))


def _one_of(value: object, allowed: tuple[str, ...], path: str) -> str:
    if value not in allowed:
        raise RuleSetError("not_one_of", path, value=str(value), allowed=", ".join(allowed))
    return str(value)


def _some_of(value: object, allowed: tuple[str, ...], path: str) -> frozenset[str]:
    return frozenset() if value is None else frozenset(_one_of(item, allowed, path) for item in _list(value, path))
