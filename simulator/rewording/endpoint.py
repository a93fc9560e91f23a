"""One question to a server of the OpenAI protocol (`POST …/chat/completions`), with a time limit, and nothing else that leaves the machine.

The server is the one an administrator named in the settings. A slow, broken or hostile one costs its time limit at most; after
some failures in a row it is left alone for a while.
"""

from __future__ import annotations

import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass

logger = logging.getLogger(__name__)

LARGEST_ANSWER = 64 * 1024
FAILURES_IN_A_ROW = 3
PAUSE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """`url` is the address up to and with `/v1`; `seconds` the time limit of one question."""

    url: str
    model: str
    key: str = ""
    seconds: float = 4.0


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The server that was named answers itself, or nobody does."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


_open = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects()).open


class Endpoint:
    """A server, and how it has done lately."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.failures = 0
        self.left_alone_until = 0.0

    def ask(self, messages: Sequence[dict[str, str]], longest: int, now: float | None = None) -> str | None:
        """The server's answer as plain text; None where there is none in time."""
        now = time.monotonic() if now is None else now
        if now < self.left_alone_until:
            return None
        try:
            answer = self._answer(messages, longest)
        except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
            self.failures += 1
            if self.failures >= FAILURES_IN_A_ROW:
                self.failures, self.left_alone_until = 0, now + PAUSE_SECONDS
            logger.warning("the language model gave no answer: %r", error)
            return None
        self.failures = 0
        return answer

    def _answer(self, messages: Sequence[dict[str, str]], longest: int) -> str:
        body = {"model": self.server.model, "messages": list(messages), "max_tokens": longest, "temperature": 0.9, "n": 1, "stream": False}
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.server.key:
            headers["Authorization"] = f"Bearer {self.server.key}"
        request = urllib.request.Request(f"{self.server.url}/chat/completions", json.dumps(body).encode(), headers, method="POST")
        by = time.monotonic() + self.server.seconds
        with _open(request, timeout=self.server.seconds) as response:
            read = bytearray()
            while piece := response.read1(8192):
                read += piece
                if len(read) > LARGEST_ANSWER:
                    raise ValueError("the answer is too long")
                if time.monotonic() > by:
                    raise TimeoutError("the answer came too slowly")
        text = json.loads(read)["choices"][0]["message"]["content"]
        return text.strip().strip('"“”「」').strip()
