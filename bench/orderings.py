"""Does the better handler come out better? Every case, level and language; the same seed for each handler, compared in pairs.

`BENCH_SEEDS=20` says how many seeds a cell has. A pair that ties counts as holding, and is counted by itself.
"""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from dataclasses import dataclass

from bench.played import LEVELS, Cell, cells, over, score_of, sessions
from simulator.engine.lines import LANGUAGES

LESSER = ("solution_first", "soothe_only", "scripted_generic")
# (better, worse, compared by)
PAIRS = (
    ("exemplary", "mediocre", "both"),
    ("mediocre", "hostile", "both"),
    *(("exemplary", lesser, "both") for lesser in LESSER),
    *((lesser, "hostile", "both") for lesser in LESSER),
    *(("mediocre", lesser, "score") for lesser in LESSER),
    ("mediocre", "silent", "both"),
)
WANTED = 0.99
WANTED_DISTANCE = 0.5


@dataclass(frozen=True, slots=True)
class Played:
    scenario: str
    language: str
    level: int
    seed: int
    policy: str
    satisfaction: float
    score: float
    outcome: str


def play_cell(cell: Cell) -> list[Played]:
    return [
        Played(cell.scenario, cell.language, cell.level, one.seed, one.policy, one.satisfaction, score_of(one), one.outcome)
        for one, _seconds in sessions(cell)
    ]


def compared(rows: list[Played], better: str, worse: str, by: str) -> dict[tuple[str, int], tuple[float, float]]:
    """By language and level: the share of seeds in which the order holds, ties counted in, and the share of ties."""
    found: dict[tuple[str, str, int, int], dict[str, float]] = defaultdict(dict)
    for row in rows:
        found[row.scenario, row.language, row.level, row.seed][row.policy] = getattr(row, by)
    shares = {}
    for language in LANGUAGES:
        for level in LEVELS:
            pairs = [(at[better], at[worse]) for (_, there, here, _), at in found.items() if (there, here) == (language, level)]
            holds, ties = sum(a >= b for a, b in pairs), sum(a == b for a, b in pairs)
            shares[language, level] = holds / len(pairs), ties / len(pairs)
    return shares


def distance(rows: list[Played], policy: str, language: str) -> tuple[list[float], float]:
    """Mean satisfaction by level, and how far level 1 lies above level 5 in standard deviations."""
    by_level = [
        [row.satisfaction for row in rows if (row.policy, row.language, row.level) == (policy, language, level)] for level in LEVELS
    ]
    spread = ((statistics.pvariance(by_level[0]) + statistics.pvariance(by_level[-1])) / 2) ** 0.5
    means = [statistics.fmean(at) for at in by_level]
    return means, (means[0] - means[-1]) / spread


def run() -> dict[str, object]:
    seeds = int(os.environ.get("BENCH_SEEDS", "20"))
    rows = [row for found in over(play_cell, cells(range(1, seeds + 1))) for row in found]
    print(f"{len(rows)} role-plays, {seeds} seeds a cell; % of seeds in which the order holds (ties), levels 1–5\n")
    table: dict[str, object] = {"role_plays": len(rows), "seeds": seeds}
    print(f"{'order':36}{'':14}" + "".join(f"{language} {level}".rjust(12) for language in LANGUAGES for level in LEVELS))
    failed = []
    for better, worse, by in PAIRS:
        for measure in ("satisfaction", "score") if by == "both" else ("score",):
            shares = compared(rows, better, worse, measure)
            said = "".join(f"{100 * held:6.1f} ({100 * ties:2.0f})".rjust(12) for held, ties in shares.values())
            print(f"{better + ' > ' + worse:36}{measure:14}{said}")
            table[f"{better}>{worse} {measure}"] = {f"{a} {b}": [round(x, 4) for x in pair] for (a, b), pair in shares.items()}
            failed += [f"{better} > {worse} by {measure}: {a} {b} only {held:.1%}" for (a, b), (held, _) in shares.items() if held < WANTED]
    print(f"\n{'mean satisfaction, levels 1–5':40}{'distance 1–5':>14}")
    for policy in ("exemplary", "mediocre"):
        for language in LANGUAGES:
            means, apart = distance(rows, policy, language)
            print(f"{policy:12}{language:9}" + "".join(f"{mean:7.3f}" for mean in means) + f"{apart:10.2f} SD")
            table[f"levels {policy} {language}"] = {"means": [round(mean, 4) for mean in means], "sd": round(apart, 3)}
            if apart < WANTED_DISTANCE:
                failed.append(f"{policy} {language}: levels 1 and 5 are only {apart:.2f} SD apart")
            if any(later >= earlier for earlier, later in zip(means, means[1:], strict=False)):
                failed.append(f"{policy} {language}: satisfaction does not fall from level to level")
    print("\n" + ("\n".join(failed) if failed else "Every order holds."))
    table["failed"] = failed
    return table
