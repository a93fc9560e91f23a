"""Handlers made of words, for `rehearse` and the demo bank.

A policy decides what a handler does next and says it in a line of its pool; the line goes through the reader like anybody's
words. `exemplary` knows only what a handler can know: what the customer has said, the bank's record and what may be offered. Pure Python;
the same seed gives the same conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from simulator import nlu
from simulator.engine.customer import finish, open_role_play, respond
from simulator.engine.events import ActsRead, ContactEnded, CustomerSaid, Event, FactTold, OfferWeighed, TimePassed, TraineeSaid
from simulator.engine.scenario import Offer, Scenario
from simulator.engine.state import Customer, replay

# What a careful handler has made a habit of; beginners leave out what they have not learnt yet.
HABITS = ("feel", "sorry", "own", "ask", "confirm", "record", "process", "time", "contact", "redress", "satisfied")
POLICIES = ("exemplary", "mediocre", "solution_first", "soothe_only", "scripted_generic", "hostile", "silent")
MAX_TURNS = 24
FOLDER = Path(__file__).resolve().parent


@cache
def pool(language: str) -> dict[str, Any]:
    """The lines of one language."""
    return yaml.safe_load((FOLDER / f"lines-{language}.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Step:
    """What happened at one moment, `at_s` seconds after the role-play was opened."""

    at_s: float
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class PlayedSession:
    """A whole role-play. `outcome` is empty where the handler gave up before the end; `satisfaction` runs from 0 to 1."""

    scenario: Scenario
    policy: str
    language: str
    level: int
    seed: int
    steps: tuple[Step, ...]
    customer: Customer
    outcome: str
    satisfaction: float

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(event for step in self.steps for event in step.events)

    @property
    def turns(self) -> int:
        return sum(isinstance(event, TraineeSaid) for event in self.events)


class Handler:
    """What one handler knows and has done so far, and the choice of their next words."""

    def __init__(self, scenario: Scenario, language: str, salutation: str, chance: Random, *, lacks: frozenset[str] = frozenset()) -> None:
        self.scenario = scenario
        self.language = language
        self.salutation = salutation
        self.lines = pool(language)
        self.chance = chance
        self.lacks = lacks
        self.done: set[str] = set()
        self.said: set[str] = set()
        self.told: dict[str, str] = {}
        self.last_acts: tuple[str, ...] = ()
        self.accepted = False
        self.refused: set[str] = set()
        self.offered: Offer | None = None
        self.staff = str(chance.randint(1001, 1099))
        self.number = f"TS{chance.randint(20000, 99999)}"

    # --- listening

    def hear(self, events: tuple[Event, ...]) -> None:
        """Take in what the customer said; a handler hears words, not feelings."""
        self.last_acts = tuple(event.act for event in events if isinstance(event, CustomerSaid))
        for event in events:
            if isinstance(event, FactTold):
                self.told[event.fact] = event.value
            elif isinstance(event, OfferWeighed) and event.offer:
                if event.answer == "accepted":
                    self.accepted = True
                elif event.answer in ("refused", "countered"):
                    self.refused.add(event.offer)

    # --- speaking

    def pick(self, lines: list[str]) -> str:
        """A line that has not been said yet, while there is one."""
        fresh = [line for line in lines if line not in self.said] or lines
        line = self.chance.choice(fresh)
        self.said.add(line)
        return line

    def line(self, move: str, **slots: str) -> str:
        """The next line of `move`; nothing where the handler has no such habit."""
        self.done.add(move)
        if move in self.lacks:
            return ""
        return self.fill(self.pick(self.lines["good"][move]), **slots)

    def fill(self, line: str, **slots: str) -> str:
        values = {"staff": self.staff, "number": self.number, "salutation": self.salutation, "limit": self.limit(), **slots}
        return line.format(**values)

    def limit(self) -> str:
        """The time a handler names: three working days, which keeps every limit of the rules."""
        return "3个工作日" if self.language == "zh-hans" else "3 working days"

    def together(self, *lines: str) -> str:
        return ("" if self.language == "zh-hans" else " ").join(filter(None, lines))

    def way(self, offer: Offer) -> str:
        return offer.what[self.language]

    # --- what to do next

    def good(self) -> str:
        """The next step of a careful handler: hear them out, feel with them, ask, say back, tell what happens, solve, ask again."""
        acts = self.last_acts
        if "greet" not in self.done:
            return self.together(self.line("greet"), self.line("feel")) if acts else self.line("greet")
        if self.accepted and "do" not in self.done:
            return self.together(self.do(), self.line("redress"))
        if any(act in acts for act in ("ask_when",)) and self.offered is None:
            return self.together(self.line("record"), self.line("process"), self.line("time"))
        if "ask_who" in acts:
            return self.together(self.line("own"), self.line("contact"))
        if "do" in self.done:
            return self.close()
        if "sorry" not in self.done:
            question = self.question()
            return self.together(self.line("feel"), self.line("sorry"), question) if question else self.line("sorry")
        if "not_heard" in acts or ("vent" in acts and self.chance.random() < 0.6):
            return self.together(self.line("feel"), self.line("own"))
        question = self.question()
        if question and len([move for move in self.done if move.startswith("ask_")]) < 6:
            return self.together(question, self.question() or "") if self.chance.random() < 0.3 else question
        if "confirm" not in self.done and self.told:
            return self.line("confirm", facts=self.facts())
        if "record" not in self.done:
            return self.together(self.line("record"), self.line("process"), self.line("time"), self.line("contact"))
        if self.offered is None or (self.offered.id in self.refused and self.next_offer() is not None):
            return self.offer()
        if "do" not in self.done:
            return self.together(self.do(), self.line("redress"))
        return self.close()

    def question(self) -> str | None:
        """A question about something not told yet and not on the bank's screen, what happened before the rest."""
        if "ask" in self.lacks and any(move.startswith("ask_") for move in self.done):
            return None
        known = {self.scenario.facts[fact].about for fact in self.told if fact in self.scenario.facts}
        known |= {topic for section in self.scenario.record.values() for topic in section.knows}
        order = ("occurred_at", "place", "target", "amount", "earlier_contact", "evidence", "reason", "demand", "feeling", "contact")
        for topic in order:
            if topic not in known and f"ask_{topic}" not in self.done:
                return self.line(f"ask_{topic}")
        return None

    def facts(self) -> str:
        values = [value for value in self.told.values() if value]
        return ("，" if self.language == "zh-hans" else ", ").join(values[-4:])

    def next_offer(self) -> Offer | None:
        """The best way out not refused yet: what settles the matter within one's own authority first."""
        worth = {"full": 0, "partial": 1, "no": 2}
        offers = [offer for offer in self.scenario.offers.values() if offer.id not in self.refused and offer.answers_demand != "no"]
        return min(offers, key=lambda offer: (worth[offer.answers_demand], offer.authority != "handler", offer.id), default=None)

    def offer(self) -> str:
        self.offered = self.next_offer() or next(iter(self.scenario.offers.values()))
        if self.offered.authority != "handler":
            return self.line("apply", way=self.way(self.offered))
        return self.line("offer", way=self.way(self.offered))

    def do(self) -> str:
        offer = self.offered or self.next_offer() or next(iter(self.scenario.offers.values()))
        if offer.authority != "handler":
            self.done.add("do")
            return self.line("apply", way=self.way(offer))
        return self.line("do", way=self.way(offer))

    def close(self) -> str:
        if "satisfied" not in self.done:
            return self.line("satisfied")
        if "thanks" not in self.done:
            return self.line("thanks")
        return self.line("bye")

    def fair(self, turn: int) -> str:
        """The next words of an average handler: polite, empty, a little late, now and then to the point."""
        if turn >= 7 and self.offered is None:
            return self.offer()
        if turn >= 9 and "do" not in self.done:
            return self.do()
        return self.fill(self.pick(self.lines["fair"][:1] if turn == 0 else self.lines["fair"][1:]))

    def solution_first(self) -> str:
        """Straight to the solution, again and again, without listening."""
        if self.accepted and "do" not in self.done:
            return self.do()
        if "do" in self.done:
            return self.close()
        return self.offer()

    def from_pool(self, name: str) -> str:
        return self.fill(self.pick(self.lines[name]))


def next_words(handler: Handler, policy: str, turn: int, skill: float | None) -> str:
    """What `policy` says in turn `turn` (from 0). With `skill` (0–1) the handler errs as often as that leaves room for."""
    return _words(handler, policy, turn, skill) or handler.fair(turn)


def _words(handler: Handler, policy: str, turn: int, skill: float | None) -> str:
    """The same; empty where the handler would have done what they have not learnt."""
    if skill is not None and handler.chance.random() > skill:
        slip = handler.chance.random()
        if slip < 0.72:
            return handler.fair(turn)
        return handler.from_pool("soothe" if slip < 0.87 else "script" if slip < 0.97 else "hostile")
    match policy:
        case "exemplary":
            return handler.good()
        case "mediocre":
            return handler.fair(turn)
        case "solution_first":
            return handler.solution_first()
        case "soothe_only":
            return handler.from_pool("soothe")
        case "scripted_generic":
            return handler.from_pool("script")
        case "hostile":
            return handler.from_pool("hostile")
        case "silent":
            return handler.from_pool("silent")
    raise ValueError(f"There is no policy {policy!r}; there are {', '.join(POLICIES)}.")


def context_of(customer: Customer, heard: tuple[str, ...]) -> nlu.Context:
    """What the reader may know: the customer's last words and what they have told."""
    known = {customer.scenario.facts[fact].about: str(value) for fact, value in customer.told.items() if fact in customer.scenario.facts}
    return nlu.Context(customer=" ".join(heard), known=known)


def play(
    scenario: Scenario,
    policy: str,
    *,
    language: str,
    level: int,
    seed: int,
    skill: float | None = None,
    lacks: frozenset[str] = frozenset(),
    stop_after: int | None = None,
) -> PlayedSession:
    """Play `scenario` from the first word to its end with `policy`, or let go after `stop_after` turns.

    `lacks` names the `HABITS` that the handler does not have yet.
    """
    if policy not in POLICIES:
        raise ValueError(f"There is no policy {policy!r}; there are {', '.join(POLICIES)}.")
    scenario = scenario.for_seed(seed)
    chance = Random(f"{seed}:handler:{policy}")
    start = Customer.new(scenario, language, level, seed)
    handler = Handler(scenario, language, start.persona.salutation, chance, lacks=lacks)
    opening = open_role_play(scenario, language=language, level=level, seed=seed)
    customer, at_s = replay(start, opening), 0.0
    steps = [Step(at_s, opening)]
    heard = opening
    for turn in range(MAX_TURNS):
        if customer.ended or turn == stop_after:
            break
        handler.hear(heard)
        if policy == "silent" and turn % 2:
            at_s += 60.0
            heard = respond(customer, TimePassed(60))
        else:
            text = next_words(handler, policy, turn, skill)
            at_s += pause(heard, text, language, chance)
            words = tuple(event.text for event in heard if isinstance(event, CustomerSaid))
            reading = nlu.read(text, context_of(customer, words), language)
            heard = respond(customer, TraineeSaid(text), reading)
        customer = replay(customer, heard)
        steps.append(Step(round(at_s, 1), heard))
    if not customer.ended and stop_after is None:
        ending = finish(customer, by="trainee")
        customer = replay(customer, ending)
        steps.append(Step(round(at_s + 5.0, 1), ending))
    ended = next((event for step in steps for event in step.events if isinstance(event, ContactEnded)), None)
    return PlayedSession(
        scenario=scenario,
        policy=policy,
        language=language,
        level=level,
        seed=seed,
        steps=tuple(steps),
        customer=customer,
        outcome=ended.outcome if ended else "",
        satisfaction=ended.satisfaction if ended else 0.0,
    )


SECONDS_A_CHARACTER = {"zh-hans": (0.12, 0.42), "en": (0.05, 0.18)}


def pause(heard: tuple[Event, ...], text: str, language: str, chance: Random) -> float:
    """Seconds until an answer is sent: the bubbles arrive, are read, the answer is thought of and typed."""
    reading, typing = SECONDS_A_CHARACTER[language]
    bubbles = [event for event in heard if isinstance(event, CustomerSaid)]
    arrived = max((event.due_ms for event in bubbles), default=0) / 1000
    read = sum(len(event.text) for event in bubbles) * reading
    return arrived + read + chance.uniform(2, 9) + len(text) * typing * chance.uniform(0.7, 1.4)


def said(session: PlayedSession) -> list[Mapping[str, Any]]:
    """The conversation as rows for people and for `rehearse --transcript`: who, what, and the acts read in it."""
    rows: list[dict[str, Any]] = []
    for step in session.steps:
        for event in step.events:
            if isinstance(event, TraineeSaid):
                rows.append({"speaker": "trainee", "text": event.text, "at_s": step.at_s})
            elif isinstance(event, ActsRead) and rows:
                rows[-1]["acts"] = [act.name for act in event.acts]
            elif isinstance(event, CustomerSaid):
                rows.append({"speaker": "customer", "text": event.text, "at_s": step.at_s, "act": event.act, "band": event.band})
    return rows
