"""Legal protection: who acts and signs for a person, by which decree, until when."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from service.actor import UserCaller
from service.people.guardians.queries import representatives
from service.types import today
from tests.fences.scenes import A_GUARDIAN
from tests.world import World, ok, refused


def appoint(world: World, person: Any, **values: Any) -> Any:
    """A guardian of a person."""
    return ok(world.as_("social_worker").post(f"/people/{person['id']}/guardians", {**A_GUARDIAN, **values}))


def asked(world: World, query: Any, *arguments: Any) -> Any:
    """A query as the assistente sociale."""
    with world.database.transaction(UserCaller(world.as_("social_worker").user_id or uuid4())) as (session, _):
        return query(session, *arguments)


def signers(world: World, person: Any, on: str) -> list[str]:
    """The names of who may sign for a person on a day."""
    return [one["full_name"] for one in asked(world, representatives, UUID(person["id"]), date.fromisoformat(on))]


def test_a_guardian_is_read_as_recorded_and_nowhere_in_the_clear(fresh: World) -> None:
    person = fresh.person()
    made = appoint(fresh, person, full_name="Piantatissima Avvocata", phone="0371 555987", powers=["assets", "health"])
    assert (made["full_name"], made["powers"], made["decree"]) == (
        "Piantatissima Avvocata", ["assets", "health"], "12/2023",
    )  # fmt: skip
    here = f"/people/{person['id']}/guardians"
    assert ok(fresh.as_("social_worker").get(f"{here}/{made['id']}")) == made
    assert ok(fresh.as_("social_worker").get(here))["items"] == [made]
    for schema in ("identity", "people", "audit"):
        assert "Piantatissima" not in fresh.text_of(schema)
        assert b"Piantatissima".hex() not in fresh.text_of(schema)


def test_who_may_sign_depends_on_the_day(world: World) -> None:
    person = world.person()
    appoint(world, person, full_name="Primo", from_on="2022-01-01", expires_on="2022-12-31")
    second = appoint(world, person, full_name="Secondo", from_on="2023-01-01", expires_on=None)
    appoint(world, person, full_name="Senza firma", from_on="2022-01-01", expires_on=None, may_sign=False)
    ok(world.as_("social_worker").post(f"/people/{person['id']}/guardians/{second['id']}/end", {"to_on": "2023-06-01"}))
    days = ("2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01", "2023-05-31", "2023-06-01")
    assert [signers(world, person, day) for day in days] == [
        [], ["Primo"], ["Primo"], ["Secondo"], ["Secondo"], [],
    ]  # fmt: skip


def test_a_guardian_may_be_a_registered_person(world: World) -> None:
    child, mother = world.person(), world.person(family_name="Madre", given_name="Inventata")
    made = appoint(world, child, kind="genitore", guardian_id=mother["id"], full_name=None, court=None, decree=None)
    assert made["guardian_id"] == mother["id"]
    assert signers(world, child, "2023-05-01") == ["Inventata Madre"]


def test_who_signs_for_one_signs_for_the_same_one_under_another_id(world: World) -> None:
    alias, person = world.person(), world.person()
    appoint(world, alias, full_name="Tutore di prima")
    merged = {"alias_id": alias["id"], "person_id": person["id"], "reason": "La stessa"}
    ok(world.as_("coordinator").post("/people/merges", merged))
    assert signers(world, person, "2023-05-01") == signers(world, alias, "2023-05-01") == ["Tutore di prima"]


def test_a_guardian_is_ended_once_and_withdrawn_with_a_reason(world: World) -> None:
    worker, person = world.as_("social_worker"), world.person()
    made = appoint(world, person)
    here = f"/people/{person['id']}/guardians/{made['id']}"
    refused(worker.post(f"{here}/end", {"to_on": "2022-12-31"}), 422, "request_is_invalid")
    ok(worker.post(f"{here}/end", {"to_on": "2023-06-01"}))
    refused(worker.post(f"{here}/end", {"to_on": "2023-07-01"}), 409, "guardian_has_ended")
    assert ok(worker.post(f"{here}/withdrawal", {"reason": "Di un altro"}))["supersede_reason"] == "Di un altro"
    refused(worker.post(f"{here}/end", {"to_on": "2023-07-01"}), 409, "fact_is_superseded")


@pytest.mark.parametrize(("values", "pointer", "code"), [
    ({"full_name": None}, "#/guardian_id", "guardian_wants_person_or_name"),
    ({"court": None}, "#/court", "field_is_missing"), ({"decree": None}, "#/decree", "field_is_missing"),
    ({"powers": ["magia"]}, "#/powers/0", "value_is_unknown"), ({"kind": "zio"}, "#/kind", "value_is_unknown"),
    ({"from_on": "2999-01-01", "expires_on": None}, "#/from_on", "date_is_in_the_future"),
    ({"expires_on": "2022-12-31"}, "#/expires_on", "date_is_before_start"),
    ({"kind": "tutore_volontario", "from_on": "2017-01-01"}, "#/kind", "code_is_not_in_use"),
])  # fmt: skip
def test_a_wrong_guardian_is_named(world: World, values: dict[str, Any], pointer: str, code: str) -> None:
    answer = world.as_("social_worker").post(f"/people/{world.person()['id']}/guardians", {**A_GUARDIAN, **values})
    problem = refused(answer, 422, "request_is_invalid")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]


def test_nobody_guards_themselves_nor_is_guarded_by_who_is_out_of_sight(world: World) -> None:
    person, stranger = world.person(), world.user("social_worker", at=world.other_service)
    unseen = world.person(stranger, registered_by=world.other_service)
    path = f"/people/{person['id']}/guardians"
    worker = world.as_("social_worker")
    refused(
        worker.post(path, {**A_GUARDIAN, "full_name": None, "guardian_id": person["id"]}), 422, "request_is_invalid"
    )
    for one in (unseen["id"], str(uuid4())):
        answer = worker.post(path, {**A_GUARDIAN, "full_name": None, "guardian_id": one})
        refused(answer, 404, "person_is_unknown")
    assert today() > date(2023, 1, 1)
