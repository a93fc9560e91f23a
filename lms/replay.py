"""The replay of a finished role-play: line by line as it was said, beside the customer's mood."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.core.answers import not_understood
from lms.debrief import curve_for_page
from simulator import scheduling, words
from simulator.branches import branch, sessions_to_branch
from simulator.class_forms import CommentForm
from simulator.engine import readings
from simulator.engine.events import CustomerSaid, Overlapped, StateChanged, TraineeSaid
from simulator.errors import SimulatorError
from simulator.log import Logged
from simulator.models import Session
from simulator.selectors import events_of, sessions_trained_by, sessions_visible_to
from simulator.services import is_withheld

LONGEST_PAUSE_MS = 15_000
"""Longer pauses are shortened: nobody learns from waiting for a waiting room."""


@login_required
def replay(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The conversation again, at 1× or 4× or step by step, for its trainee and for trainers; it reads as a page without a script too."""
    found = sessions_visible_to(request.user).select_related("snapshot", "trainee", "sitting", "organisation")
    session = get_object_or_404(found, id=session_id)
    document = session.snapshot.document
    title = document["title"].get(request.LANGUAGE_CODE) or document["title"][session.language]
    if session.state == Session.State.OPEN:
        return render(request, "simulator/debrief_open.html", {"session": session, "title": title})
    if is_withheld(session):
        return render(request, "simulator/debrief_withheld.html", {"session": session, "title": title})
    entries = events_of(session)
    moods = readings.mood_curve(entry.event for entry in entries)
    context = {
        "session": session,
        "title": title,
        "level": words.LEVELS[session.level],
        "outcome": words.OUTCOMES.get(session.outcome, ""),
        "steps": steps_of(entries),
        "curve": curve_for_page([(turn, mood, band) for turn, mood, band, _anger in moods if turn]),
        "may_branch": sessions_to_branch(request.user).filter(pk=session.pk).exists(),
    }
    return render(request, "simulator/replay.html", context)


def steps_of(entries: Iterable[Logged]) -> list[dict[str, Any]]:
    """What was said, in the order in which it was seen: who, what, how long after the line before, and the mood by then."""
    said: list[dict[str, Any]] = []
    burst: list[dict[str, Any]] = []
    turn, band = 0, ""
    for entry in entries:
        match entry.event:
            case StateChanged(band=band):
                pass
            case TraineeSaid(text):
                turn, burst = turn + 1, []
                said.append(_step("trainee", text, entry.at, turn, band))
            case CustomerSaid(text, due_ms=due_ms):
                burst.append(_step("customer", text, entry.at + timedelta(milliseconds=due_ms), turn, band))
                said.append(burst[-1])
            case Overlapped(_, dropped) if dropped:
                said = said[:-dropped]
    for before, step in zip([None, *said], said, strict=False):
        gap = (step["at"] - before["at"]).total_seconds() * 1000 if before else 0
        step["wait"] = round(min(max(gap, 0), LONGEST_PAUSE_MS))
        step["first_of_turn"] = step["who"] == "trainee"
    return said


def _step(who: str, text: str, at: datetime, turn: int, band: str) -> dict[str, Any]:
    return {"who": who, "text": text, "at": at, "turn": turn, "band": band, "band_words": words.BANDS.get(band, "")}


@login_required
@require_POST
def start_what_if(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A copy from before a turn, to be played on otherwise by whoever starts it."""
    original = get_object_or_404(sessions_to_branch(request.user).select_related("snapshot", "sitting", "organisation"), id=session_id)
    if is_withheld(original):
        return not_understood(request, _("This exam is still going on for others."))
    turn = request.POST.get("turn", "")
    try:
        copy = branch(request.user, original, int(turn) if turn.isascii() and turn.isdigit() and len(turn) < 6 else 0)
    except SimulatorError:
        return not_understood(request, _("The conversation has no such turn."))
    return redirect("role_plays:room", copy.id)


@login_required
@require_POST
def comment(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A trainer's remark in the debrief."""
    session = get_object_or_404(sessions_trained_by(request.user).filter(state=Session.State.FINISHED), id=session_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return not_understood(request, " ".join(error for errors in form.errors.values() for error in errors))
    turn = form.cleaned_data["turn"]
    if turn is not None and turn > session.turns:
        return not_understood(request, _("The conversation has no such turn."))
    scheduling.comment(request.user, session, form.cleaned_data["text"], turn)
    messages.success(request, _("Your comment stands in the debrief."))
    return redirect("role_plays:debrief", session.id)
