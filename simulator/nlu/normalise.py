"""Text made plain for reading, with the way back to the original.

The same words have to read the same however they were typed: full or half width, Traditional or Simplified, shouted, with an
exclamation mark or five, with the common slips. Everything that quotes the trainee needs the original, so each character
of the plain text remembers which stretch of the original it stands for.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from simulator.nlu.lexicon import sections

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HERE = Path(__file__).parent / "lexicon"

_POINTS = {
    **dict.fromkeys("“”„「」『』《》", '"'),
    **dict.fromkeys("‘’`´", "'"),
    **dict.fromkeys("—–‐‑−", "-"),
    **dict.fromkeys("～〜", "~"),
    "、": ",",
    "【": "[",
    "】": "]",
    "｡": "。",
    "․": ".",
    "‥": ".",
    "•": "·",
}
_COLLAPSE = frozenset(" ,.!?~。;:-_=*#…")

_LATIN_WORD = re.compile(r"[a-z][a-z']*[a-z]|[a-z]")


@lru_cache(maxsize=1)
def _characters() -> dict[str, str]:
    pairs = {}
    for line in (_HERE / "traditional.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            pairs.update({pair[0]: pair[1] for pair in line.split()})
    return pairs


@lru_cache(maxsize=2)
def _slips(language: str) -> dict[str, str]:
    return dict(line.split(" = ") for line in sections("slips")[language])


@lru_cache(maxsize=1)
def _chinese_slips() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _slips("zh")), key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain text, and for each of its characters where the original stretch it stands for starts and ends."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original behind `text[start:end]`, without white space at its ends."""
        while start < end - 1 and self.text[start] in " \n,":
            start += 1
        while end > start + 1 and self.text[end - 1] in " \n,":
            end -= 1
        return self.starts[start], self.ends[end - 1]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the plain text that stands for `original[start:end]`; an empty one where nothing of it is left."""
        return bisect_left(self.ends, start + 1), bisect_left(self.starts, end)


def is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


@lru_cache(maxsize=20_000)
def _forms(original: str) -> str:
    """What one character becomes, before its neighbours are looked at; empty where it says nothing."""
    simple = _characters()
    plain_already = original < "\x7f" or "\u4e00" <= original <= "\u9fff"
    forms = original if plain_already else unicodedata.normalize("NFKC", original)
    kept = ""
    for form in forms.lower():
        form = simple.get(form) or _POINTS.get(form) or form
        category = "" if plain_already else unicodedata.category(form)
        if category in ("Cf", "Mn", "Cc", "Sk") or form in ("\x00", "\ufe0f"):
            continue
        kept += " " if form == "\r" or (form < " " and form != "\n") or category == "Zs" else form
    return kept


_REPEATED = re.compile(r"([ ,.!?~。;:\-_=*#…\n])\1|\n |!\?|\?!|([a-z])\2\2")
"""Where a character may fall away because of the one before it."""


def normalise(text: str) -> Plain:
    """`text` in plain form. Never fails, whatever the characters are."""
    forms = list(map(_forms, text))
    plain = "".join(forms)
    if len(plain) == len(text) and "" not in forms and not _REPEATED.search(plain):
        whole = Plain(plain, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    else:
        whole = _collapsed(forms)
    whole = _replace(whole, _BETWEEN_HAN, {})
    whole = _replace(whole, _chinese_slips(), _slips("zh"))
    return _replace(whole, _LATIN_WORD, _slips("en"))


def _collapsed(forms_of: Sequence[str]) -> Plain:
    """The characters in a row, each run of points or spaces as one, each run of three letters or more as two."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for position, forms in enumerate(forms_of):
        for form in forms:
            if characters:
                last = characters[-1]
                if (form == last and form in _COLLAPSE) or (form == " " and last == "\n") or (form == "\n" and last == "\n"):
                    ends[-1] = position + 1
                    continue
                if form == "!" and last == "?" or form == "?" and last == "!":
                    characters[-1] = "?"
                    ends[-1] = position + 1
                    continue
                if "a" <= form <= "z" and len(characters) > 1 and form == last == characters[-2]:
                    ends[-1] = position + 1
                    continue
            characters.append(form)
            starts.append(position)
            ends.append(position + 1)
    return Plain("".join(characters), tuple(starts), tuple(ends))


_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}\d,。!?]) +(?=[{HAN}])|(?<=[{HAN}]) +(?=[{HAN}\d,。!?])")


def _replace(plain: Plain, pattern: re.Pattern[str], table: dict[str, str]) -> Plain:
    """`plain` with every match replaced by what the table has for it; a match that the space pattern found has nothing."""
    found = [match for match in pattern.finditer(plain.text) if not match.group().strip() or match.group() in table]
    if not found:
        return plain
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0

    def keep(start: int, end: int) -> None:
        characters.append(plain.text[start:end])
        starts.extend(plain.starts[start:end])
        ends.extend(plain.ends[start:end])

    for match in found:
        new = table.get(match.group(), "")
        keep(done, match.start())
        done = match.end()
        first, last = plain.starts[match.start()], plain.ends[match.end() - 1]
        characters.append(new)
        starts.extend([first] * len(new))
        ends.extend([last] * len(new))
    keep(done, len(plain.text))
    return Plain("".join(characters), tuple(starts), tuple(ends))
