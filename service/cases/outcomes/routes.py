"""Judgements and exits from the family unit."""

from typing import Any
from uuid import UUID

from flask import Response

from service.cases.outcomes import operations
from service.cases.outcomes.models import Evaluation, FamilyExit
from service.cases.outcomes.schemas import (
    EvaluationSchema,
    EvaluationsSchema,
    FamilyExitSchema,
    FamilyExitsSchema,
    NewEvaluationSchema,
    NewFamilyExitSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

outcomes = Blueprint("outcomes", __name__, description="Valutazioni ed esiti")


@outcomes.operation("GET", "/cases/<uuid:case_id>/evaluations", "listEvaluations", answer=EvaluationsSchema)
def list_evaluations(case_id: UUID) -> Response:
    """The judgements of a case, the last one first."""
    with transaction() as (session, actor):
        found = facts(session, Evaluation, case_id, newest_by=Evaluation.occurred_on)
        return answer_facts(session, actor, EvaluationSchema, case_id, found)


@outcomes.operation(
    "GET", "/cases/<uuid:case_id>/evaluations/<uuid:evaluation_id>", "showEvaluation", answer=EvaluationSchema
)
def show_evaluation(case_id: UUID, evaluation_id: UUID) -> Response:
    """One judgement."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, EvaluationSchema, case_id, fact(session, Evaluation, case_id, evaluation_id))


@outcomes.operation(
    "POST", "/cases/<uuid:case_id>/evaluations", "recordEvaluation", body=NewEvaluationSchema, answer=EvaluationSchema,
    status=201, creates=True,
)  # fmt: skip
def record_evaluation(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record a judgement by the beneficiary or by the operators."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_evaluation(session, actor, case_id, **body))
        return answer_fact(session, actor, EvaluationSchema, case_id, fact(session, Evaluation, case_id, made),
                           made_at="outcomes.show_evaluation", evaluation_id=made)  # fmt: skip


@outcomes.operation("GET", "/cases/<uuid:case_id>/family-exits", "listFamilyExits", answer=FamilyExitsSchema)
def list_family_exits(case_id: UUID) -> Response:
    """The live exits from the family unit."""
    with transaction() as (session, actor):
        found = facts(session, FamilyExit, case_id, newest_by=FamilyExit.occurred_on)
        return answer_facts(session, actor, FamilyExitSchema, case_id, found)


@outcomes.operation(
    "GET", "/cases/<uuid:case_id>/family-exits/<uuid:exit_id>", "showFamilyExit", answer=FamilyExitSchema
)
def show_family_exit(case_id: UUID, exit_id: UUID) -> Response:
    """One exit, also a superseded one."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, FamilyExitSchema, case_id, fact(session, FamilyExit, case_id, exit_id))


@outcomes.operation(
    "POST", "/cases/<uuid:case_id>/family-exits", "recordFamilyExit", body=NewFamilyExitSchema, answer=FamilyExitSchema,
    status=201, creates=True,
)  # fmt: skip
def record_family_exit(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record that the person left the family unit."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_family_exit(session, actor, case_id, **body))
        return answer_fact(session, actor, FamilyExitSchema, case_id, fact(session, FamilyExit, case_id, made),
                           made_at="outcomes.show_family_exit", exit_id=made)  # fmt: skip


@outcomes.operation(
    "POST", "/cases/<uuid:case_id>/family-exits/<uuid:exit_id>/withdrawal", "withdrawFamilyExit", body=WithdrawalSchema,
    answer=FamilyExitSchema,
)  # fmt: skip
def withdraw_family_exit(case_id: UUID, exit_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw an exit recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_family_exit(session, actor, case_id, exit_id, **body)
        return answer_fact(session, actor, FamilyExitSchema, case_id, fact(session, FamilyExit, case_id, exit_id))
