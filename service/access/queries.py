"""Reading bodies and operators: a directory that every operator may consult."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.access.models import Organisation, OrganisationFlag, RoleAssignment, User
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


def organisation_flags(session: Session, organisation_id: UUID) -> Sequence[OrganisationFlag]:
    """What a body is as a host, past periods included, the newest first. Raises NotFound for no such body."""
    organisation(session, organisation_id)
    return session.scalars(
        select(OrganisationFlag)
        .where(OrganisationFlag.organisation_id == organisation_id, OrganisationFlag.superseded_at.is_(None))
        .order_by(OrganisationFlag.from_on.desc(), OrganisationFlag.id.desc())
    ).all()


def organisation_flag(session: Session, organisation_id: UUID, flag_id: UUID) -> OrganisationFlag:
    """One of them, superseded or not. Raises NotFound."""
    found = session.scalars(
        select(OrganisationFlag).where(
            OrganisationFlag.id == flag_id, OrganisationFlag.organisation_id == organisation_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
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


def names_of_operators(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What operators are called."""
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_(set(user_ids))))
    return {row.id: row.display_name for row in rows}


def names_of_organisations(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What bodies are called."""
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def holds_role(session: Session, user_id: UUID, organisation_id: UUID, roles: tuple[str, ...]) -> bool:
    """Whether the operator holds one of the roles in the body now."""
    return session.execute(
        select(RoleAssignment.id)
        .join(User)
        .where(RoleAssignment.user_id == user_id, RoleAssignment.organisation_id == organisation_id, User.is_active,
               RoleAssignment.role.in_(roles), _is_live())
        .limit(1)
    ).scalar_one_or_none() is not None  # fmt: skip


def holders_of(role: str, organisation_ids: tuple[UUID, ...]) -> Select[UUID, UUID]:
    """The statement of who holds a role now in these bodies: `organisation_id`, `user_id`, each pair once."""
    return (
        select(RoleAssignment.organisation_id, RoleAssignment.user_id)
        .join(User)
        .where(RoleAssignment.role == role, RoleAssignment.organisation_id.in_(organisation_ids), User.is_active, _is_live())
        .distinct()
    )  # fmt: skip


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
            "email": found.email, "is_active": found.is_active, "roles": roles}  # fmt: skip
