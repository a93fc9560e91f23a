"""The same promises on PostgreSQL: migrations run and turns are kept, by a real server on a real cluster."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Server, free_port
from tests.simulator import stage
from tests.simulator.wire import Client

pytestmark = pytest.mark.xdist_group("wire")


def find(program: str) -> str | None:
    """A program of PostgreSQL: the packaged ones lie outside the path."""
    packaged = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return str(packaged[-1]) if packaged else shutil.which(program)


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """A cluster of its own, thrown away afterwards. PostgreSQL refuses to run as root, so root lends it to the user `postgres`."""
    initdb, pg_ctl = find("initdb"), find("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("PostgreSQL is not installed here (no initdb)")
    as_user: list[str] = []
    if os.geteuid() == 0:
        if subprocess.run(["id", "postgres"], capture_output=True).returncode or not shutil.which("runuser"):
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres to run it as")
        as_user = ["runuser", "-u", "postgres", "--"]
    folder = Path(subprocess.check_output([*as_user, "mktemp", "-d", "/tmp/tingsu-pg-XXXXXX"], text=True).strip())
    port = free_port()

    def run(*command: str) -> None:
        done = subprocess.run([*as_user, *command], capture_output=True, text=True, cwd="/")
        if done.returncode:
            pytest.skip(f"PostgreSQL does not start here: {(done.stderr or done.stdout).strip()[-300:]}")

    try:
        run(initdb, "-D", str(folder / "data"), "-U", "tingsu", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync")
        run(pg_ctl, "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", f"-p {port} -k {folder} -h 127.0.0.1", "start")
        yield f"postgres://tingsu@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*as_user, pg_ctl, "-D", str(folder / "data"), "-m", "immediate", "stop"], capture_output=True, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


class PostgresServer(Server):
    """A server whose data lies in PostgreSQL."""

    database_url = ""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "DATABASE_URL": self.database_url}


async def test_migrations_run_and_an_acknowledged_turn_survives_a_kill(database_url: str, tmp_path: Path) -> None:
    server = PostgresServer(tmp_path, free_port())
    server.database_url = database_url
    server.manage("migrate")
    server.manage("load_scenarios")
    made = stage.built(server.manage("shell", "-c", "from tests.simulator import stage; stage.build(1)"))
    (session,) = made["practice"]
    server.start()
    try:
        async with Client(server.port, session, made["cookies"]["trainee"]) as trainee:
            await trainee.join()
            first = await trainee.say("您好，非常抱歉。", "kept")
            assert first["type"] == "acknowledged"
            server.kill()
        server.start()
        async with Client(server.port, session, made["cookies"]["trainee"]) as trainee:
            await trainee.join()
            assert await trainee.say("您好，非常抱歉。", "kept") == first
            await trainee.say("请问是哪一天扣的？", "more")
    finally:
        server.stop()
    stored = stage.built(server.manage("shell", "-c", f"from tests.simulator import stage; stage.log_rows('{session}')"))
    assert [row["position"] for row in stored["rows"]] == list(range(1, stored["last_position"] + 1))
    assert [row["client_id"] for row in stored["rows"] if row["kind"] == "trainee_said"] == ["kept", "more"]
    assert stored["turns"] == 2


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_processes_that_delete_at_the_same_time_delete_every_conversation_once(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server = Server(tmp_path, free_port())
    if database == "postgresql":
        server = PostgresServer(tmp_path, server.port)
        url = request.getfixturevalue("database_url")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE retention")
        server.database_url = url.removesuffix("/postgres") + "/retention"
    server.manage("migrate")
    server.manage("load_scenarios")
    server.manage("load_rubrics")
    made = stage.built(server.manage("shell", "-c", "from tests.simulator import stage; stage.build(70); stage.grow_old(1200)"))
    with ThreadPoolExecutor(2) as pool:
        done = [json.loads(said) for said in pool.map(lambda _: server.manage("delete_old_conversations"), range(2))]
    everything = len(made["practice"])
    assert sum(counts.get("conversations deleted", 0) for counts in done) == everything
    left = stage.built(server.manage("shell", "-c", "from tests.simulator import stage; stage.count_deleted()"))
    assert left == {"archived": everything, "by_the_audit_log": everything, "events_left": 0}
