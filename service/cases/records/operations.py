"""The primitives of a case that the rooms above combine: lock it, move it, supersede a fact."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from service.actor import Actor
from service.audit.log.operations import shown
from service.cases.programmes.queries import definition
from service.cases.programmes.rules import Definition, Move
from service.cases.records.models import Case, Milestone, Recorded
from service.cases.records.queries import subject_of
from service.errors import Conflict, Forbidden, NotFound, Stale, invalid_field
from service.types import Shown, new_id, now, today

F = TypeVar("F", bound=Recorded)
# The cases that the actor sees whole: a provider sees a case, and of it only what its own interventions need.
_MY_CASES = table("my_cases", column("case_id"), schema="access")


def locked_case(
    session: Session,
    case_id: UUID,
    expected: int | None = None,
    *,
    may_be_closed: bool = False,
    may_provide: bool = False,
) -> Case:
    """The case, locked until the end: acts on one case wait for each other. Raises NotFound out of sight, Stale, Conflict.

    `may_provide`: the act is open to who sees the case only as a provider; others are not, whatever their roles elsewhere.
    """
    in_sight = Case.id.in_(select(_MY_CASES.c.case_id))
    row = session.execute(select(Case, in_sight).where(Case.id == case_id).with_for_update(of=Case)).one_or_none()
    if row is None:
        raise NotFound("case_is_unknown")
    case, is_whole = row
    if not (is_whole or may_provide):
        raise Forbidden("case_is_seen_as_provider")
    if expected is not None and case.version != expected:
        raise Stale("row_has_changed")
    if case.is_closed and not may_be_closed:
        raise Conflict("case_is_closed")
    return case


def programme_of(session: Session, case: Case) -> Definition:
    """The definition under which the case was opened."""
    return definition(session, case.programme, case.programme_version)


def move(
    session: Session, actor: Actor, case: Case, act: str, occurred_on: date, pointer: str = "#/occurred_on"
) -> Move:
    """Make an act's move: check it against the programme and the dates, write its milestones, change the stage.

    `pointer`: the field that holds the day.
    """
    allowed = programme_of(session, case).move(act, case.stage)
    check_date(session, case, occurred_on, pointer)
    case.stage = allowed.to or case.stage
    case.version += 1
    for kind in allowed.milestones:
        reach(session, actor, case, kind, occurred_on)
    return allowed


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
    first = session.scalar(select(func.min(Milestone.occurred_on)).where(Milestone.case_id == case_id))
    if first is not None and occurred_on < first:
        raise invalid_field(pointer, "date_is_before_referral", first.isoformat())


def sight_of(session: Session, actor: Actor, case_id: UUID) -> Shown:
    """Log that the person of a case is shown to the actor. Raises NotFound out of sight."""
    return shown(session, actor, [subject_of(session, case_id)], case_id=case_id)


def superseded(session: Session, actor: Actor, table: type[F], fact_id: UUID, case_id: UUID, reason: str) -> F:
    """Close a fact that was recorded by mistake: it stays, with the reason. Raises NotFound, Conflict if done before."""
    fact = session.scalars(
        select(table).where(table.id == fact_id, table.case_id == case_id).with_for_update()
    ).one_or_none()
    if fact is None:
        raise NotFound("fact_is_unknown")
    if fact.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    fact.superseded_at, fact.superseded_by, fact.supersede_reason = now(), actor.user_id, reason
    return fact
