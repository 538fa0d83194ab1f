"""The project: one for each case, in versions whose content freezes at approval."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.cases.records.models import Recorded
from service.db import Base
from service.types import new_id


def _of_version() -> ForeignKeyConstraint:
    """A part belongs to a version of its own case."""
    return ForeignKeyConstraint(
        ["version_id", "case_id"], ["cases.project_versions.id", "cases.project_versions.case_id"]
    )


class Project(Base):
    """The project of a case; its versions hold the content."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("case_id"), {"schema": "cases"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class ProjectVersion(Base):
    """One version: a draft until it is approved by another than its author, signed when all who must have signed."""

    __tablename__ = "project_versions"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("id", "case_id"),
        CheckConstraint("status IN ('draft', 'approved', 'signed')", name="status"),
        CheckConstraint("approved_by <> author_id AND approved_by <> ALL (changed_by)", name="approved_by_another"),
        CheckConstraint("(status = 'draft') = (content_hash IS NULL)", name="frozen_at_approval"),
        CheckConstraint("drafted_on <= approved_on", name="approved_after_drafted"),
        Index(
            "ix_project_versions_open", "project_id", unique=True, postgresql_where="status IN ('draft', 'approved')"
        ),
        Index("ix_project_versions_case_id", "case_id"),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("cases.projects.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[UUID]
    changed_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}", default=list)
    preferences: Mapped[str | None]
    drafted_on: Mapped[date]
    approved_on: Mapped[date | None]
    approved_by: Mapped[UUID | None]
    content_hash: Mapped[bytes | None]
    signed_on: Mapped[date | None]
    signed_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    goals: Mapped[list["Goal"]] = relationship(lazy="raise_on_sql", order_by="Goal.position")
    supports: Mapped[list["Support"]] = relationship(lazy="raise_on_sql", order_by="Support.position")
    signatures: Mapped[list["Signature"]] = relationship(lazy="raise_on_sql", order_by="Signature.signed_on")


class Goal(Base):
    """A goal in the person's words and in professional wording."""

    __tablename__ = "goals"
    __table_args__ = (_of_version(), Index("ix_goals_version_id", "version_id"), {"schema": "cases"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"))
    position: Mapped[int]
    life_domain: Mapped[str]
    in_first_person: Mapped[str | None]
    wording: Mapped[str]
    due_on: Mapped[date | None]


class Support(Base):
    """A support of the project and the body that gives it."""

    __tablename__ = "supports"
    __table_args__ = (_of_version(), Index("ix_supports_version_id", "version_id"), {"schema": "cases"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"))
    position: Mapped[int]
    kind: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.organisations.id"))
    is_existing: Mapped[bool]
    description: Mapped[str | None]


class Signature(Recorded, Base):
    """A signature on a version, bound to the hash of its content."""

    __tablename__ = "signatures"
    __table_args__ = (_of_version(), UniqueConstraint("version_id", "signer"), {"schema": "cases"})

    version_id: Mapped[UUID]
    signer: Mapped[str]
    signed_on: Mapped[date]
    content_hash: Mapped[bytes]
