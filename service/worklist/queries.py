"""Reading the cases that somebody follows, and what waits in them: a few statements, however many cases there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from service.access.models import Organisation
from service.actor import Actor
from service.cases.outcomes.models import Evaluation
from service.cases.programmes.queries import definition
from service.cases.programmes.rules import Definition
from service.cases.projects.models import Goal, ProjectCommitment, ProjectVersion, Responsible, Signature
from service.cases.projects.rules import FIELDS, PARTS, Content
from service.cases.records.models import Case, CasePerson, Milestone
from service.cases.records.queries import OTHER_ADULTS
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
    has_follow_up: bool
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
    """A version of a project that waits: a draft, or an approved one with some signatures.

    `content`: what decides whether a draft is ready. `members`: the adults of the household, and whom a commitment binds.
    `signed`: signers, and the members for whom they are; who refused is not one of them.
    """

    id: UUID
    case_id: UUID
    is_draft: bool
    writers: frozenset[UUID]
    since: date
    content: Content
    members: frozenset[UUID]
    signed: frozenset[tuple[str, UUID | None]]


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
    """The drafts, and the approved versions that are not signed yet, of these cases: one statement."""
    fields = {name: getattr(ProjectVersion, name) for name in FIELDS}
    statement = select(
        ProjectVersion.id, ProjectVersion.case_id, ProjectVersion.status, ProjectVersion.author_id,
        ProjectVersion.changed_by, func.coalesce(ProjectVersion.approved_on, ProjectVersion.drafted_on).label("since"),
        *fields.values(), _rows(Goal, *PARTS["goals"]).label("goals"),
        _rows(Responsible, *PARTS["responsibles"]).label("responsibles"),
        _rows(ProjectCommitment, "person_id").where(ProjectCommitment.person_id.is_not(None)).label("bound"),
        _adults().label("adults"),
        _rows(Signature, "signer", "person_id")
        .where(Signature.superseded_at.is_(None) & ~Signature.is_refusal).label("signed"),
    ).where(among(ProjectVersion.case_id, case_ids), ProjectVersion.status.in_(("draft", "approved")))  # fmt: skip
    return [_open_version(row, {name: getattr(row, name) for name in fields}) for row in session.execute(statement)]


def _rows(table: Any, *names: str) -> Any:
    """The rows of a part of a version in one value: a list of mappings, none where there are no rows."""
    one = func.jsonb_build_object(*(part for name in names for part in (name, getattr(table, name))))
    order = aggregate_order_by(one, table.position) if hasattr(table, "position") else one
    return select(func.jsonb_agg(order)).where(table.version_id == ProjectVersion.id).scalar_subquery()


def _adults() -> Any:
    """The members of the household who sign beside the person of the case."""
    return (
        select(func.jsonb_agg(func.jsonb_build_object("person_id", CasePerson.person_id)))
        .where(CasePerson.case_id == ProjectVersion.case_id, *OTHER_ADULTS)
        .scalar_subquery()
    )


def _open_version(row: Any, fields: Mapping[str, Any]) -> OpenVersion:
    signed = ((one["signer"], one["person_id"]) for one in row.signed or ())
    return OpenVersion(
        id=row.id, case_id=row.case_id, is_draft=row.status == "draft", writers=frozenset({row.author_id, *row.changed_by}),
        since=row.since, content={**fields, "goals": row.goals or [], "responsibles": row.responsibles or []},
        members=frozenset(UUID(one["person_id"]) for one in (*(row.bound or ()), *(row.adults or ()))),
        signed=frozenset((signer, UUID(person_id) if person_id else None) for signer, person_id in signed),
    )  # fmt: skip


def final_judges(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """Which sides have given their final judgement of the project, by case."""
    found: dict[UUID, set[str]] = {}
    statement = select(Evaluation.case_id, Evaluation.judge).where(
        among(Evaluation.case_id, case_ids), Evaluation.is_final, Evaluation.pathway_id.is_(None),
        Evaluation.goal_id.is_(None), Evaluation.superseded_at.is_(None),
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
               Case.outcome, Organisation.istat_code, TeamMember.user_id.label("manager_id"))
        .join(Organisation, Organisation.id == Case.service_id)
        .outerjoin(TeamMember, is_manager)
        .order_by(Case.id)
    )  # fmt: skip


def _followed(session: Session, actor: Actor, row: Any) -> Followed:
    programme = definition(session, row.programme, row.programme_version)
    ended = programme.outcomes.get(row.outcome or "")
    return Followed(
        id=row.id, person_id=row.person_id, programme=programme, has_follow_up=ended is None or ended.has_follow_up,
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
