"""The diary: what was done, and the pathways that a person follows."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base


class Intervention(Recorded, Base):
    """Something done, by whom, when and for how long."""

    __tablename__ = "interventions"
    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"), {"schema": "cases"})

    kind: Mapped[str]
    occurred_on: Mapped[date]
    minutes: Mapped[int]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    note: Mapped[str | None]


class Pathway(Recorded, Base):
    """A path of work insertion, training or the like, from its first day to its end."""

    __tablename__ = "pathways"
    __table_args__ = (UniqueConstraint("id", "case_id"), {"schema": "cases"})

    kind: Mapped[str]
    from_on: Mapped[date]


class PathwayEnd(Recorded, Base):
    """The end of a pathway and how it ended."""

    __tablename__ = "pathway_ends"
    __table_args__ = (
        ForeignKeyConstraint(["pathway_id", "case_id"], ["cases.pathways.id", "cases.pathways.case_id"]),
        Index("uq_pathway_ends_live", "pathway_id", unique=True, postgresql_where="superseded_at IS NULL"),
        {"schema": "cases"},
    )

    pathway_id: Mapped[UUID]
    ended_on: Mapped[date]
    end_code: Mapped[str]
