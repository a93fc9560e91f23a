"""How the customer says it: the choice of a line, its slots, and its pace as bubbles.

The choice depends on the stream "wording" alone, so another line never changes what the customer feels or does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from simulator.engine.events import CustomerSaid
from simulator.engine.lines import NEIGHBOURS
from simulator.engine.scenario import Fact, Lines, pattern_of, slots_of
from simulator.engine.state import Customer

READING_MS = 700
STOCK = "~"
"""What the id of a line of the common stock begins with."""
OF_THE_CASE = 0.4
"""How often a line of the case is taken where the common stock has one too: coloured by the case, and not the same in every role-play."""
TALKATIVE, TERSE = frozenset(["verbose", "tangential", "elderly"]), frozenset(["reserved"])
MS_A_SIGN = {"zh-hans": 55, "en": 18}
LONGEST_MS = 4500
SPLIT_FROM = {"zh-hans": 22, "en": 60}
_SENTENCE = {"zh-hans": re.compile(r"(?<=[。！？])(?=.{4,})"), "en": re.compile(r"(?<=[.!?])\s+(?=.{8,})")}


@dataclass(frozen=True, slots=True)
class Saying:
    """What the customer means to say: an act, the values of its slots, and the lines of its own where they do not come from the act."""

    act: str
    slots: Mapping[str, str] = field(default_factory=dict)
    own: Lines | None = None
    key: str = ""


def spoken(fact: Fact, language: str, *, believed: bool = False) -> str:
    """A fact in a mouth: as its own lines say it, else the first of its surface forms that is no pattern, else its value."""
    surface, value = (fact.believed_surface, fact.believed) if believed and fact.believed else (fact.surface, fact.value)
    for line in fact.tell[language]:
        for word in surface[language]:
            if "{" not in line and (found := pattern_of(word).search(line)):
                return found[0]
    for word in surface[language]:
        if not word.startswith("/"):
            return word
    return value[language]


def _pool(customer: Customer, saying: Saying) -> Iterator[tuple[int, str, str]]:
    """(rank, id, line) of each line that could say it. Lowest fits best: own band before its neighbours."""
    if saying.own is not None:
        for number, line in enumerate(saying.own.get(customer.language, ())):
            yield 0, f"{saying.key}.{number}", line
        return
    order = NEIGHBOURS[customer.band]
    not_theirs = customer.rules.elders if customer.persona.age < customer.rules.voices.age else frozenset()
    for source, mark in ((customer.scenario.lines, ""), (customer.rules.stock, STOCK)):
        bands = source.get(saying.act, {})
        for distance, band in enumerate(order):
            for number, line in enumerate(bands.get(band, {}).get(customer.language, ())):
                if line not in not_theirs:
                    yield distance, f"{mark}{saying.act}.{band}.{number}", line


def lines_for(customer: Customer, act: str) -> Iterator[tuple[str, str]]:
    """(id, line) of everything that the customer could say for this act, in any mood."""
    yield from ((key, line) for _, key, line in _pool(customer, Saying(act)))


def choose(customer: Customer, saying: Saying, chance: Random) -> tuple[str, str]:
    """(id, text) of a line: an unused one of the best rank there is, else the one that was said longest ago."""
    primary = customer.scenario.demands[0]
    slots = {
        "name": customer.persona.name,
        "salutation": customer.persona.salutation,
        "demand": primary.text[customer.language],
        **({"amount": f"{primary.amount:g}"} if primary.amount is not None else {}),
        **customer.told,
        **saying.slots,
    }
    usable = [(rank, key, line) for rank, key, line in _pool(customer, saying) if all(name in slots for name in slots_of(line))]
    fresh = [entry for entry in usable if entry[1] not in customer.uses]
    if fresh:
        best = min(rank for rank, _, _ in fresh)
        fitting = [entry for entry in fresh if entry[0] == best]
        of_the_case = [entry for entry in fitting if not entry[1].startswith(STOCK)]
        common = [entry for entry in fitting if entry[1].startswith(STOCK)]
        own = of_the_case and (not common or chance.random() < OF_THE_CASE)
        key, line = _to_taste(customer.persona.style, of_the_case if own else common, chance)
    else:
        _, key, line = min(usable, key=lambda entry: (customer.uses[entry[1]], entry[0]))
    return key, line.format(**slots)


def _to_taste(style: str, entries: list[tuple[int, str, str]], chance: Random) -> tuple[str, str]:
    """One of the lines; of two drawn, who likes to talk takes the longer and who is short takes the shorter."""
    drawn = [chance.choice(entries)[1:] for _ in range(2 if style in TALKATIVE | TERSE else 1)]
    return (max if style in TALKATIVE else min)(drawn, key=lambda entry: len(entry[1]))


def can_say(customer: Customer, saying: Saying) -> bool:
    """Is there a line left for it that was not said yet?"""
    names = {"name", "salutation", "demand", *customer.told, *saying.slots}
    if customer.scenario.demands[0].amount is not None:
        names.add("amount")
    return any(key not in customer.uses and set(slots_of(line)) <= names for _, key, line in _pool(customer, saying))


def bubbles(customer: Customer, sayings: tuple[Saying, ...], stream: str) -> tuple[CustomerSaid, ...]:
    """The sayings as one to three bubbles with the moments they are due. Somebody angry sends a long line in two."""
    chance, manner = Random(f"{customer.seed}:wording:{stream}"), Random(f"{customer.seed}:voice:{stream}")
    voices = customer.rules.voices
    pieces: list[tuple[str, str, str]] = []
    taken: dict[str, int] = dict(customer.uses)
    for saying in sayings:
        key, text = choose(customer.but(uses=taken), saying, chance)
        if saying.own is None and saying.act in voices.acts:
            often = voices.frequency(saying.act, customer.persona.style)
            text = voices.languages[customer.language].said(text, customer.band, often, len(taken), manner)
        taken[key] = max(taken.values(), default=0) + 1
        halves = [text]
        if customer.mood >= 4 and len(sayings) + len(pieces) < 3 and len(text) >= SPLIT_FROM[customer.language]:
            halves = _SENTENCE[customer.language].split(text, maxsplit=1)
        pieces += [(saying.act, key, half) for half in halves]
    return paced(customer, pieces, chance)


def paced(customer: Customer, pieces: Sequence[tuple[str, str, str]], chance: Random) -> tuple[CustomerSaid, ...]:
    """The pieces (act, line, text) as bubbles, each due when the customer has typed it."""
    due, result = READING_MS, []
    for number, (act, key, text) in enumerate(pieces, start=1):
        due += min(LONGEST_MS, MS_A_SIGN[customer.language] * len(text)) + chance.randrange(0, 250)
        result.append(CustomerSaid(text=text, line=key, act=act, band=customer.band, due_ms=due, part=number, parts=len(pieces)))
    return tuple(result)
