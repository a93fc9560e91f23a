"""A real room, a real server of the language model's protocol: its words are shown where they may be, and it holds up nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from simulator.rewording.endpoint import FAILURES_IN_A_ROW, LARGEST_ANSWER, Endpoint
from simulator.rewording.endpoint import Server as Named
from tests.conftest import Server, free_port
from tests.simulator import stage
from tests.simulator.wire import Client

pytestmark = pytest.mark.xdist_group("wire")
BUILD = "from tests.simulator import stage; stage.{call}"
GREETING = "您好，我是客服小陈，请问是什么事让您不高兴？"


@dataclass
class Model:
    """A language model of three lines: `answer` makes its wording of the customer's line, or its whole reply where that is bytes."""

    answer: Any = staticmethod(lambda line: line)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Model:
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.asked.append({**body, "key": self.headers.get("Authorization", ""), "path": self.path})
                line = body["messages"][-1]["content"].rpartition("：")[2]
                wording = model.answer(line)
                reply = wording if isinstance(wording, bytes) else json.dumps({"choices": [{"message": {"content": wording}}]}).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(reply)))
                    self.end_headers()
                    self.wfile.write(reply)
                except ConnectionError:
                    pass  # whoever asked has stopped waiting

            def log_message(self, *parts: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"


@pytest.fixture
def model() -> Iterator[Model]:
    with Model() as running:
        yield running


@dataclass
class Stage:
    server: Server
    cookie: str
    sessions: list[str]
    model: Model

    def client(self, session_id: str) -> Client:
        return Client(self.server.port, session_id, self.cookie)

    def rows(self, session_id: str) -> list[dict[str, Any]]:
        return stage.built(self.server.manage("shell", "-c", BUILD.format(call=f"log_rows('{session_id}')")))["rows"]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Model() as model:
        server = Server(
            tmp_path_factory.mktemp("model"),
            free_port(),
            settings={
                "LANGUAGE_MODEL_URL": model.url,
                "LANGUAGE_MODEL_NAME": "words-1",
                "LANGUAGE_MODEL_KEY": "secret",
                "LANGUAGE_MODEL_SECONDS": "2",
            },
        )
        server.manage("migrate")
        server.manage("load_scenarios")
        server.manage("load_rubrics")
        made = stage.built(server.manage("shell", "-c", BUILD.format(call="build(6, exams=0)")))
        server.start()
        yield Stage(server, made["cookies"]["trainee"], made["practice"], model)
        server.stop()
        trouble = (server.data / "server.log").read_text(encoding="utf-8")
        assert "Traceback" not in trouble, trouble


async def said_after_a_turn(staged: Stage, session: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The events that follow a greeting, and what the room said of itself."""
    async with staged.client(session) as trainee:
        joined = await trainee.join()
        await trainee.settle()
        before = trainee.position
        await trainee.say(GREETING)
        await trainee.settle()
        return [event for event in trainee.events() if event["position"] > before], joined


async def test_a_wording_that_says_the_same_is_shown_and_logged_with_its_source(staged: Stage) -> None:
    session = staged.sessions.pop()
    staged.model.answer = lambda line: f"{line[:-1]}啊{line[-1]}"
    events, joined = await said_after_a_turn(staged, session)
    shown = {event["position"]: event["data"]["text"] for event in events if event["kind"] == "customer_said"}
    assert shown
    rows = {row["position"]: row for row in staged.rows(session)}
    wordings = [row["data"] for row in rows.values() if row["kind"] == "customer_reworded"]
    assert [row["source"] for row in wordings] == ["words-1"] * len(shown)
    for row in wordings:
        assert shown[row["of"]] == row["text"] != rows[row["of"]]["data"]["text"]
    assert joined["session"]["model_speaks"] is True
    assert staged.model.asked[-1]["path"] == "/v1/chat/completions"
    assert staged.model.asked[-1]["key"] == "Bearer secret"
    staged.server.manage("replay_session", session)


@pytest.mark.parametrize(
    "answer",
    [
        lambda line: f"{line[:-1]}，我等了十七天！",
        lambda line: b"not json at all",
        lambda line: b'{"choices": []}',
        lambda line: b'{"choices": [{"message": {"content": {"a": 1}}}]}',
    ],
    ids=["says more", "no json", "no choice", "no text"],
)
async def test_a_hostile_or_broken_model_changes_nothing(staged: Stage, answer: Any) -> None:
    session = staged.sessions.pop()
    staged.model.answer = answer
    events, _joined = await said_after_a_turn(staged, session)
    rows = {row["position"]: row for row in staged.rows(session)}
    assert all(event["data"]["text"] == rows[event["position"]]["data"]["text"] for event in events if event["kind"] == "customer_said")
    assert not [row for row in rows.values() if row["kind"] == "customer_reworded"]


def test_a_slow_model_is_not_waited_for(model: Model) -> None:
    model.answer = lambda line: time.sleep(3) or line
    began = time.monotonic()
    assert Endpoint(Named(model.url, "words-1", seconds=0.5)).ask([{"role": "user", "content": "x"}], 50) is None
    assert time.monotonic() - began < 2.5


def test_after_some_failures_the_server_is_left_alone_for_a_while(model: Model) -> None:
    model.answer = lambda line: b"{}"
    endpoint = Endpoint(Named(model.url, "words-1"))
    answers = [endpoint.ask([{"role": "user", "content": "x"}], 50, now=float(second)) for second in range(FAILURES_IN_A_ROW + 5)]
    assert not any(answers)
    assert len(model.asked) == FAILURES_IN_A_ROW
    model.answer = lambda line: "好"
    assert endpoint.ask([{"role": "user", "content": "x"}], 50, now=1000.0) == "好"


def test_an_endless_answer_is_cut_off(model: Model) -> None:
    model.answer = lambda line: b"x" * (LARGEST_ANSWER * 3)
    assert Endpoint(Named(model.url, "words-1")).ask([{"role": "user", "content": "x"}], 50) is None


def test_a_server_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    assert Endpoint(Named(f"http://127.0.0.1:{free_port()}/v1", "words-1")).ask([{"role": "user", "content": "x"}], 50) is None
