"""The minutes of a case's meetings (verbale UVM/EVM), and who was there."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from service.cases.meetings.rules import KINDS, MODES
from service.cases.records.models import Recorded
from service.db import Base
from service.types import Encrypted, new_id

# The room of projects stands above this one: of its versions, minutes know the id and the number.
VERSIONS = table("project_versions", column("id"), column("case_id"), column("number"), schema="cases")


def _one_of(name: str, codes: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{name} IN ({', '.join(map(repr, codes))})", name=name)


class Meeting(Recorded, Base):
    """Minutes: a draft of their author until they are closed; then frozen, and corrected only by others that supersede them.

    `person_view`: the person's own view, or `unheard_reason`. What is in somebody's words can be erased.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["discussed_version_id", "case_id"], ["cases.project_versions.id", "cases.project_versions.case_id"]
        ),
        ForeignKeyConstraint(["corrects_id", "case_id"], ["cases.meetings.id", "cases.meetings.case_id"]),
        UniqueConstraint("id", "case_id"),
        _one_of("kind", KINDS),
        _one_of("mode", MODES),
        CheckConstraint("num_nulls(closed_on, closed_at, content_hash) IN (0, 3)", name="closed_whole"),
        CheckConstraint("held_on <= closed_on", name="closed_after_held"),
        CheckConstraint("person_view IS NULL OR unheard_reason IS NULL", name="heard_or_not"),
        CheckConstraint("correction_reason IS NULL OR corrects_id IS NOT NULL", name="reason_of_a_correction"),
        {"schema": "cases"},
    )

    kind: Mapped[str]
    held_on: Mapped[date]
    mode: Mapped[str]
    place: Mapped[str | None]
    discussed_version_id: Mapped[UUID | None] = mapped_column()
    person_present: Mapped[bool]
    family_present: Mapped[bool]
    person_view: Mapped[str | None]
    unheard_reason: Mapped[str | None]
    decisions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    narrative: Mapped[str | None]
    corrects_id: Mapped[UUID | None]
    correction_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    closed_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    content_hash: Mapped[bytes | None]
    project_number: Mapped[int | None] = column_property(
        select(VERSIONS.c.number).where(VERSIONS.c.id == discussed_version_id).scalar_subquery()
    )
    attendances: Mapped[list["MeetingAttendance"]] = relationship(
        lazy="raise_on_sql", order_by="MeetingAttendance.position"
    )


class MeetingAttendance(Base):
    """Who was called, whether they came, their dissent: a member of the team on that day, or a guest by name or body."""

    __tablename__ = "meeting_attendances"
    __table_args__ = (
        ForeignKeyConstraint(["meeting_id", "case_id"], ["cases.meetings.id", "cases.meetings.case_id"]),
        ForeignKeyConstraint(["member_id", "case_id"], ["cases.team_members.id", "cases.team_members.case_id"]),
        UniqueConstraint("meeting_id", "member_id"),
        CheckConstraint("member_id IS NULL OR num_nonnulls(guest_name, organisation_id) = 0", name="member_or_guest"),
        CheckConstraint("is_present OR dissent IS NULL", name="dissent_of_the_present"),
        Index("ix_meeting_attendances_member_id", "member_id"),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    meeting_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"), index=True)
    position: Mapped[int]
    member_id: Mapped[UUID | None]
    guest_name: Mapped[str | None] = mapped_column(Encrypted)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.organisations.id"))
    is_present: Mapped[bool]
    dissent: Mapped[str | None]
