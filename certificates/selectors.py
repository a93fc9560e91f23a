"""Who may read which certificates."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from certificates.codes import is_code
from certificates.models import Certificate
from lms.core.access import Role, organisations_of
from lms.core.models import Organisation, User


def certificates_of(user: User) -> QuerySet[Certificate]:
    """A person's own certificates, newest first."""
    return Certificate.objects.filter(holder=user)


def certificates_visible_to(user: User) -> QuerySet[Certificate]:
    """One's own, and those issued in the organisations one is HR or administrator of, or to one's reports."""
    condition = Q(holder=user) | Q(organisation__in=organisations_of(user, (Role.HR, Role.ADMIN)))
    return Certificate.objects.filter(condition | Q(holder__memberships__manager=user)).distinct()


def certificates_revocable_by(user: User) -> QuerySet[Certificate]:
    """Those issued in the organisations one is HR or administrator of; never one's own."""
    return Certificate.objects.filter(organisation__in=organisations_of(user, (Role.HR, Role.ADMIN))).exclude(holder=user)


def certificate_by_code(code: str) -> Certificate | None:
    """For whoever holds the paper: the code alone opens this one row."""
    return Certificate.objects.filter(code=code).first() if is_code(code) else None


def valid_certificates(organisations: QuerySet[Organisation]) -> QuerySet[Certificate]:
    """Those issued in `organisations` that hold today."""
    return Certificate.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate()),
        organisation__in=organisations,
        state=Certificate.State.ACTIVE,
    )


def holders_by_organisation(organisations: QuerySet[Organisation]) -> dict[int, int]:
    """How many people of each department hold a valid certificate; one query."""
    rows = valid_certificates(organisations).order_by().values("organisation_id").annotate(n=Count("holder", distinct=True))
    return {row["organisation_id"]: row["n"] for row in rows}
