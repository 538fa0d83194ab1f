"""Involvements of bodies and of the family, declared with evidence."""

from typing import Any
from uuid import UUID

from flask import Response

from service.cases.involvements import operations
from service.cases.involvements.models import BodyInvolvement, FamilyInvolvement
from service.cases.involvements.schemas import (
    BodyInvolvementSchema,
    BodyInvolvementsSchema,
    FamilyInvolvementSchema,
    FamilyInvolvementsSchema,
    NewBodyInvolvementSchema,
    NewFamilyInvolvementSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

involvements = Blueprint("involvements", __name__, description="Coinvolgimento di enti e famiglia")


@involvements.operation(
    "GET", "/cases/<uuid:case_id>/body-involvements", "listBodyInvolvements", answer=BodyInvolvementsSchema
)
def list_body_involvements(case_id: UUID) -> Response:
    """The live involvements of a body, the last one first."""
    with transaction() as (session, actor):
        found = facts(session, BodyInvolvement, case_id, newest_by=BodyInvolvement.occurred_on)
        return answer_facts(session, actor, BodyInvolvementSchema, case_id, found)


@involvements.operation(
    "GET", "/cases/<uuid:case_id>/body-involvements/<uuid:body_involvement_id>", "showBodyInvolvement",
    answer=BodyInvolvementSchema,
)  # fmt: skip
def show_body_involvement(case_id: UUID, body_involvement_id: UUID) -> Response:
    """One involvement of a body, also a superseded one."""
    with transaction() as (session, actor):
        found = fact(session, BodyInvolvement, case_id, body_involvement_id)
        return answer_fact(session, actor, BodyInvolvementSchema, case_id, found)


@involvements.operation(
    "POST", "/cases/<uuid:case_id>/body-involvements", "declareBodyInvolvement", body=NewBodyInvolvementSchema,
    answer=BodyInvolvementSchema, status=201, creates=True,
)  # fmt: skip
def declare_body_involvement(case_id: UUID, body: dict[str, Any]) -> Response:
    """Declare that a body took part."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.declare_body_involvement(session, actor, case_id, **body))
        return answer_fact(session, actor, BodyInvolvementSchema, case_id, fact(session, BodyInvolvement, case_id, made),
                           made_at="involvements.show_body_involvement", body_involvement_id=made)  # fmt: skip


@involvements.operation(
    "POST", "/cases/<uuid:case_id>/body-involvements/<uuid:body_involvement_id>/withdrawal", "withdrawBodyInvolvement",
    body=WithdrawalSchema, answer=BodyInvolvementSchema,
)  # fmt: skip
def withdraw_body_involvement(case_id: UUID, body_involvement_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw an involvement of a body declared by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_body_involvement(session, actor, case_id, body_involvement_id, **body)
        found = fact(session, BodyInvolvement, case_id, body_involvement_id)
        return answer_fact(session, actor, BodyInvolvementSchema, case_id, found)


@involvements.operation(
    "GET", "/cases/<uuid:case_id>/family-involvements", "listFamilyInvolvements", answer=FamilyInvolvementsSchema
)
def list_family_involvements(case_id: UUID) -> Response:
    """The live involvements of the family, the last one first."""
    with transaction() as (session, actor):
        found = facts(session, FamilyInvolvement, case_id, newest_by=FamilyInvolvement.occurred_on)
        return answer_facts(session, actor, FamilyInvolvementSchema, case_id, found)


@involvements.operation(
    "GET", "/cases/<uuid:case_id>/family-involvements/<uuid:family_involvement_id>", "showFamilyInvolvement",
    answer=FamilyInvolvementSchema,
)  # fmt: skip
def show_family_involvement(case_id: UUID, family_involvement_id: UUID) -> Response:
    """One involvement of the family, also a superseded one."""
    with transaction() as (session, actor):
        found = fact(session, FamilyInvolvement, case_id, family_involvement_id)
        return answer_fact(session, actor, FamilyInvolvementSchema, case_id, found)


@involvements.operation(
    "POST", "/cases/<uuid:case_id>/family-involvements", "declareFamilyInvolvement", body=NewFamilyInvolvementSchema,
    answer=FamilyInvolvementSchema, status=201, creates=True,
)  # fmt: skip
def declare_family_involvement(case_id: UUID, body: dict[str, Any]) -> Response:
    """Declare that the family took part."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.declare_family_involvement(session, actor, case_id, **body))
        return answer_fact(session, actor, FamilyInvolvementSchema, case_id, fact(session, FamilyInvolvement, case_id, made),
                           made_at="involvements.show_family_involvement", family_involvement_id=made)  # fmt: skip


@involvements.operation(
    "POST", "/cases/<uuid:case_id>/family-involvements/<uuid:family_involvement_id>/withdrawal", "withdrawFamilyInvolvement",
    body=WithdrawalSchema, answer=FamilyInvolvementSchema,
)  # fmt: skip
def withdraw_family_involvement(case_id: UUID, family_involvement_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw an involvement of the family declared by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_family_involvement(session, actor, case_id, family_involvement_id, **body)
        found = fact(session, FamilyInvolvement, case_id, family_involvement_id)
        return answer_fact(session, actor, FamilyInvolvementSchema, case_id, found)
