"""`manage.py read_acts` answers line by line, whatever the lines are."""

from __future__ import annotations

import json

from simulator.management.commands.read_acts import answers


def ask(*lines: object) -> list[dict]:
    return list(answers(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))


def test_acts_come_with_spans_in_code_points_of_the_text():
    text = "😀您好，五个工作日内答复您"
    (answer,) = ask({"id": "a", "text": text, "lang": "zh"})
    assert answer["id"] == "a"
    assert answer["acts"] == ["greeting", "give_timeframe"]
    assert [text[span["start"] : span["end"]] for span in answer["spans"]][0] == "您好"
    assert answer["spans"][1]["value"] == "5 wd"
    assert answer["gaming"] is False
    assert answer["ms"] >= 0


def test_a_bad_line_is_answered_with_an_error_in_its_place():
    first, second, third, fourth, fifth = ask(
        {"id": 1, "text": "您好"}, b"not json", {"id": 3}, {"id": 4, "text": 5}, {"id": 5, "text": "hello"}
    )
    assert "error" not in first
    assert "error" in second
    assert third["error"]
    assert third["id"] == 3
    assert fourth["id"] == 4
    assert fifth["acts"] == ["greeting"]


def test_the_context_may_be_text_or_turns_with_a_record():
    context = {"turns": [{"speaker": "customer", "text": "我卡被冻了"}], "known": {"branch": "城东"}, "record": {}}
    plain, full, wrong = ask(
        {"id": 1, "text": "在哪个网点？", "context": "我卡被冻了"},
        {"id": 2, "text": "在哪个网点？", "context": context},
        {"id": 3, "text": "在哪个网点？", "context": 7},
    )
    assert plain["spans"][0]["kind"] == "closed"
    assert full["spans"][0]["kind"] == "known"
    assert "error" in wrong


def test_the_context_tells_whether_a_question_was_answered_or_passed_over():
    turns = [{"speaker": "trainee", "text": "我们正在处理您的事情，请您稍等。"}, {"speaker": "customer", "text": "到底什么时候能退？"}]
    answered, passed_over, again = (
        answer["context"]
        for answer in ask(
            {"id": 1, "text": "五个工作日内退给您。", "context": {"turns": turns}},
            {"id": 2, "text": "您的心情我能理解。", "context": {"turns": turns}},
            {"id": 3, "text": "我们正在处理您的事情，请您稍等。", "context": {"turns": turns}},
        )
    )
    assert (answered["answered"], answered["passed_over"]) == (["when"], [])
    assert passed_over["passed_over"] == ["when"]
    assert again["repeats"]


def test_a_customers_words_are_read_for_what_they_do_and_the_facts_they_tell():
    line = {"id": 1, "speaker": "customer", "scenario": "rude-counter", "lang": "zh", "text": "叫你们经理出来！"}
    threat, unknown = ask(line, {**line, "scenario": "nowhere"})
    assert threat["says"] == "wants_manager"
    assert threat["facts"] == []
    assert "error" in unknown


def test_a_fact_of_the_case_is_found_in_a_customers_words():
    (told,) = ask({"id": 1, "speaker": "customer", "scenario": "annual-fee", "lang": "en", "text": "I was charged twice."})
    assert [fact["fact"] for fact in told["facts"]] == ["charged"]
