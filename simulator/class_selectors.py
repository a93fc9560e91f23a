"""Which assignments and classes somebody may see. The query that finds is the query that checks the right."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from lms.core.access import Role, has_role, home_organisation, organisations_of
from lms.core.models import Membership, Organisation, User
from simulator.models import Assigned, Assignment, Comment, Session, Sitting, SittingPerson


def organisations_trained_by(user: User) -> QuerySet[Organisation]:
    return organisations_of(user, [Role.TRAINER])


def trainees_of(organisation: Organisation) -> QuerySet[User]:
    """Who is a trainee today in the organisation or below it."""
    held = Membership.objects.active().filter(role=Role.TRAINEE, organisation__path__startswith=organisation.path)
    return User.objects.filter(pk__in=held.values("user")).order_by("full_name", "pk")


def members_of(organisation: Organisation) -> QuerySet[User]:
    """Everybody who has a role today in the organisation, below it or above it within the same bank: who may be asked to observe."""
    held = Membership.objects.active().filter(organisation__path__startswith=organisation.path[: organisation.steplen])
    return User.objects.filter(pk__in=held.values("user")).order_by("full_name", "pk")


# --- assignments


def assignments_run_by(user: User) -> QuerySet[Assignment]:
    """The assignments of the organisations `user` is a trainer of."""
    return Assignment.objects.filter(organisation__in=organisations_trained_by(user)).select_related("organisation", "created_by")


def with_counts(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Each with how many people have it, and how many of them have begun and finished."""
    return assignments.annotate(
        total=Count("people", distinct=True),
        begun=Count("people", filter=Q(people__sessions__isnull=False), distinct=True),
        finished=Count("people", filter=Q(people__sessions__finished_at__isnull=False), distinct=True),
    ).order_by("-due_on", "-id")


def shares_of(assignment: Assignment) -> QuerySet[Assigned]:
    """Who has the assignment, each with the sessions played for it (`played`); a fixed number of queries."""
    return assignment.people.select_related("person").prefetch_related(_played()).order_by("person__full_name", "pk")


def assigned_to(user: User) -> QuerySet[Assigned]:
    """What `user` is to play or has played, the next due first, each with its sessions (`played`)."""
    return (
        Assigned.objects.filter(person=user, assignment__withdrawn_at=None)
        .select_related("assignment", "assignment__created_by", "reminded_by")
        .prefetch_related(_played())
        .order_by("assignment__due_on", "pk")
    )


def still_to_play(user: User) -> list[Assigned]:
    """What `user` has not finished yet. An exam whose day is over is not among them any more."""
    return list(
        assigned_to(user).exclude(pk__in=Session.objects.filter(assigned__person=user, finished_at__isnull=False).values("assigned"))
    )


def _played() -> Prefetch:
    return Prefetch("sessions", Session.objects.order_by("started_at").only("assigned_id", "state", "started_at", "finished_at"), "played")


# --- classes


def sittings_run_by(user: User) -> QuerySet[Sitting]:
    """The classes of the organisations `user` is a trainer of."""
    return Sitting.objects.filter(organisation__in=organisations_trained_by(user)).select_related("organisation", "created_by")


def sittings_of(user: User) -> QuerySet[Sitting]:
    """The classes `user` is listed in, and those that every trainee of their organisation may come to."""
    listed = Q(pk__in=SittingPerson.objects.filter(person=user).values("sitting"))
    home = home_organisation(user)
    if home is not None and has_role(user, Role.TRAINEE):
        above = [home.path[:length] for length in range(home.steplen, len(home.path) + 1, home.steplen)]
        listed |= Q(open_to_all=True, organisation__path__in=above)
    return Sitting.objects.filter(listed).select_related("organisation", "created_by")


def sittings_visible_to(user: User) -> QuerySet[Sitting]:
    """Those `user` runs or takes part in. A link alone opens nothing."""
    if not user.is_authenticated:
        return Sitting.objects.none()
    return (sittings_run_by(user) | sittings_of(user)).distinct()


def coming_to(user: User) -> list[Sitting]:
    """The classes that are scheduled or running and have `user` in them."""
    return list(sittings_of(user).filter(state__in=(Sitting.State.SCHEDULED, Sitting.State.RUNNING)).order_by("planned_for"))


def with_attendance(sittings: QuerySet[Sitting]) -> QuerySet[Sitting]:
    """Each with how many are to play in it, and how many of them came."""
    plays = Q(people__seat=SittingPerson.Seat.TRAINEE)
    came = plays & Q(people__arrived_at__isnull=False)
    return sittings.annotate(listed=Count("people", filter=plays), came=Count("people", filter=came)).order_by("-planned_for", "pk")


def watches(user: User, sitting: Sitting) -> bool:
    """Whether `user` may see the rooms of a class: who runs it, and who is listed to observe it."""
    if sittings_run_by(user).filter(pk=sitting.pk).exists():
        return True
    return sitting.people.filter(person=user, seat=SittingPerson.Seat.OBSERVER).exists()


# --- afterwards


def comments_on(session: Session) -> QuerySet[Comment]:
    """The remarks on a session that is visible to whoever asks."""
    return session.comments.select_related("by")


def record_of(person: User) -> dict[str, list[dict[str, Any]]]:
    """What is kept of somebody's assignments and classes, for that person."""
    shares = Assigned.objects.filter(person=person).select_related("assignment").order_by("pk")
    seats = SittingPerson.objects.filter(person=person).select_related("sitting").order_by("pk")
    return {
        "assignments": [
            {
                "scenario": share.assignment.scenario_slug,
                "mode": share.assignment.mode,
                "due_on": share.assignment.due_on,
                "reminded_at": share.reminded_at,
                "withdrawn_at": share.assignment.withdrawn_at,
            }
            for share in shares
        ],
        "classes": [
            {
                "scenario": seat.sitting.scenario_slug,
                "mode": seat.sitting.mode,
                "planned_for": seat.sitting.planned_for,
                "seat": seat.seat,
                "arrived_at": seat.arrived_at,
            }
            for seat in seats
        ],
    }
