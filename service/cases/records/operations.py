"""The primitives of a case that the rooms above combine: lock it, move it, supersede a fact."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import column, exists, func, select, table
from sqlalchemy.orm import Session

from service.access.grounds import IS_OFFER, is_live
from service.access.models import Ground
from service.actor import Actor, require
from service.audit.log.operations import record, shown
from service.cases.programmes.queries import definition
from service.cases.programmes.rules import Definition, Move
from service.cases.records.models import Case, Milestone, Recorded
from service.cases.records.queries import people_of
from service.errors import Conflict, Forbidden, NotFound, Stale, invalid_field
from service.types import Shown, new_id, now, today

F = TypeVar("F", bound=Recorded)
# The cases that the actor sees whole: a provider sees a case, and of it only what its own interventions need.
_MY_CASES = table("my_cases", column("case_id"), schema="access")
_OF_CASE = (Ground.case_id == Case.id) & is_live()
_PROVIDES = exists().where(_OF_CASE, Ground.kind == "provider")
# No ground but a provider's and an offer's: the case is only offered.
_IS_OFFERED = ~exists().where(_OF_CASE, Ground.kind != "provider", ~IS_OFFER)


def locked_case(
    session: Session,
    actor: Actor,
    permission: str,
    case_id: UUID,
    expected: int | None = None,
    *,
    may_be_closed: bool = False,
    may_provide: bool = False,
    may_decide: bool = False,
) -> Case:
    """The case, for an act that wants the permission; locked until the end, so that acts on one case wait for each other.

    Raises, in this order: NotFound out of sight, Forbidden, Stale, Forbidden to whom the case is only offered, Conflict for a
    closed case. `may_provide`: the act is open to who sees the case only as a provider; `may_decide`: to a service to which
    it is offered, and which has only to answer. Other acts are not, whatever their roles elsewhere.
    """
    case = session.scalars(select(Case).where(Case.id == case_id).with_for_update(key_share=True)).one_or_none()
    # Asked once the lock is ours: while it was waited for, the actor may have lost sight of the case.
    in_sight = Case.id.in_(select(_MY_CASES.c.case_id))
    sight = session.execute(select(in_sight, _IS_OFFERED, _PROVIDES).where(Case.id == case_id)).one_or_none()
    if case is None or sight is None:
        raise NotFound("case_is_unknown")
    is_whole, is_offered, provides = sight
    if not (is_whole or may_provide):
        raise Forbidden("case_is_seen_as_provider")
    require(actor, permission)
    if expected is not None and case.version != expected:
        raise Stale("row_has_changed")
    if is_offered and not (may_decide or (may_provide and provides)):
        raise Forbidden("case_is_managed_by_another")
    if case.is_closed and not may_be_closed:
        raise Conflict("case_is_closed")
    return case


def case_for_facts(
    session: Session, actor: Actor, permission: str, case_id: UUID, *, may_provide: bool = False
) -> Case:
    """The case, locked, in a stage in which facts are recorded (`record`). Raises as `locked_case`, and Conflict."""
    case = locked_case(session, actor, permission, case_id, may_provide=may_provide)
    allowed_move(session, actor, case, "record")
    return case


def record_on(
    session: Session, actor: Actor, case: Case, action: str, resource_id: UUID, *field_names: str,
    others: Iterable[UUID] = (),
) -> None:  # fmt: skip
    """The event of a write on a case: its people (and `others` whom it tells of), and the names of the fields written."""
    record(session, actor, action, case_id=case.id, resource_id=resource_id, people=[*people_in(session, case), *others],
           field_names=field_names)  # fmt: skip


def people_in(session: Session, case: Case) -> frozenset[UUID]:
    """Everybody whose case it is: asked of the database only where there may be more than one."""
    return frozenset([case.person_id]) if case.household_id is None else people_of(session, case.id)


def programme_of(session: Session, case: Case) -> Definition:
    """The definition under which the case was opened."""
    return definition(session, case.programme, case.programme_version)


def move(
    session: Session, actor: Actor, case: Case, act: str, occurred_on: date, pointer: str = "#/occurred_on", *,
    to: str | None = None, extra: tuple[str, ...] = (),
) -> Move:  # fmt: skip
    """Make an act's move: check it against the programme and the dates, write its milestones, change the stage.

    `pointer`: the field that holds the day. `to`: the stage asked for, where the act has a choice; `extra`: milestones that
    the act writes beside the programme's.
    """
    allowed = allowed_move(session, actor, case, act, to)
    check_date(session, case, occurred_on, pointer)
    go_to(case, allowed.to)
    for kind in (*allowed.milestones, *extra):
        reach(session, actor, case, kind, occurred_on)
    return allowed


def allowed_move(session: Session, actor: Actor, case: Case, act: str, to: str | None = None) -> Move:
    """The move that the programme allows to this actor now. Raises Conflict, or Forbidden for a move of other roles."""
    allowed = programme_of(session, case).move(act, case.stage, to)
    if allowed.by and not allowed.by.intersection(actor.role_names):
        raise Forbidden("move_is_of_others", ", ".join(sorted(allowed.by)))
    return allowed


def go_to(case: Case, stage: str | None) -> None:
    """Change the stage (None: stay) and the version that the next act must know."""
    case.stage = stage or case.stage
    case.version += 1


def reach(session: Session, actor: Actor, case: Case, kind: str, occurred_on: date) -> None:
    """Write a milestone."""
    session.add(Milestone(id=new_id(), case_id=case.id, kind=kind, occurred_on=occurred_on, stage=case.stage,
                          by_body=case.service_id, recorded_by=actor.user_id))  # fmt: skip


def check_date(session: Session, case: Case, occurred_on: date, pointer: str = "#/occurred_on") -> None:
    """A step happens today at the latest, and not before the steps that it follows."""
    check_not_future(occurred_on, pointer)
    last = session.scalar(
        select(func.max(Milestone.occurred_on)).where(Milestone.case_id == case.id, Milestone.superseded_at.is_(None))
    )
    if last is not None and occurred_on < last:
        raise invalid_field(pointer, "date_is_before_last_step", last.isoformat())


def check_not_future(occurred_on: date, pointer: str = "#/occurred_on") -> None:
    """Facts are recorded after they happen."""
    if occurred_on > today():
        raise invalid_field(pointer, "date_is_in_the_future", today().isoformat())


def check_after_referral(session: Session, case_id: UUID, occurred_on: date, pointer: str = "#/occurred_on") -> None:
    """A fact of a case happens between its referral and today."""
    check_not_future(occurred_on, pointer)
    first = session.scalar(
        select(func.min(Milestone.occurred_on)).where(Milestone.case_id == case_id, Milestone.superseded_at.is_(None))
    )
    if first is not None and occurred_on < first:
        raise invalid_field(pointer, "date_is_before_referral", first.isoformat())


def sight_of(session: Session, actor: Actor, case_id: UUID, others: Iterable[UUID] = ()) -> Shown:
    """Log that the people of a case (and `others` whom it names) are shown to the actor. Raises NotFound out of sight."""
    return shown(session, actor, [*people_of(session, case_id), *others], case_id=case_id)


def check_person(session: Session, case: Case, person_id: UUID, pointer: str = "#/person_id") -> None:
    """A fact of a case tells of its person, or of another of the household. Raises Invalid for anybody else."""
    if person_id not in people_in(session, case):
        raise invalid_field(pointer, "person_is_not_in_the_case")


def superseded(session: Session, actor: Actor, table: type[F], fact_id: UUID, case_id: UUID, reason: str) -> F:
    """Close a fact that was recorded by mistake: it stays, with the reason. Raises NotFound, Conflict if done before."""
    fact = session.scalars(
        select(table).where(table.id == fact_id, table.case_id == case_id).with_for_update(key_share=True)
    ).one_or_none()
    if fact is None:
        raise NotFound("fact_is_unknown")
    if fact.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    fact.superseded_at, fact.superseded_by, fact.supersede_reason = now(), actor.user_id, reason
    return fact


def mark(session: Session, actor: Actor, case: Case, allowed: Move, occurred_on: date) -> None:
    """Write the milestones of an act that may be told after later ones (a check, a judgement), and change the stage where the
    programme says so."""
    if allowed.to is not None:
        go_to(case, allowed.to)
    for kind in allowed.milestones:
        reach(session, actor, case, kind, occurred_on)


def corrected(session: Session, actor: Actor, table: type[F], case_id: UUID, corrects: Mapping[str, Any]) -> F:
    """The fact that a new one stands in for (`id`, `reason`), superseded. Raises Invalid, Conflict if done before."""
    try:
        fact = superseded(session, actor, table, corrects["id"], case_id, corrects["reason"])
    except NotFound as missing:
        raise invalid_field("#/corrects/id", missing.code) from missing
    session.flush()  # before the new row: what is unique among live facts is free again
    return fact


def restate_milestone(
    session: Session, actor: Actor, case_id: UUID, kind: str, was_on: date, is_on: date | None, reason: str
) -> None:
    """Bring a milestone to another day, or take it back (none), with the fact that it told of."""
    if was_on == is_on:
        return
    milestone = session.scalars(
        select(Milestone).where(Milestone.case_id == case_id, Milestone.kind == kind, Milestone.occurred_on == was_on,
                                Milestone.superseded_at.is_(None)).order_by(Milestone.id).limit(1)
    ).one_or_none()  # fmt: skip
    if milestone is None:  # the programme writes none for this act
        return
    superseded(session, actor, Milestone, milestone.id, case_id, reason)
    if is_on is not None:
        session.add(Milestone(id=new_id(), case_id=case_id, kind=kind, occurred_on=is_on, stage=milestone.stage,
                              by_body=milestone.by_body, recorded_by=actor.user_id))  # fmt: skip
