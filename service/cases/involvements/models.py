"""Bodies and families that took an actual part in a project, declared with evidence.

What members, meetings and interventions tell of it is not written again here.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.involvements.rules import FAMILY_KINDS, PHASES
from service.cases.records.models import Recorded
from service.db import Base


def _one_of(name: str, codes: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{name} IN ({', '.join(map(repr, codes))})", name=name)


def _at_meeting() -> ForeignKeyConstraint:
    """The meeting that shows it is one of the same case."""
    return ForeignKeyConstraint(["meeting_id", "case_id"], ["cases.meetings.id", "cases.meetings.case_id"])


class BodyInvolvement(Recorded, Base):
    """A body that took part in a phase of the project (A1-PRO-1, A1-IMP-2, B2-OUT-7, E2-PRO-1)."""

    __tablename__ = "body_involvements"
    __table_args__ = (_at_meeting(), _one_of("phase", PHASES), {"schema": "cases"})

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    component: Mapped[str]
    phase: Mapped[str]
    occurred_on: Mapped[date]
    evidence: Mapped[str | None]
    meeting_id: Mapped[UUID | None]


class FamilyInvolvement(Recorded, Base):
    """The family took part, or could not: there is no family network (A1-PRO-2, E1-IMP-2, O9-PRO-2)."""

    __tablename__ = "family_involvements"
    __table_args__ = (
        _at_meeting(),
        _one_of("kind", FAMILY_KINDS),
        CheckConstraint("(kind IS NOT NULL) = is_possible", name="kind_of_the_possible"),
        {"schema": "cases"},
    )

    kind: Mapped[str | None]
    is_possible: Mapped[bool]
    occurred_on: Mapped[date]
    evidence: Mapped[str | None]
    meeting_id: Mapped[UUID | None]
