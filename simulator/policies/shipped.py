"""The scenarios that ship with the program, read from their files. Pure Python."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from simulator.engine.scenario import Scenario, parse

FOLDER = Path(__file__).resolve().parent.parent / "scenarios"


def slugs() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def scenario(slug: str) -> Scenario:
    """The shipped scenario `slug`; KeyError where none of that name ships."""
    if slug not in slugs():
        raise KeyError(slug)
    return parse(yaml.safe_load((FOLDER / f"{slug}.yaml").read_text(encoding="utf-8")))
