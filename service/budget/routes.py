"""Funds, the budget of a case's project, the ledger."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import record
from service.budget import operations, queries
from service.budget.models import BudgetLine, Participation
from service.budget.schemas import (
    AllocationLinePage,
    AllocationLineSchema,
    AllocationSchema,
    AllocationsSchema,
    EntrySchema,
    FundPage,
    FundSchema,
    LineSchema,
    LinesSchema,
    NewAllocationSchema,
    NewCommitmentSchema,
    NewLineSchema,
    NewLiquidationSchema,
    NewParticipationSchema,
    ParticipationSchema,
    ParticipationsSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.queries import fact, facts
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction
from service.web.schemas import PageQuery

budget = Blueprint("budget", __name__, description="Fondi, budget di progetto, registro contabile")


@budget.operation("GET", "/funds", "listFunds", query=PageQuery, answer=FundPage)
def list_funds(query: dict[str, Any]) -> Response:
    """The funds."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer_page(FundSchema, paged(queries.funds(session, **query), limit=query["limit"], scope="funds"))


@budget.operation("GET", "/funds/<uuid:fund_id>", "showFund", answer=FundSchema)
def show_fund(fund_id: UUID) -> Response:
    """One fund."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer(FundSchema, queries.fund(session, fund_id))


@budget.operation("POST", "/funds", "openFund", body=FundSchema, answer=FundSchema, status=201, creates=True)
def open_fund(body: dict[str, Any]) -> Response:
    """Open a fund."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.open_fund(session, actor, **body))
        return answer(
            FundSchema, queries.fund(session, made), status=201, location=location_of("budget.show_fund", fund_id=made)
        )


@budget.operation("GET", "/funds/<uuid:fund_id>/allocations", "listAllocations", answer=AllocationsSchema)
def list_allocations(fund_id: UUID) -> Response:
    """The allocations of a fund with what is committed and liquidated."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer_page(AllocationSchema, {"items": queries.allocations(session, fund_id)})


@budget.operation("GET", "/allocations/<uuid:allocation_id>", "showAllocation", answer=AllocationSchema)
def show_allocation(allocation_id: UUID) -> Response:
    """One allocation."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer(AllocationSchema, queries.allocation(session, allocation_id))


@budget.operation(
    "GET", "/allocations/<uuid:allocation_id>/lines", "listAllocationLines", query=PageQuery, answer=AllocationLinePage
)
def list_allocation_lines(allocation_id: UUID, query: dict[str, Any]) -> Response:
    """The lines of projects that ask for an allocation's money, by opaque case."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        rows = queries.allocation_lines(session, allocation_id, **query)
        record(session, actor, actor.origin.action, outcome="shown", resource_id=allocation_id)
        found = paged(rows, limit=query["limit"], scope=f"lines:{allocation_id}", id_of=lambda row: row["id"])
        return answer_page(AllocationLineSchema, found)


@budget.operation(
    "POST", "/funds/<uuid:fund_id>/allocations", "allocateFund", body=NewAllocationSchema, answer=AllocationSchema,
    status=201, creates=True, needs_key=True,
)  # fmt: skip
def allocate_fund(fund_id: UUID, body: dict[str, Any]) -> Response:
    """Allocate a fund's money for a year."""
    with transaction() as (session, actor):
        values = {**body, "amount": body["amount"]["amount"]}
        made = once(
            session, actor, lambda: operations.allocate_fund(session, actor, fund_id, **values), is_required=True
        )
        location = location_of("budget.show_allocation", allocation_id=made)
        return answer(AllocationSchema, queries.allocation(session, made), status=201, location=location)


@budget.operation("GET", "/cases/<uuid:case_id>/budget/lines", "listLines", answer=LinesSchema)
def list_lines(case_id: UUID) -> Response:
    """The lines of the project's budget."""
    with transaction() as (session, actor):
        found = facts(session, BudgetLine, case_id, newest_by=BudgetLine.recorded_at)
        return answer_facts(session, actor, LineSchema, case_id, [queries.described_line(line) for line in found])


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


@budget.operation("GET", "/commitments/<uuid:commitment_id>", "showCommitment", answer=EntrySchema)
def show_commitment(commitment_id: UUID) -> Response:
    """One commitment of the ledger."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        entry = queries.commitment(session, commitment_id)
        record(
            session, actor, actor.origin.action, outcome="shown", case_id=entry["case_id"], resource_id=commitment_id
        )
        return answer(EntrySchema, entry)


@budget.operation(
    "POST",
    "/commitments",
    "commitMoney",
    body=NewCommitmentSchema,
    answer=EntrySchema,
    status=201,
    creates=True,
    needs_key=True,
)
def commit_money(body: dict[str, Any]) -> Response:
    """Commit money of an allocation to a line of a project's budget."""
    with transaction() as (session, actor):
        values = {**body, "amount": body["amount"]["amount"]}
        made = once(session, actor, lambda: operations.commit_money(session, actor, **values), is_required=True)
        location = location_of("budget.show_commitment", commitment_id=made)
        return answer(EntrySchema, queries.commitment(session, made), status=201, location=location)


@budget.operation("GET", "/liquidations/<uuid:liquidation_id>", "showLiquidation", answer=EntrySchema)
def show_liquidation(liquidation_id: UUID) -> Response:
    """One liquidation of the ledger."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        entry = queries.liquidation(session, liquidation_id)
        record(
            session, actor, actor.origin.action, outcome="shown", case_id=entry["case_id"], resource_id=liquidation_id
        )
        return answer(EntrySchema, entry)


@budget.operation(
    "POST",
    "/liquidations",
    "liquidateMoney",
    body=NewLiquidationSchema,
    answer=EntrySchema,
    status=201,
    creates=True,
    needs_key=True,
)
def liquidate_money(body: dict[str, Any]) -> Response:
    """Find committed money due."""
    with transaction() as (session, actor):
        values = {**body, "amount": body["amount"]["amount"]}
        made = once(session, actor, lambda: operations.liquidate_money(session, actor, **values), is_required=True)
        location = location_of("budget.show_liquidation", liquidation_id=made)
        return answer(EntrySchema, queries.liquidation(session, made), status=201, location=location)
