"""Acknowledged turns that are missing or doubled after the server was killed five times under load. Anything but 0 is a fault."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from bench import rooms

Kept = dict[tuple[str, str], int]
"""The position each message was acknowledged at, by session and client id."""

KILLS = 5
CLIENTS = 60
SECONDS = 3.0


async def _talk(port: int, session: str, cookie: str, unanswered: dict[str, str], kept: Kept) -> None:
    """Say one thing after another until the connection breaks; first whatever was not answered the last time."""
    try:
        async with rooms.connect(port, session, cookie) as socket:
            await rooms.join(socket)
            while True:
                client_id = unanswered.setdefault(session, str(uuid.uuid4()))
                answer = await rooms.say(socket, random.choice(rooms.LINES), client_id)
                if answer["type"] == "acknowledged":
                    kept[session, client_id] = answer["position"]
                    del unanswered[session]
                elif answer["code"] == "finished":
                    del unanswered[session]
                    return
                else:
                    await asyncio.sleep(0.2)
    except (OSError, EOFError, rooms.websockets.exceptions.WebSocketException):
        return


async def _round(server: rooms.Server, sessions: list[str], cookie: str, unanswered: dict[str, str], kept: Kept) -> None:
    talking = [asyncio.create_task(_talk(server.port, session, cookie, unanswered, kept)) for session in sessions]
    await asyncio.sleep(SECONDS)
    server.kill()
    await asyncio.gather(*talking)


def run() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        made = rooms.stage(data, CLIENTS * KILLS)
        server = rooms.Server("lms.asgi:application", data)
        server.manage("collectstatic", "--noinput")
        cookie, unanswered, kept = made["cookies"]["trainee"], {}, {}
        print(f"{'kill':>4} {'acknowledged':>12} {'lost':>5} {'doubled':>8} {'stored, not acknowledged':>25}")
        for kill in range(1, KILLS + 1):
            # Half of the rooms go on from the round before, half are fresh: old ones send again what was not answered.
            fresh = made["practice"][(kill - 1) * CLIENTS : kill * CLIENTS]
            sessions = fresh[: CLIENTS // 2] + list(unanswered)[: CLIENTS // 2]
            server.start()
            asyncio.run(_round(server, sessions, cookie, unanswered, kept))
            stored = _stored(data)
            lost = sum(stored[key].count(position) != 1 for key, position in kept.items())
            doubled = sum(len(positions) > 1 for positions in stored.values()) + _doubled_positions(data)
            extra = sum(key not in kept for key in stored)
            rows.append({"kill": kill, "acknowledged": len(kept), "lost": lost, "doubled": doubled, "stored_not_acknowledged": extra})
            print(f"{kill:>4} {len(kept):>12} {lost:>5} {doubled:>8} {extra:>25}")
    return rows


def _stored(data: Path) -> dict[tuple[str, str], list[int]]:
    """The positions of every message of a client, by session and id, as the file has them."""
    with sqlite3.connect(data / "tingsu.sqlite3") as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise RuntimeError("the database is damaged")
        rows = connection.execute("SELECT session_id, client_id, position FROM simulator_loggedevent WHERE client_id != ''").fetchall()
    stored: dict[tuple[str, str], list[int]] = _Positions()
    for session, client_id, position in rows:
        stored[str(uuid.UUID(session)), client_id] = [*stored[str(uuid.UUID(session)), client_id], position]
    return stored


class _Positions(dict[tuple[str, str], list[int]]):
    """Nothing stored is an empty list, and asking does not store it."""

    def __missing__(self, key: tuple[str, str]) -> list[int]:
        return []


def _doubled_positions(data: Path) -> int:
    with sqlite3.connect(data / "tingsu.sqlite3") as connection:
        rows = connection.execute("SELECT session_id, position FROM simulator_loggedevent").fetchall()
    return sum(count > 1 for count in Counter(rows).values())


if __name__ == "__main__":
    run()
