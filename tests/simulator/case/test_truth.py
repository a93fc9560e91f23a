"""The record against the case: by what it says, never by its words, and nothing wrong ever helps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment import rubrics, scoring
from simulator.case import answer, points
from simulator.case.evidence import answer_evidence, desk_evidence, form_evidence
from simulator.case.form import FIELDS, problems
from simulator.case.truth import compare
from simulator.engine.events import DeskOpened, FormSaved
from simulator.engine.scenario import Point
from simulator.nlu import Context, read
from tests.simulator.case.records import LANGUAGES, SLUGS, case, here, right_record, shares

RUBRIC = rubrics.newest_shipped("conversation")
each_case = pytest.mark.parametrize("slug", SLUGS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def criteria(record: dict[str, str], slug: str, language: str) -> dict[str, float | None]:
    rows = form_evidence(compare(record, case(slug), here(slug, language)), {})
    return {row.code: row.score for row in scoring.score(rows, RUBRIC).criteria if row.code in ("form", "classification")}


@each_language
@each_case
def test_the_right_record_of_every_case_is_right_in_every_field(slug: str, language: str) -> None:
    wrong = {name: share for name, share in shares(right_record(slug, language), slug, language).items() if share < 1}
    assert not wrong
    assert criteria(right_record(slug, language), slug, language) == {"form": 1.0, "classification": 1.0}


@each_case
def test_every_case_says_what_its_sentences_have_to_say(slug: str) -> None:
    truth = case(slug).truth
    assert set(truth.covers) >= {"matter", "reason", "demand"}
    assert truth.form.get("responsible_department") or truth.form["target_department"]
    assert truth.form["occurred_at"]
    assert truth.classification["nature"] in ("violation",) or truth.form["sub_code"]


@each_case
def test_the_record_of_another_case_is_not_right_here(slug: str) -> None:
    other = SLUGS[(SLUGS.index(slug) + 7) % len(SLUGS)]
    assert (criteria(right_record(other, "zh-hans"), slug, "zh-hans")["form"] or 0) < 0.6


def test_an_empty_record_earns_nothing_in_the_form() -> None:
    assert criteria({}, "annual-fee", "en") == {"form": 0.0, "classification": 0.0}


wrong_values = {
    "matter": "客户来电咨询网点营业时间",
    "reason": "不清楚",
    "demand": "客户没有任何要求",
    "occurred_at": "2025-01-01",
    "received_at": "2025-01-01",
    "channel": "sms",
    "complainant_name": "钱多多",
    "target_department": "保安公司",
    "amount_involved": "17",
    "product": "黄金",
    "nature": "service",
    "urgency": "urgent",
    "flags": "major,group",
    "severity": "1",
    "difficulty": "5",
    "priority": "P1",
    "risk": "moral_hazard",
    "responsible_department": "保安公司",
    "classification_reason": "因为",
    "preventive_measure": "",
}
fields = st.sampled_from(sorted(FIELDS))


@given(st.sampled_from(SLUGS), st.sampled_from(LANGUAGES), st.sets(fields), st.data())
def test_no_single_wrong_field_raises_the_grade(slug: str, language: str, left_out: set[str], data: st.DataObject) -> None:
    record = {name: value for name, value in right_record(slug, language).items() if name not in left_out}
    name = data.draw(st.sampled_from(sorted(wrong_values)))
    wrong = {**record, name: wrong_values[name]}
    if shares(wrong, slug, language).get(name, 0) >= max(shares(record, slug, language).get(name, 0), 0.01):
        return  # in this case the value is not wrong
    before, after = criteria(record, slug, language), criteria(wrong, slug, language)
    assert all((after[code] or 0) <= (before[code] or 0) for code in before)


@given(st.permutations(sorted(right_record("two-hour-queue", "zh-hans").items())))
def test_any_order_of_the_same_entries_gives_the_same_grade(entries: list[tuple[str, str]]) -> None:
    log = (DeskOpened("TS-1", "2026-03-20"), *(FormSaved(name, value) for name, value in entries))
    rows = desk_evidence(log, case("two-hour-queue"), here("two-hour-queue", "zh-hans"))
    assert scoring.score(rows, RUBRIC).score == scoring.score(sorted(rows, key=lambda row: row.code), RUBRIC).score
    assert {row.code: row.data["share"] for row in rows if row.kind == "form"} == shares(dict(entries), "two-hour-queue", "zh-hans")


def test_the_right_nature_with_another_sub_code_is_a_part_of_it() -> None:
    record = {"nature": "product", "sub_code": "function"}
    assert shares(record, "annual-fee", "en")["nature"] == 0.6
    assert shares({"nature": "product"}, "annual-fee", "en")["nature"] == 0.6
    assert shares({"nature": "service", "sub_code": "price"}, "annual-fee", "en")["nature"] == 0.0


def test_a_violation_without_a_loss_is_still_a_violation_d_06() -> None:
    assert shares({"nature": "violation", "sub_code": "no_loss"}, "loud-counter", "en")["nature"] == 1.0
    assert shares({"nature": "violation", "sub_code": "loss_caused"}, "loud-counter", "en")["nature"] == 0.6


def test_the_two_times_are_apart_d_07() -> None:
    found = shares({"occurred_at": "2026-03-20", "received_at": "2026-03-17"}, "rude-counter", "zh-hans")
    assert (found["occurred_at"], found["received_at"]) == (0.0, 0.0)
    assert shares({"occurred_at": "2026-03-18"}, "rude-counter", "zh-hans")["occurred_at"] == 0.5  # as the customer remembers it


def test_an_anonymous_complaint_is_right_without_a_name_and_wrong_with_one() -> None:
    assert shares({"anonymous": "yes"}, "loan-gift", "zh-hans")["anonymous"] == 1.0
    assert shares({"anonymous": "yes", "complainant_name": "王芳"}, "loan-gift", "zh-hans")["anonymous"] == 0.0
    assert "complainant_name" not in shares({}, "loan-gift", "zh-hans")
    assert {"complainant_name", "complainant_contact"}.isdisjoint(problems({"anonymous": "yes"}))


def test_gender_and_age_are_never_graded_d_18() -> None:
    graded = {row.field for slug in SLUGS for row in compare({"complainant_gender": "male"}, case(slug), here(slug, "en"))}
    assert graded.isdisjoint({"complainant_gender", "complainant_age", "vulnerability_flag"})


def test_every_row_carries_its_difference() -> None:
    (row,) = (row for row in compare({"matter": "年费被扣"}, case("annual-fee"), here("annual-fee", "zh-hans")) if row.field == "matter")
    assert 0 < row.share < 1
    assert row.given == "年费被扣"
    assert row.right
    assert row.missing


def test_the_worked_example_of_a_case() -> None:
    """`docs/scoring.md` goes through this one by hand."""
    record = {
        "complainant_name": "李桂芳",
        "matter": "客户排队一个半小时，被柜员当众训斥，业务没有办成",
        "demand": "要求道歉",
        "occurred_at": "2026-03-18",
        "received_at": "2026-03-20",
        "channel": "phone",
        "nature": "service",
        "sub_code": "process",
        "urgency": "general",
        "flags": "vulnerable,repeat",
    }
    assert criteria(record, "rude-counter", "zh-hans") == {"form": 0.5345, "classification": 0.32}
    text = "已为您登记爱心窗口，以后专人陪您办理。感谢您提出宝贵意见，我们会认真对待，改进服务。"
    parts = answer.parts_of(text, "phone", read(text, Context(), "zh-hans").acts, case("rude-counter"))
    whole = scoring.score([answer_evidence(part, 1, 1) for part in parts], RUBRIC)
    assert {row.code: row.score for row in whole.criteria if row.score} == {"answer": 0.6}


FEE = Point({"zh-hans": ("年费", "/扣了?两(次|笔)/"), "en": ("annual fee", "/charged twice/")})
SUM = Point(amount=600)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("客户反映年费扣了两次", True),
        ("客户称没有扣年费", False),
        ("不是年费的问题，是利息", False),
        ("另一位客户的年费扣了两次", False),
        ("年费扣了两次一事不属实", False),
        ("不仅扣了年费，还没有回电", True),
        ("未经同意扣了年费", True),
        ("She says the annual fee was taken", True),
        ("There was no annual fee at all", False),
        ("Another customer had been charged twice", False),
        ("She wasn't charged twice", False),
    ],
)
def test_a_denial_or_another_persons_fact_does_not_say_it(text: str, said: bool) -> None:
    assert (points.find(text, FEE) is not None) is said


@pytest.mark.parametrize(
    ("text", "said"),
    [("要求退还600元", True), ("要求退还 600.00 元", True), ("退六百元", True), ("refund of 600", True), ("退还60元", False),
     ("退还6000元", False), ("refund of 1,600", False), ("不要求退还600元", False)],
)  # fmt: skip
def test_amounts_are_compared_as_numbers(text: str, said: bool) -> None:
    assert (points.find(text, SUM) is not None) is said
