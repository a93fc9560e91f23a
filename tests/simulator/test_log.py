"""The log: in order, once, and all or nothing, whoever writes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.core.models import User
from simulator import live, log, services
from simulator.engine.customer import Customer, replay
from simulator.engine.events import SessionEnded, TraineeSaid
from simulator.errors import Behind, Duplicate, SimulatorError
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import LoggedEvent, Scenario, Session
from simulator.services import Played


@pytest.fixture
def session(trainee: User) -> Session:
    load(SHIPPED / "annual-fee.yaml")
    return services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2, seed=7)


def said(session: Session, text: str, client_id: str, after: int) -> log.Batch:
    return log.batch(session.id, [TraineeSaid(text)], after=after, at=timezone.now(), by=session.trainee_id, client_id=client_id)


def test_of_two_writers_at_one_position_the_second_is_told_that_it_is_behind(session: Session) -> None:
    after = session.last_position
    first, second = said(session, "one", "a", after), said(session, "two", "b", after)
    answers = log.write([first, second])
    assert answers[0] is None
    assert isinstance(answers[1], Behind)
    assert [entry.data["text"] for entry in log.read(session.id, after=after)] == ["one"]


def test_a_client_id_is_written_once_and_answered_with_its_position(session: Session) -> None:
    after = session.last_position
    log.write([said(session, "one", "a", after)])
    (answer,) = log.write([said(session, "one", "a", after)])
    assert isinstance(answer, Duplicate)
    assert answer.position == after + 1


def test_the_database_itself_refuses_a_position_or_a_client_id_twice(session: Session) -> None:
    row = {"session": session, "kind": "trainee_said", "at": timezone.now(), "data": {"text": "x"}}
    LoggedEvent.objects.create(**row, position=900, client_id="a")
    for position, client_id in ((900, "b"), (901, "a")):
        with pytest.raises(IntegrityError), transaction.atomic():
            LoggedEvent.objects.create(**row, position=position, client_id=client_id)


def test_a_batch_that_fails_leaves_nothing_of_itself(session: Session) -> None:
    LoggedEvent.objects.create(
        session=session, position=session.last_position + 2, kind="trainee_said", at=timezone.now(), data={"text": "in the way"}
    )
    two = log.batch(session.id, [TraineeSaid("one"), TraineeSaid("two")], after=session.last_position, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        log.write([two])
    session.refresh_from_db()
    assert len(log.read(session.id)) == session.last_position + 1


def test_the_log_alone_rebuilds_the_customer(trainee: User, session: Session) -> None:
    for number, text in enumerate(("您好", "非常抱歉，请问是哪一天扣的？", "什么？")):
        services.take_turn_now(trainee, session.id, text, f"t{number}")
    one = live.load(session.id)
    events = [entry.event for entry in log.read(session.id)]
    assert replay(Customer.new(one.scenario, "zh-hans", 2, 7), events) == one.customer
    session.refresh_from_db()
    assert session.turns == 3
    assert session.last_position == len(events)


def test_saying_it_twice_changes_nothing(trainee: User, session: Session) -> None:
    first = services.take_turn_now(trainee, session.id, "您好", "same")
    before = log.read(session.id)
    again = services.take_turn_now(trainee, session.id, "您好", "same")
    assert again.repeated
    assert again.position == first.position
    assert log.read(session.id) == before


def test_the_end_is_written_with_the_event_it_follows_from(trainee: User, session: Session) -> None:
    services.finish_now(trainee, session.id)
    session.refresh_from_db()
    assert session.state == Session.State.FINISHED
    assert session.outcome == "closed_by_trainee"
    assert session.finished_at == log.read(session.id)[-1].at
    assert session.contacts.get().outcome == "closed_by_trainee"
    with pytest.raises(SimulatorError, match="finished"):
        services.take_turn_now(trainee, session.id, "还有", "late")


def test_nobody_else_speaks_in_a_session(outsider: User, trainer: User, session: Session) -> None:
    for stranger in (outsider, trainer):
        with pytest.raises(SimulatorError, match="not_allowed"):
            services.take_turn_now(stranger, session.id, "您好", "x")


def test_a_session_keeps_the_wording_it_began_with(trainee: User, session: Session) -> None:
    scenario = Scenario.objects.get(slug="annual-fee")
    scenario.document = {**scenario.document, "title": {"zh-hans": "改过的标题", "en": "Edited"}}
    scenario.save_revision().publish()
    later = services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2)
    assert later.snapshot.version == session.snapshot.version + 1
    assert live.load(session.id).scenario.title["zh-hans"] != "改过的标题"
    assert live.load(later.id).scenario.title["zh-hans"] == "改过的标题"


def test_an_upgrade_lies_as_a_draft_beside_what_an_author_edited(author: User, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "annual-fee.yaml"
    document = yaml.safe_load((SHIPPED / "annual-fee.yaml").read_text(encoding="utf-8"))
    scenario = Scenario.objects.get(slug="annual-fee")
    scenario.document = {**scenario.document, "summary": {"zh-hans": "作者改过", "en": "Edited by the author"}}
    scenario.save_revision(user=author).publish()
    path.write_text(yaml.safe_dump({**document, "version": document["version"] + 1}, allow_unicode=True), encoding="utf-8")
    load(path)
    scenario.refresh_from_db()
    assert scenario.document["summary"]["en"] == "Edited by the author"
    assert scenario.has_unpublished_changes
    assert scenario.get_latest_revision_as_object().document["version"] == document["version"] + 1
    assert "before" in load(path)


def test_a_shipped_file_that_was_corrected_without_a_new_version_is_loaded(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "annual-fee.yaml"
    document = yaml.safe_load((SHIPPED / "annual-fee.yaml").read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**document, "summary": {"zh-hans": "改正", "en": "Corrected"}}, allow_unicode=True), encoding="utf-8")
    assert "published" in load(path)
    assert Scenario.objects.get(slug="annual-fee").document["summary"]["en"] == "Corrected"
    assert "before" in load(path)


def test_an_imported_history_equals_one_that_was_played(trainee: User, session: Session) -> None:
    at = timezone.now() - timedelta(days=30)
    services.take_turn_now(trainee, session.id, "您好，请问是哪天扣的？", "a")
    services.finish_now(trainee, session.id)
    played = log.read(session.id)
    steps = tuple((at, (entry.event,)) for entry in played)
    session.refresh_from_db()
    (copy,) = services.import_history(
        [Played(trainee.pk, session.organisation_id, session.snapshot, "zh-hans", 2, 7, steps, context_key="lesson:1:a")]
    )
    copy.refresh_from_db()
    events = tuple(entry.event for entry in log.read(copy.id))
    assert events == tuple(entry.event for entry in played)
    assert (copy.state, copy.outcome, copy.turns, copy.last_position) == (session.state, session.outcome, session.turns, len(played))
    assert services.finished_record(copy, events).evidence == services.finished_record(session, events).evidence
    assert isinstance(events[-1], SessionEnded)
