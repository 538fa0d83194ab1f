"""Reading the ledger."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.budget.funds.queries import allocation_row, money
from service.budget.ledger.models import Entry
from service.errors import NotFound
from service.web.paging import page


def entry_row(session: Session, entry_id: UUID) -> Entry:
    """One entry as it is now. Raises NotFound."""
    found = session.get(Entry, entry_id, populate_existing=True)
    if found is None:
        raise NotFound("entry_is_unknown")
    return found


def entry(session: Session, entry_id: UUID) -> dict[str, Any]:
    """One entry, with what is left of it. Raises NotFound."""
    return _described(entry_row(session, entry_id))


def allocation_entries(
    session: Session, allocation_id: UUID, *, limit: int, cursor: str | None
) -> list[dict[str, Any]]:  # fmt: skip
    """A page of an allocation's entries, what was recorded last first. Raises NotFound."""
    allocation_row(session, allocation_id)
    statement = select(Entry).where(Entry.allocation_id == allocation_id)
    return _page(session, statement, f"entries:{allocation_id}", limit, cursor)


def case_entries(session: Session, case_id: UUID, *, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """A page of what moved for a case, what was recorded last first."""
    return _page(session, select(Entry).where(Entry.case_id == case_id), f"entries:{case_id}", limit, cursor)


def _page(
    session: Session, statement: Select[Any], scope: str, limit: int, cursor: str | None
) -> list[dict[str, Any]]:  # fmt: skip
    rows = session.scalars(page(statement, Entry.id, limit=limit, cursor=cursor, scope=scope))
    return [_described(row) for row in rows]


def _described(row: Entry) -> dict[str, Any]:
    names = (
        "id",
        "kind",
        "parent_id",
        "line_id",
        "allocation_id",
        "case_id",
        "act",
        "document",
        "occurred_on",
        "recorded_at",
    )
    left = row.amount - row.used - row.reversed if row.kind != "reversal" else row.amount - row.amount
    return {**{name: getattr(row, name) for name in names}, "amount": money(row.amount), "residual": money(left)}
