"""A trainer in the customer's seat: the engine feels and offers, and afterwards keeps to everything that was said for it."""

from __future__ import annotations

import pytest

from simulator.engine.customer import Customer, replay, respond
from simulator.engine.events import CustomerSaid, DriverChanged, Escalated, Event, FactTold, OfferWeighed, StateChanged, TimePassed
from simulator.engine.led_events import Claim, CustomerRead, Injected, LinesOffered, Nudged, TakenBack
from simulator.engine.seat import SeatReading, say, understand
from tests.simulator.engine.cases import make_scenario
from tests.simulator.engine.speech import acts_said, answer, begin, facts_told

SCENARIO = make_scenario()
HOW_MUCH = "[ask_details.closed amount|How much was it each time?]"
FEE = SeatReading("grievance", 0.9, (("fee", False),))


def seated(*said: str) -> tuple[Customer, list[Event]]:
    """A customer whose seat is taken, after the trainee's turns."""
    customer, log = begin(SCENARIO)
    for marked in said:
        new = answer(customer, marked)
        customer, log = replay(customer, new), log + list(new)
    new = respond(customer, DriverChanged("trainer"))
    return replay(customer, new), log + list(new)


def of(kind: type, events: tuple[Event, ...] | list[Event]) -> list:
    return [event for event in events if isinstance(event, kind)]


def test_with_the_seat_taken_the_words_are_read_and_felt_and_nothing_is_said():
    customer, _ = seated()
    new = answer(customer, "[blame_customer|You did not read it.]")
    assert of(StateChanged, new)[0].state["anger"] > customer.state["anger"]
    assert acts_said(new) == []
    assert facts_told(new) == []
    assert of(LinesOffered, new)


def test_up_to_three_lines_are_offered_and_the_first_is_what_the_engine_would_say():
    alone, _ = begin(SCENARIO)
    by_itself = of(CustomerSaid, answer(alone, HOW_MUCH))
    customer, _ = seated()
    (offered,) = of(LinesOffered, answer(customer, HOW_MUCH))
    assert [text for _, _, text in offered.lines[0].parts] == [said.text for said in by_itself]
    texts = [line.text("en") for line in offered.lines]
    assert 1 < len(texts) <= 3
    assert len(set(texts)) == len(texts)
    assert offered.lines[0].facts == (("fee", "300"),)


def test_an_offered_line_sent_as_it_is_does_what_it_was_offered_for():
    customer, _ = seated()
    customer = replay(customer, answer(customer, HOW_MUCH))
    new = say(customer, customer.led.offered[1].text("en"), SeatReading())
    assert of(FactTold, new) == [FactTold("fee", True, "300")]
    assert all(said.source == "seat" and said.due_ms == 0 for said in of(CustomerSaid, new))


def test_a_fact_told_from_the_seat_is_told():
    customer, _ = seated()
    customer = replay(customer, answer(customer, HOW_MUCH))
    new = say(customer, "It was 300, how often must I say it.", FEE)
    assert of(FactTold, new) == [FactTold("fee", True, "300")]


def test_after_a_hand_back_what_was_told_from_the_seat_is_not_told_again():
    customer, _ = seated()
    customer = replay(customer, say(customer, "300 they took.", FEE))
    customer = replay(customer, respond(customer, DriverChanged("engine")))
    new = answer(customer, HOW_MUCH)
    assert facts_told(new) == []
    assert "already_told" in acts_said(new)


def test_a_claim_is_kept_to_and_not_denied():
    customer, _ = seated()
    claim = Claim("I was at the branch on 8 March", "occurred_at", "03-08")
    customer = replay(customer, say(customer, "I was at the branch on 8 March.", SeatReading("grievance", 0.9, (), (claim,))))
    customer = replay(customer, respond(customer, DriverChanged("engine")))
    asked = of(CustomerSaid, answer(customer, "[ask_details.closed occurred_at|When were you at the branch?]"))
    assert any(claim.quote in said.text for said in asked)
    back = answer(customer, "[confirm_facts.readback occurred_at 03-08|You were at the branch on 8 March, right?]")
    assert "confirm_wrong" not in acts_said(back)
    assert "confirm_right" in acts_said(back)


def test_taking_the_seat_twice_and_handing_back_what_was_not_taken_changes_nothing():
    customer, _ = seated()
    assert respond(customer, DriverChanged("trainer")) == ()
    fresh, _ = begin(SCENARIO)
    assert respond(fresh, DriverChanged("engine")) == ()


def test_who_hands_back_without_having_answered_leaves_the_answer_to_the_engine():
    customer, _ = seated()
    customer = replay(customer, answer(customer, HOW_MUCH))
    new = respond(customer, DriverChanged("engine"))
    assert facts_told(new) == ["fee"]
    assert of(CustomerSaid, new)[0].due_ms > 0


def test_who_hands_back_after_an_answer_adds_nothing():
    customer, _ = seated()
    customer = replay(customer, answer(customer, HOW_MUCH))
    customer = replay(customer, say(customer, "Why do you ask?", SeatReading("question", 0.9)))
    assert respond(customer, DriverChanged("engine")) == (DriverChanged("engine"),)


def test_what_was_not_meant_is_taken_back():
    customer, _ = seated()
    customer = replay(customer, say(customer, "300 in all.", FEE))
    new = understand(customer, 1, "grievance", (), ())
    assert of(TakenBack, new) == [TakenBack("fee")]
    assert "fee" not in replay(customer, new).told


def test_what_had_been_told_before_is_not_taken_back():
    customer, _ = seated(HOW_MUCH)
    customer = replay(customer, say(customer, "300, as I said.", FEE))
    assert of(TakenBack, understand(customer, 1, "grievance", (), ())) == []


def test_what_was_meant_and_not_read_is_added():
    customer, _ = seated()
    customer = replay(customer, say(customer, "You know how much.", SeatReading()))
    new = understand(customer, 1, "threat", ("fee",), (Claim("You know"),))
    assert of(FactTold, new) == [FactTold("fee", False, "300")]
    assert of(Escalated, new) == [Escalated(2, "outside")]
    assert replay(customer, new).led.claims == (Claim("You know"),)


def test_a_threat_that_was_none_is_climbed_down_from():
    customer, _ = seated()
    customer = replay(customer, say(customer, "I will go to the press.", SeatReading("threat", 0.9)))
    assert customer.rung == 2
    assert replay(customer, understand(customer, 1, "grievance", (), ())).rung == 0


def test_an_offer_taken_from_the_seat_is_accepted_and_may_be_taken_back():
    customer, _ = seated("[offer_solution.partial|We can put in a waiver request.]")
    assert customer.accepted is None
    customer = replay(customer, say(customer, "All right, do that.", SeatReading("acceptance", 0.9)))
    assert customer.accepted == "apply_refund"
    undone = replay(customer, understand(customer, 1, "grievance", (), ()))
    assert undone.accepted is None


def test_understanding_the_same_again_changes_nothing():
    customer, _ = seated()
    customer = replay(customer, say(customer, "300 in all.", FEE))
    assert understand(customer, 1, "grievance", ("fee",), ()) == ()
    with pytest.raises(KeyError):
        understand(customer, 2, "grievance", (), ())


def test_a_line_once_corrected_holds_as_corrected():
    customer, _ = seated()
    customer = replay(customer, say(customer, "300 in all.", FEE))
    customer = replay(customer, understand(customer, 1, "", (), ()))
    again = understand(customer, 1, "", ("fee",), ())
    assert of(CustomerRead, again)[0].facts == ("fee",)
    assert of(FactTold, again) == [FactTold("fee", False, "300")]


def test_the_engine_does_not_ask_whether_anybody_is_there_while_a_trainer_speaks():
    customer, _ = seated()
    assert respond(customer, TimePassed(200)) == (TimePassed(200),)


def test_the_turns_a_trainer_took_do_not_use_up_the_customers_patience_for_turns():
    customer, _ = seated()
    before = customer.last_turn
    customer = replay(customer, answer(customer, "Well."))
    assert customer.last_turn == before + 1


@pytest.mark.parametrize(("mood", "step"), [("angrier", 1), ("calmer", -1)])
def test_a_nudge_moves_the_thermometer_by_one_step_and_says_why(mood, step):
    customer, _ = begin(SCENARIO)
    new = respond(customer, Nudged(mood, "it goes too smoothly"))
    changed = of(StateChanged, new)[0]
    assert changed.mood == customer.mood + step
    assert [cause.rule for cause in changed.causes] == ["nudged"]


def test_the_customer_speaks_of_what_comes_up():
    customer, _ = begin(SCENARIO)
    new = respond(customer, Injected("others_got_refunds", ""))
    assert of(CustomerSaid, new)
    assert of(Injected, new)[0].text
    assert of(StateChanged, new)[0].causes[0].rule == "injected"


def test_what_comes_up_in_the_trainers_words_is_said_and_kept_to():
    customer, _ = begin(SCENARIO)
    new = respond(customer, Injected("", "my neighbour got his fee back yesterday."))
    assert "my neighbour got his fee back yesterday" in of(CustomerSaid, new)[0].text
    customer = replay(customer, new)
    asked = answer(customer, "[ask_details.closed other|Did your neighbour get anything back?]")
    assert "already_told" in acts_said(asked)


def test_with_the_seat_taken_what_comes_up_is_offered():
    customer, _ = seated()
    new = respond(customer, Injected("system_outage", ""))
    assert of(CustomerSaid, new) == []
    assert of(LinesOffered, new)[0].lines


def test_an_inject_of_the_case_comes_with_its_own_lines():
    lines = {"zh-hans": ["信来了。"], "en": ["The letter has come."]}
    scenario = make_scenario(
        injects=[{"id": "letter", "text": {"zh-hans": "信", "en": "a letter"}, "moves": {"anger": 0.1}, "lines": lines}]
    )
    customer, _ = begin(scenario)
    assert of(CustomerSaid, respond(customer, Injected("letter", "")))[0].text == "The letter has come."


def test_an_offer_refused_from_the_seat_is_refused():
    customer, _ = seated("[offer_solution.partial|We can put in a waiver request.]")
    assert customer.offers["apply_refund"] != "refused"
    new = say(customer, "Keep your request.", SeatReading("refusal", 0.9))
    assert of(OfferWeighed, new) == [OfferWeighed("apply_refund", "refused", "not_wanted")]
