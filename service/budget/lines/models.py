"""The lines of a project's budget, and how the person and the family take part in it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.budget.funds.models import EUROS, IN_ORDER
from service.cases.records.models import Recorded
from service.db import Base


class BudgetLine(Recorded, Base):
    """A resource of a project's budget (DM 23/11/2016 art. 1; D.Lgs 62/2024 art. 18): what kind, how much, from when to when,
    from which source, at what cost, for which goal or support of the project (known by their keys there).

    Its balances follow the ledger. `programme` is that of the case and `municipality` (ISTAT code) where its person resided
    when the line was recorded: a trigger writes them, for those who answer for a fund and see no case.
    """

    __tablename__ = "lines"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        CheckConstraint("committed <= cost", name="committed_within_cost"),
        CheckConstraint(IN_ORDER, name="in_order"),
        CheckConstraint("(source = 'fund') = (allocation_id IS NOT NULL)", name="fund_has_allocation"),
        CheckConstraint("superseded_at IS NULL OR committed = 0", name="withdrawn_without_money"),
        CheckConstraint("from_on <= to_on", name="period"),
        CheckConstraint("NOT (in_kind AND source = 'fund')", name="paid_in_money"),
        {"schema": "budget"},
    )

    resource_kind: Mapped[str]
    source: Mapped[str]
    allocation_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget.allocations.id"), index=True)
    description: Mapped[str]
    quality: Mapped[str | None]
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    unit: Mapped[str | None]
    frequency: Mapped[str | None]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    area: Mapped[str | None]
    quota: Mapped[str | None]
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.organisations.id"))
    in_kind: Mapped[bool] = mapped_column(default=False)
    is_existing: Mapped[bool] = mapped_column(default=False)
    self_managed: Mapped[bool] = mapped_column(default=False)
    goal_key: Mapped[UUID | None]
    support_key: Mapped[UUID | None]
    shared_cost_id: Mapped[UUID | None]
    intervention_code: Mapped[str | None]
    programme: Mapped[str] = mapped_column(server_default=FetchedValue())
    municipality: Mapped[str | None] = mapped_column(server_default=FetchedValue())
    cost: Mapped[Decimal] = mapped_column(EUROS)
    committed: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    liquidated: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    paid: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))


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
