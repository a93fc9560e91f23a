"""What may come up in the middle of a conversation: the injects of a case, and those of the common stock that fit any case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from simulator.engine.scenario import Lines, Scenario, Text

FILE = Path(__file__).resolve().parent.parent / "rules" / "injects.yaml"


@dataclass(frozen=True, slots=True)
class Inject:
    """`text` names it for the trainer, `moves` says what it does to the customer, `lines` are how the customer speaks of it."""

    id: str
    text: Text
    moves: dict[str, float]
    lines: Lines


def injects_of(scenario: Scenario) -> Mapping[str, Inject]:
    """By id; those of the case come first. "other" is what has only the trainer's own words."""
    own = {entry["id"]: _inject(entry) for entry in scenario.injects if "text" in entry and "lines" in entry}
    return {**own, **{name: one for name, one in _common().items() if name not in own}}


@cache
def _common() -> dict[str, Inject]:
    entries: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {entry["id"]: _inject(entry) for entry in entries}


def _inject(entry: Mapping[str, Any]) -> Inject:
    lines = {language: tuple(said) for language, said in entry["lines"].items()}
    return Inject(entry["id"], entry["text"], {name: float(move) for name, move in entry.get("moves", {}).items()}, lines)
