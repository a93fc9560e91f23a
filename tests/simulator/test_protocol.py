"""The wire, without a wire: any frame becomes a command or a coded refusal, and nobody sees what is not theirs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given

from simulator import protocol
from simulator.engine import codec
from simulator.engine.acts import Act
from simulator.engine.events import (
    ActsRead,
    Cause,
    ContactEnded,
    CustomerSaid,
    DriverChanged,
    Event,
    OfferWeighed,
    StateChanged,
    TraineeSaid,
)
from simulator.errors import REFUSALS, SimulatorError
from simulator.log import Logged
from tests.simulator.frames import messages, raw


def parsed(frame: str | bytes) -> protocol.Command | SimulatorError:
    try:
        return protocol.parse(frame)
    except SimulatorError as refusal:
        return refusal


def is_command_or_refusal(answer: protocol.Command | SimulatorError) -> bool:
    match answer:
        case SimulatorError(code=code):
            return code in REFUSALS and bool(json.loads(protocol.encode(protocol.refused(answer, "en")))["message"])
        case protocol.Say(text=text):
            return 0 < len(text) <= 2000 and text.encode().decode() == text
    return isinstance(answer, protocol.Command)


@given(messages)
def test_any_json_is_a_command_or_a_coded_refusal(message: Any) -> None:
    assert is_command_or_refusal(parsed(json.dumps(message)))


@given(raw)
def test_any_bytes_are_a_command_or_a_coded_refusal(frame: str | bytes) -> None:
    assert is_command_or_refusal(parsed(frame))


def test_a_refused_message_names_the_id_it_refuses() -> None:
    with pytest.raises(SimulatorError) as caught:
        protocol.parse(json.dumps({"type": "say", "id": "a-1", "text": "长" * 2001}))
    assert protocol.refused(caught.value, "en")["id"] == "a-1"


def test_every_code_has_words_in_both_languages() -> None:
    assert set(protocol.MESSAGES) == set(REFUSALS)
    for code in REFUSALS:
        assert protocol.refused(SimulatorError(code), "zh-hans")["message"]


def room_of(*events: Event, mode: str = "practice", finished: bool = False, dropped: frozenset[int] = frozenset()) -> Any:
    """As much of a live session as the protocol looks at."""
    log = []
    for position, event in enumerate(events, 1):
        kind, data = codec.to_json(event)
        log.append(Logged(position, event, kind, data, datetime(2026, 11, 24, tzinfo=UTC)))
    return SimpleNamespace(log=log, session=SimpleNamespace(mode=mode), finished=finished, dropped=dropped, reworded={})


ANGRY = StateChanged(
    1, {"anger": 0.9}, 5, "furious", (Cause("anger", 0.2, "rude", "rude.insult", 0, 2), Cause("trust", 0.1, "x", "apology", 3, 5))
)


def test_a_trainee_sees_the_mood_and_what_helped_but_not_the_state() -> None:
    room = room_of(ANGRY)
    (seen,) = protocol.seen_by(room, "trainee", room.log, 1)
    assert seen["data"] == {"turn": 1, "mood": 5, "band": "furious", "helped": ["apology"], "hurt": ["rude.insult"]}


@pytest.mark.parametrize(
    "event",
    [
        ActsRead(1, (Act("apology", 0, 2),)),
        OfferWeighed("refund", "refused", "unheard"),
        DriverChanged("trainer"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_goes_on_behind_the_customer_is_shown_to_who_watches_alone(event: Event) -> None:
    room = room_of(event)
    assert protocol.seen_by(room, "trainee", room.log, 1) == []
    assert len(protocol.seen_by(room, "observer", room.log, 1)) == 1


def test_an_exam_hides_the_mood_until_it_is_over() -> None:
    under_way, over = room_of(ANGRY, mode="exam"), room_of(ANGRY, mode="exam", finished=True)
    assert protocol.seen_by(under_way, "trainee", under_way.log, 1) == []
    assert protocol.seen_by(over, "trainee", over.log, 1)
    assert protocol.seen_by(under_way, "observer", under_way.log, 1)


def test_a_private_channel_is_not_heard_in_the_room() -> None:
    room = room_of(TraineeSaid("ignored"))
    whispered = Logged(1, TraineeSaid("psst"), "trainee_said", {"text": "psst"}, room.log[0].at, channel="whisper:7")
    assert protocol.seen_by(room, "trainee", [whispered], 1) == []


def test_a_bubble_that_was_never_sent_is_seen_by_nobody() -> None:
    room = room_of(CustomerSaid("One more thing", "l", "ask", "angry"), dropped=frozenset({1}))
    assert protocol.seen_by(room, "observer", room.log, 1) == []


def test_the_satisfaction_of_the_customer_stays_with_who_watches() -> None:
    room = room_of(ContactEnded("customer_left", 0.1))
    assert protocol.seen_by(room, "trainee", room.log, 1)[0]["data"] == {"outcome": "customer_left"}
