"""Calls, the applications of cases, and rankings."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import shown
from service.cases.rankings import operations, queries
from service.cases.rankings.models import Application
from service.cases.rankings.schemas import (
    ApplicationSchema,
    ApplicationsSchema,
    CallPage,
    CallSchema,
    FrozenSchema,
    NewApplicationSchema,
    NewCallSchema,
    NewRankingSchema,
    RankingPage,
    RankingSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction
from service.web.schemas import PageQuery

rankings = Blueprint("rankings", __name__, description="Bandi, domande e graduatorie")


@rankings.operation("GET", "/calls", "listCalls", query=PageQuery, answer=CallPage)
def list_calls(query: dict[str, Any]) -> Response:
    """The calls, the newest first."""
    with transaction() as (session, actor):
        require(actor, "calls:read")
        return answer_page(CallSchema, paged(queries.calls(session, **query), limit=query["limit"], scope="calls"))


@rankings.operation("GET", "/calls/<uuid:call_id>", "showCall", answer=CallSchema)
def show_call(call_id: UUID) -> Response:
    """One call."""
    with transaction() as (session, actor):
        require(actor, "calls:read")
        return answer(CallSchema, queries.call(session, call_id))


@rankings.operation(
    "POST", "/calls", "openCall", body=NewCallSchema, answer=CallSchema, status=201, creates=True
)  # fmt: skip
def open_call(body: dict[str, Any]) -> Response:
    """Open a call."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.open_call(session, actor, **body))
        location = location_of("rankings.show_call", call_id=made)
        return answer(CallSchema, queries.call(session, made), status=201, location=location)


@rankings.operation("GET", "/cases/<uuid:case_id>/applications", "listApplications", answer=ApplicationsSchema)
def list_applications(case_id: UUID) -> Response:
    """The live applications of a case, the last one first."""
    with transaction() as (session, actor):
        found = facts(session, Application, case_id, newest_by=Application.protocol_on)
        return answer_facts(session, actor, ApplicationSchema, case_id, found)


@rankings.operation(
    "GET", "/cases/<uuid:case_id>/applications/<uuid:application_id>", "showApplication", answer=ApplicationSchema
)
def show_application(case_id: UUID, application_id: UUID) -> Response:
    """One application, also a withdrawn one."""
    with transaction() as (session, actor):
        found = fact(session, Application, case_id, application_id)
        return answer_fact(session, actor, ApplicationSchema, case_id, found)


@rankings.operation(
    "POST", "/cases/<uuid:case_id>/applications", "recordApplication", body=NewApplicationSchema,
    answer=ApplicationSchema, status=201, creates=True,
)  # fmt: skip
def record_application(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record the application of a case in a call."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_application(session, actor, case_id, **body))
        return answer_fact(session, actor, ApplicationSchema, case_id, fact(session, Application, case_id, made),
                           made_at="rankings.show_application", application_id=made)  # fmt: skip


@rankings.operation(
    "POST", "/cases/<uuid:case_id>/applications/<uuid:application_id>/withdrawal", "withdrawApplication",
    body=WithdrawalSchema, answer=ApplicationSchema,
)  # fmt: skip
def withdraw_application(case_id: UUID, application_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw an application; frozen rankings keep it."""
    with transaction() as (session, actor):
        operations.withdraw_application(session, actor, case_id, application_id, **body)
        return answer_fact(
            session, actor, ApplicationSchema, case_id, fact(session, Application, case_id, application_id)
        )


@rankings.operation("GET", "/calls/<uuid:call_id>/rankings", "listRankings", query=PageQuery, answer=RankingPage)
def list_rankings(call_id: UUID, query: dict[str, Any]) -> Response:
    """The rankings of a call, the newest first, without their places."""
    with transaction() as (session, actor):
        require(actor, "calls:read")
        rows = queries.rankings(session, call_id, **query)
        return answer_page(FrozenSchema, paged(rows, limit=query["limit"], scope=f"rankings:{call_id}"))


@rankings.operation(
    "GET", "/calls/<uuid:call_id>/rankings/<uuid:ranking_id>", "showRanking", answer=RankingSchema
)  # fmt: skip
def show_ranking(call_id: UUID, ranking_id: UUID) -> Response:
    """One ranking: the places of the cases in sight."""
    with transaction() as (session, actor):
        require(actor, "calls:read")
        return _answer_ranking(session, actor, call_id, ranking_id)


@rankings.operation(
    "POST", "/calls/<uuid:call_id>/rankings", "freezeRanking", body=NewRankingSchema, answer=RankingSchema, status=201,
    creates=True,
)  # fmt: skip
def freeze_ranking(call_id: UUID, body: dict[str, Any]) -> Response:
    """Freeze the ranking of a call as its applications are now."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.freeze_ranking(session, actor, call_id, **body))
        location = location_of("rankings.show_ranking", call_id=call_id, ranking_id=made)
        return _answer_ranking(session, actor, call_id, made, status=201, location=location)


def _answer_ranking(session: Session, actor: Actor, call_id: UUID, ranking_id: UUID, **options: Any) -> Response:
    found = queries.ranking(session, call_id, ranking_id)
    receipt = shown(session, actor, {place.person_id for place in found.places}, resource_id=ranking_id)
    return answer(RankingSchema, found, shown=receipt, **options)
