"""Households over a period: who sees a member sees the composition, names only with a ground on the person."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from service.actor import UserCaller
from service.people.households.queries import members_on
from service.types import today
from tests.world import World, days_after, ok, refused, together


def member(person: Any, relationship: str = "altro", from_on: str = "2022-01-01") -> dict[str, str]:
    """Somebody's place."""
    return {"person_id": person["id"], "relationship": relationship, "from_on": from_on}


def form(world: World, *people: Any, kind: str = "anagrafico") -> Any:
    """A household."""
    body = {"kind": kind, "members": [member(person) for person in people]}
    return ok(world.as_("social_worker").post("/households", body))


def place(household: Any, person: Any) -> str:
    """The path of a member."""
    found = next(one["id"] for one in household["members"] if one["person_id"] == person["id"])
    return f"/households/{household['id']}/members/{found}"


def test_a_household_is_read_as_formed_and_through_its_members(world: World) -> None:
    mother, child = world.person(family_name="Madre"), world.person(family_name="Figlia")
    body = {"kind": "isee", "members": [member(mother, "intestatario"), member(child, "figlio", "2023-02-01")]}
    answer = world.as_("social_worker").post("/households", body)
    made = ok(answer)
    assert [(one["family_name"], one["relationship"], one["to_on"]) for one in made["members"]] == [
        ("Madre", "intestatario", None), ("Figlia", "figlio", None),
    ]  # fmt: skip
    assert ok(world.as_("social_worker").get(answer.headers["Location"].removeprefix("/v1"))) == made
    assert ok(world.as_("social_worker").get(f"/people/{child['id']}/households"))["items"] == [made]


def test_members_come_and_go(world: World) -> None:
    worker = world.as_("social_worker")
    mother, father, child = (world.person() for _ in range(3))
    household = form(world, mother, father)
    household = ok(worker.post(f"/households/{household['id']}/members", member(child, "figlio", "2023-05-01")))
    ok(worker.post(f"{place(household, father)}/departure", {"to_on": "2023-08-01"}))
    refused(worker.post(f"{place(household, father)}/departure", {"to_on": "2023-09-01"}), 409, "member_has_left")
    with world.database.transaction(UserCaller(worker.user_id or uuid4())) as (session, _):
        counts = [len(members_on(session, UUID(household["id"]), day)) for day in map(_day, (
            "2021-12-31", "2022-01-01", "2023-05-01", "2023-07-31", "2023-08-01"))]  # fmt: skip
    assert counts == [0, 2, 3, 3, 2]
    again = member(father, "altro", "2023-08-01")
    assert len(ok(worker.post(f"/households/{household['id']}/members", again))["members"]) == 4


def _day(text: str) -> Any:
    return today().fromisoformat(text)


def test_a_person_is_in_a_household_once_at_a_time_and_in_several_of_them(world: World) -> None:
    worker, person = world.as_("social_worker"), world.person()
    household = form(world, person)
    again = member(person, from_on="2023-01-01")
    refused(worker.post(f"/households/{household['id']}/members", again), 409, "person_is_in_the_household")
    form(world, person, kind="isee")
    assert len(ok(worker.get(f"/people/{person['id']}/households"))["items"]) == 2
    withdrawn = ok(worker.post(f"{place(household, person)}/withdrawal", {"reason": "Mai stata qui"}))
    assert withdrawn["members"] == []


def test_who_joins_twice_at_once_joins_once(world: World) -> None:
    worker, person = world.as_("social_worker"), world.person()
    household = form(world, world.person())
    answers = together(*[
        lambda: worker.again().post(f"/households/{household['id']}/members", member(person))
    ] * 4)  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


def test_who_sees_a_member_sees_the_composition_and_only_their_name(fresh: World) -> None:
    case = fresh.open()
    other = fresh.person(family_name="Ignota")
    household = form(fresh, {"id": case.person_id}, other)
    onlooker = fresh.user("team_member")
    joining = {"user_id": str(onlooker.user_id), "organisation_id": fresh.service, "role": "educator",
               "component": "social", "from_on": "2023-01-14"}  # fmt: skip
    ok(fresh.as_("coordinator").post(f"/cases/{case.id}/team", joining))
    seen = ok(onlooker.get(f"/households/{household['id']}"))
    names = {one["person_id"]: one["family_name"] for one in seen["members"]}
    assert names == {case.person_id: "Inventati", other["id"]: None}
    ok(fresh.as_("coordinator").post(f"/people/{other['id']}/protections", {"reason": "Minacce"}))
    seen = ok(onlooker.get(f"/households/{household['id']}"))
    assert [one["person_id"] for one in seen["members"]] == [case.person_id]


def test_a_household_of_nobody_in_sight_is_not_there(world: World) -> None:
    household, stranger = form(world, world.person()), world.user("coordinator", at=world.other_service)
    mine = world.person(stranger, registered_by=world.other_service)
    for unseen in (household["id"], str(uuid4())):
        refused(stranger.get(f"/households/{unseen}"), 404, "household_is_unknown")
        refused(stranger.post(f"/households/{unseen}/members", member(mine)), 404, "household_is_unknown")


def test_nobody_is_put_in_a_household_by_who_does_not_see_them(world: World) -> None:
    stranger = world.user("social_worker", at=world.other_service)
    unseen = world.person(stranger, registered_by=world.other_service)
    household = form(world, world.person())
    worker = world.as_("social_worker")
    for one in (unseen, {"id": str(uuid4())}):
        refused(worker.post(f"/households/{household['id']}/members", member(one)), 404, "person_is_unknown")
        refused(worker.post("/households", {"kind": "isee", "members": [member(one)]}), 404, "person_is_unknown")


@pytest.mark.parametrize(("values", "pointer"), [
    ({"relationship": "zio_d_america"}, "#/relationship"), ({"from_on": days_after(today().isoformat(), 1)}, "#/from_on"),
])  # fmt: skip
def test_a_wrong_place_is_named(world: World, values: dict[str, str], pointer: str) -> None:
    household = form(world, world.person())
    body = {**member(world.person()), **values}
    problem = refused(
        world.as_("social_worker").post(f"/households/{household['id']}/members", body), 422, "request_is_invalid"
    )
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
