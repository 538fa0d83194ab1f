"""Judgements, outcomes of goals, and exits from the family unit."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.cases.outcomes import operations, queries
from service.cases.outcomes.models import Evaluation, FamilyExit, GoalOutcome
from service.cases.outcomes.schemas import (
    EvaluationSchema,
    EvaluationsSchema,
    FamilyExitSchema,
    FamilyExitsSchema,
    FamilyReturnSchema,
    GoalOutcomeSchema,
    GoalOutcomesSchema,
    JudgementSchema,
    NewEvaluationSchema,
    NewFamilyExitSchema,
    NewGoalOutcomeSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.operations import sight_of
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.answers import answer_page
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
    """Record a judgement, or correct one."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_evaluation(session, actor, case_id, **body))
        return answer_fact(session, actor, EvaluationSchema, case_id, fact(session, Evaluation, case_id, made),
                           made_at="outcomes.show_evaluation", evaluation_id=made)  # fmt: skip


@outcomes.operation(
    "POST", "/cases/<uuid:case_id>/evaluations/<uuid:evaluation_id>/withdrawal", "withdrawEvaluation",
    body=WithdrawalSchema, answer=EvaluationSchema,
)  # fmt: skip
def withdraw_evaluation(case_id: UUID, evaluation_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a judgement recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_evaluation(session, actor, case_id, evaluation_id, **body)
        return answer_fact(session, actor, EvaluationSchema, case_id, fact(session, Evaluation, case_id, evaluation_id))


@outcomes.operation("GET", "/cases/<uuid:case_id>/judgement", "showJudgement", answer=JudgementSchema)
def show_judgement(case_id: UUID) -> Response:
    """Whether the project and its pathways are judged positive by both sides."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, JudgementSchema, case_id, queries.verdicts(session, case_id))


@outcomes.operation("GET", "/cases/<uuid:case_id>/goal-outcomes", "listGoalOutcomes", answer=GoalOutcomesSchema)
def list_goal_outcomes(case_id: UUID) -> Response:
    """What became of the goals, and the goals of which nobody has said it."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        receipt = sight_of(session, actor, case_id)
        goals = queries.told_goals(session, case_id)
        found = facts(session, GoalOutcome, case_id, newest_by=GoalOutcome.occurred_on)
        return answer_page(GoalOutcomeSchema, {"items": found, "goals": goals}, shown=receipt)


@outcomes.operation(
    "GET", "/cases/<uuid:case_id>/goal-outcomes/<uuid:goal_outcome_id>", "showGoalOutcome", answer=GoalOutcomeSchema
)
def show_goal_outcome(case_id: UUID, goal_outcome_id: UUID) -> Response:
    """What became of one goal."""
    with transaction() as (session, actor):
        return answer_fact(
            session, actor, GoalOutcomeSchema, case_id, fact(session, GoalOutcome, case_id, goal_outcome_id)
        )


@outcomes.operation(
    "POST", "/cases/<uuid:case_id>/goal-outcomes", "recordGoalOutcome", body=NewGoalOutcomeSchema,
    answer=GoalOutcomeSchema, status=201, creates=True,
)  # fmt: skip
def record_goal_outcome(case_id: UUID, body: dict[str, Any]) -> Response:
    """Say what became of a goal, or correct what was said."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_goal_outcome(session, actor, case_id, **body))
        return answer_fact(session, actor, GoalOutcomeSchema, case_id, fact(session, GoalOutcome, case_id, made),
                           made_at="outcomes.show_goal_outcome", goal_outcome_id=made)  # fmt: skip


@outcomes.operation(
    "POST", "/cases/<uuid:case_id>/goal-outcomes/<uuid:goal_outcome_id>/withdrawal", "withdrawGoalOutcome",
    body=WithdrawalSchema, answer=GoalOutcomeSchema,
)  # fmt: skip
def withdraw_goal_outcome(case_id: UUID, goal_outcome_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw an outcome told by mistake; it stays, with the reason, and the goal is open again."""
    with transaction() as (session, actor):
        operations.withdraw_goal_outcome(session, actor, case_id, goal_outcome_id, **body)
        return answer_fact(
            session, actor, GoalOutcomeSchema, case_id, fact(session, GoalOutcome, case_id, goal_outcome_id)
        )


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
    "POST", "/cases/<uuid:case_id>/family-exits/<uuid:exit_id>/return", "recordFamilyReturn", body=FamilyReturnSchema,
    answer=FamilyExitSchema, status=201, creates=True,
)  # fmt: skip
def record_family_return(case_id: UUID, exit_id: UUID, body: dict[str, Any]) -> Response:
    """Record that who had left came back: the exit is superseded by one that has its end."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_family_return(session, actor, case_id, exit_id, **body))
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
