"""The audit of the customer finds what must never happen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.engine.acts import Act
from simulator.engine.events import ActsRead, ContactEnded, CustomerSaid, Event, FactTold, OfferWeighed
from simulator.policies import PlayedSession, Step, audit, play, shipped


@pytest.fixture(scope="module")
def played() -> PlayedSession:
    return play(shipped.scenario("annual-fee"), "exemplary", language="en", level=2, seed=3)


def with_step(session: PlayedSession, *events: Event) -> PlayedSession:
    return replace(session, steps=(*session.steps[:2], Step(9.0, events)))


def tags(session: PlayedSession) -> set[str]:
    return {fault.partition(":")[0] for fault in audit.faults(session)}


def test_a_sound_role_play_has_no_fault(played):
    assert audit.faults(played) == []


def test_a_fact_in_a_line_before_it_is_told_is_a_leak(played):
    fact = next(fact for fact in played.scenario.facts.values() if not fact.volunteered and fact.id not in ("fee",))
    said = fact.tell["en"][0].replace("{value}", fact.value["en"])
    assert "leak" in tags(with_step(played, CustomerSaid(said, "vent.calm.0", "vent", "calm")))


def test_a_fact_told_otherwise_without_being_set_right_is_a_contradiction(played):
    assert "contradiction" in tags(with_step(played, FactTold("fee", True, "300"), FactTold("fee", True, "400")))


def test_an_offer_taken_and_then_not_wanted_is_a_contradiction(played):
    offer = next(iter(played.scenario.offers))
    assert "contradiction" in tags(
        with_step(played, OfferWeighed(offer, "accepted", "open"), OfferWeighed(offer, "countered", "too_little"))
    )


def test_the_same_line_again_is_a_repetition(played):
    first = next(event for event in played.steps[0].events if isinstance(event, CustomerSaid))
    assert "repetition" in tags(with_step(played, first))


def test_a_question_met_with_something_else_is_no_answer(played):
    asked = ActsRead(2, (Act("ask_details", 0, 3, "closed", "amount"),))
    assert "does_not_answer" in tags(with_step(played, asked, CustomerSaid("And when?", "ask_when.calm.0", "ask_when", "calm")))


def test_an_end_as_settled_with_nothing_settled_is_premature(played):
    assert "premature_end" in tags(with_step(played, ContactEnded("resolved_confirmed", 0.9)))


def test_to_go_without_a_reason_is_premature(played):
    assert "premature_end" in tags(with_step(played, ContactEnded("customer_left", 0.1)))
