"""The time of a case in the room: moved on by the trainee, duties put on record, limits extended.

Like at the desk, each is one command that is decided on the session in memory and written by the same writer as a turn.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from lms.core.models import User
from simulator import fields, services
from simulator.case import drill
from simulator.case.limits import APPROVERS, NOTIFIED, Extension, ExtensionRefused, extend
from simulator.drill_time import case_calendar, rule_sets
from simulator.engine.clock_events import ClockMoved, DutyDone, LimitExtended
from simulator.engine.events import Event
from simulator.errors import SimulatorError
from simulator.live import Live, live
from simulator.services import Said, Turn

LONGEST_TEXT = 2000
DETAILS = {"emergency_started": ("head_role", "members", "containment"), "plan_approved": ("lead", "duties"), "progress_told": ("note",)}
REFUSED_AS = {"not_extendable": "not_allowed", "no_reason": "lacking"}


@dataclass(frozen=True, slots=True)
class MoveClock:
    id: str
    step: str


@dataclass(frozen=True, slots=True)
class DoDuty:
    """Put on record that something was done that a limit asks for."""

    id: str
    stop: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExtendLimit:
    """Tell the customer that the result takes until `until`, and why; `approver` has agreed."""

    id: str
    until: date
    reason: str
    approver: str


Command = MoveClock | DoDuty | ExtendLimit


def parse(message: Mapping[str, Any]) -> Command | None:
    """The command in a message, None where it is none of these."""
    kind = message.get("type")
    if kind not in ("move_clock", "do_duty", "extend_limit"):
        return None
    client = fields.client_id(message.get("id"))
    if client is None:
        raise SimulatorError("malformed")
    if kind == "move_clock":
        return MoveClock(client, _one_of(message.get("step"), drill.STEPS, client))
    if kind == "do_duty":
        stop = _one_of(message.get("stop"), drill.DUTIES, client)
        given = message.get("details")
        if not isinstance(given, dict):
            raise SimulatorError("malformed", client)
        return DoDuty(client, stop, {name: _text(given.get(name, ""), client) for name in DETAILS[stop]})
    try:
        until = date.fromisoformat(str(message.get("until")))
    except ValueError:
        raise SimulatorError("malformed", client) from None
    if not 2000 < until.year < 2100:
        raise SimulatorError("malformed", client)
    return ExtendLimit(client, until, _text(message.get("reason"), client), _one_of(message.get("approver"), APPROVERS, client))


def _one_of(value: object, allowed: tuple[str, ...], client: str) -> str:
    if value not in allowed:
        raise SimulatorError("malformed", client)
    return str(value)


def _text(value: object, client: str) -> str:
    if not isinstance(value, str) or not fields.is_storable(value):
        raise SimulatorError("malformed", client)
    if len(value) > LONGEST_TEXT:
        raise SimulatorError("too_long", client)
    return value.strip()


async def carry_out(person: User, session_id: UUID, command: Command) -> Turn:
    """Do it. Returns when it is on disk; the same id again changes nothing and gives the same position."""
    one = await live(session_id)
    services.allowed(one, person, command.id)
    if command.id not in one.by_client and not one.allowance(person.pk, "desk").take(time.monotonic()):
        raise SimulatorError("rate_limited", command.id)
    return await services.carry_out(one, _said(person, command))


def carry_out_now(person: User, session_id: UUID, command: Command, at: datetime | None = None) -> Turn:
    """The same from pages, commands and tests, in the caller's transaction."""
    return services.carry_out_now(session_id, _said(person, command), person, at)


def _said(person: User, command: Command) -> Said:
    def events(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
        if one.customer.led.paused:
            raise SimulatorError("paused", command.id)
        opened = () if one.desk.is_open else (services.desk_opened(one.session),)
        match command:
            case MoveClock():
                return (*opened, _moved(one, command))
            case DoDuty():
                return (*opened, _duty(one, command))
            case ExtendLimit():
                return (*opened, _extended(one, command))

    return Said(events, by=person.pk, client_id=command.id, at_desk=True, own=(ClockMoved, DutyDone, LimitExtended))


def _moved(one: Live, command: MoveClock) -> ClockMoved:
    """Time goes on between conversations, not while the customer waits for a word."""
    if one.desk.talking:
        raise SimulatorError("not_yet", command.id)
    now = one.drill.now
    then = drill.after(command.step, now, case_calendar())
    if one.drill.moved + (then - now) > drill.LONGEST:
        raise SimulatorError("not_allowed", command.id)
    return ClockMoved(command.step, (then - now) // timedelta(seconds=1))


def _duty(one: Live, command: DoDuty) -> DutyDone:
    happened = one.drill.happened
    if (command.stop != "progress_told" and command.stop in happened) or (command.stop == "progress_told" and NOTIFIED in happened):
        raise SimulatorError("not_again", command.id)
    if drill.lacks_of(command.stop, command.details, one.drill.now):
        raise SimulatorError("lacking", command.id)
    return DutyDone(command.stop, dict(command.details))


def _extended(one: Live, command: ExtendLimit) -> LimitExtended:
    if NOTIFIED in one.drill.happened:
        raise SimulatorError("not_again", command.id)
    calendar = case_calendar()
    found = drill.running(one.drill, drill.case_as_classified(one.drill, one.scenario), rule_sets(), calendar)
    wish = Extension(NOTIFIED, one.drill.now, command.until, command.reason, command.approver)
    try:
        extend(found, wish, calendar)
    except ExtensionRefused as refused:
        raise SimulatorError(REFUSED_AS.get(refused.code, refused.code), command.id) from None
    return LimitExtended(NOTIFIED, command.until.isoformat(), command.reason, command.approver)
