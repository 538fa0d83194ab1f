"""The multidimensional assessment, the results of instruments, how complex a case is, the preliminary analysis."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    and_,
    or_,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from service.cases.instruments.rules import MOMENTS
from service.cases.records.models import Recorded
from service.db import Base
from service.types import new_id

KNOWN_MOMENT = f"moment IN ({', '.join(repr(moment) for moment in MOMENTS)})"


class PreliminaryAnalysis(Recorded, Base):
    """The analisi preliminare closed with an outcome of the programme (D.Lgs 147/2017 art. 5). `outcome_letter` is the
    platform's, kept as it came: no source says what the letters mean."""

    __tablename__ = "preliminary_analyses"
    __table_args__ = ({"schema": "cases"},)

    occurred_on: Mapped[date]
    outcome: Mapped[str]
    outcome_letter: Mapped[str | None]
    finding: Mapped[str | None]


class Assessment(Recorded, Base):
    """One assessment, by one operator or a team (`setting`), at a moment of the path."""

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint(KNOWN_MOMENT, name="moment"),
        UniqueConstraint("id", "case_id"),
        {"schema": "cases"},
    )

    occurred_on: Mapped[date]
    moment: Mapped[str]
    setting: Mapped[str]
    is_joint_with_asst: Mapped[bool]
    areas: Mapped[list["AssessedArea"]] = relationship(lazy="raise_on_sql", order_by="AssessedArea.area")
    results: Mapped[list["InstrumentResult"]] = relationship(
        lazy="raise_on_sql", viewonly=True,
        order_by=lambda: (InstrumentResult.instrument, InstrumentResult.area.nulls_first(), InstrumentResult.id),
        # Those withdrawn by themselves are left out; those that went with the assessment are still its own.
        primaryjoin=lambda: and_(
            Assessment.id == foreign(InstrumentResult.assessment_id),
            or_(InstrumentResult.superseded_at.is_(None), InstrumentResult.superseded_at == Assessment.superseded_at),
        ),
    )  # fmt: skip


class AssessedArea(Base):
    """One area: how much support is needed, from 0 (none) to 4 (complete), and the words for it."""

    __tablename__ = "assessed_areas"
    __table_args__ = (
        CheckConstraint("support_need BETWEEN 0 AND 4", name="support_need"),
        UniqueConstraint("assessment_id", "area"),
        ForeignKeyConstraint(["assessment_id", "case_id"], ["cases.assessments.id", "cases.assessments.case_id"]),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"), index=True)
    area: Mapped[str]
    support_need: Mapped[int]
    finding: Mapped[str | None]


class InstrumentResult(Recorded, Base):
    """What an instrument gave, alone or within an assessment: the score, and the answers where they were recorded.

    `sensitivity` and `direction` are the instrument's own (a foreign key holds them to it): row-level security shows
    health results to the clinical component and to the coordinators of the service alone. `area`: the part of the
    instrument that the score is of (None: the whole).
    """

    __tablename__ = "instrument_results"
    __table_args__ = (
        CheckConstraint(KNOWN_MOMENT, name="moment"),
        ForeignKeyConstraint(
            ["instrument", "instrument_version", "sensitivity", "direction"],
            [f"cases.instruments.{column}" for column in ("code", "version", "sensitivity", "direction")],
            name="fk_instrument_results_instrument",
        ),
        ForeignKeyConstraint(["assessment_id", "case_id"], ["cases.assessments.id", "cases.assessments.case_id"]),
        Index("ix_instrument_results_assessment_id", "assessment_id"),
        {"schema": "cases"},
    )

    assessment_id: Mapped[UUID | None]
    instrument: Mapped[str]
    instrument_version: Mapped[int]
    sensitivity: Mapped[str]
    direction: Mapped[str]
    occurred_on: Mapped[date]
    moment: Mapped[str]
    setting: Mapped[str]
    is_joint_with_asst: Mapped[bool]
    area: Mapped[str | None]
    score: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class Complexity(Recorded, Base):
    """Whether a case is complex, from a day on and until the next such row: no row is ever changed to end another."""

    __tablename__ = "complexities"
    __table_args__ = (
        Index("uq_complexities_live", "case_id", "from_on", unique=True, postgresql_where="superseded_at IS NULL"),
        {"schema": "cases"},
    )

    from_on: Mapped[date]
    is_complex: Mapped[bool]
    criteria: Mapped[list[str]] = mapped_column(ARRAY(Text))
    setting: Mapped[str]
