"""From words to a number, with the real reader, customer and rubric: better handling earns more."""

from __future__ import annotations

import pytest
import yaml
from django.conf import settings

from assessment import rubrics, scoring
from lms.transcripts import truth_of
from simulator.engine import customer as engine
from simulator.engine.events import TraineeSaid
from simulator.engine.readings import evidence
from simulator.engine.scenario import parse
from simulator.nlu import Context, read

SKILLED = (
    "您好，我是投诉专员小王，工号1024。说好免的年费又扣了，换成我也会着急。能说说当时的经过吗？",
    "您是说年费被扣了两次，对吗？是哪一天扣的？一共多少钱？",
    "是我们没有落实承诺，对不起。您的投诉已经登记，编号是2031。当时是谁答应您免年费的？",
    "这件事我来跟到底。我现在就把重复扣的年费退回您的卡上，我们核查后五个工作日内书面答复您。",
    "有问题随时打这个电话找我：021-12345678。如果对结果不满意，您也可以拨打12378反映。",
    "这样处理您还满意吗？还有什么需要帮您的？",
)
CLUMSY = ("规定就是这样。", "是您自己没看清合同。", "您先别激动。", "这不归我们部门管。", "我理解您的心情。", "那您去投诉好了。")


def played(lines: tuple[str, ...]) -> scoring.Score:
    scenario = parse(yaml.safe_load((settings.BASE_DIR / "simulator/scenarios/annual-fee.yaml").read_text(encoding="utf-8")))
    events = list(engine.open_role_play(scenario, language="zh-hans", level=2, seed=7))
    customer = engine.replay(engine.Customer.new(scenario, "zh-hans", 2, 7), events)
    for text in lines:
        if customer.ended:
            break
        words = "\n".join(event.text for event in events if hasattr(event, "line"))
        new = engine.respond(customer, TraineeSaid(text), read(text, Context(customer=words)))
        customer = engine.replay(customer, new)
        events += new
    if not customer.ended:
        events += engine.finish(customer, by="trainee")
    return scoring.score(evidence(events, scenario), rubrics.newest_shipped("conversation"), truth_of(scenario))


@pytest.fixture(scope="module")
def skilled() -> scoring.Score:
    return played(SKILLED)


def test_a_skilled_handler_passes_and_a_clumsy_one_does_not(skilled):
    clumsy = played(CLUMSY)
    assert skilled.passed
    assert clumsy.score < 20
    assert not clumsy.passed


def test_every_point_of_a_played_conversation_quotes_its_turn(skilled):
    references = [row for criterion in skilled.criteria for row in criterion.evidence]
    assert len(references) > 10
    for row in references:
        text = SKILLED[row.turn - 1]
        assert text[row.start : row.end] == row.quote
        assert row.quote
