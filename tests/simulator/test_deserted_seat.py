"""A trainer's connection breaks while they speak for the customer: the seat is kept for a while, then the engine takes over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from lms.core.models import User
from simulator import console, levers, live, rooms, services
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import Session

pytestmark = pytest.mark.django_db(transaction=True)


class Visitor:
    """A connection that only remembers what it was sent."""

    def __init__(self, person: User, seat: str) -> None:
        self.person_id, self.name, self.seat, self.position = person.pk, str(person), seat, 0
        self.frames: list[dict[str, Any]] = []

    async def transmit(self, message: dict[str, Any]) -> None:
        self.frames.append(message)


@pytest.fixture
def session(trainee: User) -> Session:
    load(SHIPPED / "annual-fee.yaml")
    return services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2, seed=7)


async def seat_is_free(session: Session) -> bool:
    for _time in range(40):
        if (await live.live(session.id)).seat_by is None:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_the_engine_takes_over_from_a_trainer_who_is_gone(session, trainee, trainer, monkeypatch) -> None:
    monkeypatch.setattr(rooms, "SEAT_KEPT_SECONDS", 0.2)
    playing, leading = Visitor(trainee, "trainee"), Visitor(trainer, "trainer")
    await rooms.enter(session.id, playing)
    await rooms.enter(session.id, leading)
    await console.pull(trainer, session.id, levers.TakeSeat())
    await rooms.moved(session.id)
    await asyncio.sleep(0.4)
    assert (await live.live(session.id)).seat_by == trainer.pk
    await rooms.leave(session.id, leading)
    assert await seat_is_free(session)
    await rooms.leave(session.id, playing)
    live.forget(session.id)
    stored = await sync_to_async(lambda: live.load(session.id).customer.led.driver)()
    assert stored == "engine"


async def test_a_trainer_who_comes_back_in_time_keeps_the_seat(session, trainee, trainer, monkeypatch) -> None:
    monkeypatch.setattr(rooms, "SEAT_KEPT_SECONDS", 0.5)
    playing, leading = Visitor(trainee, "trainee"), Visitor(trainer, "trainer")
    await rooms.enter(session.id, playing)
    await rooms.enter(session.id, leading)
    await console.pull(trainer, session.id, levers.TakeSeat())
    await rooms.leave(session.id, leading)
    await asyncio.sleep(0.1)
    await rooms.enter(session.id, leading)
    await rooms.moved(session.id)
    await asyncio.sleep(0.8)
    assert (await live.live(session.id)).seat_by == trainer.pk
    await rooms.leave(session.id, leading)
    await rooms.leave(session.id, playing)
    live.forget(session.id)
