"""The acts that move a case: one sub-resource each; `If-Match` carries the version of the case that the caller read."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import shown
from service.cases.path import operations
from service.cases.path.schemas import AssignmentSchema, ClosureSchema
from service.cases.projects.routes import answer_version
from service.cases.projects.schemas import NewSignatureSchema, ProjectSchema
from service.cases.records import queries
from service.cases.records.schemas import CaseSchema, DatedActSchema, NewCaseSchema
from service.web.answers import answer, location_of
from service.web.blueprints import Blueprint
from service.web.requests import expected_version, once, transaction

path = Blueprint("path", __name__, description="Atti del caso")


@path.operation(
    "POST", "/cases", "openCase", body=NewCaseSchema, answer=CaseSchema, status=201, creates=True, etag=True
)
def open_case(body: dict[str, Any]) -> Response:
    """Open a case from its referral."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.open_case(session, actor, **body))
        return _case(session, actor, made, status=201, location=location_of("cases.show_case", case_id=made))


@path.operation(
    "POST", "/cases/<uuid:case_id>/taking-in-charge", "acceptCase", body=DatedActSchema, answer=CaseSchema,
    if_match=True, etag=True,
)  # fmt: skip
def accept_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The service accepts the case."""
    with transaction() as (session, actor):
        operations.accept_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/assignment", "assignCase", body=AssignmentSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def assign_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Name the case manager."""
    with transaction() as (session, actor):
        operations.assign_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/projects/<int:number>/signatures", "signProject", body=NewSignatureSchema,
    answer=ProjectSchema, if_match=True, etag=True,
)  # fmt: skip
def sign_project(case_id: UUID, number: int, body: dict[str, Any]) -> Response:
    """Record a signature on an approved version; the last one demanded makes the project signed."""
    with transaction() as (session, actor):
        operations.sign_project(session, actor, case_id, number, expected=expected_version(), **body)
        return answer_version(session, actor, case_id, number)


@path.operation(
    "POST", "/cases/<uuid:case_id>/start", "startCase", body=DatedActSchema, answer=CaseSchema, if_match=True, etag=True
)
def start_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The first support of the signed project is active."""
    with transaction() as (session, actor):
        operations.start_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST",
    "/cases/<uuid:case_id>/closure",
    "closeCase",
    body=ClosureSchema,
    answer=CaseSchema,
    if_match=True,
    etag=True,
)
def close_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Close a case with an outcome."""
    with transaction() as (session, actor):
        operations.close_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


def _case(session: Any, actor: Any, case_id: UUID, *, status: int = 200, location: str | None = None) -> Response:
    require(actor, "cases:read")
    case = queries.case(session, case_id)
    receipt = shown(session, actor, [case["person_id"]], case_id=case_id)
    return answer(CaseSchema, case, shown=receipt, status=status, version=case["version"], location=location)
