"""Rubrics, and the results that were made with them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Rubric(models.Model):
    """One version of a rubric. Its document never changes; a change is a new version, and old results keep theirs."""

    code = models.SlugField(_("code"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"))
    document = models.JSONField(_("document"))
    active = models.BooleanField(_("in use"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_rubric_per_version"),
            models.UniqueConstraint(fields=["code"], condition=Q(active=True), name="one_active_version_per_rubric"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class Result(models.Model):
    """What one session was worth by one rubric. It outlives the transcript: nothing here points into the session's log but numbers,
    and the words it quotes go when the conversation does.

    `organisation` is the trainee's department on that day: people move, the statistic of the day does not.
    """

    session_id = models.UUIDField()
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="results")
    trainee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="results")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="results")
    scenario_slug = models.CharField(max_length=120)
    scenario_version = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=20)
    outcome = models.CharField(max_length=30, blank=True)
    context_key = models.CharField(max_length=120, blank=True)
    turns = models.PositiveIntegerField(default=0)
    assisted = models.BooleanField(default=False)
    score = models.FloatField(_("score"))
    passed = models.BooleanField(_("passed"))
    criteria = models.JSONField(default=list)
    red_lines = models.JSONField(default=list)
    uncapped = models.FloatField()
    counts = models.BooleanField(
        default=True, help_text=_("The result of the day counts; one made later with another rubric stands beside it.")
    )
    started_at = models.DateTimeField()
    recorded_at = models.DateTimeField(_("recorded"))
    words_deleted_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the trainee's words went from its evidence, together with the conversation.")
    )

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["session_id", "rubric"], name="one_result_per_session_and_rubric"),
            models.UniqueConstraint(fields=["session_id"], condition=Q(counts=True), name="one_result_that_counts_per_session"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="score_from_0_to_100"),
        ]
        indexes = [
            models.Index(fields=["trainee", "-recorded_at"], name="result_by_trainee"),
            models.Index(fields=["organisation", "recorded_at", "score", "passed"], name="result_by_department"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_slug} {self.score:g} ({self.recorded_at:%Y-%m-%d})"
