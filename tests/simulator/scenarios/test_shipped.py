"""The shipped scenarios: whole, in both languages, many-voiced, and giving nothing away."""

from pathlib import Path

import pytest
import yaml

from simulator.engine.lines import BANDS, CUSTOMER_ACTS, LANGUAGES, SITUATIONS
from simulator.engine.rules import shipped_rules
from simulator.engine.scenario import Scenario, parse, pattern_of

FILES = sorted((Path(__file__).parents[3] / "simulator" / "scenarios").glob("*.yaml"))
OWN = ("open", "vent", "demand")
CORES = 12


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return parse(yaml.safe_load(request.param.read_text(encoding="utf-8")))


def test_a_file_is_named_after_its_scenario():
    assert [file.stem for file in FILES] == [yaml.safe_load(file.read_text(encoding="utf-8"))["slug"] for file in FILES]


def test_both_languages_are_there(scenario):
    assert scenario.languages == LANGUAGES


def test_what_only_the_case_can_say_can_be_said_in_many_ways(scenario):
    for act in OWN:
        for language in LANGUAGES:
            lines = {line for band in scenario.lines[act].values() for line in band[language]}
            assert len(lines) >= CORES, f"{act} {language}"


def test_everything_else_is_in_the_common_stock_in_twelve_ways_a_mood():
    stock = shipped_rules().stock
    for act, spec in CUSTOMER_ACTS.items():
        if spec.own:
            continue
        for band, said in stock[act].items():
            for language in LANGUAGES:
                assert len(set(said[language])) >= CORES, f"{act} {band} {language}"


def test_every_act_of_its_own_has_a_voice_in_every_mood(scenario):
    for act in OWN:
        assert set(scenario.lines[act]) == set(BANDS), act


def test_every_situation_has_two_better_lines(scenario):
    for situation in SITUATIONS:
        for language in LANGUAGES:
            assert len(scenario.coaching[situation][language]) >= 2, f"{situation} {language}"


def test_what_the_customer_tells_holds_the_words_that_confirm_it(scenario):
    for fact in scenario.facts.values():
        for language in LANGUAGES:
            words = fact.believed_surface.get(language) or fact.surface[language]
            for line in fact.tell[language]:
                said = line.replace("{value}", (fact.believed or fact.value)[language])
                assert any(pattern_of(word).search(said) for word in words), f"{fact.id}: {said}"


def test_the_value_of_a_fact_is_one_of_its_surface_forms(scenario):
    for fact in scenario.facts.values():
        for language in LANGUAGES:
            assert any(pattern_of(word).search(fact.value[language]) for word in fact.surface[language]), f"{fact.id} {language}"


def test_the_bank_does_not_know_everything_and_the_customer_neither(scenario):
    record = {language: " ".join(section.text[language] for section in scenario.record.values()) for language in LANGUAGES}
    for language in LANGUAGES:
        unknown = [
            fact.id
            for fact in scenario.facts.values()
            if not any(pattern_of(word).search(record[language]) for word in fact.surface[language])
        ]
        assert unknown, language
    assert any(fact.known == "misremembered" for fact in scenario.facts.values())


FAIR_REFUSALS = ("code-scam", "wrong-account", "fund-loss", "early-repayment-fee", "account-refused")


def test_a_handler_can_settle_the_first_demand_unless_the_bank_is_right(scenario):
    first = scenario.demands[0]
    in_full = any(scenario.offers[offer].answers_demand == "full" for offer in first.acceptable)
    assert in_full == (scenario.slug not in FAIR_REFUSALS)


def test_no_line_is_written_in_the_other_language(scenario):
    def chinese(text: str) -> bool:
        return any("一" <= letter <= "鿿" for letter in text)

    for act, bands in scenario.lines.items():
        for band in bands.values():
            assert not [line for line in band["en"] if chinese(line)], act
            assert not [line for line in band["zh-hans"] if not chinese(line) and "{" not in line], act


def test_what_is_offered_can_be_said_by_either_side(scenario):
    """The handler says an offer and the customer repeats it, so it names nobody as "you"."""
    for offer in scenario.offers.values():
        assert "您" not in offer.what["zh-hans"], offer.id
        assert not {"you", "your", "we", "our"} & set(offer.what["en"].split()), offer.id


def test_what_is_offered_holds_the_words_that_name_it(scenario):
    for offer in scenario.offers.values():
        for language in LANGUAGES:
            assert any(pattern_of(word).search(offer.what[language]) for word in offer.surface[language]), f"{offer.id} {language}"


def test_a_pattern_stands_between_slashes(scenario):
    """Without them `.*` would be looked for as it stands, and never be found."""
    words = [
        word
        for fact in scenario.facts.values()
        for found in (fact.surface, fact.gate.words, fact.believed_surface)
        for word in sum(found.values(), ())
    ]
    words += [word for offer in scenario.offers.values() for word in sum(offer.surface.values(), ())]
    assert not [word for word in words if not word.startswith("/") and set(word) & set("*{}[]()|\\?")]
