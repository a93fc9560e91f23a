"""The event log: append and read. Nothing else touches the event table.

`append` hands a batch to the one writer of this process and returns when it is on disk. The writer commits everything that
has queued while the last transaction committed as the next one (group commit), so one turn never waits for a timer and
two hundred share a sync. Between processes the session's `last_position` decides: a batch counts on from the position it was
decided at, and where somebody else has moved it, nothing of the batch is written and its owner decides again. The unique
constraints on (session, position) and (session, client id) hold the same promise against everything else.
"""

from __future__ import annotations

import asyncio
import json
import queue
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction

from simulator.engine import codec
from simulator.engine.events import (
    CaseHandedIn,
    ContactEnded,
    ContactOpened,
    CustomerSaid,
    DeskOpened,
    DocumentAsked,
    DriverChanged,
    Event,
    FormSaved,
    RecordOpened,
    SessionEnded,
    TimeLimitSet,
    TraineeSaid,
)
from simulator.engine.led import SEAT
from simulator.engine.led_events import (
    Bookmarked,
    CustomerRead,
    Injected,
    LinesOffered,
    Nudged,
    Paused,
    Resumed,
    TakenBack,
    Whispered,
)
from simulator.errors import Behind, Duplicate
from simulator.models import Contact, LoggedEvent, Session

ROOM, TRAINERS = "room", "trainers"
# What somebody does carries their id; of these, what a browser may send twice carries the id it gave it.
LED = (DriverChanged, CustomerRead, Nudged, Injected, Whispered, Paused, Resumed, Bookmarked)
BY_SOMEBODY = (TraineeSaid, RecordOpened, TimeLimitSet, DeskOpened, FormSaved, DocumentAsked, ContactOpened, CaseHandedIn, *LED)
OPENS = (ContactOpened, DeskOpened)
_encoded = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Logged:
    """An event with its place in the log. `data` is what is stored of it, `by` the id of the person who did it."""

    position: int
    event: Event
    kind: str
    data: dict[str, Any]
    at: datetime
    contact: int = 1
    by: int | None = None
    channel: str = ROOM
    drill_at: datetime | None = None
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one thing said or done brings about in a session: all of it is written, or nothing."""

    session_id: UUID
    after: int
    entries: tuple[Logged, ...]


def batch(
    session_id: UUID,
    events: Iterable[Event],
    *,
    after: int,
    at: datetime,
    by: int | None = None,
    client_id: str = "",
    contact: int = 1,
    seen: int | None = None,
    own: tuple[type[Event], ...] = (),
    drill_at: datetime | None = None,
) -> Batch:
    """The events as entries that follow position `after`. What a person does is `by` them, also the kinds in `own`; what they sent carries
    the client's id, and what the trainee said the last position they had seen. A batch holds one message of a client; where that is a call
    back, which says nothing yet, its opening carries the id."""
    entries = []
    events = tuple(events)
    hand = [event for event in events if _is_by_hand(event, own)]
    carrier = next((event for event in hand if not isinstance(event, OPENS)), hand[0] if hand else None)
    for position, event in enumerate(events, after + 1):
        kind, data = codec.to_json(event)
        if isinstance(event, TraineeSaid) and seen is not None:
            data["seen"] = seen
        entries.append(
            Logged(
                position,
                event,
                kind,
                data,
                at,
                contact,
                by if _is_by_hand(event, own) else None,
                channel_of(event),
                drill_at=drill_at,
                client_id=client_id if event is carrier else "",
            )
        )
    return Batch(session_id, after, tuple(entries))


def _is_by_hand(event: Event, own: tuple[type[Event], ...]) -> bool:
    return isinstance(event, (*BY_SOMEBODY, *own)) or (isinstance(event, CustomerSaid) and event.source == SEAT)


def channel_of(event: Event) -> str:
    """Who may hear of it: everybody in the room, the one it is whispered to, or trainers."""
    match event:
        case Whispered(to=to):
            return f"whisper:{to}"
        case Bookmarked() | LinesOffered() | CustomerRead() | TakenBack():
            return TRAINERS
    return ROOM


# --- reading


def read(session_id: UUID, *, after: int = 0) -> list[Logged]:
    """What happened in the session after the position `after`, in order."""
    rows = LoggedEvent.objects.filter(session_id=session_id, position__gt=after).order_by("position")
    return [
        Logged(position, codec.from_json(kind, data), kind, data, at, contact, by, channel, drill_at, client_id)
        for position, kind, data, at, contact, by, channel, drill_at, client_id in rows.values_list(
            "position", "kind", "data", "at", "contact", "by_id", "channel", "drill_at", "client_id"
        )
    ]


# --- writing

_COLUMNS = ("session_id", "position", "contact", "kind", "at", "drill_at", "by_id", "channel", "data", "client_id")
_INSERT = f"INSERT INTO {LoggedEvent._meta.db_table} ({', '.join(_COLUMNS)}) VALUES "
_ROW = f"({', '.join(['%s'] * len(_COLUMNS))})"
_ROWS_AT_ONCE = 200
_DELETE = f"DELETE FROM {LoggedEvent._meta.db_table} WHERE session_id IN"
_MOVE = f"UPDATE {Session._meta.db_table} SET last_position = %s, turns = turns + %s"
_ASSIST = ", assisted = %s"
_END = ", state = %s, outcome = %s, finished_at = %s"
_WHERE = " WHERE id = %s AND last_position = %s AND state = %s"
_OPEN_CONTACT = f"INSERT INTO {Contact._meta.db_table} (session_id, number, channel, started_at, outcome) VALUES (%s, %s, %s, %s, %s)"
_LIMIT = f"UPDATE {Session._meta.db_table} SET ends_at = %s WHERE id = %s"
_END_CONTACT = f"UPDATE {Contact._meta.db_table} SET ended_at = %s, outcome = %s WHERE session_id = %s AND number = %s"


def write(batches: Sequence[Batch], using: str = DEFAULT_DB_ALIAS) -> list[Behind | Duplicate | None]:
    """Write the batches in one transaction, on the connection of this thread and inside the transaction it may be in.

    Each is answered by None (written), `Duplicate` or `Behind` (nothing of it written).
    """
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        answers = [_claim(connection, cursor, one) for one in batches]
        rows = [
            row
            for one, answer in zip(batches, answers, strict=True)
            if answer is None
            for row in rows_of(connection, one.session_id, one.entries)
        ]
        _insert(cursor, rows)
    return answers


def rows_of(connection: Any, session_id: UUID, entries: Iterable[Logged]) -> list[tuple[Any, ...]]:
    """The entries as the database's driver takes them."""
    key, adapted = _uuid(connection, session_id), connection.ops.adapt_datetimefield_value
    moments: dict[datetime | None, Any] = {}  # as a rule all entries of a batch happened at one moment

    def time(at: datetime | None) -> Any:
        if at not in moments:
            moments[at] = adapted(at)
        return moments[at]

    return [
        (
            key,
            entry.position,
            entry.contact,
            entry.kind,
            time(entry.at),
            time(entry.drill_at),
            entry.by,
            entry.channel,
            _encoded(entry.data),
            entry.client_id,
        )
        for entry in entries
    ]


def insert(rows: Sequence[tuple[Any, ...]], using: str = DEFAULT_DB_ALIAS) -> None:
    """Rows of sessions that nobody else knows of yet, such as an imported history."""
    with connections[using].cursor() as cursor:
        _insert(cursor, rows)


def delete(session_ids: Sequence[UUID], using: str = DEFAULT_DB_ALIAS) -> None:
    """Take away the whole log of sessions whose conversations are to be kept no longer, in the transaction of the caller."""
    connection = connections[using]
    keys = [_uuid(connection, session_id) for session_id in session_ids]
    with connection.cursor() as cursor:
        cursor.execute(f"{_DELETE} ({', '.join(['%s'] * len(keys))})", keys)


def _insert(cursor: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    """Many rows a statement: after each statement the writer has to queue for the interpreter behind a busy event loop."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        cursor.execute(_INSERT + ", ".join([_ROW] * len(some)), [value for row in some for value in row])


def _claim(connection: Any, cursor: Any, one: Batch) -> Behind | Duplicate | None:
    """Move the session on to where the batch ends, if it still stands where the batch begins."""
    time = connection.ops.adapt_datetimefield_value
    key, at = _uuid(connection, one.session_id), one.entries[-1].at
    said = sum(isinstance(entry.event, TraineeSaid) for entry in one.entries)
    ending = next((entry.event for entry in one.entries if isinstance(entry.event, SessionEnded)), None)
    values: list[Any] = [one.after + len(one.entries), said]
    helped = any(isinstance(entry.event, Whispered) for entry in one.entries)
    if helped:
        values.append(True)
    if ending:
        values += [Session.State.FINISHED.value, ending.outcome, time(at)]
    move = _MOVE + (_ASSIST if helped else "") + (_END if ending else "") + _WHERE
    cursor.execute(move, [*values, key, one.after, Session.State.OPEN.value])
    if cursor.rowcount == 0:
        known = [entry.client_id for entry in one.entries if entry.client_id]
        if known:
            position = (
                LoggedEvent.objects.using(connection.alias)
                .filter(session_id=one.session_id, client_id=known[0])
                .values_list("position", flat=True)
                .first()
            )
            if position is not None:
                return Duplicate(position)
        return Behind()
    for entry in one.entries:
        if isinstance(entry.event, ContactOpened):
            cursor.execute(_OPEN_CONTACT, [key, entry.contact, entry.event.channel, time(entry.at), ""])
        if isinstance(entry.event, ContactEnded):
            cursor.execute(_END_CONTACT, [time(entry.at), entry.event.outcome, key, entry.contact])
        if isinstance(entry.event, TimeLimitSet):
            cursor.execute(_LIMIT, [time(entry.at + timedelta(seconds=entry.event.seconds)), key])
    return None


def _uuid(connection: Any, value: UUID) -> Any:
    return value if connection.features.has_native_uuid_field else value.hex


# --- the writer of this process


@dataclass(frozen=True, slots=True)
class _Waiting:
    batch: Batch
    loop: asyncio.AbstractEventLoop
    written: asyncio.Future[None]


class Writer(threading.Thread):
    """The one thread of a process that writes turns, with a connection of its own."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(name="log-writer", daemon=True)
        self.using = using
        self.waiting: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()

    def run(self) -> None:
        while True:
            group = [self.waiting.get()]
            while not self.waiting.empty():
                group.append(self.waiting.get())
            group.sort(key=lambda one: one.batch.session_id)  # two processes that lock the same rows do it in one order
            self.answer(group, self.write(group))

    def write(self, group: Sequence[_Waiting]) -> list[Exception | None]:
        """Write the group as one transaction. Where that fails, each alone, so that a bad one harms nobody else."""
        connection = connections[self.using]
        connection.close_if_unusable_or_obsolete()
        try:
            return list(write([one.batch for one in group], self.using))
        except Exception:
            connection.close_if_unusable_or_obsolete()
        answers: list[Exception | None] = []
        for one in group:
            try:
                answers += write([one.batch], self.using)
            except Exception as error:
                if isinstance(error, Error):
                    connection.close_if_unusable_or_obsolete()
                answers.append(error)
        return answers

    def answer(self, group: Sequence[_Waiting], answers: Sequence[Exception | None]) -> None:
        """Tell everyone who waits; one wake-up a loop."""
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[None], Exception | None]]] = defaultdict(list)
        for one, answer in zip(group, answers, strict=True):
            by_loop[one.loop].append((one.written, answer))
        for loop, settled in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, settled)


def _settle(settled: Iterable[tuple[asyncio.Future[None], Exception | None]]) -> None:
    for future, answer in settled:
        if future.cancelled():
            continue
        if answer is None:
            future.set_result(None)
        else:
            future.set_exception(answer)


_writer: Writer | None = None
_starting = threading.Lock()


def writer() -> Writer:
    """The writer of this process, started at the first turn."""
    global _writer
    with _starting:
        if _writer is None or not _writer.is_alive():
            # A busy event loop hands the interpreter over after 0.5 ms instead of 5: the writer waits for it once a statement.
            sys.setswitchinterval(0.0005)
            _writer = Writer()
            _writer.start()
        return _writer


async def append(one: Batch) -> None:
    """Returns when the batch is on disk; raises `Duplicate` or `Behind` when it was not written."""
    loop = asyncio.get_running_loop()
    written: asyncio.Future[None] = loop.create_future()
    writer().waiting.put(_Waiting(one, loop, written))
    await written
