"""Conversations on the wire with a real server: joined, refused, replied, resumed, killed and started again."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from websockets.sync.client import ClientConnection, connect

from simulator import levers, protocol
from simulator.errors import SimulatorError
from tests.conftest import Server, free_port
from tests.simulator import stage
from tests.simulator.frames import frames
from tests.simulator.wire import PATIENCE, Client, schema_of, validator

pytestmark = pytest.mark.xdist_group("wire")
BUILD = "from tests.simulator import stage; stage.{call}"


@dataclass
class Stage:
    """A running server, the cookies of the cast, and role-plays nobody has spoken in."""

    server: Server
    cookies: dict[str, str]
    practice: list[str]
    exam: list[str]

    def client(self, session_id: str, who: str | None = "trainee", role: str = "trainee") -> Client:
        return Client(self.server.port, session_id, self.cookies[who] if who else None, role)

    def log(self, session_id: str) -> dict[str, Any]:
        """The log as the database has it, read by another process."""
        return stage.built(self.server.manage("shell", "-c", BUILD.format(call=f"log_rows('{session_id}')")))

    def said(self, session_id: str) -> list[str]:
        return [row["data"]["text"] for row in self.log(session_id)["rows"] if row["kind"] == "trainee_said"]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    server = Server(tmp_path_factory.mktemp("wire"), free_port())
    server.manage("migrate")
    server.manage("load_scenarios")
    server.manage("load_rubrics")
    made = stage.built(server.manage("shell", "-c", BUILD.format(call="build(30, exams=2)")))
    server.start()
    yield Stage(server, made["cookies"], made["practice"], made["exam"])
    server.stop()
    trouble = (server.data / "server.log").read_text(encoding="utf-8")
    assert "Traceback" not in trouble, trouble


@pytest.fixture
def session(staged: Stage) -> str:
    """A role-play in which only the customer has said something."""
    return staged.practice.pop()


async def test_who_joins_hears_the_customer_and_learns_where_the_session_stands(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        joined = await trainee.join()
        await trainee.settle()
    assert joined["session"]["id"] == session
    assert joined["session"]["state"] == "open"
    assert joined["session"]["seat"] == "trainee"
    assert joined["session"]["record"]
    assert joined["watching"] == []
    assert trainee.events("customer_said")


async def test_a_turn_is_acknowledged_at_its_position_and_answered_by_the_customer(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        await trainee.join()
        await trainee.settle()
        before = len(trainee.events("customer_said"))
        answer = await trainee.say("非常抱歉给您添了麻烦，请问这笔年费是哪一天扣的？")
        await trainee.settle()
    assert answer["type"] == "acknowledged"
    (said,) = trainee.events("trainee_said")
    assert said["position"] == answer["position"]
    assert said["client_id"] == answer["id"]
    assert len(trainee.events("customer_said")) > before


async def test_the_same_id_again_changes_nothing_and_is_answered_the_same(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        await trainee.join()
        first = await trainee.say("您好，我是客服。", "one-and-the-same")
        again = await trainee.say("您好，我是客服。", "one-and-the-same")
    assert first == again
    assert staged.said(session) == ["您好，我是客服。"]


async def test_a_reconnect_gets_what_it_missed_and_nothing_twice(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        await trainee.join()
        await trainee.settle()
        left_at = trainee.position
        first = trainee.events()
    async with staged.client(session) as other_tab:
        await other_tab.join()
        await other_tab.say("请您慢慢说，我在听。")
        await other_tab.settle()
        everything = other_tab.events()
    async with staged.client(session) as back:
        joined = await back.join(after=left_at)
    assert [event["position"] for event in first + joined["events"]] == [event["position"] for event in everything]


async def test_bubbles_are_sent_when_they_are_due_and_withheld_until_then(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        await trainee.join()
        await trainee.settle()
        await trainee.say("请问您的卡号后四位是多少？具体是哪一天、扣了多少钱？")
        async with staged.client(session) as second_tab:
            joined = await second_tab.join()
            assert joined["pending"] > 0
            shown_at_once = second_tab.events("customer_said")
            await second_tab.settle()
            shown_later = second_tab.events("customer_said")
    assert len(shown_later) == len(shown_at_once) + joined["pending"]


async def test_two_tabs_stay_in_step(staged: Stage, session: str) -> None:
    async with staged.client(session) as one, staged.client(session) as other:
        await one.join()
        await other.join()
        await one.say("您好，我姓王，很抱歉让您等这么久。")
        await other.say("我马上帮您查。")
        await one.settle()
        await other.settle()
    assert one.events() == other.events()
    assert len(one.events("trainee_said")) == 2


async def test_speaking_before_the_customer_has_finished_is_written_down(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        await trainee.join()
        await trainee.settle()
        await trainee.say("请问是哪一天扣的？")
        await trainee.say("扣了多少钱？")  # at once: the customer is still typing
        await trainee.settle()
    (overlapped,) = trainee.events("overlapped")
    assert overlapped["data"]["unsent"] > 0
    assert overlapped["position"] < trainee.events("trainee_said")[1]["position"]


async def test_a_trainer_who_watches_is_named_to_the_trainee_and_cannot_speak(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        await trainee.join()
        async with staged.client(session, "trainer", "trainer") as trainer:
            joined = await trainer.join()
            assert joined["session"]["seat"] == "trainer"
            came = await trainee.until("presence")
            refused = await trainer.say("我来替他说。")
            await trainee.say("您好，请讲。")
            await trainer.until("events", lambda frame: any(event["kind"] == "acts_read" for event in frame["events"]))
        gone = await trainee.until("presence", lambda frame: not frame["watching"])
    assert [person["name"] for person in came["watching"]] == ["周敏"]
    assert refused["code"] == "not_allowed"
    assert gone["watching"] == []
    assert not trainee.events("acts_read")
    assert staged.said(session) == ["您好，请讲。"]


@pytest.mark.parametrize(
    ("who", "code", "close"),
    [("outsider", "not_found", 4404), ("colleague", "not_found", 4404), ("hr", "not_found", 4404), (None, "login_needed", 4401)],
)
async def test_who_has_no_right_is_refused_with_a_code_and_closed(
    staged: Stage, session: str, who: str | None, code: str, close: int
) -> None:
    async with staged.client(session, who) as stranger:
        refused = await stranger.receive()
        assert (refused["type"], refused["code"]) == ("refused", code)
        assert await stranger.closed() == close


async def test_a_session_that_does_not_exist_looks_like_one_that_is_not_yours(staged: Stage) -> None:
    async with staged.client("00000000-0000-4000-8000-000000000000") as trainee:
        assert (await trainee.receive())["code"] == "not_found"
        assert await trainee.closed() == 4404


@pytest.mark.parametrize("address", ["ws/role-plays/not-a-uuid/", "ws/role-plays/%00/", "ws/", "elsewhere/"])
async def test_an_address_where_no_room_can_be_looks_the_same(staged: Stage, address: str) -> None:
    stranger = staged.client("")
    stranger.address = address
    async with stranger:
        assert (await stranger.receive())["code"] == "not_found"
        assert await stranger.closed() == 4404


async def test_joining_again_and_again_is_slowed_down(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        for _time in range(20):
            await trainee.send({"type": "join", "after": 1000})
        assert (await trainee.until("refused"))["code"] == "rate_limited"
        assert sum(frame["type"] == "joined" for frame in trainee.frames) >= 10


async def test_a_finished_session_can_be_read_and_not_written(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        await trainee.join()
        await trainee.say("先这样吧，再见。")
        await trainee.send({"type": "finish"})
        await trainee.until("events", lambda frame: any(event["kind"] == "session_ended" for event in frame["events"]))
        refused = await trainee.say("还有一句。")
        await trainee.send({"type": "finish"})
        again = await trainee.until("refused")
    async with staged.client(session) as later:
        joined = await later.join()
    assert refused["code"] == again["code"] == "finished"
    assert joined["session"]["state"] == "finished"
    assert joined["session"]["outcome"] == "closed_by_trainee"
    assert staged.log(session)["state"] == "finished"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("x" * 1_000_000, "too_long"),
        (json.dumps({"type": "say", "id": "a", "text": "长" * 400_000}), "too_long"),
        ('{"type": "say", "id": "a1", "text": "' + "a" * 2001 + '"}', "too_long"),
        ("[" * 60_000, "malformed"),
        ("", "malformed"),
        (b"\xff\xfe\x00garbage", "malformed"),
        ("null", "malformed"),
        ('{"type": "say", "text": "no id"}', "malformed"),
        ('{"type": "say", "id": "a2", "text": "\\u0000"}', "malformed"),
        ('{"type": "say", "id": "a3", "text": "\\ud800"}', "malformed"),
        ('{"type": "say", "id": "a4", "text": "   "}', "malformed"),
        ('{"type": "say", "id": "a5", "text": "\\u200b\\ufeff"}', "malformed"),
        ('{"type": "join", "after": -1}', "malformed"),
        ('{"type": "open_record", "section": "no_such_section"}', "not_found"),
        ('{"type": "dance"}', "unknown_type"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_bad_input_gets_its_code_and_the_connection_goes_on(staged: Stage, frame: str | bytes, code: str) -> None:
    async with staged.client(staged.practice[0]) as trainee:
        await trainee.join()
        await trainee.send(frame)
        refused = await trainee.until("refused")
        assert refused["code"] == code
        await trainee.send({"type": "join", "after": trainee.position})
        await trainee.until("joined")


def ends_the_conversation(frame: str | bytes) -> bool:
    try:
        return isinstance(protocol.parse(frame), protocol.Finish | levers.End)
    except SimulatorError:
        return False


@pytest.fixture(scope="module")
def lines(staged: Stage) -> Iterator[dict[str, ClientConnection]]:
    """A line to an open role-play for who plays, who trains and who watches, and one to a finished one; all have joined."""
    with ExitStack() as open_lines:

        def line(session_id: str, who: str) -> ClientConnection:
            port = staged.server.port
            headers = {"Origin": f"http://127.0.0.1:{port}", "Cookie": f"sessionid={staged.cookies[who]}"}
            address = f"ws://127.0.0.1:{port}/ws/role-plays/{session_id}/"
            opened = open_lines.enter_context(connect(address, additional_headers=headers, max_size=None, compression=None))
            opened.send('{"type": "join"}')
            return opened

        played, over = staged.practice.pop(), staged.practice.pop()
        ended = line(over, "trainee")
        ended.send('{"type": "finish"}')
        yield {
            "trainee": line(played, "trainee"),
            "trainer": line(played, "trainer"),
            "watching": line(played, "observer"),
            "finished": ended,
        }


@given(st.sampled_from(["trainee", "trainer", "watching", "finished"]), frames)
def test_whatever_comes_is_answered_by_the_book_and_the_line_holds(
    lines: dict[str, ClientConnection], who: str, frame: str | bytes
) -> None:
    assume(not ends_the_conversation(frame))
    line, mark = lines[who], str(uuid.uuid4())
    line.send(frame)
    line.send(json.dumps({"type": "dance", "id": mark}))
    answers: list[dict[str, Any]] = []
    while not answers or answers[-1].get("id") != mark:
        answers.append(json.loads(line.recv(PATIENCE)))
    role = "trainee" if who == "finished" else who
    problems = [error.message for answer in answers for error in validator(schema_of(answer, role)).iter_errors(answer)]
    assert not problems
    assert any(answer["type"] in ("refused", "joined", "acknowledged", "events") for answer in answers[:-1])


async def test_nothing_is_done_before_the_room_is_joined(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        assert (await trainee.say("您好"))["code"] == "not_joined"
    assert staged.said(session) == []


async def test_a_flood_is_slowed_down_and_loses_nothing_that_was_acknowledged(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        await trainee.join()
        answers = [await trainee.say(f"第{number}句，请您稍等。") for number in range(14)]
    kept = [number for number, answer in enumerate(answers) if answer["type"] == "acknowledged"]
    assert any(answer.get("code") == "rate_limited" for answer in answers) or any(answer.get("code") == "finished" for answer in answers)
    assert staged.said(session) == [f"第{number}句，请您稍等。" for number in kept]


async def test_an_exam_shows_neither_mood_nor_level_before_it_is_over(staged: Stage) -> None:
    session = staged.exam.pop()
    async with staged.client(session, role="exam") as trainee:
        joined = await trainee.join()
        await trainee.say("您好，非常抱歉，请问是哪一天扣的？")
        await trainee.settle()
        kinds = {event["kind"] for event in trainee.events()}
    assert joined["session"]["level"] is None
    assert joined["signs"]["mood"] is None
    assert "state_changed" not in kinds
    assert "customer_said" in kinds


async def test_looking_something_up_is_written_down(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        joined = await trainee.join()
        section = joined["session"]["record"][0]["section"]
        await trainee.send({"type": "open_record", "section": section})
        await trainee.until("events", lambda frame: any(event["kind"] == "record_opened" for event in frame["events"]))
    assert [row["data"]["section"] for row in staged.log(session)["rows"] if row["kind"] == "record_opened"] == [section]


async def test_a_killed_server_loses_no_acknowledged_turn_and_doubles_none(staged: Stage, session: str) -> None:
    async with staged.client(session) as trainee:
        await trainee.join()
        await trainee.settle()
        first = await trainee.say("您好，我是客服小王，很抱歉。", "before-the-kill")
        staged.server.kill()
        before = trainee.events()
        left_at = trainee.position
    staged.server.start()
    async with staged.client(session) as back:
        joined = await back.join(after=left_at)
        again = await back.say("您好，我是客服小王，很抱歉。", "before-the-kill")
        await back.settle()
    assert again == first
    assert joined["session"]["state"] == "open"
    assert staged.said(session) == ["您好，我是客服小王，很抱歉。"]
    positions = [event["position"] for event in before + back.events()]
    assert positions == sorted(set(positions))
    assert first["position"] in positions


async def test_a_saved_field_survives_a_killed_server_and_shows_in_the_other_tab(staged: Stage, session: str) -> None:
    field = {"type": "save_field", "id": "field-1", "field": "matter", "value": "年费扣了两次"}
    async with staged.client(session) as here, staged.client(session) as there:
        await here.join()
        await there.join()
        await here.settle()
        await here.send(field)
        saved = await here.until("acknowledged")
        while not there.events("form_saved"):
            await there.receive()
        staged.server.kill()
    staged.server.start()
    async with staged.client(session) as back:
        await back.join()
        await back.send(field)
        assert await back.until("acknowledged") == saved
        assert [event["data"] for event in back.events("form_saved")] == [{"field": "matter", "value": "年费扣了两次"}]


async def test_two_processes_write_one_session_in_one_order(staged: Stage, session: str) -> None:
    second = Server(staged.server.data, free_port())
    second.start()
    try:
        here = staged.client(session)
        there = Client(second.port, session, staged.cookies["trainee"])
        async with here, there:
            await here.join()
            await there.join()

            async def speak(client: Client, name: str) -> list[dict[str, Any]]:
                return [await client.say(f"{name}说第{number}句，请稍等。") for number in range(4)]

            answers = sum(await asyncio.gather(speak(here, "甲"), speak(there, "乙")), [])
    finally:
        second.stop()
    acknowledged = [answer["position"] for answer in answers if answer["type"] == "acknowledged"]
    assert len(acknowledged) == len(set(acknowledged))
    stored = staged.log(session)
    assert [row["position"] for row in stored["rows"]] == list(range(1, stored["last_position"] + 1))
    assert sorted(row["position"] for row in stored["rows"] if row["kind"] == "trainee_said") == sorted(acknowledged)
    assert len(acknowledged) > 2


def test_the_description_is_whole(tmp_path: Path) -> None:
    from tests.simulator.wire import description, validator

    document = description()
    assert document["asyncapi"].startswith("3.")
    for name in document["components"]["schemas"]:
        validator(name).check_schema(document["components"]["schemas"][name])
    for message in document["channels"]["room"]["messages"].values():
        assert message["$ref"].rsplit("/", 1)[1] in document["components"]["messages"]
