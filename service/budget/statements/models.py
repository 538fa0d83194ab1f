"""Statements to a fund, and their approvals. Both append-only."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.types import new_id


class Statement(Base):
    """What an allocation moved from a day to the end of a month (rendiconto), as the ledger said when it was prepared.

    `number` counts the periods of the allocation, `version` how often this one was prepared. `content` is canonical JSON,
    `digest` its SHA-256, in hexadecimal.
    """

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("allocation_id", "number", "version"),
        CheckConstraint("from_on <= to_on AND extract(day FROM to_on + 1) = 1", name="period"),
        CheckConstraint("digest = encode(sha256(convert_to(content, 'UTF8')), 'hex')", name="digest"),
        {"schema": "budget"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("budget.allocations.id"))
    number: Mapped[int]
    version: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date]
    content: Mapped[str]
    digest: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class StatementApproval(Base):
    """The act that approves a statement. A trigger holds it against the ledger, and freezes the period up to its last day."""

    __tablename__ = "statement_approvals"
    __table_args__ = ({"schema": "budget"},)

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("budget.statements.id"), primary_key=True)
    act: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]
