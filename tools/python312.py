"""Run the tests of the pure parts also on Python 3.12, where one is found; they need only pytest, Hypothesis and PyYAML.

Uses the packages of `.venv` that are pure Python, so nothing is installed twice.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / "var" / "python312"
# A command is tested with Django around it.
NOT_PURE = "tests/simulator/nlu/test_read_acts.py"
PURE_TESTS = ["tests/simulator/engine", "tests/simulator/nlu", "tests/assessment/test_scoring.py"]


def find() -> str | None:
    """A Python 3.12 that starts, or None (a version manager's shim may be there and answer with an error)."""
    for candidate in (shutil.which("python3.12"), *map(str, Path.home().glob(".pyenv/versions/3.12.*/bin/python"))):
        if candidate and subprocess.run([candidate, "-c", "import venv"], capture_output=True).returncode == 0:
            return candidate
    return None


def requirements() -> str:
    """The locked lines, with their hashes, of what the pure tests need."""
    wanted = (
        "jsonschema==",
        "jsonschema-specifications==",
        "referencing==",
        "rpds-py==",
        "attrs==",
        "typing-extensions==",
        "pytest==",
        "hypothesis==",
        "pyyaml==",
        "numpy==",
        "sortedcontainers==",
        "iniconfig==",
        "packaging==",
        "pluggy==",
        "pygments==",
    )
    blocks, keep = [], False
    for line in (ROOT / "requirements-dev.lock").read_text().splitlines():
        if not line.startswith((" ", "\t")):
            keep = line.startswith(wanted)
        if keep:
            blocks.append(line)
    return "\n".join(blocks) + "\n"


def main() -> int:
    if sys.version_info[:2] == (3, 12):
        return 0
    python = find()
    if python is None:
        print("Python 3.12 is not on this machine; the pure parts are tested on this one only.")
        return 0
    own = ENVIRONMENT / "bin" / "python"
    lock = ENVIRONMENT / "requirements.lock"
    if not lock.exists() or lock.read_text() != requirements():
        subprocess.run([python, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        lock.write_text(requirements())
        subprocess.run(
            [str(own), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", str(lock)], check=True
        )
    paths = [path for path in PURE_TESTS if (ROOT / path).exists()]
    print("Python 3.12, the pure parts:")
    options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=", "-c", str(ROOT / "tests" / "pure.ini"), "--rootdir", str(ROOT)]
    return subprocess.run([str(own), "-m", "pytest", *options, "--noconftest", "--ignore", NOT_PURE, *paths], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
