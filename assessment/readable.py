"""A result in words: names of criteria from the rubric, reasons as sentences. Pages ask here; scores carry only codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from assessment.models import Result, Rubric


@dataclass(frozen=True, slots=True)
class CriterionInWords:
    """One criterion as a page shows it. `percent` is None where it was not observed; `evidence` and `against` as stored."""

    code: str
    name: str
    explanation: str
    fact_ids: tuple[str, ...]
    weight: float
    percent: int | None
    reason: str
    evidence: tuple[Mapping[str, Any], ...]
    against: tuple[Mapping[str, Any], ...]
    capped_at: float | None = None


@dataclass(frozen=True, slots=True)
class ResultInWords:
    """`went_well` and `to_work_on` (at most three, the ones that would bring most) point into `observed`."""

    observed: tuple[CriterionInWords, ...]
    not_observed: tuple[CriterionInWords, ...]
    went_well: tuple[CriterionInWords, ...]
    to_work_on: tuple[CriterionInWords, ...]
    red_lines: tuple[str, ...]


def result_in_words(result: Result) -> ResultInWords:
    """Everything about `result` that a trainee reads, in the language of whoever is looking."""
    entries = {entry["code"]: entry for entry in result.rubric.document["criteria"]}
    told = [_criterion(entries[row["code"]], row) for row in result.criteria]
    observed = tuple(criterion for criterion in told if criterion.percent is not None)
    lost = sorted((c for c in observed if c.percent < 100), key=lambda c: (-(100 - c.percent) * c.weight, c.code))
    return ResultInWords(
        observed=observed,
        not_observed=tuple(criterion for criterion in told if criterion.percent is None),
        went_well=tuple(criterion for criterion in observed if criterion.percent == 100),
        to_work_on=tuple(lost[:3]),
        red_lines=tuple(red_line_in_words(code) for code in result.red_lines),
    )


def rubric_in_words(rubric: Rubric) -> list[CriterionInWords]:
    """The criteria of a rubric, for the page that says how conversations are scored."""
    empty: dict[str, Any] = {"score": None, "reason": "", "params": {}, "evidence": [], "against": []}
    return [_criterion(entry, empty) for entry in rubric.document["criteria"]]


def title_of(rubric: Rubric) -> str:
    return in_language(rubric.document["title"])


def in_language(text: Mapping[str, str]) -> str:
    language = get_language() or "zh-hans"
    return text.get(language) or text.get(language.split("-")[0]) or text["zh-hans"]


def _criterion(entry: Mapping[str, Any], row: Mapping[str, Any]) -> CriterionInWords:
    return CriterionInWords(
        code=entry["code"],
        name=in_language(entry["name"]),
        explanation=in_language(entry["explanation"]),
        fact_ids=tuple(entry.get("fact_ids") or ()),
        weight=float(entry["weight"]),
        percent=None if row["score"] is None else round(100 * row["score"]),
        reason=reason_in_words(row["reason"], row["params"]) if row["reason"] else "",
        evidence=tuple(row["evidence"]),
        against=tuple(row["against"]),
        capped_at=entry.get("cap"),
    )


def reason_in_words(code: str, params: Mapping[str, Any]) -> str:
    """Why a criterion got what it got."""
    if code == "fields_wrong":
        n = len(params.get("fields") or ())
        return ngettext(
            "%(n)s field is missing or does not agree with the case.", "%(n)s fields are missing or do not agree with the case.", n
        ) % {"n": n}
    if code == "part_missing":
        parts = [part_in_words(part) for part in params.get("missing") or ()]
        return _("Partly done. Still missing: %(parts)s") % {"parts": _(", ").join(parts)}
    if code == "faults":
        acts = [act_in_words(act) for act in params.get("faults") or ()]
        return _("Points were lost for: %(acts)s") % {"acts": _(", ").join(acts)}
    return {
        "met": _("Done."),
        "kept": _("Kept throughout."),
        "missing": _("Not done."),
        "seldom_shown": _("Kept, but there was too little conversation to see it well."),
        "put_right": _("Said wrongly at first, then put right before the end."),
        "limit_wrong": _("The time told ends after the limit, and this was not corrected."),
        "not_observed": _("Not observed: it was not put to the test."),
        "no_occasion": _("Not observed: there was no occasion for it."),
        "needs_desk": _("Not scored in the conversation: this is seen at the desk."),
        "needs_person": _("Not scored by the program: a person judges this."),
    }[code]


def part_in_words(code: str) -> str:
    """What a part of a criterion asks for; the code itself for a rubric that names parts we do not know."""
    return {
        "acknowledgement": _("say that the complaint is on record"),
        "three_questions": _("three relevant questions"),
        "two_subjects": _("questions on more than one subject"),
        "soothe": _("a sentence that soothes"),
        "assure": _("a sentence that assures"),
        "process": _("what happens next"),
        "time": _("by when"),
        "contact": _("whom to contact"),
        "feeling_named": _("name the feeling and its cause"),
        "said_back": _("say the facts back exactly and ask"),
        "way_out": _("a concrete way out within your authority"),
        "open": _("an open question"),
        "exact": _("an exact question"),
        "own": _("make it your own case"),
        "reachable": _("your name and number"),
        "concern": _("show concern in the very first answer"),
        "next_update": _("say when the customer hears next"),
        "twice": _("mind the mood more than once, in your own words"),
        "taken_up": _("take up the feeling"),
        "action": _("do something, or start it, here and now"),
        "asked": _("ask whether it is settled"),
        "route": _("tell where else the customer may turn"),
        "route_part.number": _("tell the customer the complaint number"),
        "route_part.department": _("the department responsible"),
        "answer_part.result": _("the result"),
        "answer_part.process": _("how it was looked into"),
        "answer_part.measures": _("the measures taken"),
        "answer_part.attention": _("that the opinion counts"),
        "answer_part.redress": _("where else to turn"),
        "answer_part.channel": _("a fitting channel"),
        "follow_up_part.called": _("the call back"),
        "follow_up_part.asked": _("asking how content the customer is"),
        "follow_up_part.recorded": _("mark and opinion on record"),
    }.get(code, code)


def act_in_words(name: str) -> str:
    """A negative act or event, as one would name it to the person who did it."""
    code = name.split(".")[0]
    words = {
        "interrupt": _("cutting in or dismissing"),
        "interrupt.calm_order": _("telling the customer to calm down"),
        "overlapped": _("writing over the customer"),
        "jargon": _("an unexplained professional term"),
        "rude": _("rude words"),
        "argue": _("disputing the customer's account"),
        "blame_customer": _("blaming the customer"),
        "evasive": _("passing the buck or hiding behind policy"),
        "evasive.discourage_route": _("talking the customer out of complaining"),
        "promise_broken": _("a promise that was not kept"),
        "asked_again": _("asking again what was already told"),
        "passed_over": _("leaving a question unanswered"),
        "empathy_needed": _("not taking up the customer's distress"),
        "time_needed": _("not saying by when, though it was asked"),
        "offer_unheard": _("offering a solution before listening"),
        "over_authority": _("doing oneself what only a manager may"),
        "contradiction": _("contradicting what was said before"),
        "repeat_self": _("repeating oneself"),
        "scripted": _("set phrases"),
        "slow": _("a long silence"),
        "ask_details.known": _("asking for what the bank already has"),
        "offer_solution.infeasible": _("an offer that cannot be kept"),
        "overpromise": _("a promise beyond your authority"),
        "privacy_breach": _("asking for or telling protected data"),
    }
    return words.get(name) or words.get(code) or name


def red_line_in_words(code: str) -> str:
    return {
        "privacy_breach": _("Protected data was asked for or told."),
        "overpromise": _("A promise beyond your authority was not put right."),
        "wrong_limit": _("A time after the limit was told and not corrected."),
        "evasive.discourage_route": _("The customer was talked out of complaining elsewhere."),
    }.get(code, code)
