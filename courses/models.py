"""Courses and lessons as editors write them, and what each trainee has done in them.

A page holds both languages on one address: the fields without a suffix are Chinese, those with `_en` English; where the
English is missing a reader gets the Chinese.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList, PublishingPanel, TabbedInterface
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from courses import outline
from courses.authoring import CoursePermissionTester, OrganisationsForm
from courses.blocks import LessonBlocks

INTRO_FEATURES = ["bold", "italic", "ol", "ul"]


def english_first() -> bool:
    return (get_language() or "").startswith("en")


class Bilingual(models.Model):
    """A page with a title in both languages on one address."""

    title_en = models.CharField(_("title in English"), max_length=255, blank=True)

    preview_modes = [("zh-hans", "中文"), ("en", "English")]

    class Meta:
        abstract = True

    @property
    def title_here(self) -> str:
        """The title in the language of whoever is looking."""
        return self.title_en if english_first() and self.title_en else self.title

    @property
    def intro_here(self) -> str:
        return self.words("intro")

    def words(self, field: str) -> Any:
        """`field` in the language of whoever is looking, the Chinese one where there is no English."""
        return (english_first() and getattr(self, f"{field}_en")) or getattr(self, field)

    def permissions_for_user(self, user):
        return CoursePermissionTester(user, self)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The page as a trainee would see it, in one language, without anybody's progress."""
        with translation.override(mode_name or settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            request.is_preview = True
            response = self.show(request)
            return response.render() if hasattr(response, "render") else response

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        request.is_preview = False
        return self.show(request)

    def show(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError


class CourseIndexPage(Bilingual, Page):  # noqa: DJ008 - a page is called by its title
    """The list of courses, at /courses/."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.CoursePage"]

    content_panels = [FieldPanel("title"), FieldPanel("title_en")]
    settings_panels: list = []

    class Meta:
        verbose_name = _("list of courses")

    def show(self, request: HttpRequest) -> HttpResponse:
        from courses import views

        return views.course_list(request, self)


class CoursePage(Bilingual, Page):  # noqa: DJ008 - a page is called by its title
    """A course: lessons in order, and what it takes to complete them."""

    intro = RichTextField(_("introduction"), features=INTRO_FEATURES, blank=True)
    intro_en = RichTextField(_("introduction in English"), features=INTRO_FEATURES, blank=True)
    organisations = ParentalManyToManyField(
        "core.Organisation",
        blank=True,
        verbose_name=_("organisations"),
        help_text=_("People of these organisations, and of all below them, see the course. Without any, everybody does."),
    )
    in_order = models.BooleanField(
        _("lessons in order"),
        default=True,
        help_text=_("A lesson opens when the one before it has been read. Otherwise all are open at once."),
    )
    check_pass_percent = models.PositiveSmallIntegerField(
        _("share of check questions to get right, in percent"), default=80, validators=[MaxValueValidator(100)]
    )
    valid_months = models.PositiveSmallIntegerField(
        _("months the certificate is valid"), default=24, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    version = models.PositiveSmallIntegerField(
        _("version"), default=1, help_text=_("Printed on certificates. Raise it when the course changes in what it asks for.")
    )

    shipped = models.CharField(max_length=64, blank=True, editable=False, help_text=_("Fingerprint of the file this came from."))

    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.LessonPage"]
    base_form_class = OrganisationsForm

    edit_handler = TabbedInterface(
        [
            ObjectList([FieldPanel("title"), FieldPanel("intro")], heading="中文"),
            ObjectList([FieldPanel("title_en"), FieldPanel("intro_en")], heading="English"),
            ObjectList(
                [
                    FieldPanel("organisations"),
                    MultiFieldPanel([FieldPanel("in_order"), FieldPanel("check_pass_percent")], heading=_("To complete the course")),
                    MultiFieldPanel([FieldPanel("valid_months"), FieldPanel("version")], heading=_("Certificate")),
                    FieldPanel("slug"),
                    PublishingPanel(),
                ],
                heading=_("Settings"),
            ),
        ]
    )

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def show(self, request: HttpRequest) -> HttpResponse:
        from courses import views

        return views.course(request, self)


class LessonPage(Bilingual, Page):  # noqa: DJ008 - a page is called by its title
    """One lesson of five to ten minutes."""

    intro = models.TextField(_("what it is about, in a sentence"), max_length=300, blank=True)
    intro_en = models.TextField(_("what it is about, in English"), max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes it takes"), default=8, validators=[MinValueValidator(1), MaxValueValidator(120)])
    body = StreamField(LessonBlocks(), verbose_name=_("lesson"), blank=True)
    body_en = StreamField(LessonBlocks(), verbose_name=_("lesson in English"), blank=True)

    shipped = models.CharField(max_length=64, blank=True, editable=False, help_text=_("Fingerprint of the file this came from."))

    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []

    edit_handler = TabbedInterface(
        [
            ObjectList([FieldPanel("title"), FieldPanel("intro"), FieldPanel("body")], heading="中文"),
            ObjectList(
                [
                    HelpPanel(
                        content=_(
                            "Leave this tab empty and English readers get the Chinese lesson. Questions and role-plays are the same ones."
                        )
                    ),
                    FieldPanel("title_en"),
                    FieldPanel("intro_en"),
                    FieldPanel("body_en"),
                ],
                heading="English",
            ),
            ObjectList([FieldPanel("minutes"), FieldPanel("slug"), PublishingPanel()], heading=_("Settings")),
        ]
    )

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def show(self, request: HttpRequest) -> HttpResponse:
        from courses import views

        return views.lesson(request, self)

    def permissions_for_user(self, user):
        return CoursePermissionTester(user, self)

    def full_clean(self, *args, **kwargs) -> None:
        self.give_keys()
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        chinese, english = outline.outline(self.body.get_prep_value()), outline.outline(self.body_en.get_prep_value())
        if self.body_en and (wrong := outline.differences(chinese, english)):
            raise ValidationError({"body_en": [difference_in_words(what, key) for what, key in wrong]})

    def give_keys(self) -> None:
        """Give every question and role-play that has none a key, the same in both languages."""
        if not isinstance(self.body, str) and not isinstance(self.body_en, str):
            chinese = outline.with_keys(self.body.get_prep_value())
            english = outline.with_keys(self.body_en.get_prep_value(), chinese)
            self.body = self.body.stream_block.to_python(chinese)
            self.body_en = self.body_en.stream_block.to_python(english)


def difference_in_words(what: str, key: str) -> str:
    """What an author reads when the two languages of a lesson do not ask the same."""
    sentences = {
        "twice": _("The key “%(key)s” stands at two blocks. Clear it at one of them and save again."),
        "not_in_english": _("“%(key)s” stands in the Chinese lesson but not in the English one. Add it there, or leave the English empty."),
        "not_in_chinese": _("“%(key)s” stands in the English lesson but not in the Chinese one. Add it there too."),
        "other_answers": _("“%(key)s” does not have the same right answers in both languages. Keep the answers in the same order."),
        "other_role_play": _("“%(key)s” asks for another scenario, level or score in English than in Chinese."),
    }
    return sentences[what] % {"key": key}


class Enrolment(models.Model):
    """A person takes a course."""

    wagtail_reference_index_ignore = True

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments")
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="enrolments")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "course"], name="one_enrolment_per_person_and_course")]

    def __str__(self) -> str:
        return f"{self.user} · {self.course}"


class LessonVisit(models.Model):
    """A person opened a lesson and, some time, said that it is read."""

    wagtail_reference_index_ignore = True

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="visits")
    lesson = models.ForeignKey(LessonPage, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson"], name="one_visit_per_lesson")]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.lesson_id}"


class CheckAnswer(models.Model):
    """One answer to one check question. Every answer is kept, also a repeated one."""

    wagtail_reference_index_ignore = True

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="answers")
    lesson = models.ForeignKey(LessonPage, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64, help_text=_("Fingerprint of the question as it was asked."))
    language = models.CharField(max_length=10)
    choice = models.JSONField(help_text=_("Places of the chosen answers, from 0."))
    correct = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["enrolment", "lesson", "key"], name="answers_by_question")]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.key} · {'right' if self.correct else 'wrong'}"


class RolePlayResult(models.Model):
    """The score of a role-play that was opened from a lesson."""

    wagtail_reference_index_ignore = True

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="role_plays")
    lesson = models.ForeignKey(LessonPage, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    session_id = models.UUIDField()
    rubric_code = models.CharField(max_length=60)
    rubric_version = models.PositiveIntegerField()
    score = models.FloatField()
    passed = models.BooleanField(help_text=_("By the rubric. Whether it is enough for the lesson, the lesson says."))
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session_id", "rubric_code", "rubric_version"], name="one_role_play_result_per_rubric")
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.key} · {self.score:.0f}"


class Completion(models.Model):
    """A person met every condition of a course. A snapshot: the course may change afterwards."""

    wagtail_reference_index_ignore = True

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="completion")
    course_title_zh = models.CharField(max_length=255)
    course_title_en = models.CharField(max_length=255, blank=True)
    course_version = models.PositiveSmallIntegerField()
    valid_months = models.PositiveSmallIntegerField()
    score = models.FloatField()
    rubric_code = models.CharField(max_length=60, blank=True)
    rubric_version = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.completed_at:%Y-%m-%d}"
