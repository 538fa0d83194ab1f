"""Contracts of employment."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base


class Hire(Recorded, Base):
    """A contract of employment. How long the job is kept is observed later, by outcomes."""

    __tablename__ = "hires"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        ForeignKeyConstraint(
            ["placement_id", "case_id"], ["cases.work_placements.id", "cases.work_placements.case_id"]
        ),
        CheckConstraint("from_on <= to_on", name="in_order"),
        CheckConstraint("weekly_hours > 0 AND weekly_hours <= 168", name="weekly_hours"),
        {"schema": "cases"},
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    contract: Mapped[str]
    weekly_hours: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    is_l68_quota: Mapped[bool]
    convention: Mapped[str | None]
    subsidy: Mapped[str | None]
    placement_id: Mapped[UUID | None]
