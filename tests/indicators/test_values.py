"""How a figure is made from its counts: means, shares, nothing to divide by."""

from decimal import Decimal
from uuid import UUID

import pytest

from service.indicators.values import Value
from tests.indicators.invented import Invented
from tests.indicators.population import Population, figures
from tests.world import World

WORK = "inserimento_lavorativo"


def on_paths(people: Population, count: int, begun: str, ended: str | None = None) -> list[UUID]:
    """So many persons on a work path."""
    cases = [people.case("SIL") for _ in range(count)]
    for case in cases:
        path = people.pathway(case, WORK, begun)
        if ended:
            people.pathway_end(case, path, ended)
    return cases


def mean(world: World, on: str) -> tuple[Decimal | None, int | None, int | None]:
    """C1-OUT-2: the mean, the years that it is of, those without data."""
    value = figures(world, on)["C1-OUT-2"]
    return value.value, value.denominator, value.missing


def test_the_mean_is_of_full_years_only(fresh: World) -> None:
    people = Population(fresh)
    on_paths(people, 3, "2021-05-01", "2021-12-31")
    on_paths(people, 4, "2022-01-01", "2022-02-01")
    people.write()
    found = {on: mean(fresh, on) for on in ("2021-12-30", "2021-12-31", "2022-12-30", "2022-12-31")}
    assert list(found.values()) == [(None, 0, 0), (3, 1, 0), (3, 1, 0), (Decimal("3.50"), 2, 0)]


def test_a_year_without_data_is_missing_and_not_zero(fresh: World) -> None:
    people = Population(fresh)
    on_paths(people, 3, "2021-05-01", "2021-12-31")
    on_paths(people, 6, "2023-05-01")
    people.write()
    assert mean(fresh, "2023-12-31") == (Decimal("4.50"), 2, 1)


def test_who_is_on_a_path_over_new_year_is_present_in_both_years(fresh: World) -> None:
    people = Population(fresh)
    on_paths(people, 2, "2021-12-31", "2022-01-01")
    people.write()
    assert mean(fresh, "2022-12-31") == (2, 2, 0)


def test_two_paths_of_one_person_count_once_in_a_year(fresh: World) -> None:
    people = Population(fresh)
    (case,) = on_paths(people, 1, "2021-02-01", "2021-03-01")
    people.pathway(case, WORK, "2021-06-01")
    people.write()
    assert mean(fresh, "2021-12-31") == (1, 1, 0)


def test_without_anybody_shares_are_empty_and_counts_are_zero(fresh: World) -> None:
    found = figures(fresh, "2023-12-31")
    shares = {"A1-IMP-1", "A1-IMP-2", "A2-IMP-2", "C1-IMP-2", "D2-IMP-1", "D2-IMP-2"}
    assert {code for code, value in found.items() if value.value is None} == shares | {"C1-OUT-2"}
    assert all(found[code].denominator == 0 for code in shares)
    assert {value.numerator for value in found.values()} == {0}


@pytest.mark.parametrize("seed", [11, 12])
def test_no_share_is_above_a_hundred(fresh: World, seed: int) -> None:
    Invented(fresh, seed, cases=120)
    for on in ("2022-12-31", "2023-12-31", "2025-01-01"):
        shares = [value for code, value in figures(fresh, on).items() if value.denominator and code != "C1-OUT-2"]
        assert shares
        assert all(_is_share(value) for value in shares)


def _is_share(value: Value) -> bool:
    assert value.denominator is not None
    assert value.value is not None
    return 0 <= value.numerator <= value.denominator and 0 <= value.value <= 100


def test_a_share_is_rounded_half_up_to_two_digits(fresh: World) -> None:
    people = Population(fresh)
    for number in range(6):
        case = people.case("PAIS")
        people.milestone(case, "started", "2022-01-01")
        people.version(case, "2022-01-01", [people.cooperative] if number < 1 else [people.service, None])
    people.write()
    assert figures(fresh, "2022-12-31")["A1-IMP-2"].value == Decimal("16.67")
