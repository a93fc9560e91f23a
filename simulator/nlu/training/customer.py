"""`python -m simulator.nlu.training.customer`: the reader of customers' words from the lines of the shipped customers.

The common stock and all scenarios but one teach, the lines of that one test; its F1 is what `docs/reading.md` publishes. The
shipped weights are learned from all lines.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from simulator.engine.cast import drawn
from simulator.engine.lines import BANDS
from simulator.nlu.customer import SAYS
from simulator.nlu.model import WEIGHTS
from simulator.nlu.normalise import normalise
from simulator.nlu.training.fit import Columns, Space, learn, write_columns

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"zh-hans": "zh", "en": "en"}
SEEN_AT_LEAST = 2
"""The customers have few lines: what two of them hold is kept."""
_SLOT = re.compile(r"\{[a-z_]+\}")
_SAYS_OF = {act: says for says, acts in SAYS.items() for act in acts}
# What stands for a slot while learning, so that no name or figure is learned.
_FILLED = {"zh-hans": "这个", "en": "that"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a customer: where it stands (a scenario, or the stock), what it does and in which mood."""

    source: str
    says: str
    band: str
    text: str


def lines(language: str) -> list[Line]:
    """Every line of the shipped customers, in plain text."""
    found = []
    for path in sorted((ROOT / "rules").glob("stock-*.yaml")):
        found += _of("stock", yaml.safe_load(path.read_text(encoding="utf-8")), language)
    for path in sorted((ROOT / "scenarios").glob("*.yaml")):
        document = drawn(yaml.safe_load(path.read_text(encoding="utf-8")), 0)
        found += _of(path.stem, document["lines"], language)
    return list(found)


def _of(source: str, acts: dict[str, dict[str, dict[str, list[str]]]], language: str) -> Iterator[Line]:
    for act, bands in acts.items():
        if act not in _SAYS_OF:
            continue
        for band, said in bands.items():
            for text in said.get(language, ()):
                yield Line(source, _SAYS_OF[act], band, normalise(_SLOT.sub(_FILLED[language], text)).text)


def columns(space: Space, those: Sequence[Line]) -> Columns:
    matrix = space.matrix([line.text for line in those])
    learned = {f"says:{says}": learn(matrix, [line.says == says for line in those], 12.0, 1.5) for says in SAYS}
    learned |= {f"band:{band}": learn(matrix, [line.band == band for line in those], 6.0, 1.0) for band in BANDS}
    return learned


def fit(language: str) -> None:
    """Learn from all lines and write the file."""
    those = lines(language)
    space = Space([line.text for line in those], LANGUAGES[language], SEEN_AT_LEAST)
    about = {"joined": {}, "gaming_threshold": 0.0, "corpus": str(len(those))}
    write_columns(WEIGHTS / f"customer-{LANGUAGES[language]}.npz", space, columns(space, those), about)


def f1_on_unseen(language: str) -> dict[str, tuple[float, int]]:
    """F1 and count of each kind of words, over the lines of every scenario as read by a model that has not seen that scenario."""
    those = lines(language)
    right: dict[str, int] = dict.fromkeys(SAYS, 0)
    read, there = dict(right), dict(right)
    for source in sorted({line.source for line in those} - {"stock"}):
        own = [line for line in those if line.source == source]
        others = [line for line in those if line.source != source]
        space = Space([line.text for line in others], LANGUAGES[language], SEEN_AT_LEAST)
        learned = columns(space, others)
        matrix = space.matrix([line.text for line in own])
        odds = np.array([matrix @ learned[f"says:{says}"][0] + learned[f"says:{says}"][1] for says in SAYS]).T
        for line, best in zip(own, odds.argmax(axis=1), strict=True):
            said = tuple(SAYS)[int(best)]
            there[line.says] += 1
            read[said] += 1
            right[said] += said == line.says
    return {says: (2 * right[says] / max(1, read[says] + there[says]), there[says]) for says in SAYS if there[says]}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", action="store_true")
    wanted = parser.parse_args(arguments)
    for language in LANGUAGES:
        if wanted.report:
            scores = f1_on_unseen(language)
            mean = sum(f1 for f1, _ in scores.values()) / len(scores)
            table = {says: f"{f1:.2f} (n={count})" for says, (f1, count) in scores.items()}
            sys.stdout.write(f"{language}: macro-F1 {mean:.3f} {json.dumps(table)}\n")
        else:
            fit(language)


if __name__ == "__main__":
    main(sys.argv[1:])
