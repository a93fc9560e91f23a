"""Set up what is missing on this machine, and nothing else; a second run has nothing to do.

Runs on the machine's own Python with the standard library only: `python3 tools/setup.py run` prepares what `make run` needs,
`dev` what the tests and checks need. Every problem is named in one sentence with the command that solves it.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DATA = Path(os.environ.get("TINGSU_DATA") or ROOT / "var").resolve()

# What the program needs from the system: (what for, is it there?, Debian packages, Homebrew packages)
PDF_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
PDF_DEBIAN = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str) -> None:
    say(f"\n  {text}\n")
    raise SystemExit(1)


def run(*command: str | Path, **env: str) -> None:
    """Run a step of the set-up; its failure ends the set-up with its own message on the screen."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env={**os.environ, **env})
    if done.returncode:
        stop(f"This step failed: {' '.join(str(part) for part in command)}")


def is_debian_root() -> bool:
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def apt_install(packages: str, what_for: str) -> bool:
    """Install Debian packages when that is possible here; say whether it worked."""
    if not is_debian_root():
        return False
    say(f"Installing {what_for}: {packages}")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, **quiet)
    done = subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages.split()], env=environment, **quiet)
    return done.returncode == 0


def find_python() -> str:
    """The first Python of at least 3.11, the one that runs this script if it will do."""
    if sys.version_info >= (3, 11):
        return sys.executable
    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        if found:
            return found
    stop(
        f"Tingsu needs Python 3.11 or newer; this is {platform.python_version()}. Install python3.11 (or newer) and run the command "
        "again, or name one: PYTHON=/path/to/python3.12 make run"
    )
    raise AssertionError


def digest(*paths: Path) -> str:
    """One fingerprint of the content of files and folders."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts and file.suffix not in (".mo", ".pyc"):
                total.update(str(file.relative_to(ROOT)).encode())
                total.update(file.read_bytes())
    return total.hexdigest()


def environment(lock: str) -> None:
    """The virtual environment with exactly what the lock file names."""
    if VENV.is_symlink() and PYTHON.exists() and os.environ.get("TINGSU_SHARED_VENV"):
        return
    stamp = VENV / f"installed-{lock}"
    wanted = digest(ROOT / lock)
    # The development lock holds everything of the other one.
    for done in (stamp, VENV / "installed-requirements-dev.lock"):
        source = ROOT / done.name.removeprefix("installed-")
        if done.exists() and done.read_text() == digest(source) and PYTHON.exists():
            return
    if not PYTHON.exists():
        say("Making the virtual environment in .venv/")
        python = find_python()
        done = subprocess.run([python, "-m", "venv", str(VENV)], capture_output=True, text=True)
        if done.returncode and apt_install("python3-venv", "Python's venv module"):
            done = subprocess.run([python, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            stop("Python cannot make a virtual environment. On Debian or Ubuntu: sudo apt-get install python3-venv")
    say(f"Installing the locked dependencies ({lock}); this takes half a minute the first time")
    run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock)
    stamp.write_text(wanted)


def pdf_libraries() -> None:
    """Certificates need pango; the site starts without it."""
    missing = [name for name in PDF_LIBRARIES if not ctypes.util.find_library(name)]
    if not missing or apt_install(PDF_DEBIAN, "the libraries that draw certificates"):
        return
    say(
        f"\n  Certificates cannot be drawn as PDF yet: {', '.join('lib' + name for name in missing)} is missing. Everything else works.\n"
        f"  Debian or Ubuntu:  sudo apt-get install {PDF_DEBIAN}\n"
        "  macOS:             brew install pango\n"
    )


def development_tools() -> None:
    """A browser and gettext for the tests and checks."""
    browsers = ("chromium", "chromium-browser", "google-chrome")
    browser = os.environ.get("CHROMIUM") or any(shutil.which(name) for name in browsers)
    if not browser and not apt_install("chromium", "a browser for the browser tests"):
        say("\n  No Chromium for the browser tests. Debian or Ubuntu: sudo apt-get install chromium; or set CHROMIUM=/path/to/it.\n")
    if not shutil.which("xgettext") and not apt_install("gettext", "gettext for the check of translations"):
        say("\n  `make check` needs gettext. Debian or Ubuntu: sudo apt-get install gettext; macOS: brew install gettext\n")
    if not shutil.which("pdftotext"):
        apt_install("poppler-utils", "poppler for the tests of certificates")
    if not shutil.which("redis-server"):
        apt_install("redis-server", "Redis for the tests with two processes")


def messages() -> None:
    """Compile the translations that have changed."""
    for catalogue in (ROOT / "locale").rglob("*.po"):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            run(VENV / "bin" / "pybabel", "--quiet", "compile", "-i", catalogue, "-o", compiled, "-l", catalogue.parent.parent.name)


def database() -> None:
    """Migrate, load what is shipped, and (with DEBUG) the demo bank; skipped when nothing of it has changed."""
    DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    debug = os.environ.get("DEBUG", "1")
    sources = [
        ROOT / "lms" / "core" / "migrations",
        ROOT / "simulator" / "scenarios",
        ROOT / "courses" / "content",
        ROOT / "assessment" / "rubrics",
    ]
    sources += [ROOT / app / "migrations" for app in ("courses", "simulator", "assessment", "certificates")]
    sources += [*sorted(ROOT.glob("*/static")), ROOT / "requirements.lock"]  # static files are collected where DEBUG is off
    state = f"{digest(*sources)} {debug} {os.environ.get('DATABASE_URL', '')}"
    stamp = DATA / "prepared"
    here = (DATA / "tingsu.sqlite3").exists() or os.environ.get("DATABASE_URL")
    if here and stamp.exists() and stamp.read_text() == state:
        return
    run(PYTHON, "manage.py", "prepare", DEBUG=debug)
    stamp.write_text(state)


def main(goal: str) -> None:
    environment("requirements.lock" if goal == "run" else "requirements-dev.lock")
    messages()
    pdf_libraries()
    if goal == "dev":
        development_tools()
    else:
        database()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
