"""Money and what stands beside it: funds, yearly allocations, the lines of a project's budget, the ledger."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base
from service.types import new_id

EUROS = Numeric(14, 2)


class Fund(Base):
    """Where public money comes from."""

    __tablename__ = "funds"
    __table_args__ = (UniqueConstraint("code"), {"schema": "budget"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class Allocation(Base):
    """One fund for one year. Balances are kept by trigger alone."""

    __tablename__ = "allocations"
    __table_args__ = (
        UniqueConstraint("fund_id", "year"),
        CheckConstraint("committed BETWEEN 0 AND amount", name="committed_within_amount"),
        {"schema": "budget"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("budget.funds.id"))
    year: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(EUROS)
    committed: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    liquidated: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class BudgetLine(Recorded, Base):
    """A resource of a project's budget (DM 23/11/2016 art. 1): what kind, from which source, at what cost."""

    __tablename__ = "lines"
    __table_args__ = (
        CheckConstraint("committed BETWEEN 0 AND cost", name="committed_within_cost"),
        CheckConstraint("(source = 'fund') = (allocation_id IS NOT NULL)", name="fund_has_allocation"),
        {"schema": "budget"},
    )

    resource_kind: Mapped[str]
    source: Mapped[str]
    allocation_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget.allocations.id"), index=True)
    description: Mapped[str]
    cost: Mapped[Decimal] = mapped_column(EUROS)
    committed: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))


class Participation(Recorded, Base):
    """How the person and the family take part in the budget (D2-IMP-2: "partecipano al budget di progetto")."""

    __tablename__ = "participations"
    __table_args__ = (
        CheckConstraint("who IN ('person', 'family', 'both')", name="who"),
        CheckConstraint("built OR contributed OR managed", name="something"),
        {"schema": "budget"},
    )

    who: Mapped[str]
    built: Mapped[bool]
    contributed: Mapped[bool]
    managed: Mapped[bool]
    occurred_on: Mapped[date]


class Commitment(Base):
    """An entry of the ledger: money of an allocation bound to a line (impegno). Opaque: no person in it."""

    __tablename__ = "commitments"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("liquidated BETWEEN 0 AND amount", name="liquidated_within_amount"),
        Index("ix_commitments_allocation_id", "allocation_id"),
        Index("ix_commitments_line_id", "line_id"),
        {"schema": "budget"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("budget.lines.id"))
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("budget.allocations.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(EUROS)
    liquidated: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    act: Mapped[str]
    occurred_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class Liquidation(Base):
    """An entry of the ledger: committed money found due (liquidazione)."""

    __tablename__ = "liquidations"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_liquidations_commitment_id", "commitment_id"),
        {"schema": "budget"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    commitment_id: Mapped[UUID] = mapped_column(ForeignKey("budget.commitments.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(EUROS)
    act: Mapped[str]
    occurred_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]
