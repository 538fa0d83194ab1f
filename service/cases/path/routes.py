"""The acts that move a case: one sub-resource each; `If-Match` carries the version of the case that the caller read."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import shown
from service.cases.path import approving, corrections, opening, operations, signing
from service.cases.path.schemas import (
    AcceptanceSchema,
    AdoptionSchema,
    AssignmentSchema,
    CaseDepartureSchema,
    ClosureSchema,
    MilestoneCorrectionSchema,
    ReasonedActSchema,
    ReopeningSchema,
    StepSchema,
)
from service.cases.projects.queries import version
from service.cases.projects.routes import answer_version
from service.cases.projects.schemas import (
    ApprovalSchema,
    NewSignatureSchema,
    ProjectSchema,
    RefusalSchema,
    RevocationSchema,
)
from service.cases.records import queries
from service.cases.records.answers import answer_fact
from service.cases.records.models import CasePerson
from service.cases.records.schemas import (
    CasePersonSchema,
    CaseSchema,
    DatedActSchema,
    NewCasePersonSchema,
    NewCaseSchema,
    WithdrawalSchema,
)
from service.web.answers import answer, location_of
from service.web.blueprints import Blueprint
from service.web.requests import expected_version, once, transaction

path = Blueprint("path", __name__, description="Atti del caso")


@path.operation(
    "POST", "/cases", "openCase", body=NewCaseSchema, answer=CaseSchema, status=201, creates=True, etag=True
)
def open_case(body: dict[str, Any]) -> Response:
    """Open a case from its referral."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: opening.open_case(session, actor, **body))
        return _case(session, actor, made, status=201, location=location_of("cases.show_case", case_id=made))


@path.operation(
    "POST", "/cases/<uuid:case_id>/taking-in-charge", "acceptCase", body=AcceptanceSchema, answer=CaseSchema,
    if_match=True, etag=True,
)  # fmt: skip
def accept_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The service accepts the case."""
    with transaction() as (session, actor):
        operations.accept_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/refusal", "refuseCase", body=ReasonedActSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def refuse_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The service does not take the case, and says why."""
    with transaction() as (session, actor):
        operations.refuse_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/assignment", "assignCase", body=AssignmentSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def assign_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Name the case manager."""
    with transaction() as (session, actor):
        operations.assign_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/projects/<int:number>/approval", "approveProject", body=ApprovalSchema,
    answer=ProjectSchema, if_match=True, etag=True,
)  # fmt: skip
def approve_project(case_id: UUID, number: int, body: dict[str, Any]) -> Response:
    """Approve a draft: its content freezes, its print is kept."""
    with transaction() as (session, actor):
        approved = approving.approve_project(session, actor, case_id, number, expected=expected_version(), **body)
        return answer_version(session, actor, case_id, approved)


@path.operation(
    "POST", "/cases/<uuid:case_id>/projects/<int:number>/signatures", "signProject", body=NewSignatureSchema,
    answer=ProjectSchema, if_match=True, etag=True,
)  # fmt: skip
def sign_project(case_id: UUID, number: int, body: dict[str, Any]) -> Response:
    """Record a signature on an approved version; the last one demanded makes the project signed."""
    with transaction() as (session, actor):
        signing.sign_project(session, actor, case_id, number, expected=expected_version(), **body)
        return answer_version(session, actor, case_id, version(session, case_id, number))


@path.operation(
    "POST", "/cases/<uuid:case_id>/projects/<int:number>/refusals", "refuseSignature", body=RefusalSchema,
    answer=ProjectSchema, if_match=True, etag=True,
)  # fmt: skip
def refuse_signature(case_id: UUID, number: int, body: dict[str, Any]) -> Response:
    """Record that somebody will not sign: the project waits for their signature, or for another version."""
    with transaction() as (session, actor):
        signing.refuse_signature(session, actor, case_id, number, expected=expected_version(), **body)
        return answer_version(session, actor, case_id, version(session, case_id, number))


@path.operation(
    "POST", "/cases/<uuid:case_id>/projects/<int:number>/signatures/<uuid:signature_id>/withdrawal", "withdrawSignature",
    body=WithdrawalSchema, answer=ProjectSchema, if_match=True, etag=True,
)  # fmt: skip
def withdraw_signature(case_id: UUID, number: int, signature_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a signature or a refusal recorded by mistake, before the project is signed; it stays, with the reason."""
    with transaction() as (session, actor):
        signing.withdraw_signature(session, actor, case_id, number, signature_id, expected=expected_version(), **body)
        return answer_version(session, actor, case_id, version(session, case_id, number))


@path.operation(
    "POST", "/cases/<uuid:case_id>/projects/<int:number>/revocation", "revokeProject", body=RevocationSchema,
    answer=ProjectSchema, if_match=True, etag=True,
)  # fmt: skip
def revoke_project(case_id: UUID, number: int, body: dict[str, Any]) -> Response:
    """Give up a version that is not signed: a draft, or one that was approved."""
    with transaction() as (session, actor):
        signing.revoke_project(session, actor, case_id, number, expected=expected_version(), **body)
        return answer_version(session, actor, case_id, version(session, case_id, number))


@path.operation(
    "POST", "/cases/<uuid:case_id>/start", "startCase", body=DatedActSchema, answer=CaseSchema, if_match=True, etag=True
)
def start_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The first support of the signed project is active."""
    with transaction() as (session, actor):
        operations.start_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/stage", "advanceCase", body=StepSchema, answer=CaseSchema, if_match=True, etag=True
)
def advance_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Bring the case to a stage that no other act leads to."""
    with transaction() as (session, actor):
        operations.advance_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST",
    "/cases/<uuid:case_id>/closure",
    "closeCase",
    body=ClosureSchema,
    answer=CaseSchema,
    if_match=True,
    etag=True,
)
def close_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Close a case with an outcome."""
    with transaction() as (session, actor):
        operations.close_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/suspension", "suspendCase", body=ReasonedActSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def suspend_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The path stops for a while."""
    with transaction() as (session, actor):
        operations.suspend_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/resumption", "resumeCase", body=DatedActSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def resume_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The path goes on from where it stopped."""
    with transaction() as (session, actor):
        operations.resume_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/reopening", "reopenCase", body=ReopeningSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def reopen_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """A closed case goes on: its project and its first dates stay."""
    with transaction() as (session, actor):
        operations.reopen_case(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/programme-version", "adoptVersion", body=AdoptionSchema, answer=CaseSchema,
    if_match=True, etag=True,
)  # fmt: skip
def adopt_version(case_id: UUID, body: dict[str, Any]) -> Response:
    """Follow the case under a newer version of its programme."""
    with transaction() as (session, actor):
        operations.adopt_version(session, actor, case_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/milestones/<uuid:milestone_id>/correction", "correctMilestone",
    body=MilestoneCorrectionSchema, answer=CaseSchema, if_match=True, etag=True,
)  # fmt: skip
def correct_milestone(case_id: UUID, milestone_id: UUID, body: dict[str, Any]) -> Response:
    """Put right the day of a step; the wrong one stays in the history with the reason."""
    with transaction() as (session, actor):
        corrections.correct_milestone(session, actor, case_id, milestone_id, expected=expected_version(), **body)
        return _case(session, actor, case_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/people", "joinCase", body=NewCasePersonSchema, answer=CasePersonSchema, status=201,
    creates=True, if_match=True,
)  # fmt: skip
def join_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Someone comes into the household of the case."""
    with transaction() as (session, actor):
        expected = expected_version()
        made = once(session, actor, lambda: corrections.join_case(session, actor, case_id, expected=expected, **body))
        return answer_fact(session, actor, CasePersonSchema, case_id, queries.fact(session, CasePerson, case_id, made),
                           made_at="cases.show_case_person", case_person_id=made)  # fmt: skip


@path.operation(
    "POST", "/cases/<uuid:case_id>/people/<uuid:case_person_id>/departure", "leaveCase", body=CaseDepartureSchema,
    answer=CasePersonSchema, if_match=True,
)  # fmt: skip
def leave_case(case_id: UUID, case_person_id: UUID, body: dict[str, Any]) -> Response:
    """Someone leaves the household of the case."""
    with transaction() as (session, actor):
        corrections.leave_case(session, actor, case_id, case_person_id, expected=expected_version(), **body)
        found = queries.fact(session, CasePerson, case_id, case_person_id)
        return answer_fact(session, actor, CasePersonSchema, case_id, found)


def _case(session: Any, actor: Any, case_id: UUID, *, status: int = 200, location: str | None = None) -> Response:
    require(actor, "cases:read")
    case = queries.case(session, case_id)
    receipt = shown(session, actor, [case["person_id"]], case_id=case_id)
    return answer(CaseSchema, case, shown=receipt, status=status, version=case["version"], location=location)
