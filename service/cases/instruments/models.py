"""Instruments of assessment: definitions kept as data, versioned."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base


class Instrument(Base):
    """One version of an instrument. Never changed: results refer to it, and take its sensitivity and direction from it."""

    __tablename__ = "instruments"
    __table_args__ = (
        CheckConstraint("sensitivity IN ('social', 'health')", name="sensitivity"),
        CheckConstraint("direction IN ('higher_is_better', 'lower_is_better')", name="direction"),
        UniqueConstraint("code", "version", "sensitivity", "direction"),
        {"schema": "cases"},
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    sensitivity: Mapped[str]
    direction: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
