"""Does the customer hold up? A hundred thousand turns without a browser: every case, level, language and kind of handler.

Prints faults by tag, crashes, role-plays that do not end, whether each comes out the same when played again, CPU a turn (reading and
engine) and memory. `BENCH_TURNS=100000` says how many turns at least; `BENCH_SEED_FROM=1` where the seeds begin.
"""

from __future__ import annotations

import os
import resource
import statistics
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field, replace

from bench.played import Cell, cells, over
from simulator import nlu
from simulator.engine.customer import Customer, replay, respond
from simulator.engine.events import CustomerSaid, TraineeSaid
from simulator.policies import PlayedSession, audit, context_of, play, shipped

TURNS_A_SEED = 11_000
LIMITS = {"mean_ms": 1.5, "p95_ms": 4.0, "fault_share": 0.01, "memory_mb": 300}


@dataclass(slots=True)
class Tally:
    """What a cell came to. `taken_ms` has one figure a turn."""

    sessions: int = 0
    turns: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    endless: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    taken_ms: list[float] = field(default_factory=list)
    memory_mb: float = 0.0
    examples: dict[str, str] = field(default_factory=dict)


def play_cell(cell: Cell) -> Tally:
    tally = Tally()
    scenario = shipped.scenario(cell.scenario)
    for seed in cell.seeds:
        for policy in cell.policies:
            name = f"{cell.scenario} {cell.language} level {cell.level} {policy} seed {seed}"
            tally.sessions += 1
            try:
                session = play(scenario, policy, language=cell.language, level=cell.level, seed=seed)
                _count(tally, session, name)
            except Exception:
                tally.crashes.append(f"{name}\n{traceback.format_exc()}")
    tally.memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return tally


def _count(tally: Tally, session: PlayedSession, name: str) -> None:
    tally.turns += session.turns
    if not session.outcome:
        tally.endless.append(name)
    for fault in audit.faults(session):
        tag, _, step = fault.partition(":")
        tally.faults[tag] += 1
        tally.examples.setdefault(tag, f"{name}, step {step}")
    if not _timed_again(tally, session):
        tally.differing.append(name)


def _timed_again(tally: Tally, session: PlayedSession) -> bool:
    """Play the handler's words once more against the clock. Do the same events come of them?"""
    customer = Customer.new(session.scenario, session.language, session.level, session.seed)
    heard = session.steps[0].events
    customer = replay(customer, heard)
    for step in session.steps[1:]:
        said = step.events[0] if step.events else None
        if isinstance(said, TraineeSaid):
            words = tuple(event.text for event in heard if isinstance(event, CustomerSaid))
            started = time.process_time()
            reading = nlu.read(said.text, context_of(customer, words), session.language)
            again = respond(customer, said, reading)
            tally.taken_ms.append((time.process_time() - started) * 1000)
            if again != step.events:
                return False
        heard = step.events
        customer = replay(customer, heard)
    return customer == session.customer


def run() -> dict[str, object]:
    turns = int(os.environ.get("BENCH_TURNS", "100000"))
    first = int(os.environ.get("BENCH_SEED_FROM", "1"))
    seeds = max(1, -(-turns // TURNS_A_SEED))
    # A seed at a time in a cell, so that what the processes remember does not grow with the number of seeds.
    todo = [replace(cell, seeds=range(seed, seed + 1)) for seed in range(first, first + seeds) for cell in cells(range(first, first + 1))]
    tallies = over(play_cell, todo)
    played = sum(tally.turns for tally in tallies)
    faults: Counter[str] = sum((tally.faults for tally in tallies), Counter())
    taken = sorted(ms for tally in tallies for ms in tally.taken_ms)
    crashes = [crash for tally in tallies for crash in tally.crashes]
    result: dict[str, object] = {
        "role_plays": sum(tally.sessions for tally in tallies),
        "turns": played,
        "faults": {tag: faults[tag] for tag in audit.TAGS},
        "fault_share": round(sum(faults.values()) / max(1, played), 5),
        "crashes": len(crashes),
        "endless": sum(len(tally.endless) for tally in tallies),
        "differing": sum(len(tally.differing) for tally in tallies),
        "mean_ms": round(statistics.fmean(taken), 3),
        "p95_ms": round(taken[int(0.95 * len(taken))], 3),
        "memory_mb": round(max(tally.memory_mb for tally in tallies)),
    }
    for name, value in result.items():
        print(f"{name:14} {value}   {'wanted ≤ ' + str(LIMITS[name]) if name in LIMITS else ''}")
    for tag in audit.TAGS:
        example = next((tally.examples[tag] for tally in tallies if tag in tally.examples), "")
        if example:
            print(f"  {tag}: for example {example}")
    if crashes:
        print(crashes[0])
    return result
