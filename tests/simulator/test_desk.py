"""The desk: what is saved is on disk once, and a case that is worked lasts until it is handed in."""

from __future__ import annotations

import pytest

from lms.core.models import User
from simulator import desk, log, services
from simulator.case.desk import desk_of
from simulator.desk import AskDocument, CallBack, HandIn, OpenDesk, SaveField, SendAnswer
from simulator.errors import SimulatorError
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import Session

SLUG = "points-expired"
ANSWER = "您反映的积分问题已经查清，是客服答错了卡种。我们已把积分补回，并对客服做了培训。感谢您提出来。"


@pytest.fixture
def session(trainee: User) -> Session:
    load(SHIPPED / f"{SLUG}.yaml")
    return services.open_session_now(trainee, SLUG, language="zh-hans", level=2, seed=7)


def do(session: Session, command: desk.Command) -> services.Turn:
    return desk.carry_out_now(session.trainee, session.id, command)


def kinds(session: Session) -> list[str]:
    return [entry.kind for entry in log.read(session.id)]


def refused(session: Session, command: desk.Command) -> str:
    with pytest.raises(SimulatorError) as problem:
        do(session, command)
    return problem.value.code


def test_a_conversation_without_desk_work_ends_its_session_as_ever(session: Session) -> None:
    services.finish_now(session.trainee, session.id)
    session.refresh_from_db()
    assert session.state == Session.State.FINISHED
    assert refused(session, SaveField("a", "matter", "x")) == "finished"


def test_the_first_field_opens_the_desk_and_gives_the_complaint_a_number(session: Session) -> None:
    turn = do(session, SaveField("a", "matter", "积分被清零"))
    opened = next(entry for entry in log.read(session.id) if entry.kind == "desk_opened")
    assert opened.data["complaint_no"].startswith("TS-")
    assert log.read(session.id)[turn.position - 1].data == {"field": "matter", "value": "积分被清零"}
    assert kinds(session).count("desk_opened") == 1
    do(session, SaveField("b", "reason", "客服答错"))
    assert kinds(session).count("desk_opened") == 1


def test_a_field_sent_twice_is_saved_once_and_the_last_value_counts(session: Session) -> None:
    first = do(session, SaveField("a", "matter", "积分"))
    again = do(session, SaveField("a", "matter", "积分"))
    assert (again.position, again.repeated) == (first.position, True)
    do(session, SaveField("b", "matter", "积分清零"))
    do(session, SaveField("c", "product", "金卡"))
    do(session, SaveField("d", "product", ""))
    form = desk_of(entry.event for entry in log.read(session.id)).form
    assert form["matter"] == "积分清零"
    assert "product" not in form
    assert form["receiving_officer"] == str(session.trainee)


def test_a_code_or_field_that_does_not_exist_is_refused_and_changes_nothing(session: Session) -> None:
    before = kinds(session)
    assert refused(session, SaveField("a", "nature", "grumpy")) == "malformed"
    assert refused(session, SaveField("b", "shoe_size", "42")) == "malformed"
    assert refused(session, SaveField("c", "matter", "x" * 2001)) == "too_long"
    assert refused(session, AskDocument("d", "nothing_of_the_kind")) == "not_found"
    assert kinds(session) == before


def test_a_worked_case_outlives_the_conversation_and_ends_when_it_is_handed_in(session: Session) -> None:
    do(session, OpenDesk("open"))
    assert refused(session, HandIn("early")) == "not_yet"
    services.finish_now(session.trainee, session.id)
    session.refresh_from_db()
    assert session.state == Session.State.OPEN
    assert kinds(session)[-1] == "contact_ended"
    with pytest.raises(SimulatorError, match="finished"):
        services.take_turn_now(session.trainee, session.id, "还有一句", "late")
    do(session, SaveField("a", "nature", "product"))
    do(session, HandIn("in"))
    session.refresh_from_db()
    assert (session.state, session.outcome) == (Session.State.FINISHED, "closed_by_trainee")
    assert kinds(session)[-2:] == ["case_handed_in", "session_ended"]
    assert refused(session, SaveField("b", "nature", "service")) == "finished"


def test_a_session_opened_for_the_whole_case_has_its_desk_from_the_start(trainee: User) -> None:
    load(SHIPPED / f"{SLUG}.yaml")
    session = services.open_session_now(trainee, SLUG, language="en", level=2, seed=7, whole_case=True)
    assert kinds(session)[0] == "desk_opened"
    assert refused(session, OpenDesk("again")) == "not_again"


def test_a_document_that_waits_for_a_look_at_the_record_comes_with_it(session: Session) -> None:
    do(session, AskDocument("a", "call_transcript"))
    assert "document_arrived" not in kinds(session)
    assert refused(session, AskDocument("b", "call_transcript")) == "not_again"
    services.open_record_now(session.trainee, session.id, "contacts")
    arrived = log.read(session.id)[-1]
    assert arrived.kind == "document_arrived"
    assert "长期有效" in arrived.data["text"]


def test_what_has_not_come_during_the_conversation_is_there_after_it(session: Session) -> None:
    do(session, AskDocument("a", "terms_page"))
    services.finish_now(session.trainee, session.id)
    assert kinds(session)[-1] == "document_arrived"


def test_the_answer_is_a_contact_of_its_own_that_the_customer_reacts_to(session: Session) -> None:
    do(session, OpenDesk("open"))
    assert refused(session, SendAnswer("early", "letter", ANSWER)) == "not_yet"
    services.finish_now(session.trainee, session.id)
    turn = do(session, SendAnswer("answer", "letter", ANSWER))
    assert do(session, SendAnswer("answer", "letter", ANSWER)).position == turn.position
    written = log.read(session.id)
    opened = next(entry for entry in written if entry.kind == "contact_opened")
    after = [entry for entry in written if entry.position >= opened.position]
    assert {entry.contact for entry in after} == {2}
    assert after[1].data["text"] == ANSWER
    assert any(entry.kind == "customer_said" for entry in after)
    assert after[-1].kind == "contact_ended"
    assert [(row.number, row.channel) for row in session.contacts.order_by("number")] == [(1, "regulator_referral"), (2, "letter")]
    assert refused(session, SendAnswer("more", "letter", ANSWER)) == "not_again"


def test_called_back_the_customer_answers_and_gives_a_mark_when_asked(session: Session) -> None:
    do(session, OpenDesk("open"))
    services.take_turn_now(session.trainee, session.id, "这件事我来负责，明天给您打电话。", "p")
    services.finish_now(session.trainee, session.id)
    assert refused(session, CallBack("early")) == "not_yet"
    do(session, SendAnswer("answer", "letter", ANSWER))
    do(session, CallBack("call"))
    assert kinds(session)[-1] == "customer_said"
    assert refused(session, HandIn("in")) == "not_yet"
    services.take_turn_now(session.trainee, session.id, "您对这次的处理结果满意吗？", "ask")
    marks = [entry.data["mark"] for entry in log.read(session.id) if entry.kind == "satisfaction_told"]
    assert len(marks) == 1
    assert 1 <= marks[0] <= 5
    if kinds(session)[-1] != "contact_ended":
        services.finish_now(session.trainee, session.id)
    do(session, HandIn("in"))
    session.refresh_from_db()
    assert session.state == Session.State.FINISHED


def test_only_who_plays_works_the_case(session: Session, outsider: User) -> None:
    with pytest.raises(SimulatorError, match="not_allowed"):
        desk.carry_out_now(outsider, session.id, SaveField("a", "matter", "x"))


def test_a_case_that_was_let_go_of_closes_by_itself(session: Session) -> None:
    do(session, OpenDesk("open"))
    services.finish_now(session.trainee, session.id)
    services.close_by_time_now(session.id)
    session.refresh_from_db()
    assert session.state == Session.State.FINISHED
