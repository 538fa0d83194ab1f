"""The diary of a case."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.cases.diary import operations, queries
from service.cases.diary.models import Intervention
from service.cases.diary.schemas import (
    InterventionPage,
    InterventionSchema,
    NewInterventionSchema,
    NewPathwaySchema,
    PathwayEndSchema,
    PathwaySchema,
    PathwaysSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.operations import sight_of
from service.cases.records.queries import fact
from service.web.answers import answer_page
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction
from service.web.schemas import PageQuery

diary = Blueprint("diary", __name__, description="Diario: interventi e percorsi")


@diary.operation(
    "GET", "/cases/<uuid:case_id>/interventions", "listInterventions", query=PageQuery, answer=InterventionPage
)
def list_interventions(case_id: UUID, query: dict[str, Any]) -> Response:
    """The diary, what was recorded last first."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        receipt = sight_of(session, actor, case_id)
        rows = queries.interventions(session, case_id, **query)
        found = paged(rows, limit=query["limit"], scope=f"interventions:{case_id}")
        return answer_page(InterventionSchema, found, shown=receipt)


@diary.operation(
    "GET", "/cases/<uuid:case_id>/interventions/<uuid:intervention_id>", "showIntervention", answer=InterventionSchema
)
def show_intervention(case_id: UUID, intervention_id: UUID) -> Response:
    """One entry of the diary."""
    with transaction() as (session, actor):
        found = fact(session, Intervention, case_id, intervention_id)
        return answer_fact(session, actor, InterventionSchema, case_id, found)


@diary.operation(
    "POST", "/cases/<uuid:case_id>/interventions", "recordIntervention", body=NewInterventionSchema,
    answer=InterventionSchema, status=201, creates=True,
)  # fmt: skip
def record_intervention(case_id: UUID, body: dict[str, Any]) -> Response:
    """Log an intervention."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_intervention(session, actor, case_id, **body))
        return answer_fact(session, actor, InterventionSchema, case_id, fact(session, Intervention, case_id, made),
                           made_at="diary.show_intervention", intervention_id=made)  # fmt: skip


@diary.operation("GET", "/cases/<uuid:case_id>/pathways", "listPathways", answer=PathwaysSchema)
def list_pathways(case_id: UUID) -> Response:
    """The pathways of a case."""
    with transaction() as (session, actor):
        return answer_facts(session, actor, PathwaySchema, case_id, queries.pathways(session, case_id))


@diary.operation("GET", "/cases/<uuid:case_id>/pathways/<uuid:pathway_id>", "showPathway", answer=PathwaySchema)
def show_pathway(case_id: UUID, pathway_id: UUID) -> Response:
    """One pathway."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, PathwaySchema, case_id, queries.pathway(session, case_id, pathway_id))


@diary.operation(
    "POST", "/cases/<uuid:case_id>/pathways", "startPathway", body=NewPathwaySchema, answer=PathwaySchema, status=201,
    creates=True,
)  # fmt: skip
def start_pathway(case_id: UUID, body: dict[str, Any]) -> Response:
    """Begin a pathway."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.start_pathway(session, actor, case_id, **body))
        return answer_fact(session, actor, PathwaySchema, case_id, queries.pathway(session, case_id, made),
                           made_at="diary.show_pathway", pathway_id=made)  # fmt: skip


@diary.operation(
    "POST", "/cases/<uuid:case_id>/pathways/<uuid:pathway_id>/end", "endPathway", body=PathwayEndSchema,
    answer=PathwaySchema,
)  # fmt: skip
def end_pathway(case_id: UUID, pathway_id: UUID, body: dict[str, Any]) -> Response:
    """End a pathway."""
    with transaction() as (session, actor):
        operations.end_pathway(session, actor, case_id, pathway_id, **body)
        return answer_fact(session, actor, PathwaySchema, case_id, queries.pathway(session, case_id, pathway_id))
