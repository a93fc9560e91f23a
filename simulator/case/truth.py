"""The record that the trainee has made, compared with what is right in the case: the end state field by field, never the way there.

Each field gets a share from 0 to 1 and carries its difference: what was given, what is right, what is missing. Wording is free: names,
days and amounts are compared in normal form, sentences by the points that they have to say (`truth.covers` of the scenario).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from simulator.case import points
from simulator.case.form import CLASSIFICATION, FIELDS, REGISTRATION, SUB_CODES, YES, day_of
from simulator.engine.scenario import Point, Scenario, pattern_of

HALF = 0.5
NATURE_ALONE = 0.6  # the nature is right and its sub-code is not
LOOKS_ALIKE = 0.5
TODAY = "today"
P1, P2, P3 = "P1", "P2", "P3"
_SPLIT = re.compile(r"[、/／，,；;()（）]| and |(?<=[\u4e00-\u9fff])和(?=[\u4e00-\u9fff])")
_DIGITS = re.compile(r"\d{4,}")


@dataclass(frozen=True, slots=True)
class Compared:
    """One field against the case. `right` is the right value in words, `missing` what a text leaves out, in words."""

    field: str
    part: str
    given: str
    right: str
    share: float
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is right in this session and not in the case: who complains (every name that is theirs), on which day, in which language."""

    language: str
    names: tuple[str, ...] = ()
    received_on: date | None = None


def compare(form: Mapping[str, str], case: Scenario, here: Circumstances) -> tuple[Compared, ...]:
    """Every field of registration and classification that the case can judge, filled or not."""
    form = {name: str(value).strip() for name, value in form.items() if str(value).strip()}
    return tuple(row for rule in (_registration, _classification) for row in rule(form, case, here))


# Registration


def _registration(form: Mapping[str, str], case: Scenario, here: Circumstances) -> Iterable[Compared]:
    truth = case.truth.form
    yield from _person(form, case, here)
    yield _row("target_department", form, truth, here, _department(form.get("target_department", ""), truth.get("target_department")))
    if truth.get("target_person") is not None and form.get("target_person"):  # S2.2.10-2: one of the two is enough
        yield _row("target_person", form, truth, here, _person_complained_about(form["target_person"], truth["target_person"]))
    for name in ("matter", "reason", "demand"):
        yield _text(name, form, case, here)
    yield _day("occurred_at", form, case, here)
    if here.received_on is not None:
        given = day_of(form.get("received_at", ""))
        yield Compared("received_at", REGISTRATION, form.get("received_at", ""), str(here.received_on), float(given == here.received_on))
    channel = str(truth.get("channel", case.channel))
    yield Compared("channel", REGISTRATION, form.get("channel", ""), channel, float(form.get("channel") == channel))
    if truth.get("product") is not None:
        yield _row("product", form, truth, here, _like(form.get("product", ""), truth["product"]))
    amount = _number(truth.get("amount_involved"))
    if amount:
        given_amount = _number(form.get("amount_involved"))
        right = given_amount is not None and abs(given_amount - amount) < 0.005
        yield Compared("amount_involved", REGISTRATION, form.get("amount_involved", ""), f"{amount:g}", float(right))
    yield from _evidence(form, case, here)
    yield Compared("receiving_officer", REGISTRATION, form.get("receiving_officer", ""), "", float(bool(form.get("receiving_officer"))))


def _person(form: Mapping[str, str], case: Scenario, here: Circumstances) -> Iterable[Compared]:
    """Who complains and how to reach them. An anonymous complaint is registered without either, and nobody is unmasked (S4.2.24)."""
    name, contact = form.get("complainant_name", ""), form.get("complainant_contact", "")
    if "anonymous" in case.truth.flags:
        yield Compared("anonymous", REGISTRATION, form.get("anonymous", ""), YES, float(form.get("anonymous") == YES and not name))
        return
    if here.names:
        same = any(points.alike(name, one) == 1 or points.holds(name, one) for one in here.names)
        surname = any(
            name and one and (name[0] == one[0] if not one.isascii() else points.holds(name, one.split()[-1])) for one in here.names
        )
        yield Compared("complainant_name", REGISTRATION, name, here.names[0], 1.0 if same else HALF if surname else 0.0)
    reach = [fact for fact in case.facts.values() if fact.about == "contact"]
    right = reach[0].value[here.language] if reach else ""
    yield Compared(
        "complainant_contact", REGISTRATION, contact, right, _reached(contact, case, [w for f in reach for w in _words(f.surface)])
    )


def _reached(contact: str, case: Scenario, words: list[str]) -> float:
    """As the customer said, or as the bank's screen has it; anything else that can be written down is half of it."""
    if not contact:
        return 0.0
    if not words or any(pattern_of(word).search(contact) for word in words):
        return 1.0
    on_screen = " ".join(text for section in case.record.values() for text in section.text.values())
    return 1.0 if any(number in on_screen for number in _DIGITS.findall(contact)) else HALF


def _text(name: str, form: Mapping[str, str], case: Scenario, here: Circumstances) -> Compared:
    given, right = form.get(name, ""), case.truth.form.get(name)
    allowed = " ".join(points.texts_of(right))
    asked = case.truth.covers.get(name, ())
    if not asked:
        return Compared(name, REGISTRATION, given, _in(right, here.language), _like(given, right))
    found = points.covered(given, asked, allowed)
    missing = tuple(_first_words(asked[number], here.language) for number in found.missing)
    return Compared(name, REGISTRATION, given, _in(right, here.language), found.share if given else 0.0, missing)


def _first_words(point: Point, language: str) -> str:
    if point.amount is not None:
        return f"{point.amount:g}"
    return next((word for word in point.words.get(language, ()) if not word.startswith("/")), "")


def _day(name: str, form: Mapping[str, str], case: Scenario, here: Circumstances) -> Compared:
    """The day of the event. What the customer remembers and the bank's record corrects is half of it."""
    given, right = form.get(name, ""), str(case.truth.form.get(name, ""))
    if right == TODAY:
        right = str(here.received_on or "")
    day = day_of(given)
    if not right:
        return Compared(name, REGISTRATION, given, "", float(day is not None))
    believed = [day_of(text) for fact in case.facts.values() if fact.about == "occurred_at" for text in fact.believed.values()]
    share = 1.0 if day is not None and day == day_of(right) else HALF if day is not None and day in believed else 0.0
    return Compared(name, REGISTRATION, given, right, share)


def _evidence(form: Mapping[str, str], case: Scenario, here: Circumstances) -> Iterable[Compared]:
    known = [fact for fact in case.facts.values() if fact.about == "evidence" and fact.known != "unknown"]
    if known:
        given = form.get("evidence_list", "")
        said = any(pattern_of(word).search(given) for fact in known for word in _words(fact.surface))
        yield Compared(
            "evidence_list", REGISTRATION, given, known[0].value[here.language], 1.0 if said else HALF if len(given) >= 4 else 0.0
        )


def _words(surface: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [word for words in surface.values() for word in words if word]


# Classification


def _classification(form: Mapping[str, str], case: Scenario, here: Circumstances) -> Iterable[Compared]:
    right = case.truth.classification
    yield _nature(form, case)
    for name in ("channel_group", "urgency"):
        yield Compared(name, CLASSIFICATION, form.get(name, ""), right[name], float(form.get(name) == right[name]))
    yield from _flags(form, case)
    for name in ("severity", "difficulty"):
        level = _number(case.truth.form.get(name))
        if level is not None:
            marked = _number(form.get(name))
            off = abs(marked - level) if marked is not None else 9
            yield Compared(name, CLASSIFICATION, form.get(name, ""), f"{level:g}", 1.0 if off == 0 else HALF if off == 1 else 0.0)
    priority = priority_of(case)
    yield Compared("priority", CLASSIFICATION, form.get("priority", ""), priority, float(form.get("priority") == priority))
    yield from _risk(form, case, here)
    department = case.truth.form.get("responsible_department", case.truth.form.get("target_department"))
    share = _department(form.get("responsible_department", ""), department)
    given = form.get("responsible_department", "")
    yield Compared("responsible_department", CLASSIFICATION, given, _in(department, here.language), share)
    yield _reason(form, case)


def _nature(form: Mapping[str, str], case: Scenario) -> Compared:
    """The nature with its sub-code, one decision: the nature alone is a part of it (D-05, D-06)."""
    nature, sub_code = form.get("nature", ""), form.get("sub_code", "")
    right, subs = case.truth.classification["nature"], sub_codes_of(case)
    given = f"{nature},{sub_code}" if sub_code else nature
    wanted = f"{right},{subs[0]}" if subs else right
    if nature != right:
        return Compared("nature", CLASSIFICATION, given, wanted, 0.0)
    whole = sub_code in subs if subs else sub_code in ("", *SUB_CODES[right])
    return Compared("nature", CLASSIFICATION, given, wanted, 1.0 if whole else NATURE_ALONE)


def sub_codes_of(case: Scenario) -> tuple[str, ...]:
    """The sub-codes that are right; a violation has those of its loss."""
    form = case.truth.form
    if case.truth.classification["nature"] == "violation":
        return ("no_loss",) if form.get("loss_caused") is False else ("loss_caused",) if form.get("loss_caused") else ()
    return tuple(points.texts_of(form.get("sub_code")))


def _flags(form: Mapping[str, str], case: Scenario) -> Iterable[Compared]:
    """Right flags against right and wrong ones. Where there are none, none is nothing to count; one that is set is wrong."""
    given = {flag.strip() for flag in form.get("flags", "").split(",") if flag.strip()}
    right = set(case.truth.flags)
    if given or right:
        share = len(given & right) / len(given | right)
        yield Compared("flags", CLASSIFICATION, ",".join(sorted(given)), ",".join(sorted(right)), share)


def priority_of(case: Scenario) -> str:
    """P1 if major or urgent, else P2 if severe or rights are touched, else P3 (fact sheet §3.5)."""
    named = case.truth.form.get("priority")
    if named:
        return str(named)
    if "major" in case.truth.flags or case.truth.classification["urgency"] == "urgent":
        return P1
    severity = _number(case.truth.form.get("severity")) or 0
    return P2 if severity >= 4 or case.truth.form.get("rights_affected") else P3


def _risk(form: Mapping[str, str], case: Scenario, here: Circumstances) -> Iterable[Compared]:
    """The hidden risk, one of those that the case allows, and a preventive measure of one's own words (S3.2.16-4)."""
    right = points.texts_of(case.truth.form.get("risk"))
    if right:
        given = {code for code in form.get("risk", "").split(",") if code}
        share = len(given & set(right)) / len(given) if given else 0.0
        yield Compared("risk", CLASSIFICATION, form.get("risk", ""), ",".join(right), share)
    measure = form.get("preventive_measure", "")
    asked = case.truth.covers.get("preventive_measure", ())
    if asked:  # any of them will do
        allowed = " ".join(points.texts_of(case.truth.form.get("preventive_measure")))
        said = any(points.find(measure, point, allowed) for point in asked)
        wanted = _in(case.truth.form.get("preventive_measure"), here.language)
        yield Compared("preventive_measure", CLASSIFICATION, measure, wanted, 1.0 if said else HALF if _is_sentence(measure) else 0.0)
    else:
        told = [text for name in ("matter", "reason", "demand") for text in points.texts_of(case.truth.form.get(name))]
        repeated = any(points.alike(measure, text) > 0.6 for text in told)
        yield Compared("preventive_measure", CLASSIFICATION, measure, "", float(_is_sentence(measure) and not repeated))


def _reason(form: Mapping[str, str], case: Scenario) -> Compared:
    """Why it was classified so: a sentence that names something of this case."""
    given = form.get("classification_reason", "")
    if not _is_sentence(given):
        return Compared("classification_reason", CLASSIFICATION, given, "", 0.0)
    of_the_case = [*case.truth.covers.get("matter", ()), *case.truth.covers.get("reason", ())]
    facts = [Point(fact.surface) for fact in case.facts.values()]
    named = any(points.find(given, point, given) for point in (*of_the_case, *facts)) or not (of_the_case or facts)
    return Compared("classification_reason", CLASSIFICATION, given, "", 1.0 if named else HALF)


def _is_sentence(text: str) -> bool:
    """Something said, not a mark or a word alone."""
    return len(points.bare(text)) >= 6 and len(set(points.bare(text))) >= 5


# Comparing


def _row(name: str, form: Mapping[str, str], truth: Mapping[str, object], here: Circumstances, share: float) -> Compared:
    return Compared(name, FIELDS[name].part, form.get(name, ""), _in(truth.get(name), here.language), share)


def _in(value: object, language: str) -> str:
    """The right value in one language."""
    if isinstance(value, Mapping):
        value = value.get(language, next(iter(value.values()), ""))
    if isinstance(value, list | tuple):
        return " / ".join(_in(item, language) for item in value)
    return "" if value is None else str(value)


def _like(given: str, right: object) -> float:
    """Prose in largely the same words as one of the right wordings, or a name that one of them holds."""
    if not given.strip():
        return 0.0
    wordings = points.texts_of(right)
    if not wordings:
        return 1.0
    best = max(points.alike(given, one) for one in wordings)
    parts = [part for one in wordings for part in _SPLIT.split(one) if len(points.bare(part)) >= 2]
    if best >= LOOKS_ALIKE or any(points.holds(given, part) for part in parts):
        return 1.0
    return HALF if best >= LOOKS_ALIKE / 2 or any(len(points.bare(given)) >= 2 and points.holds(part, given) for part in parts) else 0.0


def _department(given: str, right: object) -> float:
    """One of the departments named is enough; one of no bank's is not."""
    return _like(given, right) if right is not None else float(bool(given))


def _person_complained_about(given: str, right: object) -> float:
    numbers = [number for text in points.texts_of(right) for number in re.findall(r"\d{3,}", text)]
    if numbers:
        return float(any(number in given for number in numbers))
    return _like(given, right)


def _number(value: object) -> float | None:
    try:
        return float(str(value).replace(",", "").replace("，", "")) if value not in (None, "") and not isinstance(value, bool) else None
    except ValueError:
        found = points.amounts(str(value))
        return found[0][0] if len(found) == 1 else None
