"""The words that carry an act: one file of patterns per language, in `lexicon/`, and the means to look them up fast.

A file is sections of regular expressions over *plain* text (see `normalise`), one a line::

    [apology.generic about=other weight=3]
    对不起
    <very>抱歉

`weight` is evidence in log-odds: 3 (the default) is enough by itself, 1 is a hint that needs the model or another hint.
`~` is a short gap inside a clause, `~~` a longer one inside a sentence; `<name>` stands for a list of words defined under
`[let]`. Each pattern is searched only in texts that hold one of the pieces of text that it needs, and compiled when it is
first searched, so that the reader starts at once and pays for what it meets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

_HERE = Path(__file__).parent / "lexicon"
_SECTION = re.compile(r"\[(?P<code>[a-z_]+)(?:\.(?P<kind>[a-z_]+))?(?P<settings>(?: [a-z]+=\S+)*)\]$")
_HEADING = re.compile(r"\[[a-z_]+\]")
_MACRO = re.compile(r"<([a-z_]+)>")
_GAPS = {"zh": (r"[^。!?;,\n]{0,7}?", r"[^。!?;\n]{0,16}?"), "en": (r"(?:[ ,-]+[^ .!?;]+){0,3}?[ ,]+", r"(?:[ ,-]+[^ .!?;]+){0,8}?[ ,]+")}


@dataclass(frozen=True)
class Pattern:
    """One line of a lexicon."""

    code: str
    kind: str | None
    about: str | None
    weight: float
    source: str
    language: str

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """Pieces of text of which every match holds at least one; empty where there is no such piece."""
        return tuple(sorted(needed(self.source) or ()))

    @cached_property
    def expression(self) -> re.Pattern[str]:
        if self.language == "en":
            return re.compile(rf"(?<![a-z0-9])(?:{self.source})(?![a-z0-9])")
        return re.compile(self.source)


class Lexicon:
    """The patterns of a file, found by the pieces of text that they need: each text is walked through once."""

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self.patterns = patterns
        self._always = [pattern for pattern in patterns if not pattern.needs]
        self._by_start: dict[str, list[tuple[str, list[int]]]] = {}
        numbers: dict[str, list[int]] = {}
        for number, pattern in enumerate(patterns):
            for piece in pattern.needs:
                numbers.setdefault(piece, []).append(number)
        for piece, holders in numbers.items():
            self._by_start.setdefault(piece[:2], []).append((piece, holders))

    def candidates(self, text: str) -> list[Pattern]:
        """The patterns that could match in the text, in the order of the file."""
        found: set[int] = set()
        for start in {*text, *map("".join, zip(text, text[1:], strict=False))}:
            for piece, holders in self._by_start.get(start, ()):
                if len(piece) <= 2 or piece in text:
                    found.update(holders)
        return self._always + [self.patterns[number] for number in sorted(found)]


def parse(source: str, language: str) -> tuple[Pattern, ...]:
    """The patterns of a lexicon file. A line that is not understood raises `ValueError` with its number."""
    macros: dict[str, str] = {}
    patterns: list[Pattern] = []
    section: re.Match[str] | None = None
    settings: dict[str, str] = {}
    short, long = _GAPS[language]
    for number, line in enumerate(source.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and (match := _SECTION.match(line)):
            section, settings = match, dict(part.split("=", 1) for part in match["settings"].split())
            continue
        if section is None:
            raise ValueError(f"line {number}: a pattern before the first section")
        if section["code"] == "let":
            name, _, words = line.partition(" = ")
            macros[name] = f"(?:{_expand(words, macros)})"
            continue
        text = _expand(line, macros)
        space = " " if language == "en" else ""
        text = text.replace(f"{space}~~{space}", long).replace(f"{space}~{space}", short)
        weight = float(settings.get("weight", 3))
        patterns.append(Pattern(section["code"], section["kind"], settings.get("about"), weight, text, language))
    return tuple(patterns)


def _expand(line: str, macros: dict[str, str]) -> str:
    return _MACRO.sub(lambda match: macros[match[1]], line)


@lru_cache(maxsize=4)
def load(name: str) -> Lexicon:
    """The patterns of `lexicon/<name>.txt`, where the name is the language."""
    return Lexicon(parse((_HERE / f"{name}.txt").read_text(encoding="utf-8"), name))


@cache
def sections(name: str) -> dict[str, list[str]]:
    """The lines of `lexicon/<name>.txt` under each of its `[headings]`, without comments."""
    lines: dict[str, list[str]] = {}
    heading = ""
    for line in (_HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if _HEADING.fullmatch(line):
            heading = line[1:-1]
            lines[heading] = []
        elif line and not line.startswith("#"):
            lines[heading].append(line)
    return lines


# --- which pieces of text a pattern needs ---------------------------------------------------------------------------

_QUANTIFIER = re.compile(r"\{(\d+)(?:,\d*)?\}\??|[*+?]\??")


def needed(source: str) -> frozenset[str] | None:
    """A set of literal pieces such that every match of the expression holds one of them, or None."""
    pieces, _ = _alternatives(source, 0)
    return pieces


def _alternatives(source: str, position: int) -> tuple[frozenset[str] | None, int]:
    options: list[frozenset[str] | None] = []
    while True:
        pieces, position = _sequence(source, position)
        options.append(pieces)
        if position < len(source) and source[position] == "|":
            position += 1
            continue
        break
    if any(option is None for option in options):
        return None, position
    return frozenset().union(*(option for option in options if option)), position


def _sequence(source: str, position: int) -> tuple[frozenset[str] | None, int]:
    best: frozenset[str] | None = None
    run = ""

    def better(pieces: frozenset[str] | None) -> None:
        nonlocal best
        if pieces and (best is None or _worth(pieces) > _worth(best)):
            best = pieces

    while position < len(source) and source[position] not in "|)":
        character = source[position]
        pieces: frozenset[str] | None = None
        literal = ""
        if character == "(":
            looks_around = source.startswith(("(?=", "(?!", "(?<=", "(?<!"), position)
            inside = position + (4 if source.startswith(("(?<=", "(?<!"), position) else 3 if source.startswith("(?", position) else 1)
            pieces, position = _alternatives(source, inside)
            position += 1
            if looks_around:
                pieces = None
                continue
        elif character == "[":
            position += 1
            while source[position] != "]":
                position += 2 if source[position] == "\\" else 1
            position += 1
        elif character == "\\":
            literal = source[position + 1] if not source[position + 1].isalnum() else ""
            position += 2
        elif character in ".^$":
            position += 1
        else:
            literal = character
            position += 1
        quantifier = _QUANTIFIER.match(source, position)
        if quantifier:
            position = quantifier.end()
            optional = quantifier[0][0] in "*?" or quantifier[1] == "0"
            if optional:
                literal, pieces = "", None
            better(frozenset([run]) if run else None)
            run = ""
            better(frozenset([literal]) if literal else pieces)
        elif literal:
            run += literal
        else:
            better(frozenset([run]) if run else None)
            run = ""
            better(pieces)
    better(frozenset([run]) if run else None)
    return best, position


def _worth(pieces: frozenset[str]) -> float:
    return min(len(piece) for piece in pieces) - 0.1 * len(pieces)
