"""The cast: a bank with its people, a person of another bank, a real server and a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test

from lms.core.models import Membership, Organisation, User
from tests import hypothesis_profiles  # noqa: F401 - loads the profile
from tests.factories import PASSWORD, department_of, make_bank, make_person
from tests.summary import pytest_terminal_summary  # noqa: F401 - a hook of pytest

ROOT = Path(__file__).resolve().parent.parent
Role = Membership.Role


@pytest.hookimpl(tryfirst=True)  # before pytest looks at the markers for `-m`
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one browser a process, and so run in one process. Every property test is a deep one."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.deep)


@pytest.fixture
def bank(db: None) -> Organisation:
    return make_bank()


@pytest.fixture
def department(bank: Organisation) -> Organisation:
    return department_of(bank)


@pytest.fixture
def trainee(department: Organisation) -> User:
    return make_person("trainee", Role.TRAINEE, department)


@pytest.fixture
def trainer(bank: Organisation) -> User:
    return make_person("trainer", Role.TRAINER, bank)


@pytest.fixture
def author(bank: Organisation) -> User:
    return make_person("author", Role.AUTHOR, bank)


@pytest.fixture
def hr(bank: Organisation) -> User:
    return make_person("hr", Role.HR, bank)


@pytest.fixture
def manager(department: Organisation, trainee: User) -> User:
    """The manager of `trainee`, and of nobody else."""
    person = make_person("manager", Role.MANAGER, department)
    Membership.objects.filter(user=trainee).update(manager=person)
    return person


@pytest.fixture
def admin(bank: Organisation) -> User:
    return make_person("admin", Role.ADMIN, bank)


@pytest.fixture
def outsider(db: None) -> User:
    """A trainee of another bank, who must see nothing of this one."""
    return make_person("outsider", Role.TRAINEE, department_of(make_bank("别家银行")))


@dataclass
class Server:
    """A real server on a data folder of its own; `manage` runs a command there, `kill` ends it without a word."""

    data: Path
    port: int
    debug: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")}
        own = {"TINGSU_DATA": str(self.data), "DEBUG": "1" if self.debug else "0", "PORT": str(self.port), "LOG_LEVEL": "WARNING"}
        return {**kept, **own, **self.settings}

    def manage(self, *arguments: str, stdin: str | None = None) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True)
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self) -> None:
        log = open(self.data / "server.log", "ab")  # noqa: SIM115 - the server writes to it
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tools" / "serve.py")], cwd=ROOT, env=self.environment, stdout=log, stderr=log
        )
        log.close()
        for _attempt in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except OSError:
                assert self.process.poll() is None, (self.data / "server.log").read_text()
                time.sleep(0.1)
        raise AssertionError("The server did not answer within 30 seconds.")

    def kill(self) -> None:
        """`kill -9`: no chance to finish anything."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with everything that ships and a small demo bank, made once and copied by the tests that use it."""
    data = tmp_path_factory.mktemp("demo")
    server = Server(data, port=0)
    for command in ("migrate", "load_scenarios", "load_rubrics", "load_courses", "prepare_font"):
        server.manage(command)
    server.manage("load_demo", "--trainees", "12", "--sessions", "24", "--seed", "3")
    return data


@pytest.fixture
def tingsu_server(small_demo: Path, tmp_path: Path) -> Iterator[Server]:
    """A running site on a fresh copy of the small demo bank; the demo logins work (password `tingsu-demo`)."""
    data = tmp_path / "data"
    shutil.copytree(small_demo, data)
    server = Server(data, free_port())
    server.start()
    yield server
    server.stop()


def find_chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A headless Chromium. Without one the test is skipped, in CI it fails.

    One for each module: while it runs, its event loop keeps asynchronous tests of the same process from theirs.
    """
    from playwright.sync_api import sync_playwright

    chromium = find_chromium()
    if chromium is None:
        reason = "no Chromium: apt-get install chromium, or set CHROMIUM to its path"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    options = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=[*options, "--disable-sync", "--no-first-run"])
        yield instance
        instance.close()


@pytest.fixture
def browser_page(browser: object, tingsu_server: Server) -> Iterator[object]:
    """A page of a fresh browser profile, opened at the running site; an error on its console fails the test."""
    context = browser.new_context(base_url=tingsu_server.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors


def log_in(page: object, username: str, password: str = "tingsu-demo", language: str | None = None) -> None:
    """Log `username` in through the login page; optionally switch the language first ("zh-hans" or "en")."""
    page.goto("/login/")
    if language:
        switch = page.locator(f"button[name=language][value={language}]")
        if switch.count():
            switch.click()
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.click("[data-login-form] > .button")
    page.wait_for_url(lambda url: "/login/" not in url)


__all__ = ["PASSWORD", "Server", "free_port", "log_in"]
