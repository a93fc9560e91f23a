"""What a trainer arranges for others: assignments, classes that play at the same time, and remarks in a debrief.

None of them is part of a role-play's log. A session points at the assignment or class it was opened for.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.core.models import Organisation

LONGEST_MINUTES = 180


class Mode(models.TextChoices):
    PRACTICE = "practice", _("Practice")
    EXAM = "exam", _("Exam")


class Task(models.Model):
    """Which case is to be played, and how. Without a level it is drawn when the role-play opens; without a language it is each
    person's own."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("people of"))
    scenario_slug = models.SlugField(max_length=60)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.PRACTICE)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class Assignment(Task):
    """A case that people are to play by a day."""

    due_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_because = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["-due_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__isnull=True) | Q(level__gte=1, level__lte=5), name="assigned_level_is_1_to_5"),
            models.CheckConstraint(condition=~Q(mode="exam") | Q(level__isnull=True), name="level_of_an_assigned_exam_is_drawn"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_because=""), name="assignment_is_withdrawn_with_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-due_on"], name="assignment_by_organisation")]

    def __str__(self) -> str:
        return f"{self.scenario_slug} · {self.due_on}"


class Assigned(models.Model):
    """One person's share of an assignment."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assigned")
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assignment", "person"], name="assigned_once_to_a_person")]

    def __str__(self) -> str:
        return f"{self.assignment} · {self.person}"


class Sitting(Task):
    """A class: people who begin the same case at the same moment, each in a room of their own.

    Level and seed are drawn when it starts and are the same for everybody. They stay out of every page, message and export of an
    exam until the sitting has ended.
    """

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    planned_for = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    open_to_all = models.BooleanField(default=False, help_text=_("Every trainee of the organisation may come in, not only who is listed."))
    state = models.CharField(max_length=10, choices=State.choices, default=State.SCHEDULED)
    snapshot = models.ForeignKey("simulator.ScenarioSnapshot", on_delete=models.PROTECT, null=True, related_name="+")
    drawn_level = models.PositiveSmallIntegerField(null=True)
    drawn_seed = models.PositiveIntegerField(null=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_because = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["-planned_for"]
        constraints = [
            models.CheckConstraint(condition=Q(level__isnull=True) | Q(level__gte=1, level__lte=5), name="sitting_level_is_1_to_5"),
            models.CheckConstraint(
                condition=~Q(mode="exam") | Q(level__isnull=True, minutes__isnull=False), name="exam_sitting_is_drawn_and_limited"
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1, minutes__lte=LONGEST_MINUTES), name="sitting_lasts_1_to_180_minutes"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False, drawn_level__isnull=False, drawn_seed__isnull=False),
                name="running_sitting_has_been_drawn",
            ),
            models.CheckConstraint(condition=~Q(state="ended") | Q(ended_at__isnull=False), name="ended_sitting_says_when"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("created_at")), name="sitting_ends_after_it_is_made"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-planned_for"], name="sitting_by_organisation"),
            models.Index(fields=["ends_at"], name="sitting_by_end", condition=Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_slug} · {self.planned_for:%Y-%m-%d %H:%M}"


PRESENT_FOR = timedelta(seconds=15)
"""Whoever has been heard of within this time is there."""


class SittingPerson(models.Model):
    """Somebody who plays in a class, or watches it. `arrived_at` is the attendance, `seen_at` the last sign of life in the lobby."""

    class Seat(models.TextChoices):
        TRAINEE = "trainee", _("Trainee")
        OBSERVER = "observer", _("Observer")

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sittings")
    seat = models.CharField(max_length=10, choices=Seat.choices, default=Seat.TRAINEE)
    arrived_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "person"], name="once_in_a_sitting")]

    def __str__(self) -> str:
        return f"{self.sitting} · {self.person}"


class Comment(models.Model):
    """What a trainer says about a finished role-play, to its trainee. It goes when the conversation goes."""

    session = models.ForeignKey("simulator.Session", on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    turn = models.PositiveIntegerField(null=True, blank=True, help_text=_("The turn it is about; empty: the whole conversation."))
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]

    def __str__(self) -> str:
        return f"{self.session_id} · {self.by}"
