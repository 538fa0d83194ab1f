"""Hires of a case."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.hires import operations
from service.cases.hires.models import Hire
from service.cases.hires.schemas import HireSchema, HiresSchema, NewHireSchema
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

hires = Blueprint("hires", __name__, description="Assunzioni")
HIRE = "/cases/<uuid:case_id>/hires/<uuid:hire_id>"


@hires.operation("GET", "/cases/<uuid:case_id>/hires", "listHires", answer=HiresSchema)
def list_hires(case_id: UUID) -> Response:
    """The hires of a case, the newest first."""
    with transaction() as (session, actor):
        found = facts(session, Hire, case_id, newest_by=Hire.from_on)
        return answer_facts(session, actor, HireSchema, case_id, found)


@hires.operation("GET", HIRE, "showHire", answer=HireSchema)
def show_hire(case_id: UUID, hire_id: UUID) -> Response:
    """One hire, also a superseded one."""
    with transaction() as (session, actor):
        return _answer(session, actor, case_id, hire_id)


@hires.operation(
    "POST", "/cases/<uuid:case_id>/hires", "recordHire", body=NewHireSchema, answer=HireSchema, status=201, creates=True
)
def record_hire(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record a hire."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_hire(session, actor, case_id, **body))
        return _answer(session, actor, case_id, made, made_at="hires.show_hire")


@hires.operation("POST", f"{HIRE}/withdrawal", "withdrawHire", body=WithdrawalSchema, answer=HireSchema)
def withdraw_hire(case_id: UUID, hire_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a hire recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_hire(session, actor, case_id, hire_id, **body)
        return _answer(session, actor, case_id, hire_id)


def _answer(session: Session, actor: Actor, case_id: UUID, hire_id: UUID, made_at: str | None = None) -> Response:
    found = fact(session, Hire, case_id, hire_id)
    return answer_fact(session, actor, HireSchema, case_id, found, made_at=made_at,
                       hire_id=hire_id)  # fmt: skip
