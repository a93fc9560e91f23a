"""What a crash left undone is made good: by the server when it starts, every night, and by a command."""

from __future__ import annotations

import json
import sqlite3
import time
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessment.models import Result
from lms import upkeep
from lms.core import bus
from lms.core.contracts import ResultRecorded, SessionFinished
from lms.core.models import User
from simulator import services
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import LoggedEvent, Session
from tests.conftest import Server


def play(person: User) -> Session:
    session = services.open_session_now(person, "annual-fee", language="zh-hans", level=2, seed=7)
    services.take_turn_now(person, session.id, "非常抱歉，请问这笔年费是哪一天扣的？", "a")
    services.finish_now(person, session.id)
    return Session.objects.get(pk=session.pk)


@pytest.fixture
def unscored(trainee: User) -> Session:
    """A role-play that ended, and whose reaction never ran: the test's transaction never commits."""
    load(SHIPPED / "annual-fee.yaml")
    return play(trainee)


def repair(*arguments: str) -> dict[str, int]:
    said = StringIO()
    call_command("repair", *arguments, stdout=said)
    return json.loads(said.getvalue())


def test_a_finished_role_play_without_a_result_gets_its_score(unscored: Session, django_capture_on_commit_callbacks) -> None:
    assert not Result.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert repair() == {"role-plays published again": 1}
    assert Result.objects.get().session_id == unscored.id
    with django_capture_on_commit_callbacks(execute=True):
        assert repair() == {}
    assert Result.objects.count() == 1


def test_an_open_one_is_left_alone(trainee: User) -> None:
    load(SHIPPED / "annual-fee.yaml")
    services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2)
    assert repair() == {}


def test_one_that_cannot_be_read_keeps_none_of_the_others_from_its_score(
    unscored: Session, trainee: User, django_capture_on_commit_callbacks, caplog: pytest.LogCaptureFixture
) -> None:
    other = play(trainee)
    LoggedEvent.objects.filter(session=unscored, kind="acts_read").update(kind="no_such_kind")
    with django_capture_on_commit_callbacks(execute=True):
        assert repair() == {"role-plays published again": 1}
    assert Result.objects.get().session_id == other.id
    assert str(unscored.id) in caplog.text


def test_a_course_that_missed_a_result_hears_of_it_again(
    unscored: Session, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        repair()
    heard: list[ResultRecorded] = []
    monkeypatch.setattr(bus, "_reactions", {SessionFinished: bus._reactions[SessionFinished], ResultRecorded: [heard.append]})
    with django_capture_on_commit_callbacks(execute=True):
        assert repair("--since", f"{timezone.localdate():%Y-%m-%d}") == {"role-plays published again": 1}
    assert [record.session_id for record in heard] == [unscored.id]
    assert repair("--since", "2099-01-01") == {}


def test_the_score_is_made_before_the_conversation_goes() -> None:
    assert upkeep.JOBS.index(upkeep.publish_unscored) < upkeep.JOBS.index(upkeep.delete_old_conversations)


def test_a_server_that_starts_scores_what_a_crash_left_unscored(tingsu_server: Server) -> None:
    """The demo bank as it is loaded has nothing to repair and nothing that is due; then one of its results goes missing."""
    assert json.loads(tingsu_server.manage("repair")) == {}
    assert all(json.loads(line)["due"] == 0 for line in tingsu_server.manage("delete_old_conversations", "--dry-run").splitlines())
    tingsu_server.kill()
    with sqlite3.connect(tingsu_server.data / "tingsu.sqlite3") as database:
        missing, score = database.execute("SELECT session_id, score FROM assessment_result ORDER BY id LIMIT 1").fetchone()
        database.execute("DELETE FROM assessment_result WHERE session_id = ?", [missing])
    tingsu_server.start()
    for _attempt in range(100):
        with sqlite3.connect(tingsu_server.data / "tingsu.sqlite3") as database:
            found = database.execute("SELECT score FROM assessment_result WHERE session_id = ?", [missing]).fetchone()
        if found:
            break
        time.sleep(0.1)
    assert found == (score,), UUID(missing)
