"""The lines of a project's budget, and who takes part in it."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import record
from service.budget.lines import operations, queries
from service.budget.lines.models import BudgetLine, Participation
from service.budget.lines.rules import Share
from service.budget.lines.schemas import (
    AllocationLinePage,
    AllocationLineSchema,
    AllocationLinesQuery,
    LineSchema,
    LinesSchema,
    NewLineSchema,
    NewParticipationSchema,
    NewSharedCostSchema,
    ParticipationSchema,
    ParticipationsSchema,
    SharedCostSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.answers import answer_page
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction

budget = Blueprint("budget", __name__, description="Budget di progetto")


@budget.operation(
    "GET", "/allocations/<uuid:allocation_id>/lines", "listAllocationLines", query=AllocationLinesQuery,
    answer=AllocationLinePage,
)  # fmt: skip
def list_allocation_lines(allocation_id: UUID, query: dict[str, Any]) -> Response:
    """The lines of projects that ask for an allocation's money, by opaque case."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        rows = queries.allocation_lines(session, allocation_id, **query)
        record(session, actor, actor.origin.action, outcome="shown", resource_id=allocation_id)
        found = paged(
            rows,
            limit=query["limit"],
            scope=f"lines:{allocation_id}:{query['is_misaligned']}",
            id_of=lambda row: row["id"],
        )
        return answer_page(AllocationLineSchema, found)


@budget.operation("GET", "/cases/<uuid:case_id>/budget/lines", "listLines", answer=LinesSchema)
def list_lines(case_id: UUID) -> Response:
    """The lines of the project's budget."""
    with transaction() as (session, actor):
        found = facts(session, BudgetLine, case_id, newest_by=BudgetLine.recorded_at)
        return answer_facts(session, actor, LineSchema, case_id, queries.warned_lines(session, case_id, found))


@budget.operation("GET", "/cases/<uuid:case_id>/budget/lines/<uuid:line_id>", "showLine", answer=LineSchema)
def show_line(case_id: UUID, line_id: UUID) -> Response:
    """One line."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, LineSchema, case_id, queries.line(session, case_id, line_id))


@budget.operation(
    "POST",
    "/cases/<uuid:case_id>/budget/lines",
    "addLine",
    body=NewLineSchema,
    answer=LineSchema,
    status=201,
    creates=True,
    needs_key=True,
)
def add_line(case_id: UUID, body: dict[str, Any]) -> Response:
    """Put a resource into the project's budget."""
    with transaction() as (session, actor):
        values = {**body, "cost": body["cost"]["amount"]}
        made = once(session, actor, lambda: operations.add_line(session, actor, case_id, **values), is_required=True)
        return answer_fact(session, actor, LineSchema, case_id, queries.line(session, case_id, made),
                           made_at="budget.show_line", line_id=made)  # fmt: skip


@budget.operation(
    "POST", "/cases/<uuid:case_id>/budget/shared-costs", "shareCost", body=NewSharedCostSchema, answer=SharedCostSchema,
    status=201, creates=True, needs_key=True,
)  # fmt: skip
def share_cost(case_id: UUID, body: dict[str, Any]) -> Response:
    """Put into the project's budget a resource whose cost several sources bear."""
    with transaction() as (session, actor):
        shares = [Share(**share) for share in body["shares"]]
        values = {**body, "cost": body["cost"]["amount"], "shares": shares}
        made = once(session, actor, lambda: operations.share_cost(session, actor, case_id, **values), is_required=True)
        return answer_fact(session, actor, SharedCostSchema, case_id, queries.shared_cost(session, case_id, made),
                           made_at="budget.show_shared_cost", shared_cost_id=made)  # fmt: skip


@budget.operation(
    "GET", "/cases/<uuid:case_id>/budget/shared-costs/<uuid:shared_cost_id>", "showSharedCost", answer=SharedCostSchema
)
def show_shared_cost(case_id: UUID, shared_cost_id: UUID) -> Response:
    """The lines of one cost that several sources bear."""
    with transaction() as (session, actor):
        return answer_fact(
            session, actor, SharedCostSchema, case_id, queries.shared_cost(session, case_id, shared_cost_id)
        )


@budget.operation(
    "POST", "/cases/<uuid:case_id>/budget/lines/<uuid:line_id>/withdrawal", "withdrawLine", body=WithdrawalSchema,
    answer=LineSchema,
)  # fmt: skip
def withdraw_line(case_id: UUID, line_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a line to which no money is committed; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_line(session, actor, case_id, line_id, **body)
        return answer_fact(session, actor, LineSchema, case_id, queries.line(session, case_id, line_id))


@budget.operation(
    "GET", "/cases/<uuid:case_id>/budget/participations", "listParticipations", answer=ParticipationsSchema
)
def list_participations(case_id: UUID) -> Response:
    """How the person and the family take part in the budget."""
    with transaction() as (session, actor):
        found = facts(session, Participation, case_id, newest_by=Participation.occurred_on)
        return answer_facts(session, actor, ParticipationSchema, case_id, found)


@budget.operation(
    "GET", "/cases/<uuid:case_id>/budget/participations/<uuid:participation_id>", "showParticipation",
    answer=ParticipationSchema,
)  # fmt: skip
def show_participation(case_id: UUID, participation_id: UUID) -> Response:
    """One participation."""
    with transaction() as (session, actor):
        found = fact(session, Participation, case_id, participation_id)
        return answer_fact(session, actor, ParticipationSchema, case_id, found)


@budget.operation(
    "POST", "/cases/<uuid:case_id>/budget/participations", "recordParticipation", body=NewParticipationSchema,
    answer=ParticipationSchema, status=201, creates=True,
)  # fmt: skip
def record_participation(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record that the person or the family took part in the budget."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_participation(session, actor, case_id, **body))
        return answer_fact(session, actor, ParticipationSchema, case_id, fact(session, Participation, case_id, made),
                           made_at="budget.show_participation", participation_id=made)  # fmt: skip
