"""The lobby and the grid of a class, live: who is there, when it starts, and the tiles of its rooms.

A process asks the database for each class that somebody here looks at, twice a second and once for all who look, and sends what has
changed. Nothing has to be told between processes, and what a page, a command or another process writes is seen like everything else.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils import timezone

from lms.core.models import User
from simulator import class_selectors, protocol, scheduling
from simulator.class_models import PRESENT_FOR
from simulator.consumers import Connection
from simulator.errors import SimulatorError
from simulator.grid import Board
from simulator.live import Allowance
from simulator.models import Session, Sitting
from simulator.selectors import sessions_running_for

logger = logging.getLogger(__name__)

EVERY_SECONDS = 0.5
SIGN_OF_LIFE_SECONDS = 5.0
TRAINER = "trainer"


class Onlooker(Protocol):
    """One open connection. `watches`: it gets the tiles; `seen` is what it was sent last, by the name of its part."""

    person_id: int
    watches: bool
    seen: dict[str, Any]

    async def transmit(self, message: dict[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a class looked like a moment ago. `rooms` has the session of each of its trainees."""

    lobby: dict[str, Any]
    rooms: dict[int, str] = field(default_factory=dict)
    tiles: list[dict[str, Any]] = field(default_factory=list)


class Hub:
    """Everybody in this process who looks at one thing, and the task that keeps asking for it while somebody does."""

    def __init__(self, key: Hashable, read: Callable[[bool], Snapshot], listed: UUID | None = None) -> None:
        self.key, self.read, self.listed = key, read, listed
        self.members: set[Onlooker] = set()
        self.task: asyncio.Task[None] | None = None
        self.lived_at = 0.0

    def enter(self, member: Onlooker) -> None:
        self.members.add(member)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self.keep_on())

    async def leave(self, member: Onlooker) -> None:
        self.members.discard(member)
        if self.listed is not None and not any(other.person_id == member.person_id for other in self.members):
            await _off_the_loop(scheduling.signs_of_life)(self.listed, (), (member.person_id,))
        if not self.members:
            if self.task:
                self.task.cancel()
            _hubs.pop(self.key, None)

    async def keep_on(self) -> None:
        while self.members:
            try:
                await self.look()
            except Exception:
                logger.exception("a class could not be read; trying again")
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        now = asyncio.get_running_loop().time()
        if self.listed is not None and now - self.lived_at >= SIGN_OF_LIFE_SECONDS:
            self.lived_at = now
            await _off_the_loop(scheduling.signs_of_life)(self.listed, [member.person_id for member in self.members])
        snapshot = await _off_the_loop(self.read)(any(member.watches for member in self.members))
        for member in tuple(self.members):
            await tell(member, snapshot)


async def tell(member: Onlooker, snapshot: Snapshot) -> None:
    """Send what `member` does not know yet. A connection that is dying keeps nobody else from theirs."""
    try:
        if snapshot.lobby:
            lobby = {**snapshot.lobby, "room": snapshot.rooms.get(member.person_id)}
            if member.seen.get("lobby") != lobby:
                member.seen["lobby"] = lobby
                await member.transmit({"type": "class", **lobby})
        if member.watches:
            known = member.seen.setdefault("tiles", {})
            changed = [tile for tile in snapshot.tiles if known.get(tile["session"]) != tile]
            order = [tile["session"] for tile in snapshot.tiles]
            if changed or member.seen.get("order") != order:
                member.seen["tiles"], member.seen["order"] = {tile["session"]: tile for tile in snapshot.tiles}, order
                await member.transmit({"type": "tiles", "tiles": changed, "order": order})
    except Exception as error:
        logger.info("an onlooker could not be reached: %r", error)


_hubs: dict[Hashable, Hub] = {}


def _off_the_loop(function: Callable[..., Any]) -> Callable[..., Any]:
    """On a thread of the pool: nobody who is talking waits for it."""
    return database_sync_to_async(function, thread_sensitive=False)


# --- what is looked at


def reader_of_class(sitting_id: UUID) -> Callable[[bool], Snapshot]:
    """Reads the class, with the tiles of its rooms where somebody watches them."""
    board = Board(lambda: Session.objects.filter(sitting=sitting_id))

    def read(with_tiles: bool) -> Snapshot:
        now = timezone.now()
        sitting = Sitting.objects.get(pk=sitting_id)
        rooms: dict[int, str] = {}
        tiles: list[dict[str, Any]] = []
        if sitting.started_at is not None:
            rooms = {trainee: str(session) for trainee, session in sitting.sessions.values_list("trainee_id", "id")}
            if with_tiles:
                board.read_on()
                tiles = board.shown(now)
        return Snapshot(lobby_of(sitting, rooms, now), rooms, tiles)

    return read


def lobby_of(sitting: Sitting, rooms: dict[int, str], now: datetime) -> dict[str, Any]:
    """Who is there, and how far it is. Never the level or the seed."""
    people = sitting.people.select_related("person").order_by("person__full_name", "pk")
    return {
        "state": sitting.state,
        "ends_at": protocol.moment(sitting.ends_at),
        "people": [
            {
                "name": str(share.person),
                "seat": share.seat,
                "here": share.person_id in rooms or bool(share.seen_at and now - share.seen_at < PRESENT_FOR),
                "arrived": share.arrived_at is not None,
            }
            for share in people
        ],
    }


def reader_of_running(person_id: int) -> Callable[[bool], Snapshot]:
    """Reads the open rooms of the organisations somebody is a trainer of on the day it reads."""
    board = Board(lambda: sessions_running_for(User.objects.get(pk=person_id)))

    def read(with_tiles: bool) -> Snapshot:
        board.read_on()
        return Snapshot({}, {}, board.shown(timezone.now()))

    return read


# --- the sockets


class OnlookerConsumer(Connection):
    """A connection that looks on: it joins, and is told what changes."""

    person: User
    person_id: int
    watches = False
    hub: Hub | None = None

    async def connect(self) -> None:
        self.person = self.scope["user"]
        self.language = getattr(self.person, "language", "")
        self.joins, self.seen, self.allowed = Allowance(), {}, False
        await self.accept()
        if not self.person.is_authenticated:
            await self.turn_away("login_needed", protocol.CLOSE_LOGIN_NEEDED)
            return
        self.person_id = self.person.pk
        self.allowed = await database_sync_to_async(self.find)()
        if not self.allowed:
            await self.turn_away("not_found", protocol.CLOSE_NOT_FOUND)

    def find(self) -> bool:
        """Whether it is there for this person; what they may see of it."""
        raise NotImplementedError

    def make_hub(self) -> Hub:
        raise NotImplementedError

    def arrive(self) -> None:
        """What joining means beside looking on."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.allowed:
            return
        try:
            parse(text_data if text_data is not None else bytes_data or b"")
            if not self.joins.take(asyncio.get_running_loop().time()):
                raise SimulatorError("rate_limited")
        except SimulatorError as error:
            await self.transmit(protocol.refused(error, self.language))
            return
        await database_sync_to_async(self.arrive)()
        self.seen = {}
        if self.hub is None:
            made = self.make_hub()
            self.hub = _hubs.setdefault(made.key, made)
        self.hub.enter(self)
        await self.hub.look()

    async def disconnect(self, code: int) -> None:
        if self.hub is not None:
            await self.hub.leave(self)


def parse(frame: str | bytes) -> None:
    """The one thing that may be said here is `join`."""
    if len(frame) > protocol.LONGEST_FRAME:
        raise SimulatorError("too_long")
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError):
        raise SimulatorError("malformed") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise SimulatorError("malformed")
    if message["type"] != "join":
        raise SimulatorError("unknown_type")


class ClassConsumer(OnlookerConsumer):
    """One person in the lobby of a class, or before its grid."""

    def find(self) -> bool:
        sitting_id = self.scope["url_route"]["kwargs"]["sitting_id"]
        self.sitting = class_selectors.sittings_visible_to(self.person).filter(pk=sitting_id).first()
        if self.sitting is None:
            return False
        self.watches = class_selectors.watches(self.person, self.sitting)
        return True

    def make_hub(self) -> Hub:
        return Hub(("class", self.sitting.pk), reader_of_class(self.sitting.pk), self.sitting.pk)

    def arrive(self) -> None:
        scheduling.enter_lobby(self.person, self.sitting)


class RunningConsumer(OnlookerConsumer):
    """A trainer before all open rooms of their organisations."""

    watches = True

    def find(self) -> bool:
        return class_selectors.organisations_trained_by(self.person).exists()

    def make_hub(self) -> Hub:
        return Hub(("running", self.person_id), reader_of_running(self.person_id))
