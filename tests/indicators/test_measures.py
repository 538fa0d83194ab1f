"""Every measure of Lodi 2021-2023 against the same figure counted by hand."""

from datetime import UTC, date, datetime

import pytest

from service.indicators.values import Value
from tests.indicators.counting import Count, Figure
from tests.indicators.invented import Invented
from tests.indicators.population import figures, rows_of
from tests.world import World

DAYS = (date(2021, 1, 1), date(2022, 12, 30), date(2022, 12, 31), date(2023, 12, 31), date(2024, 7, 1))
TODAY = datetime(2030, 1, 1, tzinfo=UTC)


def as_figure(value: Value) -> Figure:
    return Figure(value.value, value.numerator, value.denominator, value.missing)


@pytest.mark.parametrize("seed", range(6))
def test_every_measure_equals_the_figure_counted_by_hand(fresh: World, seed: int) -> None:
    invented = Invented(fresh, seed, cases=150)
    rows = rows_of(fresh)
    # Some instants are those at which a fact was corrected: the new row counts from then on, the old one no more.
    for known_at in (TODAY, *invented.draw.sample(invented.instants, 2)):
        for on in DAYS:
            computed = {code: as_figure(value) for code, value in figures(fresh, on, known_at).items()}
            assert computed == Count(rows, on, known_at).all(), f"on {on} known at {known_at}"


def test_nothing_counts_before_the_plan_begins(fresh: World) -> None:
    Invented(fresh, 0, cases=60)
    for code, value in figures(fresh, "2020-12-31").items():
        assert (value.numerator, value.denominator or 0) == (0, 0), code


def test_the_invented_populations_try_every_measure(fresh: World) -> None:
    Invented(fresh, 9, cases=400)
    found = figures(fresh, "2023-12-31")
    assert len(found) == 11
    for code, value in found.items():
        assert value.numerator > 0, code
        if value.denominator is not None and code != "C1-OUT-2":
            assert value.numerator < value.denominator, code
            assert value.missing is None or value.missing > 0, code
