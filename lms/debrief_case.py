"""The part of the debrief that is about the case: the record beside what is right, the answer by its parts, the call back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from assessment.readable import part_in_words
from lms.core.contracts import Evidence
from simulator import desk_words
from simulator.case import desk, form
from simulator.case.evidence import answer_of, desk_evidence
from simulator.engine.contacts import FOLLOW_UP
from simulator.engine.events import ContactOpened, CustomerSaid, Event, TraineeSaid
from simulator.live import case_of
from simulator.models import Session
from simulator.services import circumstances_of


def case_for_page(events: tuple[Event, ...], session: Session) -> dict[str, Any] | None:
    """What a page shows of the work at the desk; None where its desk was never opened."""
    made = desk.desk_of(events)
    if not made.is_open:
        return None
    rows = desk_evidence(events, case_of(session), circumstances_of(session, events))
    return {
        "worked": made.worked,
        "complaint_no": made.complaint_no,
        "parts": [
            {"title": desk_words.PARTS[part], "fields": [_field(row) for row in rows if row.kind == "form" and row.data["part"] == part]}
            for part in (form.REGISTRATION, form.CLASSIFICATION)
        ],
        "answer": _answer(events, made, rows),
        "call": _call(events, made),
    }


def href_of(reference: dict[str, Any]) -> str:
    """Where on the page a piece of evidence stands: a field of the record, a part of the answer, or a turn."""
    if reference["code"] in form.FIELDS:
        return f"#case-{reference['code']}"
    if reference["code"].startswith("answer_part"):
        return "#case-answer"
    if reference["code"].startswith(("follow_up_part", "route_part")):
        return "#case"
    return f"#turn-{reference['turn']}"


def words_of(reference: dict[str, Any]) -> str:
    """The quote of a piece of evidence, codes in words."""
    quote = reference["quote"]
    return desk_words.value_in_words(reference["code"], quote) if quote and reference["code"] in form.FIELDS else quote


def _field(row: Evidence) -> dict[str, Any]:
    name = row.code
    return {
        "code": name,
        "label": desk_words.label_of(name),
        "given": desk_words.value_in_words(name, row.value or ""),
        "right": desk_words.value_in_words(name, row.data["right"]),
        "percent": round(100 * row.data["share"]),
        "sort": _sort(row.data["share"]),
        "missing": [word for word in row.data["missing"] if word],
    }


def _sort(share: float) -> str:
    return "good" if share >= 1 else "partly" if share > 0 else "bad"


def _answer(events: tuple[Event, ...], made: desk.Desk, rows: Iterable[Evidence]) -> dict[str, Any] | None:
    position, turn, text, _read = answer_of(events)
    if not position:
        return None
    return {
        "turn": turn,
        "text": text,
        "channel": desk_words.CODES["channel"].get(made.answer_channel, made.answer_channel),
        "parts": [
            {
                "label": part_in_words(f"answer_part.{row.detail}"),
                "quote": row.quote,
                "percent": round(100 * row.data["share"]),
                "sort": _sort(row.data["share"]),
                "why": why_in_words(row.data["why"]),
            }
            for row in rows
            if row.code == "answer_part"
        ],
        "replies": _replies(events[position:]),
    }


def why_in_words(code: str) -> str:
    """Why a part of the answer is not whole."""
    return {
        "missing": _("This part is missing."),
        "template": _("A sentence of the template as it stands says nothing about this case."),
        "general": _("This is said, but not about this case: name what happened, what was found, or what is done."),
    }.get(code, "")


def _replies(events: tuple[Event, ...]) -> list[str]:
    found = []
    for event in events:
        if isinstance(event, ContactOpened):
            break
        if isinstance(event, CustomerSaid):
            found.append(event.text)
    return found


def _call(events: tuple[Event, ...], made: desk.Desk) -> dict[str, Any] | None:
    """The call back as it was said, and the mark that the customer gave."""
    if not made.called_back:
        return None
    turn, calling, lines = 0, False, []
    for event in events:
        match event:
            case ContactOpened(purpose):
                calling = purpose == FOLLOW_UP
            case TraineeSaid(text):
                turn += 1
                if calling:
                    lines.append({"speaker": "trainee", "text": text, "turn": turn})
            case CustomerSaid(text=text) if calling:
                lines.append({"speaker": "customer", "text": text, "turn": 0})
    return {
        "lines": lines,
        "mark": made.mark,
        "recorded": made.form.get("satisfaction", ""),
        "opinion": made.form.get("customer_opinion", ""),
    }
