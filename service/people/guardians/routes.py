"""Legal protection of a person."""

from typing import Any
from uuid import UUID

from flask import Response

from service.people.answers import answer_note, answer_notes
from service.people.guardians import operations
from service.people.guardians.models import Guardian
from service.people.guardians.schemas import GuardianEndSchema, GuardianSchema, GuardiansSchema, NewGuardianSchema
from service.people.schemas import MistakeSchema
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

guardians = Blueprint("guardians", __name__, description="Protezione giuridica")
HERE = "/people/<uuid:person_id>/guardians"
ONE = f"{HERE}/<uuid:guardian_id>"


@guardians.operation("GET", HERE, "listGuardians", answer=GuardiansSchema)
def list_guardians(person_id: UUID) -> Response:
    """The guardians of a person, the last first."""
    with transaction() as (session, actor):
        return answer_notes(session, actor, GuardianSchema, Guardian, person_id, newest_by=Guardian.from_on)


@guardians.operation("GET", ONE, "showGuardian", answer=GuardianSchema)
def show_guardian(person_id: UUID, guardian_id: UUID) -> Response:
    """One guardian."""
    with transaction() as (session, actor):
        return answer_note(session, actor, GuardianSchema, Guardian, person_id, guardian_id)


@guardians.operation(
    "POST", HERE, "appointGuardian", body=NewGuardianSchema, answer=GuardianSchema, status=201, creates=True
)
def appoint_guardian(person_id: UUID, body: dict[str, Any]) -> Response:
    """Record a guardian."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.appoint_guardian(session, actor, person_id, **body))
        return answer_note(session, actor, GuardianSchema, Guardian, person_id, made,
                           made_at="guardians.show_guardian", guardian_id=made)  # fmt: skip


@guardians.operation("POST", f"{ONE}/end", "endGuardian", body=GuardianEndSchema, answer=GuardianSchema)
def end_guardian(person_id: UUID, guardian_id: UUID, body: dict[str, Any]) -> Response:
    """A guardian acts no longer."""
    with transaction() as (session, actor):
        operations.end_guardian(session, actor, person_id, guardian_id, **body)
        return answer_note(session, actor, GuardianSchema, Guardian, person_id, guardian_id)


@guardians.operation("POST", f"{ONE}/withdrawal", "withdrawGuardian", body=MistakeSchema, answer=GuardianSchema)
def withdraw_guardian(person_id: UUID, guardian_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a guardian recorded by mistake."""
    with transaction() as (session, actor):
        operations.withdraw_guardian(session, actor, person_id, guardian_id, **body)
        return answer_note(session, actor, GuardianSchema, Guardian, person_id, guardian_id)
