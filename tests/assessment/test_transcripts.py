"""Scoring conversations that were held elsewhere."""

from __future__ import annotations

import io
import json
import sys

import pytest
from django.core.management import call_command

from lms.transcripts import TranscriptError, score_transcript

pytestmark = pytest.mark.django_db

CUSTOMER = {"speaker": "customer", "text": "说好免年费，结果又扣了两次，你们怎么回事！"}


def said(text: str, **more: object) -> dict:
    return {"speaker": "trainee", "text": text, **more}


def by_code(answer: dict) -> dict:
    return {criterion["code"]: criterion for criterion in answer["criteria"]}


SKILLED = {
    "id": "skilled",
    "lang": "zh-hans",
    "turns": [
        CUSTOMER,
        said("您好，我是投诉专员小王，工号1024。说好免的又扣了两次，换成我也会着急。能说说当时的经过吗？"),
        {"speaker": "customer", "text": "三月扣了两次，每次三百。"},
        said("您是说三月被扣了两次年费，每次三百元，对吗？当时是在哪个网点办的？"),
        {"speaker": "customer", "text": "对，朝阳那家。"},
        said("您的投诉已经登记，编号是2031。是我们没有落实免年费的承诺，对不起。这件事我来跟到底，我们先核查，五个工作日内书面答复您。"),
        {"speaker": "customer", "text": "那行吧。"},
        said("这样处理您还满意吗？"),
    ],
}


def test_every_quote_stands_word_for_word_in_the_turn_it_names():
    answer = score_transcript(SKILLED)
    evidence = [row for criterion in answer["criteria"] for row in criterion["evidence"]]
    assert len(evidence) > 10
    for row in evidence:
        turn = SKILLED["turns"][row["turn"]]
        assert turn["speaker"] == "trainee"
        assert row["quote"] in turn["text"]


def test_a_skilled_conversation_beats_a_rude_one():
    rude = {
        "id": "rude",
        "lang": "zh-hans",
        "turns": [CUSTOMER, said("规定就是这样，是您自己没看清合同。"), CUSTOMER, said("那您去告好了。")],
    }
    skilled, bad = score_transcript(SKILLED), score_transcript(rude)
    assert skilled["score"] >= 60 > 20 >= bad["score"]
    assert by_code(skilled)["form"]["score"] is None


def test_a_limit_told_wrong_in_words_is_a_red_line_and_its_correction_is_read():
    wrong = [CUSTOMER, said("我理解您着急，我们十五个工作日内答复您。")]
    assert score_transcript({"lang": "zh-hans", "turns": wrong})["red_lines"] == ["wrong_limit"]
    corrected = [*wrong, CUSTOMER, said("对不起，我说错了，是五个工作日内书面答复您。")]
    assert score_transcript({"lang": "zh-hans", "turns": corrected})["red_lines"] == []


def test_english_is_scored_like_chinese():
    turns = [
        {"speaker": "customer", "text": "I was charged twice!"},
        said("You were promised a waiver and charged twice, anyone would be upset. Could you tell me what happened?"),
        {"speaker": "customer", "text": "Two charges in March."},
        said("So you were charged twice in March, is that right? Your complaint is on record now. We will write within five working days."),
    ]
    scores = {code: row["score"] for code, row in by_code(score_transcript({"lang": "en", "turns": turns})).items()}
    assert scores["record_and_ack"] == 1
    assert scores["confirm_info"] >= 0.8
    assert scores["right_limit"] == 1


def test_a_list_of_good_words_earns_nothing():
    stuffed = said("道歉、共情、确认、流程、时限、方案、回访、理解、登记、联系方式")
    assert score_transcript({"lang": "zh-hans", "turns": [CUSTOMER, stuffed, CUSTOMER, stuffed]})["score"] == 0


def test_the_case_gives_the_limit_and_the_right_form():
    entry = {**SKILLED, "scenario": "annual-fee", "form": {"nature": "service", "urgency": "general", "channel_group": "remote"}}
    rows = by_code(score_transcript(entry))
    assert rows["classification"]["reason"] in ("fields_wrong", "met")
    assert 0 < rows["classification"]["score"] < 1
    assert rows["classification"]["evidence"][0]["turn"] is None
    assert rows["right_limit"]["score"] == 1


def test_the_record_and_the_answer_are_compared_with_the_case_and_carry_the_difference():
    form = {
        "matter": "信用卡年费重复扣收两次",
        "demand": "客户没有要求退还年费",
        "answer": "我们调阅了入账明细，两笔年费已经退回您的卡上。很抱歉给您添了麻烦。您有异议可以拨打12378反映。",
    }
    rows = by_code(score_transcript({**SKILLED, "scenario": "annual-fee", "form": form}))
    diff = {entry["field"]: entry for entry in rows["form"]["diff"]}
    assert diff["matter"]["share"] == pytest.approx(2 / 3, abs=1e-3)
    assert diff["matter"]["missing"]
    assert diff["demand"]["share"] == 0  # a denial does not say it
    assert rows["answer"]["score"] > 0.6
    assert any(piece["quote"] == "很抱歉给您添了麻烦。" for piece in rows["answer"]["evidence"])
    assert rows["classification"]["score"] is None


def test_a_slow_answer_is_noticed_where_times_are_given():
    prompt = [{**CUSTOMER, "at_s": 0}, said("换成我也会着急。", at_s=20)]
    slow = [{**CUSTOMER, "at_s": 0}, said("换成我也会着急。", at_s=200)]
    first, second = (by_code(score_transcript({"turns": turns}))["prompt_first_response"]["score"] for turns in (prompt, slow))
    assert first == 1
    assert second == pytest.approx(0.7)


@pytest.mark.parametrize(
    "entry", [{}, {"turns": [{"speaker": "nobody", "text": ""}]}, {"turns": [], "scenario": "../x"}, {"turns": [], "form": 3}]
)
def test_a_transcript_that_cannot_be_scored_says_why(entry):
    with pytest.raises(TranscriptError):
        score_transcript(entry)


def test_the_command_answers_line_by_line_and_ends_with_1_after_a_bad_one(monkeypatch, capsys):
    lines = [json.dumps(SKILLED), "nonsense", '{"id": "x", "turns": 1}', "[]", ""]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode()), encoding="utf-8"))
    with pytest.raises(SystemExit) as ended:
        call_command("score_transcripts")
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ended.value.code == 1
    assert [("error" in answer) for answer in answers] == [False, True, True, True]
    assert answers[2]["id"] == "x"
    assert answers[0] == score_transcript(SKILLED)
