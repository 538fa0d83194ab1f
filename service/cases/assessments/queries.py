"""Reading assessments."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from service.cases.assessments.models import Assessment
from service.errors import NotFound


def assessments(session: Session, case_id: UUID) -> Sequence[Assessment]:
    """Every assessment of a case, the last one first."""
    return session.scalars(
        select(Assessment)
        .where(Assessment.case_id == case_id, Assessment.superseded_at.is_(None))
        .order_by(Assessment.occurred_on.desc(), Assessment.id.desc())
        .options(selectinload(Assessment.areas))
    ).all()


def assessment(session: Session, case_id: UUID, assessment_id: UUID) -> Assessment:
    """One assessment with its areas. Raises NotFound."""
    found = session.scalars(
        select(Assessment)
        .where(Assessment.case_id == case_id, Assessment.id == assessment_id)
        .options(selectinload(Assessment.areas))
    ).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found
