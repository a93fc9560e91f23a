"""What a trainer does around the rooms: assign a case, hold a class, give time, remark on what was played.

Whoever calls has fetched what is changed through `simulator.class_selectors`, so the right is checked; each function writes down
who did it, when and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lms.core import audit
from lms.core.access import Role, has_role, home_organisation
from lms.core.models import Organisation, User
from simulator import rooms, services
from simulator.errors import SimulatorError
from simulator.live import scenario_of
from simulator.models import Assigned, Assignment, Comment, ScenarioSnapshot, Session, Sitting, SittingPerson

LONGEST_COMMENT = 2000


# --- assignments


@transaction.atomic
def assign(
    actor: User,
    people: Iterable[User],
    *,
    organisation: Organisation,
    scenario_slug: str,
    level: int | None,
    language: str,
    mode: str,
    due_on: date,
) -> Assignment:
    """Give `people` of `organisation` a case to play by a day."""
    services.published(scenario_slug)
    assignment = Assignment.objects.create(
        organisation=organisation,
        scenario_slug=scenario_slug,
        level=None if mode == Session.Mode.EXAM else level,
        language=language,
        mode=mode,
        due_on=due_on,
        created_by=actor,
    )
    shares = Assigned.objects.bulk_create(Assigned(assignment=assignment, person=person) for person in people)
    audit.record(
        actor,
        "assignment_made",
        assignment,
        organisation_id=organisation.pk,
        scenario=scenario_slug,
        people=len(shares),
        due_on=str(due_on),
    )
    return assignment


@transaction.atomic
def withdraw(actor: User, assignment: Assignment, reason: str) -> None:
    """Nobody need play it any more; what has been played stays. Doing it again changes nothing."""
    fields = {"withdrawn_at": timezone.now(), "withdrawn_by": actor, "withdrawn_because": reason}
    if Assignment.objects.filter(pk=assignment.pk, withdrawn_at=None).update(**fields):
        audit.record(actor, "assignment_withdrawn", assignment, organisation_id=assignment.organisation_id, reason=reason)


@transaction.atomic
def remind(actor: User, assignment: Assignment) -> int:
    """Put a reminder on the pages of everybody who has not finished; says how many there are."""
    finished = Session.objects.filter(assigned__assignment=assignment).exclude(state=Session.State.OPEN)
    waiting = assignment.people.exclude(pk__in=finished.values("assigned"))
    reminded = waiting.update(reminded_at=timezone.now(), reminded_by=actor)
    audit.record(actor, "assignment_reminded", assignment, organisation_id=assignment.organisation_id, people=reminded)
    return reminded


@transaction.atomic
def begin_assigned(person: User, share: Assigned, today: date | None = None) -> Session:
    """Open the role-play that was assigned, or go on with the one that is open. An exam is sat once, and not after its day."""
    share = Assigned.objects.select_for_update(of=("self",)).select_related("assignment").get(pk=share.pk, person=person)
    task, played = share.assignment, list(share.sessions.order_by("started_at"))
    under_way = next((session for session in played if session.state == Session.State.OPEN), None)
    if under_way is not None:
        return under_way
    exam_is_over = task.mode == Session.Mode.EXAM and (played or task.due_on < (today or timezone.localdate()))
    if task.withdrawn_at is not None or exam_is_over:
        raise SimulatorError("finished")
    level, seed = services.draw()
    language = _language(person, task.language, services.published(task.scenario_slug))
    return services.open_session_now(
        person, task.scenario_slug, language=language, level=task.level or level, seed=seed, mode=task.mode, assigned=share
    )


def _language(person: User, wanted: str, snapshot: ScenarioSnapshot) -> str:
    """The language asked for, else the person's own, else the first the customer speaks."""
    spoken = scenario_of(snapshot.sha256).languages
    return next((language for language in (wanted, person.language) if language in spoken), spoken[0])


# --- classes


@transaction.atomic
def schedule(
    actor: User,
    people: Iterable[User],
    observers: Iterable[User],
    *,
    organisation: Organisation,
    scenario_slug: str,
    level: int | None,
    language: str,
    mode: str,
    planned_for: datetime,
    minutes: int | None,
    open_to_all: bool,
) -> Sitting:
    """Plan a class. Nothing is drawn yet; the lobby can be entered from now on."""
    services.published(scenario_slug)
    sitting = Sitting.objects.create(
        organisation=organisation,
        scenario_slug=scenario_slug,
        level=None if mode == Session.Mode.EXAM else level,
        language=language,
        mode=mode,
        planned_for=planned_for,
        minutes=minutes,
        open_to_all=open_to_all,
        created_by=actor,
    )
    watching = {person.pk for person in observers}
    listed = [SittingPerson(sitting=sitting, person_id=watcher, seat=SittingPerson.Seat.OBSERVER) for watcher in watching]
    listed += [SittingPerson(sitting=sitting, person=person) for person in people if person.pk not in watching]
    SittingPerson.objects.bulk_create(listed)
    audit.record(
        actor,
        "class_scheduled",
        sitting,
        organisation_id=organisation.pk,
        scenario=scenario_slug,
        planned_for=planned_for.isoformat(),
        people=len(listed) - len(watching),
        observers=len(watching),
    )
    return sitting


@transaction.atomic
def enter_lobby(person: User, sitting: Sitting) -> SittingPerson | None:
    """Note that `person` is there. Whoever is not listed may come in where every trainee of the organisation may; a trainer who is not
    listed only looks in."""
    now = timezone.now()
    share = SittingPerson.objects.filter(sitting=sitting, person=person).first()
    if share is None:
        home = home_organisation(person)
        belongs = home is not None and home.path.startswith(sitting.organisation.path) and has_role(person, Role.TRAINEE)
        if not (sitting.open_to_all and belongs):
            return None
        share, _ = SittingPerson.objects.get_or_create(sitting=sitting, person=person)
    share.arrived_at, share.seen_at = share.arrived_at or now, now
    share.save(update_fields=["arrived_at", "seen_at"])
    return share


def signs_of_life(sitting_id: UUID, here: Iterable[int], gone: Iterable[int] = ()) -> None:
    """Who is still in the lobby, and who has left it."""
    listed = SittingPerson.objects.filter(sitting=sitting_id)
    listed.filter(person__in=list(here)).update(seen_at=timezone.now())
    listed.filter(person__in=list(gone)).update(seen_at=None)


@transaction.atomic
def start(actor: User, sitting: Sitting) -> list[Session]:
    """Draw level and seed, and open the rooms of everybody who has arrived, all at once. Who comes later gets theirs on arrival."""
    sitting = Sitting.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=sitting.pk)
    if sitting.state != Sitting.State.SCHEDULED:
        raise SimulatorError("finished")
    now = timezone.now()
    level, seed = services.draw()
    sitting.snapshot = services.published(sitting.scenario_slug)
    sitting.drawn_level, sitting.drawn_seed = sitting.level or level, seed
    sitting.state, sitting.started_at = Sitting.State.RUNNING, now
    sitting.ends_at = now + timedelta(minutes=sitting.minutes) if sitting.minutes else None
    sitting.save()
    arrived = sitting.people.filter(seat=SittingPerson.Seat.TRAINEE, arrived_at__isnull=False).select_related("person")
    sessions = [_open(sitting, share.person, now) for share in arrived]
    audit.record(actor, "class_started", sitting, organisation_id=sitting.organisation_id, rooms=len(sessions))
    return sessions


@transaction.atomic
def enter_room(person: User, sitting: Sitting) -> Session:
    """The room of `person` in a class that is running; opened now where they come late."""
    sitting = Sitting.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=sitting.pk)
    share = SittingPerson.objects.filter(sitting=sitting, person=person, seat=SittingPerson.Seat.TRAINEE).first()
    if share is None:
        raise SimulatorError("not_allowed")
    session = sitting.sessions.filter(trainee=person).first()
    if session is not None:
        return session
    now = timezone.now()
    if sitting.state != Sitting.State.RUNNING or (sitting.ends_at is not None and now >= sitting.ends_at):
        raise SimulatorError("finished")
    return _open(sitting, person, now)


def _open(sitting: Sitting, person: User, now: datetime) -> Session:
    snapshot = sitting.snapshot
    return services.open_drawn(
        person,
        snapshot,
        organisation=home_organisation(person) or sitting.organisation,
        language=_language(person, sitting.language, snapshot),
        level=sitting.drawn_level,
        seed=sitting.drawn_seed,
        mode=sitting.mode,
        at=now,
        until=sitting.ends_at,
        observers=sitting.people.filter(seat=SittingPerson.Seat.OBSERVER).values_list("person_id", flat=True),
        sitting=sitting,
    )


@transaction.atomic
def cancel(actor: User, sitting: Sitting, reason: str) -> None:
    """Call off a class that has not begun. Doing it again changes nothing."""
    fields = {"state": Sitting.State.CANCELLED, "ended_at": timezone.now(), "ended_by": actor, "ended_because": reason}
    if Sitting.objects.filter(pk=sitting.pk, state=Sitting.State.SCHEDULED).update(**fields):
        audit.record(actor, "class_cancelled", sitting, organisation_id=sitting.organisation_id, reason=reason)


def end(actor: User | None, sitting: Sitting, now: datetime | None = None) -> None:
    """End a class, and with it the conversations that are still going on; an exam gets its results now. Doing it again changes nothing."""
    now = now or timezone.now()
    with transaction.atomic():
        fields = {"state": Sitting.State.ENDED, "ended_at": now, "ended_by": actor}
        if not Sitting.objects.filter(pk=sitting.pk, state=Sitting.State.RUNNING).update(**fields):
            return
        going_on = list(sitting.sessions.filter(state=Session.State.OPEN).values_list("id", flat=True))
        audit.record(actor, "class_ended", sitting, organisation_id=sitting.organisation_id, ended_while_talking=len(going_on))
    for session_id in going_on:
        _close(session_id, by="trainer" if actor else "time")
    rooms.written_by_a_page(going_on)
    if sitting.mode == Session.Mode.EXAM:
        for session_id in sitting.sessions.filter(state=Session.State.FINISHED).values_list("id", flat=True):
            services.publish_finished(session_id)


def _close(session_id: UUID, *, by: str) -> None:
    try:
        services.close_now(session_id, by=by)
    except SimulatorError:
        return  # its trainee was quicker


def end_overdue(now: datetime) -> int:
    """End the classes whose time is up; says how many there were."""
    overdue = list(Sitting.objects.filter(state=Sitting.State.RUNNING, ends_at__lte=now))
    for sitting in overdue:
        end(None, sitting, now)
    return len(overdue)


def extend(actor: User, sessions: Sequence[Session], minutes: int, sitting: Sitting | None = None) -> None:
    """Give conversations under way `minutes` more. A class that goes on longer for one of its people goes on as long as that."""
    given = []
    for session in sessions:
        try:
            services.extend_now(actor, session.id, minutes)
        except SimulatorError:
            continue  # it has come to its end meanwhile
        given.append(session.id)
        audit.record(actor, "time_extended", session, organisation_id=session.organisation_id, minutes=minutes)
    sitting_ids = {session.sitting_id for session in sessions if session.id in given and session.sitting_id}
    if sitting is not None:
        sitting_ids.add(sitting.pk)
    for row in Sitting.objects.filter(pk__in=sitting_ids, state=Sitting.State.RUNNING, ends_at__isnull=False):
        ends = Session.objects.filter(sitting=row, state=Session.State.OPEN, ends_at__isnull=False).values_list("ends_at", flat=True)
        whole = [row.ends_at + timedelta(minutes=minutes)] if sitting is not None else []
        Sitting.objects.filter(pk=row.pk).update(ends_at=max([row.ends_at, *ends, *whole]))
    rooms.written_by_a_page(given)


# --- afterwards


@transaction.atomic
def comment(actor: User, session: Session, text: str, turn: int | None = None) -> Comment:
    """Say something about a finished role-play, to its trainee."""
    if session.state != Session.State.FINISHED:
        raise SimulatorError("not_allowed")
    written = Comment.objects.create(session=session, by=actor, text=text, turn=turn)
    audit.record(actor, "role_play_commented", session, organisation_id=session.organisation_id, comment=written.pk)
    return written
