"""The tiles of a class: folds over events, and a fixed number of queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from simulator import services
from simulator.grid import REASONS, Board, Tile, in_order
from simulator.models import Session

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def tile(name: str = "A") -> Tile:
    return Tile(uuid4(), name, "en")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_tile_shows_the_mood_the_turn_and_the_last_words():
    one = tile()
    one.take("trainee_said", {"text": "Good morning."}, NOW)
    one.take("state_changed", {"band": "angry"}, NOW)
    one.take("customer_said", {"text": "At last.", "due_at": 1500}, NOW)
    shown = one.shown(after(2))
    assert (shown["band"], shown["turn"], shown["last"]) == ("angry", 1, {"by": "customer", "text": "At last."})


def test_words_that_are_not_due_yet_are_not_on_the_tile():
    one = tile()
    one.take("trainee_said", {"text": "Good morning."}, NOW)
    one.take("customer_said", {"text": "At last.", "due_at": 1500}, NOW)
    assert one.shown(after(1))["last"] == {"by": "trainee", "text": "Good morning."}
    assert one.waiting_since(after(1)) is None
    assert one.waiting_since(after(2)) == after(1.5)


def test_words_the_customer_never_sent_are_not_on_the_tile():
    one = tile()
    one.take("customer_said", {"text": "First."}, NOW)
    one.take("customer_said", {"text": "Second.", "due_at": 5000}, NOW)
    one.take("overlapped", {"unsent": 1, "dropped": 1}, after(1))
    assert one.shown(after(9))["last"]["text"] == "First."


@pytest.mark.parametrize(
    ("reason", "events"),
    [
        ("red_line", [("trainee_said", {"text": "x"}), ("acts_read", {"turn": 1, "acts": [{"code": "rude", "kind": "insult"}]})]),
        ("escalated", [("escalated", {"rung": 2, "route": "regulator"})]),
        ("furious", [("state_changed", {"band": "furious"})]),
        ("waiting", [("customer_said", {"text": "Well?"})]),
    ],
)
def test_a_tile_says_why_it_needs_somebody(reason, events):
    one = tile()
    for kind, data in events:
        one.take(kind, data, NOW)
    assert one.needs(after(61)) == [reason]


def test_a_customer_who_came_down_again_needs_nobody():
    one = tile()
    one.take("escalated", {"rung": 1}, NOW)
    one.take("escalated", {"rung": 0}, NOW)
    assert one.needs(NOW) == []


def test_a_red_line_is_forgotten_after_two_turns_but_still_counted():
    one = tile()
    one.take("trainee_said", {"text": "x"}, NOW)
    one.take("acts_read", {"turn": 1, "acts": [{"code": "privacy_breach"}]}, NOW)
    for _turn in range(2):
        one.take("trainee_said", {"text": "x"}, NOW)
    assert one.needs(NOW) == []
    assert one.shown(NOW)["red_lines"] == 1


def test_whoever_needs_somebody_comes_first_and_the_most_urgent_before_all():
    tiles = [{"needs": [], "state": "open", "name": "calm", "session": "0"}]
    tiles += [{"needs": [reason], "state": "open", "name": reason, "session": "1"} for reason in reversed(REASONS)]
    assert [one["name"] for one in in_order(tiles)] == [*REASONS, "calm"]


def test_a_finished_room_needs_nobody():
    one = tile()
    one.take("state_changed", {"band": "furious"}, NOW)
    one.state = Session.State.FINISHED
    assert one.needs(NOW) == []


def test_the_board_asks_twice_whatever_the_number_of_rooms(trainee, scenario):
    board = Board(lambda: Session.objects.all())

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            board.read_on()
        return len(counted)

    begin = [services.open_session_now(trainee, scenario.slug, language="en", level=2, seed=seed) for seed in range(12)]
    assert queries() == 2
    assert len(board.tiles) == 12
    assert queries() == 1, "nothing has happened"
    for number, session in enumerate(begin):
        services.take_turn_now(trainee, session.id, "Good morning, I am listening.", f"turn-{number}")
    assert queries() == 2
    assert {one.turn for one in board.tiles.values()} == {1}


def test_the_board_read_in_steps_is_the_board_read_at_once(trainee, scenario):
    session = services.open_session_now(trainee, scenario.slug, language="en", level=3, seed=4)
    stepwise = Board(lambda: Session.objects.all())
    for number, text in enumerate(["Good morning.", "You should have read the contract.", "I am sorry. Which day was it?"]):
        stepwise.read_on()
        services.take_turn_now(trainee, session.id, text, f"turn-{number}")
    stepwise.read_on()
    whole = Board(lambda: Session.objects.all())
    whole.read_on()
    late = datetime(2100, 1, 1, tzinfo=UTC)
    assert stepwise.shown(late) == whole.shown(late)
