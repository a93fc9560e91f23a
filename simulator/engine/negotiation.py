"""What the customer makes of an offer or a refusal, and when the matter counts as settled.

Settled is what is done or firmly dated, or a refusal that was explained; to agree is not enough. Where the bank is right the
demand has to be refused: until the customer knows why, they hear no other way, and it is all told only with the routes left to them.
"""

from __future__ import annotations

from random import Random

from simulator.engine.appraisal import is_gated
from simulator.engine.events import OfferWeighed
from simulator.engine.state import Customer
from simulator.engine.understanding import Offered, Understood

REASON, ROUTES = "explain_process.refusal_with_reason", "explain_process.redress"
VALUE = {"full": 1.0, "partial": 0.5, "no": 0.0}


def weigh(customer: Customer, offered: Offered) -> OfferWeighed:
    """The customer's answer to one offer. More trust, more having been heard and less anger never make it worse."""
    offer = offered.offer
    assert offer is not None
    if is_gated(customer):
        return OfferWeighed(offer.id, "discounted", "unheard")
    demand = next((demand for demand in customer.scenario.demands if offer.id in demand.acceptable), None)
    if demand is None:
        return OfferWeighed(offer.id, "refused" if offer.answers_demand == "no" else "countered", "not_wanted")
    if demand.reservation is not None and offered.amount is not None and offered.amount < demand.reservation:
        return OfferWeighed(offer.id, "countered", "too_little")
    if customer.scenario.bank_is_right and demand is customer.scenario.demands[0] and not customer.has_done(REASON):
        return OfferWeighed(offer.id, "countered", "no_reason")
    at = customer.state
    chance = Random(f"{customer.seed}:policy:offer:{offer.id}")
    hidden = demand.hidden_interest
    willing = (
        0.5 * VALUE[offer.answers_demand]
        + 0.25 * at["trust"]
        + 0.2 * (1 - at["anger"])
        + 0.15 * at["j_inter"]
        + 0.1 * at["heard"]
        + (0.15 if hidden and offer.id in hidden.served_by else 0.0)
        + 0.1 * (customer.offers.get(offer.id) == "countered")  # the second time it weighs more
        + chance.uniform(-0.04, 0.04)
    )
    if willing < 0.58 + 0.02 * (customer.level - 3):
        return OfferWeighed(offer.id, "countered", "too_little")
    return OfferWeighed(offer.id, "accepted", firmness(customer, offered))


def firmness(customer: Customer, offered: Offered) -> str:
    """How firm an accepted offer is: done now, dated, or open."""
    if offered.done:
        return "done"
    return "dated" if customer.timeframes else "open"


def weighed_in(customer: Customer, understood: Understood) -> tuple[OfferWeighed, ...]:
    """All offers of a turn weighed, and an earlier one that has now become firm, or a refusal that may be lived with."""
    result = [weigh(customer, offered) for offered in understood.offered if offered.offer and offered.offer.id != customer.accepted]
    for offered in understood.offered:
        if offered.offer and offered.offer.id == customer.accepted and not customer.settled and offered.done:
            result.append(OfferWeighed(customer.accepted, "accepted", "done"))
    if customer.accepted and not customer.settled and not result and "give_timeframe" in understood.names and customer.timeframes:
        result.append(OfferWeighed(customer.accepted, "accepted", "dated"))
    taken = any(weighed.answer == "accepted" for weighed in result) or customer.accepted or customer.settled
    if taken and (not customer.scenario.bank_is_right or customer.settled == "refusal_explained"):
        return tuple(result)
    if _refusal_is_explained(customer, result) and (taken or (customer.state["anger"] < 0.6 and customer.state["trust"] >= 0.35)):
        result.append(OfferWeighed("", "accepted", "refusal_explained"))
    return tuple(result)


def _refusal_is_explained(customer: Customer, weighed: list[OfferWeighed]) -> bool:
    """Reason, another way, and where else to turn: all three."""
    other_way = bool(customer.offers) or bool(weighed)
    return customer.has_done(REASON) and customer.has_done(ROUTES) and other_way


def wants_routes(customer: Customer) -> bool:
    """Was the demand refused with a reason and another way taken, and nothing said of where else to turn?"""
    refused = customer.scenario.bank_is_right and customer.has_done(REASON) and not customer.has_done(ROUTES)
    return refused and bool(customer.accepted) and "ask_routes" not in customer.questions
