"""Bring a data folder up to date: database, what is shipped, the certificate font, and with DEBUG the demo bank."""

from __future__ import annotations

from django.conf import settings
from django.core.management import BaseCommand, call_command

from lms.core.models import User


class Command(BaseCommand):
    help = "Migrate, load the shipped scenarios, rubrics and courses, make the certificate font; with DEBUG also the demo bank."

    def handle(self, *args: object, **options: object) -> None:
        steps = [
            ("Preparing the database", "migrate", {"verbosity": 0}),
            ("Loading scenarios", "load_scenarios", {}),
            ("Loading rubrics", "load_rubrics", {}),
            ("Loading courses", "load_courses", {}),
            ("Making the font for certificates", "prepare_font", {}),
        ]
        if not settings.DEBUG:
            steps.append(("Collecting static files", "collectstatic", {"interactive": False, "verbosity": 0}))
        for title, command, arguments in steps:
            self.stdout.write(f"{title} …")
            call_command(command, **arguments)
        if settings.DEBUG and not User.objects.exists():
            self.stdout.write("Filling the demo bank; its history is made by playing role-plays, which takes up to a minute …")
            call_command("load_demo")
