"""Where public money comes from: funds, what they allocate for a year, and the acts that raised or cut it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.types import new_id

EUROS = Numeric(14, 2)
TOTAL_KEY = ("allocation_id", "month", "programme", "municipality", "intervention_code")
IN_ORDER = "0 <= paid AND paid <= liquidated AND liquidated <= committed"


class Fund(Base):
    """Where public money comes from; `origin`: who finances it."""

    __tablename__ = "funds"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("origin IN ('state', 'region', 'union', 'municipality', 'private')", name="origin"),
        {"schema": "budget"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    origin: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class Allocation(Base):
    """One fund for one year. What it holds follows its changes, its balances the ledger: both are kept by trigger alone.

    Its rules don't change: what it pays is committed and found due from `spends_from` to `spends_to` (none: open), and paid
    by `report_by`, when it is reported; of lines whose programme, kind of resource and intervention code it names (empty:
    any). `plan` and `objective` are the codes of what it serves. `frozen_to` is the last day of the last approved statement:
    nothing is dated up to then any more.
    """

    __tablename__ = "allocations"
    __table_args__ = (
        UniqueConstraint("fund_id", "year"),
        CheckConstraint("committed <= amount", name="committed_within_amount"),
        CheckConstraint(IN_ORDER, name="in_order"),
        CheckConstraint("spends_from <= spends_to AND spends_to <= report_by", name="period"),
        {"schema": "budget"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("budget.funds.id"))
    year: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    committed: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    liquidated: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    paid: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    cup: Mapped[str | None]
    spends_from: Mapped[date | None]
    spends_to: Mapped[date | None]
    report_by: Mapped[date | None]
    programmes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    resource_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    intervention_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    plan: Mapped[str | None]
    objective: Mapped[str | None]
    frozen_to: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class AllocationChange(Base):
    """What an act gave to an allocation, or took from it; never below what is committed. Append-only."""

    __tablename__ = "allocation_changes"
    __table_args__ = (
        CheckConstraint("kind IN ('initial', 'increase', 'cut')", name="kind"),
        CheckConstraint("amount > 0", name="amount"),
        Index("uq_allocation_changes_initial", "allocation_id", unique=True, postgresql_where="kind = 'initial'"),
        Index("ix_allocation_changes_allocation_id", "allocation_id"),
        {"schema": "budget"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("budget.allocations.id"))
    kind: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(EUROS)
    act: Mapped[str]
    occurred_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class Total(Base):
    """What happened to an allocation in a month, for a programme, a Comune and an intervention code, EUR; below zero where
    more was reversed than moved. Kept by trigger alone: answers read these, whose number the entries don't raise.
    """

    __tablename__ = "totals"
    __table_args__ = (
        Index("uq_totals_key", *TOTAL_KEY, unique=True, postgresql_nulls_not_distinct=True),
        {"schema": "budget"},
    )  # fmt: skip
    __mapper_args__ = {"primary_key": TOTAL_KEY}  # noqa: RUF012

    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("budget.allocations.id"))
    month: Mapped[date]
    programme: Mapped[str]
    municipality: Mapped[str | None]
    intervention_code: Mapped[str | None]
    planned: Mapped[Decimal] = mapped_column(EUROS)
    committed: Mapped[Decimal] = mapped_column(EUROS)
    liquidated: Mapped[Decimal] = mapped_column(EUROS)
    paid: Mapped[Decimal] = mapped_column(EUROS)
