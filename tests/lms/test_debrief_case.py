"""The case in the debrief: what was entered beside what is right, the answer by its parts, and what is missing."""

from __future__ import annotations

import pytest
from django.test import Client

from assessment.models import Result
from assessment.selectors import result_of
from assessment.services import without_words
from lms.core.models import User
from simulator import desk, services
from simulator.desk import CallBack, HandIn, SaveField, SendAnswer
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import Session

ANSWER = (
    "李老师，您好。您反映在解放路支行排队一个半小时、被柜员训斥的事，支行负责人将带着当事柜员向您当面道歉。"
    "我们调取了柜台的录像，询问了大堂经理。支行已对柜员进行服务培训。非常抱歉让您受了委屈。您如不认可，可拨打12378反映。"
)


@pytest.fixture
def session(trainee: User) -> Session:
    load(SHIPPED / "rude-counter.yaml")
    return services.open_session_now(trainee, "rude-counter", language="zh-hans", level=2, seed=7, whole_case=True)


def do(session: Session, *commands: desk.Command) -> None:
    for command in commands:
        desk.carry_out_now(session.trainee, session.id, command)


def page_of(client: Client, session: Session) -> str:
    client.force_login(session.trainee)
    return client.get(f"/role-plays/{session.id}/debrief/").content.decode()


def scores(session: Session) -> dict[str, float | None]:
    result = result_of(session.id)
    assert result is not None
    return {row["code"]: row["score"] for row in result.criteria}


@pytest.mark.django_db(transaction=True)
def test_a_worked_case_is_scored_and_shown_with_its_differences(client: Client, session: Session) -> None:
    do(
        session,
        SaveField("a", "matter", "排队一个半小时，还被柜员训了一顿"),
        SaveField("b", "nature", "service"),
        SaveField("c", "sub_code", "attitude"),
    )
    services.finish_now(session.trainee, session.id)
    do(session, SendAnswer("answer", "phone", ANSWER), CallBack("call"))
    services.take_turn_now(session.trainee, session.id, "您对处理结果满意吗？", "ask")
    session.refresh_from_db()
    if session.events.last().kind != "contact_ended":
        services.finish_now(session.trainee, session.id)
    do(session, HandIn("in"))
    found = scores(session)
    assert 0 < found["form"] < 1
    assert 0 < found["classification"] < 1
    assert found["answer"] == 1.0
    assert 0 < found["follow_up"] < 1
    page = page_of(client, session)
    assert "排队一个半小时，还被柜员训了一顿" in page
    assert 'id="case-matter"' in page
    assert "支行负责人将带着当事柜员向您当面道歉" in page
    assert 'href="#case-matter"' in page


@pytest.mark.django_db(transaction=True)
def test_a_case_handed_in_without_desk_work_is_scored_for_the_conversation_and_says_what_is_missing(
    client: Client, session: Session
) -> None:
    services.finish_now(session.trainee, session.id)
    do(session, HandIn("in"))
    assert [scores(session)[code] for code in ("form", "classification", "answer", "follow_up")] == [None] * 4
    client.force_login(session.trainee)
    session.trainee.language = "en"
    page = client.get(f"/role-plays/{session.id}/debrief/", headers={"accept-language": "en"}).content.decode()
    assert "Nothing was done at the desk" in page or "工作台上没有任何记录" in page


@pytest.mark.django_db(transaction=True)
def test_a_conversation_alone_shows_no_case(client: Client, trainee: User) -> None:
    load(SHIPPED / "rude-counter.yaml")
    session = services.open_session_now(trainee, "rude-counter", language="zh-hans", level=2, seed=7)
    services.finish_now(trainee, session.id)
    assert 'id="case"' not in page_of(client, session)


@pytest.mark.django_db(transaction=True)
def test_a_red_line_in_the_answer_fails_the_case(session: Session) -> None:
    services.finish_now(session.trainee, session.id)
    do(session, SendAnswer("answer", "phone", ANSWER + "请不要再向监管投诉，投诉了对您没有好处。"), HandIn("in"))
    result = Result.objects.get(session_id=session.id, counts=True)
    assert "evasive.discourage_route" in result.red_lines
    assert result.score <= 40
    assert not result.passed


@pytest.mark.django_db(transaction=True)
def test_when_the_words_go_the_result_keeps_none_of_them(session: Session) -> None:
    do(session, SaveField("a", "complainant_contact", "13800138000"))
    services.finish_now(session.trainee, session.id)
    do(session, HandIn("in"))
    result = Result.objects.get(session_id=session.id, counts=True)
    assert "13800138000" in str(result.criteria)
    assert "13800138000" not in str(without_words(result.criteria))
