"""The contacts after the first: it is the same customer, as they were left."""

from __future__ import annotations

import pytest

from simulator.engine.contacts import answer, call_back, mark_of, with_mark
from simulator.engine.customer import Customer, finish, open_role_play, replay, respond
from simulator.engine.events import ContactEnded, ContactOpened, CustomerSaid, Event, SatisfactionTold, SessionEnded, TraineeSaid
from simulator.nlu import Context, read
from tests.simulator.case.records import case

SLUG, LANGUAGE = "annual-fee", "zh-hans"
LETTER = "关于年费重复扣收一事，我们已查明是补扣批次重复入账，两笔年费已退回您的卡上。很抱歉给您添了麻烦。"


def after(*said: str, level: int = 2, seed: int = 7) -> Customer:
    """The customer after a conversation in which the trainee said this, and ended it."""
    customer = Customer.new(case(SLUG), LANGUAGE, level, seed)
    customer = replay(customer, open_role_play(case(SLUG), language=LANGUAGE, level=level, seed=seed))
    for text in said:
        customer = replay(customer, respond(customer, TraineeSaid(text), read(text, Context(), LANGUAGE)))
    return replay(customer, without_end(finish(customer, by="trainee")))


def without_end(events: tuple[Event, ...]) -> tuple[Event, ...]:
    return tuple(event for event in events if not isinstance(event, SessionEnded))


def test_the_answer_is_one_contact_that_begins_and_ends_and_leaves_the_session_open() -> None:
    events = answer(after("您好，我记下了。"), "email", LETTER, read(LETTER, Context(), LANGUAGE))
    assert events[0] == ContactOpened("answer", "email")
    assert sum(isinstance(event, ContactEnded) for event in events) == 1
    assert not any(isinstance(event, SessionEnded) for event in events)


def test_the_customer_takes_what_the_answer_offers() -> None:
    customer = after("您好，我记下了。")
    assert not customer.settled
    answered = replay(customer, answer(customer, "email", LETTER, read(LETTER, Context(), LANGUAGE)))
    assert answered.satisfaction > customer.satisfaction


def test_called_back_the_customer_is_in_the_state_they_were_left_in() -> None:
    customer = after("您好，我记下了。")
    called = replay(customer, call_back(customer))
    assert called.state == customer.state
    assert called.promises == customer.promises
    assert not called.ended


def test_an_unsettled_customer_remembers_what_was_promised() -> None:
    customer = after("这件事我来负责，明天下午三点前给您回电话。")
    quotes = [promise.quote for promise in customer.promises]
    assert quotes
    said = [event for event in call_back(customer) if isinstance(event, CustomerSaid)]
    assert any(line.act == "promise_reminder" and quotes[-1] in line.text for line in said)


def test_a_mark_is_given_only_when_it_is_asked_for() -> None:
    called = replay(customer := after("您好。"), call_back(customer))
    for text, asked in (("您好，我是银行的小王。", False), ("请问您对处理结果满意吗？", True)):
        reading = read(text, Context(), LANGUAGE)
        events = with_mark(called, respond(called, TraineeSaid(text), reading), reading)
        assert any(isinstance(event, SatisfactionTold) for event in events) is asked


@pytest.mark.parametrize(("satisfied", "mark"), [(0.0, 1), (0.3, 2), (0.5, 3), (0.8, 4), (1.0, 5)])
def test_one_scale_from_1_to_5_d_13(satisfied: float, mark: int) -> None:
    assert mark_of(satisfied) == mark
