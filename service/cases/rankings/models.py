"""Calls for applications, the applications of cases, and the rankings frozen from them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base
from service.types import new_id


class Call(Base):
    """A call (bando) of a programme, run by a service. Never changed: its rankings are made by its `terms`.

    `closed_on` is the last day; without one, applications are taken at any time (a sportello).
    """

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("opened_on <= closed_on", name="in_order"),
        UniqueConstraint("code"),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    label: Mapped[str]
    programme: Mapped[str]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"), index=True)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class Application(Recorded, Base):
    """A case in a call: when it was protocolled, its priority class, the points of each criterion of urgency."""

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        Index("uq_applications_live", "call_id", "case_id", unique=True, postgresql_where="superseded_at IS NULL"),
        Index("uq_applications_protocol", "call_id", "protocol_on", "protocol_number", unique=True,
              postgresql_where="superseded_at IS NULL"),
        {"schema": "cases"},
    )  # fmt: skip

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.calls.id"))
    protocol_on: Mapped[date]
    protocol_number: Mapped[int]
    priority_class: Mapped[str]
    urgency_scores: Mapped[dict[str, int]] = mapped_column(JSONB)


class Ranking(Base):
    """A ranking frozen, and the act that approves it: how many applications it orders, the digest of terms and places."""

    __tablename__ = "rankings"
    __table_args__ = (UniqueConstraint("call_id", "number"), {"schema": "cases"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.calls.id"))
    number: Mapped[int]
    size: Mapped[int]
    digest: Mapped[str]
    act: Mapped[str]
    frozen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    frozen_by: Mapped[UUID]


class Place(Base):
    """One place of a ranking, with all that it was given for: the application may be withdrawn later, this stays."""

    __tablename__ = "ranking_places"
    __table_args__ = (
        UniqueConstraint("ranking_id", "position"),
        ForeignKeyConstraint(["application_id", "case_id"], ["cases.applications.id", "cases.applications.case_id"]),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ranking_id: Mapped[UUID] = mapped_column(ForeignKey("cases.rankings.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"), index=True)
    application_id: Mapped[UUID]
    position: Mapped[int]
    priority_class: Mapped[str]
    urgency_scores: Mapped[dict[str, int]] = mapped_column(JSONB)
    protocol_on: Mapped[date]
    protocol_number: Mapped[int]
    score: Mapped[Decimal] = mapped_column(Numeric(8, 2))
