"""The written answer to the customer: does it hold what it has to (S6.1-4, S6.1-P1), about this case and in the handler's own words?

Each part is looked for sentence by sentence, by the acts that the reader found in it and by the points of the case, and carries its quote.
A sentence of a template counts only once it has been adapted: as it stands it says nothing about anybody's case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import yaml

from simulator.case import points
from simulator.engine.acts import Act, Reading
from simulator.engine.scenario import Point, Scenario
from simulator.nlu import Context, read

TEMPLATES = Path(__file__).resolve().parent.parent / "rules" / "answer-templates-1.yaml"
PARTS = ("result", "process", "measures", "attention", "redress", "channel")
UNCHANGED = 0.85
"""A sentence so like one of a template, its gaps left out, is that sentence."""
GENERAL = 0.5
"""What a part is worth that is there but says nothing about this case."""
_MONEY = re.compile(r"\s*(?:元|块|万|yuan|pounds?)", re.IGNORECASE)
_GAP = re.compile(r"【[^】]*】|\[[^\]]{1,30}\]|_{2,}|X{2,}|×{2,}")

_LOOKED = re.compile(
    r"核查|核实|查明|查清|查证|调查|调阅|调取|调看|查看|查阅|询问|走访|比对|对账|复核了|回听|了解到|经查|查询了|翻看|检查了"
    r"|\b(?:look(?:ed|ing)? (?:into|at|through)|check(?:ed|ing)|investigat|review(?:ed|ing)|went through|examin"
    r"|listened|spoke (?:to|with)|asked (?:the|our)|interview|found (?:that|out)|traced|compared|went back|pulled)",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"退[还回款]|补[发付回偿办]|赔付|更正|修正|改正|整改|培训|批评|处分|问责|约谈|提醒|加强|增[加设派]|调整|优化|完善|安排|修复|停止|撤销|恢复"
    r"|减免|免除|道歉|致歉|预约|上门|今后|以后|避免再|防止|落实|改为|更换|补登|重新"
    r"|\b(?:refund|return(?:ed|ing)?|correct|credit|paid|repaid|re-?instat|restor|train|remind|chang(?:ed|ing|e)|fix|repair|stopp|cancel|waiv|arrang|apolog"
    r"|from now on|in future|so that (?:it|this)|to prevent|will not happen|add(?:ed|ing)|open(?:ed|ing)? (?:an)?other|book(?:ed)?)",
    re.IGNORECASE,
)
_ATTENTION = re.compile(
    r"重视|宝贵意见|您的意见|您提出|感谢您|谢谢您|抱歉|歉意|对不起|致歉|理解您|采纳|反映给|谢谢你"
    r"|\b(?:thank you|grateful|sorry|apologi[sz]e|apology|apologies|appreciate"
    r"|take (?:it|this|what you say|your) |matters? to us|your (?:remarks|point|feedback|opinion))",
    re.IGNORECASE,
)
_REDRESS = re.compile(
    r"复核|复议|申诉|监管|12378|12363|消费者权益|消保|调解|仲裁|诉讼|起诉|向.{0,8}(?:投诉|反映|举报)"
    r"|\b(?:regulator|ombudsman|mediat|arbitrat|court|appeal|ask for a review|have it reviewed"
    r"|review of|complain to|turn to|refer (?:it|this|your))",
    re.IGNORECASE,
)

# Which channels fit for an answer to a complaint that came by another (S6.1-3); the same one always does.
FITS: Mapping[str, frozenset[str]] = {
    "phone": frozenset(["sms", "letter"]),
    "email": frozenset(["letter"]),
    "online_chat": frozenset(["phone", "email", "social_im"]),
    "sms": frozenset(["phone"]),
    "letter": frozenset(["phone", "email"]),
    "branch_box": frozenset(["phone", "letter", "sms", "email"]),
    "branch_counter": frozenset(["phone", "letter"]),
    "self_service_device": frozenset(["phone", "sms", "letter"]),
    "social_im": frozenset(["phone", "online_chat"]),
    "regulator_referral": frozenset(["phone", "letter", "email"]),
    "media_public": frozenset(["phone", "letter"]),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the answer with its share, 0 to 1, and the words that it rests on (empty where it is missing)."""

    code: str
    share: float
    start: int = 0
    end: int = 0
    quote: str = ""
    why: str = ""


@lru_cache(maxsize=1)
def templates() -> Mapping[str, Mapping[str, str]]:
    """The shipped templates: nature → language → text."""
    loaded: dict[str, dict[str, str]] = yaml.safe_load(TEMPLATES.read_text(encoding="utf-8"))
    return loaded


def template_texts(language: str) -> dict[str, str]:
    """The templates that a handler can start from, by nature."""
    return {nature: texts[language] for nature, texts in templates().items()}


@lru_cache(maxsize=1)
def _template_sentences() -> tuple[tuple[str, re.Pattern[str] | None], ...]:
    """Each sentence of a template without its gaps, and the pattern of it with the gaps filled, where it has any."""
    found: list[tuple[str, re.Pattern[str] | None]] = []
    for text in (text for texts in templates().values() for text in texts.values()):
        for start, end in points.sentences(text):
            sentence = text[start:end]
            fixed = [re.escape(piece) for piece in _GAP.split(sentence)]
            found.append((_GAP.sub("", sentence), re.compile("(.{2,}?)".join(fixed)) if len(fixed) > 1 else None))
    return tuple(found)


def is_unchanged(sentence: str) -> bool:
    """Is it a sentence of a template as it stands, or with a gap left open?"""
    if _GAP.search(sentence):
        return True
    if any(filled and filled.fullmatch(sentence) for _bare, filled in _template_sentences()):
        return False
    return any(points.alike(sentence, bare) >= UNCHANGED for bare, _filled in _template_sentences())


def read_answer(text: str, language: str) -> Reading:
    """What the reader finds in a letter. A letter is dense: what looks like a list of phrases in a chat is read again sentence by sentence.
    Instructions to the software and the same words over and over stay what they are."""
    whole = read(text, Context(), language)
    if whole.hint != "list":
        return whole
    acts: list[Act] = []
    for start, end in points.sentences(text):
        found = read(text[start:end], Context(), language)
        acts += [replace(act, start=act.start + start, end=act.end + start) for act in found.acts]
    return Reading(tuple(acts), reader_version=whole.reader_version)


def own_words(sentence: str) -> str:
    """What the handler has put in: of a sentence of a template the fillings of its gaps, else all of it."""
    for _bare, filled in _template_sentences():
        found = filled.fullmatch(sentence) if filled else None
        if found:
            return "；".join(found.groups())
    return sentence


def parts_of(text: str, channel: str, acts: Iterable[Act], case: Scenario, *, gaming: bool = False) -> tuple[Part, ...]:
    """The parts of an answer, in the order of `PARTS`. Words in a row are no answer: then every part is missing."""
    acts = tuple(acts)
    found = {code: Part(code, 0.0, why="missing") for code in PARTS}
    for start, end in points.sentences(text) if not gaming else ():
        sentence = text[start:end]
        names = {name for act in acts if act.start < end and act.end > start for name in (act.name, act.code)}
        for code, share in _worth(sentence, names, case).items():
            if share > found[code].share:
                why = "" if share >= 1 else "template" if is_unchanged(sentence) else "general"
                found[code] = Part(code, share, start, end, sentence, why)
    found["channel"] = Part("channel", _fits(channel, case.channel) if text.strip() else 0.0, why="" if channel else "missing")
    return tuple(found[code] for code in PARTS)


def _fits(channel: str, came_by: str) -> float:
    return 1.0 if channel == came_by or channel in FITS[came_by] else GENERAL if channel else 0.0


def _worth(sentence: str, names: set[str], case: Scenario) -> dict[str, float]:
    """What a sentence is worth for each part."""
    unchanged = is_unchanged(sentence)
    worth: dict[str, float] = {}
    if names & {"thank", "apology.specific", "apology", "empathy"} or _ATTENTION.search(sentence):
        worth["attention"] = GENERAL if unchanged else 1.0
    if "explain_process.redress" in names or _REDRESS.search(sentence):
        worth["redress"] = GENERAL if unchanged else 1.0
    if unchanged:
        return worth
    own = own_words(sentence)
    about = _is_about(own, case)
    if _states_result(own, names, case):
        worth["result"] = 1.0
    elif names & {"offer_solution", "take_action", "explain_process.refusal_with_reason"}:
        worth["result"] = GENERAL
    if _LOOKED.search(sentence):
        worth["process"] = 1.0 if about else GENERAL
    if _MEASURE.search(sentence) or names & {"take_action"}:
        worth["measures"] = 1.0 if about else GENERAL
    return worth


def _states_result(sentence: str, names: set[str], case: Scenario) -> bool:
    """What comes of it: a way out of this case, what was demanded, or a refusal with its reason (D-14). A wrong amount states nothing."""
    if _strange_amount(sentence, case):
        return False
    ways = [Point(offer.surface) for offer in case.offers.values() if offer.answers_demand != "no"]
    if any(points.find(sentence, point, sentence) for point in (*ways, *_worded(case, "demand"))):
        return not _only_denied(sentence, ways)
    return "explain_process.refusal_with_reason" in names and _is_about(sentence, case)


def _only_denied(sentence: str, ways: list[Point]) -> bool:
    """Is every way out that is named refused? Then it is a result only as a refusal with its reason."""
    named = [point for point in ways if points.find(sentence, point, sentence)]
    return bool(named) and all(points.find(sentence, point) is None for point in named)


def _is_about(sentence: str, case: Scenario) -> bool:
    """Does the sentence name something of this case: a fact, what was found, a way out, a department, a document?"""
    if _strange_amount(sentence, case):
        return False
    facts = [Point(fact.surface) for fact in case.facts.values()]
    ways = [Point(offer.surface) for offer in case.offers.values()]
    of_truth = [point for name in ("matter", "reason", "demand", "preventive_measure") for point in _worded(case, name)]
    if any(points.find(sentence, point, sentence) for point in (*facts, *ways, *of_truth)):
        return True
    names = [*points.texts_of(case.truth.form.get("target_department")), *(text for doc in case.documents for text in doc.title.values())]
    return any(points.holds(sentence, name) for name in names)


def _worded(case: Scenario, name: str) -> tuple[Point, ...]:
    return tuple(point for point in case.truth.covers.get(name, ()) if point.words or point.amount is not None)


def _strange_amount(sentence: str, case: Scenario) -> bool:
    """Does it name a sum of money that nothing in this case knows?"""
    named = [
        amount
        for amount, start, end in points.amounts(sentence)
        if re.match(r"\s*(?:元|块|万|yuan|pounds?)", sentence[end:]) or "元" in sentence[start:end]
    ]
    return bool(named) and not all(any(abs(amount - known) < 0.005 for known in _sums(case)) for amount in named)


def _sums(case: Scenario) -> list[float]:
    """Every number that stands in the case's own texts."""
    texts = [
        *(text for fact in case.facts.values() for text in fact.value.values()),
        *(text for section in case.record.values() for text in section.text.values()),
        *(text for document in case.documents for text in document.text.values()),
        *(text for value in case.truth.form.values() for text in points.texts_of(value)),
    ]
    own = [number for demand in case.demands for number in (demand.amount, demand.reservation) if number is not None]
    own += [offer.limit for offer in case.offers.values() if offer.limit is not None]
    return own + [amount for text in texts for amount, _start, _end in points.amounts(text)]
