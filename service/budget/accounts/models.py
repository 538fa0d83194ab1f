"""What who manages a line of the budget accounts for."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.budget.funds.models import EUROS
from service.cases.records.models import Recorded
from service.db import Base


class ExpenseAccount(Recorded, Base):
    """What was spent of a self-managed line from one day to another, both included, and how much of it is accepted
    (D.Lgs 62/2024 art. 28 c. 8). The accounts of a line that stand have no day in common."""

    __tablename__ = "expense_accounts"
    __table_args__ = (
        ForeignKeyConstraint(["line_id", "case_id"], ["budget.lines.id", "budget.lines.case_id"]),
        ForeignKeyConstraint(["file_id", "case_id"], ["cases.files.id", "cases.files.case_id"]),
        CheckConstraint("from_on <= to_on AND to_on <= presented_on", name="in_order"),
        CheckConstraint("0 <= accepted AND accepted <= spent", name="accepted_within_spent"),
        CheckConstraint("(accepted < spent) = (refusal_reason IS NOT NULL)", name="refusal"),
        ExcludeConstraint(
            ("line_id", "="), (text("daterange(from_on, to_on, '[]')"), "&&"),
            where=text("superseded_at IS NULL"), using="gist", name="ex_expense_accounts_no_overlap",
        ),
        {"schema": "budget"},
    )  # fmt: skip

    line_id: Mapped[UUID]
    from_on: Mapped[date]
    to_on: Mapped[date]
    presented_on: Mapped[date]
    spent: Mapped[Decimal] = mapped_column(EUROS)
    accepted: Mapped[Decimal] = mapped_column(EUROS)
    refusal_reason: Mapped[str | None]
    file_id: Mapped[UUID | None]
