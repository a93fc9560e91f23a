"""Sentences and clauses of a plain text, as stretches of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?:[^。!?;\n.]|\.(?=\S))+[。!?;\n.]*|[。!?;\n.]+")
_CLAUSE = re.compile(r"(?:[^,:]|[,:](?=\d))+[,:]*|[,:]+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """`text[start:end]`; `asks` where it ends as a question."""

    start: int
    end: int
    asks: bool = False


def sentences(text: str) -> tuple[Stretch, ...]:
    return tuple(Stretch(m.start(), m.end(), "?" in m.group()[-3:]) for m in _SENTENCE.finditer(text) if m.group().strip(" 。!?;.\n"))


def clauses(text: str, sentence: Stretch) -> tuple[Stretch, ...]:
    """The parts of a sentence between commas; a part of only a word or two stays with the part after it."""
    parts: list[Stretch] = []
    start = sentence.start
    for match in _CLAUSE.finditer(text, sentence.start, sentence.end):
        if match.end() - start >= 6 or match.end() == sentence.end:
            parts.append(Stretch(start, match.end(), sentence.asks and match.end() == sentence.end))
            start = match.end()
    return tuple(parts)


def around(stretches: tuple[Stretch, ...], position: int) -> Stretch:
    """The stretch that holds `position`; the last one before it where it lies between two."""
    found = stretches[0]
    for stretch in stretches:
        if stretch.start <= position:
            found = stretch
    return found
