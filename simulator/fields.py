"""The fields of a message from a browser, checked one by one. What cannot be used is `malformed`; what is too long is `too_long`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.errors import SimulatorError

LARGEST_NUMBER = 2**31 - 1
LONGEST_LIST = 40
_ID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")


def client_id(value: object) -> str | None:
    """The id that a browser gave its message, or None where it is none."""
    return value if isinstance(value, str) and _ID.match(value) else None


def number(value: object, client: str | None = None) -> int:
    """A number from 0 that fits every database."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_NUMBER:
        raise SimulatorError("malformed", client)
    return value


def is_visible(text: str) -> bool:
    """Something to be seen, not blanks and zero-width characters alone."""
    return any(character.isprintable() and not character.isspace() for character in text)


def is_storable(text: str) -> bool:
    """No NUL and no half of a surrogate pair: no database keeps them."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def words(message: Mapping[str, Any], field: str, longest: int, client: str | None = None) -> str:
    """A text with something to be seen in it, without blanks at its ends."""
    text = message.get(field)
    if not isinstance(text, str) or not is_visible(text) or not is_storable(text):
        raise SimulatorError("malformed", client)
    if len(text) > longest:
        raise SimulatorError("too_long", client)
    return text.strip()


def name(value: object, *, empty: bool = False) -> str:
    """An id of the case or the program, such as that of a fact."""
    if not isinstance(value, str) or not (_NAME.match(value) or (empty and value == "")):
        raise SimulatorError("malformed")
    return value


def listed(value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > LONGEST_LIST:
        raise SimulatorError("malformed")
    return value
