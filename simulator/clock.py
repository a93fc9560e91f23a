"""The clock of the process: it ends conversations and classes whose time is up, whoever is looking or not.

Rooms with somebody in them end to the moment (`simulator.rooms`); this finds the others within seconds. Several processes may do it
at once: what has ended is no longer found.
"""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils import timezone

from simulator import rooms, scheduling
from simulator.selectors import overdue_sessions

logger = logging.getLogger(__name__)

EVERY_SECONDS = 2.0


def _overdue() -> list[UUID]:
    return list(overdue_sessions(timezone.now()).values_list("id", flat=True))


async def tick() -> None:
    """End what is overdue now: first the conversations, then the classes, whose results follow from them."""
    for session_id in await database_sync_to_async(_overdue, thread_sensitive=False)():
        await rooms.end_by_time(session_id)
    await database_sync_to_async(scheduling.end_overdue, thread_sensitive=False)(timezone.now())


async def keep_time() -> None:
    """Tick until the process stops. A tick that fails goes to the log and the next one tries again."""
    while True:
        try:
            await tick()
        except Exception:
            logger.exception("the clock missed a tick")
        await asyncio.sleep(EVERY_SECONDS)
