"""The start page: what to do next, for whoever is looking. It composes the apps, and each role finds its own part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from wagtail.models import Page

import assessment.reports
import assessment.selectors
import certificates.selectors
import courses.selectors
import simulator.selectors
from certificates.models import Certificate
from courses.authoring import COURSE_PATH, courses_to_write
from courses.models import CoursePage, LessonPage
from lms import people, people_services
from lms.core import access
from lms.core.models import Membership, User
from simulator import reading_reports, words
from simulator.class_pages import Share, ahead_of
from simulator.class_selectors import assignments_run_by
from simulator.models import LoggedEvent, ReadingReport, Scenario, Session, Sitting

Role = Membership.Role
CURVES = 4
LISTED = 5
CLASS_IS_NEAR = timedelta(minutes=30)
FIGURES_OF_DAYS = 90
# The curve of a small chart: 100 wide, moods 1 (calm, at the bottom) to 5 in steps of 6.
CURVE_WIDTH, CURVE_STEP, CURVE_TOP = 100, 6, 4


@dataclass(frozen=True, slots=True)
class NextThing:
    """One sentence and one button; `minutes` where it is known how long it takes."""

    sentence: str
    button: str
    url: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class PlayedBefore:
    """A finished role-play as a small mood curve. `points` is for an SVG polyline, `end` the last of them."""

    session_id: UUID
    title: str
    level: str
    finished_at: datetime
    points: str
    end: str
    band: str
    band_words: str
    score: float | None
    passed: bool


@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What to do next, for the person who is logged in; a person with two roles finds both parts."""
    user = request.user
    parts = {
        Role.TRAINEE: trainee_part,
        Role.TRAINER: trainer_part,
        Role.HR: people_part,
        Role.MANAGER: people_part,
        Role.AUTHOR: author_part,
        Role.ADMIN: admin_part,
    }
    held = access.roles_of(user)
    context: dict[str, Any] = {"today": timezone.localdate()}
    for role, part in parts.items():
        if role in held:
            context |= part(user)
    return render(request, "home.html", context)


# Trainee


def trainee_part(user: User) -> dict[str, Any]:
    """What to do next, the path it lies on, certificates that end soon, and the last role-plays."""
    learning = courses.selectors.learning_of(user)
    step = courses.selectors.next_step(user, learning)
    begun = [one for one in learning if one.enrolment is not None]
    course = step.course if step else None
    mine = next((one for one in learning if course and one.course.pk == course.pk), begun[-1] if begun else None)
    soon = timezone.localdate() + timedelta(days=people.EXPIRING_DAYS)
    shares, coming = ahead_of(user, timezone.localdate())
    due = certificates.selectors.certificates_of(user).filter(state=Certificate.State.ACTIVE, valid_until__lte=soon)
    return {
        "next_thing": next_thing(user, step, shares, coming),
        "due": shares,
        "coming": coming,
        "mine": mine,
        "certificates_due": due.order_by("valid_until"),
        "played": played_before(user),
    }


def next_thing(user: User, step: courses.selectors.NextStep | None, due: list[Share], coming: list[Sitting]) -> NextThing:
    """A class about to begin; a role-play whose customer is waiting; what is due soon; the next lesson; then practice."""
    about_to_begin = next((sitting for sitting in coming if sitting.planned_for - timezone.now() < CLASS_IS_NEAR), None)
    if about_to_begin is not None and not about_to_begin.sessions.filter(trainee=user).exists():
        sentence = _("Your class “%(title)s” is about to begin.") % {"title": about_to_begin.title}
        return NextThing(sentence, _("To the lobby"), reverse("role_plays:class", args=[about_to_begin.pk]))
    waiting = with_snapshot(simulator.selectors.sessions_played_by(user).filter(state=Session.State.OPEN)).order_by("-started_at").first()
    if waiting is not None:
        title = courses.selectors.scenario_titles([waiting.snapshot.slug]).get(waiting.snapshot.slug, waiting.snapshot.slug)
        sentence = _("Your customer in “%(title)s” is still waiting for you.") % {"title": title}
        return NextThing(sentence, _("Go on with the role-play"), reverse("role_plays:room", args=[waiting.pk]))
    pressing = next((share for share in due if share.can_begin and (share.due_soon or share.progress == "overdue")), None)
    if pressing is not None:
        day = date_format(pressing.assigned.assignment.due_on, "Y-m-d")
        late = pressing.progress == "overdue"
        sentence = _("“%(title)s” was due on %(day)s.") if late else _("“%(title)s” is due on %(day)s.")
        return NextThing(sentence % {"title": pressing.title, "day": day}, _("See what is due"), f"{reverse('role_plays:list')}#assigned")
    if step is not None:
        return NextThing(step.sentence, step.button, step.url, step.minutes)
    return NextThing(_("Nothing is due. Keep in practice with a role-play."), _("Choose a role-play"), reverse("role_plays:list"))


def played_before(user: User) -> list[PlayedBefore]:
    """The last finished role-plays of `user`, newest first; four queries, however many turns they had."""
    finished = simulator.selectors.finished_sessions().filter(pk__in=simulator.selectors.sessions_played_by(user).values("pk"))
    sessions = list(with_snapshot(finished).order_by("-finished_at")[:CURVES])
    titles = courses.selectors.scenario_titles({session.snapshot.slug for session in sessions})
    moods = mood_curves(sessions)
    results = {
        result.session_id: result for result in assessment.selectors.results_for(user).filter(session_id__in=[s.pk for s in sessions])
    }
    found = []
    for session in sessions:
        places = [f"{x:.1f},{y:.1f}" for x, y in curve_points([mood for mood, _band in moods[session.pk]])]
        band = moods[session.pk][-1][1] if moods[session.pk] else ""
        result = results.get(session.pk)
        found.append(
            PlayedBefore(
                session_id=session.pk,
                title=titles.get(session.snapshot.slug, session.snapshot.slug),
                level=str(words.LEVELS[session.level]),
                finished_at=session.finished_at,
                points=" ".join(places),
                end=places[-1] if places else "",
                band=band,
                band_words=str(words.BANDS.get(band, "")),
                score=result.score if result else None,
                passed=bool(result and result.passed),
            )
        )
    return found


def with_snapshot(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """With the name of the scenario, without its document, which is long and not needed here."""
    return sessions.select_related("snapshot").defer("snapshot__document")


def mood_curves(sessions: Iterable[Session]) -> dict[UUID, list[tuple[int, str]]]:
    """Mood and band after each turn of each session."""
    found: dict[UUID, dict[int, tuple[int, str]]] = defaultdict(dict)
    changes = LoggedEvent.objects.filter(session__in=[session.pk for session in sessions], kind="state_changed").order_by("position")
    for session_id, data in changes.values_list("session_id", "data"):
        found[session_id][data["turn"]] = (data["mood"], data["band"])
    return defaultdict(list, {session_id: list(turns.values()) for session_id, turns in found.items()})


def curve_points(moods: list[int]) -> list[tuple[float, float]]:
    """Where the moods stand in the small chart, from its left edge to its right; calm is at the bottom."""
    step = CURVE_WIDTH / max(1, len(moods) - 1)
    return [(index * step, CURVE_TOP + (5 - mood) * CURVE_STEP) for index, mood in enumerate(moods)]


# Trainer


def trainer_part(user: User) -> dict[str, Any]:
    """Role-plays under way, and readings that trainees say are wrong."""
    running = simulator.selectors.running_sessions(user)
    listed = list(running.defer("snapshot__document")[:LISTED])
    titles = courses.selectors.scenario_titles({session.snapshot.slug for session in listed})
    return {
        "running_count": running.count(),
        "running": [
            (session, titles.get(session.snapshot.slug, session.snapshot.slug), words.BANDS.get(session.band)) for session in listed
        ],
        "assignments_open": assignments_run_by(user).filter(withdrawn_at=None, due_on__gte=timezone.localdate()).count(),
        "reports_waiting": reading_reports.reports_visible_to(user).filter(state=ReadingReport.State.OPEN).count(),
    }


# HR and managers


def people_part(user: User) -> dict[str, Any]:
    """How many are certified, and whose certificate wants attention; the figures open the very rows they count."""
    active = Membership.objects.active().filter(role=Role.TRAINEE)
    trainees = access.people_visible_to(user).filter(pk__in=active.values("user"))
    states = certificate_states(trainees)
    counted = assessment.reports.counted(
        access.organisations_of(user, (Role.HR,)), since=timezone.localdate() - timedelta(days=FIGURES_OF_DAYS)
    )
    return {
        "trainees": trainees.count(),
        "certificate_states": states,
        "certified": states["valid"] + states["expiring"],
        "recent": assessment.reports.total(counted) if access.has_role(user, Role.HR) else None,
        "recent_days": FIGURES_OF_DAYS,
    }


def certificate_states(trainees: QuerySet[User]) -> Counter[str]:
    """How many of `trainees` have a certificate that is valid, expiring, expired, or none; counted as the list of people shows it."""
    today = timezone.localdate()
    active = Certificate.objects.filter(holder__in=trainees.values("pk"), state=Certificate.State.ACTIVE).order_by()
    end = Coalesce("valid_until", date.max)
    ends = active.values("holder").annotate(last=Max(end), first_that_holds=Min(end, filter=~Q(valid_until__lt=today)))
    states = Counter(people.state_of(first or last, today) for first, last in ends.values_list("first_that_holds", "last"))
    states["none"] = trainees.count() - states.total()
    return states


# Author


def author_part(user: User) -> dict[str, Any]:
    """What has been changed and not published yet."""
    pages = Page.objects.type(CoursePage, LessonPage).filter(has_unpublished_changes=True).order_by("-latest_revision_created_at")
    mine = set(courses_to_write(user).values_list("path", flat=True))
    drafts = [
        (page.title_here, reverse("wagtailadmin_pages:edit", args=[page.pk]), page.latest_revision_created_at)
        for page in pages.specific()
        if page.path[:COURSE_PATH] in mine
    ]
    scenarios = Scenario.objects.filter(has_unpublished_changes=True).defer("document").select_related("latest_revision")
    edit = "wagtailsnippets_simulator_scenario:edit"
    drafts += [(one.title, reverse(edit, args=[one.pk]), one.latest_revision and one.latest_revision.created_at) for one in scenarios]
    return {"drafts": drafts[:LISTED], "draft_count": len(drafts), "writes": True}


# Administrator


def admin_part(user: User) -> dict[str, Any]:
    """How many people there are, and who has not logged in with a password of their own yet."""
    theirs = people_services.people_administered_by(user)
    waiting = theirs.filter(is_active=True, must_change_password=True)
    return {"administered": theirs.filter(is_active=True).count(), "not_arrived": waiting[:LISTED], "not_arrived_count": waiting.count()}
