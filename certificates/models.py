"""Certificates: a snapshot of the day they were earned."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Certificate(models.Model):
    """What was printed on the day. Courses are renamed, people marry and move; this row does not follow.

    A row becomes revoked or superseded, and is never deleted: whoever holds the paper must find it. Expired is not stored, the
    day decides it.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Valid")
        SUPERSEDED = "superseded", _("Replaced by a newer one")
        REVOKED = "revoked", _("Revoked")

    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("holder"))
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="certificates")
    course_id = models.BigIntegerField()
    course_version = models.PositiveIntegerField(default=1)
    title_zh = models.CharField(_("title in Chinese"), max_length=255)
    title_en = models.CharField(_("title in English"), max_length=255)
    holder_name = models.CharField(_("holder"), max_length=80)
    organisation_zh = models.CharField(max_length=120)
    organisation_en = models.CharField(max_length=120, blank=True)
    issuer_zh = models.CharField(max_length=120)
    issuer_en = models.CharField(max_length=120, blank=True)
    score = models.FloatField(_("score"))
    rubric_code = models.CharField(max_length=60)
    rubric_version = models.PositiveSmallIntegerField()
    number = models.CharField(_("number"), max_length=24, unique=True)
    code = models.CharField(max_length=22, unique=True)
    issued_at = models.DateTimeField(_("issued"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ACTIVE)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_reason = models.CharField(_("reason"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "course_id"], condition=Q(state="active"), name="one_active_certificate_per_holder_and_course"
            ),
            models.CheckConstraint(
                condition=~Q(state="revoked") | (Q(revoked_at__isnull=False) & ~Q(revoked_reason="")),
                name="a_revocation_says_when_and_why",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "valid_until"], name="certificate_by_department")]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") and self.title_en else self.title_zh

    @property
    def organisation_name(self) -> str:
        return self.organisation_en if (get_language() or "").startswith("en") and self.organisation_en else self.organisation_zh

    @property
    def issuer(self) -> str:
        return self.issuer_en if (get_language() or "").startswith("en") and self.issuer_en else self.issuer_zh

    def status(self, at: datetime | None = None) -> str:
        """valid, expired, superseded or revoked, at the moment `at` (now)."""
        if self.state != self.State.ACTIVE:
            return self.state
        today = timezone.localdate(at or timezone.now())
        return "expired" if self.valid_until and today > self.valid_until else "valid"
