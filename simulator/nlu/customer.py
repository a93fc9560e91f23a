"""The second reader: what a *customer* says, when somebody else than the engine speaks for them.

Facts of the case are found by their surface forms, exactly. What the words do — a demand, an acceptance, a threat — is read by a small
linear model that learned it from the customers' own lines (`training.customer`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.engine.led_events import Claim
from simulator.engine.lines import BANDS
from simulator.engine.scenario import Scenario, pattern_of
from simulator.engine.seat import SeatReading
from simulator.nlu import model
from simulator.nlu.clauses import around, clauses, sentences
from simulator.nlu.normalise import normalise
from simulator.nlu.slots import slots

SAYS: dict[str, tuple[str, ...]] = {
    "grievance": ("open", "vent"),
    "demand": ("demand",),
    "acceptance": ("accept_offer", "consent", "come_down", "close_resolved", "close_dated", "close_refused"),
    "refusal": ("counter_offer", "refuse_offer", "satisfied_no", "not_heard", "refusal_heard", "refusal_bare", "close_unsettled"),
    "wants_manager": ("escalate_manager",),
    "threat": ("escalate_outside", "leave_outside"),
    "leaves": ("leave",),
    "question": ("ask_what", "ask_when", "ask_who", "ask_why", "ask_why_not", "ask_routes", "re_ask"),
    "confirms": ("confirm_right",),
    "corrects": ("confirm_wrong", "corrected", "contradiction"),
    "declines": ("withhold", "answer_unknown", "already_told", "bank_knows"),
    "does_not_follow": ("clarify", "react_jargon"),
    "offended": ("react_blame", "react_argue", "react_calm_order", "react_dismiss", "react_evasive", "react_discourage", "react_privacy",
                 "react_rude", "react_repeat", "react_scripted", "react_overpromise"),
    "eased": ("react_empathy", "react_apology", "react_soothing", "react_listening", "react_own", "react_process", "react_timeframe",
              "react_contact", "react_recorded", "react_redress", "react_thanks"),
    "presses": ("prompt", "check_in", "overlapped", "promise_reminder"),
    "introduces": ("greet_back", "give_name", "give_number"),
}  # fmt: skip
"""What a customer's words can do, and the acts of the engine's customer that do it."""

SURE = 0.5
"""From here what the words seem to do is taken for it; below, a person has to say so."""
_ABOUT = {"amount": "amount", "date": "occurred_at", "clock": "occurred_at", "phone": "contact", "case": "evidence"}
_SHORT = {"zh-hans": "zh", "en": "en"}


@dataclass(frozen=True, slots=True)
class FactSaid:
    """A fact of the case in the words from `start` to `end`; `believed`: as the customer wrongly remembers it."""

    fact: str
    start: int
    end: int
    believed: bool = False


@dataclass(frozen=True, slots=True)
class CustomerReading:
    """`says` is a key of `SAYS` with its probability `sureness`, `band` the mood of the words, `facts` those of the case that are told."""

    says: str
    sureness: float
    band: str
    facts: tuple[FactSaid, ...] = ()


def read_customer(text: str, scenario: Scenario, language: str) -> CustomerReading | None:
    """What the customer's words do, and what they tell. None where there are no words."""
    plain = normalise(text).text.strip()
    if not plain:
        return None
    says, sureness = _loudest(plain, language, "says", tuple(SAYS))
    band, _ = _loudest(plain, language, "band", BANDS)
    return CustomerReading(says, sureness, band, facts_said(text, scenario, language))


def _loudest(plain: str, language: str, prefix: str, names: tuple[str, ...]) -> tuple[str, float]:
    own = model.load(f"customer-{_SHORT[language]}")
    (answers,) = own.answers([plain], _SHORT[language])
    odds = np.array([answers[own.columns[f"{prefix}:{name}"]] for name in names])
    shares = np.exp(odds - odds.max())
    best = int(shares.argmax())
    return names[best], round(float(shares[best] / shares.sum()), 2)


def facts_said(text: str, scenario: Scenario, language: str) -> tuple[FactSaid, ...]:
    """The facts of the case that stand in the words, by their surface forms, in the order of the case."""
    found = []
    for fact in scenario.facts.values():
        for believed, forms in ((False, fact.surface), (True, fact.believed_surface)):
            match = next((hit for form in forms.get(language, ()) if (hit := pattern_of(form).search(text))), None)
            if match:
                found.append(FactSaid(fact.id, match.start(), match.end(), believed))
                break
    return tuple(found)


def read_seat(text: str, scenario: Scenario, language: str) -> SeatReading:
    """The words of somebody who speaks for the customer, as the engine takes them."""
    reading = read_customer(text, scenario, language)
    if reading is None:
        return SeatReading()
    return SeatReading(
        says=reading.says if reading.sureness >= SURE else "",
        sureness=reading.sureness,
        facts=tuple((said.fact, said.believed) for said in reading.facts),
        claims=claims_in(text, reading.facts),
    )


def claims_in(text: str, facts: tuple[FactSaid, ...] = ()) -> tuple[Claim, ...]:
    """What the words state in numbers and names that is no fact of the case: one claim a clause, in the words of the text."""
    plain = normalise(text)
    found: dict[str, Claim] = {}
    for slot in slots(plain.text):
        start, end = plain.span(slot.start, slot.end)
        if slot.kind not in _ABOUT or any(said.start < end and start < said.end for said in facts):
            continue
        sentence = around(sentences(plain.text), slot.start)
        clause = around(clauses(plain.text, sentence), slot.start)
        if clause.asks:
            continue
        first, last = plain.span(clause.start, clause.end)
        quote = text[first:last].strip(" \n，,。.！!；;")
        found.setdefault(quote, Claim(quote, _ABOUT[slot.kind], slot.value))
    return tuple(found.values())
