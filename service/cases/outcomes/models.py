"""Judgements of the project, what became of its goals, and the exits from the family unit."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base


class Evaluation(Recorded, Base):
    """A judgement of the project, of one goal or of one pathway, on a scale. The last final one of each judge counts.

    `judge`: the beneficiary; an operator, for the body named; or the operators together, by agreement of the team.
    """

    __tablename__ = "evaluations"
    __table_args__ = (
        CheckConstraint("judge IN ('beneficiary', 'operator', 'operators')", name="judge"),
        CheckConstraint(
            "num_nonnulls(operator_id, judge_body_id) = CASE judge WHEN 'operator' THEN 2 ELSE 0 END",
            name="operator_is_named",
        ),
        CheckConstraint("num_nonnulls(goal_id, pathway_id) <= 1", name="of_one_thing"),
        ForeignKeyConstraint(["pathway_id", "case_id"], ["cases.pathways.id", "cases.pathways.case_id"]),
        ForeignKeyConstraint(["goal_id", "case_id"], ["cases.goals.id", "cases.goals.case_id"]),
        {"schema": "cases"},
    )

    judge: Mapped[str]
    operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.users.id"))
    judge_body_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.organisations.id"))
    goal_id: Mapped[UUID | None]
    pathway_id: Mapped[UUID | None]
    scale: Mapped[str] = mapped_column(ForeignKey("cases.judgement_scales.code"))
    value: Mapped[int]
    is_final: Mapped[bool]
    occurred_on: Mapped[date]
    note: Mapped[str | None]


class GoalOutcome(Recorded, Base):
    """What became of a goal, as it stands in the version that was signed: a later version has goals of its own.

    `gas_level`: goal attainment, from -2 to +2, 0 being what was expected.
    """

    __tablename__ = "goal_outcomes"
    __table_args__ = (
        CheckConstraint("status IN ('reached', 'partly', 'not_reached', 'dropped')", name="status"),
        CheckConstraint("gas_level BETWEEN -2 AND 2", name="gas_level"),
        CheckConstraint(
            "CASE status WHEN 'reached' THEN gas_level >= 0 WHEN 'dropped' THEN gas_level IS NULL ELSE gas_level < 0 END",
            name="level_fits_status",
        ),
        ForeignKeyConstraint(["goal_id", "case_id"], ["cases.goals.id", "cases.goals.case_id"]),
        Index("uq_goal_outcomes_live", "goal_id", unique=True, postgresql_where="superseded_at IS NULL"),
        {"schema": "cases"},
    )

    goal_id: Mapped[UUID]
    status: Mapped[str]
    gas_level: Mapped[int | None]
    occurred_on: Mapped[date]
    note: Mapped[str | None]


class FamilyExit(Recorded, Base):
    """The person left the family unit (D2-IMP-1: "escono dal nucleo familiare").

    `lived_with_family_at_start`: when the case began; none if nobody asked. A return supersedes the row by one that has it.
    """

    __tablename__ = "family_exits"
    __table_args__ = (CheckConstraint("returned_on >= occurred_on", name="in_order"), {"schema": "cases"})

    occurred_on: Mapped[date]
    destination: Mapped[str]
    is_temporary: Mapped[bool]
    lived_with_family_at_start: Mapped[bool | None]
    returned_on: Mapped[date | None]
