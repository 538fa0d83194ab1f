"""The ledger: what moved, by which act. Entries are added and never change; nobody is named in them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from service.budget.funds.models import EUROS
from service.db import Base
from service.types import new_id


class Entry(Base):
    """A commitment of an allocation's money to a line (impegno), its liquidation (liquidazione), a payment (pagamento), or the
    reversal of one of these (storno).

    `parent_id`: the commitment that is liquidated, the liquidation that is paid, what is reversed. `used`: what children that
    stand took of it; `reversed`: what reversals took back. Both are kept by trigger alone.
    """

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint("kind IN ('commitment', 'liquidation', 'payment', 'reversal')", name="kind"),
        CheckConstraint("(kind = 'commitment') = (parent_id IS NULL)", name="parent"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("0 <= used AND 0 <= reversed AND used + reversed <= amount", name="room"),
        Index("ix_entries_parent_id", "parent_id"),
        Index("ix_entries_line_id", "line_id"),
        Index("ix_entries_allocation_id", "allocation_id", "id"),
        Index("ix_entries_case_id", "case_id", "id"),
        {"schema": "budget"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget.entries.id"))
    line_id: Mapped[UUID] = mapped_column(ForeignKey("budget.lines.id"))
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("budget.allocations.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"))
    amount: Mapped[Decimal] = mapped_column(EUROS)
    used: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    reversed: Mapped[Decimal] = mapped_column(EUROS, default=Decimal(0))
    act: Mapped[str]
    document: Mapped[str | None]
    occurred_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]
