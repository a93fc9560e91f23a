"""Fail when a text of the pages has no Chinese translation, or the catalogue holds one that no page uses.

English texts are the keys of the catalogue, so English is complete by construction; Chinese is compared with what
xgettext finds in the sources now.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("lms", "courses", "simulator", "assessment", "certificates")
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def main() -> int:
    if not shutil.which("xgettext"):
        print("gettext is missing. Debian or Ubuntu: sudo apt-get install gettext; macOS: brew install gettext")
        return 1
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    import django
    from babel.messages.pofile import read_po
    from django.core.management import call_command
    from django.test.utils import override_settings

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        # xgettext writes beside its sources, so it works on a copy of them.
        for part in SOURCES:
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__", "static", "*.yaml", "*.jsonl"))
        catalogues = Path(folder) / "locale"
        catalogues.mkdir()
        os.chdir(folder)
        with override_settings(LOCALE_PATHS=[str(catalogues)]):
            call_command("makemessages", locale=["en"], no_wrap=True, verbosity=0, no_location=True)
        with open(catalogues / "en" / "LC_MESSAGES" / "django.po", "rb") as file:
            used = {(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in read_po(file) if m.id}
        os.chdir(ROOT)
    with open(CATALOGUE, "rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    translated, problems = set(), []
    for message in catalogue:
        if not message.id:
            continue
        key = (message.context, message.id if isinstance(message.id, str) else message.id[0])
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        if message.fuzzy:
            problems.append(f"fuzzy, look again: {key[1]!r}")
        elif not all(texts):
            problems.append(f"not translated: {key[1]!r}")
        translated.add(key)
        problems += [f"{error}: {key[1]!r}" for error in message.check(catalogue)]
    problems += [f"not in the catalogue (make messages): {text!r}" for _context, text in sorted(used - translated, key=str)]
    problems += [f"used by no page (make messages): {text!r}" for _context, text in sorted(translated - used, key=str)]
    for problem in problems[:60]:
        print(problem)
    if problems:
        print(f"{len(problems)} texts need attention in {CATALOGUE.relative_to(ROOT)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
