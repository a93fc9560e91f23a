"""Bring a backup back into an empty data folder."""

from __future__ import annotations

import tarfile
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Unpack a backup into the data folder. Stop the server first; the folder must hold no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a tar file made by `manage.py backup`")

    def handle(self, *args: object, file: Path, **options: object) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        database = settings.DATA_DIR / "tingsu.sqlite3"
        if database.exists():
            raise CommandError(f"{database} is there already. Restore into an empty folder: set TINGSU_DATA to a new one.")
        with tarfile.open(file) as archive:
            if "tingsu.sqlite3" not in archive.getnames():
                raise CommandError(f"{file} holds no Tingsu database.")
            # The key files of the backup replace the ones this command's own start has just made.
            archive.extractall(settings.DATA_DIR, filter="data")
        self.stdout.write(f"Restored into {settings.DATA_DIR}. Run `make setup`, then start the server.")
