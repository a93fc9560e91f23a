"""Stored names are promises: an event written today is read in years."""

from __future__ import annotations

import json

import pytest

from simulator.engine import codec
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

STORED = {
    "trainee_said": (TraineeSaid("您好"), {"text": "您好"}),
    "acts_read": (
        ActsRead(1, (Act("greeting", 0, 2),), reader="r1"),
        {
            "turn": 1,
            "acts": [{"code": "greeting", "start": 0, "end": 2, "confidence": 1.0}],
            "gaming": False,
            "hint": None,
            "unclear": False,
            "reader": "r1",
        },
    ),
    "state_changed": (
        StateChanged(1, {"anger": 0.5}, 3, "uneasy", (Cause("anger", -0.1, "listening", "active_listening", 0, 4),)),
        {
            "turn": 1,
            "state": {"anger": 0.5},
            "mood": 3,
            "band": "uneasy",
            "causes": [{"variable": "anger", "delta": -0.1, "rule": "listening", "act": "active_listening", "start": 0, "end": 4}],
        },
    ),
    "customer_said": (
        CustomerSaid("喂", "vent.angry.0", "vent", "angry", 800, 1, 2),
        {"text": "喂", "line": "vent.angry.0", "act": "vent", "band": "angry", "due_at": 800, "part": 1, "parts": 2},
    ),
    "customer_reworded": (CustomerReworded(4, "喂，您好", "m"), {"of": 4, "text": "喂，您好", "source": "m"}),
    "fact_told": (FactTold("fee", True, "300"), {"fact": "fee", "elicited": True, "value": "300"}),
    "promise_made": (PromiseMade(2, "take_action", "5 wd", "I will"), {"turn": 2, "what": "take_action", "due": "5 wd", "quote": "I will"}),
    "promise_broken": (PromiseBroken("take_action", 2), {"what": "take_action", "promised_in_turn": 2}),
    "overlapped": (Overlapped(2, 1), {"unsent": 2, "dropped": 1}),
    "time_passed": (TimePassed(30), {"seconds": 30}),
    "escalated": (Escalated(1, "manager"), {"rung": 1, "route": "manager"}),
    "offer_weighed": (OfferWeighed("refund", "accepted", "done"), {"offer": "refund", "answer": "accepted", "why": "done"}),
    "time_limit_set": (TimeLimitSet(1200), {"seconds": 1200}),
    "record_opened": (RecordOpened("account"), {"section": "account"}),
    "driver_changed": (DriverChanged("trainer"), {"driver": "trainer"}),
    "contact_ended": (ContactEnded("dated_firmly", 0.8), {"outcome": "dated_firmly", "satisfaction": 0.8}),
    "desk_opened": (
        DeskOpened("TS-20260302-00007", "2026-03-02", "林晓"),
        {"complaint_no": "TS-20260302-00007", "received_on": "2026-03-02", "officer": "林晓"},
    ),
    "form_saved": (FormSaved("nature", "service"), {"field": "nature", "value": "service"}),
    "document_asked": (DocumentAsked("log"), {"document": "log"}),
    "document_arrived": (DocumentArrived("log", "流水", "9:12"), {"document": "log", "title": "流水", "text": "9:12"}),
    "contact_opened": (ContactOpened("answer", "email"), {"purpose": "answer", "channel": "email"}),
    "satisfaction_told": (SatisfactionTold(4), {"mark": 4}),
    "case_handed_in": (CaseHandedIn(), {}),
    "session_ended": (SessionEnded("dated_firmly"), {"outcome": "dated_firmly"}),
    "lines_offered": (
        LinesOffered((OfferedLine((("tell", "fact.fee.tell.0", "300."),), (("fee", "300"),), 1),), ("fee",)),
        {"lines": [{"parts": [["tell", "fact.fee.tell.0", "300."]], "facts": [["fee", "300"]], "rung": 1}], "asked": ["fee"]},
    ),
    "customer_read": (
        CustomerRead(2, "300，三月八号", "grievance", 0.8, ("fee",), (Claim("三月八号", "occurred_at", "03-08"),)),
        {
            "line": 2,
            "text": "300，三月八号",
            "says": "grievance",
            "sureness": 0.8,
            "facts": ["fee"],
            "claims": [{"quote": "三月八号", "about": "occurred_at", "value": "03-08"}],
        },
    ),
    "taken_back": (TakenBack("fee"), {"fact": "fee", "acceptance": False}),
    "nudged": (Nudged("angrier", "too easy"), {"mood": "angrier", "reason": "too easy"}),
    "injected": (Injected("other", "a neighbour got it"), {"inject": "other", "text": "a neighbour got it"}),
    "whispered": (Whispered(7, "ask for the day"), {"to": 7, "text": "ask for the day"}),
    "paused": (Paused(), {}),
    "resumed": (Resumed(), {}),
    "bookmarked": (Bookmarked("well asked"), {"note": "well asked"}),
    "clock_moved": (ClockMoved("hour", 3600), {"step": "hour", "seconds": 3600}),
    "duty_done": (DutyDone("progress_told", {"note": "soon"}), {"stop": "progress_told", "details": {"note": "soon"}}),
    "limit_extended": (
        LimitExtended("customer_notified", "2026-10-15", "two departments", "manager"),
        {"stop": "customer_notified", "until": "2026-10-15", "reason": "two departments", "approver": "manager"},
    ),
    "limit_missed": (
        LimitMissed("BANK_DEFAULT", "result", "2026-10-13T16:00:00+00:00", False),
        {"rules": "BANK_DEFAULT", "code": "result", "due_at": "2026-10-13T16:00:00+00:00", "seen": False},
    ),
}


def test_every_kind_of_event_has_its_stored_form_here():
    assert set(STORED) == set(codec.KINDS)


@pytest.mark.parametrize("kind", STORED)
def test_an_event_is_stored_under_its_name_and_comes_back(kind):
    event, data = STORED[kind]
    assert codec.to_json(event) == (kind, data)
    assert codec.from_json(kind, json.loads(json.dumps(data))) == event


def test_who_spoke_for_the_customer_is_stored_only_where_it_was_a_trainer():
    kind, data = codec.to_json(CustomerSaid("喂", "seat", "vent", "angry", source="seat"))
    assert data["source"] == "seat"
    assert codec.from_json(kind, data) == CustomerSaid("喂", "seat", "vent", "angry", source="seat")


def test_an_older_event_without_a_newer_field_has_its_default():
    assert codec.from_json("promise_made", {"turn": 1, "what": "follow_up"}) == PromiseMade(1, "follow_up")


def test_a_field_that_a_newer_version_wrote_is_passed_over():
    assert codec.from_json("time_passed", {"seconds": 30, "typing": True}) == TimePassed(30)
