"""The équipe of a case."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.operations import sight_of
from service.cases.records.queries import fact
from service.cases.teams import operations, queries
from service.cases.teams.models import TeamMember
from service.cases.teams.schemas import DepartureSchema, MemberSchema, NewMemberSchema, TeamSchema
from service.web.answers import answer
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

teams = Blueprint("teams", __name__, description="Équipe")


@teams.operation("GET", "/cases/<uuid:case_id>/team", "showTeam", answer=TeamSchema)
def show_team(case_id: UUID) -> Response:
    """The équipe of a case, past members included."""
    with transaction() as (session, actor):
        return answer_facts(session, actor, MemberSchema, case_id, queries.members(session, case_id))


@teams.operation("GET", "/cases/<uuid:case_id>/team/<uuid:member_id>", "showMember", answer=MemberSchema)
def show_member(case_id: UUID, member_id: UUID) -> Response:
    """One member."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, MemberSchema, case_id, fact(session, TeamMember, case_id, member_id))


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
    """Bring an operator on the team."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.join_team(session, actor, case_id, **body))
        return answer_fact(session, actor, MemberSchema, case_id, fact(session, TeamMember, case_id, made),
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
        receipt = sight_of(session, actor, case_id)  # before: who leaves may lose sight of the case by it
        require(actor, "cases:read")
        member = operations.leave_team(session, actor, case_id, member_id, **body)
        return answer(MemberSchema, member, shown=receipt)
