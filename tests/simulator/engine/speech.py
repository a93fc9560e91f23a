"""Words with their reading, marked by hand: `[empathy.react|anyone would be upset], [ask_details.closed amount|how much?]`.

Inside the brackets stand the act, then what it is about and its value where they matter (`give_timeframe other 5 wd`), then the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from simulator.engine.acts import Act, Reading
from simulator.engine.customer import Customer, apply, finish, open_role_play, replay, respond
from simulator.engine.events import (
    ContactEnded,
    CustomerSaid,
    Escalated,
    Event,
    FactTold,
    OfferWeighed,
    Overlapped,
    PromiseBroken,
    PromiseMade,
    StateChanged,
    TimePassed,
    TraineeSaid,
)
from simulator.engine.scenario import Scenario

MARK = re.compile(r"\[([a-z_.]+)(?: ([a-z_]+))?(?: ([^|\]]+))?\|([^\]]+)\]")


def heard(marked: str) -> tuple[str, Reading]:
    """The bare words and their reading."""
    text, acts, position = "", [], 0
    for mark in MARK.finditer(marked):
        text += marked[position : mark.start()]
        code, _, kind = mark[1].partition(".")
        about = mark[2] if mark[2] != "-" else None
        acts.append(Act(code, len(text), len(text) + len(mark[4]), kind or None, about, mark[3]))
        text += mark[4]
        position = mark.end()
    return text + marked[position:], Reading(tuple(acts))


def answer(customer: Customer, marked: str) -> tuple[Event, ...]:
    """What the customer makes of the marked words."""
    text, reading = heard(marked)
    return respond(customer, TraineeSaid(text), reading)


def begin(scenario: Scenario, language: str = "en", level: int = 3, seed: int = 7) -> tuple[Customer, list[Event]]:
    events = list(open_role_play(scenario, language=language, level=level, seed=seed))
    return replay(Customer.new(scenario, language, level, seed), events), events


def play(scenario: Scenario, turns: Iterable[str], language: str = "en", level: int = 3, seed: int = 7) -> tuple[Customer, list[Event]]:
    """A role-play through the turns or to its end: the customer afterwards and all events."""
    customer, log = begin(scenario, language, level, seed)
    for marked in turns:
        new = answer(customer, marked)
        customer, log = replay(customer, new), log + list(new)
        if customer.ended:
            break
    return customer, log


def acts_said(events: Iterable[Event]) -> list[str]:
    """What the customer did with words."""
    return [event.act for event in events if isinstance(event, CustomerSaid)]


def facts_told(events: Iterable[Event]) -> list[str]:
    return [event.fact for event in events if isinstance(event, FactTold)]


def written(marked: list[str], scenario: Scenario, language: str, level: int, seed: int) -> str:
    """The role-play as a text that a trainer can read."""
    customer, log = begin(scenario, language, level, seed)
    lines = [f"# {scenario.slug} {language} level {level} seed {seed}", *_told(log)]
    for turn in marked:
        lines += ["", f"T: {turn}"]
        command = re.match(r"\((\d+) seconds pass\)|\(writes while (\d+) on the way\)|\(finishes\)", turn)
        if command and command[1]:
            new = respond(customer, TimePassed(int(command[1])))
        elif command and command[2]:
            new = respond(customer, Overlapped(int(command[2])))
        elif command:
            new = finish(customer, by="trainee")
        else:
            new = answer(customer, turn)
        for event in new:
            customer = apply(customer, event)
        lines += _told(new)
    return "\n".join(lines) + "\n"


def _told(events: Iterable[Event]) -> list[str]:
    lines = []
    for event in events:
        match event:
            case StateChanged(_, state, _, band, causes):
                rules = sorted({cause.rule for cause in causes} - {"time_wears"})
                lines.append(f"   ({band}: anger {state['anger']:.2f}, trust {state['trust']:.2f}, patience {state['patience']:.2f})")
                if rules:
                    lines.append(f"   because of {', '.join(rules)}")
            case CustomerSaid(text, _, act):
                lines.append(f"C: {text}   [{act}]")
            case FactTold(fact, elicited, value):
                lines.append(f"   tells {fact} = {value}{'' if elicited else ' (unasked)'}")
            case OfferWeighed(offer, outcome, why):
                lines.append(f"   weighs {offer or 'the refusal'}: {outcome}, {why}")
            case PromiseMade(_, _, due, quote):
                lines.append(f"   remembers the promise {quote!r}{', due ' + due if due else ''}")
            case PromiseBroken(what):
                lines.append(f"   holds {what} to be broken")
            case Escalated(rung):
                lines.append(f"   climbs to rung {rung}")
            case Overlapped(unsent, dropped):
                lines.append(f"   {unsent} unsent, {dropped} dropped")
            case ContactEnded(outcome, satisfaction):
                lines.append(f"   ends: {outcome}, satisfaction {satisfaction:.2f}")
    return lines
