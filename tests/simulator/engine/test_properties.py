"""What must hold for every customer, whatever is said to them."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import codec
from simulator.engine.customer import Customer, finish, open_role_play, replay, respond
from simulator.engine.events import CustomerSaid, Event, FactTold, OfferWeighed, Overlapped, StateChanged, TimePassed
from simulator.engine.readings import debrief, evidence, live_signs
from simulator.engine.rules import shipped_rules
from tests.simulator.engine.cases import make_scenario
from tests.simulator.engine.speech import answer, begin, facts_told

SCENARIO = make_scenario()
ASKING = {
    "[ask_details.closed amount|How much was it?]": "fee",
    "[ask_details.closed occurred_at|What day was it?]": "day",
    "[ask_details.closed target|Who promised it?]": "clerk",
    "[ask_details.closed reason|Why does it worry you?]": "worry",
}
SAYING = (
    *ASKING,
    "[greeting|Good morning.]",
    "[empathy.react feeling|I would be upset as well.]",
    "[empathy.generic|I understand.]",
    "[apology.generic|Sorry.]",
    "[apology.specific|I am sorry that we charged you.]",
    "[active_listening|Please go on.]",
    "[confirm_facts.paraphrase amount|300 each time, right?]",
    "[confirm_facts.readback amount 200|200 each time, right?]",
    "[acknowledge_receipt|It is on record.]",
    "[explain_process.plain|We check first and then write.]",
    "[explain_process.redress|You may call 12378.]",
    "[explain_process.refusal_with_reason|We cannot, because of the contract.]",
    "[give_timeframe other 5 wd|Within five working days.]",
    "[give_contact|Call 1024.]",
    "[offer_solution.feasible|We can refund it.]",
    "[offer_solution.partial|We can put in a waiver request.]",
    "[take_action.own|I will refund it now.]",
    "[take_action.promise|I will look it up.]",
    "[blame_customer|You did not read it.]",
    "[argue.deny|That is impossible.]",
    "[interrupt.calm_order|Calm down.]",
    "[evasive.transfer|Not my department.]",
    "[jargon|The MCC rule.]",
    "[privacy_breach|Your password, please.]",
    "[closing|Goodbye.]",
    "Hm.",
)
turns = st.lists(st.sampled_from(SAYING), max_size=12)
levels = st.integers(1, 5)
seeds = st.integers(0, 10_000)
languages = st.sampled_from(["zh-hans", "en"])


def play_all(said: list[str], level: int, seed: int, language: str = "en") -> tuple[Customer, list[Event]]:
    customer, log = begin(SCENARIO, language, level, seed)
    for marked in said:
        new = answer(customer, marked)
        customer, log = replay(customer, new), log + list(new)
    return customer, log


@given(turns, levels, seeds, languages)
def test_every_variable_stays_between_nothing_and_everything(said, level, seed, language):
    _, log = play_all(said, level, seed, language)
    for event in log:
        if isinstance(event, StateChanged):
            assert all(0 <= value <= 1 for value in event.state.values())
            assert 1 <= event.mood <= 5


@given(turns, levels, seeds, languages)
def test_the_same_seed_gives_the_same_events_and_the_log_gives_the_state(said, level, seed, language):
    customer, log = play_all(said, level, seed, language)
    again, other = play_all(said, level, seed, language)
    assert log == other
    assert customer == again == replay(Customer.new(SCENARIO, language, level, seed), log)
    stored = [codec.to_json(event) for event in log]
    assert [codec.from_json(kind, json.loads(json.dumps(data))) for kind, data in stored] == log


@given(turns, levels, seeds)
def test_named_feeling_never_leaves_them_angrier_than_nothing_said(said, level, seed):
    customer, _ = play_all(said, level, seed)
    if not customer.ended:
        kind = replay(customer, answer(customer, "[empathy.interpret feeling|Twice, after a promise: you must feel cheated.]"))
        dull = replay(customer, answer(customer, "Well."))
        assert kind.state["anger"] <= dull.state["anger"]


@given(turns, levels, seeds, st.sampled_from(["[blame_customer|Your own fault, this.]", "[argue.deny|No, that cannot be so.]"]))
def test_blame_and_argument_never_leave_them_calmer_than_thanks(said, level, seed, offence):
    customer, _ = play_all(said, level, seed)
    if not customer.ended:
        hurt = replay(customer, answer(customer, offence))
        dull = replay(customer, answer(customer, "[thank|Thank you for that.]"))
        assert hurt.state["anger"] >= dull.state["anger"]


@given(levels, seeds)
def test_an_offer_after_listening_is_taken_at_least_as_well_as_before(level, seed):
    ranks = ("discounted", "refused", "countered", "accepted")
    offer = "[offer_solution.feasible|We can refund it.]"

    def answered(said: list[str]) -> int:
        _, log = play_all([*said, offer], level, seed)
        return max((ranks.index(event.answer) for event in log if isinstance(event, OfferWeighed)), default=0)

    listened = [
        "[empathy.react feeling|I would be upset as well.] [active_listening|Go on.]",
        "[confirm_facts.paraphrase matter|Twice, right?]",
    ]
    assert answered(listened) >= answered([])


@given(turns, levels, seeds)
def test_no_fact_comes_out_without_being_asked_for_or_said_first(said, level, seed):
    """Also not in words: no line holds what was not told by then."""
    customer, log = begin(SCENARIO, "en", level, seed)
    for marked in said:
        new = answer(customer, marked)
        for fact in facts_told(new):
            named = "300" in marked and fact == "fee"
            assert fact in ("demand", "hidden_interest") or ASKING.get(marked) == fact or named
        customer = replay(customer, new)
        for event in new:
            if isinstance(event, CustomerSaid) and "Mr Li" in event.text:
                assert "clerk" in customer.told


@given(turns, levels, seeds)
def test_an_unsolved_case_never_satisfies(said, level, seed):
    customer, _ = play_all(said, level, seed)
    customer = replay(customer, finish(customer, by="trainee"))
    assert (customer.satisfaction >= 0.6) == (customer.settled is not None)


@given(st.lists(st.sampled_from(SAYING), min_size=1, max_size=3), levels, seeds)
def test_every_conversation_ends_by_itself(said, level, seed):
    customer, _ = begin(SCENARIO, "en", level, seed)
    spoken = 0
    while not customer.ended:
        assert spoken < 40
        customer = replay(customer, answer(customer, said[spoken % len(said)]))
        spoken += 1


@given(turns, levels, seeds, languages)
def test_no_line_comes_twice_while_another_is_left(said, level, seed, language):
    """The small case has ten lines of each own act: the first five of a band are five different ones."""
    _, log = play_all(said, level, seed, language)
    lines = list(dict.fromkeys((event.line, event.due_ms, index) for index, event in enumerate(log) if isinstance(event, CustomerSaid)))
    vents = [line for line, _, _ in lines if line.startswith("vent.")]
    assert len(set(vents[:5])) == len(vents[:5])


@given(turns, levels, seeds, st.integers(0, 3), st.integers(0, 90))
def test_silence_and_overlap_fit_anywhere_and_the_readings_take_every_log(said, level, seed, unsent, seconds):
    customer, log = play_all(said, level, seed)
    for happened in (Overlapped(unsent), TimePassed(seconds)):
        new = respond(customer, happened)
        customer, log = replay(customer, new), log + list(new)
    rows = evidence(log, SCENARIO)
    assert all(row.kind == "event" or row.quote for row in rows)
    assert len(debrief(log, SCENARIO, "en")) == len([row for row in log if type(row).__name__ == "TraineeSaid"])
    assert live_signs(log).mood == customer.mood
    better = [turn.better for turn in debrief(log, SCENARIO, "en") if turn.better]
    assert len(better) == len(set(better))
    told = {event.fact for event in log if isinstance(event, FactTold)}
    assert told == set(customer.told)


GENERIC = ("[apology.generic|Sorry about that.]", "[empathy.generic|I understand you.]", "[apology.generic|Sorry, really.]")


@given(levels, seeds)
def test_the_third_empty_apology_leaves_them_at_least_as_angry_as_the_second(level, seed):
    """Against what a turn of thanks would have done, so that the pull of the unsolved problem does not count."""
    effects = []
    for number in (1, 2):
        before, _ = play_all(list(GENERIC[:number]), level, seed)
        if before.ended:
            return
        soothed = replay(before, answer(before, GENERIC[number]))
        dull = replay(before, answer(before, "[thank|Thank you for that.]"))
        effects.append(soothed.state["anger"] - dull.state["anger"])
    assert effects[1] >= effects[0] - 0.001


@given(st.permutations(["[blame_customer|Your own fault, this.]", "[argue.deny|No, that cannot be so.]"]), levels, seeds)
def test_good_words_early_serve_better_than_good_words_late(bad, level, seed):
    """Heard first, then hurt: nobody goes who would have stayed if they had been hurt first."""
    good = ["[empathy.interpret feeling|Charged twice, you must feel cheated.]", "[apology.specific|I am sorry that we charged you twice.]"]
    early, _ = play_all([*good, bad[0]], level, seed)
    late, _ = play_all([bad[0], *good], level, seed)
    assert early.ended <= late.ended
    assert early.rung <= late.rung + 1


@given(turns, levels, seeds)
def test_asking_again_for_what_was_told_costs_patience(said, level, seed):
    customer, _ = play_all([*said, "[ask_details.closed amount|How much was it?]"], level, seed)
    if customer.ended or "fee" not in customer.told:
        return
    again = replay(customer, answer(customer, "[ask_details.closed amount|How much was that, please?]"))
    dull = replay(customer, answer(customer, "[thank|Thank you for that.]"))
    assert again.state["patience"] <= dull.state["patience"]


@given(levels, seeds, st.integers(0, 3))
def test_a_promise_for_now_that_nothing_follows_is_held_against_the_trainee_in_time(level, seed, before):
    """Three turns later, unless they have gone by then."""
    thanks = ["[thank|Thank you.]", "[thank|Thanks a lot.]", "[thank|Many thanks.]", "[thank|Thank you so much.]"]
    customer, log = play_all([*thanks[:before], "[take_action.promise|I will look that up right away.]", *thanks], level, seed)
    broken = any(type(event).__name__ == "PromiseBroken" for event in log)
    assert broken or customer.ended


@given(turns, levels, seeds, languages)
def test_other_words_change_neither_mood_nor_decision(said, level, seed, language):
    """Another stock of lines: the stream of the wording is its own."""
    rules = shipped_rules()
    fewer = {
        act: {band: {tongue: lines[:3] for tongue, lines in said_in.items()} for band, said_in in bands.items()}
        for act, bands in rules.stock.items()
    }
    paths = []
    for stock in (rules.stock, fewer):
        start = Customer.new(SCENARIO, language, level, seed, replace(rules, stock=stock))
        customer = replay(start, open_role_play(SCENARIO, language=language, level=level, seed=seed, rules=start.rules))
        path = []
        for marked in said:
            new = answer(customer, marked)
            customer = replay(customer, new)
            path += [event.state for event in new if isinstance(event, StateChanged)]
        paths.append(path)
    assert paths[0] == paths[1]


@given(turns, levels, seeds)
def test_both_languages_take_the_same_path(said, level, seed):
    """The same readings in a Chinese and an English role-play: the same moods, for no mood hangs on the tongue."""
    neutral = [
        marked for marked in said if not any(word in marked for word in ("confirm_facts", "ask_details", "offer_solution", "take_action"))
    ]
    paths = [
        [event.state for event in play_all(neutral, level, seed, language)[1] if isinstance(event, StateChanged)]
        for language in ("zh-hans", "en")
    ]
    assert paths[0] == paths[1]
