"""The diary of a case."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.cases.diary import operations, queries
from service.cases.diary.schemas import (
    MOST_AT_ONCE,
    BatchSchema,
    ConvocationOutcomeSchema,
    ConvocationSchema,
    ConvocationsSchema,
    InterventionCorrectionSchema,
    InterventionPage,
    InterventionSchema,
    InterventionsQuery,
    NewConvocationSchema,
    NewInterventionSchema,
    NewInterventionsSchema,
    NewPathwaySchema,
    PathwayEndSchema,
    PathwaySchema,
    PathwaysSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.operations import sight_of
from service.cases.records.schemas import WithdrawalSchema
from service.web.answers import answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction

diary = Blueprint("diary", __name__, description="Diario: appuntamenti, interventi e percorsi")
ENTRY = "/cases/<uuid:case_id>/interventions/<uuid:intervention_id>"
APPOINTMENT = "/cases/<uuid:case_id>/convocations/<uuid:convocation_id>"
PATHWAY = "/cases/<uuid:case_id>/pathways/<uuid:pathway_id>"


@diary.operation("GET", "/cases/<uuid:case_id>/convocations", "listConvocations", answer=ConvocationsSchema)
def list_convocations(case_id: UUID) -> Response:
    """The appointments of a case, the last one first."""
    with transaction() as (session, actor):
        return answer_facts(session, actor, ConvocationSchema, case_id, queries.convocations(session, case_id))


@diary.operation("GET", APPOINTMENT, "showConvocation", answer=ConvocationSchema)
def show_convocation(case_id: UUID, convocation_id: UUID) -> Response:
    """One appointment."""
    with transaction() as (session, actor):
        return _appointment(session, actor, case_id, convocation_id)


@diary.operation(
    "POST", "/cases/<uuid:case_id>/convocations", "conveneCase", body=NewConvocationSchema, answer=ConvocationSchema,
    status=201, creates=True,
)  # fmt: skip
def convene_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Set an appointment."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.convene_case(session, actor, case_id, **body))
        return answer_fact(session, actor, ConvocationSchema, case_id, queries.convocation(session, case_id, made),
                           made_at="diary.show_convocation", convocation_id=made)  # fmt: skip


@diary.operation(
    "POST",
    f"{APPOINTMENT}/outcome",
    "recordConvocationOutcome",
    body=ConvocationOutcomeSchema,
    answer=ConvocationSchema,
)
def record_convocation_outcome(case_id: UUID, convocation_id: UUID, body: dict[str, Any]) -> Response:
    """Say what became of an appointment."""
    with transaction() as (session, actor):
        operations.record_convocation_outcome(session, actor, case_id, convocation_id, **body)
        return _appointment(session, actor, case_id, convocation_id)


@diary.operation(
    "POST", f"{APPOINTMENT}/outcome/withdrawal", "withdrawConvocationOutcome", body=WithdrawalSchema,
    answer=ConvocationSchema,
)  # fmt: skip
def withdraw_convocation_outcome(case_id: UUID, convocation_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw an outcome recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_convocation_outcome(session, actor, case_id, convocation_id, **body)
        return _appointment(session, actor, case_id, convocation_id)


def _appointment(session: Session, actor: Actor, case_id: UUID, convocation_id: UUID) -> Response:
    found = queries.convocation(session, case_id, convocation_id)
    return answer_fact(session, actor, ConvocationSchema, case_id, found)


@diary.operation(
    "GET", "/cases/<uuid:case_id>/interventions", "listInterventions", query=InterventionsQuery, answer=InterventionPage
)
def list_interventions(case_id: UUID, query: dict[str, Any]) -> Response:
    """The diary, what was recorded last first."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        rows = queries.interventions(session, case_id, **query)
        found = paged(rows, limit=query["limit"], scope=f"interventions:{case_id}")
        receipt = sight_of(session, actor, case_id)
        return answer_page(InterventionSchema, found, shown=receipt)


@diary.operation("GET", ENTRY, "showIntervention", answer=InterventionSchema)
def show_intervention(case_id: UUID, intervention_id: UUID) -> Response:
    """One entry of the diary."""
    with transaction() as (session, actor):
        return _entry(session, actor, case_id, intervention_id)


@diary.operation(
    "POST", "/cases/<uuid:case_id>/interventions", "recordIntervention", body=NewInterventionSchema,
    answer=InterventionSchema, status=201, creates=True,
)  # fmt: skip
def record_intervention(case_id: UUID, body: dict[str, Any]) -> Response:
    """Log an intervention."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_intervention(session, actor, case_id, **body))
        return _entry(session, actor, case_id, made, made_at="diary.show_intervention")


@diary.operation(
    "POST", "/cases/<uuid:case_id>/interventions/batch", "recordInterventions", body=NewInterventionsSchema,
    answer=BatchSchema, status=201, creates=True,
)  # fmt: skip
def record_interventions(case_id: UUID, body: dict[str, Any]) -> Response:
    """Log many interventions, all or none; the address leads to the list of them."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_interventions(session, actor, case_id, **body))
        require(actor, "cases:read")
        found: Sequence[Any] = queries.batch(session, case_id, made)
        receipt = sight_of(session, actor, case_id)
        location = location_of("diary.list_interventions", case_id=case_id, batch_id=made, limit=MOST_AT_ONCE)
        return answer_page(InterventionSchema, {"items": found}, shown=receipt, status=201, location=location)


@diary.operation(
    "POST", f"{ENTRY}/correction", "correctIntervention", body=InterventionCorrectionSchema, answer=InterventionSchema
)
def correct_intervention(case_id: UUID, intervention_id: UUID, body: dict[str, Any]) -> Response:
    """Correct an entry: it stays, with the reason; answers the one that replaces it, if there is one."""
    with transaction() as (session, actor):
        right = operations.correct_intervention(session, actor, case_id, intervention_id, **body)
        return _entry(session, actor, case_id, right)


def _entry(
    session: Session, actor: Actor, case_id: UUID, intervention_id: UUID, made_at: str | None = None
) -> Response:
    found = queries.intervention(session, case_id, intervention_id)
    return answer_fact(session, actor, InterventionSchema, case_id, found, made_at=made_at,
                       intervention_id=intervention_id)  # fmt: skip


@diary.operation("GET", "/cases/<uuid:case_id>/pathways", "listPathways", answer=PathwaysSchema)
def list_pathways(case_id: UUID) -> Response:
    """The pathways of a case."""
    with transaction() as (session, actor):
        found = queries.pathways(session, case_id)
        return answer_facts(session, actor, PathwaySchema, case_id, found)


@diary.operation("GET", PATHWAY, "showPathway", answer=PathwaySchema)
def show_pathway(case_id: UUID, pathway_id: UUID) -> Response:
    """One pathway."""
    with transaction() as (session, actor):
        return _pathway(session, actor, case_id, pathway_id)


@diary.operation(
    "POST", "/cases/<uuid:case_id>/pathways", "startPathway", body=NewPathwaySchema, answer=PathwaySchema, status=201,
    creates=True,
)  # fmt: skip
def start_pathway(case_id: UUID, body: dict[str, Any]) -> Response:
    """Begin a pathway."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.start_pathway(session, actor, case_id, **body))
        return _pathway(session, actor, case_id, made, made_at="diary.show_pathway")


@diary.operation("POST", f"{PATHWAY}/end", "endPathway", body=PathwayEndSchema, answer=PathwaySchema)
def end_pathway(case_id: UUID, pathway_id: UUID, body: dict[str, Any]) -> Response:
    """End a pathway."""
    with transaction() as (session, actor):
        operations.end_pathway(session, actor, case_id, pathway_id, **body)
        return _pathway(session, actor, case_id, pathway_id)


@diary.operation("POST", f"{PATHWAY}/reopening", "reopenPathway", body=WithdrawalSchema, answer=PathwaySchema)
def reopen_pathway(case_id: UUID, pathway_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw an end recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.reopen_pathway(session, actor, case_id, pathway_id, **body)
        return _pathway(session, actor, case_id, pathway_id)


@diary.operation("POST", f"{PATHWAY}/withdrawal", "withdrawPathway", body=WithdrawalSchema, answer=PathwaySchema)
def withdraw_pathway(case_id: UUID, pathway_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a pathway recorded by mistake, and its end; they stay, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_pathway(session, actor, case_id, pathway_id, **body)
        return _pathway(session, actor, case_id, pathway_id)


def _pathway(session: Session, actor: Actor, case_id: UUID, pathway_id: UUID, made_at: str | None = None) -> Response:
    found = queries.pathway(session, case_id, pathway_id)
    return answer_fact(session, actor, PathwaySchema, case_id, found, made_at=made_at,
                       pathway_id=pathway_id)  # fmt: skip
