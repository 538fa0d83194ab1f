"""Reading bodies and operators: a directory that every operator may consult."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.models import Organisation, RoleAssignment, User
from service.errors import NotFound
from service.types import now
from service.web.paging import page


def organisations(session: Session, *, limit: int, cursor: str | None) -> Sequence[Organisation]:
    """A page of bodies, newest first."""
    statement = page(select(Organisation), Organisation.id, limit=limit, cursor=cursor, scope="organisations")
    return session.scalars(statement).all()


def organisation(session: Session, organisation_id: UUID) -> Organisation:
    """One body. Raises NotFound."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound("organisation_is_unknown")
    return found


def users(session: Session, *, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """A page of operators with their present roles."""
    found = session.scalars(page(select(User), User.id, limit=limit, cursor=cursor, scope="users")).all()
    roles = _roles_of(session, [user.id for user in found])
    return [_described(user, roles.get(user.id, [])) for user in found]


def user(session: Session, user_id: UUID) -> dict[str, Any]:
    """One operator. Raises NotFound."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound("user_is_unknown")
    return _described(found, _roles_of(session, [user_id]).get(user_id, []))


def holds_role(session: Session, user_id: UUID, organisation_id: UUID, roles: tuple[str, ...]) -> bool:
    """Whether the operator holds one of the roles in the body now."""
    return session.execute(
        select(RoleAssignment.id)
        .join(User)
        .where(RoleAssignment.user_id == user_id, RoleAssignment.organisation_id == organisation_id, User.is_active,
               RoleAssignment.role.in_(roles), _is_live())
        .limit(1)
    ).scalar_one_or_none() is not None  # fmt: skip


def _is_live() -> Any:
    return (RoleAssignment.since <= now()) & (RoleAssignment.until.is_(None) | (RoleAssignment.until > now()))


def _roles_of(session: Session, user_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    held: dict[UUID, list[dict[str, Any]]] = {}
    rows = session.execute(
        select(RoleAssignment.user_id, RoleAssignment.role, RoleAssignment.organisation_id)
        .where(RoleAssignment.user_id.in_(user_ids), _is_live())
        .order_by(RoleAssignment.role)
    )
    for row in rows:
        held.setdefault(row.user_id, []).append({"role": row.role, "organisation_id": row.organisation_id})
    return held


def _described(found: User, roles: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": found.id, "username": found.username, "display_name": found.display_name,
            "is_active": found.is_active, "roles": roles}  # fmt: skip
