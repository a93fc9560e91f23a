"""What the customer does next: the plan of a turn as a few sayings, before any line is chosen.

The last words come first: an offence, then the questions that were asked, then an offer, then how they were treated; only
where these leave the floor open does the customer go on with their own agenda.
"""

from __future__ import annotations

from random import Random

from simulator.engine.acts import Act
from simulator.engine.events import OfferWeighed, PromiseMade
from simulator.engine.lines import NEIGHBOURS
from simulator.engine.negotiation import REASON, wants_routes
from simulator.engine.scenario import Fact
from simulator.engine.state import ANSWERS, Customer, urgency_of
from simulator.engine.understanding import Asked, Understood, minutes_of
from simulator.engine.wording import Saying, can_say, spoken

# The graver first. Each with the act of the customer that answers it.
OFFENCES = (
    ("privacy_breach", "react_privacy"), ("rude", "react_rude"), ("evasive.discourage_route", "react_discourage"),
    ("blame_customer", "react_blame"), ("argue", "react_argue"), ("interrupt.calm_order", "react_calm_order"),
    ("interrupt", "react_dismiss"), ("evasive.policy_only", "refusal_bare"), ("evasive", "react_evasive"),
    ("jargon", "react_jargon"), ("overpromise", "react_overpromise"),
)  # fmt: skip
WEIGHED = {"discounted": "not_heard", "countered": "counter_offer", "refused": "refuse_offer", "accepted": "accept_offer"}


def offence_in(understood: Understood) -> tuple[str, Act] | None:
    """The gravest offence of the turn: what the customer answers it with, and the act."""
    for name, answer in OFFENCES:
        for act in understood.acts:
            if name in (act.name, act.code):
                return answer, act
    return None


def plan(
    customer: Customer,
    understood: Understood,
    weighed: tuple[OfferWeighed, ...],
    *,
    asked_before: dict[str, int],
    broken: tuple[PromiseMade, ...],
    contradiction: tuple[str, str] | None,
) -> tuple[Saying, ...]:
    """One to three sayings.

    `customer` is as the turn leaves them, before their own words; `asked_before` are the questions of theirs that were open.
    """
    offence = offence_in(understood)
    if understood.unclear or understood.gaming and not offence:
        return (Saying("clarify"),)
    sayings: list[Saying] = []
    if customer.cut_off and customer.mood >= 3 and not offence:
        sayings.append(Saying("overlapped"))
    if offence:
        answer, act = offence
        sayings.append(Saying(answer, {"term": understood.text[act.start : act.end]} if answer == "react_jargon" else {}))
    if contradiction and not offence:
        sayings.append(Saying("contradiction", {"earlier": contradiction[0], "now": contradiction[1]}))
    answers = _answers(customer, understood)
    if offence and answers and answers[0].act == "vent":
        answers = []
    sayings += answers[:2] if not sayings else answers[:1]
    offer = _to_offer(customer, weighed, understood.names)
    if offer and len(sayings) < 2:
        sayings.append(offer)
    if "closing" in understood.names and not customer.settled and not offence:
        sayings.append(Saying("close_unsettled"))
    if not sayings or sayings[0].act == "overlapped" and len(sayings) == 1:
        if understood.repeats:
            sayings.append(Saying("react_repeat"))
        elif reaction := _reaction(customer, understood):
            sayings.append(reaction)
    closing = bool(sayings) and sayings[-1].act in ("accept_offer", "close_unsettled", "satisfied_no", "contradiction", "not_heard")
    busy = bool(answers) or bool(weighed) or closing or (bool(offence) and customer.mood >= 4)
    if broken:
        sayings.append(Saying("promise_reminder", {"promise": broken[0].quote or broken[0].what}))
    elif any(offer.why == "no_reason" for offer in weighed):
        sayings.append(Saying("ask_why_not"))
    elif wants_routes(customer) and "close_unsettled" not in {saying.act for saying in sayings}:
        sayings.append(Saying("ask_routes"))
    elif _must_date(customer) and "react_timeframe" not in {saying.act for saying in sayings}:
        sayings.append(Saying("ask_when"))
    elif not busy and not customer.settled:
        sayings.append(agenda(customer, understood, asked_before))
    return tuple(sayings[:3]) or (Saying("prompt"),)


def _answers(customer: Customer, understood: Understood) -> list[Saying]:
    """Answers to what was asked or said back, in the order it was said, none twice."""
    result: list[Saying] = []
    for fact in understood.confirmed.corrected[:1]:
        result.append(Saying("corrected", {"right": spoken(fact, customer.language)}))
    for fact, said in understood.confirmed.wrong[:1]:
        result.append(Saying("confirm_wrong", {"right": _as_told(customer, fact), "wrong": said}))
    if not result and "confirm_facts" in understood.names:
        result.append(Saying("confirm_right"))
    for asked in understood.asked:
        saying = _answer(customer, asked)
        if saying and saying.act not in {said.act for said in result if said.own is None}:
            result.append(saying)
    if understood.asks_settled and not customer.settled and not result:
        result.append(Saying("satisfied_no"))
    telling = [saying for saying in result if saying.own is not None]
    if not telling:
        return result
    return telling + [saying for saying in result if saying.act in ("corrected", "confirm_wrong", "confirm_right")]


def _answer(customer: Customer, asked: Asked) -> Saying | None:
    fact, hidden = asked.fact, customer.scenario.demands[0].hidden_interest
    match asked.leads:
        case "tell" if fact:
            return Saying("tell", {"value": _as_told(customer, fact)}, fact.tell, f"fact.{fact.id}.tell")
        case "not_known" if fact:
            return Saying("tell", {"value": ""}, fact.tell, f"fact.{fact.id}.tell")
        case "vague" if fact:
            return Saying("vague", {"value": _as_told(customer, fact)}, fact.vague, f"fact.{fact.id}.vague")
        case "claim" if asked.claim:
            return Saying("already_told", {"told": asked.claim.quote.strip(" 。.，,！!")})
        case "told" if fact:
            return Saying("already_told", {"told": _as_told(customer, fact)})
        case "withhold":
            return Saying("withhold")
        case "bank":
            return Saying("bank_knows")
        case "name":
            return Saying("give_name")
        case "number":
            return Saying("give_number")
        case "demand":
            return Saying("demand")
        case "hidden" if hidden:
            return Saying("hidden_interest", {}, hidden.tell, "hidden_interest.tell")
        case "feeling":
            return Saying("vent")
        case "nothing_more":
            return Saying("react_listening" if customer.told.get("demand") else "demand")
    return Saying("answer_unknown")


def _as_told(customer: Customer, fact: Fact) -> str:
    return spoken(fact, customer.language, believed=fact.known == "misremembered" and fact.id not in customer.corrected)


def _to_offer(customer: Customer, weighed: tuple[OfferWeighed, ...], names: frozenset[str]) -> Saying | None:
    """The answer to the offer that went furthest."""
    if not weighed:
        return None
    best = min(weighed, key=lambda offer: ("accepted", "countered", "refused", "discounted").index(offer.answer))
    if not best.offer:
        return Saying("refusal_heard" if REASON in names else "react_redress")
    return Saying(WEIGHED[best.answer], {"offer": customer.scenario.offers[best.offer].what[customer.language]})


def _reaction(customer: Customer, understood: Understood) -> Saying | None:
    """A short answer to how they were treated: to the weightiest of it."""
    names = understood.names
    if names & {"empathy.react", "empathy.interpret"} or ("empathy" in names and "empathy.generic" not in names):
        return Saying("react_empathy")
    if "explain_process.refusal_with_reason" in names:
        return Saying("refusal_heard")
    if "give_timeframe" in names and customer.timeframes:
        return Saying("react_timeframe", {"time": time_said(customer.timeframes[-1][2])})
    if "explain_process.redress" in names:
        return Saying("react_redress")
    if "apology.specific" in names:
        return Saying("react_apology")
    if "take_action" in names:
        return Saying("react_own")
    if "give_contact" in names:
        return Saying("react_contact")
    if "explain_process" in names:
        return Saying("react_process")
    if "acknowledge_receipt" in names:
        return Saying("react_recorded")
    if "empathy.generic" in names or "apology" in names:
        return Saying("react_scripted" if customer.hollow > customer.rules.dynamics["scripted_after"] else "react_soothing")
    if "thank" in names and len(understood.acts) == 1:
        return Saying("react_thanks")
    if names and names <= {"greeting", "self_intro"} and customer.turn <= 2:
        return Saying("greet_back")
    return None


def time_said(quote: str) -> str:
    """The words of a time without what stands before it in the sentence and the punctuation around it."""
    signs = " ,.;:!?，。；：！？、"
    return quote.strip(signs).replace(",", "，").rpartition("，")[2].strip(signs)


def _must_date(customer: Customer) -> bool:
    return bool(customer.accepted) and not customer.settled


def agenda(customer: Customer, understood: Understood, asked_before: dict[str, int]) -> Saying:
    """What the customer does by themselves when nothing else is due."""
    at = customer.state
    chance = Random(f"{customer.seed}:policy:{customer.turn}")
    roll = chance.random()
    missed = [act for act in customer.questions if act in asked_before]
    if missed and not understood.asked and "empathy" not in understood.names:
        # Once they ask it again; then they say that they are being passed over.
        return Saying("re_ask" if customer.turn - customer.questions[missed[0]] <= 1 and can_say(customer, Saying("re_ask")) else missed[0])
    fresh_vent = can_say(customer, Saying("vent")) and has_lines_near(customer, "vent")
    if fresh_vent and at["anger"] >= 0.4 and at["heard"] < 0.3 and roll < 0.75:
        return Saying("vent")
    if "demand" not in customer.told and (at["heard"] >= 0.3 or customer.turn >= 3 or not fresh_vent):
        return Saying("demand")
    if fresh_vent and at["anger"] >= 0.6 and at["heard"] < 0.5 and roll < 0.5:
        return Saying("vent")
    presses = urgency_of(customer.scenario) == "urgent" and at["anxiety"] >= 0.6 and "ask_when" not in customer.questions
    if presses and not customer.timeframes and roll < 0.6:
        return Saying("ask_when")
    if not set(customer.offers.values()) - {"discounted"} and not customer.has_done("take_action"):
        return Saying("ask_why" if roll < 0.3 and not customer.has_done("explain_process") else "ask_what")
    if not customer.timeframes:
        return Saying("ask_when")
    if not customer.has_done("give_contact", "self_intro"):
        return Saying("ask_who")
    return Saying("ask_what" if not customer.accepted else "ask_when")


def has_lines_near(customer: Customer, act: str) -> bool:
    """Is a line left in the customer's own band or the one beside it?"""
    near = NEIGHBOURS[customer.band][:2]
    return any(
        f"{act}.{band}.{number}" not in customer.uses
        for band in near
        for number in range(len(customer.scenario.lines.get(act, {}).get(band, {}).get(customer.language, ())))
    )


def contradiction_in(customer: Customer) -> tuple[str, str] | None:
    """Two times that differ, said in different turns: the later one is the longer. `customer` has the reading applied."""
    now = [time for time in customer.timeframes if time[0] == customer.turn]
    before = [time for time in customer.timeframes if time[0] < customer.turn]
    if len(now) != 1 or not before:
        return None
    here, there = minutes_of(now[0][1]), minutes_of(before[-1][1])
    if here is None or there is None or there < 1440 or here <= there:
        return None
    return time_said(before[-1][2]), time_said(now[0][2])


def unanswered(customer: Customer, understood: Understood, asked_before: dict[str, int]) -> bool:
    """Was a question of the customer passed over, with nothing done in its place?"""
    if not asked_before or understood.asked or "confirm_facts" in understood.names:
        return False
    return not any(understood.names & ANSWERS[act] for act in asked_before)
