"""“This reading is wrong”: a trainee points at words, a trainer decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lms.core import audit
from lms.core.access import Role, organisations_of
from lms.core.models import User
from simulator.models import LoggedEvent, ReadingReport, Session


def reports_visible_to(user: User) -> QuerySet[ReadingReport]:
    """Reports from the role-plays of the organisations in which `user` is a trainer."""
    return ReadingReport.objects.filter(session__organisation__in=organisations_of(user, (Role.TRAINER,))).select_related(
        "session", "session__trainee", "reported_by", "decided_by"
    )


def report_reading(person: User, session: Session, *, position: int, start: int, end: int, act: str, note: str) -> ReadingReport | None:
    """Keep that `person` finds `act` misread in the words from `start` to `end` of the turn at `position`.

    None where the log has no such reading. Reporting the same words once more only changes the note, until it is decided.
    """
    said = LoggedEvent.objects.filter(session=session, position=position, kind="trainee_said").first()
    read = LoggedEvent.objects.filter(session=session, position__gt=position, kind="acts_read").order_by("position").first()
    if said is None or read is None:
        return None
    if not any(_name(found) == act and found["start"] == start and found["end"] == end for found in read.data["acts"]):
        return None
    with transaction.atomic():
        report, created = ReadingReport.objects.get_or_create(
            session=session, position=position, start=start, end=end, act=act, reported_by=person, defaults={"note": note}
        )
        if not created and report.state == ReadingReport.State.OPEN:
            report.note = note
            report.save(update_fields=["note"])
    return report


def texts_of(reports: Iterable[ReadingReport]) -> dict[tuple[UUID, int], str]:
    """What was said at the position of each report, in one query."""
    reports = list(reports)
    said = LoggedEvent.objects.filter(
        session__in={report.session_id for report in reports}, position__in={report.position for report in reports}, kind="trainee_said"
    )
    return {(event.session_id, event.position): event.data["text"] for event in said}


def turn_at(session: Session, position: int) -> int:
    """The number of the trainee's turn that stands at `position`."""
    return LoggedEvent.objects.filter(session=session, kind="trainee_said", position__lte=position).count()


NO_ACT = "none"


def decide_report(trainer: User, report: ReadingReport, *, accepted: bool, instead: str = "") -> None:
    """Record the decision of a trainer; one that was made stays. `instead` names the act that the words carry, or `NO_ACT`."""
    with transaction.atomic():
        changed = ReadingReport.objects.filter(pk=report.pk, state=ReadingReport.State.OPEN).update(
            state=ReadingReport.State.ACCEPTED if accepted else ReadingReport.State.REJECTED,
            decision=instead if accepted else "",
            decided_by=trainer,
            decided_at=timezone.now(),
        )
        if changed:
            audit.record(trainer, "reading_report_decided", report, organisation_id=report.session.organisation_id, accepted=accepted)


def corpus_candidates(user: User) -> Iterator[dict[str, Any]]:
    """The accepted corrections as lines for the corpus: the words, what was read and what it should have been. No names of people."""
    accepted = reports_visible_to(user).filter(state=ReadingReport.State.ACCEPTED).order_by("id")
    texts = texts_of(accepted)
    before = customer_words_before(accepted)
    for report in accepted:
        text = texts.get((report.session_id, report.position))
        if text is None:
            continue  # the conversation has been deleted since
        yield {
            "id": f"report-{report.pk}",
            "lang": report.session.language,
            "context": before.get((report.session_id, report.position), ""),
            "text": text,
            "start": report.start,
            "end": report.end,
            "read": report.act,
            "should_be": report.decision or None,
            "note": report.note,
        }


def customer_words_before(reports: Iterable[ReadingReport]) -> dict[tuple[UUID, int], str]:
    """What the customer had said right before the position of each report."""
    reports = list(reports)
    said: dict[UUID, list[tuple[int, str, str]]] = {}
    events = LoggedEvent.objects.filter(
        session__in={report.session_id for report in reports}, kind__in=("customer_said", "trainee_said")
    ).order_by("session_id", "position")
    for event in events:
        said.setdefault(event.session_id, []).append((event.position, event.kind, event.data["text"]))
    found = {}
    for report in reports:
        lines: list[str] = []
        for position, kind, text in said.get(report.session_id, ()):
            if position >= report.position:
                break
            lines = [*lines, text] if kind == "customer_said" else []
        found[(report.session_id, report.position)] = "\n".join(lines)
    return found


def _name(act: dict) -> str:
    return f"{act['code']}.{act['kind']}" if act.get("kind") else act["code"]
