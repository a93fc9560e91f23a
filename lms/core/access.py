"""Who may see whom. Every other app asks here and then fetches through the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from lms.core.models import Membership, Organisation, User

Role = Membership.Role


def roles_of(user: User, on: date | None = None) -> frozenset[str]:
    """The roles a person holds today, anywhere. Cached on the user object for the length of a request."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset(membership.role for membership in memberships_of(user, on))


def memberships_of(user: User, on: date | None = None) -> list[Membership]:
    """The memberships of `user` that hold today, with their organisations; one query a request."""
    if on is not None:
        return list(user.memberships.active(on).select_related("organisation"))
    cached = getattr(user, "_active_memberships", None)
    if cached is None:
        cached = list(user.memberships.active().select_related("organisation"))
        user._active_memberships = cached
    return cached


def has_role(user: User, *roles: str) -> bool:
    """Whether `user` holds one of `roles` today, in any organisation."""
    return bool(roles_of(user) & set(roles))


def organisations_of(user: User, roles: Iterable[str]) -> QuerySet[Organisation]:
    """Every organisation in which `user` acts in one of `roles`: the one of the membership and all below it."""
    wanted = set(roles)
    paths = [m.organisation.path for m in memberships_of(user) if m.role in wanted] if user.is_authenticated else []
    if not paths:
        return Organisation.objects.none()
    condition = Q()
    for path in paths:
        condition |= Q(path__startswith=path)
    return Organisation.objects.filter(condition)


def people_visible_to(user: User, roles: Iterable[str] = (Role.HR, Role.TRAINER, Role.ADMIN)) -> QuerySet[User]:
    """People with a membership in an organisation where `user` holds one of `roles`; a manager also sees their reports."""
    condition = Q(memberships__organisation__in=organisations_of(user, roles))
    if user.is_authenticated:
        condition |= Q(memberships__manager=user)
    return User.objects.filter(condition).distinct()


def home_organisation(user: User) -> Organisation | None:
    """The organisation whose name stands beside a person: where they are a trainee, else their first membership."""
    memberships = memberships_of(user)
    trainee_first = sorted(memberships, key=lambda m: (m.role != Role.TRAINEE, m.pk))
    return trainee_first[0].organisation if trainee_first else None


def bank_of(organisation: Organisation) -> Organisation:
    """The root of the tree `organisation` stands in."""
    return organisation.get_root()
