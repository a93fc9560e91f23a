"""The customer reacts to what was said, and to nothing else."""

from __future__ import annotations

import pytest

from simulator.engine.acts import Act, Reading
from simulator.engine.causes import as_meant_here
from simulator.engine.customer import Customer, finish, open_role_play, replay, respond
from simulator.engine.events import (
    ContactEnded,
    CustomerSaid,
    Escalated,
    FactTold,
    OfferWeighed,
    Overlapped,
    PromiseBroken,
    PromiseMade,
    RecordOpened,
    StateChanged,
    TimePassed,
    TraineeSaid,
)
from tests.simulator.engine.cases import both, make_document, make_scenario
from tests.simulator.engine.speech import acts_said, answer, begin, facts_told, play

SCENARIO = make_scenario()
LISTENED = (
    "[empathy.interpret feeling|To be charged twice would upset anybody.] [active_listening|Tell me.]",
    "[confirm_facts.paraphrase matter|So the annual fee was charged twice, right?]",
    "[empathy.react feeling|I would be angry too.]",
)


def test_the_customer_speaks_first_and_tells_what_is_volunteered():
    events = open_role_play(SCENARIO, language="en", level=3, seed=1)
    assert acts_said(events) == ["open"]
    assert facts_told(events) == ["card"]


def test_a_fact_comes_out_only_when_that_fact_is_asked_for():
    customer, _ = begin(SCENARIO)
    assert facts_told(answer(customer, "[ask_details.closed amount|How much was it?]")) == ["fee"]
    assert facts_told(answer(customer, "[ask_details.closed occurred_at|What day was it?]")) == ["day"]
    assert facts_told(answer(customer, "[ask_details.closed place|Which branch was it?]")) == []
    assert facts_told(answer(customer, "[empathy.react feeling|That would upset me as well.]")) == []


def test_words_at_the_gate_tell_two_facts_of_one_topic_apart():
    document = make_document()
    document["facts"]["times"] = {
        "about": "amount",
        "value": "2",
        "surface": both(["两遍"], ["two times"]),
        "gate": {"asked_about": ["amount"], "words": both(["几次"], ["how often"])},
        "tell": both(["{value}。", "扣了{value}。"], ["{value}.", "They did it {value}."]),
    }
    document["facts"]["fee"]["gate"] = {"asked_about": ["amount"], "words": both(["多少"], ["how much"])}
    customer, _ = begin(make_scenario(**document))
    assert facts_told(answer(customer, "[ask_details.closed amount|How often was it charged?]")) == ["times"]
    assert facts_told(answer(customer, "[ask_details.closed amount|How much was charged?]")) == ["fee"]


def test_too_little_trust_gets_a_hint_or_nothing():
    customer, _ = begin(SCENARIO, level=5)
    hint = answer(customer, "[ask_details.closed reason|Why does it worry you?]")
    assert acts_said(hint) == ["vague", "escalate_manager"] or acts_said(hint)[0] == "vague"
    assert facts_told(hint) == []
    assert acts_said(answer(customer, "[ask_details.closed target|Who told you so?]"))[0] == "withhold"


def test_what_was_told_is_not_told_again_but_complained_about():
    customer, log = play(
        SCENARIO, ["[ask_details.closed amount|How much was it?]", "[ask_details.closed amount|What was the amount, please?]"]
    )
    assert "already_told" in acts_said(log)
    assert facts_told(log).count("fee") == 1
    rules = [cause.rule for event in log if isinstance(event, StateChanged) and event.turn == 2 for cause in event.causes]
    assert "asked_again" in rules
    assert "asked" not in rules, "the same question does not also count as a good one"
    assert customer.state["patience"] < customer.temper["patience"]


def test_the_banks_own_data_are_not_the_customers_to_give():
    customer, _ = begin(SCENARIO)
    assert acts_said(answer(customer, "[ask_details.closed product|Which card is it?]"))[0] == "bank_knows"


def test_who_does_not_know_says_so():
    customer, _ = begin(SCENARIO)
    reply = answer(customer, "[ask_details.closed evidence|Do you have the slip?]")
    assert [event.line for event in reply if isinstance(event, CustomerSaid)][0].startswith("fact.number.tell")
    assert facts_told(reply) == []


def test_a_fact_said_back_wrongly_is_put_right():
    _, log = play(
        SCENARIO, ["[ask_details.closed amount|How much?]", "[confirm_facts.readback amount 200|So 200 each time, is that right?]"]
    )
    said = [event for event in log if isinstance(event, CustomerSaid) and event.act == "confirm_wrong"]
    assert len(said) == 1
    assert "300" in said[0].text


def test_who_remembers_wrongly_is_corrected_by_the_record():
    customer, log = play(
        SCENARIO, ["[ask_details.closed occurred_at|Which day?]", "[confirm_facts.readback occurred_at|Our record says 5 March, right?]"]
    )
    assert [event.value for event in log if isinstance(event, FactTold) and event.fact == "day"] == [
        "the third of March",
        "the fifth of March",
    ]
    assert "corrected" in acts_said(log)
    assert customer.told["day"] == "the fifth of March"


def test_a_question_on_the_wish_brings_out_the_demand_and_then_what_is_behind_it():
    customer, _ = begin(SCENARIO, level=1)
    asked = answer(customer, "[ask_details.preference demand|What would you like us to do?]")
    assert facts_told(asked) == ["demand"]
    assert facts_told(answer(replay(customer, asked), "[empathy.explore feeling|What matters most to you in this?]")) == ["hidden_interest"]


def test_an_offer_before_listening_is_not_heard():
    customer, _ = begin(SCENARIO, level=4)
    reply = answer(customer, "[offer_solution.feasible|We can give it back to you.]")
    assert [event.answer for event in reply if isinstance(event, OfferWeighed)] == ["discounted"]
    assert acts_said(reply)[0] == "not_heard"


def test_the_same_offer_after_listening_is_taken_but_must_be_dated():
    customer, log = play(SCENARIO, [*LISTENED, "[offer_solution.feasible|We can give it back to you.]"], level=4)
    assert [(event.answer, event.why) for event in log if isinstance(event, OfferWeighed)] == [("accepted", "open")]
    assert acts_said(log)[-2:] == ["accept_offer", "ask_when"]
    assert customer.settled is None
    customer = replay(customer, answer(customer, "[give_timeframe other 3 wd|You will have it within three working days.]"))
    assert customer.settled == "dated"


def test_points_for_a_wrong_are_refused():
    _, log = play(SCENARIO, [*LISTENED, "[offer_solution.partial|You may have bonus points.]"])
    assert [event.answer for event in log if isinstance(event, OfferWeighed)] == ["refused"]


def test_less_than_the_least_they_would_take_is_countered():
    _, log = play(SCENARIO, [*LISTENED, "[offer_solution.partial amount 100|We can refund 100 yuan.]"])
    assert [(event.answer, event.why) for event in log if isinstance(event, OfferWeighed)] == [("countered", "too_little")]


def test_an_offer_that_is_in_no_case_is_asked_about():
    customer, _ = play(SCENARIO, LISTENED)
    reply = answer(customer, "[offer_solution|We will find something for you.]")
    assert not [event for event in reply if isinstance(event, OfferWeighed)]
    assert not customer.accepted


def test_what_only_the_manager_may_do_is_never_done_at_once():
    customer, _ = play(SCENARIO, [*LISTENED, "[take_action.own|I am putting the waiver through.]"], level=1)
    assert customer.accepted == "apply_refund"
    assert customer.settled is None


def test_a_refusal_with_reason_other_way_and_routes_can_be_lived_with():
    document = make_document()
    document["demands"][0]["acceptable"] = ["refund"]
    customer, log = play(
        make_scenario(**document),
        [
            *LISTENED,
            "[explain_process.refusal_with_reason|I cannot return it, because the contract names it.]",
            "[offer_solution.partial|I can put in a waiver request.]",
            "[explain_process.redress|If you disagree, you may call 12378.]",
            "[follow_up|Is that all right?] [closing|Goodbye.]",
        ],
    )
    assert customer.outcome == "refusal_accepted"
    assert acts_said(log)[-1] == "close_refused"


REFUSED = "[explain_process.refusal_with_reason|I cannot return it, because the contract names it.]"
OTHER_WAY = "[offer_solution.partial|I can put in a waiver request.]"
IN_TIME = "[give_timeframe other 3 wd|You will hear within three working days.]"
ROUTES = "[explain_process.redress|If you disagree, you may call 12378.]"


def where_the_bank_is_right():
    document = make_document()
    document["demands"][0]["acceptable"] = ["apply_refund"]
    return make_scenario(**document)


def weighings(log):
    return [(event.offer, event.answer, event.why) for event in log if isinstance(event, OfferWeighed)]


def test_the_bank_is_right_where_nothing_gives_the_demand_in_full():
    assert where_the_bank_is_right().bank_is_right
    assert not SCENARIO.bank_is_right


def test_another_way_is_not_taken_before_it_is_said_why_the_demand_cannot_be_met():
    customer, log = play(where_the_bank_is_right(), [*LISTENED, OTHER_WAY, IN_TIME])
    assert weighings(log) == [("apply_refund", "countered", "no_reason")]
    assert "ask_why_not" in acts_said(log)
    assert customer.settled is None
    _, log = play(where_the_bank_is_right(), [*LISTENED, REFUSED, OTHER_WAY])
    assert weighings(log) == [("apply_refund", "accepted", "open")]


def test_who_is_refused_and_takes_another_way_asks_where_else_to_turn():
    customer, log = play(where_the_bank_is_right(), [*LISTENED, REFUSED, f"{OTHER_WAY} {IN_TIME}"])
    assert acts_said(log)[-1] == "ask_routes"
    assert customer.settled == "dated"


def test_the_routes_make_a_fair_refusal_of_what_was_only_arranged():
    arranged = [*LISTENED, REFUSED, f"{OTHER_WAY} {IN_TIME}"]
    customer, _ = play(where_the_bank_is_right(), arranged)
    told = replay(customer, answer(customer, ROUTES))
    assert told.settled == "refusal_explained"
    assert told.settled_turn == customer.settled_turn
    without, with_routes = finish(customer, by="trainee"), finish(told, by="trainee")
    ends = [event for log in (without, with_routes) for event in log if isinstance(event, ContactEnded)]
    assert [end.outcome for end in ends] == ["dated_firmly", "refusal_accepted"]
    assert ends[0].satisfaction < ends[1].satisfaction


def test_a_refusal_without_a_reason_is_asked_about():
    customer, _ = begin(SCENARIO, level=1)
    assert acts_said(answer(customer, "[evasive.policy_only|That is the policy.]"))[0] == "refusal_bare"


def test_a_case_that_cannot_wait_makes_them_anxious_until_something_is_under_way():
    document = make_document()
    document["truth"]["classification"]["urgency"] = "urgent"
    urgent, calm = begin(make_scenario(**document))[0], begin(SCENARIO)[0]
    assert urgent.state["anxiety"] > calm.state["anxiety"]
    assert urgent.state["patience"] < calm.state["patience"]
    waiting = replay(urgent, answer(urgent, "[greeting|Hello.]"))
    begun = replay(urgent, answer(urgent, "[take_action.own|I am looking into it now.]"))
    assert waiting.state["anxiety"] > begun.state["anxiety"]
    assert waiting.state["patience"] < begun.state["patience"]


TWO_SUMS = {
    "about": "amount",
    "value": "80",
    "surface": both(["八十"], ["eighty", "80"]),
    "gate": {"words": both(["手续费"], ["handling"])},
    "tell": both(["手续费又收了{value}。", "还有{value}手续费。"], ["And {value} for handling.", "The handling cost me {value}."]),
}


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("[confirm_facts.readback amount 200|200 each time,] right?", "300"),
        ("[confirm_facts.readback amount 90|And 90 for handling,] right?", "eighty"),
        ("[confirm_facts.readback matter 90|The handling was 90,] right?", "eighty"),
        ("[confirm_facts.readback amount 200|200 each time, on the third of March,] right?", "300"),
    ],
)
def test_the_very_fact_that_was_said_back_wrongly_is_quoted(said, right):
    document = make_document()
    document["facts"] = {**document["facts"], "handling": TWO_SUMS}
    customer, _ = play(
        make_scenario(**document),
        [
            "[ask_details.closed amount|How much was it?]",
            "[ask_details.closed amount|And the handling?]",
            "[ask_details.closed occurred_at|What day was it?]",
        ],
        level=1,
    )
    assert set(customer.told) >= {"fee", "handling", "day"}
    reply = [event.text for event in answer(customer, said) if isinstance(event, CustomerSaid) and event.act == "confirm_wrong"]
    assert len(reply) == 1
    assert right in reply[0].lower()
    assert "each time" not in reply[0]


@pytest.mark.parametrize(
    ("offence", "reaction"),
    [
        ("[blame_customer|You did not read it.]", "react_blame"),
        ("[argue.deny|That is impossible.]", "react_argue"),
        ("[interrupt.calm_order|Calm down.]", "react_calm_order"),
        ("[interrupt.dismiss|It is a small matter.]", "react_dismiss"),
        ("[jargon|The MCC rule] tripped.", "react_jargon"),
        ("[evasive.transfer|That is not my department.]", "react_evasive"),
        ("[overpromise|I guarantee it all.]", "react_overpromise"),
        ("[privacy_breach|Read me your code.]", "react_privacy"),
        ("[rude.sarcasm|Poor you.]", "react_rude"),
        ("[evasive.discourage_route|The hotline will not help you.]", "react_discourage"),
    ],
)
def test_each_offence_has_its_reaction(offence, reaction):
    customer, _ = begin(SCENARIO, level=1)
    assert acts_said(answer(customer, offence))[0] == reaction


def test_an_unknown_term_is_quoted_back():
    customer, _ = begin(SCENARIO, level=1)
    said = {event.text for event in answer(customer, "It tripped [jargon|the MCC rule].") if isinstance(event, CustomerSaid)}
    assert any("the MCC rule" in text or "plain words" in text for text in said)


def test_the_third_empty_soothing_sounds_like_a_script():
    turns = ["[empathy.generic|I understand.]", "[apology.generic|Sorry about that.]", "[empathy.generic|I do understand you.]"]
    _, log = play(SCENARIO, turns)
    angers = [event.state["anger"] for event in log if isinstance(event, StateChanged)]
    assert angers[1] < angers[0]
    assert angers[3] > angers[2]
    assert "react_scripted" in acts_said(log)


def test_words_that_mean_nothing_are_asked_about():
    customer, _ = begin(SCENARIO)
    assert acts_said(respond(customer, TraineeSaid("asdf qwer"), Reading((), unclear=True))) == ["clarify"]


def test_words_in_a_row_earn_nothing():
    customer, _ = begin(SCENARIO)
    text = "empathy apology"
    reading = Reading(tuple(answer_act for answer_act in begin_acts(text)), gaming=True, hint="list")
    after = replay(customer, respond(customer, TraineeSaid(text), reading))
    assert after.state["anger"] > customer.state["anger"] - 0.04
    assert not after.has_done("empathy")


def begin_acts(text):
    from simulator.engine.acts import Act

    return [Act("empathy", 0, 7, "react"), Act("apology", 8, len(text), "specific")]


def test_a_question_that_is_passed_over_is_asked_again():
    turns = ["[empathy.react feeling|That would upset me.]", "[acknowledge_receipt|It is on record.]", "[thank|Thank you.]"]
    _, log = play(SCENARIO, turns, level=2)
    assert {"re_ask", "ask_what"} & set(acts_said(log)[2:])
    rules = {cause.rule for event in log if isinstance(event, StateChanged) for cause in event.causes}
    assert "passed_over" in rules


def test_a_promise_without_a_deed_is_remembered_and_then_broken():
    thanks = ["[thank|Thank you for waiting.]", "[thank|Thanks.]", "[thank|Thank you again.]"]
    _, log = play(SCENARIO, ["[take_action.promise|I will look that up right away.]", *thanks], level=1)
    assert [event.quote for event in log if isinstance(event, PromiseMade)] == ["I will look that up right away."]
    assert [event.promised_in_turn for event in log if isinstance(event, PromiseBroken)] == [1]
    assert "promise_reminder" in acts_said(log)


def test_a_longer_time_than_before_is_held_against_the_trainee():
    _, log = play(
        SCENARIO,
        ["[give_timeframe other 3 wd|Within three working days.]", "[give_timeframe other 15 wd|Within fifteen working days.]"],
        level=1,
    )
    said = [event.text for event in log if isinstance(event, CustomerSaid) and event.act == "contradiction"]
    assert len(said) == 1
    assert "three working days" in said[0]
    assert "fifteen working days" in said[0]


def test_a_red_line_sends_it_outside_at_once_and_ends_it_the_second_time():
    customer, _ = begin(SCENARIO, level=1)
    first = answer(customer, "[privacy_breach|Read me the code.]")
    assert [event.rung for event in first if isinstance(event, Escalated)] == [2]
    assert acts_said(first) == ["react_privacy", "escalate_outside"]
    second = answer(replay(customer, first), "[privacy_breach|Your password, please.]")
    assert [event.outcome for event in second if isinstance(event, ContactEnded)] == ["escalated"]


def test_the_ladder_is_climbed_by_rungs_and_comes_down_after_two_better_turns():
    customer, log = play(SCENARIO, ["[blame_customer|It is your own fault.]"], level=3)
    assert customer.rung == 1
    for turn in LISTENED:
        new = answer(customer, turn)
        customer, log = replay(customer, new), log + list(new)
    assert customer.rung == 0
    assert [event.rung for event in log if isinstance(event, Escalated)] == [1, 0]
    assert "come_down" in acts_said(log)


def test_silence_is_met_with_two_check_ins_and_then_nobody():
    customer, _ = begin(SCENARIO)
    heard = []
    for _ in range(3):
        new = respond(customer, TimePassed(30))
        heard += acts_said(new)
        customer = replay(customer, new)
    assert heard == ["check_in", "check_in", "leave"]
    assert customer.outcome == "customer_left"


def test_a_short_silence_is_nothing():
    customer, _ = begin(SCENARIO)
    assert respond(customer, TimePassed(5)) == (TimePassed(5),)


def test_writing_over_the_customer_costs_and_is_said():
    customer, _ = begin(SCENARIO, level=4)
    new = respond(customer, Overlapped(1))
    assert [event.dropped for event in new if isinstance(event, Overlapped)] == [0], "somebody angry finishes"
    cut = replay(customer, new)
    assert cut.state["anger"] > customer.state["anger"] - 0.03
    assert acts_said(answer(cut, "[greeting|Hello.]"))[0] == "overlapped"


def test_a_question_that_was_never_sent_is_not_waited_for():
    customer, _ = play(SCENARIO, ["[empathy.react feeling|That would upset me.]"], level=1)
    asked = set(customer.questions)
    assert asked
    cut = replay(customer, respond(customer, Overlapped(1)))
    assert not set(cut.questions) & asked


def test_goodbye_with_nothing_settled_is_protested_and_then_taken():
    customer, _ = begin(SCENARIO, level=1)
    first = answer(customer, "[closing|Goodbye then.]")
    assert acts_said(first)[0] == "close_unsettled"
    second = answer(replay(customer, first), "[closing|Have a nice day, bye.]")
    assert [event.outcome for event in second if isinstance(event, ContactEnded)] == ["customer_left"]


def test_finishing_says_how_far_it_came():
    customer, _ = begin(SCENARIO)
    assert [event.outcome for event in finish(customer, by="trainee") if isinstance(event, ContactEnded)] == ["closed_by_trainee"]
    settled, _ = play(SCENARIO, [*LISTENED, "[take_action.own|I will refund it now.]"])
    ended = finish(settled, by="trainee")
    assert [event.outcome for event in ended if isinstance(event, ContactEnded)] == ["resolved_confirmed"]
    assert finish(replay(settled, ended), by="trainee") == ()


def test_nothing_happens_after_the_end():
    customer, _ = begin(SCENARIO)
    gone = replay(customer, finish(customer, by="trainee"))
    assert answer(gone, "[greeting|Hello?]") == ()


def test_looking_something_up_leaves_the_customer_as_they_are():
    customer, _ = begin(SCENARIO)
    new = respond(customer, RecordOpened("account"))
    assert new == (RecordOpened("account"),)
    assert replay(customer, new) == customer


def test_a_level_may_be_changed_by_the_case():
    calm = Customer.new(make_scenario(levels={"5": {"anger": 0.2}}), "en", 5, 1)
    assert calm.state["anger"] < 0.25 < Customer.new(SCENARIO, "en", 5, 1).state["anger"]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("换成我被扣了两次年费，也会生气。", "react"),
        ("换成我排了两个小时的队，也会生气。", "generic"),
        ("换成我也会生气。", "react"),
        ("I would be furious too, charged twice for a fee.", "react"),
        ("I would be furious too, after a day in hospital.", "generic"),
    ],
)
def test_empathy_for_a_trouble_that_is_not_theirs_fits_anybody(words, kind):
    assert as_meant_here(Act("empathy", 0, len(words), kind="react"), words, make_scenario()).kind == kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("唉，真是太抱歉了。", "generic"),
        ("给您带来不便，深表歉意。", "generic"),
        ("年费扣了两次，是我们的错，抱歉。", "specific"),
        ("I am truly sorry for the inconvenience.", "generic"),
        ("I am sorry that we charged you twice.", "specific"),
    ],
)
def test_an_apology_that_names_nothing_is_generic_whatever_the_reader_took_it_for(words, kind):
    assert as_meant_here(Act("apology", 0, len(words), kind="specific"), words, make_scenario()).kind == kind


def test_nothing_is_kind_in_the_sentence_of_an_insult():
    customer, _ = begin(SCENARIO, level=1)
    kind = replay(customer, answer(customer, "[empathy.interpret feeling|I know your sort,] [rude.insult|you are only after money.]"))
    rude = replay(customer, answer(customer, "I know your sort, [rude.insult|you are only after money.]"))
    assert kind.state == rude.state


def test_what_the_customer_said_first_is_no_secret():
    document = make_document()
    document["facts"]["card"] |= {"surface": both(["把验证码给了"], ["gave the code away"])}
    document["facts"]["card"]["tell"] = both(
        ["我把验证码给了他。", "我把验证码给了别人。"], ["I gave the code away.", "I gave the code away to him."]
    )
    customer, _ = begin(make_scenario(**document), level=1)
    assert "react_privacy" not in acts_said(answer(customer, "[privacy_breach|You gave the code away,] right?"))
    assert "react_privacy" in acts_said(answer(customer, "[privacy_breach|Read me the code,] please."))


def test_an_answer_to_the_question_beside_an_offer_is_waited_for():
    customer, log = play(SCENARIO, [*LISTENED, f"{IN_TIME} [offer_solution.feasible|We can give it back.] [follow_up|Is that all right?]"])
    assert customer.settled == "dated"
    assert not customer.ended
    assert "accept_offer" in acts_said(log)
