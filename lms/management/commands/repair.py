"""Make good what a crash or a failed reaction left undone."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

from django.core.management import BaseCommand, CommandParser
from django.utils import timezone

from lms import upkeep


class Command(BaseCommand):
    help = (
        "Publish finished role-plays that have no result again, and drop quotes of conversations that are gone. Running it again does "
        "no harm; the server does the same when it starts and every night. Prints what was done as one JSON object."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="also publish every role-play again that ended on this day or later, so that courses and certificates catch up",
        )

    def handle(self, *args: Any, since: date | None, **options: Any) -> None:
        done: Counter[str] = upkeep.carry_out(upkeep.publish_unscored, upkeep.forget_left_over_words, now=timezone.now())
        if since is not None:
            done += upkeep.carry_out(lambda now: upkeep.publish_since(since), now=timezone.now())
        self.stdout.write(json.dumps(done))
