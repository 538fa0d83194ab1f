"""What an allocation did: its summary, and the statements that report it to the fund."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import shown
from service.budget.statements import operations, queries
from service.budget.statements.schemas import (
    FileQuery,
    NewStatementApprovalSchema,
    NewStatementSchema,
    StatementHeadSchema,
    StatementPage,
    StatementSchema,
    SummaryQuery,
    SummarySchema,
)
from service.types import today
from service.web.answers import answer, answer_file, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction
from service.web.schemas import PageQuery

statements = Blueprint("statements", __name__, description="Rendicontazione ai fondi")
OF_ALLOCATION = "/allocations/<uuid:allocation_id>/statements"


@statements.operation(
    "GET",
    "/allocations/<uuid:allocation_id>/summary",
    "showAllocationSummary",
    query=SummaryQuery,
    answer=SummarySchema,
)
def show_allocation_summary(allocation_id: UUID, query: dict[str, Any]) -> Response:
    """Where an allocation stands, by programme, Comune or intervention code and by month, and how its year may end."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        on = query["on"] or today()
        return answer(SummarySchema, queries.allocation_summary(session, allocation_id, by=query["by"], on=on))


@statements.operation("GET", OF_ALLOCATION, "listStatements", query=PageQuery, answer=StatementPage)
def list_statements(allocation_id: UUID, query: dict[str, Any]) -> Response:
    """The statements of an allocation without their rows, the newest first."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        rows = queries.statements(session, allocation_id, **query)
        scope, limit = f"statements:{allocation_id}", query["limit"]
        return answer_page(StatementHeadSchema, paged(rows, limit=limit, scope=scope, id_of=lambda row: row["id"]))


@statements.operation("GET", "/statements/<uuid:statement_id>", "showStatement", answer=StatementSchema)
def show_statement(statement_id: UUID) -> Response:
    """One statement, as it was prepared."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer(StatementSchema, queries.statement(session, statement_id))


@statements.operation(
    "GET", "/statements/<uuid:statement_id>/document", "showStatementDocument", query=FileQuery, answer=None,
    gives=tuple(operations.MEDIA_TYPES.values()),
)  # fmt: skip
def show_statement_document(statement_id: UUID, query: dict[str, str]) -> Response:
    """A statement as a file, to save: no person and no case in it."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        name, content = operations.document(session, statement_id, query["format"])
        receipt = shown(session, actor, (), resource_id=statement_id)
        media_type = operations.MEDIA_TYPES[query["format"]]
        return answer_file(content, name=name, media_type=media_type, about=frozenset(), shown=receipt)


@statements.operation(
    "POST", OF_ALLOCATION, "prepareStatement", body=NewStatementSchema, answer=StatementSchema, status=201, creates=True
)
def prepare_statement(allocation_id: UUID, body: dict[str, Any]) -> Response:
    """Prepare the statement of an allocation up to the end of a month."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.prepare_statement(session, actor, allocation_id, **body))
        location = location_of("statements.show_statement", statement_id=made)
        return answer(StatementSchema, queries.statement(session, made), status=201, location=location)


@statements.operation(
    "POST",
    "/statements/<uuid:statement_id>/approval",
    "approveStatement",
    body=NewStatementApprovalSchema,
    answer=StatementSchema,
)
def approve_statement(statement_id: UUID, body: dict[str, Any]) -> Response:
    """Approve the newest statement of an allocation and freeze its period."""
    with transaction() as (session, actor):
        operations.approve_statement(session, actor, statement_id, **body)
        return answer(StatementSchema, queries.statement(session, statement_id))
