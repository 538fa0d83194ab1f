"""Multidimensional assessments, results of instruments, complexity."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.cases.assessments import operations, queries
from service.cases.assessments.models import InstrumentResult, PreliminaryAnalysis
from service.cases.assessments.schemas import (
    AnalysesSchema,
    AnalysisCorrectionSchema,
    AnalysisSchema,
    AssessmentCorrectionSchema,
    AssessmentSchema,
    AssessmentsSchema,
    ChangeQuery,
    ChangeSchema,
    ChangesSchema,
    ComplexitiesSchema,
    ComplexitySchema,
    InstrumentResultPage,
    InstrumentResultQuery,
    InstrumentResultSchema,
    NewAnalysisSchema,
    NewAssessmentSchema,
    NewComplexitySchema,
    NewInstrumentResultSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.operations import sight_of
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.answers import answer_page
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction

assessments = Blueprint("assessments", __name__, description="Valutazione multidimensionale")


@assessments.operation("GET", "/cases/<uuid:case_id>/preliminary-analyses", "listAnalyses", answer=AnalysesSchema)
def list_analyses(case_id: UUID) -> Response:
    """The preliminary analyses of a case, the last one first."""
    with transaction() as (session, actor):
        found = facts(session, PreliminaryAnalysis, case_id, newest_by=PreliminaryAnalysis.occurred_on)
        return answer_facts(session, actor, AnalysisSchema, case_id, found)


@assessments.operation(
    "GET", "/cases/<uuid:case_id>/preliminary-analyses/<uuid:analysis_id>", "showAnalysis", answer=AnalysisSchema
)
def show_analysis(case_id: UUID, analysis_id: UUID) -> Response:
    """One preliminary analysis."""
    with transaction() as (session, actor):
        found = fact(session, PreliminaryAnalysis, case_id, analysis_id)
        return answer_fact(session, actor, AnalysisSchema, case_id, found)


@assessments.operation(
    "POST", "/cases/<uuid:case_id>/preliminary-analyses", "analyseCase", body=NewAnalysisSchema, answer=AnalysisSchema,
    status=201, creates=True,
)  # fmt: skip
def analyse_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Close the preliminary analysis; its outcome moves the case."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.analyse_case(session, actor, case_id, **body))
        found = fact(session, PreliminaryAnalysis, case_id, made)
        return answer_fact(session, actor, AnalysisSchema, case_id, found,
                           made_at="assessments.show_analysis", analysis_id=made)  # fmt: skip


@assessments.operation(
    "POST", "/cases/<uuid:case_id>/preliminary-analyses/<uuid:analysis_id>/correction", "correctAnalysis",
    body=AnalysisCorrectionSchema, answer=AnalysisSchema, status=201, creates=True,
)  # fmt: skip
def correct_analysis(case_id: UUID, analysis_id: UUID, body: dict[str, Any]) -> Response:
    """Write an analysis anew; the wrong one stays, with the reason."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.correct_analysis(session, actor, case_id, analysis_id, **body))
        found = fact(session, PreliminaryAnalysis, case_id, made)
        return answer_fact(session, actor, AnalysisSchema, case_id, found,
                           made_at="assessments.show_analysis", analysis_id=made)  # fmt: skip


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


@assessments.operation(
    "POST", "/cases/<uuid:case_id>/assessments/<uuid:assessment_id>/correction", "correctAssessment",
    body=AssessmentCorrectionSchema, answer=AssessmentSchema, status=201, creates=True,
)  # fmt: skip
def correct_assessment(case_id: UUID, assessment_id: UUID, body: dict[str, Any]) -> Response:
    """Write an assessment anew, whole; the wrong one stays, with the reason."""
    with transaction() as (session, actor):
        made = once(
            session, actor, lambda: operations.correct_assessment(session, actor, case_id, assessment_id, **body)
        )
        return answer_fact(session, actor, AssessmentSchema, case_id, queries.assessment(session, case_id, made),
                           made_at="assessments.show_assessment", assessment_id=made)  # fmt: skip


@assessments.operation(
    "POST", "/cases/<uuid:case_id>/assessments/<uuid:assessment_id>/withdrawal", "withdrawAssessment",
    body=WithdrawalSchema, answer=AssessmentSchema,
)  # fmt: skip
def withdraw_assessment(case_id: UUID, assessment_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw an assessment recorded by mistake, with its results and its milestone."""
    with transaction() as (session, actor):
        operations.withdraw_assessment(session, actor, case_id, assessment_id, **body)
        return answer_fact(
            session, actor, AssessmentSchema, case_id, queries.assessment(session, case_id, assessment_id)
        )


@assessments.operation(
    "GET", "/cases/<uuid:case_id>/instrument-results", "listInstrumentResults", query=InstrumentResultQuery,
    answer=InstrumentResultPage,
)  # fmt: skip
def list_instrument_results(case_id: UUID, query: dict[str, Any]) -> Response:
    """The results of a case that the reader may see, what was recorded last first."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        receipt = sight_of(session, actor, case_id)
        rows = queries.instrument_results(session, case_id, **query)
        found = paged(rows, limit=query["limit"], scope=queries.results_scope(case_id))
        return answer_page(InstrumentResultSchema, found, shown=receipt)


@assessments.operation(
    "GET", "/cases/<uuid:case_id>/instrument-results/<uuid:result_id>", "showInstrumentResult",
    answer=InstrumentResultSchema,
)  # fmt: skip
def show_instrument_result(case_id: UUID, result_id: UUID) -> Response:
    """One result, also a superseded one."""
    with transaction() as (session, actor):
        found = fact(session, InstrumentResult, case_id, result_id)
        return answer_fact(session, actor, InstrumentResultSchema, case_id, found)


@assessments.operation(
    "POST", "/cases/<uuid:case_id>/instrument-results", "recordInstrumentResult", body=NewInstrumentResultSchema,
    answer=InstrumentResultSchema, status=201, creates=True,
)  # fmt: skip
def record_instrument_result(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record the result of an instrument by itself."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_instrument_result(session, actor, case_id, **body))
        return answer_fact(session, actor, InstrumentResultSchema, case_id, fact(session, InstrumentResult, case_id, made),
                           made_at="assessments.show_instrument_result", result_id=made)  # fmt: skip


@assessments.operation(
    "POST", "/cases/<uuid:case_id>/instrument-results/<uuid:result_id>/withdrawal", "withdrawInstrumentResult",
    body=WithdrawalSchema, answer=InstrumentResultSchema,
)  # fmt: skip
def withdraw_instrument_result(case_id: UUID, result_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a result recorded by mistake."""
    with transaction() as (session, actor):
        operations.withdraw_instrument_result(session, actor, case_id, result_id, **body)
        found = fact(session, InstrumentResult, case_id, result_id)
        return answer_fact(session, actor, InstrumentResultSchema, case_id, found)


@assessments.operation(
    "GET", "/cases/<uuid:case_id>/instrument-results/changes", "listInstrumentChanges", query=ChangeQuery,
    answer=ChangesSchema,
)  # fmt: skip
def list_instrument_changes(case_id: UUID, query: dict[str, Any]) -> Response:
    """How scores changed between the first and the last result in a window of days."""
    with transaction() as (session, actor):
        found = queries.instrument_changes(session, case_id, **query)
        return answer_facts(session, actor, ChangeSchema, case_id, found)


@assessments.operation("GET", "/cases/<uuid:case_id>/complexities", "listComplexities", answer=ComplexitiesSchema)
def list_complexities(case_id: UUID) -> Response:
    """Whether the case was complex, and when; the last judgement first."""
    with transaction() as (session, actor):
        return answer_facts(session, actor, ComplexitySchema, case_id, queries.complexities(session, case_id))


@assessments.operation(
    "GET", "/cases/<uuid:case_id>/complexities/<uuid:complexity_id>", "showComplexity", answer=ComplexitySchema
)
def show_complexity(case_id: UUID, complexity_id: UUID) -> Response:
    """One judgement of complexity, also a superseded one."""
    with transaction() as (session, actor):
        found = queries.complexity(session, case_id, complexity_id)
        return answer_fact(session, actor, ComplexitySchema, case_id, found)


@assessments.operation(
    "POST", "/cases/<uuid:case_id>/complexities", "declareComplexity", body=NewComplexitySchema, answer=ComplexitySchema,
    status=201, creates=True,
)  # fmt: skip
def declare_complexity(case_id: UUID, body: dict[str, Any]) -> Response:
    """Say whether the case is complex from a day on."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.declare_complexity(session, actor, case_id, **body))
        return answer_fact(session, actor, ComplexitySchema, case_id, queries.complexity(session, case_id, made),
                           made_at="assessments.show_complexity", complexity_id=made)  # fmt: skip


@assessments.operation(
    "POST", "/cases/<uuid:case_id>/complexities/<uuid:complexity_id>/withdrawal", "withdrawComplexity",
    body=WithdrawalSchema, answer=ComplexitySchema,
)  # fmt: skip
def withdraw_complexity(case_id: UUID, complexity_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a judgement of complexity recorded by mistake."""
    with transaction() as (session, actor):
        operations.withdraw_complexity(session, actor, case_id, complexity_id, **body)
        found = queries.complexity(session, case_id, complexity_id)
        return answer_fact(session, actor, ComplexitySchema, case_id, found)
