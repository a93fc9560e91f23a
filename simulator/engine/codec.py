"""Events to JSON and back. Stored names live here and only here: a class or field may be renamed, a stored name may not."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from simulator.engine.acts import Act
from simulator.engine.events import (
    ActsRead,
    CaseHandedIn,
    Cause,
    ContactEnded,
    ContactOpened,
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
    TimePassed,
    TraineeSaid,
)

KINDS: dict[str, type[Event]] = {
    "trainee_said": TraineeSaid,
    "acts_read": ActsRead,
    "state_changed": StateChanged,
    "customer_said": CustomerSaid,
    "fact_told": FactTold,
    "promise_made": PromiseMade,
    "promise_broken": PromiseBroken,
    "overlapped": Overlapped,
    "time_passed": TimePassed,
    "escalated": Escalated,
    "offer_weighed": OfferWeighed,
    "record_opened": RecordOpened,
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
}
NAMES = {cls: kind for kind, cls in KINDS.items()}
# Where the stored name of a field differs from its name here.
_STORED_AS: dict[tuple[type[Event], str], str] = {(CustomerSaid, "due_ms"): "due_at"}
# The fields of each class with their stored names, worked out once.
_FIELDS = {cls: tuple((field.name, _STORED_AS.get((cls, field.name), field.name)) for field in fields(cls)) for cls in NAMES}
_PARTS = {cls: tuple(field.name for field in fields(cls)) for cls in (Act, Cause)}


def to_json(event: Event) -> tuple[str, dict[str, Any]]:
    """The stored kind and data of an event."""
    cls = type(event)
    data: dict[str, Any] = {}
    for name, stored in _FIELDS[cls]:
        value = getattr(event, name)
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
    return cls(**known)


def _plain(item: Act | Cause) -> dict[str, Any]:
    """An act or a cause without its empty fields."""
    values = ((name, getattr(item, name)) for name in _PARTS[type(item)])
    return {name: value for name, value in values if value is not None}
