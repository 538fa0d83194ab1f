"""The passage of a case from one service to another."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base


class Transfer(Recorded, Base):
    """A case offered to another service, and what that service answered. One open offer at a time."""

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("from_service_id <> to_service_id", name="to_another"),
        CheckConstraint("decision IN ('accepted', 'refused', 'withdrawn')", name="decision"),
        CheckConstraint("(decision IS NULL) = (decided_on IS NULL)", name="decided"),
        CheckConstraint("offered_on <= decided_on", name="in_order"),
        Index("uq_transfers_open", "case_id", unique=True, postgresql_where="decision IS NULL"),
        {"schema": "cases"},
    )

    from_service_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    to_service_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    offered_on: Mapped[date]
    reason: Mapped[str]
    decision: Mapped[str | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None]
    decision_reason: Mapped[str | None]
