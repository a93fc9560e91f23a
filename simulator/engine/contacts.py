"""The contacts after the first: the written answer that the customer reads, and the call back.

It is the same customer, in the state in which they were left: what they were told, what they were promised and what they took stays.
"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.engine.acts import Reading
from simulator.engine.appraisal import satisfaction
from simulator.engine.customer import OUTCOME, respond
from simulator.engine.events import ContactEnded, ContactOpened, CustomerSaid, Event, SatisfactionTold, SessionEnded, TraineeSaid
from simulator.engine.state import Customer, apply, names_of, replay
from simulator.engine.wording import Saying, bubbles, can_say

ANSWER, FOLLOW_UP = "answer", "follow_up"


def answer(customer: Customer, channel: str, text: str, reading: Reading) -> tuple[Event, ...]:
    """The customer reads the answer `text` that came by `channel`, and reacts to it; then this contact is over."""
    opened = ContactOpened(ANSWER, channel)
    reader = apply(customer, opened)
    read = [event for event in respond(reader, TraineeSaid(text), reading) if not isinstance(event, SessionEnded)]
    if not any(isinstance(event, ContactEnded) for event in read):
        reader = replay(reader, read)
        read.append(ContactEnded(OUTCOME[reader.settled] if reader.settled else customer.outcome, satisfaction(reader)))
    return opened, *read


def call_back(customer: Customer, channel: str = "phone") -> tuple[Event, ...]:
    """The customer answers the call back; where the matter is not settled they remember what they were promised."""
    opened = ContactOpened(FOLLOW_UP, channel)
    called = apply(customer, opened)
    sayings = [Saying("answer_call")]
    quotes = [promise.quote for promise in called.promises if promise.quote]
    if quotes and not called.settled:
        reminder = Saying("promise_reminder", {"promise": quotes[-1]})
        sayings += [reminder] if can_say(called, reminder) else []
    return opened, *bubbles(called, tuple(sayings), f"{called.turn}:{FOLLOW_UP}")


def mark_of(satisfied: float) -> int:
    """The satisfaction of the engine (0 to 1) as the mark of a survey: 1 very dissatisfied to 5 very satisfied (D-13)."""
    return 1 + round(4 * min(1.0, max(0.0, satisfied)))


def with_mark(customer: Customer, events: Iterable[Event], reading: Reading) -> tuple[Event, ...]:
    """The events of a turn in the call back, with the mark where the trainee has asked how content the customer is."""
    events = tuple(events)
    if "follow_up" not in names_of(reading.acts) or not any(isinstance(event, TraineeSaid) for event in events):
        return events
    ended = next((event.satisfaction for event in events if isinstance(event, ContactEnded)), None)
    told = SatisfactionTold(mark_of(satisfaction(replay(customer, events)) if ended is None else ended))
    last = max((place for place, event in enumerate(events) if isinstance(event, CustomerSaid)), default=len(events) - 1)
    return *events[: last + 1], told, *events[last + 1 :]
