"""What a stretch of words is about: the topics of `acts.TOPICS`, and what speaks for each."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np

from simulator.engine.acts import TOPICS
from simulator.nlu.lexicon import sections

SPEAK_OF = (
    "ask_details",
    "ask_contact",
    "confirm_facts",
    "offer_solution",
    "take_action",
    "empathy",
    "follow_up",
    "give_timeframe",
    "give_contact",
)
"""The acts that are about something."""


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile("|".join(sections("topics")[name]))


@cache
def _names() -> tuple[str, ...]:
    return tuple(name for name in sections("topics") if name in TOPICS)


def evidence(odds: Any, text: str, code: str) -> Any:
    """What speaks for a topic of some words: what the model answers for each, which topics the words name, and what act they do."""
    named = [bool(_words(name).search(text)) for name in _names()]
    return np.concatenate((0.5 * np.clip(odds, -6.0, 4.0), named, [code == one for one in SPEAK_OF]))


def warm() -> None:
    for name in sections("topics"):
        _words(name)


def speaks_of_banking(text: str) -> bool:
    """Whether any word of the trade is in the text, so that a customer knows roughly what it is about."""
    return _words("bank_words").search(text) is not None
