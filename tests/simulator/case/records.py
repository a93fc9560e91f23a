"""Cases with the record that is right in them, for tests of the grading."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from simulator.case.form import FIELDS, YES
from simulator.case.truth import Circumstances, compare, priority_of, sub_codes_of
from simulator.engine.scenario import Scenario, parse

SCENARIOS = Path(__file__).parents[3] / "simulator" / "scenarios"
SLUGS = sorted(file.stem for file in SCENARIOS.glob("*.yaml"))
RECEIVED = date(2026, 3, 20)
LANGUAGES = ("zh-hans", "en")


@lru_cache
def case(slug: str, seed: int = 3) -> Scenario:
    return parse(yaml.safe_load((SCENARIOS / f"{slug}.yaml").read_text(encoding="utf-8"))).for_seed(seed)


def here(slug: str, language: str) -> Circumstances:
    return Circumstances(language, tuple(person.name for person in case(slug).persona[language]), RECEIVED)


def right_record(slug: str, language: str) -> dict[str, str]:
    """A record in which everything is right, in the case's own words."""
    scenario = case(slug)
    record = {row.field: row.right for row in compare({}, scenario, here(slug, language)) if row.right}
    anonymous = "anonymous" in scenario.truth.flags
    own = "以后由主管每周抽查一次并通报" if language == "zh-hans" else "A weekly check by the supervisor from now on"
    record |= {
        "nature": scenario.truth.classification["nature"],
        "sub_code": next(iter(sub_codes_of(scenario)), ""),
        "priority": priority_of(scenario),
        "receiving_officer": "林晓",
        "preventive_measure": record.get("preventive_measure", own),
        "classification_reason": record["matter"],
        "risk": record.get("risk", "").split(",")[0],
        "target_department": record["target_department"],
        "responsible_department": record["responsible_department"].split(" / ")[0],
    }
    if anonymous:
        record |= {"anonymous": YES}
    return {name: value for name, value in record.items() if value and name in FIELDS}


def shares(record: dict[str, str], slug: str, language: str) -> dict[str, float]:
    return {row.field: row.share for row in compare(record, case(slug), here(slug, language))}
