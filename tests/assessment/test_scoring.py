"""Scoring in sentences. No Django here: this file also runs on other Pythons without it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring import RubricError, Span, is_later, parse, parse_span, score
from lms.core.contracts import Evidence

DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "assessment/rubrics/conversation-2.yaml").read_text(encoding="utf-8"))
RUBRIC = parse(DOCUMENT)
FAULTS = ("interrupt", "jargon", "argue", "blame_customer", "rude", "evasive")


def act(name: str, turn: int = 1, quote: str = "", about: str | None = None, value: str | None = None, **data: object) -> Evidence:
    code, _, kind = name.partition(".")
    words = quote or f"{name} said in turn {turn}"
    return Evidence("act", code, turn * 10, turn, kind or None, about, value, 0, len(words), words, dict(data))


def event(code: str, turn: int = 1, **data: object) -> Evidence:
    return Evidence("event", code, turn * 10 + 5, turn, data=dict(data))


def criterion(code: str, *evidence: Evidence, truth: dict | None = None):
    return next(c for c in score(evidence, RUBRIC, truth).criteria if c.code == code)


GOOD = (
    act("greeting", 1), act("empathy.react", 1), act("acknowledge_receipt", 1), act("ask_details.open", 2, about="matter"),
    act("ask_details.closed", 3, about="occurred_at"), act("ask_details.closed", 4, about="place"), act("empathy.interpret", 4),
    act("confirm_facts.readback", 5), act("apology.specific", 5), act("take_action.own", 6), act("take_action", 6, "现在就退"),
    act("offer_solution.feasible", 6), act("explain_process.plain", 7), act("give_timeframe", 7, value="3 wd"),
    act("give_contact", 7), act("take_action.promise", 7), act("follow_up", 8), act("closing", 8),
)  # fmt: skip


def test_a_conversation_that_does_everything_earns_nearly_everything():
    result = score(GOOD, RUBRIC)
    assert result.score >= 95
    assert result.passed
    assert result.red_lines == ()


def test_saying_nothing_is_worth_nothing():
    result = score((), RUBRIC)
    assert (result.score, result.passed) == (0, False)
    assert all(not c.evidence for c in result.criteria)


def test_politeness_alone_does_not_pass():
    result = score((act("greeting", 1), act("thank", 2), act("apology.generic", 2), act("empathy.generic", 3), act("closing", 4)), RUBRIC)
    assert result.score < 40


def test_a_set_phrase_of_sympathy_earns_less_than_a_named_feeling():
    assert criterion("empathy", act("empathy.generic")).score == 0.4
    assert criterion("empathy", act("empathy.react")).score == 1


def test_three_questions_need_three_turns_and_two_subjects():
    asked_at_once = [act("ask_details.closed", 1, quote, about="matter") for quote in ("哪天?", "哪里?", "谁?")]
    assert criterion("probe_details", *asked_at_once).score == pytest.approx(0.2 + 0.2)
    spread = [act("ask_details.closed", turn, about=about) for turn, about in ((1, "matter"), (2, "place"), (3, "amount"))]
    assert criterion("probe_details", *spread).score == 1


def test_the_same_words_again_earn_nothing_more():
    again = [act("ask_details.closed", turn, "是哪一天?", about=about) for turn, about in ((1, "matter"), (2, "place"), (3, "amount"))]
    assert criterion("probe_details", *again).score == pytest.approx(0.6 / 3 + 0.4 / 2)


def test_asking_what_the_bank_has_on_record_costs_points():
    assert criterion("guiding_questions", act("ask_details.open", 1), act("ask_details.known", 2)).score == 0.25


def test_concern_in_the_first_answer_earns_more_than_later():
    assert criterion("prompt_first_response", act("empathy.react", 1)).score == 1
    assert criterion("prompt_first_response", act("empathy.react", 3)).score == 0.4


def test_restraint_is_only_seen_while_there_is_work_done():
    assert criterion("no_argument", act("greeting")).score is None
    assert criterion("no_argument", act("empathy.react", 1)).score == pytest.approx(1 / 3, abs=1e-4)
    kept = criterion("no_argument", act("empathy.react", 1), act("offer_solution", 2), act("give_contact", 3))
    assert (kept.score, kept.reason, len(kept.evidence)) == (1, "kept", 3)


def test_a_fault_is_seen_even_where_nothing_good_was():
    judged = criterion("no_argument", act("argue.deny", 1, "系统不会错"))
    assert (judged.score, judged.reason) == (0, "faults")
    assert judged.against[0].quote == "系统不会错"


def test_writing_over_the_customer_costs_attention():
    work = [act("empathy.react", 1), act("ask_details.open", 2), act("take_action", 3)]
    assert criterion("full_attention", *work, event("overlapped", 2)).score == 0.75


@pytest.mark.parametrize("told", ["5 wd", "3 wd", "24 h", "7 d", "1 w", "3-5 wd", "30 min"])
def test_a_time_within_the_limit_is_right_and_sooner_is_never_wrong(told):
    judged = criterion("right_limit", act("give_timeframe", value=told))
    assert judged.score == 1
    assert judged.evidence


@pytest.mark.parametrize("told", ["6 wd", "15 d", "15 wd", "2 w", "1 mo", "5-7 wd"])
def test_a_time_after_the_limit_is_a_red_line(told):
    result = score((*GOOD[:13], act("give_timeframe", 7, value=told)), RUBRIC)
    assert result.red_lines == ("wrong_limit",)
    assert (result.score, result.passed, result.capped) == (40, False, True)
    assert result.uncapped > 60


def test_a_wrong_time_that_is_corrected_costs_half_the_criterion_and_no_more():
    evidence = (act("give_timeframe", 2, "十五天内", value="15 d"), act("give_timeframe", 4, "更正，五个工作日", value="5 wd"))
    result = score(evidence, RUBRIC)
    judged = next(c for c in result.criteria if c.code == "right_limit")
    assert (judged.score, judged.reason, result.red_lines) == (0.5, "put_right", ())


def test_a_right_time_taken_back_by_a_wrong_one_is_a_red_line():
    evidence = (act("give_timeframe", 2, value="5 wd"), act("give_timeframe", 4, value="15 d"))
    assert score(evidence, RUBRIC).red_lines == ("wrong_limit",)


def test_when_the_money_arrives_is_another_time():
    assert criterion("right_limit", act("give_timeframe", 1, "退款十五天内到账", value="15 d")).score is None
    assert criterion("right_limit", act("give_timeframe", 1, value="15 d", about="amount")).score is None


def test_the_rule_for_extending_told_beside_the_limit_is_right():
    evidence = (act("give_timeframe", 1, value="5 wd"), act("give_timeframe", 1, "情况复杂的延长到十五个工作日", value="15 wd"))
    result = score(evidence, RUBRIC)
    assert result.red_lines == ()
    assert next(c for c in result.criteria if c.code == "right_limit").score == 1


def test_the_limit_of_the_case_governs():
    truth = {"limits": {"result": "2 h", "system_entry": "1 wd"}}
    assert criterion("right_limit", act("give_timeframe", value="2 h"), truth=truth).score == 1
    assert criterion("right_limit", act("give_timeframe", value="1 wd"), truth=truth).score == 0


def test_a_wrong_time_earns_nothing_where_a_time_is_asked_for():
    assert criterion("explain_process", act("give_timeframe", value="15 d")).score == 0
    assert criterion("explain_process", act("give_timeframe", value="5 d")).score == 0.33


@pytest.mark.parametrize("name", ["privacy_breach", "overpromise", "evasive.discourage_route"])
def test_a_red_line_caps_an_otherwise_perfect_conversation(name):
    result = score((*GOOD, act(name, 8, "…的话")), RUBRIC)
    assert result.red_lines == (name,)
    assert (result.score, result.passed) == (40, False)
    assert criterion("empathy", *GOOD, act(name, 8)).score == 1


def test_a_promise_beyond_authority_can_be_put_right_before_the_end():
    promised = act("overpromise", 3, "保证全赔")
    taken_back = act("explain_process.refusal_with_reason", 5)
    result = score((*GOOD, promised, taken_back), RUBRIC)
    judged = next(c for c in result.criteria if c.code == "within_authority")
    assert (result.red_lines, judged.score, judged.reason) == ((), 0.5, "put_right")
    assert score((*GOOD, promised, replace(taken_back, turn=2, position=20)), RUBRIC).red_lines == ("overpromise",)


def test_a_breach_of_privacy_cannot_be_taken_back():
    assert score((act("privacy_breach", 1), act("apology.specific", 2), act("explain_process", 2)), RUBRIC).red_lines == ("privacy_breach",)


def test_a_fair_refusal_that_the_customer_accepts_scores_full():
    refused = act("explain_process.refusal_with_reason", 3)
    assert criterion("workable_solution", refused).score == 0.6
    assert criterion("workable_solution", refused, event("contact_ended", 4, outcome="refusal_accepted")).score == 1


def test_distress_that_was_not_taken_up_costs_points():
    kind_words = act("empathy.react", 1)
    assert criterion("emotional_support").reason == "no_occasion"
    assert criterion("emotional_support", event("empathy_needed", 2, met=False)).score == 0
    assert criterion("empathy", kind_words, event("empathy_needed", 2, met=True)).score == 1
    assert criterion("empathy", kind_words, event("empathy_needed", 2, met=False)).score == 0.85


def test_redress_is_asked_for_once_the_occasion_has_come_up():
    assert criterion("redress_told").score is None
    assert criterion("redress_told", event("escalated", 3, rung=2)).score == 0
    assert criterion("redress_told", act("explain_process.redress", 4), event("escalated", 3, rung=2)).score == 1


def test_words_that_were_only_strung_together_earn_nothing_but_stay_bad():
    stuffed = [replace(row, turn=1, data={"gaming": True}) for row in (*GOOD, act("privacy_breach", 1))]
    result = score(stuffed, RUBRIC)
    assert (result.score, result.red_lines) == (0, ("privacy_breach",))


def test_an_act_without_its_words_earns_nothing():
    assert criterion("empathy", replace(act("empathy.react"), quote="")).score == 0


def test_what_needs_the_desk_or_a_person_is_not_observed():
    by_code = {c.code: c for c in score(GOOD, RUBRIC).criteria}
    for code in ("register_and_route", "form", "classification", "answer", "follow_up"):
        assert (by_code[code].score, by_code[code].reason) == (None, "needs_desk")
    assert by_code["improve_service"].reason == "needs_person"


def test_the_form_is_compared_with_the_case_by_its_end_state():
    truth = {"form": {"matter": "年费被重复扣收两次", "demand": "退还年费"}, "classification": {"nature": "product", "urgency": "general"}}
    fields = {"matter": "客户年费被重复扣收", "demand": "道歉", "nature": "product", "urgency": "urgent"}
    rows = [Evidence("form", name, 0, 0, value=value, quote=value) for name, value in fields.items()]
    form = criterion("form", *rows, truth=truth)
    assert (form.score, form.params["fields"]) == (0.5, ["demand"])
    assert criterion("classification", *rows, truth=truth).params["fields"] == ["urgency"]


def test_the_worked_example_of_the_manual():
    """`docs/scoring.md` goes through this one by hand."""
    evidence = (
        act("empathy.react", 1, "换成我也会着急"),
        act("ask_details.open", 2, "能说说当时的经过吗", about="matter"),
        act("offer_solution.feasible", 3, "这笔年费可以退回"),
        act("give_timeframe", 3, "三个工作日内", value="3 wd"),
    )
    result = score(evidence, RUBRIC)
    points = {c.code: c.score for c in result.criteria if c.score}
    assert points == {
        "probe_details": 0.4, "soothe_and_assure": 0.5, "explain_process": 0.33, "empathy": 1, "workable_solution": 1,
        "guiding_questions": 0.5, "prompt_first_response": 1, "progress_updates": 0.7, "care": 0.5, "emotional_support": 1,
        "full_attention": 1, "plain_polite_language": 1, "no_argument": 1, "confidentiality": 1, "within_authority": 1, "right_limit": 1,
    }  # fmt: skip
    assert result.score == 56.4
    assert not result.passed


def test_a_length_of_time_is_read_from_its_normal_form():
    assert parse_span("5 wd") == Span(working=True, amount=5)
    assert parse_span("48 h") == Span(working=False, amount=48)
    assert parse_span("2026-03-05") is None


def test_where_the_calendar_decides_the_trainee_has_the_benefit():
    five = parse_span("5 wd")
    assert not is_later(parse_span("7 d"), five)
    assert is_later(parse_span("8 d"), five)
    assert not is_later(five, parse_span("5 d"))
    assert is_later(parse_span("6 wd"), parse_span("7 d"))


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"format": 2}, "format", "unknown_format"),
        ({"criteria": []}, "criteria", "empty"),
        ({"pass_mark": 101}, "pass_mark", "out_of_range"),
        ({"criteria": [DOCUMENT["criteria"][0]] * 2}, "criteria", "code_twice"),
        ({"criteria": [{**DOCUMENT["criteria"][0], "weight": 0}]}, "criteria.0.weight", "not_positive"),
        (
            {"criteria": [{**DOCUMENT["criteria"][0], "evidence": {"rule": "earned", "parts": []}}]},
            "criteria.0.evidence.parts",
            "shares_do_not_add_up",
        ),
    ],
)
def test_a_rubric_that_cannot_work_says_where(change, path, code):
    with pytest.raises(RubricError) as caught:
        parse({**DOCUMENT, **change})
    assert (caught.value.path, caught.value.code) == (path, code)


def test_a_good_act_gives_way_where_it_would_stand_in_the_way_of_two_others():
    """Caring twice counts, in two turns and in other words. Said in turn 1 already, the words of turn 2 must not be lost with it."""
    first, second = act("active_listening", 1, "我在听呢"), act("active_listening", 2, "您说")
    said_before = replace(second, turn=1, position=first.position)
    assert criterion("care", said_before, first, second).score == criterion("care", first, second).score


# What holds for any conversation

GOOD_NAMES = sorted(
    {name for c in RUBRIC.criteria for part in c.parts for name, value in part.earns.items() if value == 1} | {"greeting", "thank"}
)
ABOUT = st.sampled_from([None, "matter", "reason", "amount", "place"])


@st.composite
def acts(draw: st.DrawFn, names: list[str]) -> Evidence:
    name, turn = draw(st.sampled_from(names)), draw(st.integers(1, 8))
    value = draw(st.sampled_from([None, "1 h", "3 wd", "5 wd"])) if name == "give_timeframe" else None
    return act(name, turn, draw(st.text("甲乙丙丁", min_size=1, max_size=3)), draw(ABOUT), value)


good_acts = acts(GOOD_NAMES)
any_act = acts(
    [*GOOD_NAMES, *FAULTS, "overpromise", "privacy_breach", "evasive.discourage_route", "offer_solution.infeasible", "empathy.generic"]
)
late_times = st.builds(
    lambda turn, value: act("give_timeframe", turn, "很久", None, value), st.integers(1, 8), st.sampled_from(["15 d", "8 wd", "1 mo"])
)
noticed = st.builds(event, st.sampled_from(["overlapped", "escalated", "promise_broken", "asked_again"]), st.integers(1, 8)) | st.builds(
    lambda turn, met: event("empathy_needed", turn, met=met), st.integers(1, 8), st.booleans()
)
conversations = st.lists(any_act | late_times | noticed, max_size=15)


@given(conversations, good_acts)
def test_a_good_act_more_never_lowers_the_score(conversation, extra):
    before, after = score(conversation, RUBRIC), score([*conversation, extra], RUBRIC)
    assert after.score >= before.score
    assert set(after.red_lines) <= set(before.red_lines)


@given(conversations)
def test_points_rest_on_words_and_stay_within_bounds(conversation):
    result = score(conversation, RUBRIC)
    quotes = {(row.turn, row.quote) for row in conversation}
    assert 0 <= result.score <= 100
    for judged in result.criteria:
        assert judged.score is None or 0 <= judged.score <= 1
        if judged.score:
            assert judged.evidence
        for reference in judged.evidence:
            assert reference.quote
            assert (reference.turn, reference.quote) in quotes


@given(conversations, st.randoms(use_true_random=False))
def test_the_order_in_which_evidence_is_handed_over_changes_nothing(conversation, chance):
    shuffled = list(conversation)
    chance.shuffle(shuffled)
    first, second = score(conversation, RUBRIC), score(shuffled, RUBRIC)
    assert (first.score, first.red_lines) == (second.score, second.red_lines)
    assert [c.score for c in first.criteria] == [c.score for c in second.criteria]


@given(conversations, st.sampled_from(["privacy_breach", "evasive.discourage_route"]), st.integers(1, 8))
def test_a_red_line_always_fails_and_never_raises_the_score(conversation, name, turn):
    crossed = score([*conversation, act(name, turn)], RUBRIC)
    assert not crossed.passed
    assert crossed.score <= 40
    assert name in crossed.red_lines


@given(conversations, st.sampled_from(FAULTS), st.integers(1, 8))
def test_a_fault_never_raises_a_criterion(conversation, name, turn):
    before = {c.code: c.score for c in score(conversation, RUBRIC).criteria}
    for judged in score([*conversation, act(name, turn)], RUBRIC).criteria:
        if before[judged.code] is not None:
            assert judged.score <= before[judged.code]
