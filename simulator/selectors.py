"""Which role-plays somebody may see, and what stands in them. The query that finds is the query that checks the right."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT

from lms.core.access import Role, organisations_of
from lms.core.models import Membership, Organisation, User
from simulator import log
from simulator.models import LoggedEvent, Participant, Scenario, Session, Sitting


def scenarios_on_offer() -> QuerySet[Scenario]:
    """Published scenarios."""
    return Scenario.objects.filter(live=True).order_by("slug")


def sessions_played_by(user: User) -> QuerySet[Session]:
    """Sessions in which `user` is the trainee, or one of them; also those whose conversation has been deleted."""
    seats = Participant.objects.filter(person=user, seat=Participant.Seat.TRAINEE)
    return Session.objects.filter(Q(trainee=user) | Q(id__in=seats.values("session_id")))


def sessions_known_to(user: User) -> QuerySet[Session]:
    """Sessions that `user` plays or has played, and as a trainer those of their organisations; also those whose conversation has
    been deleted."""
    if not user.is_authenticated:
        return Session.objects.none()
    seats = Participant.objects.filter(person=user)
    watched = organisations_of(user, [Role.TRAINER])
    return Session.objects.filter(Q(trainee=user) | Q(id__in=seats.values("session_id")) | Q(organisation__in=watched))


def sessions_visible_to(user: User) -> QuerySet[Session]:
    """Those of them that can be read or watched. Nobody else reads a conversation."""
    return sessions_known_to(user).exclude(state=Session.State.ARCHIVED)


def sessions_led_by(user: User) -> QuerySet[Session]:
    """Sessions in which `user` may take the customer's seat and pull the levers: a trainer's, of people below them, not their own."""
    seats = Participant.objects.filter(person=user, seat=Participant.Seat.TRAINEE, to_at__isnull=True)
    led = Session.objects.filter(organisation__in=organisations_of(user, [Role.TRAINER])).exclude(state=Session.State.ARCHIVED)
    return led.exclude(trainee=user).exclude(id__in=seats.values("session_id"))


def finished_sessions() -> QuerySet[Session]:
    """Sessions that have ended, count, and whose conversation is still there, of every bank: for the program's own upkeep."""
    withheld = Q(mode=Session.Mode.EXAM, sitting__state=Sitting.State.RUNNING)
    return Session.objects.filter(state=Session.State.FINISHED, branched_from=None).exclude(withheld).order_by("finished_at", "id")


def archived_sessions() -> QuerySet[Session]:
    """Sessions whose conversation has been deleted, of every bank: for the program's own upkeep."""
    return Session.objects.filter(state=Session.State.ARCHIVED)


def sessions_trained_by(user: User) -> QuerySet[Session]:
    """Sessions that `user` may lead as a trainer: give time, comment, start a copy."""
    return Session.objects.filter(organisation__in=organisations_of(user, [Role.TRAINER])).exclude(state=Session.State.ARCHIVED)


def overdue_sessions(now: datetime) -> QuerySet[Session]:
    """Open sessions whose time is up at `now`, of every bank: for the program's own clock."""
    return Session.objects.filter(state=Session.State.OPEN, ends_at__lte=now)


def sessions_running_for(user: User) -> QuerySet[Session]:
    """Open sessions of the organisations `user` is a trainer of; a “what if” is nobody else's business."""
    return Session.objects.filter(state=Session.State.OPEN, branched_from=None, organisation__in=organisations_of(user, [Role.TRAINER]))


def running_sessions(user: User) -> QuerySet[Session]:
    """Open sessions of the organisations `user` is a trainer of, the latest first, each with `band`, `mood` and `last_line`."""
    events = LoggedEvent.objects.filter(session=OuterRef("pk")).order_by("-position")
    state = events.filter(kind="state_changed")
    return (
        sessions_running_for(user)
        .select_related("snapshot", "trainee", "organisation", "sitting")
        .annotate(
            band=Subquery(state.annotate(text=KT("data__band")).values("text")[:1]),
            mood=Subquery(state.annotate(text=KT("data__mood")).values("text")[:1]),
            last_line=Subquery(
                events.filter(kind__in=("customer_said", "customer_reworded", "trainee_said"))
                .annotate(text=KT("data__text"))
                .values("text")[:1]
            ),
        )
        .order_by("-started_at")
    )


def trainers_who_see(organisation: Organisation) -> QuerySet[User]:
    """The trainers who may read and watch role-plays of people of `organisation`: its own and those of the levels above."""
    above = [organisation.path[:length] for length in range(organisation.steplen, len(organisation.path) + 1, organisation.steplen)]
    return User.objects.filter(
        is_active=True, memberships__in=_holding_today(Role.TRAINER), memberships__organisation__path__in=above
    ).distinct()


def observers_of(session: Session) -> list[User]:
    """Who was asked to observe the class that the session belongs to; without a class nobody is."""
    if session.sitting_id is None:
        return []
    return list(User.objects.filter(seats__session=session, seats__seat=Participant.Seat.OBSERVER).order_by("full_name", "pk"))


def events_of(session: Session, after: int = 0) -> list[log.Logged]:
    """What happened in the session after a position, decoded, each with its place in the log."""
    return log.read(session.id, after=after)


def seat_of(user: User, session: Session) -> str:
    """Where `user` sits in a session that is visible to them: who may lead it is its trainer, whoever else has no seat of their own
    watches."""
    if user.pk == session.trainee_id:
        return Participant.Seat.TRAINEE
    if sessions_led_by(user).filter(id=session.pk).exists():
        return Participant.Seat.TRAINER
    held = Participant.objects.filter(session=session, person=user, to_at__isnull=True).values_list("seat", flat=True).first()
    return held or Participant.Seat.OBSERVER


def _holding_today(role: str) -> QuerySet[Membership]:
    return Membership.objects.active().filter(role=role)
