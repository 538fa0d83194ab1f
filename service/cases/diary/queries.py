"""Reading the diary."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from service.access.models import Organisation
from service.actor import Actor
from service.cases.diary.models import Convocation, ConvocationOutcome, Intervention, Pathway, PathwayEnd
from service.cases.diary.rules import Known
from service.cases.projects.models import Goal, ProjectVersion, Support
from service.cases.records.models import Case, Milestone
from service.cases.records.operations import people_in
from service.cases.teams.models import TeamMember
from service.errors import NotFound
from service.types import today
from service.web.paging import page


def interventions(
    session: Session, case_id: UUID, *, limit: int, cursor: str | None, batch_id: UUID | None = None
) -> list[Intervention]:
    """A page of the diary, what was recorded last first; of one batch, if it is named."""
    statement = _whole().where(Intervention.case_id == case_id, Intervention.superseded_at.is_(None))
    if batch_id is not None:
        statement = statement.where(Intervention.batch_id == batch_id)
    statement = page(statement, Intervention.id, limit=limit, cursor=cursor, scope=f"interventions:{case_id}")
    return list(session.scalars(statement))


def batch(session: Session, case_id: UUID, batch_id: UUID) -> list[Intervention]:
    """What was recorded in one request, in its order, entries corrected since included."""
    statement = _whole().where(Intervention.case_id == case_id, Intervention.batch_id == batch_id)
    return list(session.scalars(statement.order_by(Intervention.id)))


def intervention(session: Session, case_id: UUID, intervention_id: UUID) -> Intervention:
    """One entry, superseded or not. Raises NotFound."""
    found = session.scalars(
        _whole().where(Intervention.case_id == case_id, Intervention.id == intervention_id)
    ).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def _whole() -> Select[Intervention]:
    return select(Intervention).options(selectinload(Intervention.parties)).execution_options(populate_existing=True)


def known_for(
    session: Session, actor: Actor, case: Case, kinds: Iterable[str], entries: list[Mapping[str, Any]]
) -> Known:
    """What these entries are held against: one statement for each sort of thing that some of them name."""
    named = {name: {one for entry in entries for one in entry[name]}
             for name in ("person_ids", "member_ids", "organisation_ids")}  # fmt: skip
    referred_on, joined_on = session.execute(
        select(
            select(func.min(Milestone.occurred_on)).where(Milestone.case_id == case.id).scalar_subquery(),
            func.cases.provided_from(case.id),
        )
    ).one()
    return Known(
        kinds=frozenset(kinds), own=frozenset(organisation for _, organisation in actor.roles), today=today(),
        # A provider sees no milestones: theirs begins where they joined.
        first_on=referred_on or joined_on, is_provider=referred_on is None,
        people=people_in(session, case),
        members=_among(session, named["member_ids"], TeamMember, TeamMember.case_id == case.id),
        organisations=_among(session, named["organisation_ids"], Organisation),
        goals=_among(session, _ids(entries, "goal_id"), Goal, Goal.case_id == case.id, _is_signed(Goal)),
        supports=_among(session, _ids(entries, "support_id"), Support, Support.case_id == case.id, _is_signed(Support)),
    )  # fmt: skip


def _ids(entries: list[Mapping[str, Any]], name: str) -> set[UUID]:
    return {entry[name] for entry in entries} - {None}


def _among(session: Session, ids: Collection[UUID], table: Any, *conditions: Any) -> frozenset[UUID]:
    return frozenset(session.scalars(select(table.id).where(table.id.in_(ids), *conditions))) if ids else frozenset()


def _is_signed(part: Any) -> Any:
    """Goals and supports of drafts come and go; an intervention serves one that was signed."""
    signed = select(ProjectVersion.id).where(ProjectVersion.signed_on.is_not(None))
    return part.version_id.in_(signed.where(ProjectVersion.case_id == part.case_id))


def convocations(session: Session, case_id: UUID) -> list[Any]:
    """The appointments of a case with what became of them, the last one first."""
    statement = _convocations(case_id).where(Convocation.superseded_at.is_(None))
    return list(session.execute(statement.order_by(Convocation.occurred_on.desc(), Convocation.id.desc())))


def convocation(session: Session, case_id: UUID, convocation_id: UUID) -> Any:
    """One appointment with what became of it. Raises NotFound."""
    found = session.execute(_convocations(case_id).where(Convocation.id == convocation_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def live_outcome_of(session: Session, case_id: UUID, convocation_id: UUID) -> ConvocationOutcome | None:
    """What became of an appointment, if it is recorded."""
    return session.scalars(
        select(ConvocationOutcome).where(
            ConvocationOutcome.convocation_id == convocation_id, ConvocationOutcome.case_id == case_id,
            ConvocationOutcome.superseded_at.is_(None),
        )
    ).one_or_none()  # fmt: skip


def _convocations(case_id: UUID) -> Any:
    outcome = ConvocationOutcome
    is_live = (outcome.convocation_id == Convocation.id) & outcome.superseded_at.is_(None)
    return (
        select(
            Convocation.id, Convocation.occurred_on, Convocation.appointment_on, Convocation.note,
            Convocation.recorded_by, outcome.outcome, outcome.occurred_on.label("outcome_on"), outcome.reason_code,
            outcome.moved_to_id,
        )
        .outerjoin(outcome, is_live)
        .where(Convocation.case_id == case_id)
    )  # fmt: skip


def pathways(session: Session, case_id: UUID) -> list[Any]:
    """The pathways of a case with their ends, the newest first."""
    statement = _pathways(case_id).where(Pathway.superseded_at.is_(None))
    return list(session.execute(statement.order_by(Pathway.from_on.desc(), Pathway.id.desc())))


def pathway(session: Session, case_id: UUID, pathway_id: UUID) -> Any:
    """One pathway with its end, superseded or not. Raises NotFound."""
    found = session.execute(_pathways(case_id).where(Pathway.id == pathway_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def live_pathway(session: Session, case_id: UUID, pathway_id: UUID) -> tuple[Pathway, PathwayEnd | None]:
    """A pathway that stands, and its end. Raises NotFound."""
    row = session.execute(
        select(Pathway, PathwayEnd)
        .outerjoin(PathwayEnd, (PathwayEnd.pathway_id == Pathway.id) & PathwayEnd.superseded_at.is_(None))
        .where(Pathway.case_id == case_id, Pathway.id == pathway_id, Pathway.superseded_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound("fact_is_unknown")
    return row.Pathway, row.PathwayEnd


def has_pathway(session: Session, case_id: UUID, pathway_id: UUID) -> bool:
    """Whether such a pathway of the case stands."""
    is_it = (Pathway.id == pathway_id, Pathway.case_id == case_id, Pathway.superseded_at.is_(None))
    return session.scalar(select(Pathway.id).where(*is_it)) is not None


def has_open_pathways(session: Session, case_id: UUID) -> bool:
    """Whether a pathway of the case has not ended."""
    statement = _pathways(case_id).where(Pathway.superseded_at.is_(None), PathwayEnd.id.is_(None))
    return session.execute(statement.limit(1)).first() is not None


def _pathways(case_id: UUID) -> Any:
    return (
        select(
            Pathway.id, Pathway.kind, Pathway.from_on, Pathway.shared_key, Pathway.superseded_at,
            func.coalesce(Pathway.person_id, Case.person_id).label("person_id"), PathwayEnd.ended_on,
            PathwayEnd.end_code, PathwayEnd.outcome_code, PathwayEnd.is_positive, PathwayEnd.certificate_issued_on,
        )
        .join(Case, Case.id == Pathway.case_id)
        .outerjoin(PathwayEnd, (PathwayEnd.pathway_id == Pathway.id) & PathwayEnd.superseded_at.is_(None))
        .where(Pathway.case_id == case_id)
    )  # fmt: skip
