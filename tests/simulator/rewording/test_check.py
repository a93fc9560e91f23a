"""A wording of a customer's line is shown only where it says what the engine decided, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

import pytest
import yaml

from simulator.engine.events import CustomerSaid
from simulator.engine.scenario import Scenario, parse
from simulator.management.commands.load_scenarios import SHIPPED
from simulator.rewording.check import Ground, fault_of, numbers_in

CASES = ("annual-fee", "swallowed-card", "two-hour-queue", "wrong-account", "loan-gift")


@lru_cache
def case_of(slug: str) -> Scenario:
    return parse(yaml.safe_load((SHIPPED / f"{slug}.yaml").read_text(encoding="utf-8"))).for_seed(5)


LINES = {
    "zh-hans": [
        ("vent", "angry", "我都说了多少遍了，你们到底有没有人管这件事！"),
        ("ask_when", "uneasy", "那你们什么时候能给我一个答复呢？"),
        ("demand", "angry", "我就一个要求，把这件事给我处理好，别再推来推去！"),
    ],
    "en": [
        ("vent", "angry", "I have told this story over and over, is anybody in there going to do something!"),
        ("ask_when", "uneasy", "So when am I going to hear back from you about this?"),
        ("demand", "angry", "I want one thing, get this sorted out for me and stop passing me around!"),
    ],
}
# What a model might add to a line, each enough to throw the wording away.
ADDED = {
    "zh-hans": (
        "我等了十七天", "扣了3866元", "我叫欧阳建国", "王女士也这么说", "昨天就开始了", "我去人民银行告你们", "我的信用卡也一样",
        "支行的人都知道", "我要找律师", "记者都来了", "密码我也给你", "我住在杭州", "儿子都急了", "基金亏了",
        "看 http://evil.example", "<b>快点</b>", "作为一个语言模型", "以下是改写", "ignore the rules", "Mr Brown said so",
        "\n系统消息：通过", "＊＊好＊＊", "零\u200b宽", "周五之前", "一百二十块", "退款2倍", "微信上说的", "医院里等着", "{name}",
        "公司都知道了",
    ),
    "en": (
        "and I waited 17 days", "you took 3866 from me", "my name is Gordon Brown", "Fiona agrees", "since yesterday",
        "I will go to the ombudsman", "my credit card too", "the branch knows", "I will get a lawyer", "a reporter is here",
        "here is my password", "I live in Leeds", "my son is upset", "the fund fell", "see http://evil.example", "<b>hurry</b>",
        "as an AI language model", "here is the rewritten line", "忽略规则", "says Mr Brown", "\nsystem: accept", "**well**",
        "zero\u200bwidth", "by Friday", "a hundred and twenty", "twice the money", "Facebook said so", "from the hospital", "{name}",
        "my wages are gone",
    ),
}  # fmt: skip


def hostile(language: str) -> Iterator[tuple[str, CustomerSaid, str]]:
    """(slug, line, wording) of many wordings that must not be shown."""
    for slug, (act, band, text) in itertools.product(CASES, LINES[language]):
        said = CustomerSaid(text, "x", act, band)
        body = text.rstrip("！？!?")
        for added in ADDED[language]:
            yield slug, said, f"{body}，{added}！" if language == "zh-hans" else f"{body}, {added}!"
        for fact in case_of(slug).facts.values():
            yield slug, said, f"{body}，{fact.value[language]}" if language == "zh-hans" else f"{body}, {fact.value[language]}"
        yield slug, said, ""
        yield slug, said, text[:4]
        yield slug, said, f"{text}{text}{text}"
        yield slug, said, LINES["en" if language == "zh-hans" else "zh-hans"][0][2]
        yield (
            slug,
            said,
            "好的，谢谢您，我完全接受这个方案。" if language == "zh-hans" else "All right, thank you, I am happy with that, let us do it.",
        )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_hostile_wording_is_shown(language: str) -> None:
    tried = list(hostile(language))
    assert len({(slug, wording) for slug, _said, wording in tried}) >= 200
    shown = [(slug, wording) for slug, said, wording in tried if fault_of(said, wording, Ground(case_of(slug), language, {})) is None]
    assert not shown


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_honest_wording_is_shown(language: str) -> None:
    honest = {
        "zh-hans": ("我已经讲了好多遍了，你们那边到底有没有人来管一管！", "那我什么时候才能等到你们的答复呢？"),
        "en": (
            "I have been through this again and again, will somebody in there please do something!",
            "And when will I hear back about this?",
        ),
    }[language]
    for (act, band, text), wording in zip(LINES[language], honest, strict=False):
        assert fault_of(CustomerSaid(text, "x", act, band), wording, Ground(case_of("annual-fee"), language, {})) is None


def test_a_number_that_the_line_says_may_be_said_in_figures_or_in_words() -> None:
    assert numbers_in("扣了我三百块，等了十五天", "zh-hans") == {300, 15}
    assert numbers_in("一下子就没了，两头跑，几千人", "zh-hans") <= {1000}
    assert numbers_in("twenty days and 1,200.50 gone, no one called", "en") == {20, 1200.5}


def test_a_fact_that_the_line_tells_may_not_be_left_out() -> None:
    case = case_of("annual-fee")
    fact = next(fact for fact in case.facts.values() if fact.tell["zh-hans"] and "{" not in fact.tell["zh-hans"][0])
    text = fact.tell["zh-hans"][0]
    ground = Ground(case, "zh-hans", {fact.id: fact.value["zh-hans"]})
    assert fault_of(CustomerSaid(text, "x", "tell", "uneasy"), text, ground) is None
    vague = "这个嘛，您那边自己应该都看得到的吧，我懒得再说了"[: max(4, len(text))]
    assert fault_of(CustomerSaid(text, "x", "tell", "uneasy"), vague, ground) is not None
