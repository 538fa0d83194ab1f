"""Multidimensional assessments."""

from typing import Any
from uuid import UUID

from flask import Response

from service.cases.assessments import operations, queries
from service.cases.assessments.schemas import AssessmentSchema, AssessmentsSchema, NewAssessmentSchema
from service.cases.records.answers import answer_fact, answer_facts
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

assessments = Blueprint("assessments", __name__, description="Valutazione multidimensionale")


@assessments.operation("GET", "/cases/<uuid:case_id>/assessments", "listAssessments", answer=AssessmentsSchema)
def list_assessments(case_id: UUID) -> Response:
    """The assessments of a case, the last one first."""
    with transaction() as (session, actor):
        return answer_facts(session, actor, AssessmentSchema, case_id, queries.assessments(session, case_id))


@assessments.operation(
    "GET", "/cases/<uuid:case_id>/assessments/<uuid:assessment_id>", "showAssessment", answer=AssessmentSchema
)
def show_assessment(case_id: UUID, assessment_id: UUID) -> Response:
    """One assessment."""
    with transaction() as (session, actor):
        return answer_fact(
            session, actor, AssessmentSchema, case_id, queries.assessment(session, case_id, assessment_id)
        )


@assessments.operation(
    "POST", "/cases/<uuid:case_id>/assessments", "recordAssessment", body=NewAssessmentSchema, answer=AssessmentSchema,
    status=201, creates=True,
)  # fmt: skip
def record_assessment(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record an assessment over all the areas of the programme."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_assessment(session, actor, case_id, **body))
        return answer_fact(session, actor, AssessmentSchema, case_id, queries.assessment(session, case_id, made),
                           made_at="assessments.show_assessment", assessment_id=made)  # fmt: skip
