"""Working days: holiday weeks with make-up days, years that are not announced, clocks that change."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.case.calendar import Arrangement, Calendar, CalendarError, places, read_arrangement

CHINA = Calendar(places()["CN"], {})
ENGLAND = Calendar(places()["GB"], {})
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_arrangement_of_china_is_the_same_in_both_libraries(year: int) -> None:
    other = holidays.country_holidays("CN", years=year)
    for day in (date(year, 1, 1) + timedelta(days=number) for number in range(365)):
        assert CHINA.is_working_day(day) == other.is_working_day(day) == chinese_calendar.is_workday(day), day
    assert CHINA.arrangement(year).announced


@pytest.mark.parametrize(
    ("received", "count", "last"),
    [
        # New Year 2025: Wednesday off.
        ("2024-12-31", 1, "2025-01-02"),
        # Spring Festival 2025: 28 January to 4 February off; Sunday 26 January and Saturday 8 February are worked.
        ("2025-01-24", 1, "2025-01-26"),
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-02-05", 3, "2025-02-08"),
        # Labour Day 2025: 1 to 5 May off; Sunday 27 April is worked.
        ("2025-04-25", 5, "2025-05-06"),
        # National Day and Mid-Autumn 2025: 1 to 8 October off; Sunday 28 September and Saturday 11 October are worked.
        ("2025-09-26", 5, "2025-10-10"),
        ("2025-09-30", 3, "2025-10-11"),
        # New Year 2026: 1 to 3 January off; Sunday 4 January is worked.
        ("2025-12-31", 1, "2026-01-04"),
        # Spring Festival 2026: 15 to 23 February off; Saturday 14 and Saturday 28 February are worked.
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-13", 6, "2026-02-28"),
        # Labour Day 2026: 1 to 5 May off; Saturday 9 May is worked.
        ("2026-04-30", 5, "2026-05-11"),
        # Mid-Autumn 2026: 25 to 27 September off; Sunday 20 September is worked.
        ("2026-09-18", 1, "2026-09-20"),
        # National Day 2026: 1 to 7 October off; Saturday 10 October is worked.
        ("2026-09-30", 5, "2026-10-13"),
        # An ordinary week, and nothing at all.
        ("2026-03-16", 5, "2026-03-23"),
        ("2026-03-16", 0, "2026-03-16"),
    ],
)
def test_working_days_leave_out_the_day_of_receipt_and_holidays_and_count_make_up_days(received: str, count: int, last: str) -> None:
    assert CHINA.add_working_days(date.fromisoformat(received), count) == date.fromisoformat(last)


def test_a_year_without_an_arrangement_counts_weekends_and_statutory_days_and_says_so() -> None:
    year = CHINA.arrangement(2027)
    assert not year.announced
    assert not year.work
    assert date(2027, 10, 1) in year.off
    assert CHINA.is_working_day(date(2027, 10, 4))  # nobody has yet said that it will be off
    assert CHINA.not_announced(date(2026, 12, 28), date(2027, 1, 4)) == (2027,)
    assert CHINA.not_announced(date(2026, 1, 5), date(2026, 12, 31)) == ()


def test_a_loaded_arrangement_goes_before_the_libraries() -> None:
    key, year = read_arrangement(
        {"region": "CN", "year": 2027, "source": "Notice", "days_off": ["2027-10-01/2027-10-07"], "days_worked": [date(2027, 9, 26)]},
        "CN-2027.yaml",
    )
    loaded = Calendar(places()["CN"], {key: year})
    assert loaded.add_working_days(date(2027, 9, 30), 1) == date(2027, 10, 8)
    assert loaded.is_working_day(date(2027, 9, 26))
    assert loaded.not_announced(date(2026, 12, 28), date(2027, 1, 4)) == ()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([], "not_a_map"),
        ({"year": 2027, "source": "Notice"}, "missing"),
        ({"region": "CN", "year": 2027}, "missing"),
        ({"region": "CN", "year": "soon", "source": "Notice"}, "bad_year"),
        ({"region": "CN", "year": True, "source": "Notice"}, "bad_year"),
        ({"region": "CN", "year": 2027, "source": "Notice", "holidays": []}, "unknown_key"),
        ({"region": "CN", "year": 2027, "source": "Notice", "days_off": "2027-10-01"}, "not_a_list"),
        ({"region": "CN", "year": 2027, "source": "Notice", "days_off": ["2027-02-30"]}, "not_a_day"),
        ({"region": "CN", "year": 2027, "source": "Notice", "days_off": ["2026-10-01"]}, "other_year"),
        ({"region": "CN", "year": 2027, "source": "Notice", "days_off": ["2027-10-07/2027-10-01"]}, "ends_before_it_begins"),
        ({"region": "CN", "year": 2027, "source": "Notice", "days_off": ["2027-10-09"], "days_worked": ["2027-10-09"]}, "day_twice"),
    ],
)
def test_a_file_of_days_that_cannot_be_used_says_what_is_wrong(document: object, code: str) -> None:
    with pytest.raises(CalendarError) as refused:
        read_arrangement(document, "CN-2027.yaml")
    assert refused.value.code == code


def test_holidays_of_other_places_count_there_and_not_here() -> None:
    good_friday = date(2026, 4, 3)
    assert not ENGLAND.is_working_day(good_friday)
    assert CHINA.is_working_day(good_friday)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-28T23:30+00:00", "2026-03-29T02:30+01:00"),  # the clocks go on at 01:00
        ("2026-10-25T00:30+01:00", "2026-10-25T01:30+00:00"),  # and back at 02:00
    ],
)
def test_hours_are_as_long_when_the_clocks_change(received: str, due: str) -> None:
    moment = ENGLAND.after_hours(datetime.fromisoformat(received), timedelta(hours=2))
    assert ENGLAND.local(moment).isoformat(timespec="minutes") == due


def test_the_day_ends_at_midnight_of_the_branch_also_when_it_has_23_hours() -> None:
    assert ENGLAND.end_of(date(2026, 3, 29)) - ENGLAND.end_of(date(2026, 3, 28)) == timedelta(hours=23)


def test_a_branch_is_open_in_its_hours_on_working_days() -> None:
    at = datetime(2026, 10, 10, 16, 59, tzinfo=SHANGHAI)  # a Saturday that is worked
    assert CHINA.is_open(at)
    assert not CHINA.is_open(at + timedelta(minutes=1))
    assert not CHINA.is_open(datetime(2026, 10, 1, 10, tzinfo=SHANGHAI))
    assert CHINA.next_opening(datetime(2026, 9, 30, 18, tzinfo=SHANGHAI)) == datetime(2026, 10, 8, 9, tzinfo=SHANGHAI)
    assert CHINA.next_opening(datetime(2026, 9, 30, 8, tzinfo=SHANGHAI)) == datetime(2026, 9, 30, 9, tzinfo=SHANGHAI)
    assert CHINA.next_morning(datetime(2026, 9, 30, 18, tzinfo=SHANGHAI)) == datetime(2026, 10, 1, 9, tzinfo=SHANGHAI)


def test_what_is_received_late_in_the_evening_elsewhere_is_received_on_the_day_of_the_branch() -> None:
    assert CHINA.day_of(datetime(2026, 3, 16, 23, tzinfo=ZoneInfo("Europe/London"))) == date(2026, 3, 17)


days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(days, st.integers(0, 60), st.sampled_from(sorted(places())))
def test_counting_there_and_back_agrees(day: date, count: int, code: str) -> None:
    calendar = Calendar(places()[code], {})
    last = calendar.add_working_days(day, count)
    assert calendar.working_days_between(day, last) == count
    assert count == 0 or calendar.is_working_day(last)


@given(days, days, st.integers(0, 30))
def test_a_later_receipt_never_ends_sooner(first: date, second: date, count: int) -> None:
    first, second = sorted((first, second))
    assert CHINA.add_working_days(first, count) <= CHINA.add_working_days(second, count)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(sorted(places())))  # noqa: DTZ001 the zone comes below
def test_the_next_opening_is_an_opening(at: datetime, code: str) -> None:
    calendar = Calendar(places()[code], {})
    moment = calendar.next_opening(at.replace(tzinfo=calendar.zone))
    assert moment > at.replace(tzinfo=calendar.zone)
    assert calendar.is_open(moment)
    assert calendar.local(moment).time() == calendar.place.opens != time()


def test_what_a_file_says_of_weekends_off_changes_nothing() -> None:
    _, year = read_arrangement({"region": "CN", "year": 2027, "source": "Notice", "days_off": ["2027-10-02"]}, "CN-2027.yaml")
    assert year == Arrangement(frozenset(), frozenset(), announced=True, source="Notice")
