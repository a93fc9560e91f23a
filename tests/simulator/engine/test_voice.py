"""Lead-ins and tails: they join only lines that take them, and come again only when all have been used."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.lines import BANDS, CUSTOMER_ACTS, LANGUAGES
from simulator.engine.rules import shipped_rules
from simulator.engine.scenario import STYLES
from simulator.engine.state import Customer
from simulator.engine.wording import lines_for
from tests.simulator.engine.cases import make_scenario

RULES = shipped_rules()
VOICES = RULES.voices
ALWAYS, NEVER = (1.0, 1.0), (0.0, 0.0)


@pytest.mark.parametrize(
    ("language", "line", "band", "leads"),
    [
        ("zh-hans", "你们到底管不管？", "angry", True),
        ("zh-hans", "嗯，好。", "calm", False),
        ("en", "When will it be done?", "uneasy", True),
        ("en", "It is not good enough.", "uneasy", True),
        ("en", "Right, then.", "calm", False),
        ("en", "Item two.", "calm", False),
    ],
)
def test_only_a_line_that_takes_it_is_led_into(language, line, band, leads):
    said = VOICES.languages[language].said(line, band, (1.0, 0.0), 3, Random(1))
    assert (said != line) == leads
    assert said.lower().endswith(line.lower())


def test_a_tail_follows_a_whole_sentence_in_english_and_joins_it_in_chinese():
    assert VOICES.languages["en"].said("I want it back.", "angry", (0.0, 1.0), 0, Random(1)) == "I want it back. Do you hear?"
    assert VOICES.languages["zh-hans"].said("我的钱你们还不还。", "angry", (0.0, 1.0), 1, Random(1)) == "我的钱你们还不还，像话吗？"


def test_i_stays_a_capital_and_other_words_become_small_after_a_comma():
    voice = VOICES.languages["en"]
    assert voice.said("I have waited long enough.", "calm", (1.0, 0.0), 0, Random(1)) == "To be honest, I have waited long enough."
    assert voice.said("This is too much.", "calm", (1.0, 0.0), 0, Random(1)) == "To be honest, this is too much."


@given(st.sampled_from(LANGUAGES), st.sampled_from(BANDS), st.integers(0, 200))
def test_a_question_has_no_tail_and_nothing_is_lost(language, band, number):
    line = "什么时候能办好？" if language == "zh-hans" else "When will it be done?"
    said = VOICES.languages[language].said(line, band, ALWAYS, number, Random(number))
    assert said.endswith(line[1:])


@given(st.sampled_from(LANGUAGES), st.sampled_from(BANDS))
def test_a_lead_in_comes_again_only_after_all_the_others(language, band):
    voice = VOICES.languages[language]
    line = "我等了很久。" if language == "zh-hans" else "I have waited long."
    many = len(voice.statement[band])
    assert len({voice.said(line, band, (1.0, 0.0), number, Random(0)) for number in range(many)}) == many


def test_who_never_leads_in_says_the_line_as_it_is():
    assert VOICES.languages["en"].said("I mind.", "calm", NEVER, 1, Random(1)) == "I mind."


def test_nothing_is_added_after_a_demand():
    assert VOICES.frequency("demand", "verbose")[1] == 0.0
    assert VOICES.frequency("vent", "verbose")[1] > 0.0


def test_every_style_and_act_of_the_file_is_known():
    assert set(VOICES.often) == set(STYLES)
    assert set(CUSTOMER_ACTS) >= VOICES.acts


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_young_speaks_of_their_age(language):
    said = {customer.persona.age: {line for act in RULES.stock for _key, line in lines_for(customer, act)} for customer in people(language)}
    young, old = min(said), max(said)
    assert young < RULES.voices.age <= old
    assert not said[young] & RULES.elders
    assert said[old] & RULES.elders


def people(language: str) -> list[Customer]:
    """One customer and the same a generation older."""
    one = Customer.new(make_scenario(), language, 3, 1)
    return [one.but(persona=replace(one.persona, age=age)) for age in (25, 71)]
