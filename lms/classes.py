"""Assignments and classes with what they were worth: the pages of trainers that compose simulator and assessment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

import assessment.selectors
from lms.core.models import User
from simulator import class_selectors
from simulator.class_pages import PROGRESS, level_of, shares_for_page, titles_of


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
        "counts": [(words, counts[code]) for code, words in PROGRESS.items()],
        "waiting": len(shares) - counts["done"],
    }
    return render(request, "simulator/classes/assignment.html", context)
