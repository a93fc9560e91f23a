"""Issuing and revoking certificates."""

from __future__ import annotations

import calendar
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates import codes, selectors
from certificates.errors import NotActive, NotAllowed, ReasonMissing
from certificates.models import Certificate
from lms.core import audit
from lms.core.access import bank_of
from lms.core.bus import publish
from lms.core.contracts import CertificateIssued, CourseCompleted
from lms.core.models import Organisation, User

ATTEMPTS = 5


def issue_if_earned(completed: CourseCompleted) -> Certificate | None:
    """Issue the certificate of a completed course, once; None where this completion earns no new one.

    Running it again returns what is there. A certificate that was revoked does not come back by completing nothing new; one that
    has expired is replaced when the course is completed again.
    """
    held = Certificate.objects.filter(holder_id=completed.trainee_id, course_id=completed.course_id)
    if held.filter(state=Certificate.State.REVOKED, revoked_at__gte=completed.completed_at).exists():
        return None
    active = held.filter(state=Certificate.State.ACTIVE).first()
    if active is None or (active.issued_at < completed.completed_at and active.status(completed.completed_at) == "expired"):
        active = _issue(completed, replaced=active)
    publish(
        CertificateIssued(
            certificate_id=active.pk, code=active.code, holder_id=active.holder_id, course_id=active.course_id, issued_at=active.issued_at
        )
    )
    return active


def revoke(actor: User, certificate: Certificate, reason: str) -> Certificate:
    """Take a certificate back, with a reason that stays on record.

    HR or an administrator of the organisation it was issued in may; the holder may not.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        row = selectors.certificates_revocable_by(actor).filter(pk=certificate.pk).first()
        if row is None:
            raise NotAllowed
        revoked = Certificate.objects.filter(pk=row.pk, state=Certificate.State.ACTIVE).update(
            state=Certificate.State.REVOKED, revoked_at=timezone.now(), revoked_by=actor, revoked_reason=reason[:255]
        )
        if not revoked:
            raise NotActive
        audit.record(
            actor,
            "certificate_revoked",
            row,
            organisation_id=row.organisation_id,
            reason=reason[:255],
            number=row.number,
            holder=row.holder_id,
        )
    row.refresh_from_db()
    return row


def _issue(completed: CourseCompleted, replaced: Certificate | None) -> Certificate:
    holder = User.objects.get(pk=completed.trainee_id)
    department = Organisation.objects.get(pk=completed.organisation_id)
    bank = bank_of(department)
    issued_on = timezone.localdate(completed.completed_at)
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                if replaced is not None:
                    Certificate.objects.filter(pk=replaced.pk).update(state=Certificate.State.SUPERSEDED)
                return Certificate.objects.create(
                    holder=holder,
                    organisation=department,
                    course_id=completed.course_id,
                    course_version=completed.course_version,
                    title_zh=completed.course_title_zh,
                    title_en=completed.course_title_en,
                    holder_name=holder.get_full_name(),
                    organisation_zh=department.name_zh,
                    organisation_en=department.name_en,
                    issuer_zh=bank.name_zh,
                    issuer_en=bank.name_en,
                    score=completed.score,
                    rubric_code=completed.rubric_code,
                    rubric_version=completed.rubric_version,
                    number=codes.number(issued_on.year, _next_serial(completed.completed_at)),
                    code=codes.new_code(),
                    issued_at=completed.completed_at,
                    valid_until=_months_later(issued_on, completed.valid_months) if completed.valid_months else None,
                )
        except IntegrityError:
            # Another process took the number, or issued the very same certificate.
            issued = Certificate.objects.filter(
                holder=holder, course_id=completed.course_id, state=Certificate.State.ACTIVE, issued_at=completed.completed_at
            ).first()
            if issued is not None:
                return issued
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _next_serial(at: datetime) -> int:
    prefix = f"TS-{timezone.localdate(at).year:04d}-"
    last = Certificate.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True).first()
    return int(last.split("-")[2]) + 1 if last else 1


def _months_later(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month: a certificate of 31 August, six months, ends on 28 February."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
