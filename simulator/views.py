"""Pages of the role-plays: choose, confirm the data notice, talk, watch, and decide on reported readings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Case as SqlCase
from django.db.models import When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from lms.core import audit
from lms.core.access import Role, bank_of, has_role, home_organisation
from lms.core.answers import not_understood, way_back
from lms.core.models import User
from simulator import console_words, desk_words, reading_reports, services, words
from simulator.class_pages import ahead_of
from simulator.engine.scenario import Scenario as Case
from simulator.errors import SimulatorError
from simulator.forms import DEFAULT_LEVEL, OpenRolePlay
from simulator.live import case_of
from simulator.models import Participant, Session
from simulator.rewording.service import speaks
from simulator.selectors import (
    observers_of,
    running_sessions,
    scenarios_on_offer,
    seat_of,
    sessions_known_to,
    sessions_played_by,
    sessions_trained_by,
    sessions_visible_to,
    trainers_who_see,
)

PAGE_SIZE = 20
NOTE_LENGTH = 500
NOT_OPENED = {
    "not_allowed": gettext_lazy("You belong to no organisation yet, so a role-play cannot be kept for you. Ask an administrator."),
    "not_found": gettext_lazy("This scenario is not open for practice."),
}


@login_required
def role_plays(request: HttpRequest) -> HttpResponse:
    """Choose a case, go on with an open one, look back at a finished one. A POST opens a role-play and leads into its room."""
    scenarios = list(scenarios_on_offer())
    form = OpenRolePlay(request.POST if request.method == "POST" else None, scenarios=scenarios, preferred_language=request.LANGUAGE_CODE)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            session = services.open_session_now(
                request.user,
                wanted["scenario"],
                language=wanted["language"],
                level=wanted["level"],
                seed=wanted["seed"],
                context_key=wanted["context_key"],
                whole_case=wanted["whole_case"],
            )
        except SimulatorError as error:
            form.add_error(None, NOT_OPENED.get(error.code, NOT_OPENED["not_found"]))
        else:
            return redirect("role_plays:room", session.id)
    played = sessions_played_by(request.user).select_related("snapshot", "sitting")
    finished = Paginator(played.exclude(state=Session.State.OPEN).order_by("-finished_at"), PAGE_SIZE).get_page(request.GET.get("page"))
    open_sessions = [_described(session, request) for session in played.filter(state=Session.State.OPEN).order_by("-started_at")]
    for session in finished:
        _described(session, request)
        session.can_try_again = session.snapshot.slug in form.by_slug
    due, coming = ahead_of(request.user, timezone.localdate())
    context = {
        "form": form,
        "coming": coming,
        "due": due,
        "scenarios": [_card(scenario, request) for scenario in scenarios],
        "levels": words.LEVELS.items(),
        "open_sessions": open_sessions,
        "finished_sessions": finished,
        "watches": has_role(request.user, Role.TRAINER),
    }
    return render(request, "simulator/list.html", context, status=400 if form.errors else 200)


@login_required
def notice(request: HttpRequest) -> HttpResponse:
    """What is stored, who may see it, how long and what for; confirmed once per version of the text."""
    target = way_back(request, request.POST.get("next") or request.GET.get("next") or "", reverse("role_plays:list"))
    if request.method == "POST":
        with transaction.atomic():
            User.objects.filter(pk=request.user.pk).update(
                data_notice_version=settings.DATA_NOTICE_VERSION, data_notice_confirmed_at=timezone.now()
            )
            audit.record(request.user, "data_notice_confirmed", request.user, version=settings.DATA_NOTICE_VERSION)
        return HttpResponseRedirect(target)
    organisation = home_organisation(request.user)
    context = {
        "next": target,
        "retention_months": bank_of(organisation).retention_months if organisation else None,
        "seen_by": trainers_who_see(organisation) if organisation else [],
    }
    return render(request, "simulator/notice.html", context)


@login_required
def room(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The room of one role-play: its trainee writes, a trainer who opens it watches and is named to the trainee."""
    session = get_object_or_404(
        sessions_known_to(request.user).select_related("snapshot", "trainee", "organisation", "sitting"), id=session_id
    )
    if session.state == Session.State.ARCHIVED:
        return redirect("role_plays:debrief", session.id)
    playing = session.trainee_id == request.user.pk
    if playing and not request.user.knows_data_notice:
        return redirect(f"{reverse('role_plays:notice')}?next={request.path}")
    document, case = session.snapshot.document, case_of(session)
    seat = seat_of(request.user, session)
    context = {
        "session": session,
        "seat": seat,
        "practice": session.mode == Session.Mode.PRACTICE,
        "title": _said(document["title"], request.LANGUAGE_CODE),
        "situation": _said(document.get("summary", {}), request.LANGUAGE_CODE),
        "level": _level(session),
        "record": _record(case, session.language),
        "desk": desk_words.desk_for_page(case, session.language),
        "seen_by": [*trainers_who_see(session.organisation), *observers_of(session)],
        "may_extend": bool(session.ends_at and not playing and sessions_trained_by(request.user).filter(pk=session.pk).exists()),
        "model_speaks": speaks(),
        "outcomes": words.OUTCOMES.items(),
        "bands": words.BANDS.items(),
        "acts": words.ACTS.items(),
    }
    if seat == Participant.Seat.TRAINER:
        context["console"] = console_words.console_for_page(case, session.language)
    return render(request, "simulator/room.html", context)


@login_required
def running(request: HttpRequest) -> HttpResponse:
    """The open role-plays of the organisations one is a trainer of."""
    _trainers_only(request.user)
    sessions = [_described(session, request) for session in running_sessions(request.user)]
    for session in sessions:
        session.mood_words = words.BANDS.get(session.band or "", "")
    return render(
        request,
        "simulator/running.html",
        {"sessions": sessions, "bands": words.BANDS.items(), "acts": words.ACTS.items(), "outcomes": words.OUTCOMES.items()},
    )


@login_required
@require_POST
def report(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """“This reading is wrong”: goes to the trainers of the organisation."""
    session = get_object_or_404(sessions_visible_to(request.user), id=session_id)
    try:
        position, start, end = (int(request.POST.get(name, "")) for name in ("position", "start", "end"))
    except ValueError:
        return not_understood(request, _("These words cannot be found in the conversation."))
    reported = reading_reports.report_reading(
        request.user,
        session,
        position=position,
        start=start,
        end=end,
        act=request.POST.get("act", ""),
        note=request.POST.get("note", "").strip()[:NOTE_LENGTH],
    )
    if reported is None:
        return not_understood(request, _("These words cannot be found in the conversation."))
    messages.success(request, _("Thank you. A trainer will look at it."))
    return redirect(f"{reverse('role_plays:debrief', args=[session.id])}#turn-{reading_reports.turn_at(session, position)}")


@login_required
def reports(request: HttpRequest) -> HttpResponse:
    """Readings that trainees say are wrong, open ones first."""
    _trainers_only(request.user)
    ordered = reading_reports.reports_visible_to(request.user).order_by(SqlCase(When(state="open", then=0), default=1), "-id")
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page"))
    texts = reading_reports.texts_of(page)
    for item in page:
        text = texts.get((item.session_id, item.position), "")
        item.words = {"before": text[: item.start], "marked": text[item.start : item.end], "after": text[item.end :]}
        item.act_words = words.act_words(item.act)
        item.instead_words = words.act_words(item.decision) if item.decision in words.ACTS else ""
    choices = [(name, said) for name, said in words.ACTS.items()]
    return render(request, "simulator/reports.html", {"reports": page, "choices": choices, "no_act": reading_reports.NO_ACT})


@login_required
@require_POST
def decide(request: HttpRequest, report_id: int) -> HttpResponse:
    """A trainer accepts or rejects a reported reading."""
    reported = get_object_or_404(reading_reports.reports_visible_to(request.user), id=report_id)
    decision = request.POST.get("decision")
    if decision not in ("accepted", "rejected"):
        return not_understood(request, _("Say whether it was misread or read rightly."))
    instead = request.POST.get("instead", "")
    if instead not in ("", reading_reports.NO_ACT) and instead not in words.ACTS:
        return not_understood(request, _("Choose the right reading from the list."))
    reading_reports.decide_report(request.user, reported, accepted=decision == "accepted", instead=instead)
    return redirect("role_plays:reports")


@login_required
def export_reports(request: HttpRequest) -> HttpResponse:
    """The accepted corrections as JSON Lines, one candidate for the corpus a line."""
    _trainers_only(request.user)
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in reading_reports.corpus_candidates(request.user))
    response = HttpResponse(lines, content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="corrected-readings.jsonl"'
    return response


def _trainers_only(user: User) -> None:
    if not has_role(user, Role.TRAINER):
        raise PermissionDenied


def _level(session: Session) -> str:
    """How hard the customer is. Before an exam is over, no page says so."""
    hidden = session.mode == Session.Mode.EXAM and (session.state == Session.State.OPEN or services.is_withheld(session))
    return _("Exam") if hidden else words.LEVELS[session.level]


def _said(texts: Mapping[str, str], language: str) -> str:
    """The text in the language of the page; in the first there is where it was not written in that one."""
    return texts.get(language) or next(iter(texts.values()), "")


def _described(session: Session, request: HttpRequest) -> Session:
    """The session with the words that a list shows of it."""
    session.title = _said(session.snapshot.document["title"], request.LANGUAGE_CODE)
    session.level_words = _level(session)
    session.language_name = words.LANGUAGES[session.language]
    session.outcome_words = words.OUTCOMES.get(session.outcome, "")
    return session


def _card(scenario: Any, request: HttpRequest) -> dict[str, Any]:
    document = scenario.document
    spoken = [(code, words.LANGUAGES[code]) for code in document["languages"]]
    return {
        "slug": scenario.slug,
        "title": _said(document["title"], request.LANGUAGE_CODE),
        "summary": _said(document.get("summary", {}), request.LANGUAGE_CODE),
        "languages": spoken,
        "language": request.LANGUAGE_CODE,
        "level": DEFAULT_LEVEL,
    }


def _record(case: Case, language: str) -> list[dict[str, Any]]:
    """The parts of the bank's screen, as the trainee may look them up; entries between bars stand on lines of their own."""
    return [
        {"code": section.id, "title": _said(section.title, language), "entries": re.split(r"\s*[｜|]\s*", _said(section.text, language))}
        for section in case.record.values()
    ]
