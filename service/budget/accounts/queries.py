"""Reading the accounts of a case's self-managed lines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.budget.accounts.models import ExpenseAccount
from service.budget.funds.queries import money
from service.cases.records.queries import fact, facts, stood

NAMES = (
    "id",
    "line_id",
    "from_on",
    "to_on",
    "presented_on",
    "refusal_reason",
    "file_id",
    "recorded_at",
    "superseded_at",
)


def expense_accounts(session: Session, case_id: UUID) -> list[dict[str, Any]]:
    """The accounts that stand, the latest period first."""
    return [_described(row) for row in facts(session, ExpenseAccount, case_id, newest_by=ExpenseAccount.from_on)]


def expense_account(session: Session, case_id: UUID, account_id: UUID) -> dict[str, Any]:
    """One account, also one withdrawn. Raises NotFound."""
    return _described(fact(session, ExpenseAccount, case_id, account_id))


def accounts_known_at(session: Session, case_id: UUID, known_at: datetime | None) -> Sequence[ExpenseAccount]:
    """The accounts of a case that stand, or that stood at an instant."""
    statement = select(ExpenseAccount).where(ExpenseAccount.case_id == case_id, stood(ExpenseAccount, known_at))
    return session.scalars(statement).all()


def _described(row: ExpenseAccount) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in NAMES}, "spent": money(row.spent), "accepted": money(row.accepted)}
