"""Scenarios as authors keep them, sessions as people play them, and the log of what happened in them.

A *session* is the work of one trainee or team on one case, from the first word to the archive; a *contact* is one
conversation in it. Everything that happens is one row of `LoggedEvent`. Only `simulator.log` writes that table.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from lms.core.models import Organisation
from simulator.class_models import Assigned, Assignment, Comment, Sitting, SittingPerson

__all__ = [
    "Assigned", "Assignment", "Comment", "Contact", "LoggedEvent", "Participant", "ReadingReport", "Scenario", "ScenarioSnapshot",
    "Session", "Sitting", "SittingPerson",
]  # fmt: skip


class Scenario(PreviewableMixin, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model):
    """A case as its author keeps it: drafts, versions and all. `document` is the whole case (`docs/scenario-format.md`)."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    title_zh = models.CharField(_("title in Chinese"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    document = models.JSONField(_("case"), default=dict)
    live_version = models.PositiveIntegerField(
        _("published version"), default=0, editable=False, help_text=_("Goes up by one with every change that is published.")
    )
    shipped_version = models.PositiveIntegerField(
        _("version of the shipped file"), default=0, editable=False, help_text=_("0 where the case was written here.")
    )

    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="scenario",
        for_concrete_model=False,
    )
    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="scenario")

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Count the published versions: a live document that differs from the one that was live is the next one."""
        fields = kwargs.get("update_fields")
        if self.live and (fields is None or "document" in fields):
            before = type(self).objects.filter(pk=self.pk, live=True).values_list("document", "live_version").first()
            if before is None:
                self.live_version = max(self.live_version, 1)
            else:
                self.live_version = before[1] + 1 if before[0] != self.document else before[1]
            if fields is not None:
                kwargs["update_fields"] = {*fields, "live_version"}
        super().save(*args, **kwargs)

    @property
    def title(self) -> str:
        """The title in the language of whoever is looking; the Chinese one where there is no other."""
        if (get_language() or "").startswith("en") and self.title_en:
            return self.title_en
        return self.title_zh

    @property
    def revisions(self) -> GenericRelation:
        return self._revisions

    def with_content_json(self, content: dict[str, Any]) -> Scenario:
        """A draft never sets the counters back to what they were when it was begun."""
        drafted = super().with_content_json(content)
        drafted.live_version = self.live_version
        drafted.shipped_version = self.shipped_version
        return drafted

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "simulator/scenario_preview.html"


class ScenarioSnapshot(models.Model):
    """One published wording of a scenario, word for word. Sessions point here, so that an edit never reaches a role-play under way."""

    sha256 = models.CharField(max_length=64, unique=True)
    slug = models.SlugField(max_length=60, db_index=True)
    version = models.PositiveIntegerField()
    document = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"


class Session(models.Model):
    """The work of one trainee or team on one case. Its state columns are written with the events they follow from.

    An archived one has lost its conversation (`simulator.retention`): this row is what statistics need of it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        FINISHED = "finished", _("Finished")
        ARCHIVED = "archived", _("Archived")

    class Mode(models.TextChoices):
        PRACTICE = "practice", _("Practice")
        EXAM = "exam", _("Exam")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    trainee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_plays")
    snapshot = models.ForeignKey(ScenarioSnapshot, on_delete=models.PROTECT, related_name="sessions")
    language = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField()
    seed = models.PositiveIntegerField()
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.PRACTICE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=30, blank=True)
    context_key = models.CharField(max_length=120, blank=True, help_text=_("Who opened the session; handed back unread at its end."))
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, help_text=_("When the conversation was deleted and only this row stayed."))
    last_position = models.PositiveIntegerField(default=0)
    turns = models.PositiveIntegerField(default=0)
    engine_version = models.CharField(max_length=40, blank=True)
    reader_version = models.CharField(max_length=40, blank=True)
    assisted = models.BooleanField(default=False, help_text=_("A trainer helped while it was played."))
    ends_at = models.DateTimeField(null=True, blank=True, help_text=_("When the time limit ends the conversation; empty: it has none."))
    assigned = models.ForeignKey(Assigned, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions")
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    branched_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="branches")
    branched_position = models.PositiveIntegerField(
        default=0, help_text=_("In a “what if”: up to this position the log is that of the original. Such a session counts nowhere.")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="session_level_is_1_to_5"),
            models.CheckConstraint(
                condition=Q(state="open", finished_at__isnull=True) | (~Q(state="open") & Q(finished_at__isnull=False)),
                name="session_has_an_end_when_it_is_not_open",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")), name="session_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state="archived", archived_at__isnull=False) | (~Q(state="archived") & Q(archived_at__isnull=True)),
                name="session_says_when_it_was_archived",
            ),
            models.CheckConstraint(
                condition=Q(branched_from__isnull=True, branched_position=0) | Q(branched_from__isnull=False, branched_position__gt=0),
                name="what_if_says_where_it_begins",
            ),
            models.CheckConstraint(condition=Q(branched_from__isnull=True) | Q(mode="practice"), name="what_if_is_practice"),
            models.UniqueConstraint(
                fields=["sitting", "trainee"], condition=Q(sitting__isnull=False), name="one_session_a_person_in_a_sitting"
            ),
        ]
        indexes = [
            models.Index(fields=["trainee", "-started_at"], name="session_by_trainee"),
            models.Index(fields=["organisation", "state", "-started_at"], name="session_by_organisation"),
            models.Index(fields=["context_key"], name="session_by_context", condition=~Q(context_key="")),
            models.Index(fields=["ends_at"], name="session_by_end", condition=Q(state="open", ends_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot.slug} · {self.trainee}"


class Participant(models.Model):
    """Somebody's seat in a session, for a time. `team_role` names the part played in a team drill."""

    class Seat(models.TextChoices):
        TRAINEE = "trainee", _("Trainee")
        TRAINER = "trainer", _("Trainer")
        OBSERVER = "observer", _("Observer")
        CUSTOMER = "customer", _("Customer")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seats")
    seat = models.CharField(max_length=10, choices=Seat.choices)
    team_role = models.CharField(max_length=40, blank=True)
    from_at = models.DateTimeField(default=timezone.now)
    to_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person", "seat"], condition=Q(to_at__isnull=True), name="one_held_seat_of_a_kind"),
            models.CheckConstraint(condition=Q(to_at__isnull=True) | Q(to_at__gte=F("from_at")), name="seat_is_left_after_it_is_taken"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_seat_display()}"


class Contact(models.Model):
    """One conversation in a session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="contacts")
    number = models.PositiveSmallIntegerField(default=1)
    channel = models.CharField(max_length=24)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="one_contact_per_number")]

    def __str__(self) -> str:
        return f"{self.session_id} · {self.number}"


class LoggedEvent(models.Model):
    """Something that happened, at a position in its session: 1, 2, 3 … Rows are never changed, and go only with the whole
    conversation when it may be kept no longer. Written by `simulator.log` alone.

    `contact` is the number of the conversation, `channel` who may hear it ("room": everyone in it; later the private
    channels of a team or a whisper), `drill_at` the time in the story where that is not the time on the wall.
    `client_id` is the id that the browser gave a message, so that one sent twice happens once.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="events")
    position = models.PositiveIntegerField()
    contact = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    drill_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    channel = models.CharField(max_length=40, default="room")
    data = models.JSONField()
    client_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="one_event_per_position"),
            models.UniqueConstraint(fields=["session", "client_id"], condition=~Q(client_id=""), name="one_event_per_client_id"),
            models.CheckConstraint(condition=Q(position__gte=1), name="positions_start_at_1"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.position} {self.kind}"


class ReadingReport(models.Model):
    """Somebody says that words were read wrongly. A trainer decides; the log stays as it is."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="reading_reports")
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    act = models.CharField(max_length=40)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reported_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(_("what is wrong with it"), max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(_("answer"), max_length=500, blank=True)

    class Meta:
        ordering = ["-reported_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position", "start", "end", "act", "reported_by"], name="one_report_of_a_reading_per_person"
            ),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="reported_words_end_after_they_start"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.position} {self.act}"
