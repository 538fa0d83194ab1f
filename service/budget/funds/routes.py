"""Funds, their allocations, and the acts that change these."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.budget.funds import operations, queries
from service.budget.funds.schemas import (
    AllocationChangeSchema,
    AllocationChangesSchema,
    AllocationSchema,
    AllocationsSchema,
    CatalogueFundSchema,
    FundCatalogueSchema,
    FundPage,
    FundSchema,
    NewAllocationChangeSchema,
    NewAllocationSchema,
    NewFundSchema,
)
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction
from service.web.schemas import PageQuery

funds = Blueprint("funds", __name__, description="Fondi e stanziamenti")
CHANGES = "/allocations/<uuid:allocation_id>/changes"


@funds.operation("GET", "/funds", "listFunds", query=PageQuery, answer=FundPage)
def list_funds(query: dict[str, Any]) -> Response:
    """The funds."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer_page(FundSchema, paged(queries.funds(session, **query), limit=query["limit"], scope="funds"))


@funds.operation("GET", "/funds/<uuid:fund_id>", "showFund", answer=FundSchema)
def show_fund(fund_id: UUID) -> Response:
    """One fund."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer(FundSchema, queries.fund(session, fund_id))


@funds.operation("GET", "/fund-catalogue", "listFundCatalogue", answer=FundCatalogueSchema)
def list_fund_catalogue() -> Response:
    """The funds that the plans of the Ambiti name, ready to be opened by their code."""
    with transaction() as (_, actor):
        require(actor, "funds:read")
        return answer_page(CatalogueFundSchema, {"items": queries.catalogue()})


@funds.operation("POST", "/funds", "openFund", body=NewFundSchema, answer=FundSchema, status=201, creates=True)
def open_fund(body: dict[str, Any]) -> Response:
    """Open a fund."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.open_fund(session, actor, **body))
        location = location_of("funds.show_fund", fund_id=made)
        return answer(FundSchema, queries.fund(session, made), status=201, location=location)


@funds.operation("GET", "/funds/<uuid:fund_id>/allocations", "listAllocations", answer=AllocationsSchema)
def list_allocations(fund_id: UUID) -> Response:
    """The allocations of a fund with what is committed, liquidated and paid."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer_page(AllocationSchema, {"items": queries.allocations(session, fund_id)})


@funds.operation("GET", "/allocations/<uuid:allocation_id>", "showAllocation", answer=AllocationSchema)
def show_allocation(allocation_id: UUID) -> Response:
    """One allocation."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer(AllocationSchema, queries.allocation(session, allocation_id))


@funds.operation(
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
        location = location_of("funds.show_allocation", allocation_id=made)
        return answer(AllocationSchema, queries.allocation(session, made), status=201, location=location)


@funds.operation("GET", CHANGES, "listAllocationChanges", answer=AllocationChangesSchema)
def list_allocation_changes(allocation_id: UUID) -> Response:
    """What acts gave to an allocation and took from it."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer_page(AllocationChangeSchema, {"items": queries.changes(session, allocation_id)})


@funds.operation("GET", f"{CHANGES}/<uuid:change_id>", "showAllocationChange", answer=AllocationChangeSchema)
def show_allocation_change(allocation_id: UUID, change_id: UUID) -> Response:
    """One of them."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        return answer(AllocationChangeSchema, queries.change(session, allocation_id, change_id))


@funds.operation(
    "POST", CHANGES, "changeAllocation", body=NewAllocationChangeSchema, answer=AllocationChangeSchema, status=201,
    creates=True, needs_key=True,
)  # fmt: skip
def change_allocation(allocation_id: UUID, body: dict[str, Any]) -> Response:
    """Raise an allocation, or cut it."""
    with transaction() as (session, actor):
        values = {**body, "amount": body["amount"]["amount"]}
        made = once(
            session,
            actor,
            lambda: operations.change_allocation(session, actor, allocation_id, **values),
            is_required=True,
        )
        location = location_of("funds.show_allocation_change", allocation_id=allocation_id, change_id=made)
        return answer(
            AllocationChangeSchema, queries.change(session, allocation_id, made), status=201, location=location
        )
