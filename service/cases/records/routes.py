"""Reading cases and their paths. What moves a case is in `cases.path`."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import shown
from service.cases.records import queries
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.models import CasePerson
from service.cases.records.schemas import (
    CasePage,
    CasePeopleSchema,
    CasePersonSchema,
    CaseQuery,
    CaseSchema,
    LinkedCasesSchema,
    MilestoneSchema,
    MilestonesSchema,
)
from service.web.answers import answer, answer_page
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import transaction

records = Blueprint("cases", __name__, description="Casi")


@records.operation("GET", "/cases", "listCases", query=CaseQuery, answer=CasePage)
def list_cases(query: dict[str, Any]) -> Response:
    """The cases that the actor may see, newest first."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        found = paged(queries.cases(session, **query), limit=query["limit"], scope="cases", id_of=lambda row: row["id"])
        receipt = shown(session, actor, {case["person_id"] for case in found["items"]})
        return answer_page(CaseSchema, found, shown=receipt)


@records.operation("GET", "/cases/<uuid:case_id>", "showCase", answer=CaseSchema, etag=True)
def show_case(case_id: UUID) -> Response:
    """One case."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        case = queries.case(session, case_id)
        receipt = shown(session, actor, [case["person_id"]], case_id=case_id)
        return answer(CaseSchema, case, shown=receipt, version=case["version"])


@records.operation("GET", "/cases/<uuid:case_id>/milestones", "listMilestones", answer=MilestonesSchema)
def list_milestones(case_id: UUID) -> Response:
    """The path so far."""
    with transaction() as (session, actor):
        return answer_facts(session, actor, MilestoneSchema, case_id, queries.milestones(session, case_id))


@records.operation("GET", "/cases/<uuid:case_id>/people", "listCasePeople", answer=CasePeopleSchema)
def list_case_people(case_id: UUID) -> Response:
    """Everybody whose case it is or was: one person, or the members of a household with their periods."""
    with transaction() as (session, actor):
        return answer_facts(session, actor, CasePersonSchema, case_id, queries.case_people(session, case_id))


@records.operation(
    "GET", "/cases/<uuid:case_id>/people/<uuid:case_person_id>", "showCasePerson", answer=CasePersonSchema
)
def show_case_person(case_id: UUID, case_person_id: UUID) -> Response:
    """One of them."""
    with transaction() as (session, actor):
        found = queries.fact(session, CasePerson, case_id, case_person_id)
        return answer_fact(session, actor, CasePersonSchema, case_id, found)


@records.operation("GET", "/cases/<uuid:case_id>/linked-cases", "listLinkedCases", answer=LinkedCasesSchema)
def list_linked_cases(case_id: UUID) -> Response:
    """The other cases of the same people that the actor may see, the newest first."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        found = queries.linked_cases(session, case_id)
        people = {case["person_id"] for case in found} | queries.people_of(session, case_id)
        return answer_page(CaseSchema, {"items": found}, shown=shown(session, actor, people, case_id=case_id))
