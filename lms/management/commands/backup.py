"""One consistent copy of the data folder, made while people work (SQLite)."""

from __future__ import annotations

import os
import sqlite3
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import connection

LEFT_OUT = {"staticfiles", "prepared", "tingsu.sqlite3", "tingsu.sqlite3-wal", "tingsu.sqlite3-shm", "python312"}


class Command(BaseCommand):
    help = "Write the database, the media and the keys of the data folder into one tar file. Safe while the server runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the tar file to write; it must not exist yet")

    def handle(self, *args: object, file: Path, **options: object) -> None:
        if connection.vendor != "sqlite":
            raise CommandError("This copies the SQLite database of the data folder. With PostgreSQL use pg_dump and copy the data folder.")
        if file.exists():
            raise CommandError(f"{file} is there already. Name a new file.")
        database = Path(connection.settings_dict["NAME"])
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "tingsu.sqlite3"
            with sqlite3.connect(database) as source, sqlite3.connect(copy) as target:
                source.backup(target)
            with sqlite3.connect(copy) as target:
                verdict = target.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                raise CommandError(f"The copy of the database is not sound: {verdict}")
            _pack(copy, file)
        self.stdout.write(f"{file}: {file.stat().st_size / 1e6:.1f} MB, database checked.")


def _pack(database: Path, file: Path) -> None:
    """Under its name the file is whole or not there; it holds keys and what people said, so only its owner reads it."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        with tarfile.open(fileobj=stream, mode="w") as archive:
            archive.add(database, "tingsu.sqlite3")
            for path in sorted(settings.DATA_DIR.iterdir()):
                if path.name not in LEFT_OUT:
                    archive.add(path, path.name)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.rename(file)
