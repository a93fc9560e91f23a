"""The acknowledged, durable turn at a human pace, beside a bare Channels echo and a bare durable write at the same pace.

Each client says something every two seconds. All three servers run at the same time, so that noise on the machine hits all
of them alike. CPU is that of the server process, for each turn; what a server uses while nobody is there (uvicorn looks around
ten times a second) is measured first and taken off, or it would be most of the figure of a single client.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import rooms

CLIENTS = (1, 50, 200)
PACE_SECONDS = 2.0
TURNS = 7
IDLE_SECONDS = 5.0
PARTS = ("reading", "engine", "writing", "sending")


async def _client(port: int, session: str, cookie: str, start: float, *, joins: bool) -> list[float]:
    """One person; the milliseconds from sending to the acknowledgement of each turn."""
    taken: list[float] = []
    async with rooms.connect(port, session, cookie) as socket:
        if joins:
            await rooms.join(socket)
        await rooms.drain(socket, start - time.perf_counter())
        for turn in range(TURNS):
            began = time.perf_counter()
            answer = await rooms.say(socket, rooms.LINES[turn % len(rooms.LINES)])
            if answer["type"] == "refused":
                if answer["code"] == "finished":
                    break
                raise RuntimeError(f"refused: {answer}")
            taken.append((time.perf_counter() - began) * 1000)
            await rooms.drain(socket, start + (turn + 1) * PACE_SECONDS - time.perf_counter())
    return taken


def _idle(servers: dict[str, rooms.Server]) -> dict[str, float]:
    """The seconds of the processor that each server uses in a second in which nothing happens."""
    before = {name: server.cpu_seconds() for name, server in servers.items()}
    time.sleep(IDLE_SECONDS)
    return {name: (server.cpu_seconds() - before[name]) / IDLE_SECONDS for name, server in servers.items()}


async def _crowd(
    servers: dict[str, rooms.Server], sessions: list[str], cookie: str, idle: dict[str, float]
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """As many clients as sessions on every server, each starting somewhere within two seconds after all have joined.

    Gives the milliseconds of every turn, and the processor's milliseconds for each turn from the first word on.
    """
    first = time.perf_counter() + 2.0 + len(sessions) / 25
    chance = random.Random(len(sessions))
    work = {
        name: [_client(server.port, session, cookie, first + chance.uniform(0, PACE_SECONDS), joins=name == "turn") for session in sessions]
        for name, server in servers.items()
    }
    talking = asyncio.gather(*(asyncio.gather(*clients) for clients in work.values()))
    await asyncio.sleep(first - time.perf_counter())
    before = {name: server.cpu_seconds() for name, server in servers.items()}
    taken = {name: [ms for client in clients for ms in client] for name, clients in zip(work, await talking, strict=True)}
    lasted = time.perf_counter() - first
    used = {name: server.cpu_seconds() - before[name] - idle[name] * lasted for name, server in servers.items()}
    return taken, {name: used[name] * 1000 / len(taken[name]) for name in servers}


def _parts(path: Path, skip: int) -> tuple[dict[str, float], int]:
    """The mean milliseconds of each part of the turns since line `skip`, and how many lines there are now."""
    lines = path.read_text(encoding="utf-8").splitlines()
    turns = [json.loads(line) for line in lines[skip:]]
    return {f"{name}_ms": round(statistics.fmean(turn[name] for turn in turns), 3) for name in PARTS}, len(lines)


def run() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        data, times = Path(folder), Path(folder) / "times.jsonl"
        made = rooms.stage(data, sum(CLIENTS) + 5)
        times.touch()
        rooms.Server("", data).manage("collectstatic", "--noinput")
        servers = {
            "turn": rooms.Server("bench.timed:application", data, BENCH_TIMES=str(times)),
            "echo": rooms.Server("bench.bare:echo", data),
            "write": rooms.Server("bench.bare:durable", data, BENCH_DATABASE=str(data / "bare.sqlite3")),
        }
        sessions, lines = made["practice"], 0
        with rooms.running(servers["turn"]), rooms.running(servers["echo"]), rooms.running(servers["write"]):
            warm_up, sessions = sessions[:5], sessions[5:]
            asyncio.run(_crowd(servers, warm_up, made["cookies"]["trainee"], dict.fromkeys(servers, 0.0)))
            idle = _idle(servers)
            lines = len(times.read_text(encoding="utf-8").splitlines())
            print(f"{'clients':>7} {'server':8} {'turns':>6} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms/turn':>12}")
            for clients in CLIENTS:
                mine, sessions = sessions[:clients], sessions[clients:]
                taken, cpu = asyncio.run(_crowd(servers, mine, made["cookies"]["trainee"], idle))
                for name, ms in taken.items():
                    cuts = statistics.quantiles(ms, n=20)
                    row = {
                        "clients": clients,
                        "server": name,
                        "turns": len(ms),
                        "p50_ms": round(statistics.median(ms), 2),
                        "p95_ms": round(cuts[-1], 2),
                        "cpu_ms_per_turn": round(cpu[name], 2),
                        "idle_ms_per_second": round(idle[name] * 1000, 2),
                    }
                    if name == "turn":
                        parts, lines = _parts(times, lines)
                        row |= parts
                    rows.append(row)
                    apart = "".join(f"  {part} {row[f'{part}_ms']:.2f}" for part in PARTS if name == "turn")
                    print(f"{clients:>7} {name:8} {len(ms):>6} {row['p50_ms']:>8.2f} {row['p95_ms']:>8.2f} {cpu[name]:>12.2f}{apart}")
    return rows


if __name__ == "__main__":
    run()
