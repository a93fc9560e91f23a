"""What a person takes home of their own role-plays: what the room showed them, and what was read in their words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lms.core.models import User
from simulator import log, protocol
from simulator.live import Live, scenario_of
from simulator.models import Participant, ReadingReport, Session
from simulator.selectors import sessions_played_by

DESCRIBED = ("id", "title", "brief", "language", "level", "mode", "channel", "state", "outcome", "started_at")


def conversations_of(user: User, now: datetime, language: str) -> Iterator[dict[str, Any]]:
    """The role-plays of `user`, oldest first, with what the wire has shown them by `now`; of those that are over also what was read.

    As in the room, an exam under way shows neither level nor mood. Where the conversation has been deleted, its frame is left.
    """
    for session in (
        sessions_played_by(user)
        .select_related("snapshot", "trainee", "branched_from")
        .prefetch_related("comments__by")
        .order_by("started_at", "id")
    ):
        entries = log.read(session.id)
        one = Live(session, frozenset({user.pk}), scenario_of(session.snapshot.sha256), entries)
        one.show(now)
        described = protocol.described(one, Participant.Seat.TRAINEE, user.pk, language)
        shown = entries[: one.shown]
        if session.branched_from is not None and session.branched_from.trainee_id != user.pk:
            shown = shown[session.branched_position :]  # what came before are somebody else's words
        yield {
            **{name: described[name] for name in DESCRIBED},
            "outcome": session.outcome,
            "finished_at": session.finished_at,
            "conversation_deleted_at": session.archived_at,
            "is_what_if": session.branched_from_id is not None,
            "comments": [
                {"by": str(comment.by or ""), "at": comment.at, "turn": comment.turn, "text": comment.text}
                for comment in session.comments.all()
            ],
            "events": protocol.seen_by(one, Participant.Seat.TRAINEE, shown, user.pk),
            "read_in_my_words": [entry.data for entry in shown if entry.kind == "acts_read"] if session.state != Session.State.OPEN else [],
        }


def reports_of(user: User) -> list[dict[str, Any]]:
    """The readings that `user` has called wrong, and what became of that."""
    columns = ("session_id", "position", "start", "end", "act", "note", "reported_at", "state", "decision", "decided_at")
    return list(ReadingReport.objects.filter(reported_by=user).order_by("reported_at").values(*columns))
