"""Introductions: how another service comes to see a person of whom it knew only which desk to ask."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.people.introductions import operations
from service.people.introductions.schemas import IntroductionSchema, NewIntroductionSchema
from service.people.operations import sight_of
from service.web.answers import answer, location_of
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

introductions = Blueprint("introductions", __name__, description="Presentazione di una persona a un altro servizio")


@introductions.operation(
    "POST", "/people/<uuid:person_id>/introductions", "introducePerson", body=NewIntroductionSchema,
    answer=IntroductionSchema, status=201, creates=True,
)  # fmt: skip
def introduce_person(person_id: UUID, body: dict[str, Any]) -> Response:
    """Introduce a person to another service, which sees them in the registry and nothing of their cases."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.introduce_person(session, actor, person_id, **body))
        require(actor, "people:read")
        receipt = sight_of(session, actor, person_id)
        given = {"id": made, "person_id": person_id, **body}
        return answer(IntroductionSchema, given, shown=receipt, status=201,
                      location=location_of("people.show_person", person_id=person_id))  # fmt: skip
