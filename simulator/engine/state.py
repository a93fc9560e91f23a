"""The customer between two turns, and the one way it changes: `apply` folds an event into it.

Nothing is kept besides what the events say, so `replay` of a log gives the very state the customer had.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from random import Random
from typing import Any

from simulator.engine.acts import NEGATIVE, Act
from simulator.engine.events import (
    ActsRead,
    ContactEnded,
    ContactOpened,
    CustomerSaid,
    Escalated,
    Event,
    FactTold,
    OfferWeighed,
    Overlapped,
    PromiseBroken,
    PromiseMade,
    SessionEnded,
    StateChanged,
    TimePassed,
    TraineeSaid,
)
from simulator.engine.led import Led, after
from simulator.engine.led_events import TakenBack
from simulator.engine.rules import Rules, shipped_rules
from simulator.engine.scenario import Persona, Scenario

HOLLOW = ("empathy.generic", "apology.generic", "apology")
EMPTY_HANDED = frozenset(["greeting", "thank", "active_listening", "self_intro", "closing"])
# What settles a question of the customer: any of these acts.
ANSWERS: dict[str, frozenset[str]] = {
    "ask_when": frozenset(["give_timeframe", "take_action.own"]),
    "ask_who": frozenset(["give_contact", "self_intro"]),
    "ask_what": frozenset(["offer_solution", "take_action", "explain_process"]),
    "ask_why": frozenset(["explain_process", "apology.specific"]),
    "ask_why_not": frozenset(["explain_process.refusal_with_reason"]),
    "ask_routes": frozenset(["explain_process.redress"]),
}
SETTLED = ("done", "dated", "refusal_explained")


def mood_of(anger: float) -> int:
    """The thermometer's step: 1 calm to 5 furious."""
    return 1 + sum(anger >= step for step in (0.2, 0.4, 0.6, 0.8))


def band_of(mood: int) -> str:
    return ("calm", "uneasy", "uneasy", "angry", "furious")[mood - 1]


@dataclass(frozen=True)
class Customer:
    """Everything the customer feels, knows and remembers.

    `state` holds the variables of the rule set, `temper` the named vector of the level as the case and the persona shape it.
    `told` maps a fact to what was told of it, `questions` an unanswered question to the turn it was asked in, `uses` a line to
    when it was last said, `done` an act to the number of turns it was done in.
    """

    scenario: Scenario
    language: str
    level: int
    seed: int
    rules: Rules = field(repr=False)
    persona: Persona
    temper: Mapping[str, float]
    state: Mapping[str, float]
    mood: int
    band: str
    turn: int = 0
    told: Mapping[str, str] = field(default_factory=dict)
    hinted: frozenset[str] = frozenset()
    corrected: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    done: Mapping[str, int] = field(default_factory=dict)
    hollow: int = 0
    questions: Mapping[str, int] = field(default_factory=dict)
    timeframes: tuple[tuple[int, str, str], ...] = ()
    promises: tuple[PromiseMade, ...] = ()
    offers: Mapping[str, str] = field(default_factory=dict)
    accepted: str | None = None
    settled: str | None = None
    settled_turn: int = 0
    goodbyes: int = 0
    rung: int = 0
    improving: int = 0
    check_ins: int = 0
    cut_off: bool = False
    uses: Mapping[str, int] = field(default_factory=dict)
    burst: tuple[CustomerSaid, ...] = ()
    before_contact: int = 0  # turns said before the contact under way began
    ended: bool = False
    outcome: str = ""
    satisfaction: float = 0.0
    led: Led = Led()

    @classmethod
    def new(cls, scenario: Scenario, language: str, level: int, seed: int, rules: Rules | None = None) -> Customer:
        """The customer before the first word. The seed picks the persona and shades the level a little."""
        rules = rules or shipped_rules()
        scenario = scenario.for_seed(seed)
        people = scenario.persona[language]
        persona = people[Random(f"{seed}:persona").randrange(len(people))]
        temper = {**rules.levels[level], **scenario.levels.get(level, {})}
        for added in (rules.styles[persona.style], rules.urgency[urgency_of(scenario)]):
            for name, more in added.items():
                temper[name] += more
        chance = Random(f"{seed}:dynamics:0")
        state = dict.fromkeys(("gratitude", "j_dist", "j_inter", "j_proc", "heard", "certainty"), 0.0) | {"motive": 0.5}
        for name in ("anger", "anxiety", "trust", "patience", "face"):
            state[name] = round(min(1.0, max(0.0, temper[name] + chance.uniform(-0.03, 0.03))), 4)
        temper["anger"] = state["anger"]
        mood = mood_of(state["anger"])
        return cls(
            scenario=scenario,
            language=language,
            level=level,
            seed=seed,
            rules=rules,
            persona=persona,
            temper=temper,
            state=state,
            mood=mood,
            band=band_of(mood),
        )

    def but(self, **changes: Any) -> Customer:
        """The same customer with other values of some fields: `dataclasses.replace` in a tenth of its time, ten times a turn."""
        after = object.__new__(Customer)
        after.__dict__.update(self.__dict__, **changes)
        return after

    @property
    def last_turn(self) -> int:
        """The turn after which the customer stays no longer; turns in which a trainer spoke for them do not count."""
        return self.before_contact + int(self.temper["max_turns"]) + self.led.turns

    def pressure(self, state: Mapping[str, float] | None = None) -> float:
        """How close the customer is to climbing the ladder."""
        at, weight = state or self.state, self.rules.escalation
        return (
            weight["anger"] * at["anger"]
            + weight["distrust"] * (1 - at["trust"])
            + weight["impatience"] * (1 - at["patience"])
            + weight["power"] * self.temper["power"]
            + weight["motive"] * (0.5 - at["motive"])
        )

    def has_done(self, *names: str) -> bool:
        """Has the trainee done one of these acts in any turn so far?"""
        return any(self.done.get(name) for name in names)


def urgency_of(scenario: Scenario) -> str:
    """How urgent the case is for the customer: as it is rightly classified."""
    return scenario.truth.classification["urgency"]


def credited(reading: ActsRead) -> tuple[Act, ...]:
    """The acts that count: words in a row earn nothing, an offence stays one."""
    return tuple(act for act in reading.acts if act.code in NEGATIVE) if reading.gaming else reading.acts


def names_of(acts: Iterable[Act]) -> frozenset[str]:
    """Names and codes of the acts."""
    return frozenset(name for act in acts for name in (act.name, act.code))


def is_hollow(names: frozenset[str]) -> bool:
    """Soothing that fits any case, and nothing beside it."""
    codes = {name for name in names if "." not in name}
    return bool(names & set(HOLLOW)) and not names & {"apology.specific"} and codes <= EMPTY_HANDED | {"empathy", "apology"} and not (
        names & {"empathy.react", "empathy.interpret", "empathy.explore"} or ("empathy" in names and "empathy.generic" not in names)
    )  # fmt: skip


def apply(customer: Customer, event: Event) -> Customer:
    """The customer after the event."""
    led = after(customer.led, event, customer.rung)
    changed = _apply(customer, event)
    return changed if led is customer.led else changed.but(led=led)


def _apply(customer: Customer, event: Event) -> Customer:
    match event:
        case TraineeSaid(text):
            return customer.but(texts=(*customer.texts, text), turn=customer.turn + 1, check_ins=0, burst=())
        case ActsRead():
            return _after_reading(customer, event)
        case StateChanged(_, state, mood, band):
            calmer = customer.pressure(state) < customer.pressure()
            return customer.but(state=state, mood=mood, band=band, improving=customer.improving + 1 if calmer else 0)
        case CustomerSaid(_, line, act):
            questions = customer.questions
            if act in ANSWERS:
                questions = {**questions, act: customer.turn}
            return customer.but(
                questions=questions,
                uses={**customer.uses, line: 1 + max(customer.uses.values(), default=0)},
                burst=(*customer.burst, event),
                cut_off=False,
                hinted=customer.hinted | {line.split(".")[1]} if act == "vague" else customer.hinted,
                check_ins=customer.check_ins + (act == "check_in"),
            )
        case FactTold(fact, _, value):
            again = fact in customer.told and customer.told[fact] != value
            return customer.but(
                told={**customer.told, fact: value},
                corrected=customer.corrected | {fact} if again else customer.corrected,
            )
        case PromiseMade():
            return customer.but(promises=(*customer.promises, event))
        case PromiseBroken(what):
            return customer.but(promises=tuple(promise for promise in customer.promises if promise.what != what))
        case Overlapped(_, dropped):
            unsaid = {said.act for said in customer.burst[len(customer.burst) - dropped :]} if dropped else set()
            return customer.but(
                cut_off=True,
                questions={act: turn for act, turn in customer.questions.items() if act not in unsaid or turn != customer.turn},
            )
        case Escalated(rung):
            return customer.but(rung=rung, improving=0)
        case OfferWeighed(offer, answer):
            return customer.but(
                offers={**customer.offers, offer: answer} if offer else customer.offers,
                accepted=offer if answer == "accepted" and offer else customer.accepted,
                settled=_settled(customer, event),
                settled_turn=customer.turn if _settled(customer, event) and not customer.settled else customer.settled_turn,
            )
        case TakenBack(fact, acceptance):
            return customer.but(
                told={name: value for name, value in customer.told.items() if name != fact},
                accepted=None if acceptance else customer.accepted,
                settled=None if acceptance else customer.settled,
            )
        case ContactEnded(outcome, satisfaction):
            return customer.but(ended=True, outcome=outcome, satisfaction=satisfaction)
        case ContactOpened():
            return customer.but(ended=False, before_contact=customer.turn, goodbyes=0, check_ins=0, burst=())
        case SessionEnded(outcome):
            return customer.but(ended=True, outcome=outcome)
        case TimePassed() | _:
            return customer


def _settled(customer: Customer, weighed: OfferWeighed) -> str | None:
    """As what the matter is settled: a refusal that was explained stays one, whatever is arranged beside it."""
    settles = weighed.answer == "accepted" and weighed.why in SETTLED and customer.settled != "refusal_explained"
    return weighed.why if settles else customer.settled


def _after_reading(customer: Customer, reading: ActsRead) -> Customer:
    acts = credited(reading)
    names = names_of(acts)
    done = dict(customer.done)
    for name in names:
        done[name] = done.get(name, 0) + 1
    text = customer.texts[-1] if customer.texts else ""
    times = tuple((reading.turn, act.value, text[act.start : act.end]) for act in acts if act.code == "give_timeframe" and act.value)
    return customer.but(
        done=done,
        hollow=customer.hollow + is_hollow(names),
        questions={act: turn for act, turn in customer.questions.items() if not names & ANSWERS[act]},
        timeframes=customer.timeframes + times,
        goodbyes=customer.goodbyes + ("closing" in names),
    )


def replay(customer: Customer, events: Iterable[Event]) -> Customer:
    """The customer after all the events."""
    return reduce(apply, events, customer)
