"""A published scenario and a played conversation for the tests of the pages."""

from __future__ import annotations

import pytest
import yaml

from simulator import services
from simulator.models import Scenario, Session
from tests.conftest import ROOT

SAID = (
    "您好，我是投诉专员小王。😀换成我也会着急，您慢慢说。",
    "对不起，是我们漏了回访。请问是哪一天扣的？",
    "规定就是这样，是您自己没看清合同。",
)


@pytest.fixture
def scenario(db: None) -> Scenario:
    document = yaml.safe_load((ROOT / "simulator" / "scenarios" / "annual-fee.yaml").read_text(encoding="utf-8"))
    return Scenario.objects.create(
        slug="annual-fee", title_zh=document["title"]["zh-hans"], title_en=document["title"]["en"], document=document, live=True
    )


@pytest.fixture
def open_session(scenario: Scenario, trainee) -> Session:
    return services.open_session_now(trainee, scenario.slug, language="zh-hans", level=2, seed=7)


@pytest.fixture
def played(open_session: Session, trainee) -> Session:
    """A conversation of three turns, the last of them bad, that the trainee has finished."""
    for number, text in enumerate(SAID):
        services.take_turn_now(trainee, open_session.id, text, f"turn-{number}")
    if not Session.objects.filter(id=open_session.id, state=Session.State.FINISHED).exists():
        services.finish_now(trainee, open_session.id)
    open_session.refresh_from_db()
    return open_session
