"""What a person can do in a role-play: open one, say something, look something up, end it.

The live functions are asynchronous. Turns of one session run one after another; each is decided in memory on the customer of
`simulator.live`, handed to the one writer, and answered when it is on disk. Where another process was quicker, the session
catches up and the turn is decided again. The functions that end in `_now` do the same for pages, commands and tests: from
the log as it stands, on the caller's own connection and in the caller's transaction.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from channels.db import database_sync_to_async
from django.db import transaction
from django.utils import timezone

from lms.core.access import home_organisation
from lms.core.bus import publish
from lms.core.contracts import SessionFinished
from lms.core.models import Organisation, User
from simulator import drill_time, log
from simulator.case import desk
from simulator.case.evidence import circumstances, desk_evidence
from simulator.case.truth import Circumstances
from simulator.engine import contacts, readings
from simulator.engine import customer as engine
from simulator.engine.events import (
    ContactOpened,
    CustomerReworded,
    CustomerSaid,
    DeskOpened,
    Event,
    Overlapped,
    RecordOpened,
    SessionEnded,
    TimeLimitSet,
    TimePassed,
    TraineeSaid,
)
from simulator.engine.scenario import Scenario as Case
from simulator.engine.scenario import fingerprint
from simulator.errors import Behind, Duplicate, SimulatorError
from simulator.live import Live, case_of, catch_up, forget, live, load, scenario_of
from simulator.models import Contact, Participant, Scenario, ScenarioSnapshot, Session, Sitting
from simulator.nlu import READER_VERSION, Context, read

LONGEST_TEXT = 2000
ATTEMPTS = 20
EXAM_LEVELS = (2, 3, 4)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one thing said or done has brought about. `position` is that of the thing itself; `repeated`: it was in the log already.

    `ms` holds where the time went: reading, engine, writing.
    """

    position: int
    entries: tuple[log.Logged, ...] = ()
    repeated: bool = False
    ms: dict[str, float] | None = None

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(entry.event for entry in self.entries)


# --- opening


def published(slug: str) -> ScenarioSnapshot:
    """The scenario as it is published now, word for word."""
    scenario = Scenario.objects.filter(slug=slug, live=True).first()
    if scenario is None:
        raise SimulatorError("not_found")
    sha256 = fingerprint(scenario.document)
    snapshot, _ = ScenarioSnapshot.objects.get_or_create(
        sha256=sha256, defaults={"slug": slug, "version": scenario.live_version, "document": scenario.document}
    )
    return snapshot


@transaction.atomic
def open_session_now(
    person: User,
    scenario_slug: str,
    *,
    language: str,
    level: int,
    seed: int | None = None,
    context_key: str = "",
    mode: str = "practice",
    at: datetime | None = None,
    whole_case: bool = False,
    **belongs_to: Any,
) -> Session:
    """Open a role-play on the published scenario; the customer has said their first words when this returns.

    In an exam nobody chooses level or seed: both are drawn here. With `whole_case` the desk is open from the start, and the session
    lasts until the case is handed in; else the desk opens with the first thing done at it.
    """
    organisation = home_organisation(person)
    if organisation is None:
        raise SimulatorError("not_allowed")
    snapshot = published(scenario_slug)
    case = scenario_of(snapshot.sha256)
    drawn = random.SystemRandom()
    if mode == Session.Mode.EXAM:
        level, seed = drawn.choice(EXAM_LEVELS), None
    if language not in case.languages or level not in range(1, 6):
        raise SimulatorError("malformed")
    return open_drawn(
        person,
        snapshot,
        organisation=organisation,
        language=language,
        level=level,
        seed=drawn.randrange(2**31) if seed is None else seed,
        mode=mode,
        context_key=context_key,
        at=at,
        whole_case=whole_case,
        **belongs_to,
    )


def draw() -> tuple[int, int]:
    """Level and seed by chance, as the schedule of an exam does it."""
    chance = random.SystemRandom()
    return chance.choice(EXAM_LEVELS), chance.randrange(2**31)


@transaction.atomic
def open_drawn(
    person: User,
    snapshot: ScenarioSnapshot,
    *,
    organisation: Organisation,
    language: str,
    level: int,
    seed: int,
    mode: str,
    context_key: str = "",
    at: datetime | None = None,
    until: datetime | None = None,
    observers: Iterable[int] = (),
    whole_case: bool = False,
    **belongs_to: Any,
) -> Session:
    """Open a role-play whose level and seed are known; `until` ends it by time, `observers` may watch it. The customer has said their
    first words when this returns."""
    case = scenario_of(snapshot.sha256)
    at = at or timezone.now()
    session = Session.objects.create(
        organisation=organisation,
        trainee=person,
        snapshot=snapshot,
        language=language,
        level=level,
        seed=seed,
        mode=mode,
        context_key=context_key,
        started_at=at,
        engine_version=engine.ENGINE_VERSION,
        reader_version=READER_VERSION,
        ends_at=until,
        **belongs_to,
    )
    seats = [(person.pk, Participant.Seat.TRAINEE), *((watcher, Participant.Seat.OBSERVER) for watcher in observers)]
    Participant.objects.bulk_create(Participant(session=session, person_id=who, seat=seat, from_at=at) for who, seat in seats)
    Contact.objects.create(session=session, number=1, channel=case.channel, started_at=at)
    opening = engine.open_role_play(case, language=language, level=level, seed=seed)
    if whole_case:
        opening = (desk_opened(session), *opening)
    if until is not None:
        opening = (TimeLimitSet(_seconds(until - at)), *opening)
    log.write([log.batch(session.id, opening, after=0, at=at)])
    session.last_position = len(opening)
    return session


def desk_opened(session: Session) -> DeskOpened:
    """The desk of a session: the number of its complaint, which the customer is given, and the day it came in."""
    day = timezone.localtime(session.started_at)
    return DeskOpened(f"TS-{day:%Y%m%d}-{session.id.int % 100000:05d}", f"{day:%Y-%m-%d}", str(session.trainee))


async def open_session(person: User, scenario_slug: str, **wanted: Any) -> Session:
    """`open_session_now` for callers on the event loop."""
    return await database_sync_to_async(open_session_now)(person, scenario_slug, **wanted)


# --- deciding: pure, on the customer in memory


@dataclass(slots=True)
class Said:
    """A command of one person in one session, decided on the customer as it stands. Decided again when somebody was quicker.

    `own` are kinds of events that are `by` the person here and not as a rule.
    """

    decide: Callable[[Live, datetime, dict[str, float]], tuple[Event, ...]]
    by: int | None = None
    client_id: str = ""
    seen: int | None = None
    text: str = ""
    after_time: bool = False  # may be done when the time is up
    at: Callable[[Live], datetime] = lambda one: timezone.now()
    at_desk: bool = False  # may be done when no contact is under way
    closes: bool = False  # ends the session, whatever is open at the desk
    own: tuple[type[Event], ...] = ()


def _saying(one: Live, text: str, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
    """The trainee says `text`; bubbles of the customer that are still on their way are overlapped by it."""
    if one.customer.led.paused:
        raise SimulatorError("paused")
    began = time.perf_counter()
    customer, before = one.customer, ()
    unsent = one.unsent(now)
    if unsent:
        before = engine.respond(customer, Overlapped(unsent), None)
        customer = engine.replay(customer, before)
    start_reading = time.perf_counter()
    reading = read(text, _context(one), customer.language)
    read_by = time.perf_counter()
    answered = engine.respond(customer, TraineeSaid(text), reading)
    if desk.in_call_back(one.desk):
        answered = contacts.with_mark(customer, answered, reading)
    events = (*before, *answered)
    ended = time.perf_counter()
    ms["reading"] = (read_by - start_reading) * 1000
    ms["engine"] = (ended - began) * 1000 - ms["reading"]
    return events


def _context(one: Live) -> Context:
    """What the reader may know: the customer's last words, the topics that have been told, and those on the bank's screen."""
    case = one.scenario
    told = {case.facts[fact].about: value for fact, value in one.customer.told.items() if fact in case.facts}
    record = {topic: section.text.get(one.customer.language, "") for section in case.record.values() for topic in section.knows}
    return Context(customer=one.last_words(), known=told, record=record)


def _speaking(person: User, text: str, client_id: str, seen: int | None) -> Said:
    if len(text) > LONGEST_TEXT:
        raise SimulatorError("too_long", client_id)
    return Said(lambda one, now, ms: _saying(one, text, now, ms), by=person.pk, client_id=client_id, seen=seen, text=text)


def _opening_record(person: User, section: str) -> Said:
    def decide(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
        if section not in one.scenario.record:
            raise SimulatorError("not_found")
        if one.customer.ended:  # between two contacts, at the desk
            return (RecordOpened(section),)
        return engine.respond(one.customer, RecordOpened(section), None)

    return Said(decide, by=person.pk, at_desk=True)


_FINISHING = Said(lambda one, now, ms: engine.finish(one.customer, by="trainee"))


def _closed(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
    """The end of the session by time, whether somebody is still talking or sits at the desk."""
    return engine.finish(one.customer, by="time") or (SessionEnded(one.customer.outcome),)


_CLOSING = Said(
    _closed,
    at=lambda one: one.log[-1].at,
    at_desk=True,
    closes=True,
    after_time=True,
)


def _time_up(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
    """The end by time, unless somebody has given more of it meanwhile."""
    if one.ends_at is None or now < one.ends_at:
        raise Duplicate(one.position)
    return _closed(one, now, ms)


_TIME_IS_UP = Said(_time_up, after_time=True, at_desk=True, closes=True)


def _extending(actor: User, minutes: int) -> Said:
    """`minutes` more from when the time would be up; where there is no limit, from now."""

    def decide(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
        return (TimeLimitSet(_seconds(max(one.ends_at or now, now) - now) + 60 * minutes),)

    return Said(decide, by=actor.pk, at_desk=True)


def _seconds(span: timedelta) -> int:
    return max(0, round(span.total_seconds()))


def allowed(one: Live, person: User, client_id: str = "") -> None:
    """Only who sits in the trainee's seat speaks; nobody learns from the answer that somebody else's session exists."""
    if person.pk not in one.trainees:
        raise SimulatorError("not_allowed", client_id or None)


def _prepare(one: Live, said: Said, now: datetime, ms: dict[str, float]) -> log.Batch | Turn:
    """The batch to write, or the turn where the same message was written before or changes nothing."""
    if said.client_id in one.by_client:
        return Turn(one.by_client[said.client_id], repeated=True)
    time_is_up = one.ends_at is not None and now >= one.ends_at and not said.after_time
    if one.finished or time_is_up or (one.customer.ended and not said.at_desk):
        raise SimulatorError("finished", said.client_id or None)
    try:
        events = said.decide(one, now, ms)
    except SimulatorError as error:
        raise SimulatorError(error.code, said.client_id or None) from None
    if not said.closes:
        events = desk.kept_open(one.desk, events)
        events += desk.arrivals(one.desk, events, one.scenario, one.session.language)
    if one.desk.is_open:
        events += drill_time.missed(one.drill, events, one.scenario)
    if not events:  # it stands so already
        return Turn(one.position, repeated=True)
    return log.batch(
        one.id,
        events,
        after=one.position,
        at=now,
        by=said.by,
        client_id=said.client_id,
        contact=one.contact() + any(isinstance(event, ContactOpened) for event in events),
        seen=said.seen,
        own=said.own,
        drill_at=drill_time.story_moment(one.drill, events),
    )


def _turn(one: log.Batch, ms: dict[str, float]) -> Turn:
    own = next((entry.position for entry in one.entries if entry.client_id), one.after + 1)
    return Turn(own, one.entries, ms=ms)


# --- live


async def take_turn(person: User, session_id: UUID, text: str, client_id: str, seen: int | None = None) -> Turn:
    """Say `text`. Returns when the turn is on disk. The same `client_id` again changes nothing and gives the same position."""
    one = await live(session_id)
    allowed(one, person, client_id)
    said = _speaking(person, text, client_id, seen)
    if client_id not in one.by_client and not one.allowance(person.pk).take(time.monotonic()):
        raise SimulatorError("rate_limited", client_id)
    return await carry_out(one, said)


async def open_record(person: User, session_id: UUID, section: str) -> Turn:
    """Look up a part of the bank's record."""
    one = await live(session_id)
    allowed(one, person)
    if not one.allowance(person.pk).take(time.monotonic()):
        raise SimulatorError("rate_limited")
    return await carry_out(one, _opening_record(person, section))


async def finish(person: User, session_id: UUID) -> Turn:
    """End the conversation from the trainee's side."""
    one = await live(session_id)
    allowed(one, person)
    return await carry_out(one, _FINISHING)


async def time_passed(session_id: UUID, seconds: int) -> Turn | None:
    """Nothing was said for `seconds`; the customer may ask whether anybody is there. None where the session has moved on."""
    one = await live(session_id)
    quiet_at = one.position
    if one.finished:
        return None

    def decide(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
        if one.position != quiet_at:
            raise Duplicate(one.position)
        return engine.respond(one.customer, TimePassed(seconds), None)

    try:
        return await carry_out(one, Said(decide))
    except (Duplicate, SimulatorError):
        return None


async def end_by_time(session_id: UUID) -> Turn | None:
    """The time limit has been reached. None where there was nothing to end any more, or not yet."""
    one = await live(session_id)
    try:
        return await carry_out(one, _TIME_IS_UP)
    except (Duplicate, SimulatorError):
        return None


async def word_differently(session_id: UUID, wordings: tuple[CustomerReworded, ...]) -> Turn | None:
    """Show bubbles that are still on their way in other words. None where all have been shown by now, or will never be."""

    def decide(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
        waiting = tuple(said for said in wordings if said.of > one.shown and said.of not in one.dropped)
        if not waiting:
            raise SimulatorError("finished")
        return waiting

    try:
        return await carry_out(await live(session_id), Said(decide))
    except SimulatorError:
        return None


async def carry_out(one: Live, said: Said) -> Turn:
    """Decide, write, fold; again from what has changed meanwhile where another process was quicker."""
    async with one.lock:
        for _attempt in range(ATTEMPTS):
            now, ms = timezone.now(), {}
            batch = _prepare(one, said, now, ms)
            if isinstance(batch, Turn):
                return batch
            began = time.perf_counter()
            try:
                await log.append(batch)
            except (Behind, Duplicate):
                await catch_up(one)
                if one.position == batch.after:  # nobody was quicker: the conversation has been deleted meanwhile
                    forget(one.id)
                    raise SimulatorError("finished", said.client_id or None) from None
                continue
            ms["writing"] = (time.perf_counter() - began) * 1000
            one.take(batch.entries)
            one.to_word += [entry for entry in batch.entries if isinstance(entry.event, CustomerSaid)]
            break
        else:
            raise RuntimeError(f"Session {one.id} was written by others {ATTEMPTS} times in a row.")
    if any(isinstance(entry.event, SessionEnded) for entry in batch.entries):
        await database_sync_to_async(publish_finished)(one.id)
    return _turn(batch, ms)


# --- from pages, commands and tests


def take_turn_now(person: User, session_id: UUID, text: str, client_id: str, seen: int | None = None, at: datetime | None = None) -> Turn:
    return carry_out_now(session_id, _speaking(person, text, client_id, seen), person, at)


def open_record_now(person: User, session_id: UUID, section: str, at: datetime | None = None) -> Turn:
    return carry_out_now(session_id, _opening_record(person, section), person, at)


def finish_now(person: User, session_id: UUID, at: datetime | None = None) -> Turn:
    return carry_out_now(session_id, _FINISHING, person, at)


def close_by_time_now(session_id: UUID) -> Turn:
    """End a role-play that was let go of: by time, and as of the last thing that happened in it, so that its result counts for then."""
    return carry_out_now(session_id, _CLOSING, None, None)


def end_by_time_now(session_id: UUID, now: datetime) -> Turn | None:
    """`end_by_time` for pages and commands, as of `now`."""
    try:
        return carry_out_now(session_id, _TIME_IS_UP, None, now)
    except (Duplicate, SimulatorError):
        return None


def extend_now(actor: User, session_id: UUID, minutes: int, at: datetime | None = None) -> Turn:
    """More time for a conversation under way. The caller has fetched it with the right of a trainer."""
    return carry_out_now(session_id, _extending(actor, minutes), None, at)


def close_now(session_id: UUID, *, by: str) -> Turn:
    """End the conversation of a class that is over: by "time", or by the "trainer" who ended it with time left."""

    def decide(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
        return engine.finish(one.customer, by=by) or (SessionEnded(one.customer.outcome),)

    return carry_out_now(session_id, Said(decide, after_time=True, at_desk=True, closes=True), None, None)


def carry_out_now(session_id: UUID, said: Said, person: User | None, at: datetime | None) -> Turn:
    """`person` is None where the program itself does it; without `at`, `said.at` says when it happened, else it happens now."""
    for _attempt in range(ATTEMPTS):
        one = load(session_id)
        if person is not None:
            allowed(one, person, said.client_id)
        ms: dict[str, float] = {}
        batch = _prepare(one, said, at or said.at(one), ms)
        if isinstance(batch, Turn):
            return batch
        if log.write([batch])[0] is None:
            if any(isinstance(entry.event, SessionEnded) for entry in batch.entries):
                publish_finished(session_id)
            return _turn(batch, ms)
    raise RuntimeError(f"Session {session_id} was written by others {ATTEMPTS} times in a row.")


# --- afterwards


def publish_finished(session_id: UUID) -> None:
    """Tell the other apps that the session is over. Doing it again does no harm and repairs what was missed.

    A “what if” counts nowhere, and an exam that a class sits together has no result before it is over for everybody.
    """
    session = Session.objects.select_related("snapshot", "sitting").get(id=session_id)
    if session.branched_from_id is not None or is_withheld(session):
        return
    publish(finished_record(session, tuple(entry.event for entry in log.read(session_id))))


def is_withheld(session: Session) -> bool:
    """Whether the class is still sitting this exam: until then nobody learns what it was, or how anybody did."""
    return session.mode == Session.Mode.EXAM and session.sitting is not None and session.sitting.state == Sitting.State.RUNNING


def finished_record(session: Session, events: tuple[Event, ...]) -> SessionFinished:
    """What the other apps learn of a finished session: the evidence, and nothing that a score has been made of yet."""
    if session.finished_at is None:
        raise ValueError(f"Session {session.id} is still open.")
    if session.state == Session.State.ARCHIVED:
        raise ValueError(f"The conversation of session {session.id} has been deleted; nothing can be read in it any more.")
    case = case_of(session)
    return SessionFinished(
        session_id=session.id,
        trainee_id=session.trainee_id,
        organisation_id=session.organisation_id,
        scenario_slug=session.snapshot.slug,
        scenario_version=session.snapshot.version,
        language=session.language,
        level=session.level,
        mode=session.mode,
        outcome=session.outcome,
        context_key=session.context_key,
        started_at=session.started_at,
        finished_at=session.finished_at,
        turns=session.turns,
        assisted=session.assisted,
        truth=truth_of(case),
        rubric_code=case.rubric,
        evidence=(*readings.evidence(events, case), *desk_evidence(events, case, circumstances_of(session, events))),
    )


def circumstances_of(session: Session, events: tuple[Event, ...]) -> Circumstances:
    """Who complains in this session, and when: what the record is compared with besides the case."""
    case = case_of(session)
    persona = engine.Customer.new(case, session.language, session.level, session.seed).persona
    elsewhere = ({person.name for person in people} for language, people in case.persona.items() if language != session.language)
    names = (persona.name, *(name for people in elsewhere if len(people) == 1 for name in people))
    return circumstances(events, session.language, names)


def truth_of(case: Case) -> dict[str, Any]:
    """The right record and limits of the case, as plain values."""
    truth = case.truth
    return {
        "classification": dict(truth.classification),
        "limits": dict(truth.limits),
        "flags": list(truth.flags),
        "form": dict(truth.form),
    }


@dataclass(frozen=True, slots=True)
class Played:
    """A whole role-play that was played elsewhere: each step is a moment and the events it brought about, the opening first.
    `id` is the one the session gets."""

    trainee_id: int
    organisation_id: int
    snapshot: ScenarioSnapshot
    language: str
    level: int
    seed: int
    steps: tuple[tuple[datetime, tuple[Event, ...]], ...]
    mode: str = "practice"
    context_key: str = ""
    id: UUID = field(default_factory=uuid4)


@transaction.atomic
def import_history(histories: Iterable[Played]) -> list[Session]:
    """Write whole role-plays in bulk, with the times they were played at. Publishes nothing: the caller hands on
    `finished_record(session, events)` of those that ended, when it wants to."""
    sessions: list[Session] = []
    participants: list[Participant] = []
    contacts: list[Contact] = []
    rows: list[tuple[Any, ...]] = []
    connection = transaction.get_connection()
    for one in histories:
        started_at = one.steps[0][0]
        session = Session(
            id=one.id,
            organisation_id=one.organisation_id,
            trainee_id=one.trainee_id,
            snapshot=one.snapshot,
            language=one.language,
            level=one.level,
            seed=one.seed,
            mode=one.mode,
            context_key=one.context_key,
            started_at=started_at,
            engine_version=engine.ENGINE_VERSION,
            reader_version=READER_VERSION,
        )
        for at, events in one.steps:
            entries = log.batch(session.id, events, after=session.last_position, at=at, by=one.trainee_id).entries
            rows += log.rows_of(connection, session.id, entries)
            session.last_position += len(entries)
            session.turns += sum(isinstance(event, TraineeSaid) for event in events)
            for event in events:
                if isinstance(event, SessionEnded):
                    session.state, session.outcome, session.finished_at = Session.State.FINISHED, event.outcome, at
        sessions.append(session)
        participants.append(Participant(session=session, person_id=one.trainee_id, seat=Participant.Seat.TRAINEE, from_at=started_at))
        contacts.append(
            Contact(
                session=session,
                channel=one.snapshot.document["channel"],
                started_at=started_at,
                ended_at=session.finished_at,
                outcome=session.outcome,
            )
        )
    Session.objects.bulk_create(sessions, batch_size=500)
    Participant.objects.bulk_create(participants, batch_size=500)
    Contact.objects.bulk_create(contacts, batch_size=500)
    log.insert(rows)
    return sessions
