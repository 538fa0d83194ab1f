"""Programmes (misure) and judgement scales: definitions kept as data, versioned."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base


class Programme(Base):
    """One version of a programme: its stages, moves, areas, signers, outcomes. Never changed once a case uses it."""

    __tablename__ = "programmes"
    __table_args__ = ({"schema": "cases"},)

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ProgrammeGroup(Base):
    """Programmes that a plan counts together, e.g. AUTONOMIA."""

    __tablename__ = "programme_groups"
    __table_args__ = ({"schema": "cases"},)

    group_code: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(primary_key=True)


class JudgementScale(Base):
    """How a judgement's number is read: a value from `positive_from` on is positive."""

    __tablename__ = "judgement_scales"
    __table_args__ = (
        CheckConstraint("least < positive_from AND positive_from <= most", name="in_order"),
        {"schema": "cases"},
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    least: Mapped[int]
    most: Mapped[int]
    positive_from: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
