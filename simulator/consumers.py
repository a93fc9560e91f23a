"""One WebSocket of one person in one room. Translates, and does nothing else."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import timezone

from lms.core.models import User
from simulator import clocks, console, desk, levers, protocol, rooms, selectors, services
from simulator.errors import SimulatorError
from simulator.live import Allowance, catch_up, live

turns = logging.getLogger("simulator.turns")
"""Where the time of each turn went, at level DEBUG."""


class Connection(AsyncWebsocketConsumer):
    """What every connection does: hand on what comes, turn somebody away in words, send a message."""

    language: str = ""

    async def __call__(self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        """Without Channels' waiting for a channel layer beside the socket, which makes two tasks of every message: rooms talk to other
        processes themselves, one channel a process instead of one a socket."""
        self.scope, self.base_send = scope, send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without Channels' visit to the database thread before every message: whoever asks the database goes there anyway."""
        await getattr(self, get_handler_name(message))(message)

    async def turn_away(self, code: str, close: int) -> None:
        await self.transmit(protocol.refused(SimulatorError(code), self.language))
        await self.close(code=close)

    async def transmit(self, message: dict[str, Any]) -> None:
        await self.send(text_data=protocol.encode(message))


class NowhereConsumer(Connection):
    """At an address where no room can be. It looks like a room that is not there, or not yours."""

    async def connect(self) -> None:
        self.language = getattr(self.scope["user"], "language", "")
        await self.accept()
        await self.turn_away("not_found", protocol.CLOSE_NOT_FOUND)


class RoomConsumer(Connection):
    person: User
    person_id: int
    name: str
    seat: str = ""
    position: int = 0

    async def connect(self) -> None:
        self.session_id: UUID = self.scope["url_route"]["kwargs"]["session_id"]
        self.person = self.scope["user"]
        self.language = getattr(self.person, "language", "")
        await self.accept()
        if not self.person.is_authenticated:
            await self.turn_away("login_needed", protocol.CLOSE_LOGIN_NEEDED)
            return
        seat = await database_sync_to_async(self.find_seat)()
        if seat is None:
            await self.turn_away("not_found", protocol.CLOSE_NOT_FOUND)
            return
        self.person_id, self.name, self.seat = self.person.pk, str(self.person), seat
        self.joined, self.joins = False, Allowance()

    def find_seat(self) -> str | None:
        session = selectors.sessions_visible_to(self.person).filter(id=self.session_id).first()
        return selectors.seat_of(self.person, session) if session else None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.seat:
            return
        try:
            await self.carry_out(protocol.parse(text_data if text_data is not None else bytes_data or b""))
        except SimulatorError as error:
            await self.transmit(protocol.refused(error, self.language))

    async def carry_out(self, command: protocol.Command) -> None:
        if not self.joined and not isinstance(command, protocol.Join):
            raise SimulatorError("not_joined", getattr(command, "id", None))
        match command:
            case protocol.Join(after):
                if not self.joins.take(time.monotonic()):
                    raise SimulatorError("rate_limited")
                await self.join(after)
            case protocol.Say(client_id, text, seen):
                turn = await services.take_turn(self.person, self.session_id, text, client_id, seen)
                taken_at = time.perf_counter()
                await self.transmit(protocol.acknowledged(client_id, turn.position))
                await rooms.moved(self.session_id)
                if turn.ms and turns.isEnabledFor(logging.DEBUG):
                    parts = {**turn.ms, "sending": (time.perf_counter() - taken_at) * 1000}
                    turns.debug("reading %(reading).2f, engine %(engine).2f, writing %(writing).2f, sending %(sending).2f ms", parts)
            case protocol.OpenRecord(section):
                await services.open_record(self.person, self.session_id, section)
                await rooms.moved(self.session_id)
            case protocol.Finish():
                await services.finish(self.person, self.session_id)
                await rooms.moved(self.session_id)
            case _ if isinstance(command, levers.Lever):
                turn = await console.pull(self.person, self.session_id, command)
                if command.id:
                    await self.transmit(protocol.acknowledged(command.id, turn.position))
                else:
                    await self.transmit(protocol.events(await live(self.session_id), self.seat, (), self.person_id))
                await rooms.moved(self.session_id)
            case clocks.MoveClock() | clocks.DoDuty() | clocks.ExtendLimit():
                turn = await clocks.carry_out(self.person, self.session_id, command)
                await self.transmit(protocol.acknowledged(command.id, turn.position))
                await rooms.moved(self.session_id)
            case _:
                turn = await desk.carry_out(self.person, self.session_id, command)
                await self.transmit(protocol.acknowledged(command.id, turn.position))
                await rooms.moved(self.session_id)

    async def join(self, after: int) -> None:
        one = await live(self.session_id)
        async with one.lock:
            await catch_up(one)
        watching = await rooms.enter(self.session_id, self)
        one.show(timezone.now())
        self.position = max(min(after, one.shown), 0)
        news, self.position = one.log[self.position : one.shown], one.shown
        self.joined = True
        await self.transmit(protocol.joined(one, self.seat, self.person_id, news, watching, self.language or one.session.language))
        await rooms.moved(self.session_id)

    async def disconnect(self, code: int) -> None:
        await rooms.leave(self.session_id, self)
