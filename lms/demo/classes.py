"""What the trainer of the demo bank has arranged: assignments in every state, and a class that is yet to come."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from lms.core.models import Organisation, User
from lms.demo.people import DemoBank
from simulator import scheduling
from simulator.class_selectors import trainees_of
from simulator.models import Assignment, Scenario, Session, Sitting

CLASS_BEGINS = time(14)


@transaction.atomic
def make_classes(bank: DemoBank, *, until: date) -> dict[str, int]:
    """Assign cases to the department of the login `trainee` and to another one, and plan an exam for the next working day."""
    scenarios = list(Scenario.objects.filter(live=True).order_by("slug").values_list("slug", flat=True))
    if not scenarios:
        return {"assignments": 0, "classes": 0}
    trainer, mine, other = bank.logins.trainer, bank.logins.trainee.memberships.get().organisation, bank.departments[0]
    due = _assign(trainer, mine, _favourite(mine, scenarios), until + timedelta(days=5))
    late = _assign(trainer, other, _favourite(other, scenarios), until - timedelta(days=3))
    dropped = _assign(trainer, mine, scenarios[-1], until + timedelta(days=12), mode="exam")
    for assignment in (due, late):
        _count_what_was_played(assignment)
    scheduling.remind(trainer, late)
    scheduling.withdraw(trainer, dropped, "课程安排有变")
    _plan(trainer, mine, scenarios[0], until)
    return {"assignments": Assignment.objects.count(), "classes": Sitting.objects.count()}


def _favourite(organisation: Organisation, scenarios: list[str]) -> str:
    """The case that the people of a department have played most, so that somebody is done with it."""
    played = Session.objects.filter(trainee__in=trainees_of(organisation), assigned=None, context_key="")
    counted = Counter(played.values_list("snapshot__slug", flat=True))
    return min(counted, key=lambda slug: (-counted[slug], slug), default=scenarios[0])


def _assign(trainer: User, organisation: Organisation, scenario: str, due_on: date, mode: str = "practice") -> Assignment:
    return scheduling.assign(
        trainer,
        trainees_of(organisation),
        organisation=organisation,
        scenario_slug=scenario,
        level=2,
        language="",
        mode=mode,
        due_on=due_on,
    )


def _count_what_was_played(assignment: Assignment) -> None:
    """The last time each of its people played this case was for the assignment."""
    for share in assignment.people.all():
        played = Session.objects.filter(trainee=share.person_id, snapshot__slug=assignment.scenario_slug, context_key="", mode="practice")
        last = played.order_by("-started_at").first()
        if last is not None:
            Session.objects.filter(pk=last.pk).update(assigned=share)


def _plan(trainer: User, organisation: Organisation, scenario: str, until: date) -> None:
    day = until + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    scheduling.schedule(
        trainer,
        trainees_of(organisation),
        [],
        organisation=organisation,
        scenario_slug=scenario,
        level=None,
        language="",
        mode="exam",
        planned_for=datetime.combine(day, CLASS_BEGINS, timezone.get_current_timezone()),
        minutes=20,
        open_to_all=True,
    )
