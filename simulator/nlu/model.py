"""The trained half of the reader: linear models over short runs of characters, kept as whole numbers in one file a language.

A column of the matrix is one question that is answered by a sum over the features of a text, divided by the length of the
feature vector: is the act in the whole text (`whole:CODE`), is it in this clause (`clause:CODE`), of which kind is it
(`kind:CODE.KIND`), what is it about (`about:TOPIC`), is the text stuffed (`gaming`). `weigh` puts what the two models and the
lexicon say of an act together; its weights are learned too. `simulator.nlu.training.fit` makes the file from the corpus.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from simulator.nlu import topics
from simulator.nlu.features import grams

WEIGHTS = Path(__file__).parent / "weights"
MOST_LEXICAL = 6.0
"""More evidence than this from the lexicon says no more."""


@dataclass(frozen=True)
class Joined:
    """How the evidence for one act is put together: log-odds = bias + whole·w + clause·w + lexical·w, and when it counts."""

    bias: float
    whole: float
    clause: float
    lexical: float
    threshold: float

    def log_odds(self, whole: float, clause: float, lexical: float) -> float:
        return self.bias + self.whole * whole + self.clause * clause + self.lexical * min(lexical, MOST_LEXICAL)


class Model:
    """The weights of one language.

    `rows` finds a feature, `matrix` holds int8 weights (features × columns), `scale` and `bias` make log-odds of their sums,
    `rarity` weighs a feature by how seldom it is (inverse document frequency) for the length of the vector.
    """

    def __init__(self, vocabulary: Iterable[str], rarity: Any, matrix: Any, scale: Any, bias: Any, about: dict[str, Any]) -> None:
        self.rows = {gram: row for row, gram in enumerate(vocabulary)}
        self.matrix, self.scale, self.bias = matrix, scale, bias
        self._squares = np.square(rarity, dtype=np.float64)
        self.columns: dict[str, int] = {name: number for number, name in enumerate(about["columns"])}
        self.joined = {code: Joined(**values) for code, values in about["joined"].items()}
        self.of_whole = np.array([self.columns[f"whole:{code}"] for code in self.joined], dtype=np.intp)
        self.of_clause = np.array([self.columns[f"clause:{code}"] for code in self.joined], dtype=np.intp)
        topics_read = about.get("topics", {"names": [], "weights": [], "bias": []})
        self._topics: list[str] = topics_read["names"]
        self._about = np.array([self.columns[f"about:{name}"] for name in topics_read.get("columns", ())], dtype=np.intp)
        self._topic_weights, self._topic_bias = np.array(topics_read["weights"]), np.array(topics_read["bias"])
        self.gaming_threshold: float = about["gaming_threshold"]
        self.corpus: str = about["corpus"]

    def answers(self, texts: Sequence[str], language: str) -> Any:
        """The log-odds of every column for each of some plain texts: texts × columns, in one go, for a sum costs less than a call."""
        find = self.rows.get
        rows: list[int] = []
        starts: list[int] = []
        known: list[int] = []
        for number, text in enumerate(texts):
            before = len(rows)
            rows += [row for row in map(find, grams(text, language)) if row is not None]
            if len(rows) > before:
                starts.append(before)
                known.append(number)
        answers = np.repeat(self.bias[None, :].astype(np.float64), len(texts), axis=0)
        if known:
            taken = np.array(rows, dtype=np.intp)
            lengths = np.sqrt(np.add.reduceat(self._squares[taken], starts))
            sums = np.add.reduceat(self.matrix[taken], starts, axis=0, dtype=np.int32)
            answers[known] += sums * self.scale / lengths[:, None]
        return answers

    def best(self, answers: Any, prefix: str, names: Iterable[str]) -> str | None:
        """The name whose column `prefix:name` answers loudest, or None where none of them has a column."""
        known = [(float(answers[self.columns[f"{prefix}:{name}"]]), name) for name in names if f"{prefix}:{name}" in self.columns]
        return max(known)[1] if known else None

    def topic(self, answers: Any, words: str, code: str) -> str:
        """What the words of an act are about, from the answers for them."""
        return self._topics[int((self._topic_weights @ topics.evidence(answers[self._about], words, code) + self._topic_bias).argmax())]


@cache
def load(language: str) -> Model:
    """The shipped model of a language. It is small enough to be read at once."""
    with np.load(WEIGHTS / f"{language}.npz") as file:
        about = json.loads(bytes(file["about"]).decode("utf-8"))
        vocabulary = bytes(file["vocabulary"]).decode("utf-8").split("\n")
        return Model(vocabulary, file["rarity"], file["matrix"], file["scale"], file["bias"], about)
