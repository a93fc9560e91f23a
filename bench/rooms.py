"""Servers and clients for the benchmarks of the live room."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

ROOT = Path(__file__).resolve().parent.parent
# Calm words that can be said again and again without settling the matter or driving the customer away.
LINES = (
    "您好，我在听，请您慢慢说。", "我明白这件事让您很着急。", "请问这笔钱是哪一天扣的？", "我正在看您的记录。",
    "谢谢您告诉我这些。", "请问当时是谁答应您的？", "我记下来了。", "请问您希望我们怎么处理？",
)  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """uvicorn with the settings of `tools/serve.py`, on any application."""

    def __init__(self, application: str, data: Path, **environment: str) -> None:
        self.application, self.data, self.port = application, data, free_port()
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.environment = {**kept, "TINGSU_DATA": str(data), "DEBUG": "0", "LOG_LEVEL": "WARNING", **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)}: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def start(self) -> None:
        options = ["--port", str(self.port), "--loop", "uvloop", "--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]
        command = [sys.executable, "-m", "uvicorn", self.application, "--log-level", "error", "--lifespan", "off", *options]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        for _attempt in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"{self.application} did not start") from None
                time.sleep(0.1)
        raise RuntimeError(f"{self.application} did not answer within 30 seconds")

    def cpu_seconds(self) -> float:
        """Processor time the server has used so far, to the nanosecond; in whole seconds where this is not Linux."""
        assert self.process is not None
        if sys.platform == "linux":
            return time.clock_gettime(~self.process.pid << 3 | 2)  # the processor clock of that process: clock_getcpuclockid(3)
        return float(subprocess.check_output(["ps", "-o", "cputimes=", "-p", str(self.process.pid)], text=True))

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


def stage(data: Path, sessions: int) -> dict[str, Any]:
    """A fresh data folder with `sessions` role-plays of one trainee; their ids and the cookie of the trainee."""
    server = Server("", data)
    server.manage("migrate")
    server.manage("load_scenarios")
    printed = server.manage("shell", "-c", f"from tests.simulator import stage; stage.build({sessions})")
    return json.loads(next(line for line in printed.splitlines() if line.startswith("STAGE ")).removeprefix("STAGE "))


def connect(port: int, session: str, cookie: str) -> websockets.connect:
    headers = {"Origin": f"http://127.0.0.1:{port}", "Cookie": f"sessionid={cookie}"}
    return websockets.connect(
        f"ws://127.0.0.1:{port}/ws/role-plays/{session}/", additional_headers=headers, max_size=None, compression=None, ping_interval=None
    )


async def join(socket: ClientConnection) -> None:
    await socket.send('{"type": "join", "after": 0}')
    while json.loads(await socket.recv())["type"] != "joined":
        pass


async def say(socket: ClientConnection, text: str, client_id: str | None = None) -> dict[str, Any]:
    """Say something and read on until it is answered."""
    client_id = client_id or str(uuid.uuid4())
    await socket.send(json.dumps({"type": "say", "id": client_id, "text": text}, ensure_ascii=False))
    while True:
        frame = json.loads(await socket.recv())
        if frame["type"] in ("acknowledged", "refused") and frame.get("id") == client_id:
            return frame


async def drain(socket: ClientConnection, seconds: float) -> None:
    """Read what comes for a while, as a browser would."""
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        try:
            await asyncio.wait_for(socket.recv(), left)
        except TimeoutError:
            return
