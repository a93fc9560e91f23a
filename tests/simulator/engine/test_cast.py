"""Other people in the same case: what is drawn, how it is said, and that it agrees with itself."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.cast import DrawError, drawn, han_number
from simulator.engine.scenario import ScenarioErrors, parse, pattern_of
from simulator.engine.state import Customer
from simulator.nlu.slots import number
from tests.simulator.engine.cases import make_document

DRAW = {
    "person": {"person": {"gender": "female", "age": [30, 40]}},
    "fee": {"amount": [200, 1200]},
    "first": {"date": "2026-03-05", "days": 9},
    "second": {"after": "first", "days": [12, 16]},
    "branch": {"choice": {"zh-hans": ["城东支行", "河口支行"], "en": ["East Gate", "Harbour"]}},
    "staff": {"digits": 4},
}
SEEDS = st.integers(0, 2**31)


def said(text, seed=0, language="zh-hans"):
    return drawn({"draw": DRAW, "line": {language: text}}, seed)["line"][language]


@given(SEEDS)
def test_the_same_seed_draws_the_same(seed):
    document = {"draw": DRAW, "line": {"zh-hans": "<person.name> <fee> <first> <second> <branch> <staff>"}}
    assert drawn(document, seed) == drawn(document, seed)


def test_the_order_of_the_names_draws_nothing_else():
    backwards = dict(reversed(DRAW.items()))
    line = {"zh-hans": "<first> <second> <fee> <branch>"}
    assert drawn({"draw": backwards, "line": line}, 5)["line"] == drawn({"draw": DRAW, "line": line}, 5)["line"]


def test_a_document_that_draws_nothing_is_itself():
    document = {"line": {"zh-hans": "a < b, <fee>"}}
    assert drawn(document, 7) is document


@given(SEEDS)
def test_both_languages_draw_the_same_branch(seed):
    document = {"draw": DRAW, "line": {"zh-hans": "<branch>", "en": "<branch>"}}
    pair = drawn(document, seed)["line"]
    assert (pair["zh-hans"], pair["en"]) in (("城东支行", "East Gate"), ("河口支行", "Harbour"))


def test_a_bare_value_stands_for_one_in_each_language():
    filled = drawn({"draw": DRAW, "value": "<branch>", "who": "<person.name>"}, 3)
    assert set(filled["value"]) == set(filled["who"]) == {"zh-hans", "en"}


@given(SEEDS)
def test_a_later_date_is_as_much_later_as_its_author_says(seed):
    first, second = said("<first> <second>", seed).split()
    assert 12 <= (date.fromisoformat(second) - date.fromisoformat(first)).days <= 16


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@given(seed=SEEDS)
def test_what_is_said_of_a_date_or_an_amount_is_recognised_by_its_pattern(language, seed):
    for name in ("first", "second", "fee", "fee*2"):
        spoken, pattern, plain = (said(f"<{name}{form}>", seed, language) for form in (":spoken", ":pattern", ""))
        assert pattern_of(pattern).search(f"那是{spoken}的事" if language == "zh-hans" else f"it was {spoken}, I think")
        assert pattern_of(pattern).search(str(plain))


def test_another_amount_is_not_recognised():
    pattern = pattern_of("/" + said("<fee:pattern>", 1).strip("/") + "/")
    amount = said("<fee>", 1)
    assert not pattern.search(f"{amount + 1}元")
    assert not pattern.search(f"1{amount}元")


def test_a_token_that_is_all_there_is_gives_a_number():
    assert said("<fee*2>") in (400, 2400)
    assert said("<person.age>") in range(30, 41)


@given(st.integers(0, 99_999))
def test_chinese_numerals_read_back_as_the_number_they_stand_for(value):
    assert number(han_number(value)) == value


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        ({"draw": {"x": {}}, "a": "b"}, "draw.x", "not_one_of"),
        ({"draw": {"x": {"amount": []}}, "a": "b"}, "draw.x", "cannot_be_drawn"),
        ({"draw": {"x": {"after": "y", "days": [1, 2]}}, "a": "b"}, "draw.x", "cannot_be_drawn"),
        ({"draw": DRAW, "a": {"en": "<fees>"}}, "a.en", "not_drawn"),
        ({"draw": DRAW, "a": ["<person.mood>"]}, "a.0", "not_one_of"),
    ],
)
def test_what_cannot_be_drawn_names_its_place(document, path, code):
    with pytest.raises(DrawError) as error:
        drawn(document, 0)
    assert (error.value.path, error.value.code) == (path, code)


def test_a_title_is_the_same_for_everybody():
    document = make_document(draw=DRAW, title={"zh-hans": "<person.name>的年费", "en": "A fee"})
    with pytest.raises(ScenarioErrors) as errors:
        parse(document)
    assert [error.code for error in errors.value.errors] == ["nothing_drawn_here"]


def test_customers_of_two_seeds_are_two_people_with_facts_of_their_own():
    document = make_document(draw=DRAW)
    for person in document["persona"]["zh-hans"]:
        person["name"] = "<person.name>"
    case = parse(document)
    one, other = (Customer.new(case, "zh-hans", 3, seed) for seed in (1, 2))
    assert one.persona.name != other.persona.name
    assert Customer.new(case, "zh-hans", 3, 1) == one
