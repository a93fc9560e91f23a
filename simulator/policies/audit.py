"""Faults of the customer, not of the handler: what a played session must never show. Pure Python.

| tag | what went wrong |
| --- | --- |
| `leak` | a fact that was not told yet stands in a line |
| `contradiction` | a fact told otherwise than before without having been set right, or an offer taken back that was taken |
| `repetition` | the very same words twice in a row, or a whole line again within the last six |
| `does_not_answer` | the handler asked or offered, and neither an answer nor a reason for none came |
| `premature_end` | ended as settled though nothing was; or the customer went though nothing had driven them away |
"""

from __future__ import annotations

from collections.abc import Iterator

from simulator.engine.events import ActsRead, ContactEnded, CustomerSaid, FactTold, OfferWeighed
from simulator.engine.scenario import pattern_of
from simulator.policies import PlayedSession, Step

TAGS = ("leak", "contradiction", "repetition", "does_not_answer", "premature_end")
ANSWERS = frozenset([
    "tell", "vague", "already_told", "withhold", "bank_knows", "answer_unknown", "give_name", "give_number", "demand",
    "hidden_interest", "vent", "react_listening", "confirm_right", "confirm_wrong", "corrected", "satisfied_no", "consent",
    "clarify", "promise_reminder", "contradiction"
])  # fmt: skip
# Too angry over something graver to give an answer, or answering the graver thing.
OFFENDED = frozenset([
    "react_blame", "react_argue", "react_calm_order", "react_dismiss", "react_jargon", "react_evasive", "react_discourage",
    "react_overpromise", "react_privacy", "react_rude", "refusal_bare", "not_heard", "counter_offer", "refuse_offer", "escalate_manager",
    "escalate_outside", "leave", "leave_outside"
])  # fmt: skip
SETTLED = frozenset(["done", "dated", "refusal_explained"])
SETTLED_OUTCOMES = frozenset(["resolved_confirmed", "dated_firmly", "refusal_accepted"])
WINDOW = 6


def faults(session: PlayedSession) -> list[str]:
    """The tags of what went wrong, each with the number of the step: `leak:4`."""
    found = [*_leaks(session), *_contradictions(session), *_repetitions(session), *_unanswered(session), *_early_ends(session)]
    return sorted(found, key=lambda tag: int(tag.partition(":")[2]))


def _said(step: Step) -> tuple[CustomerSaid, ...]:
    return tuple(event for event in step.events if isinstance(event, CustomerSaid))


def _leaks(session: PlayedSession) -> Iterator[str]:
    scenario, language = session.scenario, session.language
    told = {fact.id for fact in scenario.facts.values() if fact.volunteered}
    for number, step in enumerate(session.steps):
        told |= {event.fact for event in step.events if isinstance(event, FactTold)}
        for fact in scenario.facts.values():
            if fact.id not in told and any(pattern_of(form).search(said.text) for form in fact.surface[language] for said in _said(step)):
                yield f"leak:{number}"


def _contradictions(session: PlayedSession) -> Iterator[str]:
    told: dict[str, str] = {}
    taken: set[str] = set()
    for number, step in enumerate(session.steps):
        set_right = any(said.act in ("corrected", "confirm_right") for said in _said(step))
        for event in step.events:
            if isinstance(event, FactTold):
                if told.get(event.fact, event.value) != event.value and not set_right:
                    yield f"contradiction:{number}"
                told[event.fact] = event.value
            elif isinstance(event, OfferWeighed) and event.offer:
                if event.answer == "accepted":
                    taken.add(event.offer)
                elif event.offer in taken:
                    yield f"contradiction:{number}"


def _repetitions(session: PlayedSession) -> Iterator[str]:
    before: tuple[str, ...] = ()
    last: list[str] = []
    for number, step in enumerate(session.steps):
        words = tuple(said.text for said in _said(step))
        if words and (words == before or any(text in last for text in words)):
            yield f"repetition:{number}"
        before = words or before
        last = [*last, *words][-WINDOW:]


def _unanswered(session: PlayedSession) -> Iterator[str]:
    for number, step in enumerate(session.steps):
        acts = {act.code for event in step.events if isinstance(event, ActsRead) and not event.gaming for act in event.acts}
        ended = any(isinstance(event, ContactEnded) for event in step.events)
        said = {bubble.act for bubble in _said(step)}
        asked = bool(acts & {"ask_details", "ask_contact"})
        if asked and not ended and not said & (ANSWERS | OFFENDED):
            yield f"does_not_answer:{number}"
        weighed = any(isinstance(event, OfferWeighed) for event in step.events)
        if (acts or weighed) and not ended and not said:
            yield f"does_not_answer:{number}"


def _early_ends(session: PlayedSession) -> Iterator[str]:
    settled = False
    for number, step in enumerate(session.steps):
        settled |= any(isinstance(event, OfferWeighed) and event.why in SETTLED for event in step.events)
        for event in step.events:
            if isinstance(event, ContactEnded) and event.outcome in SETTLED_OUTCOMES and not settled:
                yield f"premature_end:{number}"
            if isinstance(event, ContactEnded) and event.outcome in ("customer_left", "escalated") and not _is_driven_away(session):
                yield f"premature_end:{number}"


def _is_driven_away(session: PlayedSession) -> bool:
    """Patience gone, goodbyes with nothing settled, nobody there any more, or a threat already spoken."""
    customer = session.customer
    return customer.state["patience"] <= 0.02 or customer.goodbyes >= 2 or customer.check_ins >= 2 or customer.rung >= 2
