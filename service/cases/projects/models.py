"""The project: one for each case, in versions whose content freezes at approval."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from service.cases.records.models import Recorded
from service.db import Base
from service.types import new_id


def _of_version() -> ForeignKeyConstraint:
    """A part belongs to a version of its own case."""
    return ForeignKeyConstraint(
        ["version_id", "case_id"], ["cases.project_versions.id", "cases.project_versions.case_id"]
    )


def _parts(position: str) -> Any:
    """The parts of a kind, in their order; a draft's change takes the old ones out."""
    return relationship(lazy="raise_on_sql", order_by=position, cascade="all, delete-orphan")


class Project(Base):
    """The project of a case; its versions hold the content."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("case_id"), {"schema": "cases"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class ProjectVersion(Base):
    """One version: a draft until it is approved by another than its author, signed when all who must have signed, and
    superseded when a later one is. What is not signed yet can be revoked. `from_version`: the one that it was copied from.
    """

    __tablename__ = "project_versions"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("id", "case_id"),
        ForeignKeyConstraint(
            ["project_id", "from_version"], ["cases.project_versions.project_id", "cases.project_versions.number"]
        ),
        CheckConstraint("status IN ('draft', 'approved', 'signed', 'superseded', 'revoked')", name="status"),
        CheckConstraint("approved_by <> author_id AND approved_by <> ALL (changed_by)", name="approved_by_another"),
        CheckConstraint("status = 'revoked' OR (status = 'draft') = (content_hash IS NULL)", name="frozen_at_approval"),
        CheckConstraint("drafted_on <= approved_on", name="approved_after_drafted"),
        CheckConstraint("(status = 'revoked') = (revoked_on IS NOT NULL)", name="revoked"),
        CheckConstraint("preferences IS NULL OR preferences_missing_reason IS NULL", name="preferences"),
        CheckConstraint("is_family_possible OR family_involvement IS NULL", name="family"),
        Index(
            "ix_project_versions_open", "project_id", unique=True, postgresql_where="status IN ('draft', 'approved')"
        ),
        Index("ix_project_versions_current", "project_id", unique=True, postgresql_where="status = 'signed'"),
        Index("ix_project_versions_case_id", "case_id"),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("cases.projects.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"))
    number: Mapped[int]
    from_version: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[UUID]
    changed_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}", default=list)
    preferences: Mapped[str | None]
    preferences_missing_reason: Mapped[str | None]
    review_months: Mapped[int | None]
    check_method: Mapped[str | None]
    next_check_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    family_involvement: Mapped[str | None]
    is_family_possible: Mapped[bool | None]
    accommodations: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", default=list)
    accessible_formats: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", default=list)
    drafted_on: Mapped[date]
    approved_on: Mapped[date | None]
    approved_by: Mapped[UUID | None]
    content_hash: Mapped[bytes | None]
    signed_on: Mapped[date | None]
    signed_at: Mapped[datetime | None]
    revoked_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoke_reason: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    goals: Mapped[list["Goal"]] = _parts("Goal.position")
    supports: Mapped[list["Support"]] = _parts("Support.position")
    commitments: Mapped[list["ProjectCommitment"]] = _parts("ProjectCommitment.position")
    responsibles: Mapped[list["Responsible"]] = _parts("Responsible.position")
    signatures: Mapped[list["Signature"]] = relationship(
        primaryjoin="and_(ProjectVersion.id == Signature.version_id, Signature.superseded_at.is_(None))",
        lazy="raise_on_sql", order_by="Signature.recorded_at, Signature.id", viewonly=True,
    )  # fmt: skip


class Part:
    """What every part of a version carries: its place, and the key by which later versions know it again."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID]
    key: Mapped[UUID] = mapped_column(default=new_id, server_default=text("gen_random_uuid()"))
    position: Mapped[int]

    @declared_attr
    @classmethod
    def case_id(cls) -> Mapped[UUID]:
        """The case that the version belongs to."""
        return mapped_column(ForeignKey("cases.cases.id"))


class Goal(Part, Base):
    """A goal in the person's words and in professional wording; `gas_levels`: what -2, -1, 0, +1, +2 would look like."""

    __tablename__ = "goals"
    __table_args__ = (
        _of_version(),
        UniqueConstraint("version_id", "key"),
        UniqueConstraint("id", "case_id"),
        CheckConstraint("cardinality(gas_levels) = 5", name="gas_levels"),
        CheckConstraint("weight > 0", name="weight"),
        {"schema": "cases"},
    )

    life_domain: Mapped[str]
    in_first_person: Mapped[str | None]
    wording: Mapped[str]
    baseline: Mapped[str | None]
    target: Mapped[str | None]
    due_on: Mapped[date | None]
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.team_members.id"))
    gas_levels: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    weight: Mapped[int] = mapped_column(default=1, server_default="1")


class Support(Part, Base):
    """A support of the project, the body that gives it, how much of it and when, and the goal that it serves."""

    __tablename__ = "supports"
    __table_args__ = (
        _of_version(),
        UniqueConstraint("version_id", "key"),
        UniqueConstraint("id", "case_id"),
        # Deferred: a change of a draft takes the goals out and puts them in again.
        ForeignKeyConstraint(
            ["version_id", "goal_key"], ["cases.goals.version_id", "cases.goals.key"], deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("from_on <= to_on", name="in_order"),
        CheckConstraint("quantity > 0", name="quantity"),
        {"schema": "cases"},
    )  # fmt: skip

    kind: Mapped[str]
    area: Mapped[str | None]
    description: Mapped[str | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.organisations.id"))
    is_existing: Mapped[bool] = mapped_column(default=False)
    goal_key: Mapped[UUID | None]
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    unit: Mapped[str | None]
    frequency: Mapped[str | None]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]


class ProjectCommitment(Part, Base):
    """What somebody binds themselves to do; where `is_conditional`, the benefit depends on it (D.Lgs 147/2017 art. 6)."""

    __tablename__ = "project_commitments"
    __table_args__ = (
        _of_version(),
        UniqueConstraint("version_id", "key"),
        CheckConstraint("who IN ('person', 'household', 'household_member', 'team_member')", name="who"),
        CheckConstraint(
            "(who = 'team_member') = (team_member_id IS NOT NULL) AND (who = 'household_member') = (person_id IS NOT NULL)",
            name="who_it_is",
        ),
        {"schema": "cases"},
    )

    who: Mapped[str]
    team_member_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.team_members.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.persons.id"))
    area: Mapped[str | None]
    what: Mapped[str]
    is_conditional: Mapped[bool] = mapped_column(default=False)


class Responsible(Part, Base):
    """Who answers for what; one of them, the referente per l'attuazione, cares for the whole (D.Lgs 62/2024 art. 29)."""

    __tablename__ = "project_responsibles"
    __table_args__ = (
        _of_version(),
        UniqueConstraint("version_id", "key"),
        Index("uq_project_responsibles_referent", "version_id", unique=True, postgresql_where="is_referent"),
        {"schema": "cases"},
    )

    team_member_id: Mapped[UUID] = mapped_column(ForeignKey("cases.team_members.id"))
    role: Mapped[str]
    task: Mapped[str]
    is_referent: Mapped[bool] = mapped_column(default=False)


class Signature(Recorded, Base):
    """A signature on a version, bound to the hash of its content, or a refusal to sign; one that stands for each signer.

    `person_id`: the member who signs for the household. `guardian_id`, `capacity`: who signs for another, and in what quality.
    `file_hash`: SHA-256 of the document that was signed.
    """

    __tablename__ = "signatures"
    __table_args__ = (
        _of_version(),
        CheckConstraint("signed_by IN ('person', 'representative')", name="signed_by"),
        CheckConstraint("kind IN ('autografa_scansionata', 'fea', 'feq', 'cie')", name="kind"),
        CheckConstraint("person_id IS NULL OR signer = 'household'", name="member"),
        CheckConstraint("capacity IS NULL OR signed_by = 'representative'", name="capacity"),
        CheckConstraint("guardian_id IS NULL OR signed_by = 'representative'", name="guardian"),
        CheckConstraint("is_refusal OR refusal_reason IS NULL", name="refusal"),
        Index("uq_signatures_live", "version_id", "signer", "person_id", unique=True,
              postgresql_where="superseded_at IS NULL", postgresql_nulls_not_distinct=True),
        {"schema": "cases"},
    )  # fmt: skip

    version_id: Mapped[UUID]
    signer: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.persons.id"))
    signed_by: Mapped[str] = mapped_column(default="person", server_default="person")
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.guardians.id"))
    capacity: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="autografa_scansionata", server_default="autografa_scansionata")
    is_refusal: Mapped[bool] = mapped_column(default=False, server_default="false")
    refusal_reason: Mapped[str | None]
    signed_on: Mapped[date]
    content_hash: Mapped[bytes]
    file_hash: Mapped[bytes | None]
