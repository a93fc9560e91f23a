"""From evidence and a rubric to a score. Pure: no Django, no clock, no chance; the same evidence always gives the same score.

`docs/scoring.md` says every formula in words. Four promises hold for every rubric that `parse` accepts:

- a criterion's points rest on evidence that is handed back with them, in the trainee's own words;
- what was never put to the test is None ("not observed"), never a silent zero or a silent one;
- more of what earns points never lowers the score;
- a red line that was crossed and not put right caps the whole and fails it; the other points stay visible.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any, Literal

from lms.core.contracts import Evidence

Rule = Literal["earned", "kept", "occasion", "limit", "form", "classification", "compared", "none"]
RULES: tuple[str, ...] = ("earned", "kept", "occasion", "limit", "form", "classification", "compared", "none")
JUDGES = ("machine", "desk", "person")

WORKING_DAY = "wd"
CODE = re.compile(r"[\w.:/+-]{1,40}\Z", re.ASCII)
HOURS = {"min": Fraction(1, 60), "h": Fraction(1), "d": Fraction(24), "w": Fraction(7 * 24), "mo": Fraction(30 * 24)}
LIMIT = re.compile(r"^\s*(?:<=|≤)?\s*(\d+(?:\.\d+)?)(?:\s*(?:-|–|~|to)\s*(\d+(?:\.\d+)?))?\s*(min|h|wd|d|w|mo)\s*$")


class RubricError(ValueError):
    """A rubric cannot be used; `path` says where in the document, `code` what is wrong there."""

    def __init__(self, path: str, code: str) -> None:
        super().__init__(f"{path}: {code}")
        self.path = path
        self.code = code


@dataclass(frozen=True, slots=True)
class Part:
    """One thing a criterion asks for. `earns` maps an act ("empathy", or "empathy.react" for one kind) to its credit, 0 to 1.

    With `at_least` n the best n pieces of evidence count, each from another turn (or, with `distinct` "about", each on another
    subject) and each in other words. Evidence after turn `within_turns` is worth `later` of its credit. With `full_when`, any
    credit counts whole once one of those events has happened.
    """

    code: str
    earns: Mapping[str, float]
    share: float = 1.0
    at_least: int = 1
    distinct: Literal["turn", "about"] = "turn"
    about: frozenset[str] = frozenset()
    within_turns: int | None = None
    later: float = 0.5
    full_when: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the rubric; `docs/scoring.md` explains the rules."""

    code: str
    weight: float
    by: str
    rule: Rule
    fact_ids: tuple[str, ...] = ()
    partial: bool = True
    cap: float | None = None
    parts: tuple[Part, ...] = ()
    faults: Mapping[str, float] = field(default_factory=dict)
    where: frozenset[str] = frozenset()
    turns: int = 1
    occasions: frozenset[str] = frozenset()
    red_lines: tuple[str, ...] = ()
    put_right_by: tuple[frozenset[str], ...] = ()
    fields: Mapping[str, float] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    of: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which limit governs an answer: the strictest of `answer` that the case names, else `default`.

    Words that match `not_an_answer` tell another time (when money arrives); words that match `extension` tell the rule for
    extending, which is right beside the limit itself.
    """

    answer: tuple[str, ...]
    default: str
    not_an_answer: re.Pattern[str]
    extension: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Rubric:
    code: str
    version: int
    pass_mark: float
    criteria: tuple[Criterion, ...]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a point comes from: words of a turn (`start` to `end`, quoted), or an event that has no words."""

    code: str
    turn: int
    position: int
    quote: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """`score` runs from 0 to 1; None: not observed. `reason` is a code, the page has the words for it."""

    code: str
    weight: float
    score: float | None
    reason: str
    params: dict[str, Any] = field(default_factory=dict)
    evidence: tuple[Reference, ...] = ()
    against: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The whole: 0 to 100. `uncapped` is what it would be without the red lines."""

    score: float
    uncapped: float
    passed: bool
    criteria: tuple[CriterionScore, ...]
    red_lines: tuple[str, ...]
    capped: bool


def score(evidence: Iterable[Evidence], rubric: Rubric, truth: Mapping[str, Any] | None = None) -> Score:
    """Score `evidence` by `rubric`. `truth` is what is right in this case (limits, classification, form); empty without a scenario."""
    seen = _Seen.of(evidence, rubric.limits, truth or {})
    criteria, red_lines, caps = [], [], []
    for criterion in rubric.criteria:
        judged, crossed = _RULES[criterion.rule](criterion, seen)
        criteria.append(judged)
        if crossed:
            red_lines += [code for code in crossed if code not in red_lines]
            caps.append(criterion.cap if criterion.cap is not None else 100.0)
    observed = [(c.weight, c.score) for c in criteria if c.score is not None]
    weight = sum(w for w, _ in observed)
    whole = round(100 * sum(w * s for w, s in observed) / weight, 1) if weight else 0.0
    total = min([whole, *caps])
    return Score(
        score=total,
        uncapped=whole,
        passed=total >= rubric.pass_mark and not red_lines,
        criteria=tuple(criteria),
        red_lines=tuple(red_lines),
        capped=total < whole,
    )


# What was seen


def name_of(row: Evidence) -> str:
    """The name a rubric knows `row` by: "empathy.react" for an act with a kind, "contact_ended.refusal_accepted" for an event with an
    outcome (or an answer), "empathy_needed.unmet" for one that says whether something was met; else the code alone.
    """
    detail = row.detail
    if row.kind == "event" and not detail:
        detail = str(row.data.get("outcome") or row.data.get("answer") or "")
        if isinstance(row.data.get("met"), bool):
            detail = "met" if row.data["met"] else "unmet"
    return f"{row.code}.{detail}" if detail else row.code


def reference(row: Evidence) -> Reference:
    return Reference(code=name_of(row), turn=row.turn, position=row.position, quote=row.quote, start=row.start, end=row.end)


def matches(row: Evidence, names: Collection[str]) -> bool:
    """A plain code in `names` stands for all its kinds."""
    return bool(names) and (row.code in names or name_of(row) in names)


def credit(row: Evidence, earns: Mapping[str, float]) -> float:
    """What `row` is worth: the entry of its kind, else that of its code, else nothing."""
    worth = earns.get(name_of(row))
    return earns.get(row.code, 0.0) if worth is None else worth


Place = tuple[int, int, int, int, str, str, str]


def _place(row: Evidence) -> Place:
    """Where a row stands: what it is sorted by, and what tells it from every other."""
    return (row.turn, row.position, row.start or 0, row.end or 0, name_of(row), row.about or "", row.value or "")


@dataclass(frozen=True, slots=True)
class _Seen:
    """The evidence in order, and what follows from it once for all criteria.

    Words that were only strung together (a turn the reader called gaming) earn nothing, but what is bad in them stays bad: `acts`
    may earn, `rows` may count against.
    """

    rows: tuple[Evidence, ...]
    acts: tuple[Evidence, ...]
    events: tuple[Evidence, ...]
    form: Mapping[str, str]
    truth: Mapping[str, Any]
    late: frozenset[Place]
    early: tuple[Evidence, ...]

    @classmethod
    def of(cls, evidence: Iterable[Evidence], limits: Limits, truth: Mapping[str, Any]) -> _Seen:
        rows = tuple(sorted(evidence, key=_place))
        gaming = {row.turn for row in rows if row.data.get("gaming") or row.code == "gaming"}
        acts = tuple(row for row in rows if row.kind == "act" and row.quote.strip() and row.turn not in gaming)
        late, early = _told_limits(rows, limits, truth)
        return cls(
            rows=rows,
            acts=tuple(act for act in acts if _place(act) not in late),
            events=tuple(row for row in rows if row.kind == "event"),
            form={row.code: row.value or "" for row in rows if row.kind == "form"},
            truth=truth,
            late=frozenset(late),
            early=tuple(row for row in early if row.turn not in gaming),
        )

    def against(self, faults: Mapping[str, float]) -> list[Evidence]:
        """Every row that counts against, in order."""
        return [row for row in self.rows if row.kind != "form" and credit(row, faults) > 0]


# Limits, told right or wrong


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: `amount` working days, or hours on the clock."""

    working: bool
    amount: Fraction


def parse_span(text: str) -> Span | None:
    """ "5 wd", "48 h", "3-5 wd" (the later end counts); None for anything else, for instance a date."""
    found = LIMIT.match(text)
    if found is None:
        return None
    number, unit = Fraction(found[2] or found[1]), found[3]
    return Span(working=True, amount=number) if unit == WORKING_DAY else Span(working=False, amount=number * HOURS[unit])


def is_later(promised: Span, limit: Span) -> bool:
    """Whether `promised` ends after `limit` whatever the day of receipt; where it depends on the day, the trainee has the benefit."""
    if promised.working == limit.working:
        return promised.amount > limit.amount
    if limit.working:  # received on a Friday, n working days last n days and a weekend for every five begun
        return promised.amount > (limit.amount + 2 * ceil(limit.amount / 5)) * 24
    # received on a Sunday, n working days last n days and a weekend for every five completed before the last day
    return (promised.amount + 2 * max(0, ceil(promised.amount / 5) - 1)) * 24 > limit.amount


def governing_limit(limits: Limits, truth: Mapping[str, Any]) -> Span | None:
    """The strictest limit for an answer that applies in the case; where the case names none, the rubric's own."""
    given = truth.get("limits") or {}
    strictest: Span | None = None
    for code in limits.answer:
        span = parse_span(str(given[code])) if code in given else None
        if span is not None and (strictest is None or is_later(strictest, span)):
            strictest = span
    return strictest or parse_span(limits.default)


def _told_limits(rows: tuple[Evidence, ...], limits: Limits, truth: Mapping[str, Any]) -> tuple[set[Place], tuple[Evidence, ...]]:
    """The times that were told too late, and those that were told right. Promising sooner is never wrong."""
    limit = governing_limit(limits, truth)
    if limit is None:
        return set(), ()
    late, early = set(), []
    told = [row for row in rows if row.kind == "act" and row.code == "give_timeframe" and row.quote.strip()]
    for row in told:
        span = parse_span(row.value or "")
        if span is None or row.about == "amount" or limits.not_an_answer.search(row.quote):
            continue
        if not is_later(span, limit):
            early.append(row)
        elif not limits.extension.search(row.quote):
            late.add(_place(row))
    return late, tuple(early)


# One function a rule: the criterion's score, and the red lines it saw crossed

_Judged = tuple[CriterionScore, tuple[str, ...]]


def _judge(
    criterion: Criterion,
    value: float | None,
    reason: str,
    evidence: Iterable[Evidence] = (),
    against: Iterable[Evidence] = (),
    **params: Any,
) -> CriterionScore:
    if value is not None and not criterion.partial:
        value = 1.0 if value >= 1 else 0.0
    rounded = None if value is None else round(min(1.0, max(0.0, value)), 4)
    return CriterionScore(
        code=criterion.code,
        weight=criterion.weight,
        score=rounded,
        reason=reason,
        params=params,
        evidence=tuple(reference(row) for row in evidence) if rounded else (),
        against=tuple(reference(row) for row in against),
    )


def _crossed(criterion: Criterion, seen: _Seen) -> tuple[list[Evidence], list[Evidence]]:
    """Rows over a red line: those that stand, and those the trainee put right in a later turn."""
    standing: list[Evidence] = []
    righted: list[Evidence] = []
    for row in seen.rows:
        if not matches(row, criterion.red_lines):
            continue
        later: dict[int, list[Evidence]] = {}
        for act in seen.acts:
            if act.turn > row.turn:
                later.setdefault(act.turn, []).append(act)
        put_right = any(
            all(any(matches(act, (name,)) for act in acts) for name in names) for names in criterion.put_right_by for acts in later.values()
        )
        (righted if put_right else standing).append(row)
    return standing, righted


def _minus(criterion: Criterion, seen: _Seen, righted: list[Evidence]) -> tuple[float, list[Evidence]]:
    """What the faults take away (half where they were put right), and the rows."""
    against = seen.against(criterion.faults)
    total = sum(credit(row, criterion.faults) * (0.5 if row in righted else 1) for row in against)
    return total, against


def _names(rows: Iterable[Evidence]) -> list[str]:
    return sorted({name_of(row) for row in rows})


def _part(part: Part, seen: _Seen) -> tuple[float, list[Evidence]]:
    """The credit of one part (0 to 1) and the evidence it rests on."""
    worth: list[tuple[float, Evidence]] = []
    for row in seen.acts:
        value = credit(row, part.earns)
        if value <= 0 or (part.about and row.about not in part.about):
            continue
        if part.within_turns is not None and row.turn > part.within_turns:
            value *= part.later
        worth.append((value, row))
    worth.sort(key=lambda pair: -pair[0])  # stable: the earliest of the best
    taken = _best_together(worth, part)
    rows = [row for _, row in taken]
    if taken and any(matches(event, part.full_when) for event in seen.events):
        return 1.0, rows
    return sum(value for value, _ in taken) / part.at_least, rows


def _best_together(worth: Sequence[tuple[float, Evidence]], part: Part) -> list[tuple[float, Evidence]]:
    """The pieces of `worth`, best first, that count together: at most `at_least`, no two from one place or in the same words.

    Taking the best that is left each time would not do: a piece may stand in the way of two others, and one good act more would
    then lower the score.
    """
    best: list[tuple[float, Evidence]] = []
    most = 0.0

    def choose(taken: list[tuple[float, Evidence]], total: float, start: int) -> None:
        nonlocal best, most
        if total > most + 1e-9:
            best, most = list(taken), total
        left = part.at_least - len(taken)
        for index in range(start, len(worth) if left else start):
            value, row = worth[index]
            if total + left * value <= most + 1e-9:
                return  # what follows is worth no more
            if all(_place_of(row, part) != _place_of(other, part) and row.quote.strip() != other.quote.strip() for _, other in taken):
                choose([*taken, (value, row)], total + value, index + 1)

    choose([], 0.0, 0)
    return best


def _place_of(row: Evidence, part: Part) -> int | str:
    return row.turn if part.distinct == "turn" else (row.about or "other")


def _earned_value(criterion: Criterion, seen: _Seen) -> tuple[float, list[Evidence], list[str]]:
    total, rows, missing = 0.0, [], []
    for part in criterion.parts:
        value, evidence = _part(part, seen)
        total += part.share * value
        rows += [row for row in evidence if row not in rows]
        if value < 1:
            missing.append(part.code)
    return total, sorted(rows, key=_place), missing


def _earned(criterion: Criterion, seen: _Seen) -> _Judged:
    """The trainee has to do something: nothing done is 0."""
    standing, righted = _crossed(criterion, seen)
    value, evidence, missing = _earned_value(criterion, seen)
    minus, against = _minus(criterion, seen, righted)
    reason = "faults" if against else "met" if value >= 1 else "part_missing" if value > 0 else "missing"
    judged = _judge(criterion, value - minus, reason, evidence, against, missing=missing, faults=_names(against))
    return judged, tuple(_names(standing))


def _kept(criterion: Criterion, seen: _Seen) -> _Judged:
    """The trainee has to refrain from something while doing the work: shown in `turns` turns of real work without a fault."""
    standing, righted = _crossed(criterion, seen)
    minus, against = _minus(criterion, seen, righted)
    shown: dict[int, Evidence] = {}
    for row in seen.acts:
        if matches(row, criterion.where):
            shown.setdefault(row.turn, row)
    if not shown and not against:
        return _judge(criterion, None, "not_observed"), tuple(_names(standing))
    value = min(1.0, len(shown) / criterion.turns) - minus
    evidence = list(shown.values())[: criterion.turns]
    reason = "put_right" if righted and not standing else "faults" if against else "kept" if value >= 1 else "seldom_shown"
    return _judge(criterion, value, reason, evidence, against, faults=_names(against)), tuple(_names(standing))


def _occasion(criterion: Criterion, seen: _Seen) -> _Judged:
    """Asked for only once the occasion has come up; done without one it earns all the same."""
    standing, righted = _crossed(criterion, seen)
    value, evidence, missing = _earned_value(criterion, seen)
    minus, against = _minus(criterion, seen, righted)
    occasions = [event for event in seen.events if matches(event, criterion.occasions)]
    if not evidence and not against and not occasions:
        return _judge(criterion, None, "no_occasion"), tuple(_names(standing))
    reason = "faults" if against else "met" if value >= 1 else "missing"
    judged = _judge(criterion, value - minus, reason, evidence, against, missing=missing, faults=_names(against))
    return judged, tuple(_names(standing))


def _limit(criterion: Criterion, seen: _Seen) -> _Judged:
    """Every time told for the answer ends within the governing limit. A wrong one that is corrected costs half; else a red line."""
    late = [row for row in seen.rows if row.kind == "act" and _place(row) in seen.late]
    right = seen.early
    if not late:
        if not right:
            return _judge(criterion, None, "not_observed"), ()
        return _judge(criterion, 1.0, "met", right[:2]), ()
    last = late[-1]
    corrections = [row for row in right if row.turn >= last.turn]
    params = {"told": last.value}
    if corrections:
        return _judge(criterion, 0.5, "put_right", corrections[:1], late, **params), ()
    return _judge(criterion, 0.0, "limit_wrong", (), late, **params), ("wrong_limit",)


def _same(given: str, expected: object) -> bool:
    """Whether a field says what is expected: one of several values, the same code or number, or prose in largely the same words."""
    if isinstance(expected, Mapping):
        expected = list(expected.values())
    if isinstance(expected, (list, tuple)):
        return any(_same(given, one) for one in expected)
    left, right = ("".join(str(text).split()).casefold() for text in (given, expected))
    if CODE.match(right):
        return left == right
    pairs = {right[i : i + 2] for i in range(len(right) - 1)}
    return left == right or (bool(pairs) and sum(pair in left for pair in pairs) / len(pairs) >= 0.5)


def _weighed(criterion: Criterion, rows: Sequence[Evidence], names: Mapping[str, Evidence]) -> _Judged:
    """The weighted mean of what the case has compared: each row says its share, the rubric its weight (1 where it names none).

    Every point carries the difference: `diff` holds share, right value and what is missing; what was given is the quote.
    """
    weights = {name: criterion.fields.get(name, 1.0) for name in names}
    shares = {name: min(1.0, max(0.0, float(row.data["share"]))) for name, row in names.items()}
    whole = sum(weights.values())
    value = sum(weights[name] * shares[name] for name in names) / whole if whole else 1.0
    wrong = [name for name in names if shares[name] < 1]
    diff = [
        {"field": name, "share": shares[name], **{key: row.data[key] for key in ("right", "missing", "why") if row.data.get(key)}}
        for name, row in names.items()
    ]
    reason = "met" if not wrong else "fields_wrong" if rows[0].kind == "form" else "part_missing" if value > 0 else "missing"
    good = [row for name, row in names.items() if shares[name] > 0 and row.quote]
    bad = [row for name, row in names.items() if shares[name] < 1 and row.quote]
    missing = [f"{criterion.of}.{name}" for name in wrong] if criterion.of else []
    return _judge(criterion, value, reason, good, bad, fields=wrong, missing=missing, diff=diff), ()


def _of_form(criterion: Criterion, seen: _Seen, part: str) -> _Judged | None:
    """The fields of one part of the record, where the case has compared them."""
    rows = [row for row in seen.rows if row.kind == "form" and row.data.get("part") == part and "share" in row.data]
    return _weighed(criterion, rows, {row.code: row for row in rows}) if rows else None


def _compared(criterion: Criterion, seen: _Seen) -> _Judged:
    """The parts of something done at the desk (the answer, the call back); nothing done at the desk: not observed."""
    rows = [row for row in seen.rows if row.kind == "event" and row.code == criterion.of and row.detail in criterion.fields]
    if not rows:
        return _judge(criterion, None, "needs_desk"), ()
    return _weighed(criterion, rows, {row.detail or "": row for row in rows})


def _form(criterion: Criterion, seen: _Seen) -> _Judged:
    """The share of the fields that are filled and, where the case knows the answer, filled right: the end state, not the path."""
    by_case = _of_form(criterion, seen, "registration")
    if by_case is not None:
        return by_case
    if not seen.form:
        return _judge(criterion, None, "needs_desk"), ()
    expected = seen.truth.get("form") or {}
    fields = [str(name) for name in (expected or [name for name in criterion.fields if name not in criterion.optional])]
    wrong = [name for name in fields if not _filled(name, seen.form, expected)]
    rows = [row for row in seen.rows if row.kind == "form" and row.code in fields and row.code not in wrong]
    value = 1 - len(wrong) / len(fields) if fields else 1.0
    return _judge(criterion, value, "met" if not wrong else "fields_wrong", rows, fields=wrong), ()


def _filled(name: str, form: Mapping[str, str], expected: object) -> bool:
    given = form.get(name, "").strip()
    right = expected.get(name) if isinstance(expected, Mapping) else None
    return bool(given) and (right in (None, "", True) or _same(given, right))


def _classification(criterion: Criterion, seen: _Seen) -> _Judged:
    """The share of the axes (nature, urgency …) that agree with the case."""
    by_case = _of_form(criterion, seen, "classification")
    if by_case is not None:
        return by_case
    truth = seen.truth.get("classification") or {}
    axes = {str(axis): right for axis, right in truth.items()} if isinstance(truth, Mapping) else {}
    if not axes or not any(axis in seen.form for axis in axes):
        return _judge(criterion, None, "needs_desk"), ()
    wrong = [axis for axis, right in axes.items() if not _same(seen.form.get(axis, ""), right)]
    rows = [row for row in seen.rows if row.kind == "form" and row.code in axes and row.code not in wrong]
    return _judge(criterion, 1 - len(wrong) / len(axes), "met" if not wrong else "fields_wrong", rows, fields=wrong), ()


def _nothing(criterion: Criterion, seen: _Seen) -> _Judged:
    """Not for this program to see: the desk or a person has to."""
    return _judge(criterion, None, "needs_person" if criterion.by == "person" else "needs_desk"), ()


_RULES = {
    "earned": _earned,
    "kept": _kept,
    "occasion": _occasion,
    "limit": _limit,
    "form": _form,
    "classification": _classification,
    "compared": _compared,
    "none": _nothing,
}


# Reading a rubric document


def parse(document: Mapping[str, Any]) -> Rubric:
    """A rubric from its document (YAML or JSON). Raises `RubricError` with the place and what is wrong there."""
    if document.get("format") != 1:
        raise RubricError("format", "unknown_format")
    criteria = tuple(_criterion(entry, f"criteria.{index}") for index, entry in enumerate(document.get("criteria") or ()))
    if not criteria:
        raise RubricError("criteria", "empty")
    codes = [criterion.code for criterion in criteria]
    if len(set(codes)) != len(codes):
        raise RubricError("criteria", "code_twice")
    pass_mark = float(document.get("pass_mark", 60))
    if not 0 <= pass_mark <= 100:
        raise RubricError("pass_mark", "out_of_range")
    limits = document.get("limits") or {}
    try:
        read = Limits(
            answer=tuple(limits.get("answer") or ()),
            default=str(limits.get("default", "")),
            not_an_answer=re.compile(limits.get("not_an_answer") or r"(?!)", re.IGNORECASE),
            extension=re.compile(limits.get("extension") or r"(?!)", re.IGNORECASE),
        )
    except re.error as error:
        raise RubricError("limits", "bad_pattern") from error
    if read.default and parse_span(read.default) is None:
        raise RubricError("limits.default", "not_a_limit")
    return Rubric(code=str(document["code"]), version=int(document["version"]), pass_mark=pass_mark, criteria=criteria, limits=read)


def _criterion(entry: Mapping[str, Any], path: str) -> Criterion:
    evidence = entry.get("evidence") or {}
    rule = evidence.get("rule", "none")
    if rule not in RULES:
        raise RubricError(f"{path}.evidence.rule", "unknown_rule")
    if entry.get("by") not in JUDGES:
        raise RubricError(f"{path}.by", "unknown_judge")
    weight = float(entry.get("weight", 0))
    if weight <= 0:
        raise RubricError(f"{path}.weight", "not_positive")
    parts = tuple(_part_of(part, f"{path}.evidence.parts.{index}") for index, part in enumerate(evidence.get("parts") or ()))
    if rule in ("earned", "occasion") and abs(sum(part.share for part in parts) - 1) > 1e-6:
        raise RubricError(f"{path}.evidence.parts", "shares_do_not_add_up")
    # Else doing a little of it without an occasion would lower a good score: not observed became partly done.
    if rule == "occasion" and not (len(parts) == 1 and parts[0].at_least == 1 and set(parts[0].earns.values()) <= {0.0, 1.0}):
        raise RubricError(f"{path}.evidence.parts", "an_occasion_earns_whole")
    cap = entry.get("cap")
    return Criterion(
        code=str(entry["code"]),
        weight=weight,
        by=str(entry["by"]),
        rule=rule,
        fact_ids=tuple(entry.get("fact_ids") or ()),
        partial=bool(entry.get("partial", True)),
        cap=None if cap is None else float(cap),
        parts=parts,
        faults=_credits(evidence.get("faults") or {}, f"{path}.evidence.faults"),
        where=frozenset(evidence.get("where") or ()),
        turns=int(evidence.get("turns", 1)),
        occasions=frozenset(evidence.get("occasions") or ()),
        red_lines=tuple(evidence.get("red_lines") or ()),
        put_right_by=tuple(frozenset(names) for names in evidence.get("put_right_by") or ()),
        fields=_weights(evidence.get("fields") or (), f"{path}.evidence.fields"),
        optional=frozenset(evidence.get("optional") or ()),
        of=str(evidence.get("of", "")),
    )


def _weights(entry: Mapping[str, Any] | Sequence[str], path: str) -> dict[str, float]:
    """Names with their weights; a list gives every name the same."""
    weights = {str(name): float(entry[name]) for name in entry} if isinstance(entry, Mapping) else {str(name): 1.0 for name in entry}
    for name, weight in weights.items():
        if weight <= 0:
            raise RubricError(f"{path}.{name}", "not_positive")
    return weights


def _part_of(entry: Mapping[str, Any], path: str) -> Part:
    at_least = int(entry.get("at_least", 1))
    if at_least < 1:
        raise RubricError(f"{path}.at_least", "out_of_range")
    distinct = entry.get("distinct", "turn")
    if distinct not in ("turn", "about"):
        raise RubricError(f"{path}.distinct", "unknown")
    within = entry.get("within_turns")
    return Part(
        code=str(entry["code"]),
        earns=_credits(entry.get("earns") or {}, f"{path}.earns"),
        share=float(entry.get("share", 1)),
        at_least=at_least,
        distinct=distinct,
        about=frozenset(entry.get("about") or ()),
        within_turns=None if within is None else int(within),
        later=float(entry.get("later", 0.5)),
        full_when=frozenset(entry.get("full_when") or ()),
    )


def _credits(entry: Mapping[str, Any], path: str) -> dict[str, float]:
    credits = {str(name): float(value) for name, value in entry.items()}
    for name, value in credits.items():
        if not 0 <= value <= 1:
            raise RubricError(f"{path}.{name}", "out_of_range")
    return credits
