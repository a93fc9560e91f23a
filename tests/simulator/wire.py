"""A client that talks to a room as a browser does, and checks every frame it gets against `docs/asyncapi.yaml`."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import websockets
import yaml
from jsonschema import Draft202012Validator
from websockets.asyncio.client import ClientConnection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 10.0
SCHEMAS = {"trainee": "Trainee", "exam": "Exam", "watching": "Watching", "trainer": "Trainer"}


@lru_cache
def description() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))


@lru_cache
def validator(name: str) -> Draft202012Validator:
    """The validator of one schema of the description, references and all."""
    document = description()
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


def schema_of(frame: dict[str, Any], role: str) -> str:
    """The name of the schema that a frame to a role must meet."""
    base = frame["type"].capitalize()
    return (
        {"trainee": "Trainee", "exam": "Exam", "watching": "Watching", "trainer": "Trainer"}[role] + base
        if base in ("Joined", "Events")
        else base
    )


class Client:
    """One connection. `role` says which schemas its frames are held to: trainee, exam, watching (an observer) or trainer."""

    def __init__(self, port: int, session_id: str, cookie: str | None, role: str = "trainee") -> None:
        self.port, self.address, self.cookie, self.role = port, f"ws/role-plays/{session_id}/", cookie, role
        self.frames: list[dict[str, Any]] = []
        self.position = 0

    async def __aenter__(self) -> Client:
        headers = {"Origin": f"http://127.0.0.1:{self.port}"}
        if self.cookie:
            headers["Cookie"] = f"sessionid={self.cookie}"
        self.socket: ClientConnection = await websockets.connect(
            f"ws://127.0.0.1:{self.port}/{self.address}", additional_headers=headers, max_size=None, compression=None
        )
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.socket.close()

    async def send(self, message: object) -> None:
        await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message, ensure_ascii=False))

    async def receive(self) -> dict[str, Any]:
        return self._keep(json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE)))

    async def until(self, kind: str, where: Callable[[dict[str, Any]], bool] = lambda frame: True) -> dict[str, Any]:
        """Read on until a frame of this type that fits."""
        while True:
            frame = await self.receive()
            if frame["type"] == kind and where(frame):
                return frame

    async def join(self, after: int = 0) -> dict[str, Any]:
        self.position = after
        await self.send({"type": "join", "after": after})
        return await self.until("joined")

    async def say(self, text: str, client_id: str | None = None, **more: object) -> dict[str, Any]:
        """Say something; gives what the server answers to it."""
        client_id = client_id or str(uuid.uuid4())
        await self.send({"type": "say", "id": client_id, "text": text, **more})
        return await self.answer_to(client_id)

    async def pull(self, kind: str, **fields: object) -> dict[str, Any]:
        """Pull a lever; gives what the server answers to it."""
        client_id = str(uuid.uuid4())
        await self.send({"type": kind, "id": client_id, **fields})
        return await self.answer_to(client_id)

    async def answer_to(self, client_id: str) -> dict[str, Any]:
        while True:
            frame = await self.receive()
            if frame["type"] in ("acknowledged", "refused") and frame.get("id") == client_id:
                return frame

    async def hears(self, kind: str) -> dict[str, Any]:
        """Read on until an event of this kind has come; gives the first that there is."""
        while not (found := self.events(kind)):
            await self.receive()
        return found[0]

    async def settle(self, pause: float = 0.3) -> None:
        """Read until the customer has finished typing and nothing more comes."""
        while True:
            try:
                frame = json.loads(await asyncio.wait_for(self.socket.recv(), pause))
            except TimeoutError:
                if not self.frames or not next((f["pending"] for f in reversed(self.frames) if "pending" in f), 0):
                    return
                continue
            self._keep(frame)

    def _keep(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Hold the frame to its schema and to what every client may rely on: in order, nothing twice."""
        problems = [problem.message for problem in validator(schema_of(frame, self.role)).iter_errors(frame)]
        assert not problems, f"{problems}\n{frame}"
        if frame["type"] in ("joined", "events"):
            positions = [event["position"] for event in frame["events"]]
            assert positions == sorted(set(positions)), f"out of order: {positions}"
            assert all(self.position < position <= frame["position"] for position in positions), f"twice or too early: {positions}"
            self.position = max(self.position, frame["position"])
        self.frames.append(frame)
        return frame

    async def closed(self) -> int:
        """The code the server closes with."""
        await asyncio.wait_for(self.socket.wait_closed(), PATIENCE)
        return int(self.socket.close_code or 0)

    def events(self, *kinds: str) -> list[dict[str, Any]]:
        """Everything that has been shown, of these kinds where there are any."""
        shown = [event for frame in self.frames if frame["type"] in ("joined", "events") for event in frame["events"]]
        return [event for event in shown if not kinds or event["kind"] in kinds]
