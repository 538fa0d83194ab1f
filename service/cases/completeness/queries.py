"""Which facts of a case are there: one named check for each, all asked in one statement."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, and_, case, cast, func, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from service.access.models import OrganisationFlag
from service.budget.lines.models import BudgetLine, Participation
from service.cases.assessments.models import Assessment, Complexity, InstrumentResult, PreliminaryAnalysis
from service.cases.circumstances.models import Circumstance
from service.cases.completeness.rules import Needed, needed_facts
from service.cases.contacts.models import Contact
from service.cases.diary.models import Intervention, Pathway, PathwayEnd
from service.cases.discharges.models import Discharge
from service.cases.housing.models import Stay
from service.cases.involvements.models import FamilyInvolvement
from service.cases.monitoring.models import JobOutcome, MonitoringCheck, SchoolStatus
from service.cases.outcomes.models import Evaluation, FamilyExit, GoalOutcome
from service.cases.placements.models import Placement
from service.cases.programmes.queries import definition
from service.cases.projects.models import Goal, ProjectVersion, Support
from service.cases.records.models import Case
from service.errors import NotFound

Check = Callable[[UUID], Select[Any]]
"""The first day on which a fact of a case was there, or null."""


def needed(session: Session, case_id: UUID) -> list[Needed]:
    """What the programme of a case asks for, and what of it is there. Raises NotFound."""
    found = session.get(Case, case_id)
    if found is None:
        raise NotFound("case_is_unknown")
    required = definition(session, found.programme, found.programme_version).required_facts
    asked = [fact for fact in required if fact in CHECKS]
    if not asked:
        return needed_facts(required, {})
    row = session.execute(select(*(CHECKS[fact](case_id).scalar_subquery().label(fact) for fact in asked))).one()
    return needed_facts(required, dict(row._mapping))


def _first(table: Any, day: Any, *conditions: Any) -> Check:
    """The check for a live fact of a table."""
    return lambda case_id: select(func.min(day)).where(
        table.case_id == case_id, table.superseded_at.is_(None), *conditions
    )


def _signed_on(case_id: UUID) -> Select[Any]:
    return select(func.min(ProjectVersion.signed_on)).where(ProjectVersion.case_id == case_id)


def _involved_on(case_id: UUID) -> Select[Any]:
    """A body other than the service: foreseen by a signed version, or at work."""
    foreseen = (
        select(ProjectVersion.signed_on.label("day"))
        .join(Support, Support.version_id == ProjectVersion.id)
        .join(Case, Case.id == ProjectVersion.case_id)
        .where(Case.id == case_id, Support.organisation_id != Case.service_id)
    )
    actual = (
        select(Intervention.occurred_on)
        .join(Case, Case.id == Intervention.case_id)
        .where(
            Case.id == case_id, Intervention.superseded_at.is_(None), Intervention.organisation_id != Case.service_id
        )
    )
    return _first_of(foreseen, actual)


def _participates_on(case_id: UUID) -> Select[Any]:
    """The person or the family builds, pays or manages the budget; a line that they pay is a participation."""
    declared = select(Participation.occurred_on.label("day")).where(
        Participation.case_id == case_id, Participation.superseded_at.is_(None)
    )
    paid = select(cast(func.timezone("Europe/Rome", BudgetLine.recorded_at), Date)).where(
        BudgetLine.case_id == case_id, BudgetLine.superseded_at.is_(None), BudgetLine.source.in_(("person", "family"))
    )
    return _first_of(declared, paid)


def _all_goals_on(case_id: UUID) -> Select[Any]:
    """The day of the last outcome, if every goal of the signed version in force has one."""
    in_force = (
        select(func.max(ProjectVersion.number))
        .where(ProjectVersion.case_id == case_id, ProjectVersion.status == "signed")
        .scalar_subquery()
    )
    told = and_(GoalOutcome.goal_id == Goal.id, GoalOutcome.superseded_at.is_(None))
    is_whole = func.count(Goal.id) == func.count(GoalOutcome.id)
    return (
        select(case((is_whole, func.max(GoalOutcome.occurred_on)), else_=cast(null(), Date)))
        .select_from(Goal)
        .join(ProjectVersion, ProjectVersion.id == Goal.version_id)
        .outerjoin(GoalOutcome, told)
        .where(ProjectVersion.case_id == case_id, ProjectVersion.number == in_force)
    )


def _family_on(case_id: UUID) -> Select[Any]:
    """The family is involved or activated, or is known not to be there: declared, or said in a signed version."""
    declared = select(FamilyInvolvement.occurred_on.label("day")).where(
        FamilyInvolvement.case_id == case_id, FamilyInvolvement.superseded_at.is_(None)
    )
    foreseen = select(ProjectVersion.signed_on).where(
        ProjectVersion.case_id == case_id,
        or_(ProjectVersion.family_involvement.is_not(None), ProjectVersion.is_family_possible.is_not(None)),
    )
    return _first_of(declared, foreseen)


def _measured_on(case_id: UUID) -> Select[Any]:
    """The later of two measures by the same instrument and version, one at the start and one at the end."""
    start, end = aliased(InstrumentResult), aliased(InstrumentResult)
    same = and_(end.case_id == start.case_id, end.instrument == start.instrument,
                end.instrument_version == start.instrument_version)  # fmt: skip
    return select(func.min(end.occurred_on)).select_from(start).join(end, same).where(
        start.case_id == case_id, start.moment == "start", end.moment.in_(("end", "follow_up")),
        start.superseded_at.is_(None), end.superseded_at.is_(None),
    )  # fmt: skip


def _flagged_on(case_id: UUID) -> Select[Any]:
    """A host body whose kind is known: social agriculture, green, third sector, profit."""
    hosts = select(Placement.host_organisation_id).where(
        Placement.case_id == case_id, Placement.superseded_at.is_(None)
    )
    return select(func.min(OrganisationFlag.identified_on)).where(
        OrganisationFlag.organisation_id.in_(hosts), OrganisationFlag.superseded_at.is_(None)
    )


def _first_of(*days: Any) -> Select[Any]:
    found = union_all(*days).subquery()
    return select(func.min(found.c.day))


def _judged_by(*judges: str) -> Check:
    return _first(Evaluation, Evaluation.occurred_on, Evaluation.judge.in_(judges), Evaluation.is_final,
                  Evaluation.goal_id.is_(None))  # fmt: skip


def _done(kind: str) -> Check:
    return _first(Intervention, Intervention.occurred_on, Intervention.kind == kind)


CHECKS: dict[str, Check] = {
    "preliminary_analysis": _first(PreliminaryAnalysis, PreliminaryAnalysis.occurred_on),
    "assessment": _first(Assessment, Assessment.occurred_on),
    "signed_project": _signed_on,
    "body_involvement": _involved_on,
    "beneficiary_judgement": _judged_by("beneficiary"),
    "operators_judgement": _judged_by("operators", "operator"),
    "goal_outcomes": _all_goals_on,
    "family_exit": _first(FamilyExit, FamilyExit.occurred_on),
    "budget_participation": _participates_on,
    "pathway": _first(Pathway, Pathway.from_on),
    "monitoring_level": _first(MonitoringCheck, MonitoringCheck.held_on),
    "school_status": _first(SchoolStatus, SchoolStatus.observed_on),
    "job_outcome": _first(JobOutcome, JobOutcome.observed_on),
    "contact": lambda case_id: select(func.min(Contact.occurred_on)).where(
        Contact.case_id == case_id, Contact.superseded_at.is_(None)
    ),
    "family_involvement": _family_on,
    "complexity": _first(Complexity, Complexity.from_on),
    "employability": _measured_on,
    "housing_placement": _first(Stay, Stay.from_on),
    "protected_discharge": _first(Discharge, Discharge.discharged_on),
    "work_placement": _first(Placement, Placement.from_on),
    "host_flags": _flagged_on,
    "certificate": _first(PathwayEnd, PathwayEnd.certificate_issued_on),
    "referral_appropriateness": _first(Circumstance, Circumstance.from_on, Circumstance.kind == "referral_judgement"),
    "prevention": _done("prevenzione"),
    "economic_support": _done("supporto_economico_abitare"),
}
"""Fact -> its check. A fact without one is answered as not known: a room that brings its table brings its check."""
