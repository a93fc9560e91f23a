"""Fold the stored log of a role-play again and compare: the state, the columns of the session, the score."""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment import scoring
from assessment.selectors import results_of
from simulator import log
from simulator.engine.customer import Customer, replay
from simulator.engine.events import SessionEnded, StateChanged, TraineeSaid
from simulator.live import case_of
from simulator.models import Session
from simulator.services import finished_record


class Command(BaseCommand):
    help = "Fold the stored log of a session again; exit status 0 only where state and score come out as they are stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("session", type=UUID, help="the UUID of the session, as in the address of its room")

    def handle(self, *args: Any, session: UUID, **options: Any) -> None:
        stored = Session.objects.select_related("snapshot").filter(id=session).first()
        if stored is None:
            raise CommandError(f"There is no session {session}.")
        if stored.state == Session.State.ARCHIVED:
            raise CommandError(
                f"The conversation of session {session} was deleted on {stored.archived_at:%Y-%m-%d}, as the retention rule says: "
                "nothing is left to fold. Its results are kept."
            )
        differences = compare(stored)
        for difference in differences:
            self.stderr.write(difference)
        if differences:
            sys.exit(1)
        self.stdout.write(f"{session}: {stored.last_position} events, state and score are as stored")


def compare(session: Session) -> list[str]:
    """What does not come out as it is stored, a line each."""
    entries = log.read(session.id)
    events = tuple(entry.event for entry in entries)
    customer = replay(Customer.new(case_of(session), session.language, session.level, session.seed), events)
    felt = next((event for event in reversed(events) if isinstance(event, StateChanged)), None)
    pairs: list[tuple[str, object, object]] = [
        ("positions", [entry.position for entry in entries], list(range(1, session.last_position + 1))),
        ("turns", sum(isinstance(event, TraineeSaid) for event in events), session.turns),
        ("ended", any(isinstance(event, SessionEnded) for event in events), session.state != Session.State.OPEN),
        ("outcome", customer.outcome if session.state != Session.State.OPEN else "", session.outcome),
    ]
    if felt is not None:
        pairs += [("state", dict(customer.state), felt.state), ("mood", customer.mood, felt.mood), ("band", customer.band, felt.band)]
    if session.finished_at is not None:
        finished = finished_record(session, events)
        for result in results_of(session.id):
            again = scoring.score(finished.evidence, scoring.parse(result.rubric.document), finished.truth)
            pairs.append((f"score by {result.rubric}", round(again.score, 6), round(result.score, 6)))
    return [f"{name}: folded {folded!r}, stored {kept!r}" for name, folded, kept in pairs if folded != kept]
