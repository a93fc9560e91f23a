"""What a customer remembers of being led by a trainer: who speaks for them, what was said from the seat, and whether all stands still."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from simulator.engine.events import ContactEnded, CustomerSaid, DriverChanged, Escalated, Event, FactTold, OfferWeighed, TraineeSaid
from simulator.engine.led_events import ENGINE, TRAINER, Claim, CustomerRead, Injected, LinesOffered, OfferedLine, Paused, Resumed

SEAT = "seat"
_LATIN = re.compile(r"[a-z0-9']{4,}")
_COMMON = frozenset(["that", "this", "what", "when", "where", "with", "have", "your", "they", "there", "were", "from", "would", "could"])


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One thing said from the seat, as it is understood now.

    `told`, `accepted` and `climbed_from` are what it brought about: facts that nobody had told before, an offer taken, the rung left.
    """

    text: str
    says: str
    facts: tuple[str, ...]
    claims: tuple[Claim, ...]
    told: frozenset[str] = frozenset()
    accepted: bool = False
    climbed_from: int | None = None


@dataclass(frozen=True, slots=True)
class Led:
    """`lines` are those said from the seat, by number; `reading` is the one whose consequences are being written down, 0 for none.

    `asked` are facts that the trainee's last turn asked for, `turns` the trainee's turns while the seat was taken.
    """

    driver: str = ENGINE
    lines: Mapping[int, SeatLine] = field(default_factory=dict)
    reading: int = 0
    offered: tuple[OfferedLine, ...] = ()
    asked: tuple[str, ...] = ()
    news: tuple[Claim, ...] = ()
    paused: bool = False
    turns: int = 0
    last_offer: str = ""

    @property
    def seated(self) -> bool:
        """Does a trainer speak for the customer?"""
        return self.driver == TRAINER

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What the customer has said that is not in the case."""
        return (*self.news, *(claim for line in self.lines.values() for claim in line.claims))


def after(led: Led, event: Event, rung: int) -> Led:
    """`led` after the event; `rung` is the one the customer stood on before it."""
    match event:
        case TraineeSaid():
            if not (led.seated or led.offered or led.asked or led.reading):
                return led
            return replace(led, offered=(), asked=(), reading=0, turns=led.turns + led.seated)
        case CustomerSaid():
            return replace(led, offered=(), reading=0) if led.offered or led.reading else led
        case DriverChanged(driver):
            return replace(led, driver=driver, offered=(), reading=0)
        case LinesOffered(lines, asked):
            return replace(led, offered=lines, asked=asked or led.asked)
        case CustomerRead(number, text, says, _, facts, claims):
            before = led.lines.get(number, SeatLine(text, says, facts, claims))
            return replace(led, reading=number, lines={**led.lines, number: replace(before, says=says, facts=facts, claims=claims)})
        case FactTold(fact) if led.reading:
            line = led.lines[led.reading]
            return replace(led, lines={**led.lines, led.reading: replace(line, told=line.told | {fact})})
        case Escalated() if led.reading:
            line = led.lines[led.reading]
            left = rung if line.climbed_from is None else None
            return replace(led, lines={**led.lines, led.reading: replace(line, climbed_from=left)})
        case OfferWeighed(offer, answer):
            if led.reading:
                line = replace(led.lines[led.reading], accepted=answer == "accepted")
                led = replace(led, lines={**led.lines, led.reading: line})
            return replace(led, last_offer=offer) if offer and offer != led.last_offer else led
        case Injected(text=text):
            return replace(led, news=(*led.news, Claim(text)))
        case ContactEnded():  # with the conversation the seat is given up
            return replace(led, driver=ENGINE, offered=(), asked=(), reading=0, paused=False, turns=0)
        case Paused():
            return replace(led, paused=True)
        case Resumed():
            return replace(led, paused=False)
    return led


def claim_asked(led: Led, about: str | None, words: str) -> Claim | None:
    """What the customer has claimed on the topic of a question; one that says more than "how much?" must be of the same matter."""
    asked = parts_of(words)
    return next(
        (claim for claim in led.claims if claim.value and claim.about == about and (len(asked) < 4 or asked & parts_of(claim.quote))), None
    )


def claim_meant(led: Led, words: str) -> Claim | None:
    """What the customer has claimed in words that a question takes up."""
    asked = parts_of(words)
    return next((claim for claim in led.claims if len(asked & parts_of(claim.quote)) >= 2), None)


def claims_hold(led: Led, about: str | None, value: str | None) -> bool:
    """Has the customer said just this from the seat?"""
    return any(claim.value and claim.value == value and about in (claim.about, None) for claim in led.claims)


def parts_of(words: str) -> frozenset[str]:
    """What two texts can have in common: pairs of Chinese characters, and Latin words of some length."""
    lower = words.lower()
    signs = [sign for sign in lower if "\u4e00" <= sign <= "\u9fff"]
    pairs = {one + other for one, other in zip(signs, signs[1:], strict=False)}
    return frozenset(pairs | (set(_LATIN.findall(lower)) - _COMMON))
