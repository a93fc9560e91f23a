"""The record of a case as the trainee fills it: its fields and their codes (fact sheet §2.3, §3, §6), and what may stand in them.

Every value is text. Choices hold a code, several choices codes with commas between them, days YYYY-MM-DD. Whatever is typed is kept;
`problems` says kindly what is still missing or odd. Only a code that does not exist cannot be kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from simulator.engine.scenario import CHANNELS, FLAGS, NATURES, URGENCIES

Kind = Literal["text", "long", "day", "choice", "choices", "number"]

REGISTRATION, CLASSIFICATION, FOLLOW_UP = "registration", "classification", "follow_up"
YES = "yes"
AGE_BANDS = ("under_18", "18_39", "40_59", "60_plus")
SUB_CODES: Mapping[str, tuple[str, ...]] = {
    "service": ("attitude", "process", "efficiency"),
    "product": ("performance", "function", "price"),
    "operation": ("user_error", "system_fault"),
    "violation": ("loss_caused", "no_loss"),
}
CHANNEL_GROUPS = ("remote", "on_site", "external")
RISKS = ("operational", "moral_hazard", "legal", "reputation")
PRIORITIES = ("P1", "P2", "P3")
MARKS = ("1", "2", "3", "4", "5")
SHORT, LONG = 200, 2000


class BadValue(ValueError):
    """There is no such field, or no such code for it; `code` says which: unknown, too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `personal` marks data of a person, which is asked for only where the case needs it (S2.1.9-3, D-18)."""

    code: str
    part: str
    kind: Kind = "text"
    codes: tuple[str, ...] = ()
    required: bool = False
    personal: bool = False


_FIELDS = (
    Field("anonymous", REGISTRATION, "choice", (YES,)),
    Field("complainant_name", REGISTRATION, required=True, personal=True),
    Field("complainant_contact", REGISTRATION, required=True, personal=True),
    Field("complainant_gender", REGISTRATION, "choice", ("female", "male", "other"), personal=True),
    Field("complainant_age", REGISTRATION, "choice", AGE_BANDS, personal=True),
    Field("vulnerability_flag", REGISTRATION, "choice", ("age", "disability", "language", "other"), personal=True),
    Field("target_department", REGISTRATION),
    Field("target_person", REGISTRATION, personal=True),
    Field("matter", REGISTRATION, "long", required=True),
    Field("reason", REGISTRATION, "long", required=True),
    Field("demand", REGISTRATION, "long", required=True),
    Field("occurred_at", REGISTRATION, "day", required=True),
    Field("received_at", REGISTRATION, "day", required=True),
    Field("channel", REGISTRATION, "choice", CHANNELS, required=True),
    Field("product", REGISTRATION),
    Field("amount_involved", REGISTRATION, "number"),
    Field("evidence_list", REGISTRATION, "long"),
    Field("receiving_officer", REGISTRATION, required=True, personal=True),
    Field("nature", CLASSIFICATION, "choice", NATURES, required=True),
    Field("sub_code", CLASSIFICATION, "choice", tuple(code for codes in SUB_CODES.values() for code in codes)),
    Field("channel_group", CLASSIFICATION, "choice", CHANNEL_GROUPS, required=True),
    Field("urgency", CLASSIFICATION, "choice", URGENCIES, required=True),
    Field("flags", CLASSIFICATION, "choices", FLAGS),
    Field("severity", CLASSIFICATION, "choice", MARKS, required=True),
    Field("difficulty", CLASSIFICATION, "choice", MARKS, required=True),
    Field("priority", CLASSIFICATION, "choice", PRIORITIES, required=True),
    Field("risk", CLASSIFICATION, "choices", RISKS),
    Field("preventive_measure", CLASSIFICATION, "long", required=True),
    Field("responsible_department", CLASSIFICATION, required=True),
    Field("classification_reason", CLASSIFICATION, "long", required=True),
    Field("satisfaction", FOLLOW_UP, "choice", MARKS),
    Field("customer_opinion", FOLLOW_UP, "long"),
)
FIELDS: Mapping[str, Field] = {field.code: field for field in _FIELDS}
NOT_IF_ANONYMOUS = ("complainant_name", "complainant_contact")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,2})?")


def kept(name: str, value: str) -> str:
    """The value as it is kept. Raises `BadValue` where there is no such field or code, or where it is too long to be kept."""
    field = FIELDS.get(name)
    if field is None:
        raise BadValue("unknown")
    value = value.strip()
    if len(value) > (LONG if field.kind == "long" else SHORT):
        raise BadValue("too_long")
    if field.kind == "choice" and value and value not in field.codes:
        raise BadValue("unknown")
    if field.kind == "choices":
        chosen = {part.strip() for part in value.split(",") if part.strip()}
        if not chosen <= set(field.codes):
            raise BadValue("unknown")
        value = ",".join(code for code in field.codes if code in chosen)
    return value


def problems(form: Mapping[str, str], part: str | None = None) -> dict[str, str]:
    """What is still missing or odd, by field: missing, not_a_day, not_a_number, after_receipt, wrong_sub_code."""
    found: dict[str, str] = {}
    for field in FIELDS.values():
        value = form.get(field.code, "").strip()
        if not value:
            if field.required and not (form.get("anonymous") and field.code in NOT_IF_ANONYMOUS):
                found[field.code] = "missing"
        elif field.kind == "day" and day_of(value) is None:
            found[field.code] = "not_a_day"
        elif field.kind == "number" and not _NUMBER.fullmatch(value.replace(",", "")):
            found[field.code] = "not_a_number"
    if not form.get("target_department") and not form.get("target_person"):  # S2.2.10-2: at least one of the two
        found["target_department"] = "missing"
    occurred, received = day_of(form.get("occurred_at", "")), day_of(form.get("received_at", ""))
    if occurred and received and occurred > received:
        found["occurred_at"] = "after_receipt"
    nature, sub_code = form.get("nature"), form.get("sub_code")
    if nature and sub_code and sub_code not in SUB_CODES[nature]:
        found["sub_code"] = "wrong_sub_code"
    return {name: code for name, code in found.items() if part is None or FIELDS[name].part == part}


def day_of(value: str) -> date | None:
    """The day that begins a value, or None."""
    found = _DAY.match(value.strip())
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None
