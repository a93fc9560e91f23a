"""Who is connected where, and what they are shown when it is due.

Within a process this is a plain dict of sets. Other processes hear of a room through the channel layer, and only while they
have somebody in it: they are told that the session has moved and read the rest from the log, so a lost message delays but
never loses anything.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.utils import timezone

from simulator import console, protocol, services
from simulator.live import Live, catch_up, live
from simulator.log import Logged
from simulator.models import Participant
from simulator.rewording.service import hold, reword

logger = logging.getLogger(__name__)

SILENCE_SECONDS = 150
"""After so long without a word, with the trainee in the room, the engine is told that time has passed."""

SEAT_KEPT_SECONDS = 60
"""So long the customer's seat is kept for a trainer whose connection is gone; then the engine speaks again."""

THIS_PROCESS = uuid4().hex
PRESENCE_SECONDS = 30


class Member(Protocol):
    """One open connection in a room. `position` is the last position it has been sent."""

    person_id: int
    name: str
    seat: str
    position: int

    async def transmit(self, message: dict[str, Any]) -> None: ...


class Room:
    """The connections of one session in this process."""

    def __init__(self, session_id: UUID) -> None:
        self.session_id = session_id
        self.members: set[Member] = set()
        self.elsewhere: dict[str, tuple[float, list[dict[str, str]]]] = {}  # other processes: when heard of, who watches there
        self.attended_at: datetime | None = None  # since when a trainee has been here
        self.seat_left_at: datetime | None = None  # since when the trainer in the customer's seat is not here
        self.timer: asyncio.TimerHandle | None = None
        self.showing = asyncio.Lock()
        self.loop = asyncio.get_running_loop()

    def watching_here(self) -> list[dict[str, str]]:
        people = {member.person_id: {"name": member.name, "seat": member.seat} for member in self.members if not _plays(member)}
        return sorted(people.values(), key=lambda person: person["name"])

    def watching(self) -> list[dict[str, str]]:
        """Who watches, in any process; each person once."""
        people = self.watching_here()
        for _, others in self.elsewhere.values():
            people += [person for person in others if person not in people]
        return people

    def forget_silent(self, now: float) -> None:
        """A process that has not been heard of for three presences is gone."""
        self.elsewhere = {name: heard for name, heard in self.elsewhere.items() if now - heard[0] < 3 * PRESENCE_SECONDS}


def _plays(member: Member) -> bool:
    return member.seat == Participant.Seat.TRAINEE


_rooms: dict[UUID, Room] = {}
_running: set[asyncio.Task[None]] = set()


async def enter(session_id: UUID, member: Member) -> list[dict[str, str]]:
    """Bring a connection in and tell the others; gives who watches."""
    room = _rooms.setdefault(session_id, Room(session_id))
    before = room.watching()
    first = not room.members
    room.members.add(member)
    if _plays(member) and room.attended_at is None:
        room.attended_at = timezone.now()
    if first:
        await relay.subscribe(session_id)
    if first or room.watching() != before:
        await relay.announce(room, ask=first)
    if room.watching() != before:
        await _tell_presence(room, but=member)
    return room.watching()


async def leave(session_id: UUID, member: Member) -> None:
    """Take a connection out and tell the others."""
    room = _rooms.get(session_id)
    if room is None or member not in room.members:
        return
    before = room.watching()
    room.members.discard(member)
    if not any(map(_plays, room.members)):
        room.attended_at = None
    if room.watching() != before:
        await relay.announce(room)
        await _tell_presence(room)
    if room.members:
        start(show(room))  # it may be the one in the customer's seat who has gone
    if not room.members:
        if room.timer:
            room.timer.cancel()
        await relay.unsubscribe(room)
        _rooms.pop(session_id, None)


async def moved(session_id: UUID) -> None:
    """Something has been written to the session by this process: show it here, and let other processes know."""
    room = _rooms.get(session_id)
    if room is None:
        return
    await show(room)
    await relay.moved(room)


async def show(room: Room) -> None:
    """Send every connection what has fallen due, and set the clock for what has not."""
    async with room.showing:
        one = await live(room.session_id)
        bubbles, one.to_word = hold(one, one.to_word), []
        if bubbles:
            start(_reword(room, bubbles))
        next_due = one.show(timezone.now())
        for member in tuple(room.members):
            if member.position < one.shown:
                news = one.log[member.position : one.shown]
                member.position = one.shown
                await _send(member, protocol.events(one, member.seat, news, member.person_id))
        _set_clock(room, one, next_due)


async def _reword(room: Room, bubbles: Sequence[Logged]) -> None:
    """Ask the language model for other words, and show the bubbles as soon as it has answered, in its words or their own."""
    wordings = await reword(room.session_id, bubbles)
    if wordings:
        await services.word_differently(room.session_id, wordings)
    one = await live(room.session_id)
    for bubble in bubbles:
        one.let_go(bubble)
    await relay.moved(room)
    await show(room)


def _set_clock(room: Room, one: Live, next_due: datetime | None) -> None:
    """Wake up when the next bubble is due, or when it has been silent for too long."""
    if room.timer:
        room.timer.cancel()
        room.timer = None
    if next_due is None and one.talking and room.attended_at is not None:
        next_due = max(one.quiet_since(), room.attended_at) + timedelta(seconds=SILENCE_SECONDS)
    if one.ends_at is not None and not one.finished:
        next_due = min(next_due or one.ends_at, one.ends_at)
    deserted = _deserted_from(room, one)
    if deserted is not None:
        next_due = min(next_due, deserted) if next_due else deserted
    if next_due is not None and room.members:
        wait = max(0.0, (next_due - timezone.now()).total_seconds())
        room.timer = asyncio.get_running_loop().call_later(wait + 0.001, lambda: start(_wake(room)))


def _deserted_from(room: Room, one: Live) -> datetime | None:
    """When the customer's seat counts as deserted, if its trainer is in the room of no process."""
    elsewhere = (person["seat"] for _, people in room.elsewhere.values() for person in people)
    here = any(member.person_id == one.seat_by for member in room.members) or Participant.Seat.TRAINER in elsewhere
    if one.seat_by is None or one.finished or here:
        room.seat_left_at = None
        return None
    room.seat_left_at = room.seat_left_at or timezone.now()
    return room.seat_left_at + timedelta(seconds=SEAT_KEPT_SECONDS)


async def _wake(room: Room) -> None:
    one = await live(room.session_id)
    if one.ends_at is not None and timezone.now() >= one.ends_at and not one.finished:
        await end_by_time(room.session_id)
        return
    deserted = _deserted_from(room, one)
    if deserted is not None and deserted <= timezone.now() and one.seat_by is not None:
        await console.take_over(room.session_id, one.seat_by)
        await relay.moved(room)
    if one.show(timezone.now()) is None and one.position == one.shown and one.talking and room.attended_at is not None:
        silent = (timezone.now() - max(one.quiet_since(), room.attended_at)).total_seconds()
        if silent >= SILENCE_SECONDS and all(member.position == one.shown for member in room.members):
            await services.time_passed(room.session_id, int(silent))
            await relay.moved(room)
    await show(room)


async def end_by_time(session_id: UUID) -> None:
    """The time limit of the session has been reached: end it, and show that to whoever is in the room."""
    await services.end_by_time(session_id)
    await moved(session_id)


def written_by_a_page(session_ids: Iterable[UUID]) -> None:
    """A page, which runs on another thread, has written to these sessions: their rooms read on, here and in other processes."""
    for session_id in session_ids:
        room = _rooms.get(session_id)
        if room is not None:
            room.loop.call_soon_threadsafe(lambda room=room: start(_read_on_here_and_elsewhere(room)))
        elif relay.layer is not None:
            async_to_sync(relay.tell_of)(session_id)


async def _read_on_here_and_elsewhere(room: Room) -> None:
    await _read_on(room)
    await relay.moved(room)


async def _tell_presence(room: Room, but: Member | None = None) -> None:
    message = protocol.presence(room.watching())
    for member in tuple(room.members):
        if member is not but:
            await _send(member, message)


async def _send(member: Member, message: dict[str, Any]) -> None:
    """A connection that is dying must not take the speaker's own turn with it."""
    try:
        await member.transmit(message)
    except Exception as error:
        logger.info("a connection of %s could not be reached: %r", member.name, error)


def start(work: Any) -> None:
    """Run `work` beside everything else; a failure goes to the log with its traceback."""
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_ended)


def _ended(task: asyncio.Task[None]) -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        logger.error("a task of a room failed", exc_info=task.exception())


class Relay:
    """The link to the other processes. With one process alone (no Redis) it does nothing at all."""

    def __init__(self) -> None:
        self.channel: str | None = None
        self.listening: asyncio.Task[None] | None = None

    @property
    def layer(self) -> Any:
        layer = get_channel_layer()
        return None if layer is None or isinstance(layer, InMemoryChannelLayer) else layer

    async def subscribe(self, session_id: UUID) -> None:
        if self.layer is None:
            return
        if self.listening is None or self.listening.done():
            self.channel = await self.layer.new_channel("room")
            self.listening = asyncio.create_task(self._listen())
        await self.layer.group_add(_group(session_id), self.channel)

    async def unsubscribe(self, room: Room) -> None:
        if self.layer is not None and self.channel:
            await self.layer.group_discard(_group(room.session_id), self.channel)

    async def moved(self, room: Room) -> None:
        if room.elsewhere:
            await self._tell(room.session_id, {"what": "moved"})

    async def tell_of(self, session_id: UUID) -> None:
        """A session has moved that has nobody in it here."""
        await self._tell(session_id, {"what": "moved"})

    async def announce(self, room: Room, *, ask: bool = False) -> None:
        """Say who watches here; with `ask`, the others answer with theirs. An empty room says so too."""
        if self.layer is not None:
            await self._tell(
                room.session_id, {"what": "presence", "watching": room.watching_here(), "here": bool(room.members), "ask": ask}
            )

    async def _tell(self, session_id: UUID, message: dict[str, Any]) -> None:
        """What the layer cannot carry now is caught up from the log later; it never fails a turn."""
        try:
            await self.layer.group_send(_group(session_id), {"type": "room", "session": str(session_id), "from": THIS_PROCESS, **message})
        except Exception as error:
            logger.warning("other processes could not be told of %s: %r", session_id, error)

    async def _listen(self) -> None:
        pulse = asyncio.create_task(self._pulse())
        try:
            while True:
                message = await self.layer.receive(self.channel)
                if message.get("from") != THIS_PROCESS:
                    start(self._heard(message))
        finally:
            pulse.cancel()

    async def _pulse(self) -> None:
        """Say again and again who is here, so that a process that died is forgotten and a missed message is made good."""
        while True:
            await asyncio.sleep(PRESENCE_SECONDS)
            now = asyncio.get_running_loop().time()
            for room in tuple(_rooms.values()):
                room.forget_silent(now)
                await self.announce(room)
                if room.elsewhere:
                    await _read_on(room)

    async def _heard(self, message: dict[str, Any]) -> None:
        room = _rooms.get(UUID(message["session"]))
        if room is None:
            return
        if message["what"] == "presence":
            before = room.watching()
            room.elsewhere.pop(message["from"], None)
            if message["here"]:
                room.elsewhere[message["from"]] = (asyncio.get_running_loop().time(), message["watching"])
            if message["ask"]:
                await self.announce(room)
            if room.watching() != before:
                await _tell_presence(room)
        await _read_on(room)


async def _read_on(room: Room) -> None:
    one = await live(room.session_id)
    async with one.lock:
        await catch_up(one)
    await show(room)


def _group(session_id: UUID) -> str:
    return f"role-play.{session_id}"


relay = Relay()
