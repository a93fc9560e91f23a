"""Events to JSON and back. Stored names live here and only here: a class or field may be renamed, a stored name may not."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from simulator.engine.acts import Act
from simulator.engine.clock_events import ClockMoved, DutyDone, LimitExtended, LimitMissed
from simulator.engine.events import (
    ActsRead,
    CaseHandedIn,
    Cause,
    ContactEnded,
    ContactOpened,
    CustomerReworded,
    CustomerSaid,
    DeskOpened,
    DocumentArrived,
    DocumentAsked,
    DriverChanged,
    Escalated,
    Event,
    FactTold,
    FormSaved,
    OfferWeighed,
    Overlapped,
    PromiseBroken,
    PromiseMade,
    RecordOpened,
    SatisfactionTold,
    SessionEnded,
    StateChanged,
    TimeLimitSet,
    TimePassed,
    TraineeSaid,
)
from simulator.engine.led_events import (
    Bookmarked,
    Claim,
    CustomerRead,
    Injected,
    LinesOffered,
    Nudged,
    OfferedLine,
    Paused,
    Resumed,
    TakenBack,
    Whispered,
)

KINDS: dict[str, type[Event]] = {
    "trainee_said": TraineeSaid,
    "acts_read": ActsRead,
    "state_changed": StateChanged,
    "customer_said": CustomerSaid,
    "customer_reworded": CustomerReworded,
    "fact_told": FactTold,
    "promise_made": PromiseMade,
    "promise_broken": PromiseBroken,
    "overlapped": Overlapped,
    "time_passed": TimePassed,
    "escalated": Escalated,
    "offer_weighed": OfferWeighed,
    "record_opened": RecordOpened,
    "time_limit_set": TimeLimitSet,
    "driver_changed": DriverChanged,
    "contact_ended": ContactEnded,
    "session_ended": SessionEnded,
    "desk_opened": DeskOpened,
    "form_saved": FormSaved,
    "document_asked": DocumentAsked,
    "document_arrived": DocumentArrived,
    "contact_opened": ContactOpened,
    "satisfaction_told": SatisfactionTold,
    "case_handed_in": CaseHandedIn,
    "lines_offered": LinesOffered,
    "customer_read": CustomerRead,
    "taken_back": TakenBack,
    "nudged": Nudged,
    "injected": Injected,
    "whispered": Whispered,
    "paused": Paused,
    "resumed": Resumed,
    "bookmarked": Bookmarked,
    "clock_moved": ClockMoved,
    "duty_done": DutyDone,
    "limit_extended": LimitExtended,
    "limit_missed": LimitMissed,
}
NAMES = {cls: kind for kind, cls in KINDS.items()}
# Where the stored name of a field differs from its name here.
_STORED_AS: dict[tuple[type[Event], str], str] = {(CustomerSaid, "due_ms"): "due_at"}
# The fields of each class with their stored names, worked out once.
_FIELDS = {cls: tuple((field.name, _STORED_AS.get((cls, field.name), field.name)) for field in fields(cls)) for cls in NAMES}
_PARTS = {cls: tuple(field.name for field in fields(cls)) for cls in (Act, Cause, Claim, OfferedLine)}
# Fields that are stored only where they say something.
_OFTEN_EMPTY = {(CustomerSaid, "source")}


def to_json(event: Event) -> tuple[str, dict[str, Any]]:
    """The stored kind and data of an event."""
    cls = type(event)
    data: dict[str, Any] = {}
    for name, stored in _FIELDS[cls]:
        value = getattr(event, name)
        if not value and (cls, name) in _OFTEN_EMPTY:
            continue
        if isinstance(value, tuple):
            value = [_plain(item) for item in value]
        data[stored] = dict(value) if isinstance(value, dict) else value
    return NAMES[cls], data


def from_json(kind: str, data: dict[str, Any]) -> Event:
    """The event that `to_json` stored. A field that an older version did not store has its default; one it does not know is passed over."""
    cls = KINDS[kind]
    known: dict[str, Any] = {}
    for name, stored in _FIELDS[cls]:
        if stored in data:
            known[name] = data[stored]
    if cls is ActsRead:
        known["acts"] = tuple(Act(**item) for item in known.get("acts", ()))
    if cls is StateChanged:
        known["causes"] = tuple(Cause(**item) for item in known.get("causes", ()))
        known["state"] = dict(known["state"])
    if cls is CustomerRead:
        known |= {"facts": tuple(known.get("facts", ())), "claims": tuple(Claim(**item) for item in known.get("claims", ()))}
    if cls is LinesOffered:
        known |= {"lines": tuple(map(_offered, known.get("lines", ()))), "asked": tuple(known.get("asked", ()))}
    return cls(**known)


def _plain(item: Any) -> Any:
    """An act, a cause or the like without its empty fields; a plain value as it is."""
    if isinstance(item, str):
        return item
    found = {name: value for name in _PARTS[type(item)] if (value := getattr(item, name)) is not None}
    return {name: [list(part) for part in value] if isinstance(value, tuple) else value for name, value in found.items()}


def _offered(item: dict[str, Any]) -> OfferedLine:
    act_line_text = tuple((act, line, text) for act, line, text in item["parts"])
    return OfferedLine(act_line_text, tuple((fact, value) for fact, value in item["facts"]), item["rung"])
