"""What an administrator can do with people: create, rename, give and end roles, reset a password, close and reopen an account.

Everything stays within the organisations the administrator acts in, and everything is written into the audit log in the same
transaction. A password is generated here, handed back once, and kept nowhere but as a hash.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

import courses.services
from lms.core import access, audit
from lms.core.models import Membership, Organisation, User

Role = Membership.Role
CMS_ROLES = (Role.AUTHOR, Role.ADMIN)
# No characters that are mistaken for one another when a password is read from paper.
PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class PeopleError(Exception):
    """Something was refused; `code` says what, the page says it in words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def organisations_administered_by(user: User) -> QuerySet[Organisation]:
    return access.organisations_of(user, (Role.ADMIN,))


def people_administered_by(user: User) -> QuerySet[User]:
    """People who belong to an organisation of the administrator `user`, and to none outside.

    Whoever also holds a role elsewhere, such as higher up in the bank, belongs to the administrator up there: otherwise the one of
    a branch could reset the password of head office and log in with it.
    """
    mine = organisations_administered_by(user)
    not_ended = Membership.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate()))
    elsewhere = not_ended.exclude(organisation__in=mine)
    return (
        User.objects.filter(pk__in=Membership.objects.filter(organisation__in=mine).values("user"), is_superuser=False)
        .exclude(pk__in=elsewhere.values("user"))
        .order_by("full_name", "pk")
    )


def new_password() -> str:
    """Three groups of four characters, about 59 bits."""
    return "-".join("".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(4)) for _ in range(3))


@transaction.atomic
def create_person(
    actor: User,
    *,
    username: str,
    full_name: str,
    organisation: Organisation,
    roles: Iterable[str],
    employee_number: str = "",
    language: str = "",
    manager: User | None = None,
) -> tuple[User, str]:
    """A new person with `roles` in `organisation`, and the password with which they log in once and choose their own."""
    _must_administer(actor, organisation)
    password = new_password()
    person = User.objects.create_user(
        username=username,
        password=password,
        full_name=full_name,
        employee_number=employee_number,
        language=language,
        must_change_password=True,
    )
    roles = sorted(set(roles))
    for role in roles:
        Membership.objects.create(user=person, organisation=organisation, role=role, manager=manager)
    _settle_cms_access(person)
    audit.record(actor, "person_created", person, organisation_id=organisation.pk, username=username, roles=roles)
    return person, password


@transaction.atomic
def change_details(actor: User, person: User, *, full_name: str, employee_number: str, language: str) -> None:
    """Change what is known of a person. What was printed on a certificate stays as it was."""
    new = {"full_name": full_name, "employee_number": employee_number, "language": language}
    stored = User.objects.select_for_update().get(pk=person.pk)
    changed = {name: [getattr(stored, name), value] for name, value in new.items() if getattr(stored, name) != value}
    if changed:
        User.objects.filter(pk=person.pk).update(**new)
        audit.record(actor, "person_changed", person, organisation_id=_organisation_id(person), changed=changed)


@transaction.atomic
def add_role(
    actor: User, person: User, *, organisation: Organisation, role: str, starts_on: date | None = None, manager: User | None = None
) -> Membership:
    """Give `person` a role in `organisation` from `starts_on` (today). Refused where they hold it there on that day or later."""
    _must_administer(actor, organisation)
    starts_on = starts_on or timezone.localdate()
    same = person.memberships.filter(organisation=organisation, role=role)
    if same.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)).exists():
        raise PeopleError("role_held")
    membership = Membership.objects.create(user=person, organisation=organisation, role=role, starts_on=starts_on, manager=manager)
    _settle_cms_access(person)
    audit.record(actor, "role_added", person, organisation_id=organisation.pk, role=role, starts_on=starts_on.isoformat())
    return membership


@transaction.atomic
def end_role(actor: User, membership: Membership, *, last_day: date) -> None:
    """`last_day` is the last on which the role holds. Nobody ends their own administration: somebody must be left to undo it."""
    _must_administer(actor, membership.organisation)
    if membership.user_id == actor.pk and membership.role == Role.ADMIN:
        raise PeopleError("own_administration")
    if last_day < membership.starts_on:
        raise PeopleError("ends_before_it_starts")
    Membership.objects.filter(pk=membership.pk).update(ends_on=last_day)
    _settle_cms_access(membership.user)
    audit.record(
        actor,
        "role_ended",
        membership.user,
        organisation_id=membership.organisation_id,
        role=membership.role,
        last_day=last_day.isoformat(),
    )


@transaction.atomic
def reset_password(actor: User, person: User) -> str:
    """A new password for one login; the old one and every open login of the person end now."""
    if person.pk == actor.pk:
        raise PeopleError("own_password")
    password = new_password()
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    audit.record(actor, "password_reset", person, organisation_id=_organisation_id(person))
    return password


@transaction.atomic
def deactivate(actor: User, person: User, *, reason: str) -> None:
    """Nobody can log in as `person` any more, and open logins end. What they did stays."""
    if person.pk == actor.pk:
        raise PeopleError("own_account")
    _set_active(actor, person, "person_deactivated", active=False, reason=reason)


@transaction.atomic
def reactivate(actor: User, person: User, *, reason: str) -> None:
    _set_active(actor, person, "person_reactivated", active=True, reason=reason)


def _set_active(actor: User, person: User, action: str, *, active: bool, reason: str) -> None:
    if not reason.strip():
        raise PeopleError("no_reason")
    if User.objects.filter(pk=person.pk).exclude(is_active=active).update(is_active=active):
        audit.record(actor, action, person, organisation_id=_organisation_id(person), reason=reason.strip())


def _must_administer(actor: User, organisation: Organisation) -> None:
    if not organisations_administered_by(actor).filter(pk=organisation.pk).exists():
        raise PeopleError("not_yours")


def _settle_cms_access(person: User) -> None:
    """Into the CMS with a role that writes, today or later; out of it when the last such role has ended."""
    not_ended = Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate())
    if person.memberships.filter(not_ended, role__in=CMS_ROLES).exists():
        courses.services.grant_cms_access(person)
    else:
        courses.services.withdraw_cms_access(person)


def _organisation_id(person: User) -> int | None:
    return person.memberships.order_by("-starts_on", "-pk").values_list("organisation_id", flat=True).first()
