"""The words that carry an act: one file of patterns per language, in `lexicon/`, and the means to look them up fast.

A file is sections of regular expressions over *plain* text (see `normalise`), one a line::

    [apology.generic about=other weight=3]
    对不起
    <very>抱歉

`weight` is evidence in log-odds: 3 (the default) is enough by itself, 1 is a hint that needs the model or another hint.
`~` is a short gap inside a clause, `~~` a longer one inside a sentence; `<name>` stands for a list of words defined under
`[let]`. Each pattern is searched only in texts that hold the pieces of text that it needs, and compiled when it is
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
    def needs(self) -> tuple[frozenset[str], ...]:
        """Sets of pieces of text: every match holds at least one piece of each. Empty where nothing is needed."""
        return needed(self.source)

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
        self._all_met = [(1 << len(pattern.needs)) - 1 for pattern in patterns]
        holders: dict[str, list[tuple[int, int]]] = {}
        for number, pattern in enumerate(patterns):
            for bit, pieces in enumerate(pattern.needs):
                for piece in pieces:
                    holders.setdefault(piece, []).append((number, 1 << bit))
        self._short = {piece: tuple(held) for piece, held in holders.items() if len(piece) <= 2}
        self._long: dict[str, list[tuple[str, tuple[tuple[int, int], ...]]]] = {}
        for piece, held in holders.items():
            if len(piece) > 2:
                self._long.setdefault(piece[:3], []).append((piece, tuple(held)))

    def candidates(self, text: str) -> list[Pattern]:
        """The patterns that could match in the text, in the order of the file."""
        met: dict[int, int] = {}
        seen = met.get
        pairs = {*text, *map("".join, zip(text, text[1:], strict=False))}
        for start in pairs & self._short.keys():
            for number, bit in self._short[start]:
                met[number] = seen(number, 0) | bit
        for start in {text[at : at + 3] for at in range(len(text) - 2)} & self._long.keys():
            for piece, held in self._long[start]:
                if len(piece) == 3 or piece in text:
                    for number, bit in held:
                        met[number] = seen(number, 0) | bit
        all_met = self._all_met
        return self._always + [self.patterns[number] for number in sorted(met) if met[number] == all_met[number]]


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


MOST_NEEDS = 2
"""So many sets of pieces say of a pattern whether it can match: more cost more than they save."""


def needed(source: str) -> tuple[frozenset[str], ...]:
    """Sets of literal pieces: every match of the expression holds at least one piece of each of them. The rarest come first."""
    pieces, _ = _alternatives(source, 0)
    pieces = [one for one in pieces if " " not in one]
    return tuple(sorted(pieces, key=lambda one: (-_worth(one), sorted(one)))[:MOST_NEEDS])


def _alternatives(source: str, position: int) -> tuple[list[frozenset[str]], int]:
    """What all of the alternatives need together: of each its rarest set."""
    options: list[list[frozenset[str]]] = []
    while True:
        pieces, position = _sequence(source, position)
        options.append(pieces)
        if position < len(source) and source[position] == "|":
            position += 1
            continue
        break
    if len(options) == 1:
        return options[0], position
    if not all(options):
        return [], position
    return [frozenset().union(*(max(option, key=_worth) for option in options))], position


def _sequence(source: str, position: int) -> tuple[list[frozenset[str]], int]:
    found: list[frozenset[str]] = []
    run = ""

    def literal_ends() -> None:
        nonlocal run
        if run:
            found.append(frozenset([run]))
        run = ""

    while position < len(source) and source[position] not in "|)":
        character = source[position]
        pieces: list[frozenset[str]] = []
        literal = ""
        if character == "(":
            looks_around = source.startswith(("(?=", "(?!", "(?<=", "(?<!"), position)
            inside = position + (4 if source.startswith(("(?<=", "(?<!"), position) else 3 if source.startswith("(?", position) else 1)
            pieces, position = _alternatives(source, inside)
            position += 1
            if looks_around:
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
            literal_ends()
            if quantifier[0][0] in "*?" or quantifier[1] == "0":
                continue
            found += [frozenset([literal])] if literal else pieces
        elif literal:
            run += literal
        else:
            literal_ends()
            found += pieces
    literal_ends()
    return found, position


def _worth(pieces: frozenset[str]) -> float:
    return min(len(piece) for piece in pieces) - 0.1 * len(pieces)
