"""Presentations of the members of a household (ADI)."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.presentations import operations
from service.cases.presentations.models import Presentation
from service.cases.presentations.schemas import (
    NewPresentationSchema,
    PresentationSchema,
    PresentationsSchema,
    ReportSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

presentations = Blueprint("presentations", __name__, description="Presentazioni (ADI)")
PRESENTATION = "/cases/<uuid:case_id>/presentations/<uuid:presentation_id>"


@presentations.operation("GET", "/cases/<uuid:case_id>/presentations", "listPresentations", answer=PresentationsSchema)
def list_presentations(case_id: UUID) -> Response:
    """The presentations of all the members, the last one first."""
    with transaction() as (session, actor):
        found = facts(session, Presentation, case_id, newest_by=Presentation.occurred_on)
        return answer_facts(session, actor, PresentationSchema, case_id, found)


@presentations.operation("GET", PRESENTATION, "showPresentation", answer=PresentationSchema)
def show_presentation(case_id: UUID, presentation_id: UUID) -> Response:
    """One presentation, also a superseded one."""
    with transaction() as (session, actor):
        return _answer(session, actor, case_id, presentation_id)


@presentations.operation(
    "POST", "/cases/<uuid:case_id>/presentations", "recordPresentation", body=NewPresentationSchema,
    answer=PresentationSchema, status=201, creates=True,
)  # fmt: skip
def record_presentation(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record that a member presented themselves, or was absent for a justified reason."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_presentation(session, actor, case_id, **body))
        return _answer(session, actor, case_id, made, made_at="presentations.show_presentation")


@presentations.operation(
    "POST", f"{PRESENTATION}/report", "reportPresentation", body=ReportSchema, answer=PresentationSchema
)
def report_presentation(case_id: UUID, presentation_id: UUID, body: dict[str, Any]) -> Response:
    """Say when a presentation was entered in GePI."""
    with transaction() as (session, actor):
        operations.report_presentation(session, actor, case_id, presentation_id, **body)
        return _answer(session, actor, case_id, presentation_id)


@presentations.operation(
    "POST", f"{PRESENTATION}/withdrawal", "withdrawPresentation", body=WithdrawalSchema, answer=PresentationSchema
)
def withdraw_presentation(case_id: UUID, presentation_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a presentation recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_presentation(session, actor, case_id, presentation_id, **body)
        return _answer(session, actor, case_id, presentation_id)


def _answer(
    session: Session, actor: Actor, case_id: UUID, presentation_id: UUID, made_at: str | None = None
) -> Response:
    found = fact(session, Presentation, case_id, presentation_id)
    return answer_fact(session, actor, PresentationSchema, case_id, found, made_at=made_at,
                       presentation_id=presentation_id)  # fmt: skip
