"""The multidimensional assessment: what was found in each area of the programme."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.cases.records.models import Recorded
from service.db import Base
from service.types import new_id


class Assessment(Recorded, Base):
    """One assessment, by one operator or a team (`setting`)."""

    __tablename__ = "assessments"
    __table_args__ = (UniqueConstraint("id", "case_id"), {"schema": "cases"})

    occurred_on: Mapped[date]
    setting: Mapped[str]
    areas: Mapped[list["AssessedArea"]] = relationship(lazy="raise_on_sql", order_by="AssessedArea.area")


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
