"""Assignments and classes with what they were worth: the pages of trainers that compose simulator and assessment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

import assessment.selectors
from lms.core.models import User
from simulator import class_selectors, words
from simulator.class_models import PRESENT_FOR
from simulator.class_pages import PROGRESS, level_of, shares_for_page, titles_of
from simulator.models import Sitting, SittingPerson


def scores_of(user: User, session_ids: Iterable[UUID]) -> dict[UUID, float]:
    """The scores of sessions as far as `user` may read them; one query."""
    found = assessment.selectors.results_visible_to(user).filter(session_id__in=list(session_ids)).order_by()
    return dict(found.values_list("session_id", "score"))


@login_required
def assignment(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Who has not started, who is under way, who is done and with what, who is late."""
    found = get_object_or_404(class_selectors.assignments_run_by(request.user).select_related("withdrawn_by"), pk=assignment_id)
    shares = shares_for_page(class_selectors.shares_of(found), timezone.localdate())
    scores = scores_of(request.user, (session.id for share in shares for session in share.assigned.played))
    rows = []
    for share in shares:
        reached = [(scores[session.id], session) for session in share.assigned.played if session.id in scores]
        best = max(reached, key=lambda one: one[0], default=None)
        shown = best[1] if best else share.session
        link = reverse("role_plays:debrief" if shown.finished_at else "role_plays:room", args=[shown.id]) if shown else ""
        rows.append({"share": share, "score": best[0] if best else None, "link": link})
    counts = Counter(share.progress for share in shares)
    context = {
        "assignment": found,
        "title": titles_of([found.scenario_slug])[found.scenario_slug],
        "level": level_of(found),
        "rows": rows,
        "counts": [(said, counts[code]) for code, said in PROGRESS.items()],
        "waiting": len(shares) - counts["done"],
    }
    return render(request, "simulator/classes/assignment.html", context)


@login_required
def sitting(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """A class, for each as they take part in it: the lobby, the rooms as tiles, and who came and how it went."""
    user = request.user
    found = get_object_or_404(class_selectors.sittings_visible_to(user), pk=sitting_id)
    runs = class_selectors.sittings_run_by(user).filter(pk=found.pk).exists()
    people = list(found.people.select_related("person").order_by("person__full_name", "pk"))
    now = timezone.now()
    for share in people:
        share.is_here = share.seen_at is not None and now - share.seen_at < PRESENT_FOR
    own = next((share for share in people if share.person_id == user.pk), None)
    watches = runs or (own is not None and own.seat == SittingPerson.Seat.OBSERVER)
    context = {
        "sitting": found,
        "title": titles_of([found.scenario_slug])[found.scenario_slug],
        "level": level_of(found),
        "runs": runs,
        "watches": watches,
        "plays": not watches,
        "people": people,
        "mine": found.sessions.filter(trainee=user).first(),
        "rows": attendance(user, found, people) if runs and found.state == Sitting.State.ENDED else [],
        "link": request.build_absolute_uri(reverse("role_plays:class", args=[found.pk])),
        "bands": words.BANDS.items(),
        "acts": words.ACTS.items(),
        "outcomes": words.OUTCOMES.items(),
    }
    return render(request, "simulator/classes/class.html", context)


def attendance(user: User, sitting: Sitting, people: Iterable[SittingPerson]) -> list[dict[str, Any]]:
    """Who came, and how it went for them; of an exam that is still going on there is no score yet."""
    sessions = {session.trainee_id: session for session in sitting.sessions.all()}
    scores = scores_of(user, (session.id for session in sessions.values()))
    rows = []
    for share in people:
        if share.seat != SittingPerson.Seat.TRAINEE:
            continue
        session = sessions.get(share.person_id)
        rows.append(
            {
                "share": share,
                "session": session,
                "outcome": words.OUTCOMES.get(session.outcome, "") if session else "",
                "score": scores.get(session.id) if session else None,
            }
        )
    return rows
