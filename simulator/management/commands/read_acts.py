"""`manage.py read_acts`: utterances as JSON Lines on standard input, their acts as JSON Lines on standard output."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand

from simulator.engine.acts import Act
from simulator.nlu import Context, read
from simulator.nlu.customer import read_customer
from simulator.nlu.relation import relation
from simulator.policies import shipped


class Command(BaseCommand):
    help = "Reads utterances (JSON Lines) from standard input and writes the acts in them. See docs/reading.md."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        failed = False
        for answer in answers(sys.stdin.buffer):
            failed = failed or "error" in answer
            self.stdout.write(json.dumps(answer))
        if failed:
            sys.exit(1)


def answers(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """One answer for each line that is not blank, in order; a bad line is answered with `error` in its place."""
    for line in lines:
        if not line.strip():
            continue
        asked: Any = None
        try:
            asked = json.loads(line.decode("utf-8-sig"))
            yield answer(asked)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            yield {"id": asked.get("id") if isinstance(asked, dict) else None, "error": str(error) or type(error).__name__}


def answer(asked: Any) -> dict[str, Any]:
    """The answer to one line. Raises `ValueError` where the line does not say what to read."""
    if not isinstance(asked, dict):
        raise ValueError("A line has to be an object with an id and a text.")
    text = asked.get("text")
    if not isinstance(text, str):
        raise ValueError("The text is missing or not a string.")
    if asked.get("speaker") == "customer":
        return of_customer(asked, text)
    context = context_of(asked.get("context"))
    begun = time.perf_counter()
    reading = read(text, context, lang=asked.get("lang"))
    spent = (time.perf_counter() - begun) * 1000
    told = {
        "id": asked.get("id"),
        "acts": list(dict.fromkeys(act.code for act in reading.acts)),
        "spans": [span(act) for act in reading.acts],
        "gaming": reading.gaming,
        "ms": round(spent, 3),
    }
    if context.customer or context.said:
        stands = relation(text, reading.acts, context.customer, context.said)
        told["context"] = {"repeats": stands.repeats, "answered": list(stands.answered), "passed_over": list(stands.passed_over)}
    return told


def of_customer(asked: dict[str, Any], text: str) -> dict[str, Any]:
    """What a customer of a shipped case says: what the words do, in which mood, and which facts of the case they tell."""
    try:
        case = shipped.scenario(str(asked.get("scenario")))
    except KeyError as error:
        raise ValueError(f"No scenario {asked.get('scenario')!r} ships.") from error
    reading = read_customer(text, case.for_seed(int(asked.get("seed") or 0)), "en" if asked.get("lang") == "en" else "zh-hans")
    if reading is None:
        return {"id": asked.get("id"), "says": None, "facts": []}
    facts = [{"fact": said.fact, "start": said.start, "end": said.end, "believed": said.believed} for said in reading.facts]
    return {"id": asked.get("id"), "says": reading.says, "sureness": reading.sureness, "band": reading.band, "facts": facts}


def context_of(given: Any) -> Context:
    """The context as the command takes it: the customer's last words, or turns with what is known and on record."""
    if given is None:
        return Context()
    if isinstance(given, str):
        return Context(customer=given)
    if not isinstance(given, dict):
        raise ValueError("The context has to be a text or an object.")
    turns = given.get("turns") or ()
    known, record = given.get("known") or {}, given.get("record") or {}
    if not isinstance(known, dict) or not isinstance(record, dict) or not isinstance(turns, (list, tuple)):
        raise ValueError("In the context, known and record are objects and turns is a list.")
    customer, said = words_of(turns)
    return Context(customer=customer, known=known, record=record, said=said)


def words_of(turns: Iterable[Any]) -> tuple[str, tuple[str, ...]]:
    """The customer's last words, which may be several bubbles, and everything the handler has said."""
    customer: list[str] = []
    said: list[str] = []
    last = ""
    for turn in turns:
        if not isinstance(turn, dict):
            continue
        text, speaker = str(turn.get("text", "")), turn.get("speaker")
        if speaker == "customer":
            customer = [*customer, text] if last == "customer" else [text]
        else:
            said.append(text)
        last = str(speaker)
    return "\n".join(customer), tuple(said)


def span(act: Act) -> dict[str, Any]:
    told: dict[str, Any] = {"act": act.code, "kind": act.kind, "about": act.about, "value": act.value}
    told = {key: value for key, value in told.items() if value is not None}
    return {**told, "start": act.start, "end": act.end, "confidence": act.confidence}
