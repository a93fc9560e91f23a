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
HABITS = ("feel", "sorry", "own", "ask", "confirm", "record", "process", "time", "contact", "refuse", "redress", "satisfied")
POLICIES = ("exemplary", "mediocre", "solution_first", "soothe_only", "scripted_generic", "hostile", "silent")
QUESTIONS = ("ask_what", "ask_when", "ask_who", "ask_why", "ask_why_not", "ask_routes")
# What the customer says where the handler thought that it was done.
UNSETTLED = frozenset(["ask_what", "ask_when", "satisfied_no", "close_unsettled", "counter_offer", "refuse_offer", "clarify"])
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
        self.asked_last = ""
        self.accepted = False
        self.refused: set[str] = set()
        self.offered: Offer | None = None
        self.staff = str(chance.randint(1001, 1099))
        self.number = f"TS{chance.randint(20000, 99999)}"
        self.way_of_the_average = _average(chance)

    # --- listening

    def hear(self, events: tuple[Event, ...]) -> None:
        """Take in what the customer said; a handler hears words, not feelings."""
        self.last_acts = tuple(event.act for event in events if isinstance(event, CustomerSaid))
        self.asked_last = next((act for act in reversed(self.last_acts) if act in QUESTIONS), self.asked_last)
        for event in events:
            if isinstance(event, FactTold):
                self.told[event.fact] = event.value
            elif isinstance(event, OfferWeighed) and event.offer:
                if event.answer == "accepted":
                    self.accepted = True
                elif event.answer in ("refused", "countered") and event.why != "no_reason":
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
        habit = move.partition("_")[0]
        if move in self.lacks or (habit in self.lacks and habit != "ask"):
            return ""
        return self.fill(self.pick(self.lines["good"][move]), **slots)

    def once(self, move: str, **slots: str) -> str:
        """The same, but nothing where it was said before."""
        return "" if move in self.done else self.line(move, **slots)

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
        if "ask_routes" in acts:
            return self.line("redress")
        if self.accepted and "do" not in self.done:
            return self.together(self.do(), self.once("redress"))
        if "do" in self.done:
            return self.again() if not self.accepted and set(acts) & UNSETTLED else self.close()
        answer = self.answer()
        if "sorry" not in self.done:
            urgent = self.once("own") if self.scenario.urgency == "urgent" else ""
            return self.together(answer or self.feel(), self.line("sorry"), urgent, self.question() or "")
        if "not_heard" in acts or any(act.startswith("escalate") for act in acts):
            return self.together(self.feel(), self.line("own" if "own" not in self.done else "invite"))
        if answer:
            return self.together(answer, self.question() or "") if self.chance.random() < 0.5 and not self.has_asked_enough() else answer
        if "vent" in acts and self.chance.random() < 0.6:
            return self.together(self.feel(), self.once("own"))
        question = self.question()
        if question and not self.has_asked_enough():
            return self.together(question, self.question() or "") if self.chance.random() < 0.3 else question
        if "confirm" not in self.done and self.facts():
            return self.line("confirm", facts=self.facts())
        if "record" not in self.done:
            return self.together(self.line("record"), self.once("process"), self.once("time"), self.once("contact"))
        if self.offered is None or (self.offered.id in self.refused and self.next_offer() is not None):
            return self.together(self.refusal(), self.offer())
        return self.together(self.do(), self.once("redress"))

    def has_asked_enough(self) -> bool:
        """Where time presses, or they ask for somebody else already, a few questions are enough."""
        presses = self.scenario.urgency == "urgent" or any(act.startswith("escalate") for act in self.last_acts)
        return len([move for move in self.done if move.startswith("ask_")]) >= (3 if presses else 6)

    def feel(self) -> str:
        """A feeling named with its cause: now and then in the customer's own words."""
        said = self.fact_said()
        if said and "feel_said" not in self.done and self.chance.random() < 0.6:
            return self.line("feel_said", said=said)
        return self.line("feel")

    def answer(self) -> str:
        """The answer to what the customer has just asked; nothing where they asked nothing, or where it is too early to know."""
        acts = self.last_acts
        asked = self.asked_last if "re_ask" in acts else next((act for act in acts if act in QUESTIONS), "")
        sorry = self.line("back") if "re_ask" in acts else ""
        match asked:
            case "ask_when":
                return self.together(sorry, self.once("record"), self.once("process"), self.line("time"))
            case "ask_who":
                return self.together(sorry, self.once("own"), self.line("contact"))
            case "ask_why":
                return self.together(sorry, self.line("why"))
            case "ask_why_not":
                return self.together(sorry, self.refusal())
            case "ask_what" if "own" not in self.done:
                return self.together(sorry, self.line("own"), self.once("process"))
        return self.line("trust") if "withhold" in acts and "trust" not in self.done else ""

    def question(self) -> str | None:
        """A question about something not told yet and not on the bank's screen, what happened before the rest."""
        if "ask" in self.lacks and any(move.startswith("ask_") for move in self.done):
            return None
        known = {self.scenario.facts[fact].about for fact in self.told if fact in self.scenario.facts}
        known |= {topic for section in self.scenario.record.values() for topic in section.knows}
        if "demand" in self.told:
            known.add("demand")
        if not self.scenario.monetary:
            known.add("amount")
        order = ("occurred_at", "place", "target", "amount", "earlier_contact", "evidence", "reason", "demand", "feeling", "contact")
        for topic in order:
            if topic not in known and f"ask_{topic}" not in self.done:
                return self.line(f"ask_{topic}")
        return None

    def facts(self) -> str:
        """What was told last, to be said back; what the customer wants is no fact."""
        values = [value for fact, value in self.told.items() if value and fact in self.scenario.facts]
        return ("，" if self.language == "zh-hans" else ", ").join(values[-4:])

    def fact_said(self) -> str:
        """The last thing told that can be quoted as it is: some words, no bare figure."""
        least, facts = (6, self.scenario.facts) if self.language == "zh-hans" else (16, self.scenario.facts)
        told = [value for fact, value in self.told.items() if fact in facts and len(value) >= least and not facts[fact].volunteered]
        return told[-1] if told else ""

    def next_offer(self) -> Offer | None:
        """The best way out not refused yet: what settles the matter within one's own authority first."""
        worth = {"full": 0, "partial": 1, "no": 2}
        offers = [offer for offer in self.scenario.offers.values() if offer.id not in self.refused and offer.answers_demand != "no"]
        return min(offers, key=lambda offer: (worth[offer.answers_demand], offer.authority != "handler", offer.id), default=None)

    def must_refuse(self) -> bool:
        """Is there no way out that gives the customer all they ask?"""
        return all(offer.answers_demand != "full" for offer in self.scenario.offers.values())

    def refusal(self) -> str:
        """Why the demand cannot be met, once, where it cannot."""
        if not self.must_refuse() or "refuse" in self.done:
            return ""
        in_their_words = "refuse_said" in self.lines["good"] and "demand" in self.told and self.chance.random() < 0.4
        move = "refuse_said" if in_their_words else "refuse"
        self.done.add("refuse")
        return self.line(move, demand=self.told.get("demand", ""))

    def offer(self) -> str:
        self.offered = self.next_offer() or next(iter(self.scenario.offers.values()))
        if self.offered.authority != "handler":
            return self.line("apply", way=self.way(self.offered))
        return self.line("offer", way=self.way(self.offered))

    def do(self, lines: Mapping[str, list[str]] | None = None) -> str:
        lines = lines or self.lines["good"]
        offer = self.offered or self.next_offer() or next(iter(self.scenario.offers.values()))
        self.done.add("do")
        return self.fill(self.pick(lines["do" if offer.authority == "handler" or "apply" not in lines else "apply"]), way=self.way(offer))

    def again(self) -> str:
        """What was done has not reached the customer: said once more in other words, or the next way out."""
        if "again" in self.done:
            self.offered = self.next_offer() or self.offered
        self.done.add("again")
        return self.do()

    def close(self) -> str:
        if "satisfied" not in self.done:
            return self.line("satisfied")
        if "thanks" not in self.done:
            return self.line("thanks")
        return self.line("bye")

    def fair(self, turn: int) -> str:
        """The next words of an average handler: polite, empty, a little late, now and then to the point."""
        lines = self.lines["fair"]
        if turn == 0:
            return self.fill(self.pick(lines["greet"]))
        if "do" in self.done:
            return self.fill(self.pick(lines["bye"]))
        if self.accepted and self.offered is not None:
            return self.do(lines)
        if "ask_when" in self.last_acts and "fair_time" not in self.done:
            self.done.add("fair_time")
            return self.fill(self.pick(lines["time"]))
        if any(act.startswith("escalate") for act in self.last_acts) and "fair_record" not in self.done:
            self.done.add("fair_record")
            return self.together(self.fill(self.pick(lines["soothe"])), self.fill(self.pick(lines["record"])))
        step = self.way_of_the_average[turn - 1] if turn <= len(self.way_of_the_average) else "offer"
        if step == "offer":
            return self._fair_offer(lines)
        if step == "say_back" and not self.facts():
            step = "ask"
        said = next(reversed([value for fact, value in self.told.items() if fact in self.scenario.facts]), "")
        return self.fill(self.pick(lines[step]), said=said)

    def _fair_offer(self, lines: Mapping[str, list[str]]) -> str:
        if self.must_refuse() and "refuse" not in self.done:
            self.done.add("refuse")
            return self.fill(self.pick(lines["refuse"]))
        if self.offered is not None and self.chance.random() < 0.4:
            return self.fill(self.pick(lines["vague"]))
        self.offered = self.next_offer() or next(iter(self.scenario.offers.values()))
        move = "offer" if self.offered.authority == "handler" else "apply"
        return self.fill(self.pick(lines[move]), way=self.way(self.offered))

    def solution_first(self) -> str:
        """Straight to the solution, again and again, without listening."""
        lines = self.lines["solution"]
        if "do" in self.done:
            return self.fill(self.pick(lines["bye"]))
        if self.accepted:
            return self.do(lines)
        self.offered = self.next_offer() or next(iter(self.scenario.offers.values()))
        return self.fill(self.pick(lines["offer"]), way=self.way(self.offered))

    def scripted(self, turn: int) -> str:
        """Off a card: a welcome, set phrases, and the goodbye at its bottom."""
        card = self.lines["script"]
        return self.fill(self.pick(card["welcome"] if turn == 0 else card["phrases"] if turn < 8 else card["goodbye"]))

    def from_pool(self, name: str) -> str:
        return self.fill(self.pick(self.lines[name]))


def _average(chance: Random) -> tuple[str, ...]:
    """In which order an average handler gets to things: about the same as the others, never quite; and three things are forgotten."""
    steps = ["soothe", "known", "ask", "filler", "ask", "record", "vague", "say_back", "time"]
    for place in chance.sample([number for number, step in enumerate(steps) if step in ("ask", "record", "say_back", "time")], 3):
        steps[place] = chance.choice(["filler", "vague", "soothe"])
    for place in chance.sample(range(len(steps) - 1), 3):
        steps[place], steps[place + 1] = steps[place + 1], steps[place]
    return tuple(steps)


def next_words(handler: Handler, policy: str, turn: int, skill: float | None) -> str:
    """What `policy` says in turn `turn` (from 0). With `skill` (0–1) the handler errs as often as that leaves room for."""
    return _words(handler, policy, turn, skill) or handler.fair(turn)


def _words(handler: Handler, policy: str, turn: int, skill: float | None) -> str:
    """The same; empty where the handler would have done what they have not learnt."""
    if skill is not None and handler.chance.random() > skill:
        slip = handler.chance.random()
        if slip < 0.42:
            return handler.fair(turn)
        if slip < 0.72:
            return handler.scripted(turn)
        return handler.from_pool("soothe" if slip < 0.94 else "hostile")
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
            return handler.scripted(turn)
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
    chance = Random(f"{seed}:handler:{policy}:{scenario.slug}")
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
