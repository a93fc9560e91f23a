"""Add a branch or department to the tree of a bank."""

from __future__ import annotations

from django.core.management import BaseCommand, CommandError, CommandParser

from lms.core.models import Organisation
from lms.organisation_services import OrganisationError, add_organisation

Kind = Organisation.Kind
REFUSALS = {
    "name_taken": "{under} has {name!r} already.",
    "under_a_department": "{under} is a department: nothing can be below it. Name the bank or a branch.",
}


class Command(BaseCommand):
    help = "Add a branch or a department below an organisation. People are then added to it at /people/new/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="name in Chinese")
        parser.add_argument("--under", required=True, help="name in Chinese of the organisation above it: the bank or a branch")
        parser.add_argument("--name-en", default="", help="name in English")
        parser.add_argument("--kind", choices=[Kind.BRANCH.value, Kind.DEPARTMENT.value], default=Kind.DEPARTMENT.value)

    def handle(self, *args: object, name: str, under: str, name_en: str, kind: str, **options: object) -> None:
        above = list(Organisation.objects.filter(name_zh=under))
        if len(above) != 1:
            raise CommandError(f"There is no organisation {under!r}." if not above else f"There are {len(above)} organisations {under!r}.")
        try:
            added = add_organisation(None, above=above[0], name_zh=name, name_en=name_en, kind=kind, reason="manage.py add_organisation")
        except OrganisationError as error:
            raise CommandError(REFUSALS[error.code].format(under=under, name=name)) from error
        self.stdout.write(" > ".join([*(one.name_zh for one in added.get_ancestors()), added.name_zh]))
