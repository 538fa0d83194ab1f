"""Reading the budget of a case."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, not_, select
from sqlalchemy.orm import Session

from service.budget.funds.models import Allocation, Fund, Total
from service.budget.funds.queries import allocation_row, balances, money
from service.budget.lines.models import BudgetLine
from service.budget.lines.rules import BY_LIMIT, BudgetWarning, Funding, warnings
from service.cases.records.queries import fact, stood
from service.errors import NotFound
from service.web.paging import page

PLAIN = (
    "id", "resource_kind", "source", "allocation_id", "description", "quality", "quantity", "unit", "frequency", "from_on",
    "to_on", "area", "quota", "provider_id", "in_kind", "is_existing", "self_managed", "goal_key", "support_key",
    "shared_cost_id", "intervention_code", "programme", "recorded_at", "superseded_at",
)  # fmt: skip
"""What a line says beside its amounts."""


def line_row(session: Session, line_id: UUID) -> BudgetLine:
    """A line that stands, whoever's case it is of. Raises NotFound."""
    found = session.scalars(
        select(BudgetLine).where(BudgetLine.id == line_id, BudgetLine.superseded_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound("line_is_unknown")
    return found


def allocation_lines(
    session: Session, allocation_id: UUID, *, limit: int, cursor: str | None, is_misaligned: bool | None = None
) -> list[dict[str, Any]]:  # fmt: skip
    """A page of the lines that ask for an allocation's money: all, those with a day outside its period, or the rest."""
    allocation = allocation_row(session, allocation_id)
    statement = select(BudgetLine).where(BudgetLine.allocation_id == allocation_id, BudgetLine.superseded_at.is_(None))
    if is_misaligned is not None:
        first, last = allocation.spends_from or date.min, allocation.spends_to or date.max
        is_aligned = and_(
            *(func.coalesce(day, first).between(first, last) for day in (BudgetLine.from_on, BudgetLine.to_on))
        )
        statement = statement.where(not_(is_aligned) if is_misaligned else is_aligned)
    rows = session.scalars(
        page(statement, BudgetLine.id, limit=limit, cursor=cursor, scope=f"lines:{allocation_id}:{is_misaligned}")
    )
    return [{**described_line(row), "case_id": row.case_id, "municipality": row.municipality} for row in rows]


def line(session: Session, case_id: UUID, line_id: UUID) -> dict[str, Any]:
    """One line, with what is odd about it. Raises NotFound."""
    return warned_lines(session, case_id, [fact(session, BudgetLine, case_id, line_id)])[0]


def shared_cost(session: Session, case_id: UUID, shared_cost_id: UUID) -> dict[str, Any]:
    """The lines of a cost that several sources bear, whether they stand or were withdrawn. Raises NotFound."""
    statement = select(BudgetLine).where(BudgetLine.case_id == case_id, BudgetLine.shared_cost_id == shared_cost_id)
    found = session.scalars(statement.order_by(BudgetLine.id)).all()
    if not found:
        raise NotFound("fact_is_unknown")
    total = sum((one.cost for one in found), Decimal(0))
    return {"id": shared_cost_id, "cost": money(total), "lines": warned_lines(session, case_id, found)}


def warned_lines(session: Session, case_id: UUID, rows: Sequence[BudgetLine]) -> list[dict[str, Any]]:
    """Lines of a case, each with what is odd about it: one that was withdrawn troubles nobody."""
    live = session.scalars(select(BudgetLine).where(BudgetLine.case_id == case_id, stood(BudgetLine, None))).all()
    odd = warnings_of(session, live)
    return [{**described_line(row), "warnings": odd.get(row.id, [])} for row in rows]


def warnings_of(
    session: Session, lines: Sequence[BudgetLine], *, is_past: bool = False
) -> dict[UUID, list[BudgetWarning]]:
    """What is odd about each of the lines that stand, or stood together. `is_past`: not what allocations hold today."""
    asked = {line.allocation_id for line in lines if line.allocation_id is not None}
    funding = _funding(session, asked, is_past=is_past) if asked else {}
    return warnings([{name: getattr(line, name) for name in PLAIN} for line in lines], funding)


def _funding(session: Session, allocation_ids: Iterable[UUID], *, is_past: bool) -> dict[UUID, Funding]:
    """What lines meet in each allocation, by the totals of its months: all the lines that ask for it are never read."""
    planned = select(func.sum(Total.planned)).where(Total.allocation_id == Allocation.id).scalar_subquery()
    rows = session.execute(select(Allocation, planned).where(Allocation.id.in_(allocation_ids)))
    return {
        one.id: Funding(one.amount, None if is_past else total, one.spends_from, one.spends_to,
                        {name: getattr(one, name) for name in BY_LIMIT})
        for one, total in rows
    }  # fmt: skip


def has_lines(session: Session, case_id: UUID) -> bool:
    """Whether the budget of a case has a line, whatever pays it."""
    statement = select(BudgetLine.id).where(BudgetLine.case_id == case_id, BudgetLine.superseded_at.is_(None)).limit(1)
    return session.scalar(statement) is not None


def lines_with_funds(
    session: Session, case_id: UUID, known_at: datetime | None = None
) -> list[tuple[BudgetLine, Fund | None]]:  # fmt: skip
    """The lines of a case's budget in their order, each with the fund that pays it (none: no fund does): those of today, or
    those that stood at an instant."""
    statement = (
        select(BudgetLine, Fund)
        .outerjoin(Allocation, Allocation.id == BudgetLine.allocation_id)
        .outerjoin(Fund, Fund.id == Allocation.fund_id)
        .where(BudgetLine.case_id == case_id, stood(BudgetLine, known_at))
        .order_by(BudgetLine.id)
    )
    return [(line, fund) for line, fund in session.execute(statement)]


def described_line(row: BudgetLine) -> dict[str, Any]:
    """A line with its amounts as money."""
    return {**{name: getattr(row, name) for name in PLAIN}, "cost": money(row.cost), **balances(row)}
