"""What a trainer can do to the customer from outside: move their mood by a step, or let something come up in the story."""

from __future__ import annotations

from simulator.engine.events import Cause, Event, FactTold, StateChanged
from simulator.engine.injects import Inject, injects_of
from simulator.engine.led_events import Injected, LinesOffered, Nudged
from simulator.engine.seat import offer_lines
from simulator.engine.state import Customer, apply, band_of, mood_of
from simulator.engine.wording import Saying, bubbles

STEP = 0.2
"""One step of the thermometer."""


def nudge(customer: Customer, nudged: Nudged) -> tuple[Event, ...]:
    """The customer one step calmer or angrier; nothing else of them moves."""
    up = nudged.mood == "angrier"
    return (nudged, _moved(customer, {"anger": STEP if up else -STEP}, "nudged"))


def inject(customer: Customer, injected: Injected) -> tuple[Event, ...]:
    """Something comes up: it moves the customer, and they speak of it. With a trainer in the seat the words are offered instead."""
    news = injects_of(customer.scenario).get(injected.inject) or injects_of(customer.scenario)["other"]
    told = Injected(injected.inject, injected.text or news.text[customer.language])
    events: list[Event] = [told, _moved(customer, news.moves, "injected")]
    after = customer
    for event in events:
        after = apply(after, event)
    saying = _saying(news, told)
    stream = f"{customer.turn}:inject:{len(customer.led.news)}"
    if not customer.led.seated:
        return (*events, *bubbles(after, (saying,), stream))
    nothing: tuple[FactTold, ...] = ()
    return (*events, LinesOffered(offer_lines(after, (saying,), nothing, stream=stream)))


def _saying(news: Inject, told: Injected) -> Saying:
    """The customer complains of the news in its own lines."""
    return Saying("vent", {"news": told.text.strip(" 。.，,！!？?；;")}, news.lines, f"inject.{news.id}")


def _moved(customer: Customer, moves: dict[str, float], rule: str) -> StateChanged:
    state = dict(customer.state)
    causes = []
    for variable, delta in moves.items():
        before = state[variable]
        state[variable] = round(min(1.0, max(0.0, before + delta)), 4)
        causes.append(Cause(variable, round(state[variable] - before, 4), rule))
    mood = mood_of(state["anger"])
    return StateChanged(customer.turn, state, mood, band_of(mood), tuple(causes))
