"""Introducing a person to another service: it sees them in the registry, may open a case of its own, and no more."""

from typing import Any

from werkzeug.test import TestResponse

from tests.world import Client, World, ok, refused

WHY = "Le serve anche un lavoro"


def introduce(world: World, by: Client, person_id: str, *, to: str = "", **options: Any) -> TestResponse:
    """Introduce a person to the other service, unless told another."""
    body = {"service_id": to or world.other_service, "reason": WHY}
    return by.post(f"/people/{person_id}/introductions", body, **options)


def stranger(world: World, role: str = "social_worker") -> Client:
    """An operator of the other service."""
    return world.user(role, at=world.other_service)


def test_the_service_sees_who_is_introduced_and_opens_a_case_of_its_own(world: World) -> None:
    case, neighbour, worker = world.open(), stranger(world), world.as_("social_worker")
    refused(neighbour.get(f"/people/{case.person_id}"), 404, "person_is_unknown")
    answer = introduce(world, worker, case.person_id)
    given = ok(answer)
    assert given == {"id": given["id"], "person_id": case.person_id, "service_id": world.other_service, "reason": WHY}
    assert answer.headers["Location"] == f"/v1/people/{case.person_id}"
    assert ok(neighbour.get(f"/people/{case.person_id}"))["id"] == case.person_id
    assert ok(neighbour.get("/cases"))["items"] == []
    refused(neighbour.get(f"/cases/{case.id}"), 404, "case_is_unknown")
    refused(
        world.user("team_member", at=world.other_service).get(f"/people/{case.person_id}"), 404, "person_is_unknown"
    )
    own = {"programme": "SIL", "person_id": case.person_id, "service_id": world.other_service,
           "referral": {"channel": "servizio", "happened_on": "2023-01-10", "arrived_on": "2023-01-10"}}  # fmt: skip
    made = ok(neighbour.post("/cases", own))
    assert [one["id"] for one in ok(neighbour.get("/cases"))["items"]] == [made["id"]]
    [event] = world.events(action="person:introduce", outcome="done", resource_id=given["id"])
    assert (event.user_id, event.field_names) == (worker.user_id, ["reason", "service_id"])


def test_a_service_that_sees_the_person_is_told_so(world: World) -> None:
    person, worker = world.person()["id"], world.as_("social_worker")
    refused(introduce(world, worker, person, to=world.service), 409, "service_sees_the_person")
    ok(introduce(world, worker, person))
    refused(introduce(world, worker, person), 409, "service_sees_the_person")
    grounds = world.seen("SELECT organisation_id FROM access.grounds WHERE person_id = :person", person=person)
    assert sorted(str(row.organisation_id) for row in grounds) == sorted([world.service, world.other_service])


def test_a_retry_with_the_same_key_introduces_once(world: World) -> None:
    person, worker = world.person()["id"], world.as_("social_worker")
    first, again = (ok(introduce(world, worker, person, key=f"presenta-{person}")) for _ in range(2))
    assert first == again


def test_who_does_not_see_the_person_introduces_nobody(world: World) -> None:
    person = world.person()["id"]
    refused(introduce(world, stranger(world), person), 404, "person_is_unknown")
    refused(introduce(world, world.user("team_member"), person), 403, "permission_is_missing")


def test_only_services_have_persons_introduced_to_them(world: World) -> None:
    person, worker = world.person()["id"], world.as_("social_worker")
    problem = refused(introduce(world, worker, person, to=world.cooperative), 422, "request_is_invalid")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
        ("#/service_id", "organisation_is_no_service")
    ]


def test_who_is_under_special_protection_is_introduced_by_who_may_protect(world: World) -> None:
    person, coordinator = world.person()["id"], world.as_("coordinator")
    ok(coordinator.post(f"/people/{person}/protections", {"reason": "Minacce"}))
    neighbour = stranger(world)
    refused(introduce(world, world.as_("social_worker"), person), 403, "protected_person_is_introduced_by_coordinators")
    refused(neighbour.get(f"/people/{person}"), 404, "person_is_unknown")
    ok(introduce(world, coordinator, person))
    assert ok(neighbour.get(f"/people/{person}"))["is_protected"] is True


def test_who_was_registered_twice_is_introduced_as_one(world: World) -> None:
    person, alias = world.person()["id"], world.person()["id"]
    merge = {"alias_id": alias, "person_id": person, "reason": "La stessa persona"}
    ok(world.as_("coordinator").post("/people/merges", merge))
    ok(introduce(world, world.as_("social_worker"), alias))
    refused(introduce(world, world.as_("social_worker"), person), 409, "service_sees_the_person")
    assert ok(stranger(world).get(f"/people/{alias}"))["id"] == person
