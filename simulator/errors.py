"""What can go wrong when somebody does something in a role-play, as codes; `protocol` has the words."""

from __future__ import annotations

REFUSALS = (
    "malformed", "unknown_type", "not_joined", "too_long", "rate_limited", "finished", "paused", "not_allowed", "not_found", "login_needed",
    "not_yet", "not_again", "lacking", "too_late", "not_later", "beyond_limit", "no_approver",
)  # fmt: skip


class SimulatorError(Exception):
    """Something that was asked for is refused. `code` is one of `REFUSALS`; nothing has been changed."""

    def __init__(self, code: str, client_id: str | None = None) -> None:
        if code not in REFUSALS:
            raise ValueError(f"{code} is no code of a refusal.")
        super().__init__(code)
        self.code = code
        self.client_id = client_id


class Behind(Exception):
    """Somebody else has written to the session since it was read: read on, decide again."""


class Duplicate(Exception):
    """The message with this client id is in the log already, at `position`."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position
