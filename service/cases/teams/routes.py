"""The équipe of a case, and what each case manager has in charge."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.operations import sight_of
from service.cases.records.queries import fact
from service.cases.records.schemas import WithdrawalSchema
from service.cases.teams import operations, queries
from service.cases.teams.models import TeamMember
from service.cases.teams.schemas import (
    CaseloadsSchema,
    DepartureSchema,
    MemberSchema,
    NewMemberSchema,
    ServiceLoadSchema,
    TeamSchema,
    people_in,
)
from service.types import Shown
from service.web.answers import answer, answer_page
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

teams = Blueprint("teams", __name__, description="Équipe")


@teams.operation("GET", "/caseloads", "listCaseloads", answer=CaseloadsSchema)
def list_caseloads() -> Response:
    """The open cases of each case manager of my services, and how many cases nobody manages."""
    with transaction() as (session, actor):
        require(actor, "caseloads:read")
        loads = queries.caseloads(session, actor.organisations("coordinator"))
        record(session, actor, actor.origin.action, outcome="shown")
        return answer_page(ServiceLoadSchema, {"items": loads})


@teams.operation("GET", "/cases/<uuid:case_id>/team", "showTeam", answer=TeamSchema)
def show_team(case_id: UUID) -> Response:
    """The équipe of a case, past members included."""
    with transaction() as (session, actor):
        found = queries.members(session, case_id)
        return answer_facts(session, actor, MemberSchema, case_id, found, others=people_in(found))


@teams.operation("GET", "/cases/<uuid:case_id>/team/<uuid:member_id>", "showMember", answer=MemberSchema)
def show_member(case_id: UUID, member_id: UUID) -> Response:
    """One member, also one recorded by mistake."""
    with transaction() as (session, actor):
        found = fact(session, TeamMember, case_id, member_id)
        return answer_fact(session, actor, MemberSchema, case_id, found, others=people_in([found]))


@teams.operation(
    "POST",
    "/cases/<uuid:case_id>/team",
    "joinTeam",
    body=NewMemberSchema,
    answer=MemberSchema,
    status=201,
    creates=True,
)
def join_team(case_id: UUID, body: dict[str, Any]) -> Response:
    """Bring an operator, a registered person or somebody without an account on the team."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.join_team(session, actor, case_id, **body))
        found = fact(session, TeamMember, case_id, made)
        return answer_fact(session, actor, MemberSchema, case_id, found, others=people_in([found]),
                           made_at="teams.show_member", member_id=made)  # fmt: skip


@teams.operation(
    "POST",
    "/cases/<uuid:case_id>/team/<uuid:member_id>/departure",
    "leaveTeam",
    body=DepartureSchema,
    answer=MemberSchema,
)
def leave_team(case_id: UUID, member_id: UUID, body: dict[str, Any]) -> Response:
    """End a membership; access ends at once."""
    with transaction() as (session, actor):
        receipt = _sight_before(session, actor, case_id, member_id)
        member = operations.leave_team(session, actor, case_id, member_id, **body)
        return answer(MemberSchema, member, shown=receipt)


@teams.operation(
    "POST", "/cases/<uuid:case_id>/team/<uuid:member_id>/withdrawal", "withdrawMember", body=WithdrawalSchema,
    answer=MemberSchema,
)  # fmt: skip
def withdraw_member(case_id: UUID, member_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a membership recorded by mistake; it stays, with the reason, and access by it ends at once."""
    with transaction() as (session, actor):
        receipt = _sight_before(session, actor, case_id, member_id)
        member = operations.withdraw_member(session, actor, case_id, member_id, **body)
        return answer(MemberSchema, member, shown=receipt)


def _sight_before(session: Session, actor: Actor, case_id: UUID, member_id: UUID) -> Shown:
    """Logged before the act: who ends their own membership may lose sight of the case by it."""
    receipt = sight_of(session, actor, case_id, queries.person_of(session, case_id, member_id))
    require(actor, "cases:read")
    return receipt
