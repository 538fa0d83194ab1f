"""Designating bodies and operators."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.models import Credential, Organisation, OrganisationFlag, RoleAssignment, User
from service.access.passwords import hashed
from service.access.queries import organisation
from service.actor import Actor, require
from service.audit.log.operations import record
from service.errors import Conflict, NotFound, invalid_field
from service.types import new_id, now, today


def register_organisation(session: Session, actor: Actor, **values: Any) -> UUID:
    """Register a body. `values`: name, kind, nature, istat_code."""
    require(actor, "organisations:register")
    organisation = Organisation(id=new_id(), **values)
    session.add(organisation)
    record(session, actor, "organisation:register", resource_id=organisation.id, field_names=values)
    return organisation.id


def flag_organisation(
    session: Session, actor: Actor, organisation_id: UUID, *, flag: str, identified_on: date, from_on: date,
    to_on: date | None,
) -> UUID:  # fmt: skip
    """Say what a body is as a host, from a day on (C3-OUT-3, C3-IMP-3): known since `identified_on`."""
    require(actor, "organisations:flag")
    organisation(session, organisation_id)
    if identified_on > today():
        raise invalid_field("#/identified_on", "date_is_in_the_future", today())
    if to_on is not None and to_on <= from_on:
        raise invalid_field("#/to_on", "date_is_before_start", from_on)
    row = OrganisationFlag(id=new_id(), organisation_id=organisation_id, flag=flag, identified_on=identified_on,
                           from_on=from_on, to_on=to_on, recorded_by=actor.user_id)  # fmt: skip
    session.add(row)
    record(session, actor, "organisation:flag", resource_id=row.id,
           field_names=("flag", "identified_on", "from_on", "to_on"))  # fmt: skip
    return row.id


def withdraw_organisation_flag(
    session: Session, actor: Actor, organisation_id: UUID, flag_id: UUID, *, reason: str
) -> None:
    """What was said of a body by mistake, or ends on a day not known before: the row stays, superseded, with the reason."""
    require(actor, "organisations:flag")
    row = session.scalars(
        select(OrganisationFlag)
        .where(OrganisationFlag.id == flag_id, OrganisationFlag.organisation_id == organisation_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("fact_is_unknown")
    if row.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    row.superseded_at, row.superseded_by, row.supersede_reason = now(), actor.user_id, reason
    record(session, actor, "organisation_flag:withdraw", resource_id=flag_id, field_names=("superseded_at",))


def designate_user(
    session: Session, actor: Actor, *, username: str, display_name: str, password: str, roles: list[dict[str, Any]],
    email: str | None = None,
) -> UUID:  # fmt: skip
    """Make an account with its roles, each in a body. The password is kept only as a hash."""
    require(actor, "users:designate")
    if username.lower() in password.lower():
        raise invalid_field("#/password", "password_holds_the_username")
    return add_user(session, actor, username=username, display_name=display_name, password=password, roles=roles,
                    email=email)  # fmt: skip


def add_user(
    session: Session, actor: Actor, *, username: str, display_name: str, password: str, roles: list[dict[str, Any]],
    email: str | None = None, is_demo: bool = False,
) -> UUID:  # fmt: skip
    """The same for the command line and the demo, which stand above the table of roles."""
    user = User(id=new_id(), username=username, display_name=display_name, email=email, is_demo=is_demo)
    session.add(user)
    session.flush()
    session.add(Credential(user_id=user.id, password_hash=hashed(password)))
    session.add_all(RoleAssignment(user_id=user.id, **role) for role in roles)
    named = ("username", "display_name", "roles", *(("email",) if email else ()))
    record(session, actor, "user:designate", resource_id=user.id, field_names=named)
    return user.id
