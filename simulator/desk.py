"""What a person can do at the desk: fill the record of the case, ask for documents, answer the customer, call back, hand in.

Each is one command that is decided on the session in memory and written by the same writer as a turn, so what is acknowledged is on
disk. The first thing done opens the desk; from then on the session lasts until the case is handed in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.core.models import User
from simulator import services
from simulator.case import desk, form
from simulator.case.answer import read_answer
from simulator.engine import contacts
from simulator.engine.events import CaseHandedIn, DocumentAsked, Event, FormSaved, SessionEnded
from simulator.engine.scenario import CHANNELS
from simulator.errors import SimulatorError
from simulator.live import Live, live
from simulator.services import LONGEST_TEXT, Said, Turn


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """The trainee means to work the case; nothing is done at it yet."""

    id: str


@dataclass(frozen=True, slots=True)
class SaveField:
    id: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class AskDocument:
    id: str
    document: str


@dataclass(frozen=True, slots=True)
class SendAnswer:
    id: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class CallBack:
    id: str


@dataclass(frozen=True, slots=True)
class HandIn:
    id: str


Command = OpenDesk | SaveField | AskDocument | SendAnswer | CallBack | HandIn


async def carry_out(person: User, session_id: UUID, command: Command) -> Turn:
    """Do it. Returns when it is on disk; the same id again changes nothing and gives the same position."""
    one = await live(session_id)
    services.allowed(one, person, command.id)
    said = _said(person, command)
    if command.id not in one.by_client and not one.allowance(person.pk, "desk").take(time.monotonic()):
        raise SimulatorError("rate_limited", command.id)
    return await services.carry_out(one, said)


def carry_out_now(person: User, session_id: UUID, command: Command, at: datetime | None = None) -> Turn:
    """The same from pages, commands and tests, in the caller's transaction."""
    return services.carry_out_now(session_id, _said(person, command), person, at)


def _said(person: User, command: Command) -> Said:
    decide = _DECIDE[type(command)]

    def events(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
        opened = () if one.desk.is_open else (services.desk_opened(one.session),)
        decided = decide(one, command)
        if not opened and not decided:
            raise SimulatorError("not_again", command.id)
        return (*opened, *decided)

    text = command.text if isinstance(command, SendAnswer) else ""
    return Said(events, by=person.pk, client_id=command.id, text=text, at_desk=True)


def _open(one: Live, command: OpenDesk) -> tuple[Event, ...]:
    return ()


def _save(one: Live, command: SaveField) -> tuple[Event, ...]:
    try:
        value = form.kept(command.field, command.value)
    except form.BadValue as error:
        raise SimulatorError("too_long" if error.code == "too_long" else "malformed", command.id) from None
    return (FormSaved(command.field, value),)


def _ask(one: Live, command: AskDocument) -> tuple[Event, ...]:
    if command.document not in {document.id for document in one.scenario.documents}:
        raise SimulatorError("not_found", command.id)
    if command.document in one.desk.asked:
        raise SimulatorError("not_again", command.id)
    return (DocumentAsked(command.document),)


def _answer(one: Live, command: SendAnswer) -> tuple[Event, ...]:
    if len(command.text) > LONGEST_TEXT:
        raise SimulatorError("too_long", command.id)
    if command.channel not in CHANNELS:
        raise SimulatorError("malformed", command.id)
    if not desk.may_answer(one.desk):
        raise SimulatorError("not_again" if one.desk.answer is not None else "not_yet", command.id)
    reading = read_answer(command.text, one.customer.language)
    return contacts.answer(one.customer, command.channel, command.text, reading)


def _call(one: Live, command: CallBack) -> tuple[Event, ...]:
    if not desk.may_call_back(one.desk):
        raise SimulatorError("not_again" if one.desk.called_back else "not_yet", command.id)
    return contacts.call_back(one.customer)


def _hand_in(one: Live, command: HandIn) -> tuple[Event, ...]:
    if not desk.may_hand_in(one.desk):
        raise SimulatorError("not_yet", command.id)
    return CaseHandedIn(), SessionEnded(one.customer.outcome)


_DECIDE: dict[type, Callable[[Live, Any], tuple[Event, ...]]] = {
    OpenDesk: _open,
    SaveField: _save,
    AskDocument: _ask,
    SendAnswer: _answer,
    CallBack: _call,
    HandIn: _hand_in,
}
