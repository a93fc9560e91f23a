"""The parts of the debrief that need no database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lms.debrief import curve_for_page, pieces


@st.composite
def marked_texts(draw):
    """A text with any characters, emoji among them, and notes on any of its spans, overlapping or not."""
    text = draw(st.text(alphabet=st.sampled_from("您好a ,。😀👨‍👩‍👧́𬭎"), max_size=30))
    spans = draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=5))
    notes = [
        {"number": number, "start": min(span), "end": max(span), "sort": draw(st.sampled_from(["good", "bad"]))}
        for number, span in enumerate(spans, start=1)
    ]
    return text, notes


@given(marked_texts())
def test_the_pieces_put_together_are_the_text(marked):
    text, notes = marked
    assert "".join(piece["text"] for piece in pieces(text, notes)) == text


@given(marked_texts())
def test_exactly_the_words_under_a_note_are_marked(marked):
    text, notes = marked
    position = 0
    for piece in pieces(text, notes):
        for index in range(position, position + len(piece["text"])):
            over = [note for note in notes if note["start"] <= index < note["end"]]
            assert bool(piece["sort"]) == bool(over)
            assert (piece["sort"] == "bad") == any(note["sort"] == "bad" for note in over)
        position += len(piece["text"])


@given(marked_texts())
def test_every_note_on_words_ends_once(marked):
    text, notes = marked
    ended = sorted(number for piece in pieces(text, notes) for number in piece["ends"])
    assert ended == [note["number"] for note in notes if note["start"] < note["end"]]


def test_offsets_count_code_points_so_emoji_do_not_move_the_mark():
    text = "😀😀对不起，我马上查"
    note = {"number": 1, "start": 2, "end": 5, "sort": "good"}
    assert [piece["text"] for piece in pieces(text, [note]) if piece["sort"]] == ["对不起"]


def test_an_angrier_turn_stands_higher_on_the_curve():
    points = curve_for_page([(1, 5, "furious"), (2, 3, "uneasy"), (3, 1, "calm")])["points"]
    assert points[0]["y"] < points[1]["y"] < points[2]["y"]
    assert points[0]["x"] < points[1]["x"] < points[2]["x"]
