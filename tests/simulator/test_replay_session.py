"""The command that folds a stored log again."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from assessment.models import Result
from assessment.services import score_session
from lms.core.models import User
from simulator import log, services
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import LoggedEvent, Session


@pytest.fixture
def played(trainee: User) -> Session:
    load(SHIPPED / "annual-fee.yaml")
    session = services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2, seed=7)
    services.take_turn_now(trainee, session.id, "非常抱歉，请问这笔年费是哪一天扣的？", "a")
    services.finish_now(trainee, session.id)
    session.refresh_from_db()
    score_session(services.finished_record(session, tuple(entry.event for entry in log.read(session.id))))
    return session


def test_a_log_that_was_left_alone_comes_out_as_it_is_stored(played: Session) -> None:
    call_command("replay_session", str(played.id))


def test_a_state_that_was_tampered_with_is_found(played: Session, capsys: pytest.CaptureFixture[str]) -> None:
    LoggedEvent.objects.filter(session=played, kind="trainee_said").update(kind="time_passed", data={"seconds": 3})
    with pytest.raises(SystemExit) as ended:
        call_command("replay_session", str(played.id))
    assert ended.value.code == 1
    assert "turns" in capsys.readouterr().err


def test_a_score_that_was_tampered_with_is_found(played: Session, capsys: pytest.CaptureFixture[str]) -> None:
    Result.objects.filter(session_id=played.id).update(score=99.5)
    with pytest.raises(SystemExit):
        call_command("replay_session", str(played.id))
    assert "score" in capsys.readouterr().err
