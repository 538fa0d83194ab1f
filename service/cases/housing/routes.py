"""Dwellings, and the stays of a case."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.cases.housing import operations, queries
from service.cases.housing.models import Stay
from service.cases.housing.schemas import (
    DwellingClosureSchema,
    DwellingPage,
    DwellingSchema,
    NewDwellingSchema,
    NewStaySchema,
    StayEndSchema,
    StaySchema,
    StaysSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction
from service.web.schemas import PageQuery

housing = Blueprint("housing", __name__, description="Alloggi e accoglienze")
DWELLING = "/dwellings/<uuid:dwelling_id>"
STAY = "/cases/<uuid:case_id>/stays/<uuid:stay_id>"


@housing.operation("GET", "/dwellings", "listDwellings", query=PageQuery, answer=DwellingPage)
def list_dwellings(query: dict[str, Any]) -> Response:
    """Dwellings, newest first, with the places taken today."""
    with transaction() as (session, actor):
        require(actor, "dwellings:read")
        rows = queries.dwellings(session, **query)
        found = paged(rows, limit=query["limit"], scope="dwellings", id_of=lambda row: row["id"])
        return answer_page(DwellingSchema, found)


@housing.operation("GET", DWELLING, "showDwelling", answer=DwellingSchema)
def show_dwelling(dwelling_id: UUID) -> Response:
    """One dwelling, with the places taken today."""
    with transaction() as (session, actor):
        require(actor, "dwellings:read")
        return answer(DwellingSchema, queries.dwelling(session, dwelling_id))


@housing.operation(
    "POST", "/dwellings", "registerDwelling", body=NewDwellingSchema, answer=DwellingSchema, status=201, creates=True
)
def register_dwelling(body: dict[str, Any]) -> Response:
    """Register a dwelling."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.register_dwelling(session, actor, **body))
        location = location_of("housing.show_dwelling", dwelling_id=made)
        return answer(DwellingSchema, queries.dwelling(session, made), status=201, location=location)


@housing.operation("POST", f"{DWELLING}/closure", "closeDwelling", body=DwellingClosureSchema, answer=DwellingSchema)
def close_dwelling(dwelling_id: UUID, body: dict[str, Any]) -> Response:
    """Say from which day a dwelling is no longer there."""
    with transaction() as (session, actor):
        operations.close_dwelling(session, actor, dwelling_id, **body)
        return answer(DwellingSchema, queries.dwelling(session, dwelling_id))


@housing.operation("GET", "/cases/<uuid:case_id>/stays", "listStays", answer=StaysSchema)
def list_stays(case_id: UUID) -> Response:
    """The stays of a case, the newest first."""
    with transaction() as (session, actor):
        found = facts(session, Stay, case_id, newest_by=Stay.from_on)
        return answer_facts(session, actor, StaySchema, case_id, found)


@housing.operation("GET", STAY, "showStay", answer=StaySchema)
def show_stay(case_id: UUID, stay_id: UUID) -> Response:
    """One stay, also a superseded one."""
    with transaction() as (session, actor):
        return _stay(session, actor, case_id, stay_id)


@housing.operation(
    "POST", "/cases/<uuid:case_id>/stays", "beginStay", body=NewStaySchema, answer=StaySchema, status=201, creates=True
)
def begin_stay(case_id: UUID, body: dict[str, Any]) -> Response:
    """Somebody enters a dwelling."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.begin_stay(session, actor, case_id, **body))
        return _stay(session, actor, case_id, made, made_at="housing.show_stay")


@housing.operation("POST", f"{STAY}/end", "endStay", body=StayEndSchema, answer=StaySchema)
def end_stay(case_id: UUID, stay_id: UUID, body: dict[str, Any]) -> Response:
    """Somebody leaves."""
    with transaction() as (session, actor):
        operations.end_stay(session, actor, case_id, stay_id, **body)
        return _stay(session, actor, case_id, stay_id)


@housing.operation("POST", f"{STAY}/withdrawal", "withdrawStay", body=WithdrawalSchema, answer=StaySchema)
def withdraw_stay(case_id: UUID, stay_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a stay recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_stay(session, actor, case_id, stay_id, **body)
        return _stay(session, actor, case_id, stay_id)


def _stay(session: Session, actor: Actor, case_id: UUID, stay_id: UUID, made_at: str | None = None) -> Response:
    found = fact(session, Stay, case_id, stay_id)
    return answer_fact(session, actor, StaySchema, case_id, found, made_at=made_at,
                       stay_id=stay_id)  # fmt: skip
