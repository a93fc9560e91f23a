"""What a stretch of words is about: the topics of `acts.TOPICS`, in the order in which they win where several fit."""

from __future__ import annotations

import re
from functools import cache

from simulator.engine.acts import TOPICS
from simulator.nlu.lexicon import sections


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile("|".join(sections("topics")[name]))


def topic(text: str, code: str) -> str | None:
    """The topic of the words that carry an act; for empathy a feeling comes first."""
    names = [name for name in sections("topics") if name in TOPICS]
    if code == "empathy":
        names.sort(key=lambda name: name != "feeling")
    for name in names:
        if _words(name).search(text):
            return name
    return None


def warm() -> None:
    for name in sections("topics"):
        _words(name)


def speaks_of_banking(text: str) -> bool:
    """Whether any word of the trade is in the text, so that a customer knows roughly what it is about."""
    return _words("bank_words").search(text) is not None
