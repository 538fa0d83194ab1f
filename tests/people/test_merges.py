"""Two who are one: seen as one by who sees either, counted as one, and two again when that was wrong."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fences.test_second_guard import refused_by, runtime
from tests.soak import TIMES
from tests.world import Client, World, ok, refused, together

STP = [{"system": "stp", "value": "STP0300000000001"}]
ENI = [{"system": "eni", "value": "ENI0300000000001"}]
WHY = {"reason": "La stessa persona"}


def merge(by: Client, alias: Any, person: Any) -> Any:
    """Say that they are the same one."""
    return by.post("/people/merges", {"alias_id": alias["id"], "person_id": person["id"], **WHY})


def undo(by: Client, made: Any) -> Any:
    """Say that they are two."""
    return by.post(f"/people/merges/{made['id']}/undoing", {"reason": "Sono due"})


def both(world: World) -> Client:
    """A coordinator of both services."""
    client = world.user("coordinator")
    world.write("""INSERT INTO access.role_assignments (id, user_id, organisation_id, role)
        VALUES (gen_random_uuid(), :user, :body, 'coordinator')""", user=client.user_id, body=world.other_service)  # fmt: skip
    return client


def next_door(world: World, **values: Any) -> tuple[Client, Any]:
    """A worker of the other service, and somebody whom they registered."""
    worker = world.user("social_worker", at=world.other_service)
    return worker, world.person(worker, registered_by=world.other_service, **values)


def test_who_sees_one_sees_the_one_person(fresh: World) -> None:
    here = fresh.person(family_name="Rossi", identifiers=STP)
    neighbour, there = next_door(fresh, family_name="Rosssi", identifiers=ENI)
    refused(neighbour.get(f"/people/{here['id']}"), 404, "person_is_unknown")
    answer = merge(both(fresh), there, here)
    made = ok(answer)
    assert (made["alias_id"], made["person_id"], made["superseded_at"]) == (there["id"], here["id"], None)
    for client in (neighbour, fresh.as_("social_worker")):
        for person_id in (here["id"], there["id"]):
            one = ok(client.get(f"/people/{person_id}"))
            assert (one["id"], one["aliases"], one["family_name"]) == (here["id"], [there["id"]], "Rossi")
            assert {code["system"] for code in one["identifiers"]} == {"stp", "eni"}
        for search in ({"identifier": ENI[0]}, {"family_name": "Rosssi"}, {"family_name": "Rossi"}):
            found = ok(client.post("/people/search", search))["items"]
            assert [one["id"] for one in found] == [here["id"]]
        assert ok(client.get(f"/people/{here['id']}"))["possible_duplicates"] == []
    told = fresh.events(action="person:show", user_id=neighbour.user_id)[-1]
    shown = fresh.seen("SELECT person_id FROM audit.event_people WHERE event_id = :id", id=told.id)
    assert {str(row.person_id) for row in shown} == {here["id"], there["id"]}


def test_cases_stay_where_they_are_within_their_own_grounds(world: World) -> None:
    case = world.open()
    neighbour, there = next_door(world)
    ok(merge(both(world), there, {"id": case.person_id}))
    ok(neighbour.get(f"/people/{case.person_id}"))
    refused(neighbour.get(f"/cases/{case.id}"), 404, "case_is_unknown")
    assert ok(neighbour.get(f"/cases?person_id={case.person_id}"))["items"] == []
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}"))["person_id"] == case.person_id


def test_a_correction_of_either_is_of_the_one_and_undoing_gives_the_other_back(world: World) -> None:
    worker, coordinator = world.as_("social_worker"), world.as_("coordinator")
    alias, person = world.person(family_name="Alfa"), world.person(family_name="Beta")
    made = ok(merge(coordinator, alias, person))
    one = ok(worker.get(f"/people/{alias['id']}"))
    ok(worker.patch(f"/people/{alias['id']}", {"family_name": "Gamma"}, version=one["version"]))
    ok(worker.post(f"/people/{alias['id']}/residences", {"municipality": "098031", "from_on": "2023-01-01"}))
    ok(undo(coordinator, made))
    again = ok(worker.get(f"/people/{alias['id']}"))
    assert (again["id"], again["family_name"], again["aliases"], again["municipality"]) == (
        alias["id"],
        "Alfa",
        [],
        None,
    )
    other = ok(worker.get(f"/people/{person['id']}"))
    assert (other["family_name"], other["municipality"]) == ("Gamma", "098031")
    refused(undo(coordinator, made), 409, "merge_is_undone")
    assert ok(coordinator.get(f"/people/merges/{made['id']}"))["supersede_reason"] == "Sono due"


def test_who_stands_for_others_is_nobodys_alias(world: World) -> None:
    coordinator = world.as_("coordinator")
    one, two, three = (world.person() for _ in range(3))
    ok(merge(coordinator, one, two))
    for alias, person in ((one, three), (two, three), (three, one), (two, one), (one, two)):
        refused(merge(coordinator, alias, person), 409, "merge_makes_a_chain")
    ok(merge(coordinator, three, two))
    assert set(ok(coordinator.get(f"/people/{three['id']}"))["aliases"]) == {one["id"], three["id"]}
    refused(merge(coordinator, two, two), 422, "request_is_invalid")


def test_only_who_sees_both_says_that_they_are_one(world: World) -> None:
    _, there = next_door(world)
    here, nobody = world.person(), {"id": str(uuid4())}
    for alias, person in ((here, there), (there, here), (here, nobody), (nobody, here)):
        refused(merge(world.as_("coordinator"), alias, person), 404, "person_is_unknown")
    made = ok(merge(both(world), there, here))
    stranger = world.user("coordinator", at=world.organisation("Terzo", "service", "public"))
    for missing in (made, nobody):
        refused(undo(stranger, missing), 404, "merge_is_unknown")


def test_of_merges_that_would_make_a_chain_or_a_ring_together_some_are_refused(world: World) -> None:
    coordinator = world.as_("coordinator")
    one, two, three = (world.person() for _ in range(3))
    answers = together(*(
        lambda pair=pair: merge(coordinator.again(), *pair) for pair in ((one, two), (two, three), (three, one))
    ))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    ids = [person["id"] for person in (one, two, three)]
    live = world.seen("SELECT * FROM people.merges WHERE superseded_at IS NULL AND alias_id = ANY (CAST(:ids AS uuid[]))",
                      ids=ids)  # fmt: skip
    assert len(live) == 1


def test_a_merge_undone_twice_at_once_is_undone_once(world: World) -> None:
    coordinator = world.as_("coordinator")
    made = ok(merge(coordinator, world.person(), world.person()))
    answers = together(*[lambda: undo(coordinator.again(), made)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


def test_a_correction_that_meets_a_merge_changes_the_one_or_is_refused(world: World) -> None:
    worker, coordinator = world.as_("social_worker"), world.as_("coordinator")
    for number in range(5):
        alias, person = world.person(family_name="Alfa"), world.person(family_name="Beta")
        body = {"municipality": "098031", "from_on": f"2023-01-0{number + 1}"}
        merged, recorded = together(
            lambda alias=alias, person=person: merge(coordinator.again(), alias, person),
            lambda alias=alias, body=body: worker.again().post(f"/people/{alias['id']}/residences", body),
        )
        ok(merged)
        assert recorded.status_code in (201, 409)
        if recorded.status_code == 409:
            assert recorded.get_json()["code"] == "row_has_changed"


@pytest.mark.parametrize("statement", [
    "INSERT INTO people.merges (id, alias_id, person_id, reason, recorded_by) "
    "VALUES (gen_random_uuid(), :two, :three, '-', :user)",
    "INSERT INTO people.merges (id, alias_id, person_id, reason, recorded_by) "
    "VALUES (gen_random_uuid(), :three, :one, '-', :user)",
])  # fmt: skip
def test_postgresql_itself_refuses_chains(world: World, statement: str) -> None:
    coordinator = world.as_("coordinator")
    one, two, three = (world.person()["id"] for _ in range(3))
    ok(merge(coordinator, {"id": one}, {"id": two}))
    with runtime(world, coordinator) as connection:
        error = refused_by(connection, statement, one=one, two=two, three=three, user=coordinator.user_id)
    assert error.__name__ == "IntegrityConstraintViolation"


@pytest.fixture(scope="module")
def five(new_database: Any) -> tuple[World, list[Any]]:
    """Five persons, whom each generated history merges and parts."""
    from service.app import create_app
    from service.audit.log.operations import refused as told
    from service.db import Database, engine_for

    urls = new_database()
    world = World(create_app(Database[Any](engine_for(urls.runtime), told)), urls)
    return world, [world.person(family_name=f"Inventati {letter}") for letter in "ABCDE"]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=12))
@settings(max_examples=12 * TIMES)
def test_any_history_of_merges_is_the_models_and_undone_leaves_no_trace(
    five: tuple[World, list[Any]], history: list[tuple[int, int, bool]]
) -> None:
    world, people = five
    coordinator = world.as_("coordinator")
    live: dict[int, tuple[int, Any]] = {}
    for alias, person, is_merge in history:
        if is_merge:
            answer = merge(coordinator, people[alias], people[person])
            allowed = alias != person and alias not in live and person not in live
            allowed = allowed and alias not in {target for target, _ in live.values()}
            assert (answer.status_code == 201) == allowed, answer.get_json()
            if allowed:
                live[alias] = (person, ok(answer))
        elif alias in live:
            ok(undo(coordinator, live.pop(alias)[1]))
    for number, person in enumerate(people):
        one = live[number][0] if number in live else number
        read = ok(coordinator.get(f"/people/{person['id']}"))
        assert read["id"] == people[one]["id"]
        assert read["family_name"] == people[one]["family_name"]
        assert set(read["aliases"]) == {people[other]["id"] for other, (target, _) in live.items() if target == one}
    for _, made in live.values():
        ok(undo(coordinator, made))
    for person in people:
        read = ok(coordinator.get(f"/people/{person['id']}"))
        changing = {"version", "possible_duplicates"}
        assert {name: read[name] for name in read.keys() - changing} == {
            name: person[name] for name in person.keys() - changing
        }
