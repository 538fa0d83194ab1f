"""Special protection: who is under it does not exist for anybody without a ground."""

from typing import Any
from uuid import UUID

from flask import Response

from service.people.answers import answer_note, answer_notes
from service.people.models import Protection
from service.people.protection import operations
from service.people.protection.schemas import NewProtectionSchema, ProtectionSchema, ProtectionsSchema
from service.people.schemas import MistakeSchema
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

protection = Blueprint("protection", __name__, description="Protezione speciale")
HERE = "/people/<uuid:person_id>/protections"


@protection.operation("GET", HERE, "listProtections", answer=ProtectionsSchema)
def list_protections(person_id: UUID) -> Response:
    """The times of special protection, the last first."""
    with transaction() as (session, actor):
        return answer_notes(session, actor, ProtectionSchema, Protection, person_id, newest_by=Protection.recorded_at)


@protection.operation("GET", f"{HERE}/<uuid:protection_id>", "showProtection", answer=ProtectionSchema)
def show_protection(person_id: UUID, protection_id: UUID) -> Response:
    """One time of special protection."""
    with transaction() as (session, actor):
        return answer_note(session, actor, ProtectionSchema, Protection, person_id, protection_id)


@protection.operation(
    "POST", HERE, "protectPerson", body=NewProtectionSchema, answer=ProtectionSchema, status=201, creates=True
)
def protect_person(person_id: UUID, body: dict[str, Any]) -> Response:
    """Put a person under special protection."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.protect_person(session, actor, person_id, **body))
        return answer_note(session, actor, ProtectionSchema, Protection, person_id, made,
                           made_at="protection.show_protection", protection_id=made)  # fmt: skip


@protection.operation("POST", f"{HERE}/lifting", "liftProtection", body=MistakeSchema, answer=ProtectionSchema)
def lift_protection(person_id: UUID, body: dict[str, Any]) -> Response:
    """Lift it."""
    with transaction() as (session, actor):
        lifted = operations.lift_protection(session, actor, person_id, **body)
        return answer_note(session, actor, ProtectionSchema, Protection, person_id, lifted)
