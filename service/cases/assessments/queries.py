"""Reading assessments, results, complexity. Health results out of sight are not there: row-level security hides them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, column, func, select, table
from sqlalchemy.orm import Session, selectinload

from service.cases.assessments.models import Assessment, Complexity, InstrumentResult
from service.cases.assessments.rules import Change, changes
from service.cases.instruments.queries import versions
from service.errors import NotFound
from service.web.paging import page

# The cases of which the actor sees the health data: as a clinical member, or as coordinator of the service.
_MY_HEALTH_CASES = table("my_health_cases", column("case_id"), schema="access")


def assessments(session: Session, case_id: UUID) -> Sequence[Assessment]:
    """Every assessment of a case, the last one first."""
    return session.scalars(
        _assessments(case_id)
        .where(Assessment.superseded_at.is_(None))
        .order_by(Assessment.occurred_on.desc(), Assessment.id.desc())
    ).all()


def assessment(session: Session, case_id: UUID, assessment_id: UUID) -> Assessment:
    """One assessment with its areas and results, superseded or not. Raises NotFound."""
    found = session.scalars(_assessments(case_id).where(Assessment.id == assessment_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def _assessments(case_id: UUID) -> Select[Assessment]:
    return (
        select(Assessment)
        .where(Assessment.case_id == case_id)
        .options(selectinload(Assessment.areas), selectinload(Assessment.results))
    )


def sees_health(session: Session, case_id: UUID) -> bool:
    """Whether the actor sees the health data of a case."""
    asked = select(_MY_HEALTH_CASES.c.case_id).where(_MY_HEALTH_CASES.c.case_id == case_id).limit(1)
    return session.execute(asked).first() is not None


def instrument_results(
    session: Session, case_id: UUID, *, limit: int, cursor: str | None, instrument: str | None
) -> Sequence[InstrumentResult]:
    """A page of the live results of a case, what was recorded last first."""
    statement = _results(case_id, instrument)
    statement = page(statement, InstrumentResult.id, limit=limit, cursor=cursor, scope=results_scope(case_id))
    return session.scalars(statement).all()


def results_scope(case_id: UUID) -> str:
    """The list that a cursor of results belongs to."""
    return f"instrument_results:{case_id}"


def instrument_changes(
    session: Session, case_id: UUID, *, instrument: str | None, from_on: date | None, to_on: date | None
) -> list[Change]:
    """How the scores of a case changed in a window of days, both ends included."""
    statement = _results(case_id, instrument)
    if from_on is not None:
        statement = statement.where(InstrumentResult.occurred_on >= from_on)
    if to_on is not None:
        statement = statement.where(InstrumentResult.occurred_on <= to_on)
    found = session.scalars(statement).all()
    return changes(found, versions(session, ((one.instrument, one.instrument_version) for one in found)))


def _results(case_id: UUID, instrument: str | None) -> Select[InstrumentResult]:
    statement = select(InstrumentResult).where(
        InstrumentResult.case_id == case_id, InstrumentResult.superseded_at.is_(None)
    )
    return statement if instrument is None else statement.where(InstrumentResult.instrument == instrument)


def complexities(session: Session, case_id: UUID) -> list[Any]:
    """The live judgements of complexity with the day that ends each (the next one's), the last one first."""
    live = _complexities(case_id).where(Complexity.superseded_at.is_(None))
    return list(session.execute(live.order_by(Complexity.from_on.desc())))


def complexity(session: Session, case_id: UUID, complexity_id: UUID) -> Any:
    """One judgement of complexity, superseded or not. Raises NotFound."""
    periods = _complexities(case_id).subquery()
    found = session.execute(select(periods).where(periods.c.id == complexity_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def _complexities(case_id: UUID) -> Select[Any]:
    is_live = Complexity.superseded_at.is_(None)
    following = func.lead(Complexity.from_on).over(partition_by=is_live, order_by=Complexity.from_on)
    return select(
        Complexity.id, Complexity.from_on, case((is_live, following)).label("to_on"), Complexity.is_complex,
        Complexity.criteria, Complexity.setting, Complexity.recorded_by, Complexity.superseded_at,
    ).where(Complexity.case_id == case_id)  # fmt: skip
