"""The pages of an administrator: add a person, change roles, reset a password, close an account. The work is in `people_services`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms import people_services as services
from lms.core import access
from lms.core.models import Membership, Organisation, User
from lms.people_services import PeopleError

Role = Membership.Role
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]


def refusal(error: PeopleError) -> str:
    """What an administrator reads when something was refused."""
    sentences = {
        "not_yours": _("You do not administer this organisation."),
        "role_held": _("This person already holds this role there. End it first, or choose a later day."),
        "own_administration": _("You cannot end your own administration. Another administrator can."),
        "ends_before_it_starts": _("The last day lies before the day on which the role begins."),
        "own_password": _("Change your own password on your account page."),
        "own_account": _("You cannot close your own account. Another administrator can."),
        "no_reason": _("Give a reason; it is kept in the audit log."),
    }
    return sentences[error.code]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class Details(forms.Form):
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=80)
    employee_number = forms.CharField(label=gettext_lazy("Employee number"), max_length=40, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the pages"), choices=LANGUAGES, initial=settings.LANGUAGE_CODE)


class Place(forms.Form):
    """Where somebody works, and for whom."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("Department"), empty_label="–")
    manager = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Manager"), required=False, empty_label=gettext_lazy("nobody in particular")
    )

    def __init__(self, *args: Any, administrator: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = services.organisations_administered_by(administrator)
        managers = Membership.objects.active().filter(role=Role.MANAGER, organisation__in=mine)
        self.fields["organisation"].queryset = mine.order_by("path")
        self.fields["organisation"].label_from_instance = lambda one: "\u3000" * (one.depth - 1) + one.name
        self.fields["manager"].queryset = User.objects.filter(pk__in=managers.values("user")).order_by("full_name", "pk")


class NewPerson(Place, Details):
    username = forms.CharField(
        label=gettext_lazy("Login name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=gettext_lazy("Letters, digits and @ . + - _ only. It cannot be changed later."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), choices=Role.choices, initial=[Role.TRAINEE], widget=forms.CheckboxSelectMultiple
    )
    field_order = ["full_name", "username", "employee_number", "organisation", "manager", "roles", "language"]

    def clean_username(self) -> str:
        username = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This login name is taken. Choose another one."))
        return username


class NewRole(Place):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    starts_on = forms.DateField(label=gettext_lazy("From"), initial=timezone.localdate, widget=DayInput())
    field_order = ["role", "organisation", "starts_on", "manager"]


class LastDay(forms.Form):
    last_day = forms.DateField(initial=timezone.localdate, widget=DayInput())

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"id_{membership.pk}_%s", **kwargs)
        words = _("Last day as %(role)s in %(organisation)s") % {
            "role": membership.get_role_display(),
            "organisation": membership.organisation.name,
        }
        self.fields["last_day"].widget.attrs.update({"aria-label": words, "min": membership.starts_on.isoformat()})


class Reason(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=255, help_text=gettext_lazy("Kept in the audit log with your name and the time.")
    )


def administrators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For everybody else the page does not exist."""

    @login_required
    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.has_role(request.user, Role.ADMIN):
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def person_or_404(request: HttpRequest, person_id: int) -> User:
    return get_object_or_404(services.people_administered_by(request.user), pk=person_id)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a person. The answer to the form shows the first password, once; no address leads back to it."""
    form = NewPerson(request.POST or None, administrator=request.user)
    if request.method == "POST" and form.is_valid():
        person, password = services.create_person(request.user, **form.cleaned_data)
        return render(request, "people/password.html", {"person": person, "password": password, "is_new": True})
    return render(request, "people/new.html", {"form": form})


def _edit_page(request: HttpRequest, person: User, *, status: int = 200, **forms_with_errors: forms.Form) -> HttpResponse:
    memberships = person.memberships.select_related("organisation", "manager").order_by("-starts_on", "-pk")
    known = {"full_name": person.full_name, "employee_number": person.employee_number}
    context = {
        "person": person,
        "today": timezone.localdate(),
        "is_self": person.pk == request.user.pk,
        "roles_held": [(one, LastDay(membership=one)) for one in memberships],
        "details": Details(initial={**known, "language": person.language or settings.LANGUAGE_CODE}),
        "new_role": NewRole(administrator=request.user),
        **forms_with_errors,
    }
    return render(request, "people/edit.html", context, status=status)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, person_id: int) -> HttpResponse:
    """A person's details, roles and login; POST changes the details, the rest has addresses of its own."""
    person = person_or_404(request, person_id)
    if request.method != "POST":
        return _edit_page(request, person)
    form = Details(request.POST)
    if not form.is_valid():
        return _edit_page(request, person, details=form)
    services.change_details(request.user, person, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("people:edit", person.pk)


@administrators_only
@require_POST
def add_role(request: HttpRequest, person_id: int) -> HttpResponse:
    person = person_or_404(request, person_id)
    form = NewRole(request.POST, administrator=request.user)
    if form.is_valid():
        try:
            services.add_role(request.user, person, **form.cleaned_data)
        except PeopleError as error:
            form.add_error(None, refusal(error))
        else:
            messages.success(request, _("The role has been added."))
            return redirect("people:edit", person.pk)
    return _edit_page(request, person, new_role=form)


@administrators_only
@require_POST
def end_role(request: HttpRequest, person_id: int, membership_id: int) -> HttpResponse:
    person = person_or_404(request, person_id)
    membership = get_object_or_404(person.memberships.select_related("organisation", "user"), pk=membership_id)
    form = LastDay(request.POST, membership=membership)
    if not form.is_valid():
        messages.error(request, _("Choose the last day of the role."))
        return redirect("people:edit", person.pk)
    try:
        services.end_role(request.user, membership, **form.cleaned_data)
    except PeopleError as error:
        messages.error(request, refusal(error))
    else:
        messages.success(request, _("The role has a last day now."))
    return redirect("people:edit", person.pk)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, person_id: int) -> HttpResponse:
    """Ask first; then show a new password, once."""
    person = person_or_404(request, person_id)
    if request.method == "POST":
        try:
            password = services.reset_password(request.user, person)
        except PeopleError as error:
            messages.error(request, refusal(error))
            return redirect("people:edit", person.pk)
        return render(request, "people/password.html", {"person": person, "password": password, "is_new": False})
    return render(request, "people/reset.html", {"person": person})


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request: HttpRequest, person_id: int) -> HttpResponse:
    """Close the account of a person, or open it again, with a reason."""
    person = person_or_404(request, person_id)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        change = services.deactivate if person.is_active else services.reactivate
        try:
            change(request.user, person, **form.cleaned_data)
        except PeopleError as error:
            form.add_error(None, refusal(error))
        else:
            messages.success(request, _("The account is open again.") if not person.is_active else _("The account has been closed."))
            return redirect("people:edit", person.pk)
    return render(request, "people/deactivate.html", {"person": person, "form": form})
