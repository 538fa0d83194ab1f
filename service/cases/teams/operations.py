"""Joining and leaving the équipe. A ground follows each membership, and ends with it at once."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import grounds
from service.access.queries import holds_role
from service.actor import ROLES, Actor, require
from service.audit.log.operations import record
from service.cases.records.models import Case
from service.cases.records.operations import check_after_referral, locked_case
from service.cases.teams.models import TeamMember
from service.cases.teams.queries import manager_of
from service.errors import Conflict, Forbidden, NotFound, invalid_field
from service.types import new_id, today

GROUND_OF_ROLE = {"case_manager": "manager", "provider": "provider"}
CASE_ROLES = tuple(role for role, allowed in ROLES.items() if "cases:read" in allowed)
WHOLE_CASE_ROLES = tuple(role for role in CASE_ROLES if role != "provider_operator")


def join_team(
    session: Session, actor: Actor, case_id: UUID, *, user_id: UUID, organisation_id: UUID, role: str, component: str,
    from_on: date,
) -> UUID:  # fmt: skip
    """Bring an operator on the team of a case. The case manager is named by the assignment, not here."""
    case = locked_case(session, case_id)
    require(actor, "teams:compose")
    require_manager(session, actor, case)
    check_after_referral(session, case_id, from_on, "#/from_on")
    member = TeamMember(id=new_id(), case_id=case_id, user_id=user_id, organisation_id=organisation_id, role=role,
                        component=component, from_on=from_on, recorded_by=actor.user_id)  # fmt: skip
    add_member(session, case, member)
    record(session, actor, "team:join", case_id=case_id, resource_id=member.id, people=[case.person_id],
           field_names=("user_id", "role", "component", "from_on"))  # fmt: skip
    return member.id


def add_member(session: Session, case: Case, member: TeamMember) -> None:
    """Write a membership and its ground. Raises Invalid if the operator does not hold in that body what it rests on:
    whoever only provides there joins as provider, and sees no more."""
    demanded = {"case_manager": ("case_manager",), "provider": CASE_ROLES}.get(member.role, WHOLE_CASE_ROLES)
    if not holds_role(session, member.user_id, member.organisation_id, demanded):
        raise invalid_field("#/user_id", "user_holds_no_role_there")
    session.add(member)
    session.flush()
    give_sight(session, case, member)


def give_sight(session: Session, case: Case, member: TeamMember) -> None:
    """The ground that a membership gives; `end_membership` takes it back."""
    grounds.give_to_user(session, member.user_id, body_id=member.organisation_id, case_id=case.id,
                         person_id=case.person_id, kind=GROUND_OF_ROLE.get(member.role, "team"),
                         component=member.component, source_id=member.id)  # fmt: skip


def leave_team(session: Session, actor: Actor, case_id: UUID, member_id: UUID, *, to_on: date) -> TeamMember:
    """End a membership: `to_on` is the first day without it. Access ends at once, whatever the day."""
    case = locked_case(session, case_id, may_be_closed=True)
    require(actor, "teams:compose")
    require_manager(session, actor, case)
    member = session.scalars(
        select(TeamMember).where(TeamMember.id == member_id, TeamMember.case_id == case_id).with_for_update()
    ).one_or_none()
    if member is None:
        raise NotFound("member_is_unknown")
    if member.to_on is not None:
        raise Conflict("member_has_left")
    if not member.from_on <= to_on <= today():
        raise invalid_field("#/to_on", "date_is_out_of_range", member.from_on, today())
    end_membership(session, member, to_on)
    record(session, actor, "team:leave", case_id=case_id, resource_id=member_id, people=[case.person_id],
           field_names=("to_on",))  # fmt: skip
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
