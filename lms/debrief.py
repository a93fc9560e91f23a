"""The debrief of a role-play: what was said and what it did (simulator), beside what it was worth (assessment)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from assessment.models import Result
from assessment.selectors import result_of
from lms.debrief_case import case_for_page, href_of, words_of
from simulator import words
from simulator.class_selectors import comments_on
from simulator.debrief_notes import notes_of_trainers
from simulator.engine import acts as act_codes
from simulator.engine import readings
from simulator.engine.events import CustomerSaid, TraineeSaid
from simulator.live import case_of
from simulator.selectors import events_of, scenarios_on_offer, seat_of, sessions_known_to, sessions_trained_by
from simulator.services import is_withheld

WELL_FROM = 0.7
LISTED = 3
LEAST_EFFECT = 0.01
EFFECTS_SHOWN = 3
UNWISE = frozenset({"ask_details.known", "offer_solution.infeasible"})


@login_required
def debrief(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Turn by turn what was read in the words, what it did and a better line; the score with its evidence; what to practise.

    Of an archived session, whose conversation has been deleted, the score by criterion is left.
    """
    session = get_object_or_404(sessions_known_to(request.user).select_related("snapshot", "trainee", "sitting"), id=session_id)
    document = session.snapshot.document
    title = document["title"].get(request.LANGUAGE_CODE) or document["title"][session.language]
    if session.state == session.State.OPEN:
        return render(request, "simulator/debrief_open.html", {"session": session, "title": title})
    if is_withheld(session):
        return render(request, "simulator/debrief_withheld.html", {"session": session, "title": title})
    result = result_of(session.id)
    context = {
        "session": session,
        "title": title,
        "level": words.LEVELS[session.level],
        "outcome": words.OUTCOMES.get(session.outcome, ""),
        "mine": session.trainee_id == request.user.pk,
        "can_try_again": scenarios_on_offer().filter(slug=session.snapshot.slug).exists(),
    }
    if result is not None:
        context |= result_for_page(result, request.LANGUAGE_CODE)
    if session.state == session.State.ARCHIVED:
        return render(request, "simulator/debrief_archived.html", context)
    entries = events_of(session)
    events = tuple(entry.event for entry in entries)
    told = readings.debrief(events, case_of(session), session.language)
    context |= {
        "opening": opening_lines(events),
        "turns": [turn_for_page(turn) for turn in told],
        "case": case_for_page(events, session),
        "comments": comments_on(session),
        "may_comment": sessions_trained_by(request.user).filter(pk=session.pk).exists(),
        "was_hard": bool(told) and told[-1].band == "furious" and session.trainee_id == request.user.pk,
        "curve": curve_for_page([(turn.turn, turn.mood, turn.band) for turn in told]),
        "trainer_notes": notes_of_trainers(entries, seat_of(request.user, session), request.user.pk),
    }
    return render(request, "simulator/debrief.html", context)


# The conversation


def opening_lines(events: Iterable[Any]) -> list[str]:
    """What the customer said before the trainee's first words."""
    lines = []
    for event in readings.as_shown(events):
        if isinstance(event, TraineeSaid):
            break
        if isinstance(event, CustomerSaid):
            lines.append(event.text)
    return lines


def turn_for_page(turn: readings.DebriefTurn) -> dict[str, Any]:
    notes = [note_for_page(number, note) for number, note in enumerate(turn.acts, start=1)]
    return {
        "number": turn.turn,
        "position": turn.position,
        "pieces": pieces(turn.text, notes),
        "notes": notes,
        "gaming": turn.gaming,
        "missed": words.SITUATIONS.get(turn.missed or "", ""),
        "better": turn.better,
        "replies": turn.replies,
        "band": turn.band,
        "band_words": words.BANDS.get(turn.band, ""),
    }


def note_for_page(number: int, note: readings.DebriefAct) -> dict[str, Any]:
    """One act: which words, what it was, and what it did to the customer, strongest first."""
    strongest = sorted((cause for cause in note.causes if abs(cause.delta) >= LEAST_EFFECT), key=lambda cause: -abs(cause.delta))
    effects = list(dict.fromkeys(filter(None, (words.change_words(cause.variable, cause.delta) for cause in strongest))))
    return {
        "number": number,
        "act": note.act.name,
        "start": note.act.start,
        "end": note.act.end,
        "title": words.act_words(note.act.name),
        "sort": "bad" if note.act.code in act_codes.NEGATIVE or note.act.name in UNWISE else "good",
        "effects": effects[:EFFECTS_SHOWN],
    }


def pieces(text: str, notes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """`text` cut where a note begins or ends; joined, the pieces are the text. Offsets are code points, as in Python.

    A piece under any note is marked, as bad where one of its notes is; `ends` are the numbers of the notes that end with it.
    """
    spans = [(max(0, note["start"]), min(len(text), note["end"]), note) for note in notes]
    spans = [span for span in spans if span[0] < span[1]]
    cuts = sorted({0, len(text), *(cut for start, end, _note in spans for cut in (start, end))})
    found = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        over = [note for first, last, note in spans if first <= start and end <= last]
        sort = "bad" if any(note["sort"] == "bad" for note in over) else "good" if over else ""
        ends = [note["number"] for _first, last, note in spans if last == end]
        found.append({"text": text[start:end], "sort": sort, "ends": ends})
    return found


# The curve

HEIGHT, LEFT, TOP, ROW = 176, 72, 16, 30


def curve_for_page(turns: Sequence[tuple[int, int, str]]) -> dict[str, Any]:
    """Where the points of the mood curve stand; the template draws them. Calm is at the bottom."""
    step = max(32, min(120, 1080 // max(1, len(turns))))
    points = []
    for index, (number, mood, band) in enumerate(turns):
        x, y = LEFT + 24 + index * step, TOP + (5 - mood) * ROW
        label = _("Turn %(number)s: %(mood)s") % {"number": number, "mood": words.BANDS.get(band, band)}
        points.append(
            {"turn": number, "band": band, "x": x, "shape_x": x - 8, "shape_y": y - 8, "hit_x": x - step // 2, "y": y, "label": label}
        )
    steps = [(5, "furious"), (4, "angry"), (2.5, "uneasy"), (1, "calm")]
    return {
        "points": points,
        "line": " ".join(f"{point['x']},{point['y']}" for point in points),
        "steps": [{"y": round(TOP + (5 - mood) * ROW), "words": words.BANDS[band]} for mood, band in steps],
        "width": LEFT + 24 + max(1, len(turns)) * step,
        "height": HEIGHT,
        "left": LEFT,
        "step": step,
    }


# The score


def result_for_page(result: Result, language: str) -> dict[str, Any]:
    """The score with the rubric's own words: criteria with figure and evidence, the strongest, and what to work on (at most three)."""
    document = result.rubric.document
    written = {criterion["code"]: criterion for criterion in document["criteria"]}
    judged = [criterion_for_page(row, written.get(row["code"], {}), language) for row in result.criteria]
    observed = [item for item in judged if item["score"] is not None]
    best_first = sorted(
        (item for item in observed if item["score"] >= WELL_FROM and item["evidence"]), key=lambda i: -i["score"] * i["weight"]
    )
    worst_first = sorted((item for item in observed if item["score"] < WELL_FROM), key=lambda i: -(1 - i["score"]) * i["weight"])
    return {
        "result": {
            "score": result.score,
            "passed": result.passed,
            "pass_mark": document["pass_mark"],
            "red_lines": [words.act_words(code) for code in result.red_lines],
            "cap": round(result.score),
        },
        "criteria": observed,
        "not_observed": [item["name"] for item in judged if item["score"] is None],
        "went_well": best_first[:LISTED],
        "work_on": worst_first[:LISTED],
    }


def criterion_for_page(row: dict[str, Any], written: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "name": written.get("name", {}).get(language) or row["code"],
        "explanation": written.get("explanation", {}).get(language, ""),
        "score": row["score"],
        "weight": row["weight"],
        "percent": round(100 * (row["score"] or 0)),
        "low": (row["score"] or 0) < WELL_FROM,
        "evidence": [link_for_page(reference) for reference in row["evidence"]],
        "against": [link_for_page(reference) for reference in row["against"]],
        "links": [link_for_page(reference) for reference in {_place(one): one for one in (*row["evidence"], *row["against"])}.values()],
    }


def link_for_page(reference: dict[str, Any]) -> dict[str, Any]:
    """A piece of evidence as a page links to it."""
    return {**reference, "href": href_of(reference), "quote": words_of(reference)}


def _place(reference: dict[str, Any]) -> tuple[Any, ...]:
    """What is partly right stands on both sides; a page names it once."""
    return reference["code"], reference["turn"], reference["position"], reference["start"], reference["end"]
