"""Say or change how many months each bank keeps conversations."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from lms.core import audit
from lms.core.models import Organisation, User

LEAST, MOST = 1, 600


class Command(BaseCommand):
    help = (
        "Without options: how many months each bank keeps conversations. With --bank and --months: change it. It holds from the next "
        "night on for every conversation of the bank, and its people are asked to confirm the data notice again, with the new number."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bank", help="name of the bank in Chinese")
        parser.add_argument("--months", type=int)
        parser.add_argument("--reason", default="", help="for the audit log")

    def handle(self, *args: Any, bank: str | None, months: int | None, reason: str, **options: Any) -> None:
        if (bank is None) != (months is None):
            raise CommandError("Name both --bank and --months to change the months of a bank.")
        if bank is not None and months is not None:
            change(bank, months, reason)
        for root in Organisation.get_root_nodes():
            self.stdout.write(json.dumps({"bank": root.name_zh, "months": root.retention_months}, ensure_ascii=False))


@transaction.atomic
def change(name: str, months: int, reason: str) -> None:
    root = Organisation.get_root_nodes().filter(name_zh=name).first()
    if root is None:
        raise CommandError(f"There is no bank {name!r}.")
    if not LEAST <= months <= MOST:
        raise CommandError(f"--months must be {LEAST} to {MOST}, not {months}.")
    before = root.retention_months
    if months == before:
        return
    Organisation.objects.filter(pk=root.pk).update(retention_months=months)
    theirs = Organisation.objects.filter(path__startswith=root.path)
    User.objects.filter(memberships__organisation__in=theirs).update(data_notice_version=0)
    audit.record(None, "retention_changed", root, organisation_id=root.pk, reason=reason, before=before, after=months)
