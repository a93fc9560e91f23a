"""What a turn is compared with: a bare Channels echo, and a bare durable write, each an ASGI application of its own.

`BENCH_DATABASE` names the SQLite file of the durable one.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import queue
import sqlite3
import threading
from typing import Any

from django.conf import settings

if not settings.configured:
    settings.configure()

from channels.generic.websocket import AsyncWebsocketConsumer

waiting: queue.SimpleQueue[tuple[str, asyncio.AbstractEventLoop, asyncio.Future[None]]] = queue.SimpleQueue()


def _write() -> None:
    """One writer with group commit and full sync, as bare as it can be."""
    connection = sqlite3.connect(os.environ["BENCH_DATABASE"], isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS said (text TEXT)")
    while True:
        group = [waiting.get()]
        while not waiting.empty():
            group.append(waiting.get())
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO said VALUES (?)", [(text,) for text, _, _ in group])
        connection.execute("COMMIT")
        for _, loop, future in group:
            loop.call_soon_threadsafe(future.set_result, None)


class Echo(AsyncWebsocketConsumer):
    """Answers every message; `durable` ones only once they are on disk."""

    durable = False

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message: dict[str, Any] = json.loads(text_data or "{}")
        if self.durable:
            loop = asyncio.get_running_loop()
            written: asyncio.Future[None] = loop.create_future()
            waiting.put((text_data or "", loop, written))
            await written
        await self.send(text_data=json.dumps({"type": "acknowledged", "id": message.get("id")}))


class Durable(Echo):
    durable = True


echo = Echo.as_asgi()
durable = Durable.as_asgi()
if os.environ.get("BENCH_DATABASE"):
    threading.Thread(target=_write, daemon=True).start()
gc.collect()
gc.freeze()
