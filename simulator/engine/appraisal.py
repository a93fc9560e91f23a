"""How a turn moves the customer: rules of the rule set, applied with their reasons.

`x <- x + (1 - inertia) * (base(x) - x) + sum of moves + chance`. Each move becomes a `Cause` naming rule and words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from simulator.engine.acts import NEGATIVE, Act, as_taken
from simulator.engine.events import Cause
from simulator.engine.rules import VARIABLES
from simulator.engine.state import Customer, is_hollow

SOOTHING = frozenset(["empathy", "apology", "active_listening", "thank", "greeting", "acknowledge_receipt"])
EXPLAINING = frozenset(["explain_process", "give_timeframe", "give_contact"])


@dataclass(frozen=True, slots=True)
class Circumstance:
    """Something the engine noticed that a rule speaks of, and the act it hangs on if any."""

    when: str
    act: Act | None = None


def is_gated(customer: Customer) -> bool:
    """Too angry and too little heard for a solution to arrive."""
    at, dynamics = customer.state, customer.rules.dynamics
    return (at["anger"] > dynamics["gate_anger"] and at["heard"] < dynamics["gate_heard"]) or (
        at["anger"] > dynamics["early_anger"] and at["heard"] < dynamics["early_heard"]
    )


def causes_of_acts(customer: Customer, acts: Iterable[Act], names: frozenset[str], skipped: frozenset[int]) -> list[Cause]:
    """What the acts by themselves do. `customer` has the reading applied; `skipped` are starts of acts that a circumstance stands for."""
    causes: list[Cause] = []
    seen: set[str] = set()
    dynamics = customer.rules.dynamics
    scripted = is_hollow(names) and customer.hollow > dynamics["scripted_after"]
    gated = is_gated(customer)
    for act in acts:
        if act.code == "offer_solution" or act.start in skipped or act.name in seen:
            continue  # an offer moves by being weighed; the same act twice in a turn counts once
        seen.add(act.name)
        if scripted and act.code in ("empathy", "apology"):
            if "scripted" not in seen:
                seen.add("scripted")
                causes += moves(customer, "scripted soothing", act)
            continue
        before = customer.done.get(act.name, 1) - 1
        share = 1.0
        if act.code in NEGATIVE:
            share = 1 + dynamics["sensitisation"] * before
        elif act.code in SOOTHING:
            share = dynamics["habituation"] ** before * (dynamics["soothing_trust"] + customer.state["trust"])
        elif act.code in EXPLAINING and gated:
            share = dynamics["gate_share"]
        elif act.code in ("explain_process", "take_action", "self_intro", "follow_up", "ask_details", "confirm_facts", "give_timeframe"):
            share = 0.8**before
        taken = as_taken(act, again=False)
        causes += moves(customer, taken.name, taken, share)
    return causes


def moves(customer: Customer, when: str, act: Act | None = None, share: float = 1.0) -> list[Cause]:
    """The moves of one rule. What raises anger or costs trust weighs more at the harder levels."""
    rule = customer.rules.of(when)
    if rule is None:
        return []
    result = []
    for variable, move in rule.moves.items():
        hurts = move > 0 if variable in ("anger", "anxiety") else move < 0
        delta = move * share * (customer.temper["negativity"] if hurts else 1.0)
        where = (act.name, act.start, act.end) if act else (None, None, None)
        result.append(Cause(variable, round(delta, 4), rule.id, *where))
    return result


def moved(customer: Customer, causes: Iterable[Cause], turn: int) -> dict[str, float]:
    """The state after the causes, the pull of the unsolved problem, and chance. Every variable stays between 0 and 1."""
    temper, dynamics = customer.temper, customer.rules.dynamics
    state = dict(customer.state)
    for cause in causes:
        state[cause.variable] += cause.delta
    floor = temper["floor"]
    fed = temper["anger"] * (1 - dynamics["emotion_inter"] * state["j_inter"] - dynamics["emotion_proc"] * state["j_proc"])
    bases = {
        "anger": floor / 2 if customer.settled else max(floor, fed),
        "trust": temper["trust"],
        "anxiety": temper["anxiety"] * (1 - max(0.0, min(1.0, state["certainty"]))),
    }
    for variable, base in bases.items():
        state[variable] += (1 - temper["inertia"]) * (base - customer.state[variable])
    chance = Random(f"{customer.seed}:dynamics:{turn}")
    for variable in ("anger", "trust", "patience"):
        state[variable] += chance.gauss(0, dynamics["chance"])
    state["anger"] = max(state["anger"], floor / 2 if customer.settled else floor)  # some of it lingers
    return {variable: round(min(1.0, max(0.0, state[variable])), 4) for variable in VARIABLES}


def satisfaction(customer: Customer) -> float:
    """How content the customer goes, 0 to 1. Money satisfies by itself, procedure hardly; only a settled case goes above a threshold."""
    weights = customer.rules.satisfaction
    parts = weights["monetary" if customer.scenario.monetary else "other"]
    content: float = sum(weight * customer.state[variable] for variable, weight in parts.items())
    content *= 1 - 0.4 * customer.state["anger"]
    solved_from, unsolved_to = float(weights["solved_from"]), float(weights["unsolved_to"])
    return round(solved_from + (1 - solved_from) * content if customer.settled else content * unsolved_to, 3)
