"""Sessions under way in this process: the customer as the log has made them, kept warm between turns.

Nothing here is kept that the log does not say, so a session can be dropped at any time and is then folded again from the log.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

from simulator import log
from simulator.case import desk, drill
from simulator.engine import readings
from simulator.engine.customer import Customer, apply
from simulator.engine.events import (
    ContactEnded,
    CustomerReworded,
    CustomerSaid,
    DriverChanged,
    Escalated,
    FactTold,
    Overlapped,
    SessionEnded,
    TimeLimitSet,
    TraineeSaid,
)
from simulator.engine.led_events import TRAINER
from simulator.engine.scenario import Scenario, parse
from simulator.errors import SimulatorError
from simulator.models import Participant, ScenarioSnapshot, Session

KEPT = 1000
BURST, PER_SECOND = 10.0, 1.0


@lru_cache(maxsize=64)
def scenario_of(sha256: str) -> Scenario:
    """The scenario of a snapshot; parsed once a process."""
    return parse(ScenarioSnapshot.objects.values_list("document", flat=True).get(sha256=sha256), trusted=True)


def case_of(session: Session) -> Scenario:
    """The case as the session meets it: the scenario it began with, drawn from its seed."""
    return scenario_of(session.snapshot.sha256).for_seed(session.seed)


class Allowance:
    """How many messages somebody may still send: `BURST` at once, one more every second."""

    def __init__(self) -> None:
        self.left = BURST
        self.at: float | None = None

    def take(self, now: float) -> bool:
        """Use up one, at the moment `now` in seconds; False when there is none left."""
        if self.at is not None:
            self.left = min(BURST, self.left + (now - self.at) * PER_SECOND)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Live:
    """One session: its log in memory, the customer folded from it, and what of it may be shown by now."""

    def __init__(self, session: Session, trainees: frozenset[int], scenario: Scenario, entries: Sequence[log.Logged]) -> None:
        self.session = session
        self.trainees = trainees
        self.scenario = scenario
        self.customer = Customer.new(scenario, session.language, session.level, session.seed)
        self.desk = desk.Desk()
        self.drill = drill.Drill(session.started_at)
        self.log: list[log.Logged] = []
        self.by_client: dict[str, int] = {}
        self.finished = session.state != Session.State.OPEN
        self.ends_at: datetime | None = None  # when the time limit ends it
        self.lock = asyncio.Lock()
        self.allowances: dict[tuple[int, str], Allowance] = {}
        self.shown = 0  # every event up to this position has been due
        self.dropped: set[int] = set()  # bubbles that the customer never sent
        self.seat_by: int | None = None  # the trainer who speaks for the customer
        self.reworded: dict[int, str] = {}  # bubbles that are shown in other words
        self.to_word: list[log.Logged] = []  # bubbles that this process has just written
        self._held: dict[int, datetime] = {}  # bubbles that wait for their wording, at most until then
        self._due: list[datetime] = []
        self._burst: list[int] = []
        self._spoken = 0
        self._signs, self._signs_at = readings.LiveSigns(), 0
        self.take(entries)

    @property
    def id(self) -> UUID:
        return self.session.id

    @property
    def position(self) -> int:
        return len(self.log)

    def take(self, entries: Iterable[log.Logged]) -> None:
        """Fold in entries that have just been written, or read."""
        for entry in entries:
            self.log.append(entry)
            self.customer = apply(self.customer, entry.event)
            self.desk = desk.apply(self.desk, entry.event)
            self.drill = drill.apply(self.drill, entry.event)
            if entry.client_id:
                self.by_client[entry.client_id] = entry.position
            due = entry.at
            match entry.event:
                case CustomerSaid(due_ms=due_ms):
                    due = entry.at + timedelta(milliseconds=due_ms)
                    self._burst.append(entry.position)
                    for position in self._told_by(entry):
                        self._due[position - 1] = due
                case CustomerReworded(of=position, text=text):
                    self.reworded[position] = text
                case Overlapped(dropped=dropped):
                    self.dropped.update(self._burst[len(self._burst) - dropped :] if dropped else ())
                case TraineeSaid():
                    self._burst = []
                    self._spoken = entry.position
                case DriverChanged(driver=driver):
                    self.seat_by = entry.by if driver == TRAINER else None
                case TimeLimitSet(seconds):
                    self.ends_at = entry.at + timedelta(seconds=seconds)
                case ContactEnded() | SessionEnded():
                    self.finished = self.finished or isinstance(entry.event, SessionEnded)
            self._due.append(due)

    def _told_by(self, said: log.Logged) -> Iterator[int]:
        """The positions of what a bubble tells: the facts and threats right before it, which wait for it."""
        for index in range(said.position - 2, -1, -1):
            before = self.log[index]
            if before.at != said.at or not isinstance(before.event, FactTold | Escalated):
                return
            yield before.position

    def signs(self) -> readings.LiveSigns:
        """The live signs of what has been shown; words alone, such as a bubble that has fallen due, leave them as they were."""
        if any(not isinstance(entry.event, CustomerSaid | TraineeSaid) for entry in self.log[self._signs_at : self.shown]):
            self._signs = readings.live_signs(entry.event for entry in self.log[: self.shown])
        self._signs_at = self.shown
        return self._signs

    def unsent(self, now: datetime) -> int:
        """How many bubbles of the customer's last burst are still on their way."""
        return sum(self._due[position - 1] > now for position in self._burst if position not in self.dropped)

    def show(self, now: datetime) -> datetime | None:
        """Move `shown` on over everything due by `now`; gives the moment when there is more.

        The order of the log is the order on the screen: what follows a bubble waits for it. The trainee's own words do not
        wait: bubbles that were still on their way and have not been dropped are due with them.
        """
        while self.shown < len(self.log):
            due = self._due[self.shown]
            due = max(due, self._held.get(self.shown + 1, due))
            if due > now and self.shown >= self._spoken:
                return due
            self.shown += 1
        return None

    @property
    def talking(self) -> bool:
        """Is a conversation under way in which silence would be noticed? Between two contacts nobody waits for an answer; nor while all is
        paused, or a trainer speaks for the customer."""
        led = self.customer.led
        return not (self.finished or self.customer.ended or led.paused or led.seated)

    def hold(self, said: log.Logged, until: datetime) -> None:
        """Do not show the bubble, and what it tells, before it has been let go, at the latest `until`."""
        for position in (said.position, *self._told_by(said)):
            self._held[position] = until

    def let_go(self, said: log.Logged) -> None:
        """The bubble may be shown when it is due."""
        for position in (said.position, *self._told_by(said)):
            self._held.pop(position, None)

    def quiet_since(self) -> datetime:
        """When the last words were said or fell due."""
        return max(self._due[-1], self.log[-1].at) if self.log else self.session.started_at

    def last_words(self) -> str:
        """What the customer said since the trainee's last turn."""
        said: list[str] = []
        for entry in reversed(self.log):
            if isinstance(entry.event, TraineeSaid):
                break
            if isinstance(entry.event, CustomerSaid) and entry.position not in self.dropped:
                said.append(self.reworded.get(entry.position, entry.event.text))
        return "\n".join(reversed(said))

    def contact(self) -> int:
        return self.log[-1].contact if self.log else 1

    def allowance(self, person_id: int, what: str = "talk") -> Allowance:
        """Filling a form never uses up what may be said."""
        return self.allowances.setdefault((person_id, what), Allowance())


_live: OrderedDict[UUID, Live] = OrderedDict()
_loading: dict[UUID, asyncio.Task[Live]] = {}


def load(session_id: UUID) -> Live:
    """The session folded from its log. Raises `SimulatorError` where there is none."""
    session = Session.objects.select_related("snapshot", "trainee").filter(id=session_id).first()
    if session is None:
        raise SimulatorError("not_found")
    seats = Participant.objects.filter(session=session, seat=Participant.Seat.TRAINEE, to_at__isnull=True)
    trainees = frozenset(seats.values_list("person_id", flat=True)) | {session.trainee_id}
    return Live(session, trainees, case_of(session), log.read(session_id))


async def live(session_id: UUID) -> Live:
    """The session as this process knows it; loaded once, however many ask at the same time."""
    known = _live.get(session_id)
    if known is not None:
        _live.move_to_end(session_id)
        return known
    loading = _loading.get(session_id)
    if loading is None:
        loading = _loading[session_id] = asyncio.create_task(database_sync_to_async(load)(session_id))
        loading.add_done_callback(lambda _: _loading.pop(session_id, None))
    loaded = await asyncio.shield(loading)
    known = _live.setdefault(session_id, loaded)
    while len(_live) > KEPT:
        _live.popitem(last=False)
    return known


async def catch_up(one: Live) -> None:
    """Fold in what other processes have written meanwhile."""
    entries: list[Any] = await database_sync_to_async(log.read)(one.id, after=one.position)
    one.take(entry for entry in entries if entry.position > one.position)


def forget(session_id: UUID) -> None:
    """Drop the session from memory; the log knows it."""
    _live.pop(session_id, None)
