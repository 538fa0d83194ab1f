"""Bodies, operators, their roles and log-ins, and the grounds on which someone may see a case or a person."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.types import new_id


class Organisation(Base):
    """A body: a Comune, an Azienda, the ASST, a service, a third-sector body, a school, a company."""

    __tablename__ = "organisations"
    __table_args__ = ({"schema": "access"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    kind: Mapped[str]
    nature: Mapped[str]
    istat_code: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OrganisationFlag(Base):
    """What a body is as a host (social agriculture, green, third sector, profit) over a period, and when that was found out.

    Append-only: `to_on` is the first day without it; a wrong row is superseded with a reason.
    """

    __tablename__ = "organisation_flags"
    __table_args__ = (
        CheckConstraint("flag IN ('social_agriculture', 'green', 'third_sector', 'profit')", name="flag"),
        CheckConstraint("from_on < to_on", name="in_order"),
        ExcludeConstraint(
            ("organisation_id", "="), ("flag", "="), (text("daterange(from_on, to_on, '[)')"), "&&"),
            where=text("superseded_at IS NULL"), using="gist", name="ex_organisation_flags_no_overlap",
        ),
        {"schema": "access"},
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    flag: Mapped[str]
    identified_on: Mapped[date]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]
    superseded_at: Mapped[datetime | None]
    superseded_by: Mapped[UUID | None]
    supersede_reason: Mapped[str | None]


class User(Base):
    """An operator with an account."""

    __tablename__ = "users"
    __table_args__ = ({"schema": "access"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    email: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    is_demo: Mapped[bool] = mapped_column(server_default=text("false"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Credential(Base):
    """The password of a local account (argon2id)."""

    __tablename__ = "credentials"
    __table_args__ = ({"schema": "access"},)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("access.users.id"), primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RoleAssignment(Base):
    """A role held in an organisation over a period; read anew at each request."""

    __tablename__ = "role_assignments"
    __table_args__ = (Index("ix_role_assignments_user_id", "user_id"), {"schema": "access"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("access.users.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    role: Mapped[str]
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    until: Mapped[datetime | None]


class Login(Base):
    """A log-in, from password to log-out. `refresh_id` is the one refresh token that may still be used."""

    __tablename__ = "logins"
    __table_args__ = (Index("ix_logins_user_id", "user_id"), {"schema": "access"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("access.users.id"))
    refresh_id: Mapped[UUID]
    address: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class LoginFailure(Base):
    """A failed log-in, by keyed hash of the name typed (which may be a password typed in the wrong place)."""

    __tablename__ = "login_failures"
    __table_args__ = (Index("ix_login_failures_username_hash", "username_hash", "failed_at"), {"schema": "access"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username_hash: Mapped[bytes]
    address: Mapped[str]
    failed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Ground(Base):
    """Why a user (or everybody with a certain role in a body) may see a case and its person, and for how long.

    A user's ground rests on a role in `body_id`: it is worth nothing once no role is held there.

    No foreign keys upward: the rooms above keep these rows through `access.give_ground` and `access.end_grounds`.
    """

    __tablename__ = "grounds"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (organisation_id IS NULL)", name="one_holder"),
        CheckConstraint("(user_id IS NULL) = (body_id IS NULL)", name="user_in_a_body"),
        CheckConstraint("kind IN ('team', 'manager', 'provider', 'service', 'registry')", name="kind"),
        Index("ix_grounds_user_id", "user_id"),
        Index("ix_grounds_organisation_id", "organisation_id"),
        Index("ix_grounds_case_id", "case_id"),
        {"schema": "access"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    body_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    component: Mapped[str | None]
    source_id: Mapped[UUID]
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    until: Mapped[datetime | None]
