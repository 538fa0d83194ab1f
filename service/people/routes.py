"""The registry of persons. No identifier of a person is ever in an address: searches are POST."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import shown
from service.errors import invalid_field
from service.people import identifiers, operations, queries
from service.people.schemas import (
    NewPersonSchema,
    PeopleFoundSchema,
    PersonChangesSchema,
    PersonSchema,
    PersonSearchSchema,
)
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.requests import expected_version, once, transaction

people = Blueprint("people", __name__, description="Anagrafe delle persone")


@people.operation(
    "POST", "/people", "registerPerson", body=NewPersonSchema, answer=PersonSchema, status=201, creates=True, etag=True
)
def register_person(body: dict[str, Any]) -> Response:
    """Register a person."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.register_person(session, actor, **body))
        return _shown(session, actor, made, status=201, location=location_of("people.show_person", person_id=made))


@people.operation("GET", "/people/<uuid:person_id>", "showPerson", answer=PersonSchema, etag=True)
def show_person(person_id: UUID) -> Response:
    """One person."""
    with transaction() as (session, actor):
        return _shown(session, actor, person_id)


@people.operation(
    "PATCH", "/people/<uuid:person_id>", "correctPerson", body=PersonChangesSchema, answer=PersonSchema, if_match=True,
    etag=True,
)  # fmt: skip
def correct_person(person_id: UUID, body: dict[str, Any]) -> Response:
    """Correct what is known of a person; what was known before stays in the history."""
    with transaction() as (session, actor):
        operations.correct_person(session, actor, person_id, expected=expected_version(), changes=body)
        return _shown(session, actor, person_id)


@people.operation("POST", "/people/search", "searchPeople", body=PersonSearchSchema, answer=PeopleFoundSchema)
def search_people(body: dict[str, Any]) -> Response:
    """Search by code or by the beginning of the names, within what the actor may see."""
    with transaction() as (session, actor):
        require(actor, "people:search")
        found = _found(session, body)
        receipt = shown(session, actor, [person["id"] for person in found])
        return answer_page(PersonSchema, {"items": found}, shown=receipt)


def _found(session: Any, body: dict[str, Any]) -> list[dict[str, Any]]:
    code = body.get("identifier")
    if code is None:
        return queries.people_by_name(session, body["family_name"], body.get("given_name"), body.get("birth_date"))
    if not identifiers.is_valid(code["system"], code["value"]):
        raise invalid_field("#/identifier/value", f"{code['system']}_is_invalid")
    return queries.people_by_code(session, code["system"], code["value"])


def _shown(session: Any, actor: Any, person_id: UUID, *, status: int = 200, location: str | None = None) -> Response:
    require(actor, "people:read")
    person = queries.person(session, person_id)
    receipt = shown(session, actor, [person_id], resource_id=person_id)
    return answer(PersonSchema, person, shown=receipt, status=status, version=person["version"], location=location)
