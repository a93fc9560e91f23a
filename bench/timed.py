"""The site, with the times of every turn's parts appended to the file that BENCH_TIMES names."""

from __future__ import annotations

import json
import logging
import os

from lms.asgi import application

__all__ = ["application"]


class Times(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.file = open(os.environ["BENCH_TIMES"], "a", buffering=1, encoding="utf-8")  # noqa: SIM115 - open as long as the server

    def emit(self, record: logging.LogRecord) -> None:
        self.file.write(json.dumps(record.args) + "\n")


turns = logging.getLogger("simulator.turns")
turns.setLevel(logging.DEBUG)
turns.propagate = False
turns.addHandler(Times())
