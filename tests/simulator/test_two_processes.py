"""People of one room on two processes: Redis tells each process that the room has moved, the log says the rest."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Server, free_port
from tests.simulator import stage
from tests.simulator.wire import Client

pytestmark = pytest.mark.xdist_group("wire")


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed here (no redis-server)")
    port = free_port()
    process = subprocess.Popen([program, "--port", str(port), "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


class RedisServer(Server):
    """A server that tells others through Redis."""

    redis_url = ""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "REDIS_URL": self.redis_url}


async def test_who_watches_from_another_process_is_named_and_sees_every_turn(redis_url: str, tmp_path: Path) -> None:
    here, there = RedisServer(tmp_path, free_port()), RedisServer(tmp_path, free_port())
    here.redis_url = there.redis_url = redis_url
    here.manage("migrate")
    here.manage("load_scenarios")
    made = stage.built(here.manage("shell", "-c", "from tests.simulator import stage; stage.build(1)"))
    (session,) = made["practice"]
    here.start()
    there.start()
    try:
        trainee = Client(here.port, session, made["cookies"]["trainee"])
        trainer = Client(there.port, session, made["cookies"]["trainer"], "trainer")
        async with trainee:
            await trainee.join()
            async with trainer:
                await trainer.join()
                came = await trainee.until("presence")
                answer = await trainee.say("您好，非常抱歉，请问是哪一天扣的？")
                await trainee.settle()
                await trainer.settle(1.0)
            gone = await trainee.until("presence", lambda frame: not frame["watching"])
    finally:
        here.stop()
        there.stop()
    assert [person["name"] for person in came["watching"]] == ["周敏"]
    assert gone["watching"] == []
    assert answer["position"] in [event["position"] for event in trainer.events("trainee_said")]
    spoken = [event["position"] for event in trainee.events("customer_said")]
    assert spoken == [event["position"] for event in trainer.events("customer_said")]
    assert "Traceback" not in (tmp_path / "server.log").read_text(encoding="utf-8")
