"""The desk as the log has made it: a fold over the events of a session, like the customer, and what follows from it.

Pure: `apply` folds an event in, `arrivals` says which documents come now, `kept_open` keeps a session open that is still worked on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from simulator.engine.contacts import ANSWER, FOLLOW_UP
from simulator.engine.events import (
    ActsRead,
    CaseHandedIn,
    ContactEnded,
    ContactOpened,
    DeskOpened,
    DocumentArrived,
    DocumentAsked,
    Event,
    FactTold,
    FormSaved,
    RecordOpened,
    SatisfactionTold,
    SessionEnded,
    TraineeSaid,
)
from simulator.engine.scenario import Document, Scenario

ACTION = frozenset(["take_action"])


@dataclass(frozen=True, slots=True)
class Desk:
    """`is_open`: the session lasts until the case is handed in. `talking`: a contact with the customer is under way.

    `asked` and `arrived` hold ids of documents, `answer` what was sent, `mark` what the customer gave in the call back. The rest
    remembers what documents may wait for.
    """

    is_open: bool = False
    complaint_no: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    arrived: tuple[str, ...] = ()
    purpose: str = ""
    talking: bool = True
    answer: str | None = None
    answer_channel: str = ""
    called_back: bool = False
    mark: int | None = None
    worked: bool = False
    sections: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    turns: int = 0
    acted: bool = False
    first_contact_over: bool = False


def apply(desk: Desk, event: Event) -> Desk:
    """The desk after the event."""
    match event:
        case DeskOpened(complaint_no, received_on, officer):
            form = {"received_at": received_on, "receiving_officer": officer, **desk.form}
            return replace(desk, is_open=True, complaint_no=complaint_no, form={name: value for name, value in form.items() if value})
        case FormSaved(name, value):
            form = {**desk.form, name: value}
            return replace(desk, form={key: kept for key, kept in form.items() if kept}, worked=True)
        case DocumentAsked(document):
            return replace(desk, asked=(*desk.asked, document))
        case DocumentArrived(document):
            return replace(desk, arrived=(*desk.arrived, document))
        case ContactOpened(purpose, channel):
            answered = {"answer": "", "answer_channel": channel, "worked": True} if purpose == ANSWER else {"called_back": True}
            return replace(desk, purpose=purpose, talking=True, **answered)
        case TraineeSaid(text):
            if desk.purpose == ANSWER and desk.answer == "":
                return replace(desk, answer=text)
            return replace(desk, turns=desk.turns + 1)
        case ActsRead(_, acts):
            return replace(desk, acted=True) if any(act.code in ACTION for act in acts) else desk
        case RecordOpened(section):
            return replace(desk, sections=desk.sections | {section})
        case FactTold(fact):
            return replace(desk, facts=desk.facts | {fact})
        case SatisfactionTold(mark):
            return replace(desk, mark=mark)
        case ContactEnded():
            return replace(desk, talking=False, first_contact_over=True)
        case SessionEnded() | CaseHandedIn():
            return replace(desk, talking=False)
        case _:
            return desk


def desk_of(events: Iterable[Event]) -> Desk:
    """The desk after all the events."""
    desk = Desk()
    for event in events:
        desk = apply(desk, event)
    return desk


def is_ready(document: Document, desk: Desk) -> bool:
    """Can the document be had by now? What it waits for during the conversation has come when that is over."""
    if desk.first_contact_over:
        return True
    match document.waits_for:
        case "record_opened":
            return document.waits_for_what in desk.sections
        case "fact_told":
            return document.waits_for_what in desk.facts
        case "turn":
            return desk.turns >= int(document.waits_for_what)
        case "first_action":
            return desk.acted
        case _:
            return True


def arrivals(desk: Desk, events: Iterable[Event], case: Scenario, language: str) -> tuple[Event, ...]:
    """The documents that have been asked for and come with what has just happened."""
    for event in events:
        desk = apply(desk, event)
    return tuple(
        DocumentArrived(document.id, document.title[language], document.text[language])
        for document in case.documents
        if document.id in desk.asked and document.id not in desk.arrived and is_ready(document, desk)
    )


def kept_open(desk: Desk, events: Iterable[Event]) -> tuple[Event, ...]:
    """The events without the end of the session, where the case is worked at the desk: then only handing it in ends it."""
    events = tuple(events)
    if not desk.is_open or any(isinstance(event, CaseHandedIn) for event in events):
        return events
    return tuple(event for event in events if not isinstance(event, SessionEnded))


def may_answer(desk: Desk) -> bool:
    """One answer is sent, after the conversation."""
    return desk.first_contact_over and not desk.talking and desk.answer is None


def may_call_back(desk: Desk) -> bool:
    """One call back, after the answer (S4.1.20-1)."""
    return desk.answer is not None and not desk.talking and not desk.called_back


def in_call_back(desk: Desk) -> bool:
    return desk.talking and desk.purpose == FOLLOW_UP


def may_hand_in(desk: Desk) -> bool:
    return desk.first_contact_over and not desk.talking
