"""The sockets of a class with a real server: who gets what, when, and that nobody gets anything else."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.conftest import Server, free_port
from tests.simulator.classes import class_stage
from tests.simulator.wire import Client, validator

pytestmark = pytest.mark.xdist_group("wire")
BUILD = "from tests.simulator.classes import class_stage; class_stage.{call}"


class Looking(Client):
    """A connection that looks on; every frame is held to its schema."""

    def __init__(self, port: int, address: str, cookie: str | None) -> None:
        super().__init__(port, "", cookie)
        self.address = address

    def _keep(self, frame: dict) -> dict:
        problems = [problem.message for problem in validator(frame["type"].capitalize()).iter_errors(frame)]
        assert not problems, f"{problems}\n{frame}"
        self.frames.append(frame)
        return frame

    async def look_on(self) -> None:
        await self.send({"type": "join"})


@dataclass
class Staged:
    server: Server
    cookies: dict[str, str]
    sitting: str

    def looking(self, who: str | None, address: str = "") -> Looking:
        return Looking(self.server.port, address or f"ws/classes/{self.sitting}/", self.cookies[who] if who else None)

    def run(self, call: str) -> None:
        self.server.manage("shell", "-c", BUILD.format(call=call))


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    server = Server(tmp_path_factory.mktemp("classes"), free_port())
    for command in ("migrate", "load_scenarios", "load_rubrics"):
        server.manage(command)
    made = class_stage.built(server.manage("shell", "-c", BUILD.format(call="build()")))
    server.start()
    yield Staged(server, made["cookies"], made["sitting"])
    server.stop()
    trouble = (server.data / "server.log").read_text(encoding="utf-8")
    assert "Traceback" not in trouble, trouble


@pytest.mark.parametrize(("who", "code"), [(None, 4401), ("outsider", 4404), ("hr", 4404), ("stranger", 4404)])
async def test_whoever_has_no_part_in_the_class_is_turned_away(staged: Staged, who: str | None, code: int) -> None:
    async with staged.looking(who) as one:
        assert (await one.receive())["type"] == "refused"
        assert await one.closed() == code


@pytest.mark.parametrize(("who", "code"), [(None, 4401), ("trainee", 4404), ("hr", 4404)])
async def test_only_trainers_see_the_running_rooms(staged: Staged, who: str | None, code: int) -> None:
    async with staged.looking(who, "ws/running/") as one:
        assert (await one.receive())["type"] == "refused"
        assert await one.closed() == code


@pytest.mark.parametrize(
    ("frame", "code"), [("{", "malformed"), ("[]", "malformed"), (b"\xff\x00", "malformed"), ('{"type": "say"}', "unknown_type")]
)
async def test_anything_but_join_is_refused_and_the_connection_lives(staged: Staged, frame: str | bytes, code: str) -> None:
    async with staged.looking("trainer") as one:
        await one.send(frame)
        assert (await one.until("refused"))["code"] == code
        await one.look_on()
        await one.until("class")


async def test_the_lobby_fills_the_class_starts_and_the_grid_follows_within_a_second(staged: Staged) -> None:
    async with staged.looking("trainer") as trainer, staged.looking("trainee") as trainee:
        await trainer.look_on()
        await trainer.until("class")
        await trainee.look_on()
        seen = await trainer.until("class", lambda frame: any(person["here"] for person in frame["people"]))
        assert {person["name"]: person["here"] for person in seen["people"]} == {"林晓": True, "colleague": False}
        assert seen["room"] is None
        await asyncio.to_thread(staged.run, f"start('{staged.sitting}')")
        room = (await trainee.until("class", lambda frame: frame["state"] == "running" and frame["room"]))["room"]
        tiles = await trainer.until("tiles", lambda frame: frame["order"] == [room])
        assert tiles["tiles"][0]["name"] == "林晓"
        assert not any(frame["type"] == "tiles" for frame in trainee.frames), "who plays does not see the others"
        async with Client(staged.server.port, room, staged.cookies["trainee"], "exam") as talk:
            await talk.join()
            await talk.say("您自己没看清合同，你活该。")
            said_at = time.monotonic()
            await trainer.until("tiles", lambda frame: frame["tiles"] and frame["tiles"][0]["turn"] == 1)
            assert time.monotonic() - said_at < 1.0
        assert "level" not in json.dumps([trainer.frames, trainee.frames])
    async with staged.looking("trainer", "ws/running/") as running:
        await running.look_on()
        assert room in (await running.until("tiles"))["order"]
