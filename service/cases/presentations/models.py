"""Presentations of the members of a household that receives the ADI."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base


class Presentation(Recorded, Base):
    """A member of the household presented themselves at an office, or was absent for a justified reason.

    Three times are kept apart: when it happened, when it arrived here, when it was recorded. Counters are derived.
    `gepi_recorded_on`: when it was entered in GePI, which makes INPS's counter start anew.
    """

    __tablename__ = "presentations"
    __table_args__ = (
        CheckConstraint("occurred_on <= arrived_on", name="in_order"),
        CheckConstraint("occurred_on <= gepi_recorded_on", name="gepi_in_order"),
        Index("uq_presentations_live", "case_id", "person_id", "office", "occurred_on", unique=True,
              postgresql_where="superseded_at IS NULL"),
        {"schema": "cases"},
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    office: Mapped[str]
    occurred_on: Mapped[date]
    arrived_on: Mapped[date]
    gepi_recorded_on: Mapped[date | None]
    justified_code: Mapped[str | None]
    document: Mapped[str | None]
