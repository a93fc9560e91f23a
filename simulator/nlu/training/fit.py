"""`python -m simulator.nlu.training.fit`: the weights of both languages from the annotated corpus.

1. One logistic regression an act over the features of the whole text, and one over those of a clause, which holds an act
   where an annotator's words lie in it. Likewise for kinds, topics and stuffing.
2. Each training writer is read by models that have not seen that writer. On those answers, and on what the lexicon finds,
   a small logistic regression an act learns how much to believe each (stacking; Wolpert 1992).
3. When an act counts is set on the development writer, where F1 of the act is best; with few examples the threshold is drawn
   towards the one that is best for all acts together.
4. The weights are kept as whole numbers of eight bits.

The same corpus gives the same file: nothing is drawn by chance.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from simulator.engine.acts import CODES, KINDS, NEGATIVE, TOPICS
from simulator.engine.cast import drawn
from simulator.nlu import lexical
from simulator.nlu.clauses import sentences
from simulator.nlu.features import grams
from simulator.nlu.model import MOST_LEXICAL, WEIGHTS
from simulator.nlu.normalise import Plain, normalise
from simulator.nlu.parts import Part, parts_of
from simulator.nlu.topics import SPEAK_OF, evidence
from simulator.nlu.training.corpus import FOLDER, LANGUAGES, Mark, Marks, Row, fingerprint, read_rows

ACTS = tuple(sorted(CODES))
KIND_NAMES = tuple(f"{code}.{kind}" for code, kinds in sorted(KINDS.items()) for kind in kinds)
TOPIC_NAMES = tuple(sorted(TOPICS))
SEEN_AT_LEAST = {"zh": 2, "en": 3}
"""A run of characters or words that fewer texts hold teaches nothing."""
STRENGTH = 20.0
"""How closely the models follow the corpus (the inverse of their regularisation)."""
GOOD_CALLED_BAD = 0.035
"""At most this share of the lines without an offence may be read as one, on writers that the models have not seen."""
FOLDS = 4
"""In so many parts are the training writers read by models that have not seen them."""
COACHING = "coaching"
FEWEST = 12
"""A kind with fewer examples than this is not learned."""


@dataclass
class Utterance:
    """A row as the models see it: its plain text, the clauses, and which marks lie in which clause."""

    row: Row
    plain: Plain
    parts: tuple[Part, ...]
    marks: tuple[tuple[Mark, int, int], ...]  # each with its place in the plain text

    @property
    def annotated(self) -> bool:
        """A line of the coaching is known to hold no offence, and nobody has marked what good is in it."""
        return self.row.writer != COACHING

    def codes_in(self, part: Part) -> set[str]:
        """The acts whose words lie in the clause: at least half of the words, or half of the clause."""
        found = set()
        for mark, start, end in self.marks:
            shared = min(end, part.end) - max(start, part.start)
            if shared > 0 and (2 * shared >= end - start or 2 * shared >= part.end - part.start):
                found.add(mark.code)
        return found


def good_lines(language: str) -> list[Row]:
    """The better lines of the shipped scenarios and plain lines beside them: how a good handler speaks. They teach what is no offence."""
    rows = []
    for path in sorted((FOLDER.parents[1] / "scenarios").glob("*.yaml")):
        document = drawn(yaml.safe_load(path.read_text(encoding="utf-8")), 0)
        for situation, said in document["coaching"].items():
            for number, text in enumerate(said[{"zh": "zh-hans", "en": "en"}[language]]):
                name = f"{path.stem}.{situation}.{number}"
                rows.append(Row(name, COACHING, "", "", _SLOT.sub("12", text), Marks(), Marks(), Marks()))
    plain = (FOLDER / f"good-{language}.txt").read_text(encoding="utf-8").splitlines()
    rows += [Row(f"good.{number}", COACHING, "", "", text, Marks(), Marks(), Marks()) for number, text in enumerate(plain)]
    return rows


_SLOT = re.compile(r"\{[a-z_]+\}")


def utterance(row: Row) -> Utterance:
    plain = normalise(row.text)
    marks = tuple((mark, *plain.place(mark.start, mark.end)) for mark in row.settled.acts)
    return Utterance(row, plain, parts_of(plain.text), tuple(mark for mark in marks if mark[2] > mark[1]))


class Space:
    """The features of a training set: number and rarity of each, and texts as rows of a sparse matrix of length one."""

    def __init__(self, texts: Sequence[str], language: str, seen_at_least: int | None = None) -> None:
        self.language = language
        counts: dict[str, int] = {}
        for text in texts:
            for gram in grams(text, language):
                counts[gram] = counts.get(gram, 0) + 1
        known = sorted(gram for gram, count in counts.items() if count >= (seen_at_least or SEEN_AT_LEAST[language]))
        self.rows = {gram: number for number, gram in enumerate(known)}
        self.rarity = np.array([np.log((1 + len(texts)) / (1 + counts[gram])) + 1 for gram in known], dtype=np.float32)

    def matrix(self, texts: Sequence[str]) -> Any:
        indices: list[int] = []
        ends = [0]
        for text in texts:
            indices += sorted(self.rows[gram] for gram in grams(text, self.language) if gram in self.rows)
            ends.append(len(indices))
        values = self.rarity[indices]
        found = sparse.csr_matrix((values, indices, ends), shape=(len(texts), len(self.rows)), dtype=np.float32)
        lengths = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
        lengths[lengths == 0] = 1
        return sparse.diags(1 / lengths) @ found


def learn(matrix: Any, wanted: Sequence[bool], strength: float, weight: float = 2.0) -> tuple[Any, float]:
    """Weights and bias of one question. A yes counts `weight` times, for acts are rare."""
    if not any(wanted) or all(wanted):
        return np.zeros(matrix.shape[1]), -6.0
    found = LogisticRegression(
        C=strength, solver="liblinear", dual=True, class_weight={True: weight, False: 1.0}, max_iter=200, tol=1e-2, random_state=0
    )
    found.fit(matrix, np.array(wanted))
    return found.coef_[0], float(found.intercept_[0])


Columns = dict[str, tuple[Any, float]]


def columns_of(space: Space, utterances: Sequence[Utterance], *, all_of_them: bool = True) -> Columns:
    """Every column of the model, learned from the utterances."""
    whole = space.matrix([one.plain.text for one in utterances])
    clauses = [(one, part) for one in utterances for part in one.parts]
    in_clauses = space.matrix([one.plain.text[part.start : part.end] for one, part in clauses])
    held = [one.codes_in(part) for one, part in clauses]
    known, known_clauses = np.array([one.annotated for one in utterances]), np.array([one.annotated for one, _ in clauses])
    learned: Columns = {}
    for code in ACTS:
        there, there_in = np.array([code in one.row.settled.codes for one in utterances]), np.array([code in codes for codes in held])
        some, some_clauses = (known | True, known_clauses | True) if code in NEGATIVE else (known, known_clauses)
        learned[f"whole:{code}"] = learn(whole[some], there[some], STRENGTH)
        learned[f"clause:{code}"] = learn(in_clauses[some_clauses], there_in[some_clauses], STRENGTH)
    learned["gaming"] = learn(whole, [one.row.settled.gaming for one in utterances], STRENGTH)
    if not all_of_them:
        return learned
    marked = [(mark, one.plain.text[start:end]) for one in utterances for mark, start, end in one.marks]
    for name in KIND_NAMES:
        code, kind = name.split(".")
        among = [(mark, words) for mark, words in marked if mark.code == code and mark.kind]
        if sum(mark.kind == kind for mark, _ in among) >= FEWEST:
            learned[f"kind:{name}"] = learn(
                space.matrix([words for _, words in among]), [mark.kind == kind for mark, _ in among], STRENGTH, 1.5
            )
    return learned


def marked_topics(utterances: Sequence[Utterance]) -> list[tuple[str, str, str]]:
    """Topic, act and words of every mark that has a topic."""
    return [
        (mark.about, mark.code, one.plain.text[start:end])
        for one in utterances
        for mark, start, end in one.marks
        if mark.about and mark.code in SPEAK_OF
    ]


def topic_columns(space: Space, utterances: Sequence[Utterance]) -> Columns:
    """For each topic whether some words are about it, whatever act they do."""
    among = marked_topics(utterances)
    of_words = space.matrix([words for _, _, words in among])
    return {f"about:{name}": learn(of_words, [topic == name for topic, _, _ in among], STRENGTH, 1.5) for name in TOPIC_NAMES}


def topic_evidence(space: Space, learned: Columns, utterances: Sequence[Utterance]) -> tuple[list[Any], list[str]]:
    """What `topics.evidence` says of every mark with a topic, and its topic."""
    among = marked_topics(utterances)
    of_words = space.matrix([words for _, _, words in among])
    odds = np.array([of_words @ learned[f"about:{name}"][0] + learned[f"about:{name}"][1] for name in TOPIC_NAMES]).T
    return [evidence(row, words, code) for row, (_, code, words) in zip(odds, among, strict=True)], [topic for topic, _, _ in among]


def join_topics(spoken_for: Sequence[Any], topics: Sequence[str]) -> dict[str, Any]:
    """How much to believe the models of the topics, the words that name one, and the act, learned on writers the models had not seen."""
    found = LogisticRegression(C=0.5, max_iter=2000)
    found.fit(np.array(spoken_for), np.array(topics))
    return {
        "columns": list(TOPIC_NAMES),
        "names": [str(name) for name in found.classes_],
        "weights": np.round(found.coef_, 3).tolist(),
        "bias": np.round(found.intercept_, 3).tolist(),
    }


@dataclass
class Evidence:
    """What is known of each utterance before it is decided: per act the two models' answers and the lexicon's weight."""

    whole: Any
    clause: Any
    lexicon: Any
    gaming: Any

    @classmethod
    def of(cls, space: Space, learned: Columns, utterances: Sequence[Utterance]) -> Evidence:
        whole = space.matrix([one.plain.text for one in utterances])
        in_clauses = space.matrix([one.plain.text[part.start : part.end] for one in utterances for part in one.parts])
        ends = np.cumsum([0, *(len(one.parts) for one in utterances)])

        def answers(name: str, matrix: Any) -> Any:
            weights, bias = learned[name]
            return matrix @ weights + bias

        by_sentence = [sentences(one.plain.text) for one in utterances]
        in_sentences = space.matrix(
            [one.plain.text[s.start : s.end] for one, parts in zip(utterances, by_sentence, strict=True) for s in parts]
        )
        stops = np.cumsum([0, *map(len, by_sentence)])

        def loud(name: str) -> Any:
            each, all_of_it = answers(name, in_sentences), answers(name, whole)
            return np.array(
                [max(all_of_it[n], each[a:b].max(initial=-99.0)) for n, (a, b) in enumerate(zip(stops, stops[1:], strict=False))]
            )

        per_whole = np.array([loud(f"whole:{code}") for code in ACTS]).T
        per_clause = np.array([answers(f"clause:{code}", in_clauses) for code in ACTS]).T
        loudest = np.array(
            [per_clause[a:b].max(axis=0) if b > a else np.full(len(ACTS), -6.0) for a, b in zip(ends, ends[1:], strict=False)]
        )
        said = np.array([lexicon_weights(one.plain.text) for one in utterances])
        return cls(per_whole, loudest, said, loud("gaming"))

    @classmethod
    def joined(cls, pieces: Sequence[Evidence]) -> Evidence:
        return cls(*(np.concatenate([getattr(piece, name) for piece in pieces]) for name in ("whole", "clause", "lexicon", "gaming")))

    def of_act(self, number: int) -> Any:
        return np.stack([self.whole[:, number], self.clause[:, number], self.lexicon[:, number]], axis=1)


def lexicon_weights(text: str) -> list[float]:
    """What the lexicon says for each act in a plain text, after its guards; below zero where a guard took an act away."""
    return [min(weight, MOST_LEXICAL) for weight in lexical.weights(text, ACTS)]


def join(evidence: Evidence, utterances: Sequence[Utterance]) -> dict[str, tuple[Any, float]]:
    """How much to believe whole, clause and lexicon, an act at a time."""
    joined = {}
    for number, code in enumerate(ACTS):
        some = np.array([one.annotated or code in NEGATIVE for one in utterances])
        wanted = np.array([code in one.row.settled.codes for one in utterances])
        found = LogisticRegression(C=1.0, max_iter=500)
        found.fit(evidence.of_act(number)[some], wanted[some])
        joined[code] = (np.maximum(found.coef_[0], 0.0), float(found.intercept_[0]))
    return joined


def best_threshold(scores: Any, wanted: Any, shared: float, *, careful: bool) -> float:
    """Where F1 is best over the development set, drawn towards `shared` as if 20 more examples had spoken for that.

    For a negative act a good line called bad costs more: `careful` counts a wrong one twice.
    """
    near = np.unique(np.round(scores[scores > shared - 3], 1))
    candidates = [shared, *near[near < shared + 3]]

    def gain(threshold: float) -> float:
        read = scores >= threshold
        right, wrong, missed = (read & wanted).sum(), (read & ~wanted).sum(), (~read & wanted).sum()
        return float(2 * right / max(1, 2 * right + (2 if careful else 1) * wrong + missed))

    best = max(candidates, key=lambda threshold: (round(gain(threshold), 6), -abs(threshold - shared)))
    trust = wanted.sum() / (wanted.sum() + 20)
    return float(trust * best + (1 - trust) * shared)


def thresholds(scores: Any, wanted: Any, annotated: Any) -> list[float]:
    """One for each act; `scores` and `wanted` are utterances × acts, `annotated` says in which utterances the good acts are known."""
    grid = np.arange(-2.0, 2.01, 0.1)

    def macro(threshold: float) -> float:
        read = scores[annotated] >= threshold
        right = (read & wanted[annotated]).sum(axis=0)
        return float(np.mean(2 * right / np.maximum(1, read.sum(axis=0) + wanted[annotated].sum(axis=0))))

    shared = float(max(grid, key=lambda threshold: (round(macro(threshold), 6), -abs(threshold))))
    some = [annotated | (code in NEGATIVE) for code in ACTS]
    best = np.array(
        [best_threshold(scores[some[n], n], wanted[some[n], n], shared, careful=code in NEGATIVE) for n, code in enumerate(ACTS)]
    )
    return [float(threshold) for threshold in _spared(scores, wanted, best, annotated)]


def _spared(scores: Any, wanted: Any, best: Any, annotated: Any) -> Any:
    """The thresholds, those of the negative acts raised together until few good lines are called bad, of corpus and coaching alike."""
    bad = np.array([code in NEGATIVE for code in ACTS])
    good = ~wanted[:, bad].any(axis=1)
    for more in np.arange(0.0, 2.0, 0.05):
        raised = best + more * bad
        called_bad = (scores[:, bad] >= raised[bad]).any(axis=1)
        if max(called_bad[good & some].mean() for some in (annotated, ~annotated) if (good & some).any()) <= GOOD_CALLED_BAD:
            return raised
    return best + 2.0 * bad


def fit(language: str, say: Callable[[str], None]) -> None:
    """Learn the model of a language and write its file."""
    began = time.perf_counter()
    everything = [utterance(row) for row in read_rows(language)]
    train = [one for one in everything if one.row.part == "train"]
    coaching = [utterance(row) for row in good_lines(language)]
    dev = [one for one in everything if one.row.part == "dev"]

    writers = sorted({one.row.writer for one in train})
    pieces, order = [], []
    spoken_for: list[Any] = []
    topics: list[str] = []
    for fold in range(FOLDS):
        unseen_writers = set(writers[fold::FOLDS])
        others = [one for one in train if one.row.writer not in unseen_writers]
        own = [one for one in train if one.row.writer in unseen_writers]
        others += [one for number, one in enumerate(coaching) if number // 40 % FOLDS != fold]
        own += [one for number, one in enumerate(coaching) if number // 40 % FOLDS == fold]
        space = Space(_texts(others), language)
        pieces.append(Evidence.of(space, columns_of(space, others, all_of_them=False), own))
        order += own
        of_own, theirs = topic_evidence(space, topic_columns(space, others), own)
        spoken_for += of_own
        topics += theirs
    unseen = Evidence.joined(pieces)
    joined = join(unseen, order)

    everybody = train + coaching
    space = Space(_texts(everybody), language)
    learned = columns_of(space, everybody) | topic_columns(space, everybody)

    # Thresholds from the development writer, and from the training writers as read by models that had not seen them.
    evidence = Evidence.joined([Evidence.of(space, learned, dev), unseen])
    scores = np.stack([evidence.of_act(n) @ joined[code][0] + joined[code][1] for n, code in enumerate(ACTS)], axis=1)
    wanted = np.array([[code in one.row.settled.codes for code in ACTS] for one in dev + order])
    counts_from = thresholds(scores, wanted, np.array([one.annotated for one in dev + order]))
    stuffed = np.array([one.row.settled.gaming for one in dev + order])
    gaming_threshold = max(0.4, float(np.quantile(evidence.gaming[~stuffed], 0.995)))

    _write(language, space, learned, joined, join_topics(spoken_for, topics), counts_from, gaming_threshold)
    say(f"{language}: {len(train)} utterances of {len(writers)} writers, {len(space.rows)} features, "
        f"{len(learned)} columns, {time.perf_counter() - began:.0f} s")  # fmt: skip


def _texts(utterances: Sequence[Utterance]) -> list[str]:
    """What the vocabulary is counted on: whole texts, and clauses where there are several."""
    texts = []
    for one in utterances:
        texts.append(one.plain.text)
        if len(one.parts) > 1:
            texts += [one.plain.text[part.start : part.end] for part in one.parts]
    return texts


def _write(
    language: str,
    space: Space,
    learned: Columns,
    joined: dict[str, tuple[Any, float]],
    topics: dict[str, Any],
    counts_from: list[float],
    gaming_threshold: float,
) -> None:
    about = {
        "joined": {
            code: {
                "bias": round(joined[code][1], 4),
                **{name: round(float(value), 4) for name, value in zip(("whole", "clause", "lexical"), joined[code][0], strict=True)},
                "threshold": round(counts_from[number], 4),
            }
            for number, code in enumerate(ACTS)
        },
        "topics": topics,
        "gaming_threshold": round(gaming_threshold, 4),
        "corpus": fingerprint(language),
    }
    write_columns(WEIGHTS / f"{language}.npz", space, learned, about)


def write_columns(path: Path, space: Space, learned: Columns, about: dict[str, Any]) -> None:
    """One file: the features, and the weights of every column as whole numbers of eight bits."""
    names = sorted(learned)
    weights = np.array([learned[name][0] for name in names]).T * space.rarity[:, None]
    scale = np.max(np.abs(weights), axis=0) / 127
    scale[scale == 0] = 1
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        path,
        vocabulary=np.frombuffer("\n".join(space.rows).encode(), dtype=np.uint8),
        rarity=space.rarity,
        matrix=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=np.array([learned[name][1] for name in names], dtype=np.float32),
        about=np.frombuffer(json.dumps({**about, "columns": names}, sort_keys=True).encode(), dtype=np.uint8),
    )


def main() -> None:
    with ProcessPoolExecutor(len(LANGUAGES)) as pool:
        list(pool.map(fit, LANGUAGES, [say] * len(LANGUAGES)))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
