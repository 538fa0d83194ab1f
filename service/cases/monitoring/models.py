"""Checks of a project, observations after its end, and what is observed of a person's work and school."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.cases.records.models import Recorded
from service.db import Base
from service.types import new_id


class MonitoringCheck(Recorded, Base):
    """A check of the project: held, missed, or moved to another day (`next_due_on`).

    `meeting_id` names the minutes, where there are some.
    """

    __tablename__ = "monitoring_checks"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        CheckConstraint("status IN ('held', 'missed', 'moved')", name="status"),
        CheckConstraint("level BETWEEN 1 AND 2", name="level"),
        CheckConstraint("(status = 'held') = (held_on IS NOT NULL)", name="held_has_its_day"),
        CheckConstraint("status = 'held' OR due_on IS NOT NULL", name="unheld_was_due"),
        CheckConstraint("status <> 'moved' OR (next_due_on IS NOT NULL AND next_due_on <> due_on)", name="moved_to_a_day"),
        CheckConstraint("status = 'moved' OR next_due_on > COALESCE(held_on, due_on)", name="in_order"),
        Index("uq_monitoring_checks_held", "case_id", "held_on", "level", unique=True,
              postgresql_where="superseded_at IS NULL AND status = 'held'"),
        {"schema": "cases"},
    )  # fmt: skip

    level: Mapped[int]
    status: Mapped[str]
    due_on: Mapped[date | None]
    held_on: Mapped[date | None]
    next_due_on: Mapped[date | None]
    meeting_id: Mapped[UUID | None]
    result: Mapped[str | None]
    participants: Mapped[list["CheckParticipant"]] = relationship(
        lazy="raise_on_sql", order_by="CheckParticipant.component, CheckParticipant.id"
    )
    progress: Mapped[list["GoalProgress"]] = relationship(lazy="raise_on_sql", order_by="GoalProgress.goal_id")


def _of_check() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["check_id", "case_id"], ["cases.monitoring_checks.id", "cases.monitoring_checks.case_id"]
    )


class CheckParticipant(Base):
    """Who took part in a check: a component, and the body for which it did (E2-PRO-1 reads components)."""

    __tablename__ = "check_participants"
    __table_args__ = (_of_check(), Index("ix_check_participants_check_id", "check_id"), {"schema": "cases"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    check_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"), index=True)
    component: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.organisations.id"))


class GoalProgress(Base):
    """How a goal stood at a check, from -2 (much less than expected) to +2 (much more)."""

    __tablename__ = "goal_progress"
    __table_args__ = (
        _of_check(),
        ForeignKeyConstraint(["goal_id", "case_id"], ["cases.goals.id", "cases.goals.case_id"]),
        UniqueConstraint("check_id", "goal_id"),
        CheckConstraint("rating BETWEEN -2 AND 2", name="rating"),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    check_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"), index=True)
    goal_id: Mapped[UUID]
    rating: Mapped[int]


class FollowUp(Recorded, Base):
    """An observation so many months after the case ended (`ended_on`): held, or the person untraceable or refusing."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        CheckConstraint("status IN ('held', 'untraceable', 'refused')", name="status"),
        CheckConstraint("months_after BETWEEN 1 AND 60", name="months_after"),
        CheckConstraint("ended_on <= occurred_on", name="in_order"),
        CheckConstraint("num_nonnulls(instrument, score) IN (0, 2)", name="score_has_instrument"),
        Index("uq_follow_ups_held", "case_id", "ended_on", "months_after", unique=True,
              postgresql_where="superseded_at IS NULL AND status = 'held'"),
        {"schema": "cases"},
    )  # fmt: skip

    ended_on: Mapped[date]
    months_after: Mapped[int]
    occurred_on: Mapped[date]
    status: Mapped[str]
    instrument: Mapped[str | None]
    score: Mapped[int | None]
    answers: Mapped[list["FollowUpAnswer"]] = relationship(lazy="raise_on_sql", order_by="FollowUpAnswer.question")


class FollowUpAnswer(Base):
    """One coded answer of a follow-up."""

    __tablename__ = "follow_up_answers"
    __table_args__ = (
        ForeignKeyConstraint(["follow_up_id", "case_id"], ["cases.follow_ups.id", "cases.follow_ups.case_id"]),
        UniqueConstraint("follow_up_id", "question"),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    follow_up_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"), index=True)
    question: Mapped[str]
    answer: Mapped[str]


class JobOutcome(Recorded, Base):
    """A job as it was on the day of the observation, and how satisfying it is for who judges (O10-OUT-2)."""

    __tablename__ = "job_outcomes"
    __table_args__ = (
        CheckConstraint("weekly_hours BETWEEN 1 AND 60", name="weekly_hours"),
        CheckConstraint("from_on <= to_on AND from_on <= observed_on", name="in_order"),
        CheckConstraint("num_nonnulls(satisfaction, scale, judged_by) IN (0, 3)", name="satisfaction_is_whole"),
        CheckConstraint("judged_by IN ('beneficiary', 'operator')", name="judged_by"),
        {"schema": "cases"},
    )

    employer: Mapped[str]
    contract: Mapped[str]
    weekly_hours: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    observed_on: Mapped[date]
    satisfaction: Mapped[int | None]
    scale: Mapped[str | None] = mapped_column(ForeignKey("cases.judgement_scales.code"))
    judged_by: Mapped[str | None]


class SchoolStatus(Recorded, Base):
    """Where a person stands with school on a day (E3-IMP-2: never interrupted)."""

    __tablename__ = "school_statuses"
    __table_args__ = (
        CheckConstraint("status IN ('attending', 'qualified', 'changed_path', 'interrupted')", name="status"),
        {"schema": "cases"},
    )

    status: Mapped[str]
    observed_on: Mapped[date]
