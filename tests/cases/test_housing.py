"""Dwellings and stays: the limits of places, and never more guests than places, whatever crosses."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.cases.test_diary import told
from tests.world import Opened, World, a_dwelling, ok, refused, together

FIRST = date(2023, 3, 1)


def dwelling(world: World, **values: Any) -> str:
    """A dwelling."""
    found: str = ok(world.as_("coordinator").post("/dwellings", a_dwelling(world, **values)))["id"]
    return found


def stay(world: World, case: Opened, dwelling_id: str, from_on: str, to_on: str | None = None, *, by: Any = None,
         **values: Any) -> Any:  # fmt: skip
    """The answer to an entry."""
    body = {"dwelling_id": dwelling_id, "kind": "cohousing", "from_on": from_on, "to_on": to_on, **values}
    return (by or world.as_("case_manager")).post(f"/cases/{case.id}/stays", body)


def leave(world: World, case: Opened, stay_id: str, to_on: str) -> Any:
    """The answer to a leaving."""
    return world.as_("case_manager").post(f"/cases/{case.id}/stays/{stay_id}/end", {"to_on": to_on})


@pytest.mark.parametrize(
    ("places", "is_allowed"),
    [
        ({"capacity": 5, "respite_capacity": 0}, True), ({"capacity": 4, "respite_capacity": 1}, True),
        ({"capacity": 6, "respite_capacity": 0}, False), ({"capacity": 5, "respite_capacity": 1}, False),
        ({"capacity": 2, "respite_capacity": 3}, False), ({"capacity": 5, "respite_capacity": 0, "modules": 2}, False),
        ({"capacity": 8, "respite_capacity": 2, "modules": 2, "derogation_act": "DGR 1/2020"}, True),
        ({"capacity": 10, "respite_capacity": 0, "modules": 2, "derogation_act": "DGR 1/2020"}, True),
        ({"capacity": 10, "respite_capacity": 1, "modules": 2, "derogation_act": "DGR 1/2020"}, False),
        ({"capacity": 7, "respite_capacity": 3, "modules": 2, "derogation_act": "DGR 1/2020"}, False),
        ({"capacity": 6, "respite_capacity": 0, "modules": 1, "derogation_act": "DGR 1/2020"}, False),
        ({"capacity": 30, "respite_capacity": 9, "kinds": ["temporanea"]}, True),
        ({"capacity": 30, "respite_capacity": 0, "kinds": ["temporanea", "palestra"]}, False),
    ],
)  # fmt: skip
def test_places_keep_the_limits_of_the_decree(world: World, places: dict[str, Any], is_allowed: bool) -> None:
    """DM 23/11/2016 art. 3 c. 4: 5 persons in a module; by derogation 10 in the structure, of which 2 for respite."""
    answer = world.as_("coordinator").post("/dwellings", a_dwelling(world, **places))
    if is_allowed:
        assert ok(answer)["has_derogation"] == ("derogation_act" in places)
    else:
        assert told(answer) == [("#/capacity", "dwelling_exceeds_limits")]


def test_the_database_keeps_the_limits_by_itself(world: World) -> None:
    dwelling_id = dwelling(world)
    for change in ("capacity = 6", "respite_capacity = 2", "modules = 2", "most_for_respite = NULL", "kinds = '{}'"):
        with pytest.raises(IntegrityError):
            world.write(f"UPDATE cases.dwellings SET {change} WHERE id = :id", id=dwelling_id)


def test_a_dwelling_before_the_decree_has_no_limit(world: World) -> None:
    assert dwelling(world, capacity=12, from_on="2016-11-22")


def test_a_dwelling_wants_a_known_kind_a_place_and_a_time(world: World) -> None:
    coordinator = world.as_("coordinator")
    for values, wrong in (
        ({"kinds": ["castello"]}, ("#/kinds/0", "value_is_unknown")),
        ({"capacity": 0, "respite_capacity": 0}, ("#/capacity", "dwelling_has_no_places")),
        ({"to_on": "2020-01-01"}, ("#/to_on", "date_is_before_start")),
    ):
        assert told(coordinator.post("/dwellings", a_dwelling(world, **values))) == [wrong]


def test_a_stay_begins_and_ends_and_the_dwelling_shows_a_number(world: World) -> None:
    case, home = world.in_charge(), dwelling(world)
    made = ok(stay(world, case, home, "2023-03-01"))
    shown = ok(world.as_("social_worker").get(f"/dwellings/{home}"))
    assert (shown["taken"], shown["respite_taken"]) == (1, 0)
    assert made["id"] not in str(shown)
    assert case.person_id not in str(shown)
    assert ok(leave(world, case, made["id"], "2023-06-01"))["to_on"] == "2023-06-01"
    refused(leave(world, case, made["id"], "2023-07-01"), 409, "stay_has_ended")
    assert ok(world.as_("social_worker").get(f"/dwellings/{home}"))["taken"] == 0


def test_a_stay_lies_within_the_dwelling_and_has_a_kind_of_it(world: World) -> None:
    case, home = world.in_charge(), dwelling(world, from_on="2023-02-01", to_on="2023-06-01")
    refused(stay(world, case, home, "2023-01-31", "2023-02-05"), 409, "stay_is_outside_dwelling")
    refused(stay(world, case, home, "2023-05-01", "2023-06-02"), 409, "stay_is_outside_dwelling")
    refused(stay(world, case, home, "2023-05-01"), 409, "stay_is_outside_dwelling")
    assert told(stay(world, case, home, "2023-03-01", kind="sollievo")) == [("#/kind", "value_is_unknown")]
    assert told(stay(world, case, case.id, "2023-03-01")) == [("#/dwelling_id", "reference_is_unknown")]
    assert told(stay(world, case, home, "2023-03-01", "2023-03-01")) == [("#/to_on", "date_is_before_start")]
    ok(stay(world, case, home, "2023-02-01", "2023-06-01"))


def test_the_night_of_leaving_is_another_s(world: World) -> None:
    first, second, home = world.in_charge(), world.in_charge(), dwelling(world, capacity=1, respite_capacity=0)
    ok(stay(world, first, home, "2023-03-01", "2023-03-10"))
    refused(stay(world, second, home, "2023-03-09", "2023-03-12"), 409, "dwelling_is_full")
    refused(stay(world, second, home, "2023-02-01"), 409, "dwelling_is_full")
    ok(stay(world, second, home, "2023-03-10"))


def test_respite_and_ordinary_places_are_apart(world: World) -> None:
    home = dwelling(world, capacity=1, respite_capacity=1)
    ok(stay(world, world.in_charge(), home, "2023-03-01"))
    ok(stay(world, world.in_charge(), home, "2023-03-01", is_respite=True))
    for is_respite in (False, True):
        refused(stay(world, world.in_charge(), home, "2023-03-05", is_respite=is_respite), 409, "dwelling_is_full")


def test_a_withdrawn_stay_frees_its_place(world: World) -> None:
    case, home = world.in_charge(), dwelling(world, capacity=1, respite_capacity=0)
    made = ok(stay(world, case, home, "2023-03-01"))["id"]
    body = {"reason": "Persona sbagliata"}
    ok(world.as_("case_manager").post(f"/cases/{case.id}/stays/{made}/withdrawal", body))
    ok(stay(world, world.in_charge(), home, "2023-03-01"))


def test_a_person_is_in_one_stay_at_a_time(world: World) -> None:
    case, homes = world.in_charge(), [dwelling(world), dwelling(world)]
    ok(stay(world, case, homes[0], "2023-03-01"))
    refused(stay(world, case, homes[1], "2023-04-01"), 409, "person_is_housed")


def test_a_dwelling_is_not_closed_over_its_guests(world: World) -> None:
    case, home, coordinator = world.in_charge(), dwelling(world), world.as_("coordinator")
    made = ok(stay(world, case, home, "2023-03-01"))["id"]
    refused(coordinator.post(f"/dwellings/{home}/closure", {"to_on": "2024-01-01"}), 409, "dwelling_has_guests")
    ok(leave(world, case, made, "2023-06-01"))
    refused(coordinator.post(f"/dwellings/{home}/closure", {"to_on": "2023-05-31"}), 409, "dwelling_has_guests")
    assert ok(coordinator.post(f"/dwellings/{home}/closure", {"to_on": "2023-06-01"}))["to_on"] == "2023-06-01"
    refused(coordinator.post(f"/dwellings/{home}/closure", {"to_on": "2024-01-01"}), 409, "dwelling_is_closed")


def test_of_sixteen_who_race_for_the_last_place_one_gets_in(fresh: World) -> None:
    home = dwelling(fresh, capacity=2, respite_capacity=0)
    ok(stay(fresh, fresh.in_charge(), home, "2023-03-01"))
    cases = [fresh.in_charge() for _ in range(16)]
    manager = fresh.as_("case_manager")
    answers = together(*(lambda case=case: stay(fresh, case, home, "2023-03-05", by=manager.again()) for case in cases))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 15
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 409} == {"dwelling_is_full"}


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ"])
def test_the_last_place_is_one_s_by_direct_sql_at_every_isolation(world: World, isolation: str) -> None:
    home, cases = dwelling(world, capacity=1, respite_capacity=0), [world.in_charge() for _ in range(6)]
    engine = create_engine(world.urls.runtime, isolation_level=isolation)

    def enter(case: Opened) -> bool:
        try:
            with engine.begin() as connection:
                connection.execute(text("SELECT access.enter(:u, NULL)"), {"u": world.as_("case_manager").user_id})
                connection.execute(
                    text("INSERT INTO cases.housing_stays (id, case_id, dwelling_id, kind, person_id, from_on, "
                         "is_respite, recorded_by) VALUES (gen_random_uuid(), :case, :home, 'cohousing', :person, "
                         "'2023-03-05', false, gen_random_uuid())"),
                    {"case": case.id, "home": home, "person": case.person_id},
                )  # fmt: skip
        except (IntegrityError, OperationalError):  # full, or (REPEATABLE READ) too late to know
            return False
        return True

    assert sum(together(*(lambda case=case: enter(case) for case in cases))) == 1
    engine.dispose()


STAYS = st.lists(
    st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(1, 12)), st.booleans()), min_size=1, max_size=14
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=STAYS, capacity=st.integers(1, 3), respite=st.integers(0, 2))
def test_random_stays_get_in_just_when_every_night_has_a_place(
    world: World, asked: list[tuple[int, int | None, bool]], capacity: int, respite: int
) -> None:
    """Against a plain count of the guests of each night, written straight into the table in any order of days."""
    home = dwelling(world, capacity=capacity, respite_capacity=respite)
    guests: dict[tuple[bool, int], int] = {}
    engine = create_engine(make_url(world.urls.owner or "").set(username="postgres"))
    case = _one_case(world)
    for start, nights, is_respite in asked:
        taken = [(is_respite, night) for night in range(start, 60 if nights is None else start + nights)]
        places = respite if is_respite else capacity
        fits = all(guests.get(night, 0) < places for night in taken)
        assert _enters(engine, case, home, start, nights, is_respite) == fits
        if fits:
            guests |= {night: guests.get(night, 0) + 1 for night in taken}
    engine.dispose()


def _one_case(world: World) -> Opened:
    if not hasattr(world, "housed"):
        world.housed = world.in_charge()  # type: ignore[attr-defined]
    case: Opened = world.housed  # type: ignore[attr-defined]
    return case


def _enters(engine: Any, case: Opened, home: str, start: int, nights: int | None, is_respite: bool) -> bool:
    from_on = FIRST + timedelta(days=start)
    values = {"case": case.id, "home": home, "from_on": from_on, "is_respite": is_respite,
              "to_on": None if nights is None else from_on + timedelta(days=nights)}  # fmt: skip
    try:
        with engine.begin() as connection:  # each a person of its own
            connection.execute(
                text("""
                WITH guest AS (INSERT INTO people.persons (id, recorded_by, version)
                    VALUES (gen_random_uuid(), gen_random_uuid(), 1) RETURNING id)
                INSERT INTO cases.housing_stays (id, case_id, dwelling_id, kind, person_id, from_on, to_on, left_at,
                    is_respite, recorded_by)
                SELECT gen_random_uuid(), :case, :home, 'cohousing', guest.id, :from_on, CAST(:to_on AS date),
                    CASE WHEN CAST(:to_on AS date) IS NOT NULL THEN now() END, :is_respite, gen_random_uuid() FROM guest"""),
                values,
            )
    except IntegrityError as error:
        if "no more guests than places" not in str(error.orig):
            raise
        return False
    return True
