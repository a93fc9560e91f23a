"""A trainer in the customer's seat. The engine goes on reading and feeling, offers lines instead of saying them, and takes over again
with everything that was said from the seat told, claimed, accepted or threatened as if it had said so itself.

What was understood in the trainer's words comes in as a `SeatReading`; the trainer may correct it afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from simulator.engine.events import CustomerSaid, DriverChanged, Escalated, Event, FactTold, OfferWeighed
from simulator.engine.led import SEAT, SeatLine
from simulator.engine.led_events import ENGINE, SAYS, TRAINER, Claim, CustomerRead, LinesOffered, OfferedLine, TakenBack
from simulator.engine.policy import agenda
from simulator.engine.state import Customer, replay
from simulator.engine.understanding import Understood
from simulator.engine.wording import Saying, bubbles, paced, spoken

LINES_OFFERED = 3
RUNGS = {"wants_manager": (1, "manager"), "threat": (2, "outside")}
_SAYS_OF = {act: says for says, act in SAYS.items()} | {
    "open": "grievance", "consent": "acceptance", "come_down": "acceptance", "close_resolved": "acceptance", "close_dated": "acceptance",
    "close_refused": "acceptance", "counter_offer": "refusal", "not_heard": "refusal", "leave_outside": "threat",
    "ask_when": "question", "ask_who": "question", "ask_why": "question", "re_ask": "question",
}  # fmt: skip
_ASKED = (
    ("ask_when", re.compile(r"什么时候|多久|几天|哪天|何时|多长时间|\bwhen\b|\bhow (?:long|soon)\b|\bby what\b", re.IGNORECASE)),
    ("ask_who", re.compile(r"谁|哪位|哪个部门|找哪|\bwho(?:m|se)?\b", re.IGNORECASE)),
    ("ask_why", re.compile(r"为什么|为啥|凭什么|怎么会|\bwhy\b|\bhow come\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class SeatReading:
    """What was understood in words from the seat: `facts` as (fact of the case, whether as the customer wrongly remembers it)."""

    says: str = ""
    sureness: float = 0.0
    facts: tuple[tuple[str, bool], ...] = ()
    claims: tuple[Claim, ...] = ()


# Lines to choose from


def offer_lines(customer: Customer, sayings: Sequence[Saying], told: Iterable[FactTold], *, stream: str) -> tuple[OfferedLine, ...]:
    """The sayings in up to three wordings; the first is the one the engine itself would take. `customer` has the facts of `told`."""
    facts = tuple((fact.fact, fact.value) for fact in told)
    lines: list[OfferedLine] = []
    uses = dict(customer.uses)
    for number in range(LINES_OFFERED):
        said = bubbles(customer.but(uses=uses), tuple(sayings), f"{stream}:offer:{number}" if number else stream)
        uses |= {bubble.line: 1 + max(uses.values(), default=0) for bubble in said}
        line = OfferedLine(tuple((bubble.act, bubble.line, bubble.text) for bubble in said), facts, customer.rung)
        if line.parts and line.text(customer.language) not in {other.text(customer.language) for other in lines}:
            lines.append(line)
    return tuple(lines)


def take(customer: Customer) -> tuple[Event, ...]:
    """A trainer takes the seat, and is offered what the customer would say by themselves."""
    if customer.led.seated:
        return ()
    saying = agenda(customer, Understood((), frozenset(), ""), {})
    told = _told_by(customer, saying)
    lines = offer_lines(replay(customer, told), (saying,), told, stream=f"{customer.turn}:seat")
    return (DriverChanged(TRAINER), LinesOffered(lines))


def hand_back(customer: Customer) -> tuple[Event, ...]:
    """The engine speaks for the customer again. Where the trainee's last words got no answer, it answers them now."""
    if not customer.led.seated:
        return ()
    events: list[Event] = [DriverChanged(ENGINE)]
    if customer.led.offered and customer.turn and not customer.burst:
        line = customer.led.offered[0]
        events += _told_with(customer, line)
        events += _climbed_to(customer, line.rung)
        chance = Random(f"{customer.seed}:wording:{customer.turn}:back")
        events += paced(customer, line.parts, chance)
    return tuple(events)


# Words from the seat


def say(customer: Customer, text: str, reading: SeatReading) -> tuple[Event, ...]:
    """The trainer says `text` as the customer. A line that was offered, sent as it is, does exactly what it was offered for."""
    number = len(customer.led.lines) + 1
    line = next((line for line in customer.led.offered if line.text(customer.language) == text), None)
    if line:
        says = next((_SAYS_OF[act] for act, _, _ in reversed(line.parts) if act in _SAYS_OF), "")
        facts = tuple(fact for fact, _ in line.facts)
        parts = line.parts
        brought = [*_told_with(customer, line), *_climbed_to(customer, line.rung)]
        read = CustomerRead(number, text, says, 1.0, facts)
    else:
        parts = ((_act(reading.says, text), SEAT, text),)
        facts = tuple(fact for fact, _ in reading.facts)
        read = CustomerRead(number, text, reading.says, reading.sureness, facts, reading.claims)
        brought = [_fact_told(customer, fact, believed=believed) for fact, believed in reading.facts if fact not in customer.told]
    said = [
        CustomerSaid(words, key, act, customer.band, 0, part, len(parts), SEAT) for part, (act, key, words) in enumerate(parts, start=1)
    ]
    return (*said, read, *brought, *_brought_about(replay(customer, brought), read.says))


def understand(customer: Customer, number: int, says: str, facts: Sequence[str], claims: Sequence[Claim]) -> tuple[Event, ...]:
    """The trainer says what they meant with line `number`: what it did not bring about is taken back, what it did is added."""
    line = customer.led.lines.get(number)
    if line is None:
        raise KeyError(number)
    if (line.says, set(line.facts), set(line.claims)) == (says, set(facts), set(claims)):
        return ()
    events: list[Event] = [CustomerRead(number, line.text, says, 1.0, tuple(facts), tuple(claims))]
    gone = [*(fact for fact in line.facts if fact in line.told and fact not in facts)]
    if line.says != says and line.says == "demand" and "demand" in line.told:
        gone.append("demand")
    events += [TakenBack(fact) for fact in gone if fact in customer.told]
    if line.says != says:
        events += _undone(customer, line)
    undone = replay(customer, events)
    events += [_fact_told(undone, fact) for fact in facts if fact not in undone.told]
    if line.says != says:
        events += _brought_about(replay(customer, events), says)
    return tuple(events)


def _act(says: str, text: str) -> str:
    """The act of the customer that stands for what the words do."""
    if says == "question":
        return next((act for act, words in _ASKED if words.search(text)), SAYS[says])
    return SAYS.get(says, "prompt")


def _brought_about(customer: Customer, says: str) -> list[Event]:
    """What it changes that the customer demands, accepts, refuses or threatens."""
    led = customer.led
    match says:
        case "demand" if "demand" not in customer.told:
            return [_fact_told(customer, "demand")]
        case "acceptance" if led.last_offer and customer.accepted != led.last_offer:
            return [OfferWeighed(led.last_offer, "accepted", "dated" if customer.timeframes else "open")]
        case "acceptance" if not led.last_offer and not customer.settled and customer.has_done("explain_process.refusal_with_reason"):
            return [OfferWeighed("", "accepted", "refusal_explained")]
        case "refusal" if led.last_offer and not customer.accepted and customer.offers[led.last_offer] != "refused":
            return [OfferWeighed(led.last_offer, "refused", "not_wanted")]
    if says in RUNGS:
        return _climbed_to(customer, RUNGS[says][0])
    return []


def _undone(customer: Customer, line: SeatLine) -> list[Event]:
    """What takes back that a line accepted or threatened."""
    events: list[Event] = []
    if line.accepted and (customer.accepted or customer.settled):
        events.append(TakenBack(acceptance=True))
    if line.climbed_from is not None and line.climbed_from < customer.rung:
        events.append(Escalated(line.climbed_from))
    return events


def _climbed_to(customer: Customer, rung: int) -> list[Event]:
    return [Escalated(rung, ("", "manager", "outside", "outside")[rung])] if rung > customer.rung else []


def _told_by(customer: Customer, saying: Saying) -> list[FactTold]:
    return [_fact_told(customer, "demand")] if saying.act == "demand" and "demand" not in customer.told else []


def _told_with(customer: Customer, line: OfferedLine) -> list[FactTold]:
    return [FactTold(fact, fact in customer.led.asked, value) for fact, value in line.facts if customer.told.get(fact) != value]


def _fact_told(customer: Customer, fact: str, *, believed: bool | None = None) -> FactTold:
    """The fact, as told from the seat. `believed` says that it was told as the customer wrongly remembers it; None: as they would."""
    language, scenario = customer.language, customer.scenario
    if fact == "demand":
        return FactTold(fact, False, scenario.demands[0].text[language])
    if fact == "hidden_interest" and scenario.demands[0].hidden_interest:
        return FactTold(fact, False, scenario.demands[0].hidden_interest.text[language])
    known = scenario.facts[fact]
    wrongly = known.known == "misremembered" if believed is None else believed
    return FactTold(fact, fact in customer.led.asked, spoken(known, language, believed=wrongly))
