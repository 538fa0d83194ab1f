"""Reading checks and follow-ups."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from service.cases.monitoring.models import FollowUp, MonitoringCheck
from service.cases.monitoring.rules import Due, Observed, follow_ups_due, still_due
from service.cases.programmes.queries import definition
from service.cases.records.models import Case, Milestone
from service.errors import NotFound

ENDS = ("concluded", "abandoned", "transferred")


def checks(session: Session, case_id: UUID) -> Sequence[MonitoringCheck]:
    """The live checks of a case, the last one first."""
    day = func.coalesce(MonitoringCheck.held_on, MonitoringCheck.due_on)
    return session.scalars(
        _checks(case_id).where(MonitoringCheck.superseded_at.is_(None)).order_by(day.desc(), MonitoringCheck.id.desc())
    ).all()


def check(session: Session, case_id: UUID, check_id: UUID) -> MonitoringCheck:
    """One check, superseded or not. Raises NotFound."""
    found = session.scalars(_checks(case_id).where(MonitoringCheck.id == check_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def follow_ups(session: Session, case_id: UUID) -> Sequence[FollowUp]:
    """The live follow-ups of a case, the last one first."""
    return session.scalars(
        _follow_ups(case_id)
        .where(FollowUp.superseded_at.is_(None))
        .order_by(FollowUp.occurred_on.desc(), FollowUp.id.desc())
    ).all()


def follow_up(session: Session, case_id: UUID, follow_up_id: UUID) -> FollowUp:
    """One follow-up, superseded or not. Raises NotFound."""
    found = session.scalars(_follow_ups(case_id).where(FollowUp.id == follow_up_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def ended_on(session: Session, case_id: UUID) -> date | None:
    """The day of the last end of a case: concluded, abandoned or transferred; none for what never was a case."""
    return session.scalar(
        select(func.max(Milestone.occurred_on)).where(
            Milestone.case_id == case_id, Milestone.kind.in_(ENDS), Milestone.superseded_at.is_(None)
        )
    )


def due_follow_ups(session: Session, case_id: UUID, done: Sequence[FollowUp]) -> list[Due]:
    """The observations of a closed case that its programme still asks for; none after an outcome that has none."""
    case = session.get_one(Case, case_id)
    programme = definition(session, case.programme, case.programme_version)
    end = ended_on(session, case_id) if case.is_closed else None
    if end is None or case.outcome is None or not programme.outcomes[case.outcome].has_follow_up:
        return []
    observed = [Observed(one.months_after, one.ended_on) for one in done]
    return still_due(follow_ups_due(programme, end), observed, end)


def _checks(case_id: UUID) -> Select[MonitoringCheck]:
    return (
        select(MonitoringCheck)
        .where(MonitoringCheck.case_id == case_id)
        .options(selectinload(MonitoringCheck.participants), selectinload(MonitoringCheck.progress))
    )


def _follow_ups(case_id: UUID) -> Select[FollowUp]:
    return select(FollowUp).where(FollowUp.case_id == case_id).options(selectinload(FollowUp.answers))
