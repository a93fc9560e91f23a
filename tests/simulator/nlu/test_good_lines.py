"""Lines of a good handler carry no negative act; what is offered, done and asked is read."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from simulator import nlu
from simulator.engine.acts import NEGATIVE, TOPICS
from simulator.engine.cast import drawn
from simulator.nlu import lexicon, read

FOLDER = Path(nlu.__file__).resolve().parent.parent
VALUES = {
    "zh": {
        "facts": "三月被扣了两次年费",
        "way": "把钱退回您的卡上",
        "salutation": "刘女士",
        "limit": "五个工作日",
        "number": "2031",
        "staff": "1024",
    },
    "en": {
        "facts": "you were charged the fee twice",
        "way": "a refund to your card",
        "salutation": "Ms Liu",
        "limit": "five working days",
        "number": "2031",
        "staff": "1024",
    },
}


def codes(text: str) -> set[str]:
    return {act.code for act in read(text).acts}


def texts(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for child in children for text in texts(child)]


def coaching() -> list[str]:
    return [
        text
        for path in sorted((FOLDER / "scenarios").glob("*.yaml"))
        for text in texts(drawn(yaml.safe_load(path.read_text(encoding="utf-8")), 0)["coaching"])
    ]


def shipped() -> list[str]:
    lines = []
    for path in sorted((FOLDER / "policies").glob("lines-*.yaml")):
        values = defaultdict(lambda: "3", VALUES["zh" if "zh" in path.stem else "en"])
        lines += [text.format_map(values) for text in texts(yaml.safe_load(path.read_text(encoding="utf-8"))["good"])]
    return lines


def test_of_what_the_program_itself_recommends_hardly_a_line_is_read_as_an_offence():
    lines = coaching() + shipped()
    readings = {text: read(text) for text in lines}
    called_bad = [text for text, reading in readings.items() if {act.code for act in reading.acts} & set(NEGATIVE)]
    assert len(called_bad) <= 0.02 * len(lines), called_bad
    assert not [text for text, reading in readings.items() if reading.gaming]


@pytest.mark.parametrize(
    "text",
    [
        "您慢慢说",
        "您慢慢讲",
        "您慢慢讲，不着急。",
        "None of this is your fault.",
        "None of this was your doing, you did everything right.",
        "I do not doubt what you say.",
        "I don't doubt you for a moment.",
        "I am sorry that nobody told you about the fee.",
        "The last four digits are enough.",
        "我说简单点，就是卡暂时不能用。",
        "You need not go to the branch.",
        "You do not have to go to the branch, I will arrange it from here.",
        "I will ask the card centre and tell you.",
        "我不需要您的密码",
        "我不需要您的密码，也不需要验证码。",
        "I need no code or PIN.",
        "Please give your PIN or code to nobody.",
        "误扣的钱是全额退的，您放心。",
        "我们先核实情况，再由支行按规定处理。",
        "Please tell me where it is wrong.",
        "You told me that, and I wrote it down.",
        "May I ask who I am speaking to?",
        "I will look it up for you.",
    ],
)
def test_a_good_line_carries_no_negative_act(text):
    assert not codes(text) & set(NEGATIVE)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I doubt that.", "argue"),
        ("Nobody told you that.", "argue"),
        ("That is enough.", "interrupt"),
        ("您说简单点", "interrupt"),
        ("You should go to the branch.", "evasive"),
        ("You need to ask the card centre.", "evasive"),
        ("由于系统规定就是这样", "evasive"),
        ("我也没办法", "evasive"),
        ("我需要您的密码", "privacy_breach"),
        ("I need your PIN.", "privacy_breach"),
        ("给您全额退款没问题", "overpromise"),
        ("Look it up yourself.", "rude"),
        ("All of this is your fault.", "blame_customer"),
    ],
)
def test_the_bad_line_beside_it_is_still_read(text, code):
    assert code in codes(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("您慢慢说", {"active_listening"}),
        ("您慢慢讲", {"active_listening"}),
        ("我可以把这笔钱直接转给医院", {"offer_solution", "take_action"}),
        ("我可以安排支行负责人当面道歉", {"offer_solution", "take_action"}),
        ("我现在就可以把这笔钱直接付给医院", {"offer_solution", "take_action"}),
        ("我现在就把这笔年费退回您的卡上", {"take_action"}),
        ("I am paying the hospital directly from your account now.", {"take_action"}),
        ("您手上有凭据吗？", {"ask_details"}),
        ("您手上有没有当时的凭据？", {"ask_details"}),
        ("早上转进来的钱是哪来的？", {"ask_details"}),
        ("Which hospital is it and how much do they need?", {"ask_details"}),
        ("被当众训斥，换谁都会觉得难堪。", {"empathy"}),
    ],
)
def test_what_is_offered_done_asked_and_felt_is_read(text, wanted):
    assert codes(text) & wanted


def test_the_feeling_anybody_would_have_is_a_reaction():
    assert [act.kind for act in read("换谁都会觉得难堪").acts if act.code == "empathy"] == ["react"]


@pytest.mark.parametrize("text", ["So you were charged twice on March 5, is that right?", "您是说3月5日被扣了两次，对吗？"])
def test_a_day_that_is_said_back_is_no_limit(text):
    assert "confirm_facts" in codes(text)
    assert "give_timeframe" not in codes(text)


def test_no_way_out_is_no_action():
    assert "take_action" not in codes("我也没办法")
    assert "take_action" not in codes("这个我现在也没办法处理")


def test_what_an_act_is_about_is_always_a_topic():
    for text in coaching() + shipped() + ["I will refund the money.", "I am freezing it now.", "We can do that at once, how about it?"]:
        assert {act.about for act in read(text).acts} <= TOPICS | {None}


@pytest.mark.parametrize(
    "text",
    ["理解 抱歉 登记 核实", "理解 抱歉 登记 核实 退款 感谢。", "抱歉 理解 登记 核实 时限 解决", "对不起 理解 您的心情 马上处理 感谢"],
)
def test_key_words_between_spaces_are_stuffing(text):
    reading = read(text)
    assert reading.gaming
    assert reading.acts == ()


def test_a_sentence_typed_with_spaces_is_not_stuffing():
    assert not read("您好 我是小林 很抱歉 让您久等了 请您说说经过").gaming


def test_warm_compiles_every_pattern():
    nlu.warm()
    assert all("expression" in vars(pattern) for language in ("zh", "en") for pattern in lexicon.load(language).patterns)
