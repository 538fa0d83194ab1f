"""A case of a household: whose it is, who sees them, who is told to the log."""

from typing import Any

import pytest

from tests.world import Opened, World, ok, refused


def opened(world: World, **values: Any) -> Any:
    """Try to open a case of two persons."""
    people = [world.person()["id"], world.person(birth_date="2015-03-01")["id"]]
    referral = {"channel": "gepi", "happened_on": "2023-01-10", "arrived_on": "2023-01-10"}
    body = {"programme": "PAIS", "person_id": people[0], "household_id": world.household(*people),
            "service_id": world.service, "referral": referral, **values}  # fmt: skip
    return people, world.as_("social_worker").post("/cases", body)


def roles(world: World, case_id: str) -> dict[str, str]:
    """Person -> role in the case."""
    return {
        one["person_id"]: one["role"] for one in ok(world.as_("coordinator").get(f"/cases/{case_id}/people"))["items"]
    }


def test_a_household_case_belongs_to_all_its_members_and_minors_are_told_apart(world: World) -> None:
    (speaker, child), answer = opened(world)
    assert roles(world, ok(answer)["id"]) == {speaker: "subject", child: "minor"}


def test_a_look_at_a_household_case_names_everybody_on_the_log(world: World) -> None:
    people, answer = opened(world)
    case_id = ok(answer)["id"]
    ok(world.as_("social_worker").get(f"/cases/{case_id}/milestones"))
    event = world.events(action="milestones:list")[-1]
    named = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :event", event=event.id)
    assert {str(row.person_id) for row in named} == set(people)


def test_who_joins_the_team_sees_every_member_and_loses_them_all_on_leaving(world: World) -> None:
    people, answer = opened(world)
    case_id, member = ok(answer)["id"], world.user("team_member")
    body = {"user_id": str(member.user_id), "organisation_id": world.service, "role": "educator", "component": "social",
            "from_on": "2023-01-11"}  # fmt: skip
    joined = ok(world.as_("coordinator").post(f"/cases/{case_id}/team", body))
    assert [member.get(f"/people/{one}").status_code for one in people] == [200, 200]
    ok(world.as_("coordinator").post(f"/cases/{case_id}/team/{joined['id']}/departure", {"to_on": "2023-01-12"}))
    assert [member.get(f"/people/{one}").status_code for one in people] == [404, 404]


def newcomer(world: World, case: Opened) -> tuple[str, Any]:
    """Someone comes into the household of the case."""
    person = world.person()["id"]
    body = {"person_id": person, "role": "member", "from_on": "2023-03-01"}
    return person, world.as_("case_manager").post(f"/cases/{case.id}/people", body, version=case.version)


def test_a_newcomer_is_seen_by_whoever_sees_the_case_until_they_leave(world: World) -> None:
    case, member = world.of_household(), world.user("team_member")
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", {
        "user_id": str(member.user_id), "organisation_id": world.service, "role": "educator", "component": "social",
        "from_on": "2023-01-14"}))  # fmt: skip
    person, answer = newcomer(world, case)
    row = ok(answer)
    assert member.get(f"/people/{person}").status_code == 200
    left = world.as_("case_manager").post(f"/cases/{case.id}/people/{row['id']}/departure", {"to_on": "2023-04-01"},
                                          version=case.version + 1)  # fmt: skip
    assert ok(left)["to_on"] == "2023-04-01"
    assert member.get(f"/people/{person}").status_code == 404
    assert member.get(f"/cases/{case.id}").status_code == 200


def test_who_left_the_household_is_not_shown_to_who_comes_after(world: World) -> None:
    """Somebody who left, from violence say, is theirs no more who join the team or are offered the case."""
    case = world.of_household()
    outsider = world.user("social_worker", at=world.other_service)
    person = world.person(outsider, registered_by=world.other_service)["id"]
    world.write("INSERT INTO cases.case_people (id, case_id, person_id, role, from_on, to_on, recorded_by) VALUES "
                "(gen_random_uuid(), :case, :person, 'member', '2023-01-10', '2023-02-01', :user)",
                case=case.id, person=person, user=str(outsider.user_id))  # fmt: skip
    member = world.user("team_member")
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", {
        "user_id": str(member.user_id), "organisation_id": world.service, "role": "educator", "component": "social",
        "from_on": "2023-03-01"}))  # fmt: skip
    third = world.organisation("Terzo", "service", "public")
    coordinator = world.user("coordinator", at=third)
    world.refresh(case)
    offer = {"to_service_id": third, "occurred_on": "2023-03-02", "reason": "Cambio di residenza"}
    made = ok(world.as_("coordinator").post(f"/cases/{case.id}/transfers", offer, version=case.version))
    assert coordinator.get(f"/people/{case.person_id}").status_code == 200
    world.refresh(case)
    ok(coordinator.post(f"/cases/{case.id}/transfers/{made['id']}/acceptance", {"occurred_on": "2023-03-03"},
                        version=case.version))  # fmt: skip
    assert [by.get(f"/people/{person}").status_code for by in (member, coordinator, outsider)] == [404, 404, 200]


def test_nobody_is_twice_in_a_case_and_the_subject_stays(world: World) -> None:
    case = world.of_household()
    person, answer = newcomer(world, case)
    ok(answer)
    world.refresh(case)
    again = world.as_("case_manager").post(f"/cases/{case.id}/people", {
        "person_id": person, "role": "member", "from_on": "2023-03-02"}, version=case.version)  # fmt: skip
    refused(again, 409, "person_is_in_the_case")
    rows = ok(world.as_("coordinator").get(f"/cases/{case.id}/people"))["items"]
    subject = next(one["id"] for one in rows if one["role"] == "subject")
    answer = world.as_("case_manager").post(f"/cases/{case.id}/people/{subject}/departure", {"to_on": "2023-04-01"},
                                            version=case.version)  # fmt: skip
    refused(answer, 409, "person_is_the_subject")


def test_nobody_comes_into_the_case_of_one_person(world: World) -> None:
    case = world.in_charge()
    refused(newcomer(world, case)[1], 409, "case_is_of_one_person")


@pytest.mark.parametrize(("values", "pointer", "code"), [
    ({"programme": "DOPO_DI_NOI"}, "#/household_id", "programme_is_of_persons"),
    ({"person_id": None}, "#/person_id", "person_is_not_in_the_household"),
])  # fmt: skip
def test_a_household_case_wants_a_programme_of_households_and_one_of_them_who_speaks(
    world: World, values: dict[str, Any], pointer: str, code: str
) -> None:
    values = {name: value or world.person()["id"] for name, value in values.items()}
    [error] = refused(opened(world, **values)[1], 422, "request_is_invalid")["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


def test_other_cases_of_the_same_people_are_shown_within_sight(world: World) -> None:
    """Lodi, D2: "Database con storico e progetti"."""
    case = world.started()
    other = world.open("DOPO_DI_NOI", person_id=case.person_id)
    listed = ok(world.as_("coordinator").get(f"/cases/{case.id}/linked-cases"))["items"]
    assert [one["id"] for one in listed] == [other.id]
    guest = world.user("team_member")
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", {
        "user_id": str(guest.user_id), "organisation_id": world.service, "role": "educator", "component": "social",
        "from_on": "2023-02-10"}))  # fmt: skip
    assert ok(guest.get(f"/cases/{case.id}/linked-cases"))["items"] == []


def test_a_contact_that_led_to_the_case_gives_it_its_day(world: World) -> None:
    person = world.person()["id"]
    worker = world.as_("social_worker")
    contact = ok(worker.post("/contacts", {
        "organisation_id": world.service, "device": "sportello", "programme": "PAIS", "person_id": person,
        "occurred_on": "2022-12-20"}))  # fmt: skip
    case = world.open(person_id=person, contact_id=contact["id"])
    path = ok(worker.get(f"/cases/{case.id}/milestones"))["items"]
    assert [(step["kind"], step["occurred_on"]) for step in path] == [
        ("intercepted", "2022-12-20"), ("referred", "2023-01-10"),
    ]  # fmt: skip
