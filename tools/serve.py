"""Serve the site with the measured settings, and say where it is and who can log in."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO_LOGINS = ("trainee", "trainer", "author", "hr", "admin", "outsider")


def main() -> None:
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    os.environ.setdefault("DEBUG", "0")  # `make run` says 1; a service that says nothing must not show tracebacks and demo logins
    if not port.isdigit():
        sys.exit(f"PORT must be a number, not {port!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            sys.exit(f"Port {port} is taken by another program. Choose another one: PORT=8001 make run")
    print(f"\n  听诉 Tingsu   http://{host}:{port}\n", flush=True)
    if os.environ["DEBUG"] not in ("0", "false", "no", "off"):
        print(f"  Demo logins   {'  '.join(DEMO_LOGINS)}\n  Password      tingsu-demo\n", flush=True)
    os.chdir(ROOT)
    arguments = ["--host", host, "--port", port, "--loop", "uvloop", "--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]
    arguments += [
        "--ws-max-size",
        "4194304",
        "--log-level",
        os.environ.get("LOG_LEVEL", "warning").lower(),
        "--timeout-graceful-shutdown",
        "5",
    ]
    os.execv(sys.executable, [sys.executable, "-m", "uvicorn", "lms.asgi:application", *arguments])


if __name__ == "__main__":
    main()
