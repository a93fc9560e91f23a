"""Pages around the rooms, for trainers: assign a case, plan a class and hold it. What shows scores stands in `lms.classes`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from lms.core.answers import not_understood
from lms.core.models import Organisation, User
from simulator import class_selectors, scheduling
from simulator.class_forms import AssignmentForm, ExtendForm, ReasonForm, SittingForm
from simulator.class_pages import level_of, sittings_for_page, titles_of
from simulator.errors import SimulatorError
from simulator.models import Session, Sitting
from simulator.selectors import scenarios_on_offer, sessions_trained_by

PAGE_SIZE = 20
NOT_BEGUN = {
    "finished": gettext_lazy("This exam has been sat, or its day is over. It cannot be begun again."),
    "not_found": gettext_lazy("This case is not on offer any more. Ask your trainer."),
    "not_allowed": gettext_lazy("You belong to no organisation yet, so a role-play cannot be kept for you. Ask an administrator."),
}


NOT_STARTED = {
    "finished": gettext_lazy("This class has been started already, or called off."),
    "not_found": gettext_lazy("This case is not on offer any more. Plan the class with another one."),
}


def organisations_for_page(user: User) -> list[Organisation]:
    """The organisations `user` trains, from the top down; nobody else has anything to do here."""
    found = list(class_selectors.organisations_trained_by(user).order_by("path"))
    if not found:
        raise PermissionDenied
    top = min(organisation.depth for organisation in found)
    for organisation in found:
        organisation.indented = "\u3000" * (organisation.depth - top) + organisation.name
    return found


def chosen_organisation(request: HttpRequest, organisations: list[Organisation]) -> Organisation:
    """The one the page is about: named in the query or the form, else the first."""
    named = request.POST.get("organisation") or request.GET.get("organisation") or ""
    return next((organisation for organisation in organisations if str(organisation.pk) == named), organisations[0])


@login_required
def assignments(request: HttpRequest) -> HttpResponse:
    """What has been assigned in the organisations one is a trainer of, the latest due first."""
    organisations_for_page(request.user)
    found = class_selectors.with_counts(class_selectors.assignments_run_by(request.user))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    titles = titles_of([assignment.scenario_slug for assignment in page])
    for assignment in page:
        assignment.title, assignment.level_words = titles[assignment.scenario_slug], level_of(assignment)
    return render(request, "simulator/classes/assignments.html", {"page": page, "today": timezone.localdate()})


@login_required
def assign(request: HttpRequest) -> HttpResponse:
    """Assign a case to a department or to some of its people."""
    organisations = organisations_for_page(request.user)
    organisation = chosen_organisation(request, organisations)
    data = request.POST if request.method == "POST" else None
    initial = {"scenario": request.GET.get("scenario", "")}
    form = AssignmentForm(data, organisation=organisation, scenarios=scenarios_on_offer(), initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        assignment = scheduling.assign(
            request.user,
            form.chosen(),
            organisation=organisation,
            scenario_slug=wanted["scenario"],
            level=wanted["level"],
            language=wanted["language"],
            mode=wanted["mode"],
            due_on=wanted["due_on"],
        )
        messages.success(request, _("Assigned. It stands on the start pages of these people now."))
        return redirect("role_plays:assignment", assignment.pk)
    context: dict[str, Any] = {"form": form, "organisations": organisations, "organisation": organisation}
    return render(request, "simulator/classes/assign.html", context, status=400 if form.errors else 200)


@login_required
def withdraw(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Take an assignment back, with a reason."""
    assignment = get_object_or_404(class_selectors.assignments_run_by(request.user), pk=assignment_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        scheduling.withdraw(request.user, assignment, form.cleaned_data["reason"])
        messages.success(request, _("Withdrawn. What has been played stays."))
        return redirect("role_plays:assignment", assignment.pk)
    title = titles_of([assignment.scenario_slug])[assignment.scenario_slug]
    context = {"assignment": assignment, "form": form, "title": title}
    return render(request, "simulator/classes/withdraw.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def remind(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Put a reminder on the pages of everybody who has not finished."""
    running = class_selectors.assignments_run_by(request.user).filter(withdrawn_at=None)
    assignment = get_object_or_404(running, pk=assignment_id)
    reminded = scheduling.remind(request.user, assignment)
    said = ngettext("%(number)s person is reminded on their pages.", "%(number)s people are reminded on their pages.", reminded)
    messages.success(request, said % {"number": reminded})
    return redirect("role_plays:assignment", assignment.pk)


@login_required
@require_POST
def begin_assigned(request: HttpRequest, share_id: int) -> HttpResponse:
    """Into the room of what has been assigned to oneself."""
    share = get_object_or_404(class_selectors.assigned_to(request.user), pk=share_id)
    try:
        session = scheduling.begin_assigned(request.user, share)
    except SimulatorError as error:
        return not_understood(request, str(NOT_BEGUN.get(error.code, NOT_BEGUN["finished"])))
    return redirect("role_plays:room", session.id)


# --- classes


@login_required
def classes(request: HttpRequest) -> HttpResponse:
    """The classes of the organisations one is a trainer of, the latest first."""
    organisations_for_page(request.user)
    found = class_selectors.with_attendance(class_selectors.sittings_run_by(request.user))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    sittings_for_page(page)
    return render(request, "simulator/classes/classes.html", {"page": page})


@login_required
def schedule(request: HttpRequest) -> HttpResponse:
    """Plan a class for a department or some of its people."""
    organisations = organisations_for_page(request.user)
    organisation = chosen_organisation(request, organisations)
    data = request.POST if request.method == "POST" else None
    next_hour = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    form = SittingForm(data, organisation=organisation, scenarios=scenarios_on_offer(), initial={"planned_for": next_hour})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        sitting = scheduling.schedule(
            request.user,
            form.chosen(),
            wanted["observers"],
            organisation=organisation,
            scenario_slug=wanted["scenario"],
            level=wanted["level"],
            language=wanted["language"],
            mode=wanted["mode"],
            planned_for=wanted["planned_for"],
            minutes=wanted["minutes"],
            open_to_all=wanted["open_to_all"],
        )
        messages.success(request, _("Planned. Send the link of this page to the people."))
        return redirect("role_plays:class", sitting.pk)
    context: dict[str, Any] = {"form": form, "organisations": organisations, "organisation": organisation}
    return render(request, "simulator/classes/schedule.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def start_class(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Open the rooms of everybody who has arrived, all at once."""
    sitting = get_object_or_404(class_selectors.sittings_run_by(request.user), pk=sitting_id)
    try:
        scheduling.start(request.user, sitting)
    except SimulatorError as error:
        return not_understood(request, str(NOT_STARTED[error.code]))
    return redirect("role_plays:class", sitting.pk)


@login_required
def cancel_class(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Call off a class that has not begun, with a reason."""
    waiting = class_selectors.sittings_run_by(request.user).filter(state=Sitting.State.SCHEDULED)
    sitting = get_object_or_404(waiting, pk=sitting_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        scheduling.cancel(request.user, sitting, form.cleaned_data["reason"])
        return redirect("role_plays:class", sitting.pk)
    context = {"sitting": sitting, "form": form, "title": titles_of([sitting.scenario_slug])[sitting.scenario_slug]}
    return render(request, "simulator/classes/cancel.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def end_class(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """End a class, and the conversations that are still going on in it."""
    sitting = get_object_or_404(class_selectors.sittings_run_by(request.user), pk=sitting_id)
    scheduling.end(request.user, sitting)
    return redirect("role_plays:class", sitting.pk)


@login_required
@require_POST
def extend_class(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """More time for everybody in a class."""
    running_now = class_selectors.sittings_run_by(request.user).filter(state=Sitting.State.RUNNING, ends_at__isnull=False)
    sitting = get_object_or_404(running_now, pk=sitting_id)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return not_understood(request, _("Choose 5, 10 or 15 minutes."))
    scheduling.extend(request.user, list(sitting.sessions.filter(state=Session.State.OPEN)), form.cleaned_data["minutes"], sitting)
    messages.success(request, _("More time has been given."))
    return redirect("role_plays:class", sitting.pk)


@login_required
@require_POST
def extend(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """More time for one conversation."""
    under_way = sessions_trained_by(request.user).filter(state=Session.State.OPEN, ends_at__isnull=False)
    session = get_object_or_404(under_way, pk=session_id)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return not_understood(request, _("Choose 5, 10 or 15 minutes."))
    scheduling.extend(request.user, [session], form.cleaned_data["minutes"])
    messages.success(request, _("More time has been given."))
    return redirect("role_plays:room", session.id)


@login_required
@require_POST
def enter_class(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Into one's own room of a class that is running, also for who comes late."""
    sitting = get_object_or_404(class_selectors.sittings_of(request.user), pk=sitting_id)
    scheduling.enter_lobby(request.user, sitting)
    try:
        session = scheduling.enter_room(request.user, sitting)
    except SimulatorError:
        return redirect("role_plays:class", sitting.pk)
    return redirect("role_plays:room", session.id)
