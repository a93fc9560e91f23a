"""How somebody leads into a line and trails off after it, so that two customers do not say the same thing in the same words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

_ENDS = "。.！!"


@dataclass(frozen=True, slots=True)
class Voice:
    """The lead-ins and tails of one language, by mood, and the beginnings of lines that can be led into."""

    starts: tuple[str, ...]
    question: Mapping[str, Sequence[str]]
    statement: Mapping[str, Sequence[str]]
    tail: Mapping[str, Sequence[str]]

    def said(self, line: str, band: str, often: Sequence[float], number: int, chance: Random) -> str:
        """The line as this person says it. `number` counts their lines, so that no lead-in comes twice before all have been used."""
        lead, trail = chance.random() < often[0], chance.random() < often[1]
        asks = line.rstrip().endswith(("?", "？"))
        openers = (self.question if asks else self.statement)[band]
        if trail and not asks and len(line) > 6 and line[-1] in _ENDS:
            tail = self.tail[band][number % len(self.tail[band])]
            line = (line if tail.startswith(" ") else line.rstrip("。！")) + tail
        if lead and (start := self._start(line)):
            opener = openers[number % len(openers)]
            small = opener.endswith((", ", ": ")) and start != "I" and not line.startswith(("I ", "I'"))
            line = opener + (line[0].lower() + line[1:] if small else line)
        return line

    def _start(self, line: str) -> str | None:
        for start in self.starts:
            if line.startswith(start) and (start[0] > "z" or not line[len(start) :][:1].isalpha()):
                return start
        return None


@dataclass(frozen=True, slots=True)
class Voices:
    """The voices of a rule set: by language, with the acts that are led into, those that trail off, and how often by style.

    `of_age` finds what only somebody of `age` years or more says of themselves.
    """

    languages: Mapping[str, Voice]
    age: int
    of_age: Mapping[str, re.Pattern[str]]
    acts: frozenset[str]
    tails: frozenset[str]
    often: Mapping[str, tuple[float, float]]

    def frequency(self, act: str, style: str) -> tuple[float, float]:
        """How often somebody of this style leads into a line of this act, and trails off after it."""
        lead, trail = self.often[style]
        return lead, trail if act in self.tails else 0.0


def parse_voices(document: Mapping[str, Any]) -> Voices:
    languages = {
        name: Voice(tuple(part["starts"]), part["question"], part["statement"], part["tail"])
        for name, part in document.items()
        if name not in ("acts", "tails", "often", "of_age")
    }
    often = {style: (float(lead), float(trail)) for style, (lead, trail) in document["often"].items()}
    of_age = {name: re.compile("|".join(document["of_age"][name]), re.IGNORECASE) for name in languages}
    return Voices(languages, int(document["of_age"]["from"]), of_age, frozenset(document["acts"]), frozenset(document["tails"]), often)
