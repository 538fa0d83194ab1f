"""Days as Italian law and offices count them: holidays, working days, terms that slide.

Everything is a calendar day of Europe/Rome; times are stored in UTC and become a day through `types.today`. The list of
holidays is data (`data/holidays.yaml`), each with the years in which it holds. The patron of a municipality is given
as (month, day), and `patron_of` knows some (`data/patrons.yaml`).
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

Patron: TypeAlias = tuple[int, int]
"""Month and day of the patron's feast."""

_DATA: Final = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday and the years in which it holds: on a fixed day, or so many days after Easter."""

    name: str
    valid_from: date
    valid_to: date | None
    source_note: str
    month: int | None = None
    day: int | None = None
    easter_offset: int | None = None

    def falls_on(self, year: int) -> date | None:
        """Its day in that year, or None where it doesn't hold."""
        if self.month is not None and self.day is not None:
            day = date(year, self.month, self.day)
        else:
            day = easter(year) + timedelta(days=self.easter_offset or 0)
        return day if self.valid_from <= day and (self.valid_to is None or day <= self.valid_to) else None


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def national_holidays(year: int) -> frozenset[date]:
    """The holidays of the State in that year, Sundays apart (L. 260/1949 and later)."""
    return frozenset(day for holiday in _calendar()[0] if (day := holiday.falls_on(year)) is not None)


def patron_of(istat_code: str) -> Patron | None:
    """The feast of a municipality's patron, by its ISTAT code (six digits); None where none is known."""
    return _patrons().get(istat_code)


def is_working_day(day: date, patron: Patron | None = None) -> bool:
    """Whether offices work on that day: no Saturday or Sunday, no national holiday, not the local patron's feast."""
    if day.isoweekday() in _calendar()[1] or day in national_holidays(day.year):
        return False
    return patron is None or (day.month, day.day) != patron


def add_working_days(day: date, n: int, patron: Patron | None = None) -> date:
    """The n-th working day after that day, which isn't counted. ValueError if n is negative; 0 gives the day itself."""
    _refuse_negative(n)
    while n > 0:
        day = _next_working_day(day + timedelta(days=1), patron)
        n -= 1
    return day


def add_days(day: date, n: int, slide: bool = True, patron: Patron | None = None) -> date:
    """The last day of a term of n calendar days, the day of the event not counted (art. 2963 c.c.).

    With `slide`, a last day that isn't a working one moves to the next that is. ValueError if n is negative.
    """
    _refuse_negative(n)
    last = day + timedelta(days=n)
    return _next_working_day(last, patron) if slide else last


def add_months(day: date, n: int, slide: bool = True, patron: Patron | None = None) -> date:
    """The same day n months later, or the last of that month if it has no such day (art. 2963 c.c.); may slide too."""
    _refuse_negative(n)
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    last = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return _next_working_day(last, patron) if slide else last


def _next_working_day(day: date, patron: Patron | None) -> date:
    while not is_working_day(day, patron):
        day += timedelta(days=1)
    return day


def _refuse_negative(n: int) -> None:
    if n < 0:
        raise ValueError("a term can't be negative")


@cache
def _calendar() -> tuple[tuple[Holiday, ...], frozenset[int]]:
    data = _read("holidays.yaml")
    return tuple(Holiday(**row) for row in data["holidays"]), frozenset(data["closed_weekdays"])


@cache
def _patrons() -> Mapping[str, Patron]:
    return {row["istat_code"]: (row["month"], row["day"]) for row in _read("patrons.yaml")["patrons"]}


def _read(name: str) -> Any:
    return yaml.safe_load((_DATA / name).read_text(encoding="utf-8"))
