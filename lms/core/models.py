"""People, the organisations they belong to, and the record of who changed what."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node


class User(AbstractUser):
    """A person who can log in. What they may do follows from their memberships, not from flags on this row."""

    class TextSize(models.TextChoices):
        NORMAL = "normal", _("Normal")
        LARGE = "large", _("Large")
        LARGER = "larger", _("Larger")

    full_name = models.CharField(_("full name"), max_length=80)
    employee_number = models.CharField(_("employee number"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    text_size = models.CharField(_("text size"), max_length=10, choices=TextSize.choices, default=TextSize.NORMAL)
    must_change_password = models.BooleanField(_("must change the password at the next login"), default=False)
    data_notice_version = models.PositiveSmallIntegerField(default=0, help_text=_("Version of the data notice this person has confirmed."))
    data_notice_confirmed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name or self.username

    @property
    def knows_data_notice(self) -> bool:
        """Whether this person has confirmed the data notice as it reads today."""
        return self.data_notice_version >= settings.DATA_NOTICE_VERSION


class Organisation(MP_Node):
    """A node in the tree head office → branch → department. The root of a tree is one bank, apart from all others."""

    class Kind(models.TextChoices):
        BANK = "bank", _("Bank (head office)")
        BRANCH = "branch", _("Branch")
        DEPARTMENT = "department", _("Department")

    name_zh = models.CharField(_("name in Chinese"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    retention_months = models.PositiveSmallIntegerField(
        _("months role-plays are kept"), default=36, help_text=_("The transcript of a role-play is deleted after this; its result stays.")
    )

    node_order_by = ["name_zh"]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=Q(retention_months__gte=1, retention_months__lte=600), name="role_plays_are_kept_for_1_to_600_months"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of whoever is looking; the Chinese one where there is no other."""
        if (get_language() or "").startswith("en") and self.name_en:
            return self.name_en
        return self.name_zh


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self, on: date | None = None) -> MembershipQuerySet:
        """Memberships that hold on the day `on` (today by default), ends included."""
        day = on or timezone.localdate()
        return self.filter(Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day), user__is_active=True)


class Membership(models.Model):
    """One role of a person in one organisation, for a time. Somebody with two roles has two rows."""

    class Role(models.TextChoices):
        TRAINEE = "trainee", _("Trainee")
        TRAINER = "trainer", _("Trainer")
        AUTHOR = "author", _("Author")
        HR = "hr", _("HR")
        MANAGER = "manager", _("Manager")
        ADMIN = "admin", _("Administrator")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("organisation"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    manager = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("manager"),
    )
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role", "starts_on"], name="one_membership_per_role_and_start"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")), name="membership_ends_after_it_starts"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="membership_by_role")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organisation}"


class AuditEntry(models.Model):
    """Who changed what, when and why. Written once; rows are never changed and never deleted by the program."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=80)
    organisation_id = models.BigIntegerField(null=True, db_index=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=255, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.object_type} {self.object_id}"
