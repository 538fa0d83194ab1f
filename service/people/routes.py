"""The registry of persons. No identifier of a person is ever in an address: searches are POST."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import record, shown
from service.errors import invalid_field
from service.people import identifiers, operations, queries, tax_codes
from service.people.answers import answer_note, answer_notes
from service.people.models import Identifier, Residence
from service.people.schemas import (
    ComparedPersonSchema,
    DeskSearchSchema,
    DesksSchema,
    IdentifierCorrectionSchema,
    IdentifierEndSchema,
    IdentifierSchema,
    IdentifiersSchema,
    MistakeSchema,
    NewIdentifierSchema,
    NewPersonSchema,
    NewResidenceSchema,
    PeopleFoundSchema,
    PersonChangesSchema,
    PersonSchema,
    PersonSearchSchema,
    ResidenceSchema,
    ResidencesSchema,
)
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.requests import expected_version, once, transaction

people = Blueprint("people", __name__, description="Anagrafe delle persone")
CODES, RESIDENCES = "/people/<uuid:person_id>/identifiers", "/people/<uuid:person_id>/residences"
A_CODE, A_RESIDENCE = f"{CODES}/<uuid:identifier_id>", f"{RESIDENCES}/<uuid:residence_id>"


@people.operation(
    "POST", "/people", "registerPerson", body=NewPersonSchema, answer=ComparedPersonSchema, status=201, creates=True,
    etag=True,
)  # fmt: skip
def register_person(body: dict[str, Any]) -> Response:
    """Register a person; the answer names who in sight may be the same one."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.register_person(session, actor, **body))
        return _shown(session, actor, made, status=201, location=location_of("people.show_person", person_id=made))


@people.operation("GET", "/people/<uuid:person_id>", "showPerson", answer=ComparedPersonSchema, etag=True)
def show_person(person_id: UUID) -> Response:
    """One person, whichever of their ids is asked."""
    with transaction() as (session, actor):
        return _shown(session, actor, person_id)


@people.operation(
    "PATCH", "/people/<uuid:person_id>", "correctPerson", body=PersonChangesSchema, answer=ComparedPersonSchema,
    if_match=True, etag=True,
)  # fmt: skip
def correct_person(person_id: UUID, body: dict[str, Any]) -> Response:
    """Correct what is known of a person; what was known before stays in the history."""
    with transaction() as (session, actor):
        operations.correct_person(session, actor, person_id, expected=expected_version(), changes=body)
        return _shown(session, actor, person_id)


@people.operation("POST", "/people/search", "searchPeople", body=PersonSearchSchema, answer=PeopleFoundSchema)
def search_people(body: dict[str, Any]) -> Response:
    """Search by code, or by names as they begin or sound, within what the actor may see."""
    with transaction() as (session, actor):
        require(actor, "people:search")
        found = _found(session, body)
        receipt = shown(session, actor, [one for person in found for one in (person["id"], *person["aliases"])])
        return answer_page(PersonSchema, {"items": found}, shown=receipt)


@people.operation("POST", "/people/desks", "findDesks", body=DeskSearchSchema, answer=DesksSchema)
def find_desks(body: dict[str, Any]) -> Response:
    """Whether somebody has exactly this tax code, and which bodies to ask about them."""
    with transaction() as (session, actor):
        require(actor, "people:search")
        if not tax_codes.is_valid(body["codice_fiscale"]):
            raise invalid_field("#/codice_fiscale", "codice_fiscale_is_invalid")
        found = queries.desks(session, body["codice_fiscale"])
        record(session, actor, actor.origin.action, outcome="shown")
        return answer(DesksSchema, found)


@people.operation("GET", CODES, "listIdentifiers", answer=IdentifiersSchema)
def list_identifiers(person_id: UUID) -> Response:
    """The codes of a person, past ones too."""
    with transaction() as (session, actor):
        return answer_notes(session, actor, IdentifierSchema, Identifier, person_id, newest_by=Identifier.valid_from)


@people.operation("GET", A_CODE, "showIdentifier", answer=IdentifierSchema)
def show_identifier(person_id: UUID, identifier_id: UUID) -> Response:
    """One code."""
    with transaction() as (session, actor):
        return answer_note(session, actor, IdentifierSchema, Identifier, person_id, identifier_id)


@people.operation(
    "POST", CODES, "addIdentifier", body=NewIdentifierSchema, answer=IdentifierSchema, status=201, creates=True
)
def add_identifier(person_id: UUID, body: dict[str, Any]) -> Response:
    """Give a person a code, or renew one."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.add_identifier(session, actor, person_id, **body))
        return answer_note(session, actor, IdentifierSchema, Identifier, person_id, made,
                           made_at="people.show_identifier", identifier_id=made)  # fmt: skip


@people.operation(
    "POST", f"{A_CODE}/correction", "correctIdentifier", body=IdentifierCorrectionSchema, answer=IdentifierSchema,
    status=201, creates=True,
)  # fmt: skip
def correct_identifier(person_id: UUID, identifier_id: UUID, body: dict[str, Any]) -> Response:
    """Correct a code: another row takes its place."""
    with transaction() as (session, actor):
        reason = body.pop("reason")
        made = once(session, actor, lambda: operations.correct_identifier(
            session, actor, person_id, identifier_id, reason=reason, changes=body))  # fmt: skip
        return answer_note(session, actor, IdentifierSchema, Identifier, person_id, made,
                           made_at="people.show_identifier", identifier_id=made)  # fmt: skip


@people.operation("POST", f"{A_CODE}/withdrawal", "withdrawIdentifier", body=MistakeSchema, answer=IdentifierSchema)
def withdraw_identifier(person_id: UUID, identifier_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a code that was never this person's."""
    with transaction() as (session, actor):
        operations.withdraw_identifier(session, actor, person_id, identifier_id, **body)
        return answer_note(session, actor, IdentifierSchema, Identifier, person_id, identifier_id)


@people.operation("POST", f"{A_CODE}/end", "endIdentifier", body=IdentifierEndSchema, answer=IdentifierSchema)
def end_identifier(person_id: UUID, identifier_id: UUID, body: dict[str, Any]) -> Response:
    """End a code that holds no longer."""
    with transaction() as (session, actor):
        operations.end_identifier(session, actor, person_id, identifier_id, **body)
        return answer_note(session, actor, IdentifierSchema, Identifier, person_id, identifier_id)


@people.operation("GET", RESIDENCES, "listResidences", answer=ResidencesSchema)
def list_residences(person_id: UUID) -> Response:
    """Where a person resided, the last first."""
    with transaction() as (session, actor):
        return answer_notes(session, actor, ResidenceSchema, Residence, person_id, newest_by=Residence.from_on)


@people.operation("GET", A_RESIDENCE, "showResidence", answer=ResidenceSchema)
def show_residence(person_id: UUID, residence_id: UUID) -> Response:
    """One residence."""
    with transaction() as (session, actor):
        return answer_note(session, actor, ResidenceSchema, Residence, person_id, residence_id)


@people.operation(
    "POST", RESIDENCES, "recordResidence", body=NewResidenceSchema, answer=ResidenceSchema, status=201, creates=True
)
def record_residence(person_id: UUID, body: dict[str, Any]) -> Response:
    """Record where a person resides from a day on."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_residence(session, actor, person_id, **body))
        return answer_note(session, actor, ResidenceSchema, Residence, person_id, made,
                           made_at="people.show_residence", residence_id=made)  # fmt: skip


@people.operation("POST", f"{A_RESIDENCE}/withdrawal", "withdrawResidence", body=MistakeSchema, answer=ResidenceSchema)
def withdraw_residence(person_id: UUID, residence_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a residence recorded by mistake."""
    with transaction() as (session, actor):
        operations.withdraw_residence(session, actor, person_id, residence_id, **body)
        return answer_note(session, actor, ResidenceSchema, Residence, person_id, residence_id)


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
    receipt = shown(session, actor, [person["id"], *person["aliases"]], resource_id=person_id)
    return answer(
        ComparedPersonSchema, person, shown=receipt, status=status, version=person["version"], location=location
    )
