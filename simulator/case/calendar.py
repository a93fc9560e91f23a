"""Working days of a place: weekends, public holidays, and the weekend days on which a holiday is made up for.

Pure: the moment comes in as an argument, and what an administrator has loaded does so too. China's days off and make-up days are those of
the official yearly arrangement (`chinesecalendar`); other places, and the statutory days of a Chinese year that has no arrangement yet,
come from `holidays`. Such a year is said to be not announced wherever a limit touches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar  # type: ignore[import-untyped]
import holidays
import yaml

PLACES_FILE = Path(__file__).resolve().parent.parent / "rules" / "places.yaml"
SATURDAY = 5
FIRST_YEAR, LAST_YEAR = 2004, 2099
MOST_DAYS = 400


class CalendarError(Exception):
    """A file of days cannot be used; `code` says what is wrong at `path`, `params` hold the values for a sentence."""

    def __init__(self, code: str, path: str, **params: object) -> None:
        super().__init__(f"{path}: {code} {params}")
        self.code, self.path, self.params = code, path, params


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One year of a region: weekdays off, weekend days worked, and whether that is official (`announced`)."""

    off: frozenset[date]
    work: frozenset[date]
    announced: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a branch is: whose holidays it keeps, its time zone, its hours."""

    code: str
    name: Mapping[str, str]
    region: str
    timezone: str
    opens: time
    closes: time
    subdivision: str | None = None


Loaded = Mapping[tuple[str, int], Arrangement]


@cache
def places() -> dict[str, Place]:
    """The places that ship, by code."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(PLACES_FILE.read_text(encoding="utf-8"))
    return {
        code: Place(
            code=code,
            name=item["name"],
            region=item["region"],
            subdivision=item.get("subdivision"),
            timezone=item["timezone"],
            opens=time.fromisoformat(item["opens"]),
            closes=time.fromisoformat(item["closes"]),
        )
        for code, item in found.items()
    }


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days and hours of a place. `loaded` goes before what the libraries say."""

    place: Place
    loaded: Loaded

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.place.timezone)

    def arrangement(self, year: int) -> Arrangement:
        return self.loaded.get((self.place.region, year)) or _arrangement(self.place.region, self.place.subdivision, year)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def day_of(self, moment: datetime) -> date:
        """The day on which something happened, at the branch; closing time does not matter (§11)."""
        return self.local(moment).date()

    def is_working_day(self, day: date) -> bool:
        year = self.arrangement(day.year)
        return day in year.work or (day.weekday() < SATURDAY and day not in year.off)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`th working day after `day`, which itself does not count; `day` where `count` is 0."""
        if not 0 <= count <= MOST_DAYS:
            raise ValueError(f"Between 0 and {MOST_DAYS} working days, not {count}.")
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days come after `first`, up to and with `last`."""
        days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def days_off_between(self, first: date, last: date) -> tuple[date, ...]:
        """Weekdays after `first`, up to and with `last`, that are public holidays."""
        return tuple(day for day in _days(first, last) if day.weekday() < SATURDAY and not self.is_working_day(day))

    def make_up_days_between(self, first: date, last: date) -> tuple[date, ...]:
        """Weekend days after `first`, up to and with `last`, that are worked."""
        return tuple(day for day in _days(first, last) if day.weekday() >= SATURDAY and self.is_working_day(day))

    def not_announced(self, first: date, last: date) -> tuple[int, ...]:
        """The years from `first` to `last` for which there is no official arrangement yet."""
        return tuple(year for year in range(first.year, last.year + 1) if not self.arrangement(year).announced)

    def end_of(self, day: date) -> datetime:
        """The moment at which the day is over at the branch: a limit in days ends with its last day, not at closing time."""
        return self._moment(day + timedelta(days=1), time())

    def after_hours(self, moment: datetime, amount: timedelta) -> datetime:
        """Hours on the clock, day and night; where the clocks change they are as long as any others."""
        return moment.astimezone(UTC) + amount

    def is_open(self, moment: datetime) -> bool:
        here = self.local(moment)
        return self.is_working_day(here.date()) and self.place.opens <= here.time() < self.place.closes

    def next_opening(self, moment: datetime) -> datetime:
        """When the branch opens next, after `moment`."""
        day = self.day_of(moment)
        opening = self._moment(day, self.place.opens)
        while opening <= moment or not self.is_working_day(day):
            day += timedelta(days=1)
            opening = self._moment(day, self.place.opens)
        return opening

    def next_morning(self, moment: datetime) -> datetime:
        """The hour of opening on the day after, a working day or not."""
        return self._moment(self.day_of(moment) + timedelta(days=1), self.place.opens)

    def opening_on(self, day: date) -> datetime:
        return self._moment(day, self.place.opens)

    def _moment(self, day: date, at: time) -> datetime:
        """Moments are given in UTC: Python compares two of one zone by what their clocks show, which is wrong when these are put back."""
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range(1, (last - first).days + 1))


@lru_cache(maxsize=256)
def _arrangement(region: str, subdivision: str | None, year: int) -> Arrangement:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Arrangement(frozenset(), frozenset(), announced=False)
    if region == "CN":
        return _china(year)
    found = holidays.country_holidays(region, subdiv=subdivision, years=year)
    return Arrangement(
        off=frozenset(day for day in found if day.weekday() < SATURDAY),
        work=frozenset(day for day in found.weekend_workdays if day.year == year),
        source="holidays",
    )


def _china(year: int) -> Arrangement:
    try:
        worked = {day: chinese_calendar.is_workday(day) for day in _days(date(year - 1, 12, 31), date(year, 12, 31))}
    except NotImplementedError:  # a year without an arrangement: its statutory days alone, none of them moved
        statutory = holidays.country_holidays("CN", years=year, observed=False)
        off = frozenset(day for day in statutory if day.weekday() < SATURDAY)
        return Arrangement(off, frozenset(), announced=False, source="holidays")
    return Arrangement(
        off=frozenset(day for day, is_worked in worked.items() if day.weekday() < SATURDAY and not is_worked),
        work=frozenset(day for day, is_worked in worked.items() if day.weekday() >= SATURDAY and is_worked),
        source="chinesecalendar",
    )


def read_arrangement(document: object, path: str) -> tuple[tuple[str, int], Arrangement]:
    """The region, the year and the days of a file that an administrator has loaded (docs/limits.md), or `CalendarError`."""
    if not isinstance(document, Mapping):
        raise CalendarError("not_a_map", path)
    for key in document:
        if key not in ("region", "year", "source", "days_off", "days_worked"):
            raise CalendarError("unknown_key", path, key=str(key))
    region, year, source = document.get("region"), document.get("year"), document.get("source")
    if not isinstance(region, str) or not region:
        raise CalendarError("missing", path, key="region")
    if isinstance(year, bool) or not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarError("bad_year", path, first=FIRST_YEAR, last=LAST_YEAR)
    if not isinstance(source, str) or not source.strip():
        raise CalendarError("missing", path, key="source")
    off, work = (_read_days(document.get(key), year, f"{path}: {key}") for key in ("days_off", "days_worked"))
    both = off & work
    if both:
        raise CalendarError("day_twice", path, day=min(both).isoformat())
    return (region, year), Arrangement(
        off=frozenset(day for day in off if day.weekday() < SATURDAY), work=work, announced=True, source=source.strip()
    )


def _read_days(value: object, year: int, path: str) -> frozenset[date]:
    if value is None:
        return frozenset()
    if not isinstance(value, list):
        raise CalendarError("not_a_list", path)
    found: set[date] = set()
    for item in value:
        first, last = _read_span(item, path)
        if first.year != year or last.year != year:
            raise CalendarError("other_year", path, day=str(item), year=year)
        if last < first:
            raise CalendarError("ends_before_it_begins", path, day=str(item))
        found |= set(_days(first - timedelta(days=1), last))
    return frozenset(found)


def _read_span(item: object, path: str) -> tuple[date, date]:
    """A day, or "first/last"."""
    if isinstance(item, date) and not isinstance(item, datetime):  # YAML has read it already
        return item, item
    first, _, last = str(item).partition("/")
    try:
        return date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError as error:
        raise CalendarError("not_a_day", path, day=str(item)) from error
