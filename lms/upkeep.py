"""What happens by itself: once when a server starts, and once every night.

Each job is a list of small steps that run one after another on a thread of their own, so that nobody who is talking waits for
longer than one step. Every step is safe to run twice and in several processes at once: what is done is no longer found.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils import timezone

import assessment.selectors
import simulator.selectors
import simulator.services
from lms.core.bus import publish
from lms.core.contracts import ConversationDeleted
from simulator import retention
from simulator.clock import keep_time

logger = logging.getLogger(__name__)

NIGHT = time(3)
"""When the night's run begins, by the server's clock."""

Done = Iterator[tuple[str, int]]
"""What a step has done, and how often."""


def publish_unscored(now: datetime) -> Done:
    """Role-plays that ended without a result, because the server stopped between the end and the score."""
    unscored = simulator.selectors.finished_sessions().exclude(id__in=assessment.selectors.scored_sessions())
    yield from _published_again(list(unscored.values_list("id", flat=True)))


def publish_since(day: date) -> Done:
    """Every role-play that ended on `day` or later, scored or not: whoever missed a result, such as a course, hears of it again."""
    since = simulator.selectors.finished_sessions().filter(finished_at__date__gte=day)
    yield from _published_again(list(since.values_list("id", flat=True)))


def _published_again(sessions: Iterable[UUID]) -> Done:
    """One that cannot be read any more keeps none of the others from its score."""
    for session_id in sessions:
        try:
            simulator.services.publish_finished(session_id)
        except Exception:
            logger.exception("the role-play %s could not be published again", session_id)
        else:
            yield "role-plays published again", 1


def delete_old_conversations(now: datetime) -> Done:
    """Conversations that have been kept as long as the data notice says."""
    for deleted in retention.deleting(now):
        yield "conversations deleted", deleted


def forget_left_over_words(now: datetime) -> Done:
    """Results that still quote a conversation which is gone, because the server stopped between the two."""
    archived = simulator.selectors.archived_sessions()
    quoting = assessment.selectors.results_with_words().filter(session_id__in=archived.values("id"))
    for session in archived.filter(id__in=quoting.values("session_id")):
        publish(ConversationDeleted(session.id, session.trainee_id, session.organisation_id, session.archived_at))
        yield "results told again that their words are gone", 1


# A role-play that has no result yet gets it before its conversation goes.
JOBS: tuple[Callable[[datetime], Done], ...] = (publish_unscored, delete_old_conversations, forget_left_over_words)


def carry_out(*jobs: Callable[[datetime], Done], now: datetime) -> Counter[str]:
    """Do the jobs here and now; says what was done, by name."""
    done: Counter[str] = Counter()
    for job in jobs:
        for what, number in job(now):
            done[what] += number
    return done


# In the running server


def until_tonight(now: datetime) -> timedelta:
    """How long it is from `now`, a local time, to the next night's run."""
    tonight = datetime.combine(now.date(), NIGHT, now.tzinfo)
    return (tonight if now < tonight else tonight + timedelta(days=1)) - now


async def keep_up() -> None:
    """Do everything now, and again every night. A job that fails goes to the log and is tried again the next night."""
    while True:
        for job in JOBS:
            await _in_steps(job)
        await asyncio.sleep(until_tonight(timezone.localtime()).total_seconds())


async def _in_steps(job: Callable[[datetime], Done]) -> None:
    """One job, a step at a time: a server that is told to stop waits for one step only."""
    step = database_sync_to_async(next, thread_sensitive=False)
    steps, done = job(timezone.now()), Counter[str]()
    try:
        while (one := await step(steps, None)) is not None:
            done[one[0]] += one[1]
    except Exception:
        logger.exception("%s failed", job.__name__)
    for what, number in done.items():
        logger.info("upkeep: %s: %s", what, number)


async def lifespan(scope: dict[str, Any], receive: Callable[[], Awaitable[dict]], send: Callable[[dict], Awaitable[None]]) -> None:
    """The part of ASGI in which a server says that it starts and stops."""
    working: list[asyncio.Task[None]] = []
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            working = [asyncio.create_task(keep_up()), asyncio.create_task(keep_time())]
        else:
            for task in working:
                task.cancel()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
