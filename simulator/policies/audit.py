"""Faults of the customer, not of the handler: what a played session must never show. Pure Python.

| tag | what went wrong |
| --- | --- |
| `leak` | a fact that was not told yet stands in a line |
| `repetition` | the very same words twice in a row |
| `does_not_answer` | the handler asked, and neither an answer nor a reason for none came |
| `premature_end` | it ended as settled though nothing was done, dated or refused with a reason |
"""

from __future__ import annotations

from simulator.engine.events import ActsRead, ContactEnded, CustomerSaid, FactTold, OfferWeighed
from simulator.engine.scenario import pattern_of
from simulator.policies import PlayedSession

ANSWERS = frozenset([
    "tell", "vague", "already_told", "withhold", "bank_knows", "answer_unknown", "give_name", "give_number", "demand",
    "hidden_interest", "vent", "react_listening", "confirm_right", "confirm_wrong", "corrected", "satisfied_no", "consent",
    "clarify", "promise_reminder", "contradiction"
])  # fmt: skip
SETTLED = frozenset(["done", "dated", "refusal_explained"])
SETTLED_OUTCOMES = frozenset(["resolved_confirmed", "dated_firmly", "refusal_accepted"])


def faults(session: PlayedSession) -> list[str]:
    """The tags of what went wrong, each with the number of the step: `leak:4`."""
    scenario, language = session.scenario, session.language
    told = {fact.id for fact in scenario.facts.values() if fact.volunteered}
    found: list[str] = []
    before: tuple[str, ...] = ()
    settled = False
    for number, step in enumerate(session.steps):
        told |= {event.fact for event in step.events if isinstance(event, FactTold)}
        bubbles = [event for event in step.events if isinstance(event, CustomerSaid)]
        words = tuple(bubble.text for bubble in bubbles)
        for fact in scenario.facts.values():
            if fact.id not in told and any(pattern_of(form).search(text) for form in fact.surface[language] for text in words):
                found.append(f"leak:{number}")
        if words and words == before:
            found.append(f"repetition:{number}")
        before = words or before
        settled |= any(isinstance(event, OfferWeighed) and event.why in SETTLED for event in step.events)
        asked = any(
            isinstance(event, ActsRead) and not event.gaming and any(act.code in ("ask_details", "ask_contact") for act in event.acts)
            for event in step.events
        )
        ended = next((event for event in step.events if isinstance(event, ContactEnded)), None)
        if asked and not ended and not any(_answers(bubble.act) for bubble in bubbles):
            found.append(f"does_not_answer:{number}")
        if ended and ended.outcome in SETTLED_OUTCOMES and not settled:
            found.append(f"premature_end:{number}")
    return found


def _answers(act: str) -> bool:
    """An answer, or being too angry over something graver to give one."""
    return act in ANSWERS or act in OFFENDED


OFFENDED = frozenset([
    "react_blame", "react_argue", "react_calm_order", "react_dismiss", "react_jargon", "react_evasive", "react_discourage",
    "react_overpromise", "react_privacy", "react_rude", "not_heard", "counter_offer", "refuse_offer", "escalate_manager",
    "escalate_outside", "leave", "leave_outside"
])  # fmt: skip
