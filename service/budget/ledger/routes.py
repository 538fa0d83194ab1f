"""The ledger: what is committed, liquidated, paid, and taken back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import record
from service.budget.ledger import operations, queries
from service.budget.ledger.schemas import (
    EntryPage,
    EntrySchema,
    NewCommitmentSchema,
    NewLiquidationSchema,
    NewPaymentSchema,
    NewReversalSchema,
)
from service.cases.records.operations import sight_of
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction
from service.web.schemas import PageQuery

ledger = Blueprint("ledger", __name__, description="Registro contabile")


@ledger.operation("GET", "/entries/<uuid:entry_id>", "showEntry", answer=EntrySchema)
def show_entry(entry_id: UUID) -> Response:
    """One entry."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        entry = queries.entry(session, entry_id)
        record(session, actor, actor.origin.action, outcome="shown", case_id=entry["case_id"], resource_id=entry_id)
        return answer(EntrySchema, entry)


@ledger.operation(
    "GET", "/allocations/<uuid:allocation_id>/entries", "listAllocationEntries", query=PageQuery, answer=EntryPage
)
def list_allocation_entries(allocation_id: UUID, query: dict[str, Any]) -> Response:
    """The entries of an allocation, by opaque case, what was recorded last first."""
    with transaction() as (session, actor):
        require(actor, "funds:read")
        rows = queries.allocation_entries(session, allocation_id, **query)
        record(session, actor, actor.origin.action, outcome="shown", resource_id=allocation_id)
        return _page(rows, query["limit"], f"entries:{allocation_id}")


@ledger.operation("GET", "/cases/<uuid:case_id>/budget/entries", "listEntries", query=PageQuery, answer=EntryPage)
def list_entries(case_id: UUID, query: dict[str, Any]) -> Response:
    """What moved for a case, what was recorded last first."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        sight_of(session, actor, case_id)
        return _page(queries.case_entries(session, case_id, **query), query["limit"], f"entries:{case_id}")


@ledger.operation(
    "POST", "/commitments", "commitMoney", body=NewCommitmentSchema, answer=EntrySchema, status=201, creates=True,
    needs_key=True,
)  # fmt: skip
def commit_money(body: dict[str, Any]) -> Response:
    """Commit money of an allocation to a line of a project's budget."""
    return _posted(operations.commit_money, body)


@ledger.operation(
    "POST", "/liquidations", "liquidateMoney", body=NewLiquidationSchema, answer=EntrySchema, status=201, creates=True,
    needs_key=True,
)  # fmt: skip
def liquidate_money(body: dict[str, Any]) -> Response:
    """Find committed money due."""
    return _posted(operations.liquidate_money, body)


@ledger.operation(
    "POST", "/payments", "payMoney", body=NewPaymentSchema, answer=EntrySchema, status=201, creates=True, needs_key=True
)  # fmt: skip
def pay_money(body: dict[str, Any]) -> Response:
    """Say that liquidated money was paid."""
    return _posted(operations.pay_money, body)


@ledger.operation(
    "POST", "/reversals", "reverseEntry", body=NewReversalSchema, answer=EntrySchema, status=201, creates=True,
    needs_key=True,
)  # fmt: skip
def reverse_entry(body: dict[str, Any]) -> Response:
    """Take an entry back, whole or in part."""
    return _posted(operations.reverse_entry, body)


def _posted(operation: Callable[..., UUID], body: dict[str, Any]) -> Response:
    with transaction() as (session, actor):
        values = {**body, "amount": body["amount"]["amount"]}
        made = once(session, actor, lambda: operation(session, actor, **values), is_required=True)
        location = location_of("ledger.show_entry", entry_id=made)
        return answer(EntrySchema, queries.entry(session, made), status=201, location=location)


def _page(rows: list[dict[str, Any]], limit: int, scope: str) -> Response:
    return answer_page(EntrySchema, paged(rows, limit=limit, scope=scope, id_of=lambda row: row["id"]))
