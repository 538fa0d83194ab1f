"""The budget of a project as a whole."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.budget.overview import queries
from service.budget.overview.schemas import BudgetDifferencesQuery, BudgetDifferencesSchema, BudgetQuery, BudgetSchema
from service.cases.records.answers import answer_fact
from service.web.blueprints import Blueprint
from service.web.requests import transaction

overview = Blueprint("overview", __name__, description="Il budget nel suo insieme")


@overview.operation("GET", "/cases/<uuid:case_id>/budget", "showBudget", query=BudgetQuery, answer=BudgetSchema)
def show_budget(case_id: UUID, query: dict[str, Any]) -> Response:
    """The project's budget with its figures, today or when a version was approved."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        found = queries.budget(session, case_id, query["version"])
        return answer_fact(session, actor, BudgetSchema, case_id, found)


@overview.operation(
    "GET", "/cases/<uuid:case_id>/budget/differences", "showBudgetDifferences", query=BudgetDifferencesQuery,
    answer=BudgetDifferencesSchema,
)  # fmt: skip
def show_budget_differences(case_id: UUID, query: dict[str, Any]) -> Response:
    """What changed in the budget between the approvals of two versions."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        found = queries.differences(session, case_id, **query)
        return answer_fact(session, actor, BudgetDifferencesSchema, case_id, found)
