"""Is something said in a text? Points of a case are looked for clause by clause: a denial does not say it, nor does what happened to
somebody else, nor a wrong amount.

A point lists the ways in which it may be said, as surface forms of the scenario do; a way may hold a negation of its own ("never called
back"), which then denies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simulator.engine.scenario import Point, pattern_of
from simulator.nlu.slots import slots

_SENTENCE = re.compile(r"[^。！？!?\n]+?(?:[。！？!?\n]|\.(?=\s|$)|$)")
# Words that deny what follows them in their clause. What looks like one and is none is taken out first.
_NO_DENIAL = re.compile(
    r"不仅|不但|不光|不只|不断|不停|不久|不该|不应该?|不当|不满|不同|不少|不小心|不得不|不可避免|[\u4e00-\u9fff]不[了到出上]|未经|未来|没想到|没多久|没有及时"
    r"|无论|无故|not only|not just|no longer|no later|could not|couldn['’]t|cannot|can['’]t|unable"
    r"|without (?:consent|permission|asking|notice|warning|authority)|no sooner",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"没有|没(?![收])|并非|不是|不属实|否认|未曾|从未|从没|不存在|无此|不会|不用|不要求|不需要|不再要求|未要求|未|不|无(?![理])"
    r"|\b(?:no|not|never|none|nobody|denies|denied|without|neither|nor)\b|n['’]t\b",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"^[^。！？!?；;，,\n]{0,8}?(?:不属实|并不存在|没有发生|不成立|没有这回事|是假的|\b(?:is|are|was|were) "
    r"(?:not true|untrue|false|unfounded)|did(?: not|n['’]t) happen)",
    re.IGNORECASE,
)
_SOMEBODY_ELSE = re.compile(
    r"另(?:外)?一[位名个]?(?:客户|顾客|储户|人)|别的?(?:客户|顾客|储户|人)|其他(?:客户|顾客|储户|人)|他人|隔壁|邻居|朋友的?"
    r"|\b(?:another|other|different) (?:customer|client|person|caller)s?\b"
    r"|\bsomebody else|\bsomeone else|\bneighbou?r|\b(?:a|her|his) friend",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\d.,])\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Covered:
    """`share` of the points that are said, with the quote of each (start, end), and the numbers of those that are missing."""

    share: float
    quotes: tuple[tuple[int, int], ...]
    missing: tuple[int, ...]


def covered(text: str, points: Iterable[Point], allowed: str = "") -> Covered:
    """Which of the points `text` says. Words of denial or of other people that stand in `allowed`, the right text, are no fault."""
    points = tuple(points)
    quotes: list[tuple[int, int]] = []
    missing: list[int] = []
    for number, point in enumerate(points):
        found = find(text, point, allowed)
        if found is None:
            missing.append(number)
        else:
            quotes.append(found)
    return Covered(1 - len(missing) / len(points) if points else 1.0, tuple(quotes), tuple(missing))


def find(text: str, point: Point, allowed: str = "") -> tuple[int, int] | None:
    """Where the point is said, or None."""
    if point.amount is not None:
        return _amount(text, point.amount)
    for words in point.words.values():
        for word in words:
            for match in pattern_of(word).finditer(text):
                if not _denied(text, match.start(), match.end(), allowed) and not _of_somebody_else(text, match.start(), allowed):
                    return match.start(), match.end()
    return None


def _clause_before(text: str, start: int) -> str:
    begin = max((text.rfind(mark, 0, start) for mark in "。！？!?；;，,\n：:"), default=-1)
    full_stop = text.rfind(". ", 0, start)
    return text[max(begin, full_stop) + 1 : start]


def _denied(text: str, start: int, end: int, allowed: str) -> bool:
    before = _NO_DENIAL.sub("", _clause_before(text, start))
    denial = next((found[0] for found in _DENIAL.finditer(before) if not (allowed and _around(before, found, allowed))), None)
    return denial is not None or bool(_DENIED_AFTER.match(text[end:]))


def _around(before: str, found: re.Match[str], allowed: str) -> bool:
    """Does the right text hold the same denial with what stands next to it?"""
    return before[found.start() : found.end() + 2].strip().casefold() in allowed.casefold()


def _of_somebody_else(text: str, start: int, allowed: str) -> bool:
    """Is the sentence, up to here, about another person? A name of the case's own people is none."""
    sentence = max((text.rfind(mark, 0, start) for mark in "。！？!?；;\n"), default=-1)
    before = text[sentence + 1 : start]
    return any(found[0].casefold() not in allowed.casefold() for found in _SOMEBODY_ELSE.finditer(before))


def _amount(text: str, amount: float) -> tuple[int, int] | None:
    for found, start, end in amounts(text):
        if abs(found - amount) < 0.005 and not _denied(text, start, end, ""):
            return start, end
    return None


def amounts(text: str) -> list[tuple[float, int, int]]:
    """Every amount in the text as a number; bare figures count, days and times do not."""
    found = [(float(slot.value), slot.start, slot.end) for slot in slots(text.lower()) if slot.kind == "amount"]
    taken = [(slot.start, slot.end) for slot in slots(text.lower())]
    for match in _FIGURE.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            found.append((float(match[0].replace(",", "")), match.start(), match.end()))
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends, without blanks around it."""
    found = []
    for match in _SENTENCE.finditer(text):
        words = match[0]
        start = match.start() + len(words) - len(words.lstrip())
        end = match.start() + len(words.rstrip())
        if end > start:
            found.append((start, end))
    return found


def alike(left: str, right: str) -> float:
    """How alike two short texts are, 0 to 1: pairs of signs that they share, wording and blanks aside."""
    one, other = (_pairs(text) for text in (left, right))
    if not one or not other:
        return float(bare(left) == bare(right))
    return 2 * len(one & other) / (len(one) + len(other))


def holds(text: str, part: str) -> bool:
    """Does the text hold `part`, blanks, case and punctuation aside?"""
    return bool(bare(part)) and bare(part) in bare(text)


def bare(text: str) -> str:
    """Letters, figures and signs alone, in small letters."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _pairs(text: str) -> set[str]:
    signs = bare(text)
    return {signs[index : index + 2] for index in range(len(signs) - 1)}


def texts_of(value: object) -> list[str]:
    """Every wording of a right value: itself, one a language, or one of several."""
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in texts_of(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in texts_of(item)]
    return [] if value is None else [str(value)]
