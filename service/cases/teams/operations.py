"""Joining and leaving the équipe. A ground follows an operator's membership, and ends with it at once."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import grounds
from service.access.queries import holds_role
from service.actor import ROLES, Actor
from service.cases.records.models import Case
from service.cases.records.operations import check_after_referral, locked_case, record_on, superseded
from service.cases.records.queries import people_now
from service.cases.teams.models import TeamMember
from service.cases.teams.queries import manager_of
from service.errors import Conflict, Forbidden, NotFound, invalid_field
from service.people.queries import person_row
from service.types import new_id, today

GROUND_OF_ROLE = {"case_manager": "manager", "provider": "provider"}
CASE_ROLES = tuple(role for role, allowed in ROLES.items() if "cases:read" in allowed)
WHOLE_CASE_ROLES = tuple(role for role in CASE_ROLES if role != "provider_operator")


def join_team(
    session: Session, actor: Actor, case_id: UUID, *, role: str, component: str, from_on: date,
    organisation_id: UUID | None = None, user_id: UUID | None = None, person_id: UUID | None = None,
    full_name: str | None = None, function: str | None = None,
) -> UUID:  # fmt: skip
    """Bring somebody on the team of a case: an operator, a registered person in sight, or somebody by name and function.

    The case manager is named by the assignment, not here. Raises NotFound for a person out of sight, Invalid unless
    exactly one of `user_id`, `person_id` and `full_name` is given. Sources: DM 23/11/2016 art. 2; D.Lgs 62/2024 (UVM).
    """
    case = locked_case(session, actor, "teams:compose", case_id)
    require_manager(session, actor, case)
    _check_identity(user_id, person_id, full_name, function, organisation_id)
    check_after_referral(session, case_id, from_on, "#/from_on")
    member = TeamMember(id=new_id(), case_id=case_id, user_id=user_id, person_id=person_id, full_name=full_name,
                        function=function, organisation_id=organisation_id, role=role, component=component,
                        from_on=from_on, recorded_by=actor.user_id)  # fmt: skip
    if user_id is not None:
        add_member(session, case, member)
    else:
        if person_id is not None:
            person_row(session, person_id)
        session.add(member)
    given = {"user_id": user_id, "person_id": person_id, "full_name": full_name, "function": function}
    record_on(session, actor, case, "team:join", member.id, "role", "component", "organisation_id", "from_on",
              *(field for field, value in given.items() if value is not None),
              others=() if person_id is None else (person_id,))  # fmt: skip
    return member.id


def _check_identity(
    user_id: UUID | None,
    person_id: UUID | None,
    full_name: str | None,
    function: str | None,
    organisation_id: UUID | None,
) -> None:
    if sum(given is not None for given in (user_id, person_id, full_name)) != 1:
        raise invalid_field("#", "member_is_named_once")
    if (full_name is None) != (function is None):
        raise invalid_field("#/function", "function_goes_with_name")
    if user_id is not None and organisation_id is None:
        raise invalid_field("#/organisation_id", "field_is_missing")


def add_member(session: Session, case: Case, member: TeamMember) -> None:
    """Write an operator's membership and its ground. Raises Invalid if the operator does not hold in that body what it
    rests on: whoever only provides there joins as provider, and sees no more."""
    demanded = {"case_manager": ("case_manager",), "provider": CASE_ROLES}.get(member.role, WHOLE_CASE_ROLES)
    user_id, organisation_id = _operator(member)
    if not holds_role(session, user_id, organisation_id, demanded):
        raise invalid_field("#/user_id", "user_holds_no_role_there")
    session.add(member)
    session.flush()
    give_sight(session, case, member, people_now(session, case.id))


def give_sight(session: Session, case: Case, member: TeamMember, people: Iterable[UUID]) -> None:
    """The grounds that a membership gives, on each of the case's people; `end_membership` takes them back."""
    user_id, organisation_id = _operator(member)
    for person_id in people:
        grounds.give_to_user(session, user_id, body_id=organisation_id, case_id=case.id, person_id=person_id,
                             kind=GROUND_OF_ROLE.get(member.role, "team"), component=member.component,
                             source_id=member.id)  # fmt: skip


def _operator(member: TeamMember) -> tuple[UUID, UUID]:
    assert member.user_id is not None  # noqa: S101 - a slip of ours: others have no ground
    assert member.organisation_id is not None  # noqa: S101 - as the table's constraint has it
    return member.user_id, member.organisation_id


def leave_team(session: Session, actor: Actor, case_id: UUID, member_id: UUID, *, to_on: date) -> TeamMember:
    """End a membership: `to_on` is the first day without it. Access ends at once, whatever the day."""
    case = locked_case(session, actor, "teams:compose", case_id, may_be_closed=True)
    require_manager(session, actor, case)
    member = session.scalars(
        select(TeamMember).where(TeamMember.id == member_id, TeamMember.case_id == case_id).with_for_update()
    ).one_or_none()
    if member is None:
        raise NotFound("member_is_unknown")
    if member.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    if member.to_on is not None:
        raise Conflict("member_has_left")
    if not member.from_on <= to_on <= today():
        raise invalid_field("#/to_on", "date_is_out_of_range", member.from_on, today())
    end_membership(session, member, to_on)
    record_on(session, actor, case, "team:leave", member_id, "to_on")
    return member


def withdraw_member(session: Session, actor: Actor, case_id: UUID, member_id: UUID, *, reason: str) -> TeamMember:
    """A membership recorded by mistake: the row stays, superseded, with the reason; access by it ends at once.

    Raises NotFound, Conflict if it is withdrawn already or closed minutes name it.
    """
    case = locked_case(session, actor, "teams:compose", case_id, may_be_closed=True)
    require_manager(session, actor, case)
    member = superseded(session, actor, TeamMember, member_id, case_id, reason)
    session.flush()
    grounds.end(session, member.id)
    record_on(session, actor, case, "member:withdraw", member_id, "superseded_at")
    return member


def end_membership(session: Session, member: TeamMember, to_on: date) -> None:
    """Close the period and the ground."""
    member.to_on = to_on
    session.flush()
    grounds.end(session, member.id)


def require_manager(session: Session, actor: Actor, case: Case) -> None:
    """Acts that answer for the case are of its case manager, or of a coordinator of its service. Raises Forbidden."""
    if case.service_id in actor.organisations("coordinator"):
        return
    if manager_of(session, case.id) != actor.user_id:
        raise Forbidden("case_is_managed_by_another")
