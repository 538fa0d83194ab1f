"""Checks of a project, follow-ups after it, jobs and school."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.cases.monitoring import operations, queries
from service.cases.monitoring.models import JobOutcome, SchoolStatus
from service.cases.monitoring.schemas import (
    CheckSchema,
    ChecksSchema,
    FollowUpSchema,
    FollowUpsSchema,
    JobOutcomeSchema,
    JobOutcomesSchema,
    NewCheckSchema,
    NewFollowUpSchema,
    NewJobOutcomeSchema,
    NewSchoolStatusSchema,
    SchoolStatusesSchema,
    SchoolStatusSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.operations import sight_of
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.answers import answer_page
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

monitoring = Blueprint("monitoring", __name__, description="Monitoraggi e osservazioni")


@monitoring.operation("GET", "/cases/<uuid:case_id>/checks", "listChecks", answer=ChecksSchema)
def list_checks(case_id: UUID) -> Response:
    """The checks of the project, the last one first."""
    with transaction() as (session, actor):
        found = queries.checks(session, case_id)
        return answer_facts(session, actor, CheckSchema, case_id, found)


@monitoring.operation("GET", "/cases/<uuid:case_id>/checks/<uuid:check_id>", "showCheck", answer=CheckSchema)
def show_check(case_id: UUID, check_id: UUID) -> Response:
    """One check."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, CheckSchema, case_id, queries.check(session, case_id, check_id))


@monitoring.operation(
    "POST", "/cases/<uuid:case_id>/checks", "recordCheck", body=NewCheckSchema,
    answer=CheckSchema, status=201, creates=True,
)  # fmt: skip
def record_check(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record a check held, missed or moved; or correct one."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_check(session, actor, case_id, **body))
        return answer_fact(session, actor, CheckSchema, case_id, queries.check(session, case_id, made),
                           made_at="monitoring.show_check", check_id=made)  # fmt: skip


@monitoring.operation(
    "POST", "/cases/<uuid:case_id>/checks/<uuid:check_id>/withdrawal", "withdrawCheck",
    body=WithdrawalSchema, answer=CheckSchema,
)  # fmt: skip
def withdraw_check(case_id: UUID, check_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a check recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_check(session, actor, case_id, check_id, **body)
        return answer_fact(session, actor, CheckSchema, case_id, queries.check(session, case_id, check_id))


@monitoring.operation("GET", "/cases/<uuid:case_id>/follow-ups", "listFollowUps", answer=FollowUpsSchema)
def list_follow_ups(case_id: UUID) -> Response:
    """The observations after the end: those tried, the last one first, and those still due."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        receipt = sight_of(session, actor, case_id)
        found = queries.follow_ups(session, case_id)
        due = queries.due_follow_ups(session, case_id, found)
        return answer_page(FollowUpSchema, {"items": found, "due": due}, shown=receipt)


@monitoring.operation(
    "GET", "/cases/<uuid:case_id>/follow-ups/<uuid:follow_up_id>", "showFollowUp", answer=FollowUpSchema
)
def show_follow_up(case_id: UUID, follow_up_id: UUID) -> Response:
    """One observation after the end."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, FollowUpSchema, case_id, queries.follow_up(session, case_id, follow_up_id))


@monitoring.operation(
    "POST", "/cases/<uuid:case_id>/follow-ups", "recordFollowUp", body=NewFollowUpSchema,
    answer=FollowUpSchema, status=201, creates=True,
)  # fmt: skip
def record_follow_up(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record an observation after the end, or correct one."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_follow_up(session, actor, case_id, **body))
        return answer_fact(session, actor, FollowUpSchema, case_id, queries.follow_up(session, case_id, made),
                           made_at="monitoring.show_follow_up", follow_up_id=made)  # fmt: skip


@monitoring.operation(
    "POST", "/cases/<uuid:case_id>/follow-ups/<uuid:follow_up_id>/withdrawal", "withdrawFollowUp",
    body=WithdrawalSchema, answer=FollowUpSchema,
)  # fmt: skip
def withdraw_follow_up(case_id: UUID, follow_up_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw an observation recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_follow_up(session, actor, case_id, follow_up_id, **body)
        return answer_fact(session, actor, FollowUpSchema, case_id, queries.follow_up(session, case_id, follow_up_id))


@monitoring.operation("GET", "/cases/<uuid:case_id>/job-outcomes", "listJobOutcomes", answer=JobOutcomesSchema)
def list_job_outcomes(case_id: UUID) -> Response:
    """The jobs observed, the last one first."""
    with transaction() as (session, actor):
        found = facts(session, JobOutcome, case_id, newest_by=JobOutcome.observed_on)
        return answer_facts(session, actor, JobOutcomeSchema, case_id, found)


@monitoring.operation(
    "GET", "/cases/<uuid:case_id>/job-outcomes/<uuid:job_outcome_id>", "showJobOutcome", answer=JobOutcomeSchema
)
def show_job_outcome(case_id: UUID, job_outcome_id: UUID) -> Response:
    """One job."""
    with transaction() as (session, actor):
        return answer_fact(
            session, actor, JobOutcomeSchema, case_id, fact(session, JobOutcome, case_id, job_outcome_id)
        )


@monitoring.operation(
    "POST", "/cases/<uuid:case_id>/job-outcomes", "recordJobOutcome", body=NewJobOutcomeSchema,
    answer=JobOutcomeSchema, status=201, creates=True,
)  # fmt: skip
def record_job_outcome(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record a job as observed on a day."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_job_outcome(session, actor, case_id, **body))
        return answer_fact(session, actor, JobOutcomeSchema, case_id, fact(session, JobOutcome, case_id, made),
                           made_at="monitoring.show_job_outcome", job_outcome_id=made)  # fmt: skip


@monitoring.operation(
    "POST", "/cases/<uuid:case_id>/job-outcomes/<uuid:job_outcome_id>/withdrawal", "withdrawJobOutcome",
    body=WithdrawalSchema, answer=JobOutcomeSchema,
)  # fmt: skip
def withdraw_job_outcome(case_id: UUID, job_outcome_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a job recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_job_outcome(session, actor, case_id, job_outcome_id, **body)
        return answer_fact(
            session, actor, JobOutcomeSchema, case_id, fact(session, JobOutcome, case_id, job_outcome_id)
        )


@monitoring.operation("GET", "/cases/<uuid:case_id>/school-statuses", "listSchoolStatuses", answer=SchoolStatusesSchema)
def list_school_statuses(case_id: UUID) -> Response:
    """Where the person stood with school, the last day first."""
    with transaction() as (session, actor):
        found = facts(session, SchoolStatus, case_id, newest_by=SchoolStatus.observed_on)
        return answer_facts(session, actor, SchoolStatusSchema, case_id, found)


@monitoring.operation(
    "GET",
    "/cases/<uuid:case_id>/school-statuses/<uuid:school_status_id>",
    "showSchoolStatus",
    answer=SchoolStatusSchema,
)
def show_school_status(case_id: UUID, school_status_id: UUID) -> Response:
    """One status."""
    with transaction() as (session, actor):
        return answer_fact(
            session, actor, SchoolStatusSchema, case_id, fact(session, SchoolStatus, case_id, school_status_id)
        )


@monitoring.operation(
    "POST", "/cases/<uuid:case_id>/school-statuses", "recordSchoolStatus", body=NewSchoolStatusSchema,
    answer=SchoolStatusSchema, status=201, creates=True,
)  # fmt: skip
def record_school_status(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record where the person stands with school."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_school_status(session, actor, case_id, **body))
        return answer_fact(session, actor, SchoolStatusSchema, case_id, fact(session, SchoolStatus, case_id, made),
                           made_at="monitoring.show_school_status", school_status_id=made)  # fmt: skip


@monitoring.operation(
    "POST", "/cases/<uuid:case_id>/school-statuses/<uuid:school_status_id>/withdrawal", "withdrawSchoolStatus",
    body=WithdrawalSchema, answer=SchoolStatusSchema,
)  # fmt: skip
def withdraw_school_status(case_id: UUID, school_status_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a status recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_school_status(session, actor, case_id, school_status_id, **body)
        return answer_fact(
            session, actor, SchoolStatusSchema, case_id, fact(session, SchoolStatus, case_id, school_status_id)
        )
