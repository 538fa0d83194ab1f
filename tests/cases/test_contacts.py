"""People met before there is a case: known by an alias or by name, seen by their body, linked to the case that follows."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.actor import UserCaller
from service.cases.contacts.operations import link
from service.cases.contacts.rules import key_of_alias
from service.errors import Conflict, NotFound
from tests.world import Client, World, ok, refused, together


def met(world: World, by: Client | None = None, **values: Any) -> Any:
    """Somebody met by the mobile unit."""
    body = {"organisation_id": world.service, "device": "unita_mobile", "programme": "GRAVE_EMARGINAZIONE",
            "occurred_on": "2023-01-05", **values}  # fmt: skip
    return (by or world.as_("social_worker")).post("/contacts", body)


def linked(world: World, by: Client, contact: Any, case_id: str) -> Any:
    """Link a contact as the opening of a case does."""
    with world.database.transaction(UserCaller(by.user_id or uuid4())) as (session, _):
        return link(session, UUID(contact["id"]), UUID(case_id))


def test_the_same_alias_is_the_same_somebody_within_a_body(world: World) -> None:
    keys = [
        ok(met(world, alias=alias))["contact_key"]
        for alias in ("Gigi della stazione", " gigi  DELLA  stazióne ", "Pino")
    ]
    assert keys[0] == keys[1] != keys[2]
    next_door = world.user("social_worker", at=world.other_service)
    elsewhere = ok(met(world, next_door, organisation_id=world.other_service, alias="Gigi della stazione"))
    assert elsewhere["contact_key"] != keys[0]
    found = ok(world.as_("coordinator").get(f"/contacts?contact_key={keys[0]}"))["items"]
    assert [one["alias"] for one in found] == ["gigi  DELLA  stazióne", "Gigi della stazione"]


def test_an_alias_is_nowhere_in_the_clear(fresh: World) -> None:
    ok(met(fresh, alias="Piantatissimo", note="Una nota"))
    assert "Piantatissimo" not in fresh.text_of("cases")
    assert b"Piantatissimo".hex() not in fresh.text_of("cases")


def test_a_person_or_a_household_of_the_registry_is_met_by_who_sees_them(world: World) -> None:
    person = world.person()
    assert ok(met(world, person_id=person["id"], target_group="senza_dimora"))["contact_key"] == person["id"]
    members = [{"person_id": person["id"], "relationship": "altro", "from_on": "2020-01-01"}]
    household = ok(world.as_("social_worker").post("/households", {"kind": "di_fatto", "members": members}))
    assert ok(met(world, household_id=household["id"]))["contact_key"] == household["id"]
    outreach = world.user("team_member")
    for unseen in (person["id"], str(uuid4())):
        refused(met(world, outreach, person_id=unseen), 404, "person_is_unknown")
    for unseen in (household["id"], str(uuid4())):
        refused(met(world, outreach, household_id=unseen), 404, "household_is_unknown")


def test_the_contact_of_an_alias_registered_twice_is_with_the_one_person(world: World) -> None:
    alias, person = world.person(), world.person()
    merged = {"alias_id": alias["id"], "person_id": person["id"], "reason": "La stessa"}
    ok(world.as_("coordinator").post("/people/merges", merged))
    assert ok(met(world, person_id=alias["id"]))["contact_key"] == person["id"]


@pytest.mark.parametrize(("values", "pointer", "code"), [
    ({}, "#/alias", "contact_wants_one_subject"),
    ({"alias": "Gigi", "person_id": str(uuid4())}, "#/alias", "contact_wants_one_subject"),
    ({"alias": "Gigi", "occurred_on": "2999-01-01"}, "#/occurred_on", "date_is_in_the_future"),
    ({"alias": "Gigi", "device": "elicottero"}, "#/device", "value_is_unknown"),
    ({"alias": "Gigi", "programme": "NESSUNA"}, "#/programme", "programme_is_not_in_force"),
])  # fmt: skip
def test_a_wrong_contact_is_named(world: World, values: dict[str, Any], pointer: str, code: str) -> None:
    problem = refused(met(world, **values), 422, "request_is_invalid")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]


def test_contacts_are_of_the_body_that_recorded_them(fresh: World) -> None:
    contact = ok(met(fresh, alias="Gigi"))
    street = fresh.user("provider_operator", at=fresh.cooperative)
    refused(met(fresh, street, alias="Gigi"), 403, "organisation_is_not_yours")
    theirs = ok(met(fresh, street, organisation_id=fresh.cooperative, alias="Gigi"))
    for client, mine, other in ((fresh.user("team_member"), contact, theirs), (street, theirs, contact)):
        assert ok(client.get("/contacts"))["items"] == [mine]
        for unseen in (other["id"], uuid4()):
            refused(client.get(f"/contacts/{unseen}"), 404, "contact_is_unknown")
            refused(client.post(f"/contacts/{unseen}/withdrawal", {"reason": "Errore"}), 404, "contact_is_unknown")
    refused(fresh.as_("plan_office").get("/contacts"), 403, "permission_is_missing")


def test_who_is_protected_is_met_out_of_sight_of_who_has_no_ground(fresh: World) -> None:
    person = fresh.person()
    ok(met(fresh, person_id=person["id"]))
    ok(fresh.as_("coordinator").post(f"/people/{person['id']}/protections", {"reason": "Minacce"}))
    assert ok(fresh.user("team_member").get("/contacts"))["items"] == []
    assert len(ok(fresh.as_("social_worker").get("/contacts"))["items"]) == 1


def test_a_correction_supersedes_with_a_reason_and_keeps_whom_and_the_case(world: World) -> None:
    worker, contact = world.as_("social_worker"), ok(met(world, alias="Gigi", note="Visto in stazione"))
    linked(world, worker, contact, world.open().id)
    change = {"device": "educativa_strada", "note": None, "reason": "Era l'altra unità"}
    corrected = ok(worker.post(f"/contacts/{contact['id']}/correction", change))
    before = ok(worker.get(f"/contacts/{contact['id']}"))
    assert (before["supersede_reason"], before["device"]) == ("Era l'altra unità", "unita_mobile")
    assert {name: corrected[name] for name in ("contact_key", "alias", "case_id", "device", "note")} == {
        "contact_key": contact["contact_key"], "alias": "Gigi", "case_id": before["case_id"],
        "device": "educativa_strada", "note": None,
    }  # fmt: skip
    refused(worker.post(f"/contacts/{contact['id']}/correction", change), 409, "fact_is_superseded")
    ok(worker.post(f"/contacts/{corrected['id']}/withdrawal", {"reason": "Mai avvenuto"}))
    key = contact["contact_key"]
    assert ok(worker.get(f"/contacts?contact_key={key}"))["items"] == []


def test_a_contact_is_seen_with_its_case_and_changed_by_its_body_alone(world: World) -> None:
    street = world.user("provider_operator", at=world.cooperative)
    contact = ok(met(world, street, organisation_id=world.cooperative, alias="Gigi"))
    worker = world.as_("social_worker")
    refused(worker.get(f"/contacts/{contact['id']}"), 404, "contact_is_unknown")
    case = world.open()
    world.write("UPDATE cases.contacts SET case_id = :case WHERE id = :id", case=case.id, id=contact["id"])
    seen = ok(worker.get(f"/contacts/{contact['id']}"))
    assert (seen["case_id"], seen["linked_at"] is not None) == (case.id, True)
    assert ok(worker.get(f"/contacts?case_id={case.id}"))["items"] == [seen]
    refused(
        worker.post(f"/contacts/{contact['id']}/withdrawal", {"reason": "Errore"}), 403, "organisation_is_not_yours"
    )


def test_a_contact_is_linked_to_one_case_once(world: World) -> None:
    worker, contact = world.as_("social_worker"), ok(met(world, alias="Gigi"))
    case, other = world.open(), world.open()
    assert linked(world, worker, contact, case.id).isoformat() == "2023-01-05"
    with pytest.raises(Conflict):
        linked(world, worker, contact, other.id)
    stranger = world.user("social_worker", at=world.other_service)
    with pytest.raises(NotFound):
        linked(world, stranger, contact, case.id)
    seen = ok(worker.get(f"/contacts/{contact['id']}"))
    assert seen["case_id"] == case.id
    assert seen["linked_at"] >= seen["recorded_at"]


def test_of_two_cases_that_take_a_contact_at_once_one_has_it(world: World) -> None:
    worker, contact = world.as_("social_worker"), ok(met(world, alias="Gigi"))
    cases = [world.open().id for _ in range(3)]

    def take(case_id: str) -> str:
        try:
            linked(world, worker, contact, case_id)
        except Conflict as refusal:
            return refusal.code
        return "linked"

    results = together(*(lambda case_id=case_id: take(case_id) for case_id in cases))
    assert sorted(results) == ["contact_is_linked", "contact_is_linked", "linked"]


@given(st.text(min_size=1, max_size=20), st.uuids(), st.uuids())
def test_the_key_of_an_alias_does_not_mind_capitals_and_spaces_and_tells_bodies_apart(
    alias: str, body: UUID, other: UUID
) -> None:
    assert key_of_alias(body, alias) == key_of_alias(body, f"  {alias.casefold()} ")
    assert (key_of_alias(body, alias) == key_of_alias(other, alias)) == (body == other)
