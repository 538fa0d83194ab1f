"""Who may be the same person: found by names and birth date with their slips, in sight alone, and never in the way."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.people.rules import one_digit_off
from tests.soak import TIMES
from tests.world import Client, World, ok

KNOWN = {"family_name": "Guerrini", "given_name": "Costanza", "birth_date": "1985-03-12", "sex": "F"}
FAMILY = ("Guerrini", "Ferrari", "D’Angelo", "Bianchi", "Colombo", "Hussein", "Nikolić", "De Luca", "Traoré")
GIVEN = ("Costanza", "Lorenzo", "Mohamed", "Fatima", "Giovanna", "Oleksandr", "Zoë-Maria", "Amir Reza")


def duplicates(world: World, by: Client | None = None, **values: Any) -> list[str]:
    """Whom a new registration resembles."""
    found: list[str] = world.person(by, **{"birth_date": None, **values})["possible_duplicates"]
    return found


@pytest.mark.parametrize("slip", [
    {}, {"family_name": "guerrìni"}, {"family_name": "Guerini"}, {"given_name": "Costansa"}, {"birth_date": "1985-03-17"},
    {"birth_date": "1985-08-12"}, {"birth_date": "1986-03-12"}, {"birth_date": None},
    {"family_name": "Costanza", "given_name": "Guerrini"}, {"family_name": "Costanza", "given_name": "Guerini"},
    {"family_name": "GUERRINI", "given_name": "Costanzà", "birth_date": "1985-03-13"},
    {"family_name": "Costanza", "given_name": "Guerrini", "birth_date": None},
])  # fmt: skip
def test_a_slip_of_the_pen_is_seen_through(world: World, slip: dict[str, Any]) -> None:
    first = world.person(**KNOWN)["id"]
    second = world.person(**{**KNOWN, **slip})
    assert second["possible_duplicates"] == [first]
    assert ok(world.as_("social_worker").get(f"/people/{first}"))["possible_duplicates"] == [second["id"]]


@pytest.mark.parametrize("other", [
    {"family_name": "Esposito"}, {"birth_date": "1991-11-02"}, {"birth_date": "1958-03-12"},
    {"given_name": "Lorenzo", "birth_date": None}, {"given_name": "Marco", "birth_date": "1985-03-13"},
])  # fmt: skip
def test_another_person_is_another_person(world: World, other: dict[str, Any]) -> None:
    world.person(**KNOWN)
    assert duplicates(world, **{**KNOWN, **other}) == []


def test_a_person_without_a_birth_date_is_compared_by_names(world: World) -> None:
    first = world.person(**{**KNOWN, "birth_date": None})["id"]
    assert duplicates(world, **KNOWN) == [first]


def test_another_spelling_of_a_code_is_a_resemblance(fresh: World) -> None:
    code = [{"system": "codice_fiscale", "value": "RSSMRA85T10A562S"}]
    twin = [{"system": "codice_fiscale", "value": "RSSMRA85T10A56NH"}]
    first = fresh.person(family_name="Rossi", given_name="Mario", identifiers=code)["id"]
    assert duplicates(fresh, family_name="Verdi", given_name="Anna", identifiers=twin) == [first]


def test_nobody_out_of_sight_is_told_of(world: World) -> None:
    world.person(**KNOWN)
    stranger = world.user("social_worker", at=world.other_service)
    assert duplicates(world, stranger, **KNOWN, registered_by=world.other_service) == []


def test_at_most_ten_are_told_of_the_likeliest_first(world: World) -> None:
    for number in range(11):
        world.person(**{**KNOWN, "given_name": f"Costanza {'x' * number}"})
    found = duplicates(world, **KNOWN)
    assert len(found) == 10
    same = ok(world.as_("social_worker").get(f"/people/{found[0]}"))
    assert same["given_name"] == "Costanza"


def slipped(draw: Any, name: str) -> str:
    """The name with one letter wrong, missing, doubled, or beside itself; capitals and accents as they come."""
    place = draw(st.integers(0, len(name) - 1))
    letter = draw(st.sampled_from("abcdefghilmnoprstuvz"))
    made = draw(st.sampled_from((
        name, name[:place] + letter + name[place + 1 :], name[:place] + name[place + 1 :],
        name[:place] + name[place] + name[place:], name[:place] + letter + name[place:],
    )))  # fmt: skip
    return draw(st.sampled_from((made, made.upper(), made.lower(), made.replace("a", "à"), f" {made}"))).strip()


@pytest.fixture(scope="module")
def registry(new_database: Any) -> World:
    """A registry whose invented persons the generated cases share."""
    from service.app import create_app
    from service.audit.log.operations import refused as told
    from service.db import Database, engine_for

    urls = new_database()
    return World(create_app(Database[Any](engine_for(urls.runtime), told)), urls)


@given(data=st.data())
@settings(max_examples=25 * TIMES)
def test_one_letter_and_one_digit_wrong_are_always_seen_through(registry: World, data: Any) -> None:
    """The promise of the thresholds: on the same day (or one digit off) one letter wrong is always seen through."""
    draw = data.draw
    family_name, given_name = draw(st.sampled_from(FAMILY)), draw(st.sampled_from(GIVEN))
    born = draw(st.dates(date(1950, 1, 1), date(2018, 12, 31)))
    kept = registry.person(family_name=family_name, given_name=given_name, birth_date=born.isoformat())
    names = [slipped(draw, family_name), given_name]
    if draw(st.booleans()):
        names.reverse()
    day = draw(st.sampled_from((born, *one_digit_off(born)[:10])))
    if day > date(2020, 1, 1):
        day = born
    again = registry.person(family_name=names[0], given_name=names[1], birth_date=day.isoformat())
    assert kept["id"] in again["possible_duplicates"]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_days_one_digit_off_are_days_and_know_each_other(day: date) -> None:
    near = one_digit_off(day)
    assert day not in near
    assert len(near) == len(set(near))
    for other in near:
        assert sum(a != b for a, b in zip(day.isoformat(), other.isoformat(), strict=True)) == 1
        assert day in one_digit_off(other)
