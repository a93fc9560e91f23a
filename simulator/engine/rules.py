"""The rule set as a value: what moves a customer, by how much and why, and the common stock of lines.

The engine never reads a file by itself while it plays: `load_rules` reads one once, and a customer carries the rules it lives by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from simulator.engine.lines import BANDS, COMMON_SLOTS, CUSTOMER_ACTS, LANGUAGES
from simulator.engine.scenario import LEVEL_VARIABLES, STYLES, URGENCIES, slots_of
from simulator.engine.voice import Voices, parse_voices

RULES_FOLDER = Path(__file__).resolve().parent.parent / "rules"
VARIABLES = (
    "anger", "anxiety", "trust", "patience", "face", "gratitude", "j_dist", "j_inter", "j_proc", "motive", "heard", "certainty",
)  # fmt: skip

# The common stock is long: libyaml reads it ten times as fast, where it is there.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Stock = Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]


class RulesError(ValueError):
    """A rule set that cannot be used; says which place is wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`when` is an act (`empathy.generic`, or `empathy` for every other kind) or a circumstance the engine notices ("asked again")."""

    id: str
    when: str
    source: str
    moves: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Rules:
    version: str
    rules: Mapping[str, Rule]
    dynamics: Mapping[str, float]
    satisfaction: Mapping[str, Any]
    escalation: Mapping[str, float]
    rungs: tuple[float, ...]
    levels: Mapping[int, Mapping[str, float]]
    styles: Mapping[str, Mapping[str, float]]
    urgency: Mapping[str, Mapping[str, float]]
    stock: Stock
    voices: Voices
    elders: frozenset[str]
    """Lines of the stock that only somebody old enough says."""

    def of(self, name: str) -> Rule | None:
        """The rule of an act by its name, else by its code."""
        return self.rules.get(name) or self.rules.get(name.partition(".")[0])


def parse_rules(document: Mapping[str, Any], stock: Mapping[str, Any], voices: Mapping[str, Any]) -> Rules:
    rules: dict[str, Rule] = {}
    seen: set[str] = set()
    for entry in document["rules"]:
        rule = Rule(id=entry["id"], when=entry["when"], source=entry["source"], moves={key: float(x) for key, x in entry["moves"].items()})
        if unknown := set(rule.moves) - set(VARIABLES):
            raise RulesError(f"rule {rule.id}: moves {sorted(unknown)}, which no customer has")
        if rule.id in seen or rule.when in rules:
            raise RulesError(f"rule {rule.id}: there is another for {rule.when} or of this name")
        seen.add(rule.id)
        rules[rule.when] = rule
    levels = {int(name): {key: float(x) for key, x in level.items()} for name, level in document["levels"].items()}
    for name, level in levels.items():
        if set(level) != set(LEVEL_VARIABLES):
            raise RulesError(f"level {name}: must give exactly {', '.join(LEVEL_VARIABLES)}")
    if set(document["styles"]) != set(STYLES):
        raise RulesError(f"styles: must be exactly {', '.join(STYLES)}")
    if set(document["urgency"]) != set(URGENCIES):
        raise RulesError(f"urgency: must be exactly {', '.join(URGENCIES)}")
    escalation = dict(document["escalation"])
    spoken, heard = _stock(stock), parse_voices(voices)
    return Rules(
        version=document["version"],
        rules=rules,
        dynamics=document["dynamics"],
        satisfaction=document["satisfaction"],
        rungs=tuple(escalation.pop("rungs")),
        escalation=escalation,
        levels=levels,
        styles=document["styles"],
        urgency=document["urgency"],
        stock=spoken,
        voices=heard,
        elders=frozenset(_of_age(spoken, heard)),
    )


def _of_age(stock: Stock, voices: Voices) -> Iterator[str]:
    for bands in stock.values():
        for said in bands.values():
            for language, lines in said.items():
                yield from filter(voices.of_age[language].search, lines)


def _stock(document: Mapping[str, Any]) -> dict[str, dict[str, dict[str, tuple[str, ...]]]]:
    result: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    for act, bands in document.items():
        if act not in CUSTOMER_ACTS:
            raise RulesError(f"stock: {act} is no act of a customer")
        allowed = {*COMMON_SLOTS, *CUSTOMER_ACTS[act].slots}
        result[act] = {}
        for band, said in bands.items():
            if band not in BANDS or set(said) != set(LANGUAGES):
                raise RulesError(f"stock: {act}.{band} needs a known band and each language")
            result[act][band] = {language: tuple(lines) for language, lines in said.items()}
            for line in (line for lines in said.values() for line in lines):
                if unknown := set(slots_of(line)) - allowed:
                    raise RulesError(f"stock: {act}.{band}: {line!r} has the slots {sorted(unknown)}, which nothing fills")
    for act, spec in CUSTOMER_ACTS.items():
        if not spec.own and act not in result:
            raise RulesError(f"stock: {act} has no lines, and a scenario need not bring any")
    return result


def load_rules(path: Path, stock: Path, voices: Path) -> Rules:
    return parse_rules(*(yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader) for file in (path, stock, voices)))


@lru_cache(maxsize=1)
def shipped_rules() -> Rules:
    return load_rules(RULES_FOLDER / "customer-1.yaml", RULES_FOLDER / "stock-2.yaml", RULES_FOLDER / "voice-1.yaml")


RULES_VERSION = "customer-1"
