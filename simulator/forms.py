"""What a person may ask for when a role-play is opened."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from simulator.models import Scenario
from simulator.words import LANGUAGES


class OpenRolePlay(forms.Form):
    """Which case, how hard, in which language. A seed may be named in practice; without one the customer is a fresh one.

    With `whole_case` the session is over when the case is handed in, else with the conversation.
    """

    scenario = forms.ChoiceField(
        error_messages={"invalid_choice": _("This scenario is not open for practice."), "required": _("Choose a scenario.")}
    )
    level = forms.IntegerField(
        min_value=1,
        max_value=5,
        required=False,
        error_messages={"min_value": _("Levels run from 1 to 5."), "max_value": _("Levels run from 1 to 5.")},
    )
    language = forms.ChoiceField(choices=list(LANGUAGES.items()), required=False)
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    context_key = forms.CharField(max_length=120, required=False)
    whole_case = forms.BooleanField(required=False)

    def __init__(self, data=None, *, scenarios: Iterable[Scenario], preferred_language: str) -> None:
        super().__init__(data)
        self.by_slug = {scenario.slug: scenario for scenario in scenarios}
        self.preferred_language = preferred_language
        self.fields["scenario"].choices = [(slug, slug) for slug in self.by_slug]

    def clean(self):
        cleaned = super().clean()
        scenario = self.by_slug.get(cleaned.get("scenario", ""))
        if scenario is None:
            return cleaned
        spoken = scenario.document["languages"]
        if not cleaned.get("language"):
            cleaned["language"] = self.preferred_language if self.preferred_language in spoken else spoken[0]
        elif cleaned["language"] not in spoken:
            self.add_error("language", _("The customer of this scenario does not speak that language."))
        cleaned["level"] = cleaned.get("level") or DEFAULT_LEVEL
        return cleaned


DEFAULT_LEVEL = 2
