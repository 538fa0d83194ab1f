"""Putting right the days of a path, and who belongs to a household's case."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from service.access import grounds
from service.actor import Actor
from service.cases.path.signing import complete_open_version
from service.cases.records.models import CasePerson, Milestone
from service.cases.records.operations import (
    check_after_referral,
    check_not_future,
    locked_case,
    record_on,
    superseded,
)
from service.cases.records.queries import fact
from service.cases.teams.operations import require_manager
from service.errors import Conflict, invalid_field
from service.people.queries import person_row
from service.types import new_id, today

OF_FACTS = ("referred", "assessed", "suspended", "resumed", "monitored", "evaluated", "follow_up", "reopened")
"""The milestones whose day another record says too: it is that one that is corrected."""


def correct_milestone(
    session: Session, actor: Actor, case_id: UUID, milestone_id: UUID, *, expected: int, occurred_on: date, reason: str
) -> UUID:
    """The day of a step was written wrong: the row stays, superseded with the reason, and another takes its place.

    The order of the steps does not change: the right day lies between the step before and the step after.
    """
    case = locked_case(session, actor, "milestones:correct", case_id, expected, may_be_closed=True)
    require_manager(session, actor, case)
    wrong = superseded(session, actor, Milestone, milestone_id, case_id, reason)
    if wrong.kind in OF_FACTS:
        raise Conflict("milestone_is_of_a_fact", wrong.kind)
    check_not_future(occurred_on)
    session.flush()
    first, last = _neighbours(session, wrong)
    if not first <= occurred_on <= last:
        raise invalid_field("#/occurred_on", "date_is_out_of_range", first, last)
    right = Milestone(id=new_id(), case_id=case_id, kind=wrong.kind, occurred_on=occurred_on, stage=wrong.stage,
                      by_body=wrong.by_body, recorded_by=actor.user_id)  # fmt: skip
    session.add(right)
    case.version += 1
    record_on(session, actor, case, "milestone:correct", right.id, "occurred_on")
    return right.id


def _neighbours(session: Session, step: Milestone) -> tuple[date, date]:
    """The days of the live steps before and after one: between them it may lie. The first step has no day before it."""
    place = tuple_(Milestone.occurred_on, Milestone.id)
    live = select(func.max(Milestone.occurred_on), func.min(Milestone.occurred_on)).where(
        Milestone.case_id == step.case_id, Milestone.superseded_at.is_(None)
    )
    before = session.execute(live.where(place < (step.occurred_on, step.id))).one()[0]
    after = session.execute(live.where(place > (step.occurred_on, step.id))).one()[1]
    return before or step.occurred_on, after or today()


def join_case(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, person_id: UUID, role: str, from_on: date
) -> UUID:
    """Someone comes into the household of the case; whoever sees the case sees them from now on."""
    case = locked_case(session, actor, "teams:compose", case_id, expected)
    require_manager(session, actor, case)
    if case.household_id is None:
        raise Conflict("case_is_of_one_person")
    person_row(session, person_id)
    check_after_referral(session, case_id, from_on, "#/from_on")
    row = CasePerson(id=new_id(), case_id=case_id, person_id=person_id, role=role, from_on=from_on,
                     recorded_by=actor.user_id)  # fmt: skip
    session.add(row)
    session.flush()
    grounds.share(session, case_id, person_id)
    case.version += 1
    record_on(session, actor, case, "case:join", row.id, "person_id", "role", "from_on")
    return row.id


def leave_case(
    session: Session, actor: Actor, case_id: UUID, case_person_id: UUID, *, expected: int, to_on: date
) -> None:
    """Someone leaves the household of the case: `to_on` is the first day without them. The case shows them no more."""
    case = locked_case(session, actor, "teams:compose", case_id, expected)
    require_manager(session, actor, case)
    row = fact(session, CasePerson, case_id, case_person_id)
    if row.role == "subject":
        raise Conflict("person_is_the_subject")
    if row.to_on is not None:
        raise Conflict("member_has_left")
    if not row.from_on <= to_on <= today():
        raise invalid_field("#/to_on", "date_is_out_of_range", row.from_on, today())
    record_on(session, actor, case, "case:leave", case_person_id, "to_on")
    row.to_on = to_on
    case.version += 1
    session.flush()
    complete_open_version(session, actor, case)
    grounds.end_of_person(session, case_id, row.person_id)
