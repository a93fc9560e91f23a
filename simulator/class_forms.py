"""What a trainer may ask for when they assign a case or plan a class."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.core.models import Organisation, User
from simulator import words
from simulator.class_models import LONGEST_MINUTES, Mode
from simulator.class_selectors import members_of, trainees_of
from simulator.models import Scenario
from simulator.scheduling import LONGEST_COMMENT

MOST_LISTED = 500
"""Of a larger organisation no list of names is shown; everybody in it can still be chosen, or a department below it."""
EVERYBODY, PICKED = "everybody", "picked"
LONGEST_REASON = 255


class TaskForm(forms.Form):
    """Who plays what, and how."""

    scenario = forms.ChoiceField(label=_("Case"), error_messages={"required": _("Choose a case.")})
    who = forms.ChoiceField(label=_("For whom"), widget=forms.RadioSelect, choices=[(EVERYBODY, ""), (PICKED, _("Only these people:"))])
    people = forms.MultipleChoiceField(
        label=_("People"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Somebody you ticked is not a trainee of this department any more.")},
    )
    mode = forms.ChoiceField(
        label=_("Practice or exam"),
        choices=Mode.choices,
        help_text=_("In an exam the level is drawn by chance, mood and hints are hidden, and it is sat once."),
    )
    level = forms.TypedChoiceField(
        label=_("Level"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", _("By the schedule: drawn when it opens")), *words.LEVELS.items()],
    )
    language = forms.ChoiceField(
        label=_("Language of the customer"), required=False, choices=[("", _("Each person's own")), *words.LANGUAGES.items()]
    )

    def __init__(self, data: Any = None, *, organisation: Organisation, scenarios: Iterable[Scenario], **more: Any) -> None:
        super().__init__(data, **more)
        self.organisation = organisation
        self.by_slug = {scenario.slug: scenario for scenario in scenarios}
        self.trainees = trainees_of(organisation)
        self.number_of_trainees = self.trainees.count()
        self.listed = {str(person.pk): person for person in self.trainees} if self.number_of_trainees <= MOST_LISTED else {}
        self.can_pick = self.number_of_trainees <= MOST_LISTED
        self.fields["scenario"].choices = [(slug, scenario.title) for slug, scenario in self.by_slug.items()]
        self.fields["people"].choices = [(pk, _named(person)) for pk, person in self.listed.items()]
        everybody = _("All %(number)s trainees of %(organisation)s") % {
            "number": self.number_of_trainees,
            "organisation": organisation.name,
        }
        self.fields["who"].choices = [(EVERYBODY, everybody), *([(PICKED, _("Only these people:"))] if self.can_pick else [])]
        self.fields["who"].initial = EVERYBODY

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        scenario = self.by_slug.get(wanted.get("scenario", ""))
        if scenario and wanted.get("language") and wanted["language"] not in scenario.document["languages"]:
            self.add_error("language", _("The customer of this scenario does not speak that language."))
        if wanted.get("who") == PICKED and not wanted.get("people") and "people" not in self.errors:
            self.add_error("people", _("Tick at least one person."))
        if wanted.get("who") == EVERYBODY and not self.number_of_trainees:
            self.add_error("who", _("There are no trainees in this department."))
        return wanted

    def chosen(self) -> list[User]:
        if self.cleaned_data["who"] == EVERYBODY:
            return list(self.trainees)
        return [self.listed[pk] for pk in self.cleaned_data["people"]]


def _named(person: User) -> str:
    return f"{person} · {person.employee_number}" if person.employee_number else str(person)


class AssignmentForm(TaskForm):
    due_on = forms.DateField(
        label=_("Due on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if not timezone.localdate() <= day <= timezone.localdate() + timedelta(days=730):
            raise forms.ValidationError(_("Choose a day from today on, within two years."))
        return day


class SittingForm(TaskForm):
    planned_for = forms.DateTimeField(
        label=_("Begins at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("You start it yourself, when everybody is there."),
        error_messages={"required": _("Choose day and time."), "invalid": _("Choose day and time.")},
    )
    minutes = forms.IntegerField(
        label=_("Time limit in minutes"),
        required=False,
        min_value=1,
        max_value=LONGEST_MINUTES,
        initial=20,
        help_text=_("Empty: no limit. An exam needs one."),
    )
    open_to_all = forms.BooleanField(
        label=_("Every trainee of this department may come in with the link"), required=False, help_text=_("Nobody else can, link or not.")
    )
    observers = forms.CharField(
        label=_("Observers"),
        required=False,
        max_length=400,
        help_text=_(
            "Login names, with spaces between them. They watch every room of this class and cannot write. You need not name trainers."
        ),
    )

    def clean_planned_for(self) -> Any:
        moment = self.cleaned_data["planned_for"]
        if not timezone.now() - timedelta(days=1) <= moment <= timezone.now() + timedelta(days=730):
            raise forms.ValidationError(_("Choose a time from today on, within two years."))
        return moment

    def clean_observers(self) -> list[User]:
        names = self.cleaned_data["observers"].replace(",", " ").replace("，", " ").split()
        found = {person.username: person for person in members_of(self.organisation).filter(username__in=names)}
        missing = [name for name in names if name not in found]
        if missing:
            raise forms.ValidationError(_("Nobody of your bank has the login name %(name)s."), params={"name": missing[0]})
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        if wanted.get("mode") == Mode.EXAM and not wanted.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("An exam needs a time limit."))
        return wanted


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, error_messages={"required": _("Say why.")})


class ExtendForm(forms.Form):
    minutes = forms.TypedChoiceField(coerce=int, choices=[(5, "5"), (10, "10"), (15, "15")])


class CommentForm(forms.Form):
    text = forms.CharField(
        max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": _("Write something first.")}
    )
    turn = forms.IntegerField(required=False, min_value=1, max_value=10000)
