"""Reading the diary."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.diary.models import Intervention, Pathway, PathwayEnd
from service.errors import NotFound
from service.web.paging import page


def interventions(session: Session, case_id: UUID, *, limit: int, cursor: str | None) -> list[Any]:
    """A page of the diary, what was recorded last first."""
    statement = select(Intervention).where(Intervention.case_id == case_id, Intervention.superseded_at.is_(None))
    statement = page(statement, Intervention.id, limit=limit, cursor=cursor, scope=f"interventions:{case_id}")
    return list(session.scalars(statement))


def pathways(session: Session, case_id: UUID) -> list[Any]:
    """The pathways of a case with their ends, the newest first."""
    return list(session.execute(_pathways(case_id).order_by(Pathway.from_on.desc(), Pathway.id.desc())))


def pathway(session: Session, case_id: UUID, pathway_id: UUID) -> Any:
    """One pathway with its end. Raises NotFound."""
    found = session.execute(_pathways(case_id).where(Pathway.id == pathway_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def has_open_pathways(session: Session, case_id: UUID) -> bool:
    """Whether a pathway of the case has not ended."""
    return session.execute(_pathways(case_id).where(PathwayEnd.id.is_(None)).limit(1)).first() is not None


def _pathways(case_id: UUID) -> Any:
    return (
        select(Pathway.id, Pathway.kind, Pathway.from_on, PathwayEnd.ended_on, PathwayEnd.end_code)
        .outerjoin(PathwayEnd, (PathwayEnd.pathway_id == Pathway.id) & PathwayEnd.superseded_at.is_(None))
        .where(Pathway.case_id == case_id, Pathway.superseded_at.is_(None))
    )
