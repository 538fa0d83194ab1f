"""Reading the cases that somebody follows, and what waits in them: a few statements, however many cases there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from service.access.models import Organisation
from service.actor import Actor
from service.cases.outcomes.models import Evaluation
from service.cases.programmes.queries import definition
from service.cases.programmes.rules import Definition
from service.cases.projects.models import Goal, ProjectVersion, Signature
from service.cases.records.models import Case, Milestone
from service.cases.teams.models import TeamMember
from service.cases.transfers.models import Transfer
from service.clocks.calendars import Patron, patron_of
from service.errors import NotFound
from service.worklist.sources import among

FOLLOWED_AFTER_END: Final = timedelta(days=3 * 365)
"""How long a closed case stays on the worklist for what is still to be observed: the last observation is due at 18 months,
and one that nobody made within as long again is history (a choice of this software)."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A case as its clocks need it, and what the actor is to it: manages it, directs its service, is on its team."""

    id: UUID
    person_id: UUID
    programme: Definition
    stage: str
    is_closed: bool
    patron: Patron | None
    has_manager: bool
    is_managed: bool
    is_directed: bool

    @property
    def is_answered_for(self) -> bool:
        """Whether its deadlines are the actor's."""
        return self.is_managed or self.is_directed


@dataclass(frozen=True, slots=True)
class Offer:
    """A case that another service offers to one of the actor's."""

    id: UUID
    case_id: UUID
    person_id: UUID
    programme: str
    offered_on: date


@dataclass(frozen=True, slots=True)
class OpenVersion:
    """A version of a project that waits: a draft with or without goals, or an approved one with some signatures."""

    id: UUID
    case_id: UUID
    is_draft: bool
    has_goals: bool
    writers: frozenset[UUID]
    since: date
    signers: frozenset[str]


def followed_case(session: Session, actor: Actor, case_id: UUID) -> Followed:
    """One case. Raises NotFound out of sight."""
    row = session.execute(_cases().where(Case.id == case_id)).one_or_none()
    if row is None:
        raise NotFound("case_is_unknown")
    return _followed(session, actor, row)


def followed_cases(session: Session, actor: Actor, on: date) -> list[Followed]:
    """The cases that the actor manages, whose service they coordinate, or on whose team they are: the open ones, and those
    that ended lately enough to be observed still."""
    ended_lately = select(Milestone.case_id).where(
        Milestone.kind == "concluded",
        Milestone.occurred_on >= on - FOLLOWED_AFTER_END,
        Milestone.superseded_at.is_(None),
    )
    statement = _cases().where(or_(_directed(actor), _on_team(actor)), or_(~Case.is_closed, Case.id.in_(ended_lately)))
    return [_followed(session, actor, row) for row in session.execute(statement)]


def offers(session: Session, actor: Actor) -> list[Offer]:
    """The transfers that the actor's services have not answered yet."""
    statement = (
        select(Transfer.id, Transfer.case_id, Case.person_id, Case.programme, Transfer.offered_on)
        .join(Case, Case.id == Transfer.case_id)
        .where(among(Transfer.to_service_id, _services(actor)), Transfer.decision.is_(None),
               Transfer.superseded_at.is_(None))
    )  # fmt: skip
    return [Offer(*row) for row in session.execute(statement)]


def open_versions(session: Session, case_ids: Sequence[UUID]) -> list[OpenVersion]:
    """The drafts, and the approved versions that are not signed yet, of these cases."""
    signers = (
        select(func.array_agg(Signature.signer))
        .where(Signature.version_id == ProjectVersion.id, Signature.superseded_at.is_(None))
        .scalar_subquery()
    )
    has_goals = exists().where(Goal.version_id == ProjectVersion.id)
    statement = select(
        ProjectVersion.id, ProjectVersion.case_id, ProjectVersion.status, ProjectVersion.author_id,
        ProjectVersion.changed_by, func.coalesce(ProjectVersion.approved_on, ProjectVersion.drafted_on).label("since"),
        has_goals.label("has_goals"), signers.label("signers"),
    ).where(among(ProjectVersion.case_id, case_ids), ProjectVersion.status.in_(("draft", "approved")))  # fmt: skip
    return [
        OpenVersion(id=row.id, case_id=row.case_id, is_draft=row.status == "draft", has_goals=row.has_goals,
                    writers=frozenset({row.author_id, *row.changed_by}), since=row.since,
                    signers=frozenset(row.signers or ()))
        for row in session.execute(statement)
    ]  # fmt: skip


def final_judges(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """Which sides have given their final judgement of the project, by case."""
    found: dict[UUID, set[str]] = {}
    statement = select(Evaluation.case_id, Evaluation.judge).where(
        among(Evaluation.case_id, case_ids), Evaluation.is_final, Evaluation.pathway_id.is_(None),
        Evaluation.superseded_at.is_(None),
    )  # fmt: skip
    for case_id, judge in session.execute(statement.distinct()):
        found.setdefault(case_id, set()).add(judge)
    return found


def _cases() -> Any:
    """Cases in sight with their manager and the municipality of their service's body."""
    is_manager = and_(TeamMember.case_id == Case.id, TeamMember.role == "case_manager", TeamMember.to_on.is_(None),
                      TeamMember.superseded_at.is_(None))  # fmt: skip
    return (
        select(Case.id, Case.person_id, Case.programme, Case.programme_version, Case.stage, Case.is_closed, Case.service_id,
               Organisation.istat_code, TeamMember.user_id.label("manager_id"))
        .join(Organisation, Organisation.id == Case.service_id)
        .outerjoin(TeamMember, is_manager)
        .order_by(Case.id)
    )  # fmt: skip


def _followed(session: Session, actor: Actor, row: Any) -> Followed:
    return Followed(
        id=row.id, person_id=row.person_id, programme=definition(session, row.programme, row.programme_version),
        stage=row.stage, is_closed=row.is_closed, patron=patron_of(row.istat_code) if row.istat_code else None,
        has_manager=row.manager_id is not None, is_managed=row.manager_id == actor.user_id,
        is_directed=row.service_id in actor.organisations("coordinator"),
    )  # fmt: skip


def _directed(actor: Actor) -> Any:
    return among(Case.service_id, _services(actor))


def _on_team(actor: Actor) -> Any:
    mine = select(TeamMember.case_id).where(
        TeamMember.user_id == actor.user_id, TeamMember.to_on.is_(None), TeamMember.superseded_at.is_(None)
    )
    return Case.id.in_(mine)


def _services(actor: Actor) -> list[UUID]:
    return sorted(actor.organisations("coordinator"))
