"""The annotated utterances: what a row holds, how annotators write it down, how far they agree.

`simulator/nlu/corpus/<language>.jsonl` has one row an utterance::

    {"id": "zh-01-0007", "writer": "zh-01", "register": "phone, …", "context": "…", "text": "…",
     "first": "apology.specific \\"是我们漏了\\" ; …", "second": "-", "settled": "…"}

`first` and `second` are what two annotators wrote without seeing each other, in the notation of `corpus/GUIDE.md`; `second` is null
where only one has read it yet. `settled` is what holds: what both say, or what the adjudicator decided where they differ; until one
has, what the first says. The utterance's set follows from its writer.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from simulator.engine.acts import CODES, KINDS, TOPICS

FOLDER = Path(__file__).resolve().parent.parent / "corpus"
LANGUAGES = ("zh", "en")
DEVELOPMENT = frozenset({"zh-09", "en-07"})
TEST = frozenset({"zh-10", "zh-11", "en-08", "en-09"})
GAMING = "!gaming"
_MARK = re.compile(r"""^(?P<code>[a-z_]+)(?:\.(?P<kind>[a-z_]+))?(?:@(?P<about>[a-z_]+))?(?:=(?P<value>\S+))?\s+(?P<words>\*|".*")$""")


@dataclass(frozen=True, slots=True)
class Mark:
    """One act that an annotator marked, and where in the text its words stand."""

    code: str
    kind: str | None
    about: str | None
    start: int
    end: int


@dataclass(frozen=True)
class Marks:
    """Everything one annotator marked in an utterance."""

    acts: tuple[Mark, ...] = ()
    gaming: bool = False

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(mark.code for mark in self.acts)

    @property
    def labels(self) -> frozenset[str]:
        """The codes, and `gaming` beside them: what two annotators are compared by."""
        return self.codes | {"gaming"} if self.gaming else self.codes


@dataclass(frozen=True)
class Row:
    """One utterance. `part` is train, dev or test."""

    id: str
    writer: str
    register: str
    context: str
    text: str
    first: Marks
    second: Marks | None
    settled: Marks

    @property
    def part(self) -> str:
        return "dev" if self.writer in DEVELOPMENT else "test" if self.writer in TEST else "train"


def parse(notation: str, text: str) -> Marks:
    """What an annotator wrote about `text`. Raises `ValueError` where it is not in the notation or quotes words that are not there."""
    acts, gaming = [], False
    notation = notation.strip()
    for piece in re.split(r"\s+;\s+", notation) if notation not in ("", "-") else ():
        if piece == GAMING:
            gaming = True
            continue
        found = _MARK.match(piece)
        if found is None:
            raise ValueError(f"{piece!r} is not in the notation")
        code, kind, about, words = found["code"], found["kind"], found["about"], found["words"]
        if code not in CODES:
            raise ValueError(f"{code} is no act")
        if kind is not None and kind not in KINDS.get(code, ()):
            raise ValueError(f"{code} has no kind {kind}")
        if about is not None and about not in TOPICS:
            raise ValueError(f"{about} is no topic")
        start, end = (0, len(text)) if words == "*" else _place(words[1:-1], text)
        acts.append(Mark(code, kind, about, start, end))
    return Marks(tuple(acts), gaming)


def _place(words: str, text: str) -> tuple[int, int]:
    start = text.find(words)
    if start < 0:
        start = text.lower().find(words.lower())
    if start < 0 or not words:
        raise ValueError(f"{words!r} does not stand in the text")
    return start, start + len(words)


def path(language: str) -> Path:
    return FOLDER / f"{language}.jsonl"


def read_rows(language: str) -> list[Row]:
    """All utterances of a language, in the order of the file."""
    rows = []
    for line in path(language).read_text(encoding="utf-8").splitlines():
        data: dict[str, Any] = json.loads(line)
        text = data["text"]
        marks: dict[str, Any] = {name: parse(data[name], text) for name in ("first", "settled")}
        marks["second"] = None if data["second"] is None else parse(data["second"], text)
        rows.append(Row(data["id"], data["writer"], data["register"], data["context"], text, **marks))
    return rows


def fingerprint(language: str) -> str:
    """Which corpus a model was made from."""
    return hashlib.sha256(path(language).read_bytes()).hexdigest()[:16]


# --- duplicates -----------------------------------------------------------------------------------------------------------


def pieces(text: str) -> frozenset[str]:
    signs = [sign for sign in text.lower() if sign.isalnum()]
    return frozenset("".join(signs[start : start + 3]) for start in range(max(1, len(signs) - 2)))


def near_duplicates(texts: Iterable[tuple[str, str]], like: float = 0.7) -> Iterator[tuple[str, str]]:
    """Pairs of ids, the later one first, whose texts share more than `like` of their three-letter pieces (Jaccard)."""
    seen: list[tuple[str, frozenset[str]]] = []
    holders: dict[str, list[int]] = {}
    for name, text in texts:
        own = pieces(text)
        shared: Counter[int] = Counter(number for piece in own for number in holders.get(piece, ()))
        for number, count in shared.items():
            other, theirs = seen[number]
            if count > like * (len(own) + len(theirs) - count):
                yield name, other
                break
        for piece in own:
            holders.setdefault(piece, []).append(len(seen))
        seen.append((name, own))


# --- agreement ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two annotators on one label: in how many rows both, either, and Cohen's kappa over all rows."""

    both: int
    either: int
    kappa: float


def agreement(rows: Iterable[Row]) -> dict[str, Agreement]:
    """For each label that anybody used, over the rows that two have read: kappa = (observed − expected) ÷ (1 − expected), Cohen (1960)."""
    pairs = [(row.first.labels, row.second.labels) for row in rows if row.second is not None and not row.writer.endswith("-book")]
    count = len(pairs)
    result = {}
    for label in sorted({label for pair in pairs for label in pair[0] | pair[1]}):
        one = [label in first for first, _ in pairs]
        two = [label in second for _, second in pairs]
        both = sum(a and b for a, b in zip(one, two, strict=True))
        observed = sum(a == b for a, b in zip(one, two, strict=True)) / count
        share = sum(one) / count, sum(two) / count
        expected = share[0] * share[1] + (1 - share[0]) * (1 - share[1])
        kappa = 1.0 if expected == 1 else (observed - expected) / (1 - expected)
        result[label] = Agreement(both, sum(a or b for a, b in zip(one, two, strict=True)), kappa)
    return result
