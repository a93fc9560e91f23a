"""A plain question is read as one and says what it asks about; a way out that is put forward is read with its time and its question."""

from __future__ import annotations

import pytest

from simulator.engine.acts import NEGATIVE
from simulator.nlu import read


def codes(text: str) -> set[str]:
    return {act.code for act in read(text).acts}


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Do you have any proof?", "evidence"),
        ("Do you have any receipts?", "evidence"),
        ("Which of my colleagues told you that?", "target"),
        ("Has anyone called you back?", "earlier_contact"),
        ("Where were you when it happened?", "place"),
        ("Why are you in such a hurry?", "reason"),
        ("When did you last use the card?", "occurred_at"),
        ("您有证据吗", "evidence"),
        ("您报警了吗", "matter"),
        ("您报警了吗？", "matter"),
        ("您签字了吗", "matter"),
        ("您为什么这么着急", "reason"),
        ("您为什么这么着急？", "reason"),
        ("您当时在哪里", "place"),
        ("您给谁转的钱", "target"),
        ("有人给您回过电话吗", "earlier_contact"),
        ("他跟您说什么了", "matter"),
        ("您是怎么发现的", "matter"),
    ],
)
def test_a_plain_question_is_read_and_says_what_it_is_about(text, about):
    asked = [act for act in read(text).acts if act.code == "ask_details"]
    assert [act.about for act in asked] == [about]
    assert not codes(text) & set(NEGATIVE)


@pytest.mark.parametrize("text", ["Would that help?", "这样处理您看可以吗", "您看这样行吗"])
def test_a_question_whether_it_suits_is_a_follow_up(text):
    assert "follow_up" in codes(text)
    assert not codes(text) & set(NEGATIVE)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("您有证据吗，没有证据可不能乱讲", "argue"),
        ("Have you any proof? You can't just say these things.", "argue"),
        ("字是您自己签的，您签的字怎么能怪别人", "blame_customer"),
    ],
)
def test_the_reproach_beside_the_question_is_still_one(text, code):
    assert code in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "We can send the refund to your card within three days, would that help?",
        "I can have the branch manager call you tomorrow, would that help?",
        "I can refund the fee by Friday, would that be all right?",
        "我们三天内把年费退到您卡上，您看可以吗",
        "我可以今天下午三点前把卡解冻，您看行吗",
        "我明天上午给您送上门，您看行吗？",
    ],
)
def test_an_offer_with_a_time_and_a_tag_keeps_all_three(text):
    assert {"offer_solution", "give_timeframe", "follow_up"} <= codes(text)
    assert "explain_process" not in codes(text)


@pytest.mark.parametrize("text", ["由我把情况报给主管", "由我把这笔钱退给您"])
def test_what_somebody_will_see_to_is_a_promise_and_not_done(text):
    assert [act.name for act in read(text).acts] == ["take_action.promise"]


@pytest.mark.parametrize("text", ["我已经登记", "我已经登记了", "您的投诉我已经登记"])
def test_what_is_done_is_no_promise(text):
    names = {act.name for act in read(text).acts}
    assert "acknowledge_receipt" in names
    assert "take_action.promise" not in names


@pytest.mark.parametrize("text", ["我可以把多收的利息全额退给您", "多收的利息我们可以全额退给您"])
def test_a_refund_that_is_put_forward_is_an_offer_and_no_empty_promise(text):
    assert codes(text) == {"offer_solution"}


@pytest.mark.parametrize("text", ["我保证全额退给您", "我可以保证全额赔您", "不管怎样都会全额退给您"])
def test_a_refund_that_is_sworn_is_an_empty_promise(text):
    assert "overpromise" in codes(text)


@pytest.mark.parametrize("text", ["That must have been upsetting", "That must have been upsetting.", "It must have been frightening."])
def test_naming_what_it_must_have_been_like_is_empathy(text):
    assert [act.name for act in read(text).acts] == ["empathy.interpret"]


@pytest.mark.parametrize(
    "text",
    [
        "If you don't accept it, you have every right to complain to the regulator; their hotline is 12378.",
        "You have every right to go to the regulator with this, on 12378.",
        "If you disagree you can complain to the regulator.",
        "您要是不认可，可以向监管部门反映，电话是12378。",
    ],
)
def test_somebody_outside_whom_the_customer_may_turn_to_is_a_route(text):
    assert "explain_process.redress" in [act.name for act in read(text).acts]
