"""What was done at the desk, as evidence that a rubric may count: the case's answer to each field and part, never a score.

Nothing where nothing was done at the desk: then its criteria are not observed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lms.core.contracts import Evidence
from simulator.case import answer, desk
from simulator.case.form import day_of
from simulator.case.truth import Circumstances, Compared, compare
from simulator.engine.acts import NEGATIVE
from simulator.engine.contacts import ANSWER
from simulator.engine.events import ActsRead, ContactOpened, DeskOpened, Event, FormSaved, TraineeSaid
from simulator.engine.scenario import Scenario
from simulator.engine.understanding import minutes_of

LEAST_OPINION = 4


def desk_evidence(events: Iterable[Event], case: Scenario, here: Circumstances) -> tuple[Evidence, ...]:
    """One row for each field of the record (kind "form"; `data`: `share`, `part`, `right`, `missing`) · `answer_part` and
    `follow_up_part` (kind "event", `detail` the part; `data`: `share`, `why`) · the faults in the words of the later contacts (kind "act"),
    which count like those of the conversation; what is good in them earns nothing there · `route_part`: was the customer told the
    number of the complaint, and does the record name the right department?"""
    log = tuple(events)
    made = desk.desk_of(log)
    if not made.worked:
        return ()
    saved = {event.field: position for position, event in enumerate(log, start=1) if isinstance(event, FormSaved)}
    compared = compare(made.form, case, here)
    rows = form_evidence(compared, saved)
    return (*rows, *_answer(log, made, case), *_follow_up(made, log), *_faults(log, case), *_route(log, made, compared))


def form_evidence(compared: Iterable[Compared], saved: Mapping[str, int]) -> list[Evidence]:
    """One row a field; `saved` says where in the log each was saved last."""
    return [
        Evidence(
            kind="form",
            code=row.field,
            position=saved.get(row.field, 0),
            turn=0,
            value=row.given,
            quote=row.given,
            data={"share": round(row.share, 4), "part": row.part, "right": row.right, "missing": list(row.missing)},
        )
        for row in compared
    ]


def answer_evidence(part: answer.Part, position: int, turn: int) -> Evidence:
    start, end = (part.start, part.end) if part.quote else (None, None)
    data = {"share": part.share, "why": part.why}
    return Evidence("event", "answer_part", position, turn, detail=part.code, start=start, end=end, quote=part.quote, data=data)


def answer_of(log: tuple[Event, ...]) -> tuple[int, int, str, ActsRead | None]:
    """Position, turn, words and reading of the answer; position 0 where none was sent."""
    turn = 0
    for position, event in enumerate(log, start=1):
        if isinstance(event, TraineeSaid):
            turn += 1
            if position >= 2 and isinstance(log[position - 2], ContactOpened) and log[position - 2].purpose == ANSWER:  # type: ignore[union-attr]
                read = next((later for later in log[position:] if isinstance(later, ActsRead)), None)
                return position, turn, event.text, read
    return 0, 0, "", None


def _answer(log: tuple[Event, ...], made: desk.Desk, case: Scenario) -> Iterator[Evidence]:
    position, turn, text, read = answer_of(log)
    acts = read.acts if read else ()
    for part in answer.parts_of(text, made.answer_channel, acts, case, gaming=bool(read and read.gaming)):
        yield answer_evidence(part, position, turn)


def _follow_up(made: desk.Desk, log: tuple[Event, ...]) -> Iterator[Evidence]:
    """The call back: made, satisfaction asked for, and what the customer said recorded as it was said (S4.1.20, D-13)."""
    opinion = made.form.get("customer_opinion", "")
    marked = made.mark is not None and made.form.get("satisfaction") == str(made.mark)
    recorded = (0.5 if marked else 0.0) + (0.5 if len(opinion) >= LEAST_OPINION else 0.0) if made.called_back else 0.0
    shares = {"called": float(made.called_back), "asked": float(made.mark is not None), "recorded": recorded}
    for code, share in shares.items():
        quote = opinion if code == "recorded" and share else ""
        yield Evidence("event", "follow_up_part", len(log), 0, detail=code, quote=quote, data={"share": share})


def _faults(log: tuple[Event, ...], case: Scenario) -> Iterator[Evidence]:
    """What must not be said, wherever it is said: the red lines hold for the answer and the call back too, and so does the limit."""
    turn, text, later = 0, "", False
    limit = minutes_of(case.truth.limits["result"])
    for position, event in enumerate(log, start=1):
        match event:
            case ContactOpened():
                later = True
            case TraineeSaid(text):
                turn += 1
            case ActsRead(_, acts) if later:
                for act in acts:
                    named = minutes_of(act.value) if act.code == "give_timeframe" and act.value else None
                    if act.code in NEGATIVE or (named is not None and limit is not None and named > limit):
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
                        )


def _route(log: tuple[Event, ...], made: desk.Desk, compared: Iterable[Compared]) -> Iterator[Evidence]:
    said = next(
        (position for position, event in enumerate(log, start=1) if isinstance(event, TraineeSaid) and made.complaint_no in event.text), 0
    )
    told = bool(said and made.complaint_no)
    number = made.complaint_no if told else ""
    yield Evidence("event", "route_part", said, 0, detail="number", quote=number, data={"share": float(told)})
    for row in compared:
        if row.field == "responsible_department":
            yield Evidence("event", "route_part", 0, 0, detail="department", quote=row.given, data={"share": round(row.share, 4)})


def circumstances(events: Iterable[Event], language: str, names: tuple[str, ...]) -> Circumstances:
    """What is right in this session alone. `names` are those of the customer."""
    opened = next((event for event in events if isinstance(event, DeskOpened)), None)
    return Circumstances(language, names, day_of(opened.received_on) if opened else None)
