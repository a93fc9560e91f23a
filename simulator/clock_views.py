"""The clocks of a case in the room, as a part of its page that is fetched again whenever they may have changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from simulator import drill_time
from simulator import limit_words as words
from simulator.case import drill
from simulator.case.limits import NOTIFIED, Clock, governing, latest_moment, next_due
from simulator.limit_views import clock_row, day_of
from simulator.live import load
from simulator.models import Session
from simulator.selectors import sessions_known_to


@login_required
def clocks(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What runs by the trainee's own classification, the first that is open on top. The trainee may act on it while the session lasts."""
    session = get_object_or_404(sessions_known_to(request.user).exclude(state=Session.State.ARCHIVED), id=session_id)
    one = load(session.id)
    calendar, sets = drill_time.case_calendar(), drill_time.rule_sets()
    case = drill.case_as_classified(one.drill, one.scenario)
    found = drill.running(one.drill, case, sets, calendar)
    shown = [clock for clock in found if clock.limit.kind == "limit"]
    first = next_due([clock for clock in shown if not clock.is_in_contact or clock.due_at is None], one.drill.happened)
    now = calendar.local(one.drill.now)
    latest, result = latest_moment(found), governing(found)
    context: dict[str, Any] = {
        "day": now.date(),
        "time": f"{now:%H:%M}",
        "acts": session.trainee_id == request.user.pk and not one.finished,
        "may_move": not one.desk.talking,
        "rows": [
            {**clock_row(clock, calendar, found), "state": _state(clock, one.drill), "first": clock is first}
            for clock in sorted(shown, key=lambda clock: clock is not first)
        ],
        "may_extend": result is not None and NOTIFIED not in one.drill.happened,
        "latest": day_of(latest, calendar) if latest else None,
        "extended": [
            {"until": extension.until, "reason": extension.reason, "approver": words.APPROVERS[extension.approver]}
            for extension in one.drill.extensions
        ],
        "approvers": words.APPROVERS.items(),
        "major": "major" in case.flags and "emergency_started" not in one.drill.happened,
        "cross": "cross_department" in case.flags and "plan_approved" not in one.drill.happened,
        "may_report": NOTIFIED not in one.drill.happened,
        "steps": [(step, words.STEPS[step]) for step in drill.STEPS],
    }
    return render(request, "simulator/partials/clocks.html", context)


def _state(clock: Clock, story: drill.Drill) -> str:
    """kept, late (done after its end), missed, waiting (has not begun) or open."""
    done = story.happened.get(clock.stop)
    if clock.start_at is None:
        return "waiting"
    if clock.limit.repeats:
        done = None  # told again and again: the clock that runs is the next one
    if clock.due_at is None:
        return "kept" if done else "open"
    if done:
        return "kept" if done <= clock.due_at else "late"
    return "missed" if story.now > clock.due_at else "open"
