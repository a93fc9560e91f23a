"""What a lesson is made of: the vocabulary that authors put together in the CMS."""

from __future__ import annotations

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.utils import ErrorList
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from courses.facts import validate_fact_ids

# A key stays with a question or role-play for good: progress is kept under it, in both languages.
valid_key = RegexValidator(r"^[a-z0-9-]{1,40}$", _("Use small letters, digits and hyphens, for example “q1”."))


def published_scenarios() -> list[tuple[str, object]]:
    """Slug and name of every scenario that trainees can play now."""
    scenarios = apps.get_model("simulator", "Scenario").objects.filter(live=True).order_by("slug")
    return [
        (slug, format_lazy("{zh} · {en} ({slug})", zh=zh, en=en, slug=slug))
        for slug, zh, en in scenarios.values_list("slug", "title_zh", "title_en")
    ]


class ScenarioBlock(blocks.FieldBlock):
    """A scenario by its slug, chosen among the published ones. Reading a lesson does not ask which those are."""

    def __init__(self, *, required: bool = True, help_text: str | None = None, **kwargs) -> None:
        self.field = forms.ChoiceField(required=required, help_text=help_text, choices=published_scenarios)
        super().__init__(**kwargs)


def key_field() -> blocks.CharBlock:
    return blocks.CharBlock(
        required=False,
        label=_("Key"),
        validators=[valid_key],
        help_text=_("Filled in by itself. The same question has the same key in both languages; what people have done is kept under it."),
    )


def fact_ids_field(*, required: bool = False) -> blocks.CharBlock:
    return blocks.CharBlock(
        required=required,
        label=_("Facts"),
        validators=[validate_fact_ids],
        help_text=_("Ids of the facts this rests on, separated by commas, for example S2.1.8-1, T-03."),
    )


class RuleBlock(blocks.StructBlock):
    fact_id = fact_ids_field(required=True)
    rule = blocks.CharBlock(label=_("Rule"))
    limit = blocks.CharBlock(required=False, label=_("Limit"), help_text=_("A time limit or number, if the rule has one."))

    class Meta:
        label = _("Rule")


class RuleTable(blocks.StructValue):
    @property
    def has_limits(self) -> bool:
        """Whether any rule names a limit; a column of dashes would only take room."""
        return any(row.get("limit") for row in self["rows"])


class RuleTableBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("Caption"))
    rows = blocks.ListBlock(RuleBlock(), min_num=1, label=_("Rules"))

    class Meta:
        icon = "table"
        label = _("Rule table")
        value_class = RuleTable
        template = "courses/blocks/rule_table.html"


class LineBlock(blocks.StructBlock):
    speaker = blocks.ChoiceBlock(choices=[("customer", _("Customer")), ("handler", _("Handler"))], label=_("Speaker"))
    line = blocks.TextBlock(rows=2, label=_("Line"))
    note = blocks.CharBlock(required=False, label=_("What the line does"))

    class Meta:
        label = _("Line")


class DialogueBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"))
    lines = blocks.ListBlock(LineBlock(), min_num=2, label=_("Lines"))

    class Meta:
        icon = "openquote"
        label = _("Dialogue example")
        template = "courses/blocks/dialogue.html"


class DoDontBlock(blocks.StructBlock):
    dont = blocks.TextBlock(rows=2, label=_("Rather not"))
    do = blocks.TextBlock(rows=2, label=_("Better"))
    reason = blocks.TextBlock(rows=2, label=_("Why"))
    fact_ids = fact_ids_field()

    class Meta:
        icon = "clipboard-list"
        label = _("Do and don't")
        template = "courses/blocks/do_dont.html"


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(max_length=400, label=_("Answer"))
    right = blocks.BooleanBlock(required=False, label=_("This answer is right"))
    feedback = blocks.CharBlock(required=False, max_length=600, label=_("What a person who chose it reads"))

    class Meta:
        label = _("Answer")


class CheckBlock(blocks.StructBlock):
    """A question with immediate feedback."""

    key = key_field()
    kind = blocks.ChoiceBlock(
        choices=[("single", _("One answer is right")), ("multiple", _("Several answers may be right"))], default="single", label=_("Kind")
    )
    question = blocks.TextBlock(rows=2, label=_("Question"))
    options = blocks.ListBlock(OptionBlock(), min_num=2, max_num=8, label=_("Answers"))
    explanation = blocks.TextBlock(required=False, rows=2, label=_("What everybody reads after answering"))
    fact_ids = fact_ids_field()

    class Meta:
        icon = "help"
        label = _("Check question")

    def clean(self, value):
        value = super().clean(value)
        right = sum(1 for option in value["options"] if option["right"])
        if value["kind"] == "single" and right != 1:
            message = _("Mark exactly one answer as right, or choose “Several answers may be right”.")
            raise StructBlockValidationError(non_block_errors=ErrorList([ValidationError(message)]))
        if right == 0:
            raise StructBlockValidationError(non_block_errors=ErrorList([ValidationError(_("Mark at least one answer as right."))]))
        return value


class RolePlayBlock(blocks.StructBlock):
    """A way into a role-play; its result counts for the lesson."""

    key = key_field()
    scenario = ScenarioBlock(label=_("Scenario"))
    level = blocks.IntegerBlock(min_value=1, max_value=5, default=1, label=_("Level"), help_text=_("From 1 (patient) to 5 (very angry)."))
    pass_score = blocks.IntegerBlock(min_value=0, max_value=100, default=60, label=_("Score to pass"))
    brief = blocks.TextBlock(required=False, rows=2, label=_("What to watch for"))

    class Meta:
        icon = "group"
        label = _("Role-play")


class LessonBlocks(blocks.StreamBlock):
    text = blocks.RichTextBlock(
        features=["h2", "h3", "bold", "italic", "ol", "ul", "hr"], label=_("Text"), template="courses/blocks/text.html"
    )
    rule_table = RuleTableBlock()
    dialogue = DialogueBlock()
    do_dont = DoDontBlock()
    check = CheckBlock()
    role_play = RolePlayBlock()
