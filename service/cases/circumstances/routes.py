"""What is so for a case over a period: intensity, target groups, initiatives, days that start a clock."""

from typing import Any
from uuid import UUID

from flask import Response

from service.cases.circumstances import operations
from service.cases.circumstances.models import Circumstance
from service.cases.circumstances.schemas import (
    CircumstanceEndSchema,
    CircumstanceSchema,
    CircumstancesSchema,
    NewCircumstanceSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

circumstances = Blueprint("circumstances", __name__, description="Circostanze del caso: intensità, target, date")


@circumstances.operation("GET", "/cases/<uuid:case_id>/circumstances", "listCircumstances", answer=CircumstancesSchema)
def list_circumstances(case_id: UUID) -> Response:
    """The circumstances of a case, past ones too, the last one first."""
    with transaction() as (session, actor):
        found = facts(session, Circumstance, case_id, newest_by=Circumstance.from_on)
        return answer_facts(session, actor, CircumstanceSchema, case_id, found)


@circumstances.operation(
    "GET", "/cases/<uuid:case_id>/circumstances/<uuid:circumstance_id>", "showCircumstance", answer=CircumstanceSchema
)
def show_circumstance(case_id: UUID, circumstance_id: UUID) -> Response:
    """One circumstance, also a withdrawn one."""
    with transaction() as (session, actor):
        found = fact(session, Circumstance, case_id, circumstance_id)
        return answer_fact(session, actor, CircumstanceSchema, case_id, found)


@circumstances.operation(
    "POST", "/cases/<uuid:case_id>/circumstances", "recordCircumstance", body=NewCircumstanceSchema,
    answer=CircumstanceSchema, status=201, creates=True,
)  # fmt: skip
def record_circumstance(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record a circumstance."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_circumstance(session, actor, case_id, **body))
        return answer_fact(session, actor, CircumstanceSchema, case_id, fact(session, Circumstance, case_id, made),
                           made_at="circumstances.show_circumstance", circumstance_id=made)  # fmt: skip


@circumstances.operation(
    "POST", "/cases/<uuid:case_id>/circumstances/<uuid:circumstance_id>/end", "endCircumstance", body=CircumstanceEndSchema,
    answer=CircumstanceSchema,
)  # fmt: skip
def end_circumstance(case_id: UUID, circumstance_id: UUID, body: dict[str, Any]) -> Response:
    """It is no longer so."""
    with transaction() as (session, actor):
        operations.end_circumstance(session, actor, case_id, circumstance_id, **body)
        found = fact(session, Circumstance, case_id, circumstance_id)
        return answer_fact(session, actor, CircumstanceSchema, case_id, found)


@circumstances.operation(
    "POST", "/cases/<uuid:case_id>/circumstances/<uuid:circumstance_id>/withdrawal", "withdrawCircumstance",
    body=WithdrawalSchema, answer=CircumstanceSchema,
)  # fmt: skip
def withdraw_circumstance(case_id: UUID, circumstance_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a circumstance recorded by mistake."""
    with transaction() as (session, actor):
        operations.withdraw_circumstance(session, actor, case_id, circumstance_id, **body)
        found = fact(session, Circumstance, case_id, circumstance_id)
        return answer_fact(session, actor, CircumstanceSchema, case_id, found)
