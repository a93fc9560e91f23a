"""The figures of §7.2, each with an example worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.case.statistics import (
    Handled,
    Measure,
    Period,
    Rate,
    compliance,
    effectiveness,
    escalation_rate,
    handling_cycle,
    handling_rates,
    improvement_cycle,
    improvement_effect,
    improvement_measures,
    reopen_rate,
    repeat_rate,
    satisfaction,
    within_limit,
)


def on(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


MARCH = Period(on(3, 1, 0), on(4, 1, 0))
CASES = (
    Handled(
        on(2, 20), result_at=on(3, 2), closed_at=on(3, 4), within_limit=False, marks=(2,), rights_protected=True, audited=True, breach=True
    ),
    Handled(on(2, 25)),  # still open
    Handled(on(1, 5), closed_at=on(2, 5), within_limit=True),  # long closed
    Handled(on(3, 3), result_at=on(3, 4), closed_at=on(3, 6), within_limit=True, marks=(3, 5), rights_protected=True, audited=True),
    Handled(on(3, 9), result_at=on(3, 13), closed_at=on(3, 16), within_limit=True, marks=(4, 4), rights_protected=False, reopened=True),
    Handled(on(3, 20), result_at=on(3, 30), closed_at=on(4, 3), within_limit=False, repeat=True, escalated_outside=True),
    Handled(on(3, 31)),
)


def test_the_handling_rate_is_given_by_both_denominators() -> None:
    cohort, flow = handling_rates(CASES, MARCH)
    assert cohort == Rate(2, 4, "cohort")  # of four received in March, two are closed by its end
    assert flow == Rate(3, 6, "flow")  # two were open and four came in; three of these six were closed in March


def test_the_rate_within_the_limit_is_of_those_closed() -> None:
    assert within_limit(CASES, MARCH) == Rate(2, 3, "closed")


def test_satisfaction_takes_the_last_mark_of_each_case() -> None:
    found = satisfaction(CASES, MARCH)
    assert found.satisfied == Rate(2, 3, "answered")
    assert found.mean == pytest.approx((2 + 5 + 4) / 3)
    assert found.answered == Rate(3, 3, "closed")


def test_the_other_rates_of_quality() -> None:
    assert effectiveness(CASES, MARCH) == Rate(2, 3, "closed")
    assert compliance(CASES, MARCH) == Rate(1, 2, "audited")
    assert repeat_rate(CASES, MARCH) == Rate(1, 4, "received")
    assert reopen_rate(CASES, MARCH) == Rate(1, 3, "closed")
    assert escalation_rate(CASES, MARCH) == Rate(1, 4, "received")


def test_the_handling_cycle_is_the_middle_and_the_ninth_of_ten() -> None:
    found = handling_cycle(CASES, MARCH, expected_hours=120)
    assert (found.n, found.median, found.p90) == (4, (96 + 240) / 2, 240)  # 24, 96, 240, 240 hours
    assert found.as_expected == Rate(2, 4, "results")


def test_a_rate_of_nothing_has_no_value() -> None:
    assert [rate.value for rate in handling_rates((), MARCH)] == [None, None]
    assert handling_cycle((), MARCH, expected_hours=120).median is None
    assert satisfaction((), MARCH).mean is None
    assert improvement_cycle(()) is None


def test_improvement_measures_are_counted_with_their_share_on_time() -> None:
    measures = (
        Measure(date(2026, 1, 10), date(2026, 2, 10), date(2026, 2, 1)),
        Measure(date(2026, 1, 10), date(2026, 2, 10), date(2026, 2, 20)),
        Measure(date(2026, 2, 1), date(2026, 3, 1)),
        Measure(date(2026, 3, 1), date(2026, 6, 1)),
    )
    assert improvement_measures(measures, by=date(2026, 3, 31)) == (4, Rate(1, 3, "due"))
    assert improvement_cycle(measures) == (22 + 41) / 2


def test_the_effect_of_a_measure_is_what_it_gained_beyond_the_others() -> None:
    assert improvement_effect(before=0.70, after=0.85, control_before=0.72, control_after=0.77) == pytest.approx(0.10)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 30)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
handled = st.builds(
    lambda received, days, closed: Handled(min(received, closed), closed_at=max(received, closed) if days else None),
    moments,
    st.booleans(),
    moments,
)


@given(st.lists(handled, max_size=20))
def test_no_rate_is_more_than_all(cases: list[Handled]) -> None:
    for rate in handling_rates(cases, MARCH):
        assert 0 <= rate.part <= rate.whole
