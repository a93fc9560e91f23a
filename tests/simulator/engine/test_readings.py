"""Live signs, evidence and debrief are readings of the same events."""

from __future__ import annotations

from simulator.engine.readings import debrief, evidence, live_signs, mood_curve
from tests.simulator.engine.cases import make_scenario
from tests.simulator.engine.speech import play

SCENARIO = make_scenario()
GOOD = [
    "[greeting|Good morning], [self_intro|this is Wang]. [empathy.react feeling|I would be upset as well.]",
    "[ask_details.closed amount|How much was it?]",
    "[confirm_facts.paraphrase amount|So 300 each time, right?]",
    "[apology.specific|Sorry that we charged you.] [take_action.own|I refund it now.] [give_timeframe other 9 wd|In nine working days.]",
]


def rows_of(turns, code, level=2):
    _, log = play(SCENARIO, turns, level=level)
    return [row for row in evidence(log, SCENARIO) if row.code == code]


def test_each_act_is_evidence_with_its_words():
    (row,) = rows_of(GOOD, "confirm_facts")
    assert (row.kind, row.detail, row.turn, row.quote) == ("act", "paraphrase", 3, "So 300 each time, right?")
    assert row.data["facts"] == ["fee"]


def test_a_time_is_held_against_the_limit_of_the_case():
    (row,) = rows_of(GOOD, "give_timeframe")
    assert row.data == {"limit": "5 wd", "late": True}


def test_a_question_for_what_was_told_is_evidence_of_asking_again():
    again = ["[ask_details.closed amount|How much was it?]", "[ask_details.closed amount|What was the amount?]"]
    assert [row.detail for row in rows_of(again, "ask_details")] == ["closed", "known"]
    assert [row.quote for row in rows_of(again, "asked_again")] == ["What was the amount?"]


def test_the_whole_says_what_was_asked_for_and_in_which_order():
    (facts,) = rows_of(GOOD, "facts")
    assert facts.data["elicited"] == ["fee"]
    (order,) = rows_of(GOOD, "order")
    assert order.data == {"empathy": 1, "confirmed": 3, "solution": 4, "care_first": True}
    (settled,) = rows_of(GOOD, "settled")
    assert settled.data == {"as": "done"}


def test_live_signs_show_what_helped_and_what_was_told():
    _, log = play(SCENARIO, GOOD[:2], level=2)
    signs = live_signs(log)
    assert signs.told == ("annual fee", "300")
    assert signs.mood == mood_curve(log)[-1][1]
    _, log = play(SCENARIO, ["[blame_customer|Your own fault.]"], level=2)
    assert live_signs(log).hurt == ("blame_customer",)


def test_the_debrief_says_what_each_act_did_and_what_was_missed():
    _, log = play(SCENARIO, ["[greeting|Good morning.]", "[blame_customer|You did not read it.]", "[thank|Thanks.]"], level=3)
    first, second, third = debrief(log, SCENARIO, "en")
    assert first.missed == "vented_no_empathy"
    assert first.better == "Ms Zhou, to be charged the annual fee twice would upset anybody."
    assert second.missed == "blame_customer"
    assert {cause.variable for cause in second.acts[0].causes} >= {"anger", "trust"}
    assert all(cause.act == "blame_customer" for cause in second.acts[0].causes)
    assert third.better != first.better
