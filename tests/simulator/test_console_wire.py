"""A trainer steps in, on the wire: who hears what, and what a trainee is never told. Every frame is held to the schema of its role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Server, free_port
from tests.simulator import stage
from tests.simulator.test_wire import BUILD, Stage

pytestmark = pytest.mark.xdist_group("wire")
AMOUNT = "请问一共扣了您多少钱？"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    server = Server(tmp_path_factory.mktemp("console"), free_port())
    server.manage("migrate")
    server.manage("load_scenarios")
    server.manage("load_rubrics")
    made = stage.built(server.manage("shell", "-c", BUILD.format(call="build(8, exams=1)")))
    server.start()
    yield Stage(server, made["cookies"], made["practice"], made["exam"])
    server.stop()
    trouble = (server.data / "server.log").read_text(encoding="utf-8")
    assert "Traceback" not in trouble, trouble


@pytest.fixture
def session(room: Stage) -> str:
    return room.practice.pop()


def everything(client: Any) -> str:
    return json.dumps(client.frames, ensure_ascii=False)


async def test_a_trainer_speaks_for_the_customer_and_hands_back(room: Stage, session: str) -> None:
    async with room.client(session) as trainee, room.client(session, "trainer", "trainer") as trainer:
        await trainee.join()
        await trainer.join()
        await trainee.settle()
        assert (await trainer.pull("take_seat"))["type"] == "acknowledged"
        await trainee.say(AMOUNT)
        offered = await trainer.hears("lines_offered")
        assert 1 <= len(offered["data"]["lines"]) <= 3
        before = len(trainee.events("customer_said"))
        answer = await trainer.pull("say_as_customer", text="我凭什么告诉您，我三月八号还白跑了一趟网点。")
        assert answer["type"] == "acknowledged"
        read = await trainer.hears("customer_read")
        await trainee.settle()
        (said,) = trainee.events("customer_said")[before:]
        await trainer.pull("hand_back")
        await trainee.say(AMOUNT)
        await trainee.settle()
    assert said["data"]["text"] == "我凭什么告诉您，我三月八号还白跑了一趟网点。"
    assert said["by"] is None
    assert "client_id" not in said
    assert [claim["about"] for claim in read["data"]["claims"]] == ["occurred_at"]
    assert len(trainee.events("customer_said")) > before + 1
    for hidden in ("driver_changed", "lines_offered", "customer_read", "acts_read", '"source"'):
        assert hidden not in everything(trainee)


async def test_a_whisper_is_heard_by_one_alone_and_the_session_counts_as_assisted(room: Stage, session: str) -> None:
    async with (
        room.client(session) as trainee,
        room.client(session, "observer", "watching") as observer,
        room.client(session, "trainer", "trainer") as trainer,
    ):
        for client in (trainee, observer, trainer):
            await client.join()
        assert (await trainer.pull("whisper", text="先听他说完。"))["type"] == "acknowledged"
        assert (await trainee.hears("whispered"))["data"] == {"text": "先听他说完。"}
        assert (await trainer.hears("whispered"))["data"]["text"] == "先听他说完。"
        await trainer.pull("bookmark", note="开头没有问候")
        await trainer.hears("bookmarked")
        await trainee.say("您好，您请讲。")
        await observer.hears("trainee_said")
        again = room.client(session, "observer", "watching")
        async with again:
            await again.join()
    assert "先听他说完" not in everything(observer) + everything(again)
    assert "开头没有问候" not in everything(observer) + everything(trainee) + everything(again)
    assert room.log(session)["assisted"] is True


async def test_while_paused_nothing_is_said_and_afterwards_all_of_it(room: Stage, session: str) -> None:
    async with room.client(session) as trainee, room.client(session, "trainer", "trainer") as trainer:
        await trainee.join()
        await trainer.join()
        await trainer.pull("pause")
        await trainee.hears("paused")
        refused = await trainee.say("您好。", "kept-by-the-browser")
        await trainer.pull("resume")
        await trainee.hears("resumed")
        said = await trainee.say("您好。", "kept-by-the-browser")
    assert refused["code"] == "paused"
    assert said["type"] == "acknowledged"
    assert room.said(session) == ["您好。"]


async def test_a_second_trainer_is_kept_from_the_seat_and_a_lever_pulled_twice_counts_once(room: Stage, session: str) -> None:
    async with room.client(session, "trainer", "trainer") as trainer, room.client(session, "colleague_trainer", "trainer") as other:
        await trainer.join()
        await other.join()
        await trainer.pull("take_seat")
        assert (await other.pull("take_seat"))["code"] == "not_allowed"
        assert (await other.pull("say_as_customer", text="我来说。"))["code"] == "not_allowed"
        nudge = {"type": "nudge", "id": "once", "mood": "angrier", "reason": "太顺了"}
        for _time in range(2):
            await trainer.send(nudge)
        await trainer.answer_to("once")
        await trainer.answer_to("once")
        await other.pull("hand_back")
    kinds = [row["kind"] for row in room.log(session)["rows"]]
    assert kinds.count("nudged") == 1
    assert kinds.count("driver_changed") == 2


async def test_an_observer_pulls_no_lever_and_a_trainee_neither(room: Stage, session: str) -> None:
    async with room.client(session) as trainee, room.client(session, "observer", "watching") as observer:
        await trainee.join()
        await observer.join()
        for client in (trainee, observer):
            for kind, fields in LEVERS.items():
                assert (await client.pull(kind, **fields))["code"] in ("not_allowed", "rate_limited")
    assert {row["kind"] for row in room.log(session)["rows"]} <= {"state_changed", "fact_told", "customer_said"}


LEVERS: dict[str, dict[str, Any]] = {
    "take_seat": {}, "hand_back": {}, "say_as_customer": {"text": "喂"}, "understood": {"line": 1, "says": "", "facts": [], "claims": []},
    "nudge": {"mood": "calmer", "reason": "x"}, "inject": {"text": "x"}, "whisper": {"text": "x"}, "pause": {}, "resume": {},
    "bookmark": {"note": "x"}, "end": {},
}  # fmt: skip


async def test_in_an_exam_the_trainee_learns_nothing_of_levers(room: Stage) -> None:
    session = room.exam.pop()
    async with room.client(session, role="exam") as trainee, room.client(session, "trainer", "trainer") as trainer:
        await trainee.join()
        await trainer.join()
        await trainer.pull("nudge", mood="angrier", reason="考试")
        await trainer.pull("inject", inject="system_outage")
        await trainer.hears("injected")
        await trainee.settle()
    kinds = {event["kind"] for event in trainee.events()}
    assert kinds <= {"customer_said", "fact_told"}


async def test_a_trainer_ends_it_for_everybody(room: Stage, session: str) -> None:
    async with room.client(session) as trainee, room.client(session, "trainer", "trainer") as trainer:
        await trainee.join()
        await trainer.join()
        await trainer.pull("end")
        ended = await trainee.hears("contact_ended")
        refused = await trainer.pull("pause")
    assert ended["data"] == {"outcome": "closed_by_trainer"}
    assert refused["code"] == "finished"
    assert room.log(session)["state"] == "finished"
