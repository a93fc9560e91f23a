"""What holds for every line: neighbours, letters and quotation marks change no reading; good words in a row earn nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.acts import NEGATIVE, POSITIVE
from simulator.nlu import read
from simulator.nlu.normalise import _characters
from tests.simulator.nlu.test_reading import BAD, GOOD

SAID = {
    "zh": [text for text, _ in BAD + GOOD if not text.isascii()],
    "en": [text for text, _ in BAD + GOOD if text.isascii()],
}
NEUTRAL = {
    "zh": ["今天天气不错", "柜台三点半关门", "嗯", "网点在一楼", "今天是星期二"],
    "en": ["the office has two doors", "it is Tuesday", "well", "the branch is on the corner", "the weather is fine"],
}
DISOWNED = {
    "zh": [
        "同事对您说“{}”，这种话绝对不应该讲。",
        "我们不会说“{}”。",
        "您说柜员跟您讲“{}”，这样说是不对的。",
        "谁也不该对您说“{}”。",
        "您听到有人说“{}”，这不应该。",
    ],
    "en": [
        'The teller told you "{}", and that was wrong.',
        'Nobody should have said "{}" to you.',
        'You say she said "{}". That is not acceptable.',
        'I would never say "{}" to you.',
        'He should not have told you "{}".',
    ],
}
GOOD_WORDS = {
    "zh": ["道歉", "共情", "理解", "倾听", "感谢", "问候", "解决方案", "核实", "时限", "登记", "安抚", "复述", "回访", "满意"],
    "en": ["apology", "empathy", "listening", "thanks", "greeting", "solution", "confirm", "timeframe", "follow-up", "summary", "care"],
}


def codes(text: str) -> set[str]:
    return {act.code for act in read(text).acts}


LANGUAGE = st.sampled_from(["zh", "en"])


@given(LANGUAGE, st.data())
def test_a_neutral_clause_before_or_behind_takes_no_act_away(language, data):
    said, neutral = data.draw(st.sampled_from(SAID[language])), data.draw(st.sampled_from(NEUTRAL[language]))
    comma = "，" if language == "zh" else ", "
    assert codes(said) <= codes(neutral + comma + said)
    assert codes(said) <= codes(said + comma + neutral)


@given(st.sampled_from(["zh", "en"]), st.data())
def test_a_bad_phrase_that_is_reported_and_disowned_is_never_that_act(language, data):
    bad = [text for text, _ in BAD if text in SAID[language]]
    text = data.draw(st.sampled_from(DISOWNED[language])).format(data.draw(st.sampled_from(bad)))
    assert not codes(text) & set(NEGATIVE), text


TRADITIONAL = {simple: traditional for traditional, simple in _characters().items()}


@given(st.sampled_from(SAID["zh"]), st.randoms(use_true_random=False))
def test_traditional_characters_anywhere_in_a_line_change_nothing(said, chance):
    written = "".join(TRADITIONAL.get(sign, sign) if chance.random() < 0.7 else sign for sign in said)
    assert codes(written) == codes(said)


@given(st.sampled_from(SAID["en"]), st.randoms(use_true_random=False))
def test_capitals_anywhere_in_a_line_change_nothing(said, chance):
    assert codes("".join(sign.upper() if chance.random() < 0.5 else sign for sign in said)) == codes(said)


@given(LANGUAGE, st.data())
def test_good_words_in_a_row_earn_nothing(language, data):
    words = data.draw(st.lists(st.sampled_from(GOOD_WORDS[language]), min_size=4, max_size=10, unique=True))
    separator = data.draw(st.sampled_from([" ", "，" if language == "zh" else ", ", " / ", " + ", "\n"]))
    reading = read(separator.join(words))
    assert not {act.code for act in reading.acts} & set(POSITIVE)


@given(st.sampled_from(["对不起", "非常抱歉", "理解您的心情", "sorry", "I understand", "thank you"]), st.integers(4, 12))
def test_the_same_good_words_again_and_again_earn_nothing(words, times):
    for separator in ("，", " ", "。"):
        assert read(separator.join([words] * times)).acts == ()


def test_and_before_sorry_does_not_take_the_apology_away():
    assert "apology" in codes("We lost your form, and I am sorry.")
    assert "apology" in codes("That is not right, and I am sorry.")


def test_to_say_that_something_is_not_acceptable_disputes_nothing():
    assert not codes("That is not acceptable.") & set(NEGATIVE)
