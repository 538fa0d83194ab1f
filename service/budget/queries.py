"""Reading funds, allocations and the budget of a case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.budget.models import Allocation, BudgetLine, Commitment, Fund, Liquidation
from service.cases.records.queries import fact
from service.errors import NotFound
from service.web.paging import page


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


def allocation(session: Session, allocation_id: UUID) -> dict[str, Any]:
    """One allocation. Raises NotFound."""
    found = session.get(Allocation, allocation_id)
    if found is None:
        raise NotFound("allocation_is_unknown")
    return _described(found)


def allocation_lines(session: Session, allocation_id: UUID, *, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """A page of the lines that ask for an allocation's money."""
    allocation(session, allocation_id)
    statement = select(BudgetLine).where(BudgetLine.allocation_id == allocation_id, BudgetLine.superseded_at.is_(None))
    rows = session.scalars(page(statement, BudgetLine.id, limit=limit, cursor=cursor, scope=f"lines:{allocation_id}"))
    return [{**described_line(row), "case_id": row.case_id} for row in rows]


def commitment(session: Session, commitment_id: UUID) -> dict[str, Any]:
    """A commitment of the ledger. Raises NotFound."""
    return _entry(session, Commitment, commitment_id)


def liquidation(session: Session, liquidation_id: UUID) -> dict[str, Any]:
    """A liquidation of the ledger. Raises NotFound."""
    return _entry(session, Liquidation, liquidation_id)


def line(session: Session, case_id: UUID, line_id: UUID) -> dict[str, Any]:
    """One line. Raises NotFound."""
    return described_line(fact(session, BudgetLine, case_id, line_id))


def has_lines(session: Session, case_id: UUID) -> bool:
    """Whether the budget of a case has a line, whatever pays it."""
    statement = select(BudgetLine.id).where(BudgetLine.case_id == case_id, BudgetLine.superseded_at.is_(None)).limit(1)
    return session.scalar(statement) is not None


def lines_with_funds(
    session: Session, case_id: UUID, known_at: datetime | None = None
) -> list[tuple[BudgetLine, str | None]]:  # fmt: skip
    """The lines of a case's budget in their order, each with the name of the fund that pays it (none: no fund does): those of
    today, or those that stood at an instant."""
    stood: ColumnElement[bool] = BudgetLine.superseded_at.is_(None)
    if known_at is not None:
        stood = (BudgetLine.recorded_at <= known_at) & (stood | (BudgetLine.superseded_at > known_at))
    statement = (
        select(BudgetLine, Fund.name)
        .outerjoin(Allocation, Allocation.id == BudgetLine.allocation_id)
        .outerjoin(Fund, Fund.id == Allocation.fund_id)
        .where(BudgetLine.case_id == case_id, stood)
        .order_by(BudgetLine.id)
    )
    return [(line, fund) for line, fund in session.execute(statement)]


def described_line(row: BudgetLine) -> dict[str, Any]:
    """A line with its amounts as money."""
    return {
        "id": row.id, "resource_kind": row.resource_kind, "source": row.source, "allocation_id": row.allocation_id,
        "description": row.description, "cost": money(row.cost), "committed": money(row.committed),
    }  # fmt: skip


def money(amount: Any) -> dict[str, Any]:
    """An amount as the API writes it."""
    return {"amount": amount, "currency": "EUR"}


def _entry(session: Session, table: type[Commitment] | type[Liquidation], entry_id: UUID) -> dict[str, Any]:
    found: Any = session.get(table, entry_id, populate_existing=True)
    if found is None:
        raise NotFound("entry_is_unknown")
    return {"id": found.id, "case_id": found.case_id, "amount": money(found.amount), "act": found.act,
            "occurred_on": found.occurred_on, "recorded_at": found.recorded_at}  # fmt: skip


def _described(row: Allocation) -> dict[str, Any]:
    return {"id": row.id, "fund_id": row.fund_id, "year": row.year, "amount": money(row.amount),
            "committed": money(row.committed), "liquidated": money(row.liquidated)}  # fmt: skip
