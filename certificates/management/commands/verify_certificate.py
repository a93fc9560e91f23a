"""Check certificate files on the command line, without asking the database of the issuer."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from certificates import printing, seals


class Command(BaseCommand):
    help = 'Check a certificate (PDF or JSON): prints {"valid", "status", "checks"} and ends with 1 where it is not valid.'
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the PDF or JSON file")
        parser.add_argument(
            "--public-key", action="append", default=[], metavar="KEY", help="trust this key too: a .pub file of the issuer's data folder"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        keys = seals.trusted_keys(settings.DATA_DIR / printing.KEYS)
        for name in options["public_key"]:
            try:
                key = Ed25519PublicKey.from_public_bytes(seals.decoded(Path(name).read_text(encoding="ascii").strip()))
            except (OSError, ValueError) as error:
                raise CommandError(f"{name} is not a public key.") from error
            keys[seals.key_id(key)] = key
        verdict = seals.verify(data, keys, timezone.localdate())
        self.stdout.write(json.dumps(verdict.as_json(), ensure_ascii=False))
        if not verdict.valid:
            sys.exit(1)
