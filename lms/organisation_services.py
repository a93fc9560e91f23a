"""What an administrator can do with the tree of their bank: add a branch or department, and name one anew."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from lms.core import audit
from lms.core.models import Membership, Organisation, User

Kind = Organisation.Kind


class OrganisationError(Exception):
    """Something was refused; `code` says what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def with_people(organisations: QuerySet[Organisation]) -> list[Organisation]:
    """The organisations from the top down, each with `people`: how many different people belong to it or to something below it today."""
    belong = Membership.objects.active().filter(organisation__in=organisations)
    held = list(belong.values_list("organisation__path", "user_id"))
    counted = list(organisations.order_by("path"))
    for one in counted:
        one.people = len({person for path, person in held if path.startswith(one.path)})
    return counted


@transaction.atomic
def add_organisation(
    actor: User | None, *, above: Organisation, name_zh: str, name_en: str = "", kind: str = Kind.DEPARTMENT, reason: str = ""
) -> Organisation:
    """A new branch or department below `above`. `actor` is None at the command line.

    A department has nothing below it, and two of one name under one roof could not be told apart.
    """
    above = Organisation.objects.get(pk=above.pk)  # its path may have moved since it was read
    if above.kind == Kind.DEPARTMENT:
        raise OrganisationError("under_a_department")
    if above.get_children().filter(name_zh=name_zh).exists():
        raise OrganisationError("name_taken")
    added = above.add_child(name_zh=name_zh, name_en=name_en, kind=kind, time_zone=above.time_zone)
    audit.record(actor, "organisation_added", added, organisation_id=added.pk, reason=reason)
    return added


@transaction.atomic
def rename_organisation(actor: User, organisation: Organisation, *, name_zh: str, name_en: str) -> None:
    """Another name. Certificates keep the one they were printed with."""
    if organisation.get_siblings().exclude(pk=organisation.pk).filter(name_zh=name_zh).exists() and not organisation.is_root():
        raise OrganisationError("name_taken")
    new = {"name_zh": name_zh, "name_en": name_en}
    changed = {name: [getattr(organisation, name), value] for name, value in new.items() if getattr(organisation, name) != value}
    if changed:
        Organisation.objects.filter(pk=organisation.pk).update(**new)
        audit.record(actor, "organisation_renamed", organisation, organisation_id=organisation.pk, changed=changed)
