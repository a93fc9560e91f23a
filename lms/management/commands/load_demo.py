"""Fill a demo bank whose history is made by playing role-plays through the engine."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date

import courses.services
from courses.models import CoursePage
from lms.core.models import User
from lms.demo.classes import make_classes
from lms.demo.history import make_history
from lms.demo.people import make_people
from simulator.models import Scenario


class Command(BaseCommand):
    help = "Fill an empty database with a demo bank: the same people, words and scores for the same seed and last day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--trainees", type=int, default=300)
        parser.add_argument("--sessions", type=int, default=1200)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--until", help="the last day of the history, YYYY-MM-DD (today)")

    def handle(self, *args: Any, trainees: int, sessions: int, seed: int, until: str | None, **options: Any) -> None:
        if User.objects.exists():
            raise CommandError(
                "There are people in this database already. The demo bank needs an empty one: set TINGSU_DATA to a new folder."
            )
        if trainees < 0 or sessions < 0 or (sessions and not trainees):
            raise CommandError("--trainees and --sessions must not be negative, and sessions need trainees.")
        last_day = parse_date(until) if until else timezone.localdate()
        if last_day is None:
            raise CommandError(f"--until must be a day like 2026-11-24, not {until!r}.")
        started = time.perf_counter()
        if not Scenario.objects.filter(live=True).exists():
            call_command("load_scenarios", stdout=self.stdout)
        call_command("load_rubrics", stdout=self.stdout)
        if not CoursePage.objects.exists():
            call_command("load_courses", stdout=self.stdout)
        moment = datetime.combine(last_day, datetime.max.time(), timezone.get_current_timezone()).replace(hour=20, minute=0, second=0)
        with transaction.atomic():
            bank = make_people(trainees=trainees, seed=seed, until=last_day)
            courses.services.grant_cms_access(bank.logins.author)
        made = make_history(bank, sessions=sessions, seed=seed, until=min(moment.replace(microsecond=0), timezone.now()))
        made |= make_classes(bank, until=last_day)
        made |= {"trainees": trainees, "seconds": round(time.perf_counter() - started, 1)}
        self.stdout.write(json.dumps(made, ensure_ascii=False))
