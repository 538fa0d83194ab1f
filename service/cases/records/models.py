"""The case, how it arrived, and the milestones that it passed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from service.cases.programmes.rules import MILESTONES
from service.db import Base
from service.types import new_id


class Case(Base):
    """The path of a person, or of a household, in one programme, from referral to closure. `version` is the ETag of its acts.

    `stage_before`: where a suspended or closed case was, and where it goes on from.
    """

    __tablename__ = "cases"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "programme_version"], ["cases.programmes.code", "cases.programmes.version"]),
        Index("ix_cases_person_id", "person_id"),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme: Mapped[str]
    programme_version: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.households.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    stage: Mapped[str]
    stage_before: Mapped[str | None]
    is_closed: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class Recorded:
    """What every fact of a case carries: whose it is, when and by whom it was recorded, when it was superseded."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]
    superseded_at: Mapped[datetime | None]
    superseded_by: Mapped[UUID | None]
    supersede_reason: Mapped[str | None]

    @declared_attr
    @classmethod
    def case_id(cls) -> Mapped[UUID]:
        """The case that the fact belongs to."""
        return mapped_column(ForeignKey("cases.cases.id"), index=True)


class CasePerson(Recorded, Base):
    """Someone whose case it is: the person, or the members of the household while they belong to it."""

    __tablename__ = "case_people"
    __table_args__ = (
        CheckConstraint("role IN ('subject', 'member', 'minor')", name="role"),
        CheckConstraint("from_on <= to_on", name="in_order"),
        ExcludeConstraint(
            ("case_id", "="), ("person_id", "="), (text("daterange(from_on, to_on, '[)')"), "&&"),
            where=text("superseded_at IS NULL"), using="gist", name="ex_case_people_no_overlap",
        ),
        Index("ix_case_people_person_id", "person_id"),
        {"schema": "cases"},
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    role: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class Referral(Recorded, Base):
    """How a case arrived: who sent it, through which channel, when it happened and when it reached the service."""

    __tablename__ = "referrals"
    __table_args__ = (CheckConstraint("happened_on <= arrived_on", name="in_order"), {"schema": "cases"})

    from_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.organisations.id"))
    channel: Mapped[str]
    happened_on: Mapped[date]
    arrived_on: Mapped[date]
    reason_code: Mapped[str | None]
    need: Mapped[str | None]


class Milestone(Recorded, Base):
    """A dated step of the path, as the plan's indicators read it."""

    __tablename__ = "milestones"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in MILESTONES)})", name="kind"),
        Index("ix_milestones_kind", "kind", "occurred_on"),
        {"schema": "cases"},
    )

    kind: Mapped[str]
    occurred_on: Mapped[date]
    stage: Mapped[str]
    by_body: Mapped[UUID | None]
