"""What a trainer can do in a room, as commands, and how they stand in a message. `simulator.console` carries them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulator import fields
from simulator.engine.led_events import MOODS, SAYS
from simulator.errors import SimulatorError

LONGEST_TEXT, LONGEST_NOTE = 2000, 500


@dataclass(frozen=True, slots=True)
class TakeSeat:
    """Speak for the customer from now on."""

    id: str = ""


@dataclass(frozen=True, slots=True)
class HandBack:
    """Let the engine speak for the customer again."""

    id: str = ""


@dataclass(frozen=True, slots=True)
class SayAsCustomer:
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What the trainer meant with line `line` from the seat: what it `says`, the facts of the case in it, the claims by their words."""

    line: int
    says: str
    facts: tuple[str, ...]
    claims: tuple[str, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Nudge:
    """Make the customer one step "calmer" or "angrier"."""

    mood: str
    reason: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class InjectNews:
    """Let an inject come up, or with no name what the trainer writes in the customer's words."""

    inject: str
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Whisper:
    """Words to one trainee alone; `to` is None where there is only one."""

    text: str
    to: int | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Let nobody speak and no time pass."""

    id: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a pause."""

    id: str = ""


@dataclass(frozen=True, slots=True)
class Bookmark:
    note: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """End the conversation for everybody."""

    id: str = ""


Lever = TakeSeat | HandBack | SayAsCustomer | Understood | Nudge | InjectNews | Whisper | Pause | Resume | Bookmark | End


def parse(message: Mapping[str, Any]) -> Lever | None:
    """The lever in a message, None where its type is another; `SimulatorError` where it cannot be used.

    `id` is the browser's own, so that a message sent twice happens once; what is said must have one.
    """
    reads = _READ.get(str(message.get("type")))
    if reads is None:
        return None
    client = fields.client_id(message.get("id"))
    said = reads in (_say_as_customer, _whisper)
    if client is None and (said or message.get("id") is not None):
        raise SimulatorError("malformed")
    try:
        return replace(reads(message), id=client or "")
    except SimulatorError as error:
        raise SimulatorError(error.code, client) from None


def _say_as_customer(message: Mapping[str, Any]) -> Lever:
    return SayAsCustomer(fields.words(message, "text", LONGEST_TEXT))


def _understood(message: Mapping[str, Any]) -> Lever:
    says = fields.name(message.get("says", ""), empty=True)
    if says and says not in SAYS:
        raise SimulatorError("malformed")
    facts = tuple(dict.fromkeys(map(fields.name, fields.listed(message.get("facts", [])))))
    claims = [fields.words({"claim": claim}, "claim", LONGEST_TEXT) for claim in fields.listed(message.get("claims", []))]
    return Understood(fields.number(message.get("line")), says, facts, tuple(dict.fromkeys(claims)))


def _nudge(message: Mapping[str, Any]) -> Lever:
    mood = message.get("mood")
    if mood not in MOODS:
        raise SimulatorError("malformed")
    return Nudge(mood, fields.words(message, "reason", LONGEST_NOTE))


def _inject(message: Mapping[str, Any]) -> Lever:
    inject = fields.name(message.get("inject", ""), empty=True)
    return InjectNews(inject, "" if inject and inject != "other" else fields.words(message, "text", LONGEST_NOTE))


def _whisper(message: Mapping[str, Any]) -> Lever:
    to = message.get("to")
    return Whisper(fields.words(message, "text", LONGEST_TEXT), None if to is None else fields.number(to))


_READ: dict[str, Callable[[Mapping[str, Any]], Lever]] = {
    "take_seat": lambda message: TakeSeat(),
    "hand_back": lambda message: HandBack(),
    "say_as_customer": _say_as_customer,
    "understood": _understood,
    "nudge": _nudge,
    "inject": _inject,
    "whisper": _whisper,
    "pause": lambda message: Pause(),
    "resume": lambda message: Resume(),
    "bookmark": lambda message: Bookmark(fields.words(message, "note", LONGEST_NOTE)),
    "end": lambda message: End(),
}
TYPES = tuple(_READ)
