"""How long a conversation is kept, and how it goes: what the data notice promises.

The rule is pure: a role-play is due when its end, or the last thing that happened in one that was let go of, lies longer back
than its bank keeps conversations. What goes is everything that somebody said or that was read in it; what stays is the row of the
session with trainee, scenario, level, outcome and times. Other apps hear of it (`ConversationDeleted`) and drop their quotes.

Several processes may do this at the same time: each takes sessions that no other holds, and one that is gone is not due.
"""

from __future__ import annotations

import logging
from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from lms.core import audit
from lms.core.bus import publish
from lms.core.contracts import ConversationDeleted
from lms.core.models import Organisation
from simulator import log, services
from simulator.errors import SimulatorError
from simulator.live import forget
from simulator.models import Comment, Contact, LoggedEvent, Participant, ReadingReport, Session

logger = logging.getLogger(__name__)

AT_ONCE = 50
"""So many go in one transaction: turns of people who are talking wait for it."""


def kept_since(now: datetime, months: int) -> datetime:
    """The moment `months` calendar months before `now`; in a month that is too short, its last day."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))


def is_due(last_at: datetime, *, now: datetime, months: int) -> bool:
    """Whether a role-play that ended at `last_at`, or in which nothing has happened since, is to be deleted now."""
    return last_at < kept_since(now, months)


def due_in(bank: Organisation, now: datetime) -> QuerySet[Session]:
    """The role-plays of `bank` that `is_due` speaks of, found by the database."""
    before = kept_since(now, bank.retention_months)
    happened_since = LoggedEvent.objects.filter(session=OuterRef("pk"), at__gte=before)
    ended = Q(state=Session.State.FINISHED, finished_at__lt=before)
    let_go = Q(state=Session.State.OPEN) & ~Exists(happened_since)
    # A “what if” holds words of its original, and goes when they go.
    copied = Q(branched_from__state=Session.State.ARCHIVED) & ~Q(state=Session.State.ARCHIVED)
    organisations = Organisation.objects.filter(path__startswith=bank.path)
    due = Q(ended | let_go, started_at__lt=before)
    return Session.objects.filter(due | copied, organisation__in=organisations).order_by("id")


def delete_old_conversations(now: datetime) -> int:
    """Delete every conversation that is due at the moment `now`; says how many there were. Doing it again changes nothing."""
    return sum(deleting(now))


def deleting(now: datetime) -> Iterator[int]:
    """The same in steps, each a transaction of its own, for whoever wants to do something else in between."""
    for bank in Organisation.get_root_nodes():
        while deleted := _delete_some(bank, now):
            yield deleted


def _delete_some(bank: Organisation, now: datetime) -> int:
    for session_id in due_in(bank, now).filter(state=Session.State.OPEN).values_list("id", flat=True)[:AT_ONCE]:
        _close(session_id)
    with transaction.atomic():
        finished = due_in(bank, now).filter(state=Session.State.FINISHED).select_for_update(skip_locked=True, of=("self",))
        sessions = list(finished.values_list("id", "trainee_id", "organisation_id")[:AT_ONCE])
        ids = [session_id for session_id, _trainee, _organisation in sessions]
        if not ids:
            return 0
        log.delete(ids)
        for model in (Comment, Contact, Participant, ReadingReport):
            model.objects.filter(session__in=ids).delete()
        Session.objects.filter(id__in=ids).update(state=Session.State.ARCHIVED, archived_at=now)
        before = kept_since(now, bank.retention_months).isoformat()
        audit.record(
            None,
            "conversations_deleted",
            bank,
            organisation_id=bank.pk,
            reason="retention rule",
            conversations=len(ids),
            ended_before=before,
            months=bank.retention_months,
        )
        for session_id, trainee_id, organisation_id in sessions:
            publish(ConversationDeleted(session_id, trainee_id, organisation_id, deleted_at=now))
    for session_id in ids:
        forget(session_id)
    return len(ids)


def _close(session_id: UUID) -> None:
    """End a role-play that was let go of, as of the last thing that happened in it. A log that can no longer be folded must not keep
    it from being deleted: such a session gets its end without a score."""
    try:
        services.close_by_time_now(session_id)
    except SimulatorError:
        return  # somebody else has just closed it
    except Exception:
        logger.exception("the role-play %s could not be closed by its engine and is deleted without a score", session_id)
        open_still = Session.objects.filter(id=session_id, state=Session.State.OPEN)
        for session in open_still.annotate(last_at=Max("events__at")):
            ended = {"state": Session.State.FINISHED, "outcome": "timed_out", "finished_at": session.last_at or session.started_at}
            open_still.filter(last_position=session.last_position).update(**ended)
