"""Delete the conversations that have been kept as long as the data notice says."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import BaseCommand, CommandParser
from django.utils import timezone

from lms import upkeep
from lms.core.models import Organisation
from simulator import retention


class Command(BaseCommand):
    help = (
        "Delete the conversations whose time is up, and the quotes that were taken from them; results stay. "
        "The running server does this every night by itself. Prints one JSON object a bank (--dry-run) or one in all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many are due in each bank")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        if not dry_run:
            self._say(upkeep.carry_out(*upkeep.JOBS, now=now))
            return
        for bank in Organisation.get_root_nodes():
            before = timezone.localtime(retention.kept_since(now, bank.retention_months))
            due = retention.due_in(bank, now).count()
            self._say({"bank": bank.name_zh, "months": bank.retention_months, "ended_before": f"{before:%Y-%m-%d %H:%M}", "due": due})

    def _say(self, row: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(row, ensure_ascii=False))
