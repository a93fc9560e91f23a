"""Who reads afterwards what a trainer did: one's own whispers, the seat, and for trainers their bookmarks."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from django.urls import reverse

from lms.core.models import Membership, Organisation, User
from simulator import console, levers, services
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import Participant, Session
from tests.factories import make_person


@pytest.fixture
def led(trainee: User, trainer: User) -> Session:
    """A conversation in which a trainer whispered, set a bookmark and spoke for the customer."""
    load(SHIPPED / "annual-fee.yaml")
    session = services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2, seed=7)
    services.take_turn_now(trainee, session.id, "您好，您请讲。", "one")
    console.pull_now(trainer, session.id, levers.Whisper("先听他说完", None, "w"))
    console.pull_now(trainer, session.id, levers.Bookmark("没有问候"))
    console.pull_now(trainer, session.id, levers.TakeSeat())
    console.pull_now(trainer, session.id, levers.End())
    return session


def debrief(client: Client, person: User, session: Session) -> str:
    client.force_login(person)
    answer = client.get(reverse("role_plays:debrief", args=[session.id]))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_the_trainee_reads_their_whispers_and_that_somebody_spoke_for_the_customer(client: Client, trainee: User, led: Session) -> None:
    text = debrief(client, trainee, led)
    assert "先听他说完" in text
    assert "Spoke for the customer" in text
    assert "With a trainer's help" in text
    assert "没有问候" not in text


def test_a_trainer_reads_the_bookmarks_too(client: Client, trainer: User, led: Session) -> None:
    text = debrief(client, trainer, led)
    assert "先听他说完" in text
    assert "没有问候" in text


def test_an_observer_reads_neither(client: Client, department: Organisation, led: Session) -> None:
    observer = make_person("observer", Membership.Role.TRAINEE, department)
    Participant.objects.create(session=led, person=observer, seat=Participant.Seat.OBSERVER)
    text = debrief(client, observer, led)
    assert "先听他说完" not in text
    assert "没有问候" not in text
