"""The clauses of a text in one row: the stretches in which the model looks for an act."""

from __future__ import annotations

from simulator.nlu.clauses import Stretch, clauses, sentences

Part = Stretch


def parts_of(text: str, of_sentences: tuple[Stretch, ...] | None = None) -> tuple[Part, ...]:
    """The clauses of all sentences of a plain text, in order; none where there is no sentence."""
    of_sentences = sentences(text) if of_sentences is None else of_sentences
    return tuple(clause for sentence in of_sentences for clause in clauses(text, sentence))
