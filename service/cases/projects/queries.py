"""Reading projects."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from service.cases.projects.models import Goal, ProjectVersion, Support
from service.errors import NotFound, Stale

GOAL_FIELDS = ("life_domain", "in_first_person", "wording", "due_on")
SUPPORT_FIELDS = ("kind", "organisation_id", "is_existing", "description")


def version_row(session: Session, case_id: UUID, number: int, expected: int) -> ProjectVersion:
    """A version's row, locked, still as the caller read it. Raises NotFound, Stale."""
    found = session.scalars(_versions(case_id).where(ProjectVersion.number == number).with_for_update()).one_or_none()
    if found is None:
        raise NotFound("version_is_unknown")
    if found.version != expected:
        raise Stale("row_has_changed")
    return found


def versions(session: Session, case_id: UUID) -> Sequence[ProjectVersion]:
    """Every version of the case's project, the last one first."""
    return session.scalars(_whole(_versions(case_id)).order_by(ProjectVersion.number.desc())).all()


def version(session: Session, case_id: UUID, number: int) -> ProjectVersion:
    """One version with goals, supports and signatures. Raises NotFound."""
    found = session.scalars(_whole(_versions(case_id)).where(ProjectVersion.number == number)).one_or_none()
    if found is None:
        raise NotFound("version_is_unknown")
    return found


def version_of_id(session: Session, case_id: UUID, version_id: UUID) -> ProjectVersion:
    """The same, by id."""
    return session.scalars(_whole(_versions(case_id)).where(ProjectVersion.id == version_id)).one()


def content_of(session: Session, version_id: UUID) -> dict[str, Any]:
    """The content that freezes: preferences, goals, supports, as plain data in their order."""
    row = session.get_one(ProjectVersion, version_id)
    return {
        "preferences": row.preferences,
        "goals": _rows(session, Goal, GOAL_FIELDS, version_id),
        "supports": _rows(session, Support, SUPPORT_FIELDS, version_id),
    }


def _rows(session: Session, table: Any, names: tuple[str, ...], version_id: UUID) -> list[dict[str, Any]]:
    columns = [getattr(table, name) for name in names]
    statement = select(*columns).where(table.version_id == version_id).order_by(table.position)
    return [dict(row) for row in session.execute(statement).mappings()]


def _versions(case_id: UUID) -> Select[ProjectVersion]:
    return select(ProjectVersion).where(ProjectVersion.case_id == case_id)


def _whole(statement: Select[ProjectVersion]) -> Select[ProjectVersion]:
    return statement.options(
        selectinload(ProjectVersion.goals),
        selectinload(ProjectVersion.supports),
        selectinload(ProjectVersion.signatures),
    ).execution_options(populate_existing=True)
