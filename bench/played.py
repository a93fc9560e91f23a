"""Role-plays for the benchmarks, played headless in a process a core and boiled down to what a table needs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from assessment import rubrics, scoring
from simulator.engine import readings
from simulator.engine.lines import LANGUAGES
from simulator.policies import POLICIES, PlayedSession, play, shipped

LEVELS = (1, 2, 3, 4, 5)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Cell:
    """One case at one level in one language, with its seeds and policies."""

    scenario: str
    language: str
    level: int
    seeds: range
    policies: tuple[str, ...] = POLICIES


def cells(seeds: range, policies: Sequence[str] = POLICIES) -> list[Cell]:
    """Every case, language and level."""
    return [Cell(slug, language, level, seeds, tuple(policies)) for slug, language, level in product(shipped.slugs(), LANGUAGES, LEVELS)]


def sessions(cell: Cell) -> Iterator[tuple[PlayedSession, float]]:
    """The role-plays of a cell, each with the seconds of CPU that it took."""
    scenario = shipped.scenario(cell.scenario)
    for seed, policy in product(cell.seeds, cell.policies):
        started = time.process_time()
        session = play(scenario, policy, language=cell.language, level=cell.level, seed=seed)
        yield session, time.process_time() - started


def score_of(session: PlayedSession) -> float:
    case = session.scenario
    truth = {name: getattr(case.truth, name) for name in ("classification", "limits", "flags", "form")}
    return scoring.score(readings.evidence(session.events, case), rubrics.newest_shipped(case.rubric), truth).score


def over(work: Callable[[Cell], Row], todo: Sequence[Cell]) -> list[Row]:
    """`work` on every cell, in as many processes as there are cores."""
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(work, todo, chunksize=4))
