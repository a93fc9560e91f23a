"""What a complaint comes from, by its words: whether empathy names the trouble of this customer or one that anybody might have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from simulator.engine.acts import Act
from simulator.engine.scenario import Scenario

FILE = Path(__file__).resolve().parent.parent / "rules" / "causes.yaml"
HOLLOW = FILE.with_name("hollow.yaml")
_WORD = re.compile(r"[A-Za-z']+")
_SPECIFIC = frozenset({"react", "interpret", None})
# What claims to name a feeling or a fault, and does not where only set phrases are there.
_CLAIMS = frozenset({"empathy.interpret", "empathy", "apology.specific"})


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words: dict[str, dict[str, str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {cause: re.compile("|".join(forms.values()), re.IGNORECASE) for cause, forms in words.items()}


def causes_in(text: str) -> frozenset[str]:
    """The causes that a text names, in either language."""
    return frozenset(cause for cause, pattern in _patterns().items() if pattern.search(text))


def causes_of(scenario: Scenario) -> frozenset[str]:
    """What the trouble of this case comes from: everything that its facts, demands and opening lines name."""
    return _causes_of(scenario.fingerprint, _Case(scenario))


class _Case:
    """A scenario beside its fingerprint, by which it is told apart."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Case)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=128)
def _causes_of(fingerprint: str, case: _Case) -> frozenset[str]:
    return causes_in("\n".join(_told(case.scenario)))


def _told(scenario: Scenario) -> Iterator[str]:
    yield from scenario.title.values()
    yield from scenario.summary.values()
    for fact in scenario.facts.values():
        yield from fact.value.values()
        for said in (*fact.tell.values(), *fact.vague.values()):
            yield from said
    for demand in scenario.demands:
        yield from demand.text.values()
        if demand.hidden_interest:
            yield from demand.hidden_interest.text.values()
    for act in ("open", "vent"):
        for said_in in scenario.lines.get(act, {}).values():
            for lines in said_in.values():
                yield from lines


@cache
def _set_phrases() -> dict[str, tuple[re.Pattern[str], int]]:
    """By language: what set phrases are made of, and how much may be left beside it."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(HOLLOW.read_text(encoding="utf-8"))
    return {language: (re.compile(part["words"], re.IGNORECASE), int(part["left"])) for language, part in found.items()}


def is_set_phrase(words: str) -> bool:
    """Does nothing stand there but a set phrase?"""
    language = "zh-hans" if any("一" <= sign <= "鿿" for sign in words) else "en"
    pattern, left = _set_phrases()[language]
    rest = pattern.sub(" ", words)
    return (sum(sign.isalnum() for sign in rest) if language == "zh-hans" else len(_WORD.findall(rest))) <= left


def as_meant_here(act: Act, words: str, scenario: Scenario) -> Act:
    """The act as this customer takes it: a set phrase is generic, and so is empathy whose `words` name only causes that are not theirs."""
    if act.name in _CLAIMS and is_set_phrase(words):
        return replace(act, kind="generic")
    if act.code != "empathy" or act.kind not in _SPECIFIC:
        return act
    named = causes_in(words)
    return replace(act, kind="generic") if named and not named & causes_of(scenario) else act
