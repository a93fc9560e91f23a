"""The wire: messages in and out, in one readable place. `docs/protocol.md` explains them, `docs/asyncapi.yaml` states their shapes.

What goes out depends on who reads it. The trainee gets what a person in the room could see and hear; whoever watches gets
what happens in the room whole; a trainer also gets whispers and notes. Nothing that is not named here ever leaves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from simulator import clocks, desk, levers
from simulator.engine import readings
from simulator.errors import SimulatorError
from simulator.fields import client_id as _client_id
from simulator.fields import is_storable as _storable
from simulator.fields import is_visible as _visible
from simulator.fields import number as _position
from simulator.live import Live
from simulator.log import ROOM, Logged
from simulator.models import Participant, Session
from simulator.rewording.service import speaks

LONGEST_FRAME = 64 * 1024
CLOSE_LOGIN_NEEDED, CLOSE_NOT_FOUND = 4401, 4404

MESSAGES = {
    "malformed": _("This message could not be read. Nothing has been changed."),
    "unknown_type": _("The server does not know this kind of message."),
    "not_joined": _("Join the room first."),
    "too_long": _("This is too long: 2,000 characters at most."),
    "rate_limited": _("Too many messages at once. Wait a moment and send it again."),
    "finished": _("This role-play is over. Nothing more can be said in it."),
    "paused": _("This role-play is paused."),
    "not_allowed": _("From your seat in this room this cannot be done."),
    "not_found": _("This does not exist, or it is not yours."),
    "login_needed": _("Log in again. Nothing that was saved is lost."),
    "not_yet": _("It is too early for this. What has to come first is not done yet; nothing has been changed."),
    "not_again": _("This has been done already. Nothing has been changed."),
    "lacking": _("Something is missing in what you want to put on record. Nothing has been changed."),
    "too_late": _("The limit has ended already: more time has to be announced before it does."),
    "not_later": _("The new date has to be later than the limit that runs now."),
    "beyond_limit": _("No rule allows so much time. Choose an earlier date."),
    "no_approver": _("For so much time a senior manager has to agree."),
}


# --- in


@dataclass(frozen=True, slots=True)
class Join:
    after: int = 0


@dataclass(frozen=True, slots=True)
class Say:
    id: str
    text: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class OpenRecord:
    section: str


@dataclass(frozen=True, slots=True)
class Finish:
    pass


Command = Join | Say | OpenRecord | Finish | desk.Command | clocks.Command | levers.Lever
_SECTION = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")


def parse(frame: str | bytes) -> Command:
    """The command in a frame, or `SimulatorError` with the code of its refusal and, where it can be read, the client's id."""
    if len(frame) > LONGEST_FRAME:
        raise SimulatorError("too_long")
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError):
        raise SimulatorError("malformed") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise SimulatorError("malformed")
    match message["type"]:
        case "join":
            return Join(_position(message.get("after", 0)))
        case "say":
            return _say(message)
        case "open_record":
            section = message.get("section")
            if not isinstance(section, str) or not _SECTION.match(section):
                raise SimulatorError("malformed")
            return OpenRecord(section)
        case "finish":
            return Finish()
        case "open_desk" | "save_field" | "ask_document" | "send_answer" | "call_back" | "hand_in":
            return _at_the_desk(message)
    if lever := levers.parse(message):
        return lever
    if timed := clocks.parse(message):
        return timed
    raise SimulatorError("unknown_type", _client_id(message.get("id")))


def _say(message: dict[str, Any]) -> Say:
    client_id = _client_id(message.get("id"))
    text = message.get("text")
    if client_id is None or not isinstance(text, str) or not _visible(text) or not _storable(text):
        raise SimulatorError("malformed", client_id)
    if len(text) > 2000:
        raise SimulatorError("too_long", client_id)
    seen = message.get("seen")
    return Say(client_id, text.strip(), None if seen is None else _position(seen, client_id))


def _at_the_desk(message: dict[str, Any]) -> desk.Command:
    """A command of the desk: each carries an id, so that one sent twice happens once."""
    client_id = _client_id(message.get("id"))
    if client_id is None:
        raise SimulatorError("malformed")

    def text(name: str, pattern: re.Pattern[str] | None = None) -> str:
        value = message.get(name)
        if not isinstance(value, str) or not _storable(value) or (pattern and not pattern.match(value)):
            raise SimulatorError("malformed", client_id)
        return value

    match message["type"]:
        case "save_field":
            return desk.SaveField(client_id, text("field", _SECTION), text("value"))
        case "ask_document":
            return desk.AskDocument(client_id, text("document", _SECTION))
        case "send_answer":
            words = text("text").strip()
            if not _visible(words):
                raise SimulatorError("malformed", client_id)
            return desk.SendAnswer(client_id, text("channel", _SECTION), words)
        case "call_back":
            return desk.CallBack(client_id)
        case "hand_in":
            return desk.HandIn(client_id)
    return desk.OpenDesk(client_id)


# --- out


def joined(
    one: Live, seat: str, person_id: int, entries: Iterable[Logged], watching: list[dict[str, str]], language: str
) -> dict[str, Any]:
    """Where the session stands, and what the reader has not seen of it yet."""
    return {
        "type": "joined",
        "session": described(one, seat, person_id, language),
        **_state(one, seat),
        "events": seen_by(one, seat, entries, person_id),
        "watching": watching,
    }


def events(one: Live, seat: str, entries: Iterable[Logged], person_id: int) -> dict[str, Any]:
    """What has happened since the last message; `position` is the last one considered, gaps are normal."""
    return {"type": "events", **_state(one, seat), "events": seen_by(one, seat, entries, person_id)}


def acknowledged(client_id: str, position: int) -> dict[str, Any]:
    """The message is on disk."""
    return {"type": "acknowledged", "id": client_id, "position": position}


def presence(watching: list[dict[str, str]]) -> dict[str, Any]:
    """Who is watching now."""
    return {"type": "presence", "watching": watching}


def refused(error: SimulatorError, language: str) -> dict[str, Any]:
    """Nothing was done. `code` is for programs, `message` for people."""
    with translation.override(language or None):
        message = {"type": "refused", "code": error.code, "message": str(MESSAGES[error.code])}
    return {**message, "id": error.client_id} if error.client_id else message


encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def described(one: Live, seat: str, person_id: int, language: str) -> dict[str, Any]:
    """The session as the reader may know it. In an exam the trainee learns the level when it is over."""
    session, case = one.session, one.scenario
    spoken = session.language
    return {
        "id": str(session.id),
        "title": case.title.get(language) or case.title[spoken],
        "brief": case.summary.get(language) or case.summary[spoken],
        "language": spoken,
        "level": None if _level_is_secret(one) else session.level,
        "mode": session.mode,
        "channel": case.channel,
        "model_speaks": speaks(),
        "state": Session.State.FINISHED if one.finished and session.state == Session.State.OPEN else session.state,
        "outcome": one.customer.outcome if one.shown == one.position else "",
        "started_at": moment(session.started_at),
        "seat": seat,
        "seats": [{"seat": Participant.Seat.TRAINEE, "name": str(session.trainee), "you": session.trainee_id == person_id}],
        "record": [
            {"section": section.id, "title": section.title[spoken], "text": section.text[spoken]} for section in case.record.values()
        ],
    }


def _state(one: Live, seat: str) -> dict[str, Any]:
    """What stands in every message that carries events: the last position considered, bubbles on their way, live signs."""
    return {"position": one.shown, "pending": pending(one), "signs": signs(one, seat)}


def pending(one: Live) -> int:
    """How many bubbles the customer is still typing."""
    return sum(entry.kind == "customer_said" and entry.position not in one.dropped for entry in one.log[one.shown :])


def signs(one: Live, seat: str) -> dict[str, Any]:
    """Mood, what was told and promised, what helped and what hurt, from what has been shown. In an exam neither mood nor effect."""
    live = one.signs()
    told, promised = list(live.told), list(live.promised)
    if _exam_for(one, seat):
        return {"mood": None, "band": None, "told": told, "promised": promised, "helped": [], "hurt": []}
    return {"mood": live.mood, "band": live.band, "told": told, "promised": promised, "helped": list(live.helped), "hurt": list(live.hurt)}


def seen_by(one: Live, seat: str, entries: Iterable[Logged], person_id: int) -> list[dict[str, Any]]:
    """The entries that `person_id` may see from the seat, with what may be seen of them. Nobody sees bubbles that were never sent."""
    shaped = []
    for entry in entries:
        if entry.position in one.dropped:
            continue
        data = _data_for(one, seat, entry) if hears(seat, person_id, entry.channel) else None
        if data is not None:
            if entry.position in one.reworded:
                data = {**data, "text": one.reworded[entry.position]}
            shaped.append(_event(entry, data, seat))
    return shaped


def hears(seat: str, person_id: int, channel: str) -> bool:
    """Everybody hears the room; a whisper the one it is for; trainers hear everything."""
    return channel in (ROOM, f"whisper:{person_id}") or seat == Participant.Seat.TRAINER


def _event(entry: Logged, data: dict[str, Any], seat: str) -> dict[str, Any]:
    # Who found the customer's words is nothing that a trainee could see or hear.
    hidden = entry.kind == "customer_said" and seat == Participant.Seat.TRAINEE
    message = {
        "position": entry.position,
        "kind": entry.kind,
        "at": moment(entry.at),
        "drill_at": moment(entry.drill_at),
        "contact": entry.contact,
        "by": None if hidden else entry.by,
        "channel": entry.channel,
        "data": data,
    }
    return {**message, "client_id": entry.client_id} if entry.client_id and not hidden else message


# What a trainee may see of each kind of event, by field. A kind that is missing here is not shown to a trainee at all.
TRAINEE_SEES: dict[str, tuple[str, ...]] = {
    "trainee_said": ("text",),
    "customer_said": ("text", "due_at", "part", "parts", "band"),
    "customer_reworded": ("of", "text"),
    "state_changed": ("turn", "mood", "band"),
    "fact_told": ("fact", "value"),
    "promise_made": ("turn", "what", "due", "quote"),
    "promise_broken": ("what", "promised_in_turn"),
    "overlapped": ("unsent",),
    "time_passed": ("seconds",),
    "escalated": ("rung", "route"),
    "record_opened": ("section",),
    "time_limit_set": ("seconds",),
    "contact_ended": ("outcome",),
    "session_ended": ("outcome",),
    "desk_opened": ("complaint_no", "received_on", "officer"),
    "form_saved": ("field", "value"),
    "document_asked": ("document",),
    "document_arrived": ("document", "title", "text"),
    "contact_opened": ("purpose", "channel"),
    "satisfaction_told": ("mark",),
    "case_handed_in": (),
    "clock_moved": ("step", "seconds"),
    "duty_done": ("stop",),
    "limit_extended": ("stop", "until", "reason", "approver"),
    "limit_missed": ("rules", "code", "due_at"),
    "whispered": ("text",),
    "paused": (),
    "resumed": (),
}
# What an exam takes away from that: mood, and whatever says how one is doing.
EXAM_HIDES: dict[str, tuple[str, ...]] = {
    "customer_said": ("band",),
    "state_changed": ("turn", "mood", "band"),
    "promise_broken": ("what", "promised_in_turn"),
    "limit_missed": ("rules", "code", "due_at"),
}


def _data_for(one: Live, seat: str, entry: Logged) -> dict[str, Any] | None:
    """The data of the entry for a seat; None where it may not know of it."""
    if seat != Participant.Seat.TRAINEE:
        return entry.data
    if entry.kind not in TRAINEE_SEES:
        return None
    hidden = EXAM_HIDES.get(entry.kind, ()) if _exam_for(one, seat) else ()
    names = [name for name in TRAINEE_SEES[entry.kind] if name not in hidden]
    if hidden and not names:
        return None
    data = {name: entry.data[name] for name in names if name in entry.data}
    if entry.kind == "state_changed":
        turned = readings.live_signs((entry.event,))
        data |= {"helped": list(turned.helped), "hurt": list(turned.hurt)}
    return data


def _exam_for(one: Live, seat: str) -> bool:
    """Is this an exam under way, looked at by who sits it?"""
    return one.session.mode == Session.Mode.EXAM and seat == Participant.Seat.TRAINEE and not one.finished


def _level_is_secret(one: Live) -> bool:
    """In an exam under way nobody learns the level; of one that a class sits together the wire never tells it."""
    return one.session.mode == Session.Mode.EXAM and (not one.finished or one.session.sitting_id is not None)


def moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
