"""The clauses of a text in one row: the stretches in which the model looks for an act."""

from __future__ import annotations

from simulator.nlu.clauses import Stretch, clauses, sentences

Part = Stretch


def parts_of(text: str) -> tuple[Part, ...]:
    """The clauses of all sentences of a plain text, in order; none where there is no sentence."""
    return tuple(clause for sentence in sentences(text) for clause in clauses(text, sentence))
