"""The rooms of a class as tiles: what each shows, and which of them needs somebody.

A tile is a fold over a few kinds of events, so it needs no customer and no query of its own: `Board` asks twice for all rooms
together, whatever their number, and only for what has happened since it last asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from simulator.models import LoggedEvent, Session
from simulator.protocol import moment

WAITS_TOO_LONG = timedelta(seconds=60)
RED_LINES = frozenset({"privacy_breach", "rude", "overpromise", "evasive.discourage_route"})
"""What a trainer wants to hear of at once, as codes of acts. The rubric decides later what it costs."""

KINDS = ("trainee_said", "customer_said", "acts_read", "state_changed", "escalated", "overlapped", "contact_ended", "session_ended")
# Why a tile needs somebody, the most urgent first.
REASONS = ("red_line", "escalated", "furious", "waiting")
LAST_LINE = 160


@dataclass(slots=True)
class Tile:
    """One room. `crossed` holds the red lines of the last two turns, `crossings` how many there have been in all."""

    session_id: UUID
    name: str
    language: str
    position: int = 0
    turn: int = 0
    band: str = ""
    rung: int = 0
    crossings: int = 0
    crossed: dict[int, str] = field(default_factory=dict)
    lines: list[tuple[datetime, str, str]] = field(default_factory=list)  # when due, who, what: the last burst and what it answers
    state: str = Session.State.OPEN
    outcome: str = ""
    ends_at: datetime | None = None

    def take(self, kind: str, data: Mapping[str, Any], at: datetime) -> None:
        """Fold in what has happened."""
        match kind:
            case "trainee_said":
                self.turn += 1
                self.lines = [(at, "trainee", data["text"])]
            case "customer_said":
                self.lines.append((at + timedelta(milliseconds=data.get("due_at", 0)), "customer", data["text"]))
            case "overlapped" if data.get("dropped"):
                self.lines = self.lines[: -data["dropped"]]
            case "acts_read":
                found = [_name(act) for act in data.get("acts", ()) if RED_LINES & {act["code"], _name(act)}]
                self.crossings += len(found)
                if found:
                    self.crossed[data.get("turn", self.turn)] = found[0]
            case "state_changed":
                self.band = data["band"]
            case "escalated":
                self.rung = data["rung"]

    def last_line(self, now: datetime) -> tuple[datetime, str, str] | None:
        """The last words that have been shown by now."""
        due = [line for line in self.lines if line[0] <= now]
        return max(due, key=lambda line: line[0], default=None)

    def waiting_since(self, now: datetime) -> datetime | None:
        """Since when the customer has waited for an answer."""
        last = self.last_line(now)
        typing = any(line[0] > now for line in self.lines)
        return last[0] if last and last[1] == "customer" and not typing and self.state == Session.State.OPEN else None

    def needs(self, now: datetime) -> list[str]:
        """Why this room needs somebody, the most urgent first; nothing where it does well or is over."""
        if self.state != Session.State.OPEN:
            return []
        since = self.waiting_since(now)
        true = {
            "red_line": any(turn > self.turn - 2 for turn in self.crossed),
            "escalated": self.rung > 0,
            "furious": self.band == "furious",
            "waiting": since is not None and now - since >= WAITS_TOO_LONG,
        }
        return [reason for reason in REASONS if true[reason]]

    def shown(self, now: datetime) -> dict[str, Any]:
        """The tile on the wire."""
        last = self.last_line(now)
        since = self.waiting_since(now)
        return {
            "session": str(self.session_id),
            "name": self.name,
            "language": self.language,
            "state": self.state,
            "outcome": self.outcome,
            "turn": self.turn,
            "band": self.band,
            "red_lines": self.crossings,
            "crossed": self.crossed[max(self.crossed)] if self.crossed else "",
            "last": {"by": last[1], "text": last[2][:LAST_LINE]} if last else None,
            "waiting_since": moment(since),
            "ends_at": moment(self.ends_at),
            "needs": self.needs(now),
        }


def _name(act: Mapping[str, Any]) -> str:
    return f"{act['code']}.{act['kind']}" if act.get("kind") else str(act["code"])


def in_order(tiles: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Who needs somebody comes first, the most urgent at the front; the others stay where they are, by name."""

    def urgency(tile: Mapping[str, Any]) -> tuple[int, str, str]:
        first = REASONS.index(tile["needs"][0]) if tile["needs"] else len(REASONS)
        return (first + (tile["state"] != Session.State.OPEN), tile["name"], tile["session"])

    return sorted(tiles, key=urgency)


class Board:
    """The tiles of the sessions that `which` gives; asked again and again, it reads on from where it was."""

    def __init__(self, which: Callable[[], QuerySet[Session]]) -> None:
        self.which = which
        self.tiles: dict[UUID, Tile] = {}

    def read_on(self) -> None:
        """Two queries, or one where nothing has happened."""
        columns = ("id", "last_position", "state", "outcome", "ends_at", "language", "trainee__full_name", "trainee__username")
        moved: dict[UUID, int] = {}  # the position up to which each has been read
        there: dict[UUID, Tile] = {}
        for session_id, position, state, outcome, ends_at, language, name, login in self.which().values_list(*columns):
            tile = there[session_id] = self.tiles.get(session_id) or Tile(session_id, name or login, language)
            tile.state, tile.outcome, tile.ends_at = state, outcome, ends_at
            if tile.position < position:
                moved[session_id], tile.position = tile.position, position
        self.tiles = there
        if not moved:
            return
        events = LoggedEvent.objects.filter(session__in=moved, position__gt=min(moved.values()), kind__in=KINDS)
        found = events.order_by("session", "position").values_list("session_id", "position", "kind", "data", "at")
        for session_id, position, kind, data, at in found:
            if position > moved[session_id]:
                there[session_id].position = max(there[session_id].position, position)
                there[session_id].take(kind, data, at)

    def shown(self, now: datetime) -> list[dict[str, Any]]:
        return [dict(tile) for tile in in_order(tile.shown(now) for tile in self.tiles.values())]
