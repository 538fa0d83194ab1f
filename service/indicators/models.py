"""The plans as loaded: a plan has versions, each the whole of a file."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.types import new_id


class Plan(Base):
    """One version of a Piano di Zona: the period, and the digest of the file that it was loaded from."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("code", "version"), {"schema": "indicators"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    ambito: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    file_digest: Mapped[bytes]
    loaded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Objective(Base):
    """An objective of a plan."""

    __tablename__ = "objectives"
    __table_args__ = (UniqueConstraint("plan_id", "code"), {"schema": "indicators"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.plans.id"))
    position: Mapped[int]
    code: Mapped[str]
    macro_area: Mapped[str]
    title: Mapped[str]


class Indicator(Base):
    """What an objective promised, in the plan's own words, and the measure that computes it, if case records feed it."""

    __tablename__ = "indicators"
    __table_args__ = (UniqueConstraint("plan_id", "code"), {"schema": "indicators"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.plans.id"))
    objective_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.objectives.id"))
    position: Mapped[int]
    code: Mapped[str]
    family: Mapped[str]
    statement: Mapped[str]
    value_type: Mapped[str]
    expected: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    basis: Mapped[str]
    fed_by: Mapped[str]
    measure: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class Snapshot(Base):
    """Values frozen at the end of a half-year, as aggregate-only roles read them: small numbers are not kept here.

    One for each plan and day, whatever the plan's version: two that differ a little would tell of the few between them.
    """

    __tablename__ = "snapshots"
    __table_args__ = (UniqueConstraint("plan_code", "on_day"), {"schema": "indicators"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.plans.id"))
    plan_code: Mapped[str]
    on_day: Mapped[date]
    known_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class SnapshotValue(Base):
    """The value of one indicator in a snapshot."""

    __tablename__ = "snapshot_values"
    __table_args__ = ({"schema": "indicators"},)

    snapshot_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.snapshots.id"), primary_key=True)
    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.indicators.id"), primary_key=True)
    measure_version: Mapped[int]
    value: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    missing: Mapped[int | None]
    is_suppressed: Mapped[bool]
