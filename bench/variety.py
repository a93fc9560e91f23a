"""Do the customers sound like many people? Role-plays of every case with two kinds of handler, a language at a time.

Counts whole lines that two role-plays of one case share, lines said twice while another was left, lines that take up what was said, and how
length and bursts differ by mood and by the persona's style. `BENCH_ROLE_PLAYS=200` says how many a language at least.
"""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from bench.played import Cell, over, sessions
from simulator.engine.customer import Customer
from simulator.engine.events import CustomerSaid
from simulator.engine.lines import BANDS, LANGUAGES
from simulator.engine.scenario import STYLES, slots_of
from simulator.engine.state import apply
from simulator.engine.wording import lines_for
from simulator.policies import PlayedSession, shipped

HANDLERS = ("exemplary", "mediocre")
# What the customer says of their own accord; everything else answers, or takes up what was said.
OWN_AGENDA = frozenset(["open", "vent", "demand", "prompt", "check_in", "ask_what", "ask_when", "ask_who", "ask_why"])
WANTED = {"shared": 0.05, "twice": 0, "takes_up": 0.5}


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    act: str
    band: str
    twice: bool
    takes_up: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What the customer said in one role-play, line by line, and how many bubbles each of their turns had."""

    scenario: str
    language: str
    style: str
    lines: tuple[Line, ...]
    bursts: tuple[tuple[str, int], ...]


def listen(session: PlayedSession) -> Heard:
    customer = Customer.new(session.scenario, session.language, session.level, session.seed)
    lines: list[Line] = []
    bursts: list[tuple[str, int]] = []
    for step in session.steps:
        said = [event for event in step.events if isinstance(event, CustomerSaid)]
        if said:
            bursts.append((said[0].band, len(said)))
        this_turn: set[str] = set()
        for event in step.events:
            if isinstance(event, CustomerSaid):
                again = event.line in customer.uses and event.line not in this_turn and _another_was_left(customer, event)
                lines.append(Line(event.text, event.act, event.band, again, _takes_up(customer, event)))
                this_turn.add(event.line)
            customer = apply(customer, event)
    return Heard(session.scenario.slug, session.language, customer.persona.style, tuple(lines), tuple(bursts))


def _another_was_left(customer: Customer, said: CustomerSaid) -> bool:
    """Was there a line for this act, without a slot that might have been empty, that nobody had heard yet?"""
    if said.act in ("tell", "vague", "hidden_interest"):
        return False
    return any(key not in customer.uses and not slots_of(line) for key, line in lines_for(customer, said.act))


def _takes_up(customer: Customer, said: CustomerSaid) -> bool:
    """Does the line answer what was said, or hold something that was told?"""
    told = [value for value in customer.told.values() if len(value) > 1]
    return said.act not in OWN_AGENDA or any(value in said.text for value in told)


def play_cell(cell: Cell) -> list[Heard]:
    return [listen(session) for session, _seconds in sessions(cell)]


def shared(group: list[Heard]) -> Iterator[float]:
    """For each two role-plays of a case: the share of whole lines that both have."""
    for one, other in combinations(group, 2):
        a, b = ({line.text for line in heard.lines} for heard in (one, other))
        yield len(a & b) / ((len(a) + len(b)) / 2)


def run() -> dict[str, object]:
    wanted = int(os.environ.get("BENCH_ROLE_PLAYS", "200"))
    seeds = -(-wanted // (len(shipped.slugs()) * len(HANDLERS)))
    todo = [
        Cell(slug, language, 1 + (number + seed) % 5, range(seed, seed + 1), HANDLERS)
        for language in LANGUAGES
        for number, slug in enumerate(shipped.slugs())
        for seed in range(1, seeds + 1)
    ]
    heard = [one for found in over(play_cell, todo) for one in found]
    result: dict[str, object] = {}
    for language in LANGUAGES:
        result[language] = _table([one for one in heard if one.language == language], language)
    return result


def _table(heard: list[Heard], language: str) -> dict[str, object]:
    groups: dict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        groups[one.scenario].append(one)
    lines = [line for one in heard for line in one.lines]
    late = [line for one in heard for line in one.lines[2:]]
    row: dict[str, object] = {
        "role_plays": len(heard),
        "lines": len(lines),
        "different": len({line.text for line in lines}),
        "shared": round(statistics.fmean(share for group in groups.values() for share in shared(group)), 4),
        "twice": sum(line.twice for line in lines),
        "takes_up": round(sum(line.takes_up for line in late) / len(late), 4),
    }
    print(f"\n{language}: " + ", ".join(f"{name} {value}" for name, value in row.items()))
    length: dict[str, float] = {}
    for band in BANDS:
        said = [len(line.text) for line in lines if line.band == band]
        bubbles = [count for one in heard for mood, count in one.bursts if mood == band]
        if said:
            length[band] = statistics.fmean(said)
            print(f"  {band:12} {length[band]:6.1f} signs a bubble, {statistics.fmean(bubbles):4.2f} bubbles a turn   (n={len(said)})")
    for style in STYLES:
        said = [len(line.text) for one in heard if one.style == style for line in one.lines]
        bubbles = [count for one in heard if one.style == style for _, count in one.bursts]
        if said:
            length[style] = statistics.fmean(said)
            print(f"  {style:12} {length[style]:6.1f} signs a bubble, {statistics.fmean(bubbles):4.2f} bubbles a turn   (n={len(said)})")
    return {**row, "signs": {name: round(value, 1) for name, value in length.items()}}
