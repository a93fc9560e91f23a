"""The page on which an administrator sees and extends the tree of their bank. The work is in `organisation_services`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lms import organisation_services as services
from lms.core.models import Organisation
from lms.organisation_services import OrganisationError
from lms.people_admin import administrators_only
from lms.people_services import organisations_administered_by

Kind = Organisation.Kind


def refusal(error: OrganisationError) -> tuple[str, str]:
    """The field that was refused, and what an administrator reads beside it."""
    return {
        "name_taken": ("name_zh", _("There is one of this name in the same place already. Choose another name.")),
        "under_a_department": ("above", _("A department has nothing below it. Choose the bank or a branch.")),
    }[error.code]


class Names(forms.Form):
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)


class NewOrganisation(Names):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(kind.value, kind.label) for kind in (Kind.DEPARTMENT, Kind.BRANCH)],
    )
    above = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("Belongs to"), empty_label=None)
    field_order = ["kind", "above", "name_zh", "name_en"]

    def __init__(self, *args: Any, above: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["above"].queryset = above
        self.fields["above"].label_from_instance = lambda one: "\u3000" * (one.depth - 1) + one.name


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request: HttpRequest) -> HttpResponse:
    """The bank, its branches and departments; POST adds one."""
    mine = organisations_administered_by(request.user)
    form = NewOrganisation(request.POST or None, above=mine.exclude(kind=Kind.DEPARTMENT).order_by("path"))
    if request.method == "POST" and form.is_valid():
        try:
            added = services.add_organisation(request.user, **form.cleaned_data)
        except OrganisationError as error:
            form.add_error(*refusal(error))
        else:
            messages.success(request, _("%(name)s has been added. People can be put there now.") % {"name": added.name})
            return redirect("people:organisations")
    context = {"organisations": services.with_people(mine), "form": form}
    return render(request, "people/organisations.html", context, status=400 if form.errors else 200)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Give one of them another name."""
    organisation = get_object_or_404(organisations_administered_by(request.user), pk=organisation_id)
    form = Names(request.POST or None, initial={"name_zh": organisation.name_zh, "name_en": organisation.name_en})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_organisation(request.user, organisation, **form.cleaned_data)
        except OrganisationError as error:
            form.add_error(*refusal(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("people:organisations")
    return render(request, "people/organisation.html", {"organisation": organisation, "form": form}, status=400 if form.errors else 200)
