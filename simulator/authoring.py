"""Editing a scenario in the CMS: titles, summary and every line in fields of their own, the rest as text (YAML).

What an author saves has been read by the engine first, so a draft can always be played; a mistake is named at the field
in which it stands. A role-play under way keeps the snapshot with which it began.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList, Panel, PublishingPanel, TabbedInterface
from wagtail.permission_policies import ModelPermissionPolicy

from lms.core import access
from simulator import nlu
from simulator.engine.customer import Customer, apply, open_role_play, respond
from simulator.engine.events import CustomerSaid, TraineeSaid
from simulator.engine.lines import BANDS, CUSTOMER_ACTS, LANGUAGES
from simulator.engine.scenario import FORMAT, ScenarioError, ScenarioErrors, parse
from simulator.models import Scenario

AUTHORS = (access.Role.AUTHOR, access.Role.ADMIN)
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}
# Bands that every act which a scenario must bring lines for should have.
USUAL_BANDS = ("uneasy", "angry")
# Parts of the document that the form keeps in fields of their own, or that never change by hand.
OWN_FIELDS = ("format", "slug", "version", "title", "summary", "lines")
SHORT_NAMES = {"zh-hans": "zh", "en": "en"}

# Who the customer of the sample conversation of a preview is, where a case draws its people.
SAMPLE_SEED = 1
# The words of a handler in it: polite, general, fit for any case.
SAMPLE_WORDS = {
    "zh-hans": (
        "您好，我是客服小陈。碰上这样的事，换了谁都会着急，真对不起。请您把经过跟我说说，好吗？",
        "我先把您的投诉记下来。请问这件事是什么时候发生的，涉及多少钱？",
        "我跟您核对一下，看看有没有记错。您最希望我们怎么解决？",
        "我马上移交有关部门去查，五个工作日内由我给您打电话说结果。",
    ),
    "en": (
        "Hello, my name is Chen from customer service. Anyone would be upset by that, and I am sorry. Would you tell me what happened?",
        "I am writing your complaint down now. When did it happen, and how much money is it about?",
        "Let me check that I have it right. What would you like us to do about it?",
        "I am passing this to the department now, and I will call you with the result within five working days.",
    ),
}


class AuthorsOnly(ModelPermissionPolicy):
    """Wagtail's permissions of the author group, for people who are authors today."""

    def user_has_permission(self, user, action):
        return super().user_has_permission(user, action) and (user.is_superuser or access.has_role(user, *AUTHORS))

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


class LinesField(forms.CharField):
    """Lines of the customer, one a row."""

    widget = forms.Textarea

    def __init__(self, lines: Iterable[str], language: str, **kwargs: Any) -> None:
        lines = list(lines)
        widget = forms.Textarea(attrs={"rows": max(2, len(lines) + 1), "lang": language})
        super().__init__(required=False, widget=widget, initial="\n".join(lines), **kwargs)

    def clean(self, value: str) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class LinesPlace:
    """Where lines stand: what the customer does, in which mood, in which language."""

    act: str
    band: str
    language: str

    @property
    def field(self) -> str:
        return f"lines__{self.act}__{self.band}__{self.language}"


def places_of(document: Mapping[str, Any]) -> list[LinesPlace]:
    """Every place that has lines, and those where a scenario is expected to have some, in the order of the format."""
    lines = document.get("lines") or {}
    places = []
    for act, about in CUSTOMER_ACTS.items():
        bands = set(lines.get(act) or {}) | (set(USUAL_BANDS) if about.own else set())
        places += [LinesPlace(act, band, language) for band in BANDS if band in bands for language in LANGUAGES]
    return places


class Readable(yaml.SafeDumper):
    """YAML as a person would write it: short lists on one line, nothing aliased."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_sequence(self, tag: str, sequence: Iterable[Any], flow_style: bool | None = None) -> yaml.Node:
        items = list(sequence)
        flat = all(not isinstance(item, list | dict) for item in items)
        return super().represent_sequence(tag, items, flow_style=flat or flow_style)


def as_yaml(document: Mapping[str, Any]) -> str:
    return yaml.dump(dict(document), Dumper=Readable, allow_unicode=True, sort_keys=False, default_flow_style=False, width=140)


def error_sentence(error: ScenarioError) -> str:
    """A mistake in words an author can act on."""
    values = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else value
        for name, value in error.params.items()
    }
    sentences = {
        "missing": _("This is missing; write it."),
        "not_a_map": _("Here a list of names and values is expected, one “name: value” a row."),
        "not_a_list": _("Here a list is expected."),
        "not_text": _("Here words are expected."),
        "not_a_number": _("Here a number is expected."),
        "unknown_key": _("This name is not known here."),
        "not_one_of": _("This value is not one of those that are possible here."),
        "unknown_customer_act": _("A customer cannot do this; the names are listed in the scenario format."),
        "unknown_format": _("This format number is not known."),
        "out_of_range": _("This number lies outside what makes sense."),
        "above_demand": _("The least they would take is more than what they ask for."),
        "bad_slug": _("Use small letters, digits and hyphens."),
        "bad_id": _("Use small letters, digits and underscores, beginning with a letter."),
        "reserved_name": _("This name is already used by the program; choose another one."),
        "bad_limit": _("Write a limit as “5 wd”, “2 h”, “30 min” or “now”."),
        "bad_pattern": _("This pattern between slashes is not a valid regular expression."),
        "bad_braces": _("Every { needs its }."),
        "unknown_slot": _("This slot in braces would stay empty."),
        "too_few_lines": _("Write at least two different lines."),
        "line_twice": _("This line stands here twice."),
        "gives_fact_away": _("“%(word)s” gives the fact “%(fact)s” away before anybody has asked. Use {%(fact)s} or other words."),
        "cannot_be_drawn": _("This cannot be drawn as it is written; the scenario format shows how."),
        "not_drawn": _("Nothing of this name is drawn under “draw:”."),
        "nothing_drawn_here": _("Title and summary are the same for everybody; write no <name> here."),
        "nothing_settles_it": _("Name at least one offer that can settle the demand."),
        "only_if_misremembered": _("Only a misremembered fact has something that is believed."),
    }
    sentence = sentences.get(error.code, error.code)
    if error.code == "gives_fact_away":
        return sentence % {"word": values.get("word", ""), "fact": values.get("fact", "")}
    details = "; ".join(f"{name}: {value}" for name, value in values.items())
    return f"{sentence} ({details})" if details else str(sentence)


class ScenarioForm(WagtailAdminModelForm):
    """A scenario as its author sees it; put together again to one document, which the engine reads before it is saved."""

    summary_zh = forms.CharField(label=gettext_lazy("Summary in Chinese"), widget=forms.Textarea(attrs={"rows": 2, "lang": "zh-hans"}))
    summary_en = forms.CharField(
        label=gettext_lazy("Summary in English"), widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}), required=False
    )
    rest = forms.CharField(
        label=gettext_lazy("Facts, demands, offers, record and the right answers"),
        widget=forms.Textarea(attrs={"rows": 40, "spellcheck": "false", "class": "scenario-yaml"}),
        help_text=gettext_lazy(
            "Written as YAML; the scenario format in the documentation explains every name. To add lines for another act or mood, "
            "write them here under “lines:”; after saving they have fields of their own."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = copy.deepcopy(self.instance.document or {})
        summary = self.document.get("summary") or {}
        self.initial.setdefault("summary_zh", summary.get("zh-hans", ""))
        self.initial.setdefault("summary_en", summary.get("en", ""))
        self.initial.setdefault("rest", as_yaml({name: value for name, value in self.document.items() if name not in OWN_FIELDS}))
        lines = self.document.get("lines") or {}
        self.places = places_of(self.document)
        for place in self.places:
            known = ((lines.get(place.act) or {}).get(place.band) or {}).get(place.language) or []
            self.fields[place.field] = LinesField(known, place.language, label=LANGUAGE_NAMES[place.language])
        if "slug" in self.fields and self.instance.pk and self.document:
            self.fields["slug"].disabled = self.instance.live_version > 0

    @property
    def fields_in_panels(self) -> set[str]:
        return {"summary_zh", "summary_en", "rest", *(place.field for place in self.places)}

    @cached_property
    def line_groups(self) -> list[dict[str, Any]]:
        """The fields for lines, by what the customer does, for the panel that shows them."""
        groups: dict[str, dict[str, Any]] = {}
        for place in self.places:
            about = CUSTOMER_ACTS[place.act]
            group = groups.setdefault(
                place.act, {"act": place.act, "when": _(about.when), "slots": about.slots, "bands": {}, "wrong": False}
            )
            bound = self[place.field]
            group["bands"].setdefault(place.band, []).append(bound)
            group["wrong"] = group["wrong"] or bool(bound.errors)
        return list(groups.values())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rest = self._rest(cleaned.get("rest") or "")
        if rest is None:
            return cleaned
        document = {
            "format": self.document.get("format", FORMAT),
            "slug": cleaned.get("slug") or self.instance.slug,
            "version": self.document.get("version", 1),
            "title": _languages(cleaned.get("title_zh"), cleaned.get("title_en")),
            "summary": _languages(cleaned.get("summary_zh"), cleaned.get("summary_en")),
            **{name: value for name, value in rest.items() if name not in OWN_FIELDS},
            "lines": self._lines(cleaned, rest.get("lines") or {}),
        }
        try:
            parse(document)
        except ScenarioErrors as errors:
            for error in errors.errors:
                field, sentence = self._place(error)
                self.add_error(field, sentence)
        self.instance.document = document
        return cleaned

    def _rest(self, text: str) -> dict[str, Any] | None:
        try:
            rest = yaml.safe_load(text) or {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = _("Row %(row)s: ") % {"row": mark.line + 1} if mark else ""
            self.add_error("rest", where + str(getattr(error, "problem", None) or _("This cannot be read as YAML.")))
            return None
        if not isinstance(rest, dict):
            self.add_error("rest", _("Here a list of names and values is expected, one “name: value” a row."))
            return None
        return json.loads(json.dumps(rest, default=str))  # dates and numbers as keys become text, as they will be stored

    def _lines(self, cleaned: Mapping[str, Any], added: Any) -> dict[str, Any]:
        """The lines of the fields, and those newly written under `lines:`."""
        lines: dict[str, Any] = copy.deepcopy(added) if isinstance(added, dict) else {}
        for place in self.places:
            written = cleaned.get(place.field) or []
            if written:
                lines.setdefault(place.act, {}).setdefault(place.band, {})[place.language] = written
        return lines

    def _place(self, error: ScenarioError) -> tuple[str | None, ValidationError]:
        """The field a mistake belongs to, and the sentence to write there."""
        parts = error.path.split(".")
        if parts[0] == "lines" and len(parts) > 1:
            field = "__".join(["lines", *parts[1:4]])
            if len(parts) < 4 or parts[3].partition("[")[0] not in LANGUAGES:
                field = next((place.field for place in self.places if parts[1:3] == [place.act, place.band][: len(parts[1:3])]), "rest")
            elif "[" in field:
                field = field.partition("[")[0]
            if field in self.fields:
                return field, ValidationError(error_sentence(error))
        if parts[0] in ("title", "summary") and len(parts) > 1 and parts[1] in SHORT_NAMES:
            return f"{parts[0]}_{SHORT_NAMES[parts[1]]}", ValidationError(error_sentence(error))
        if parts[0] == "slug" and "slug" in self.fields:
            return "slug", ValidationError(error_sentence(error))
        return "rest", ValidationError(f"{error.path}: {error_sentence(error)}")


def _languages(chinese: str | None, english: str | None) -> dict[str, str]:
    return {language: text for language, text in (("zh-hans", chinese), ("en", english)) if text}


class FormFieldsPanel(Panel):
    """Fields that the form has and the model has not."""

    def __init__(self, names: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names = tuple(names)

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "names": self.names}

    class BoundPanel(Panel.BoundPanel):
        template_name = "simulator/authoring/fields_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            context["bound_fields"] = [self.form[name] for name in self.panel.names]
            return context


class LinesPanel(Panel):
    """What the customer says, a section for each thing a customer can do."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "simulator/authoring/lines_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            context["groups"] = self.form.line_groups
            return context


class ScenarioTabs(TabbedInterface):
    """The tabs of the form. Wagtail adds, at the end, every field that no panel has claimed; ours stand in the panels above."""

    class BoundPanel(TabbedInterface.BoundPanel):
        def render_missing_fields(self) -> SafeString:
            claimed = {*self.panel.get_form_options().get("fields", []), *self.form.fields_in_panels}
            return format_html_join("", "{}", ((self.form[name],) for name in self.form.fields if name not in claimed))


def edit_handler() -> TabbedInterface:
    return ScenarioTabs(
        [
            ObjectList(
                [
                    FieldPanel("slug"),
                    FieldPanel("title_zh"),
                    FieldPanel("title_en"),
                    FormFieldsPanel(["summary_zh", "summary_en"], heading=gettext_lazy("Summary")),
                ],
                heading=gettext_lazy("The case"),
            ),
            ObjectList([LinesPanel(heading=gettext_lazy("Lines"))], heading=gettext_lazy("What the customer says")),
            ObjectList([FormFieldsPanel(["rest"], heading=gettext_lazy("Everything else"))], heading=gettext_lazy("Facts and answers")),
            ObjectList([PublishingPanel()], heading=gettext_lazy("Publishing")),
        ],
        base_form_class=ScenarioForm,
    )


@dataclass(frozen=True, slots=True)
class SampleLine:
    speaker: str
    text: str


def sample_conversation(scenario: Scenario, language: str, *, level: int = 2, seed: int = SAMPLE_SEED) -> list[SampleLine]:
    """A few turns played with this scenario by the engine itself, so that an author hears how the lines sound."""
    case = parse(scenario.document)
    customer = Customer.new(case, language, level, seed)
    said: list[SampleLine] = []
    happened = open_role_play(case, language=language, level=level, seed=seed)
    for words in (*SAMPLE_WORDS[language], None):
        for event in happened:
            customer = apply(customer, event)
            if isinstance(event, CustomerSaid):
                said.append(SampleLine("customer", event.text))
        if words is None or customer.ended:
            break
        said.append(SampleLine("handler", words))
        before = next((line.text for line in reversed(said) if line.speaker == "customer"), "")
        happened = respond(customer, TraineeSaid(words), nlu.read(words, nlu.Context(customer=before), language))
    return said


def lines_by_act(document: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """All lines of one language, for reading through them."""
    lines = document.get("lines") or {}
    return [
        {
            "act": act,
            "when": _(about.when),
            "bands": [(band, found) for band in BANDS if (found := (lines[act].get(band) or {}).get(language))],
        }
        for act, about in CUSTOMER_ACTS.items()
        if act in lines
    ]
