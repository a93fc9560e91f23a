"""A bubble that waits for its wording keeps back what it tells as well."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.core.models import User
from simulator import live, services
from simulator.engine.events import CustomerSaid, FactTold
from simulator.management.commands.load_scenarios import SHIPPED, load


@pytest.fixture
def told(trainee: User) -> live.Live:
    """A session in which the customer has just told a fact."""
    load(SHIPPED / "annual-fee.yaml")
    session = services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2, seed=3)
    services.take_turn_now(trainee, session.id, "您好，真抱歉让您着急了。请问这笔年费是哪一天扣的？", "a")
    return live.load(session.id)


def test_what_a_held_bubble_tells_is_not_shown_before_it(told: live.Live) -> None:
    fact = next(entry for entry in reversed(told.log) if isinstance(entry.event, FactTold))
    bubble = next(entry for entry in told.log[fact.position :] if isinstance(entry.event, CustomerSaid))
    later = timezone.now() + timedelta(seconds=30)
    told.hold(bubble, later + timedelta(seconds=1))
    told.show(later)
    assert told.shown < fact.position
    told.let_go(bubble)
    told.show(later)
    assert told.shown == told.position


def test_a_bubble_is_held_no_longer_than_said(told: live.Live) -> None:
    later = timezone.now() + timedelta(seconds=30)
    for entry in told.log:
        if isinstance(entry.event, CustomerSaid):
            told.hold(entry, later)
    told.show(later)
    assert told.shown == told.position
