"""No page asks the database more often because there is more in it. `python -m bench queries` prints the figures."""

from __future__ import annotations

import pytest

from tests.crowd import Crowd

MORE = 2
# With an empty cache; the pages that people open again and again.
MOST = {
    "home of trainee": 20,
    "courses": 12,
    "course": 12,
    "lesson": 12,
    "role-play list": 11,
    "room": 6,
    "replay": 8,
    "debrief": 11,
    "people list": 12,
}
# Pages of a few figures, or of the last few rooms, which are as long for a large bank.
ONLY_FIGURES = {"home of hr", "home of manager", "home of trainer"}


@pytest.fixture
def crowd(db: None) -> Crowd:
    return Crowd()


def test_no_page_asks_more_often_with_three_times_as_many_rows(crowd: Crowd) -> None:
    small = crowd.count()
    crowd.grow(MORE)
    large = crowd.count()
    assert {name for name in small if large[name].length <= small[name].length} <= ONLY_FIGURES, "these show nothing that has grown"
    assert not {name: (small[name], large[name]) for name in small if large[name].cold > small[name].cold}
    assert not {name: (small[name], large[name]) for name in small if large[name].warm > small[name].warm}
    assert not {name: large[name] for name, most in MOST.items() if large[name].cold > most}
