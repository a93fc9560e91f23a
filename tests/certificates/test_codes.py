"""Numbers and codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.codes import is_code, is_number, masked, new_code, number

serials = st.tuples(st.integers(2000, 2099), st.integers(1, 999_999))


@given(serials)
def test_a_number_is_right_as_it_was_made(made):
    assert is_number(number(*made))


@given(serials, st.data())
def test_one_wrong_digit_is_found(made, data):
    right = number(*made)
    places = [place for place, character in enumerate(right[:-2]) if character.isdigit()]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != right[place]]))
    assert not is_number(right[:place] + wrong + right[place + 1 :])


@given(serials, st.integers(0, 4))
def test_two_neighbours_swapped_are_found(made, place):
    right = number(*made)
    head, serial, check = right.rsplit("-", 2)
    swapped = serial[:place] + serial[place + 1] + serial[place] + serial[place + 2 :]
    assert (swapped == serial) == is_number(f"{head}-{swapped}-{check}")


def test_codes_cannot_be_counted_through():
    made = {new_code() for _ in range(1000)}
    assert len(made) == 1000
    assert all(is_code(code) for code in made)
    assert not is_code("../../etc/passwd")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("张三丰", "张**"), ("欧阳修文", "欧***"), ("Mary Ann Lee", "M*** A** L**"), ("𬭎", "𬭎"), ("", "")],
)
def test_a_name_is_masked(name, shown):
    assert masked(name) == shown
