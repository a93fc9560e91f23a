"""Scoring conversations that were held elsewhere: words come in, a score with its evidence goes out. Composes reader, engine and rubric.

With a scenario the case decides what was feasible, which limit governs and what the form should say; without one, only what the
words themselves show is scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import DatabaseError

from assessment import rubrics, scoring
from lms.core.contracts import Evidence
from simulator.case import answer
from simulator.case.evidence import answer_evidence, form_evidence
from simulator.case.truth import Circumstances, compare
from simulator.engine.events import ActsRead, CustomerSaid, Event, TimePassed, TraineeSaid
from simulator.engine.readings import SLOW_SECONDS, evidence
from simulator.engine.scenario import Scenario, parse
from simulator.models import Scenario as StoredScenario
from simulator.nlu import Context, read

RUBRIC = "conversation"
SCENARIOS = settings.BASE_DIR / "simulator" / "scenarios"


class TranscriptError(ValueError):
    """A transcript cannot be scored; the text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance; `index` is its place in "turns", from 0."""

    index: int
    speaker: str
    text: str
    at_s: float | None


def score_transcript(entry: Mapping[str, Any]) -> dict[str, Any]:
    """`{"id", "scenario"?, "lang", "turns", "form"?}` → `{"id", "score", "criteria", "red_lines"}`.

    The "turn" of a piece of evidence is the place in "turns" of the utterance it quotes, from 0; None for a field of the form.
    """
    lines = list(_lines(entry))
    scenario = scenario_of(str(entry["scenario"])) if entry.get("scenario") else None
    language = str(entry.get("lang") or "")
    rows = [*_conversation(lines, language, scenario), *_record(entry.get("form"), scenario, language)]
    truth = truth_of(scenario) if scenario else {}
    score = scoring.score(rows, rubrics.newest_shipped(scenario.rubric if scenario else RUBRIC), truth)
    places = [line.index for line in lines if line.speaker == "trainee"]

    def seen(reference: scoring.Reference) -> dict[str, Any]:
        return {"turn": places[reference.turn - 1] if reference.turn else None, "quote": reference.quote}

    return {
        "id": entry.get("id"),
        "score": score.score,
        "passed": score.passed,
        "criteria": [
            {
                "code": criterion.code,
                "score": criterion.score,
                "evidence": [seen(row) for row in (criterion.evidence or criterion.against) if row.quote],
                "reason": criterion.reason,
                **({"diff": criterion.params["diff"]} if "diff" in criterion.params else {}),
            }
            for criterion in score.criteria
        ],
        "red_lines": list(score.red_lines),
        "rubric": f"{RUBRIC} {rubrics.newest_shipped(RUBRIC).version}",
    }


def truth_of(scenario: Scenario) -> dict[str, Any]:
    """What is right in the case, as a rubric reads it."""
    truth = scenario.truth
    return {
        "classification": dict(truth.classification),
        "limits": dict(truth.limits),
        "flags": list(truth.flags),
        "form": dict(truth.form),
    }


def scenario_of(slug: str) -> Scenario:
    """The published case, or the shipped file where there is no database or the case is not in it."""
    try:
        stored = StoredScenario.objects.filter(slug=slug, live=True).first()
    except DatabaseError:
        stored = None
    return parse(stored.document) if stored else _shipped(slug)


@lru_cache(maxsize=32)
def _shipped(slug: str) -> Scenario:
    path: Path = SCENARIOS / f"{slug}.yaml"
    if path.parent != SCENARIOS or not path.is_file():
        raise TranscriptError(f"There is no scenario {slug!r}.")
    return parse(yaml.safe_load(path.read_text(encoding="utf-8")))


def _lines(entry: Mapping[str, Any]) -> Iterator[Line]:
    turns = entry.get("turns")
    if not isinstance(turns, list):
        raise TranscriptError("turns must be a list.")
    for index, turn in enumerate(turns):
        if not isinstance(turn, Mapping) or turn.get("speaker") not in ("trainee", "customer") or not isinstance(turn.get("text"), str):
            raise TranscriptError(f'turns[{index}] must have a "speaker" (trainee or customer) and a "text".')
        at = turn.get("at_s")
        yield Line(index, turn["speaker"], turn["text"], float(at) if isinstance(at, (int, float)) else None)


def _conversation(lines: list[Line], lang: str, scenario: Scenario | None) -> list[Evidence]:
    events: list[Event] = []
    before: Line | None = None
    turn, customer = 0, ""
    for line in lines:
        if line.speaker == "customer":
            events.append(CustomerSaid(line.text, line="", act="", band=""))
            # Several bubbles in a row are one turn of the customer.
            customer = f"{customer}\n{line.text}" if before is not None and before.speaker == "customer" else line.text
        else:
            if before is not None and line.at_s is not None and before.at_s is not None and line.at_s - before.at_s >= SLOW_SECONDS:
                events.append(TimePassed(int(line.at_s - before.at_s)))
            turn += 1
            reading = read(line.text, Context(customer=customer), lang or None)
            acts = ActsRead(turn, reading.acts, reading.gaming, reading.hint, reading.unclear, reading.reader_version)
            events += [TraineeSaid(line.text), acts]
        before = line
    return list(evidence(events, scenario)) if scenario else list(_plain(events))


def _plain(events: list[Event]) -> Iterator[Evidence]:
    """The evidence of words alone: what `simulator.engine.readings.evidence` gives, less what only a case can tell."""
    text = ""
    turn = 0
    for position, event in enumerate(events, start=1):
        match event:
            case TraineeSaid(text):
                turn += 1
            case TimePassed(seconds):
                yield Evidence("event", "slow", position, turn, data={"seconds": seconds})
            case ActsRead(_, acts, gaming):
                for act in acts:
                    yield Evidence(
                        kind="act",
                        code=act.code,
                        position=position,
                        turn=turn,
                        detail=act.kind,
                        about=act.about,
                        value=act.value,
                        start=act.start,
                        end=act.end,
                        quote=text[act.start : act.end],
                        data={"gaming": True} if gaming else {},
                    )


def _record(form: object, scenario: Scenario | None, language: str) -> Iterator[Evidence]:
    """The fields of the record: compared with the case where there is one. `answer` and `answer_channel` hold the written answer."""
    if form is None:
        return
    if not isinstance(form, Mapping):
        raise TranscriptError("form must be an object of field and value.")
    values = {str(name): _text(value) for name, value in form.items() if value is not None}
    answered, channel = values.pop("answer", ""), values.pop("answer_channel", "")
    if scenario is None:
        for name, value in values.items():
            yield Evidence("form", name, 0, 0, value=value, quote=value)
        return
    language = language if language in scenario.languages else scenario.languages[0]
    names = tuple(person.name for people in scenario.persona.values() for person in people)
    compared = compare(values, scenario, Circumstances(language, names))
    given = {row.part for row in compared if row.given}  # a form without a classification is not classified wrongly
    yield from form_evidence([row for row in compared if row.part in given], {})
    if answered:
        reading = answer.read_answer(answered, language)
        for part in answer.parts_of(answered, channel or scenario.channel, reading.acts, scenario, gaming=reading.gaming):
            yield answer_evidence(part, 0, 0)


def _text(value: object) -> str:
    """A value as the desk keeps it: several codes with commas between them, yes or nothing."""
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return ("yes" if value else "") if isinstance(value, bool) else str(value)
