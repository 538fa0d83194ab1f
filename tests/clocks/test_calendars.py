"""Holidays, working days and terms, by known days and by what holds for every day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clocks import calendars
from service.types import today

LODI = (1, 19)

days = st.dates(date(2001, 1, 1), date(2060, 12, 31))
counts = st.integers(0, 150)
patrons = st.none() | st.tuples(st.integers(1, 12), st.integers(1, 28))


@pytest.mark.parametrize(
    "day",
    [date(2000, 4, 23), date(2008, 3, 23), date(2011, 4, 24), date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5)],
)
def test_easter_is_where_the_calendar_has_it(day: date) -> None:
    assert calendars.easter(day.year) == day


def test_the_holidays_of_2026_are_twelve() -> None:
    assert sorted(calendars.national_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 6),
        date(2026, 4, 6),
        date(2026, 4, 25),
        date(2026, 5, 1),
        date(2026, 6, 2),
        date(2026, 8, 15),
        date(2026, 10, 4),
        date(2026, 11, 1),
        date(2026, 12, 8),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]


def test_a_holiday_holds_only_in_its_years() -> None:
    assert date(2025, 10, 4) not in calendars.national_holidays(2025)
    assert date(2000, 6, 2) not in calendars.national_holidays(2000)
    assert date(1985, 1, 6) not in calendars.national_holidays(1985)
    assert [year for year in range(2009, 2014) if date(year, 3, 17) in calendars.national_holidays(year)] == [2011]


def test_offices_close_on_easter_monday_saturdays_and_sundays() -> None:
    assert not calendars.is_working_day(date(2026, 4, 6))
    assert not calendars.is_working_day(date(2026, 4, 4))
    assert not calendars.is_working_day(date(2026, 4, 5))
    assert calendars.is_working_day(date(2026, 4, 7))


def test_patrons_are_known_by_the_municipality_and_never_guessed() -> None:
    assert calendars.patron_of("098031") == LODI
    assert calendars.patron_of("015146") == (12, 7)
    assert calendars.patron_of("015175") is None


def test_the_patron_is_a_holiday_only_where_it_is_theirs() -> None:
    assert calendars.is_working_day(date(2026, 1, 19))
    assert not calendars.is_working_day(date(2026, 1, 19), LODI)


def test_twenty_working_days_step_over_holidays() -> None:
    assert calendars.add_working_days(date(2025, 12, 22), 20) == date(2026, 1, 23)
    assert calendars.add_working_days(date(2025, 12, 22), 20, LODI) == date(2026, 1, 26)


def test_the_day_of_the_event_is_not_counted() -> None:
    assert calendars.add_working_days(date(2026, 3, 2), 1) == date(2026, 3, 3)
    assert calendars.add_days(date(2026, 3, 2), 1) == date(2026, 3, 3)


def test_a_last_day_that_is_a_holiday_slides() -> None:
    assert calendars.add_days(date(2026, 4, 1), 4) == date(2026, 4, 7)
    assert calendars.add_days(date(2026, 4, 1), 4, slide=False) == date(2026, 4, 5)
    assert calendars.add_days(date(2026, 1, 9), 10, patron=LODI) == date(2026, 1, 20)


def test_a_month_without_that_day_ends_on_its_last() -> None:
    assert calendars.add_months(date(2025, 8, 31), 6, slide=False) == date(2026, 2, 28)
    assert calendars.add_months(date(2023, 8, 31), 6, slide=False) == date(2024, 2, 29)
    assert calendars.add_months(date(2025, 12, 15), 12, slide=False) == date(2026, 12, 15)
    assert calendars.add_months(date(2024, 2, 29), 24, slide=False) == date(2026, 2, 28)


@pytest.mark.parametrize("add", [calendars.add_days, calendars.add_working_days, calendars.add_months])
def test_a_negative_term_is_an_error(add: object) -> None:
    assert callable(add)
    with pytest.raises(ValueError, match="negative"):
        add(date(2026, 1, 1), -1)


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-03-28T22:59:59", date(2026, 3, 28)),  # winter time, one hour ahead
        ("2026-03-28T23:00:00", date(2026, 3, 29)),
        ("2026-03-29T21:59:59", date(2026, 3, 29)),  # the clock went forward that night: two hours ahead
        ("2026-03-29T22:00:00", date(2026, 3, 30)),
        ("2026-10-24T22:00:00", date(2026, 10, 25)),
        ("2026-10-25T22:59:59", date(2026, 10, 25)),  # the clock went back: a day of 25 hours
        ("2026-10-25T23:00:00", date(2026, 10, 26)),
    ],
)
def test_the_day_in_rome_follows_daylight_saving(utc: str, day: date) -> None:
    assert today(datetime.fromisoformat(utc).replace(tzinfo=UTC)) == day


@given(st.builds(datetime.combine, days, st.times(timezones=st.just(UTC))))
def test_rome_is_one_or_two_hours_ahead(now: datetime) -> None:
    ahead = {(now + timedelta(hours=1)).date(), (now + timedelta(hours=2)).date()}
    assert today(now) in ahead


@given(days, counts, patrons)
def test_a_term_ends_on_a_working_day_and_never_before(day: date, n: int, patron: calendars.Patron | None) -> None:
    slid = calendars.add_days(day, n, patron=patron)
    assert slid >= day + timedelta(days=n)
    assert calendars.is_working_day(slid, patron)
    between = ((day + timedelta(days=n + i)) for i in range((slid - day).days - n))
    assert not any(calendars.is_working_day(d, patron) for d in between)


@given(days, st.integers(1, 60), patrons)
def test_working_days_are_as_many_as_asked(day: date, n: int, patron: calendars.Patron | None) -> None:
    last = calendars.add_working_days(day, n, patron)
    passed = [day + timedelta(days=i) for i in range(1, (last - day).days + 1)]
    assert sum(calendars.is_working_day(d, patron) for d in passed) == n
    assert calendars.is_working_day(last, patron)


@given(days, days, counts, patrons)
def test_a_later_event_never_ends_earlier(one: date, other: date, n: int, patron: calendars.Patron | None) -> None:
    first, second = sorted((one, other))
    assert calendars.add_days(first, n, patron=patron) <= calendars.add_days(second, n, patron=patron)
    assert calendars.add_working_days(first, n, patron) <= calendars.add_working_days(second, n, patron)
    assert calendars.add_months(first, n, patron=patron) <= calendars.add_months(second, n, patron=patron)


@given(days, counts, st.integers(0, 30))
def test_a_longer_term_never_ends_earlier(day: date, n: int, more: int) -> None:
    assert calendars.add_days(day, n) <= calendars.add_days(day, n + more)
    assert calendars.add_working_days(day, n) <= calendars.add_working_days(day, n + more)
    assert calendars.add_months(day, n) <= calendars.add_months(day, n + more)


@given(st.integers(1950, 2100))
def test_easter_is_a_sunday_of_spring(year: int) -> None:
    assert calendars.easter(year).isoweekday() == 7
    assert date(year, 3, 22) <= calendars.easter(year) <= date(year, 4, 25)
