"""“What if”: a copy of a conversation up to a turn, to be played on otherwise. The original stays as it was.

The copy has the scenario, language, level and seed of the original and the same log up to there, so its customer is in the very state
it was in. It says what it was copied from, and counts in no statistics: nothing is published of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lms.core import audit
from lms.core.access import Role, organisations_of
from lms.core.models import User
from simulator import log
from simulator.engine import customer as engine
from simulator.engine.events import CustomerSaid, DriverChanged, Overlapped, TimeLimitSet, TraineeSaid
from simulator.engine.led_events import ENGINE, Resumed
from simulator.errors import SimulatorError
from simulator.live import Live, case_of
from simulator.log import Logged
from simulator.models import Contact, Participant, Session


def sessions_to_branch(user: User) -> QuerySet[Session]:
    """Finished conversations from which `user` may start a copy: as a trainer those of their organisations, as the trainee one's own
    practice."""
    own_practice = Q(trainee=user, mode=Session.Mode.PRACTICE)
    trained = Q(organisation__in=organisations_of(user, [Role.TRAINER]))
    return Session.objects.filter(own_practice | trained, state=Session.State.FINISHED)


def up_to_turn(entries: Sequence[Logged], turn: int) -> list[Logged]:
    """What had happened before the trainee's turn `turn` (from 1). A time limit is not taken along."""
    said = [place for place, entry in enumerate(entries) if isinstance(entry.event, TraineeSaid)]
    if not 1 <= turn <= len(said):
        raise SimulatorError("not_found")
    end = said[turn - 1]
    if end and isinstance(entries[end - 1].event, Overlapped):  # it came with the words that are left out
        end -= 1
    return [entry for entry in entries[:end] if not isinstance(entry.event, TimeLimitSet)]


def moved_to(entries: Sequence[Logged], now: datetime) -> list[Logged]:
    """The same entries, numbered from 1 and moved in time so that the last words have just been said."""
    span = now - max(_due(entry) for entry in entries)
    return [replace(entry, position=position, at=entry.at + span, client_id="") for position, entry in enumerate(entries, start=1)]


def _due(entry: Logged) -> datetime:
    return entry.at + timedelta(milliseconds=entry.event.due_ms) if isinstance(entry.event, CustomerSaid) else entry.at


@transaction.atomic
def branch(actor: User, original: Session, turn: int) -> Session:
    """Start a “what if” from before the trainee's turn `turn`; whoever starts it plays it. The caller has fetched `original` through
    `sessions_to_branch`."""
    now = timezone.now()
    entries = moved_to(up_to_turn(log.read(original.id), turn), now)
    if not entries:
        raise SimulatorError("not_found")
    copy = Session.objects.create(
        organisation=original.organisation,
        trainee=actor,
        snapshot=original.snapshot,
        language=original.language,
        level=original.level,
        seed=original.seed,
        mode=Session.Mode.PRACTICE,
        started_at=entries[0].at,
        engine_version=original.engine_version,
        reader_version=original.reader_version,
        branched_from=original,
        branched_position=len(entries),
    )
    Participant.objects.create(session=copy, person=actor, seat=Participant.Seat.TRAINEE, from_at=entries[0].at)
    Contact.objects.create(session=copy, number=1, channel=original.snapshot.document["channel"], started_at=entries[0].at)
    log.write([log.Batch(copy.id, 0, tuple(entries))])
    _without_a_trainer(copy, entries, now)
    audit.record(actor, "what_if_started", original, organisation_id=original.organisation_id, copy=str(copy.id), turn=turn)
    return copy


def _without_a_trainer(copy: Session, entries: Sequence[Logged], now: datetime) -> None:
    """No trainer sits in the seat of a copy, and it does not stand still."""
    one = Live(copy, frozenset({copy.trainee_id}), case_of(copy), entries)
    events = []
    if one.customer.led.seated:
        events += engine.respond(one.customer, DriverChanged(ENGINE), None)
    if one.customer.led.paused:
        events.append(Resumed())
    if events:
        log.write([log.batch(copy.id, events, after=one.position, at=now, contact=one.contact())])
