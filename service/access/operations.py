"""Designating bodies and operators."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.access.models import Credential, Organisation, RoleAssignment, User
from service.access.passwords import hashed
from service.actor import Actor, require
from service.audit.log.operations import record
from service.errors import invalid_field
from service.types import new_id


def register_organisation(session: Session, actor: Actor, **values: Any) -> UUID:
    """Register a body. `values`: name, kind, nature, istat_code."""
    require(actor, "organisations:register")
    organisation = Organisation(id=new_id(), **values)
    session.add(organisation)
    record(session, actor, "organisation:register", resource_id=organisation.id, field_names=values)
    return organisation.id


def designate_user(
    session: Session, actor: Actor, *, username: str, display_name: str, password: str, roles: list[dict[str, Any]]
) -> UUID:
    """Make an account with its roles, each in a body. The password is kept only as a hash."""
    require(actor, "users:designate")
    if username.lower() in password.lower():
        raise invalid_field("#/password", "password_holds_the_username")
    return add_user(session, actor, username=username, display_name=display_name, password=password, roles=roles)


def add_user(
    session: Session, actor: Actor, *, username: str, display_name: str, password: str, roles: list[dict[str, Any]],
    is_demo: bool = False,
) -> UUID:  # fmt: skip
    """The same for the command line and the demo, which stand above the table of roles."""
    user = User(id=new_id(), username=username, display_name=display_name, is_demo=is_demo)
    session.add(user)
    session.flush()
    session.add(Credential(user_id=user.id, password_hash=hashed(password)))
    session.add_all(RoleAssignment(user_id=user.id, **role) for role in roles)
    record(session, actor, "user:designate", resource_id=user.id, field_names=("username", "display_name", "roles"))
    return user.id
