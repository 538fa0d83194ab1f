"""Reading funds, allocations and what changed them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.budget.funds.models import Allocation, AllocationChange, Fund
from service.codes import Entry, code_list
from service.errors import NotFound
from service.web.paging import page

ROOM = "service.budget"
SAID = ("cup", "spends_from", "spends_to", "report_by", "programmes", "resource_kinds", "intervention_codes", "plan",
        "objective", "frozen_to")  # fmt: skip
"""What an allocation says of itself beside its amounts."""


def catalogue() -> list[dict[str, Any]]:
    """The funds that the plans name, in the order of the file."""
    return [{"code": row.code, "name": row.label, "origin": row.traits["origin"], "source": row.source}
            for row in code_list(ROOM, "funds")]  # fmt: skip


def in_catalogue(code: str) -> Entry | None:
    """A fund that the plans name, if this is one."""
    return next((row for row in code_list(ROOM, "funds") if row.code == code), None)


def funds(session: Session, *, limit: int, cursor: str | None) -> Sequence[Fund]:
    """A page of funds."""
    return session.scalars(page(select(Fund), Fund.id, limit=limit, cursor=cursor, scope="funds")).all()


def fund(session: Session, fund_id: UUID) -> Fund:
    """One fund. Raises NotFound."""
    found = session.get(Fund, fund_id)
    if found is None:
        raise NotFound("fund_is_unknown")
    return found


def allocations(session: Session, fund_id: UUID) -> list[dict[str, Any]]:
    """The allocations of a fund by year, with their balances, EUR."""
    fund(session, fund_id)
    rows = session.scalars(select(Allocation).where(Allocation.fund_id == fund_id).order_by(Allocation.year))
    return [_described(row) for row in rows]


def allocation_row(session: Session, allocation_id: UUID) -> Allocation:
    """One allocation as it is now. Raises NotFound."""
    found = session.get(Allocation, allocation_id, populate_existing=True)
    if found is None:
        raise NotFound("allocation_is_unknown")
    return found


def allocation(session: Session, allocation_id: UUID) -> dict[str, Any]:
    """One allocation with its balances, EUR. Raises NotFound."""
    return _described(allocation_row(session, allocation_id))


def changes(session: Session, allocation_id: UUID) -> list[dict[str, Any]]:
    """What acts gave and took, from the first. Raises NotFound."""
    allocation_row(session, allocation_id)
    statement = select(AllocationChange).where(AllocationChange.allocation_id == allocation_id)
    rows = session.scalars(statement.order_by(AllocationChange.occurred_on, AllocationChange.id))
    return [_change(row) for row in rows]


def change(session: Session, allocation_id: UUID, change_id: UUID) -> dict[str, Any]:
    """One of them. Raises NotFound."""
    found = session.get(AllocationChange, change_id)
    if found is None or found.allocation_id != allocation_id:
        raise NotFound("fact_is_unknown")
    return _change(found)


def money(amount: Decimal) -> dict[str, Any]:
    """An amount as the API writes it."""
    return {"amount": amount, "currency": "EUR"}


def balances(row: Any) -> dict[str, Any]:
    """What is committed, liquidated and paid of an allocation or a line, as money."""
    return {name: money(getattr(row, name)) for name in ("committed", "liquidated", "paid")}


def _described(row: Allocation) -> dict[str, Any]:
    return {"id": row.id, "fund_id": row.fund_id, "year": row.year, "amount": money(row.amount), **balances(row),
            "residual": money(row.amount - row.committed), **{name: getattr(row, name) for name in SAID}}  # fmt: skip


def _change(row: AllocationChange) -> dict[str, Any]:
    return {"id": row.id, "allocation_id": row.allocation_id, "kind": row.kind, "amount": money(row.amount), "act": row.act,
            "occurred_on": row.occurred_on, "recorded_at": row.recorded_at}  # fmt: skip
