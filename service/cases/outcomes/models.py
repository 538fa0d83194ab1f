"""Judgements of the project, and the changes in a life that the plan counts."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base


class Evaluation(Recorded, Base):
    """A judgement of the project, or of one pathway, on a scale. The last final one of each judge counts."""

    __tablename__ = "evaluations"
    __table_args__ = (
        CheckConstraint("judge IN ('beneficiary', 'operators')", name="judge"),
        ForeignKeyConstraint(["pathway_id", "case_id"], ["cases.pathways.id", "cases.pathways.case_id"]),
        {"schema": "cases"},
    )

    judge: Mapped[str]
    pathway_id: Mapped[UUID | None]
    scale: Mapped[str] = mapped_column(ForeignKey("cases.judgement_scales.code"))
    value: Mapped[int]
    is_final: Mapped[bool]
    occurred_on: Mapped[date]
    note: Mapped[str | None]


class FamilyExit(Recorded, Base):
    """The person left the family unit (D2-IMP-1: "escono dal nucleo familiare")."""

    __tablename__ = "family_exits"
    __table_args__ = (CheckConstraint("returned_on >= occurred_on", name="in_order"), {"schema": "cases"})

    occurred_on: Mapped[date]
    destination: Mapped[str]
    is_temporary: Mapped[bool]
    returned_on: Mapped[date | None]
