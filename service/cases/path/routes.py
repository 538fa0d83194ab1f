"""The acts that move a case: one sub-resource each; `If-Match` carries the version of the case that the caller read."""

from collections.abc import Callable
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
    return _acted(operations.accept_case, case_id, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/refusal", "refuseCase", body=ReasonedActSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def refuse_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The service does not take the case, and says why."""
    return _acted(operations.refuse_case, case_id, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/assignment", "assignCase", body=AssignmentSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def assign_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Name the case manager."""
    return _acted(operations.assign_case, case_id, body)


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
    return _acted_on_version(signing.sign_project, case_id, number, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/projects/<int:number>/refusals", "refuseSignature", body=RefusalSchema,
    answer=ProjectSchema, if_match=True, etag=True,
)  # fmt: skip
def refuse_signature(case_id: UUID, number: int, body: dict[str, Any]) -> Response:
    """Record that somebody will not sign: the project waits for their signature, or for another version."""
    return _acted_on_version(signing.refuse_signature, case_id, number, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/projects/<int:number>/signatures/<uuid:signature_id>/withdrawal", "withdrawSignature",
    body=WithdrawalSchema, answer=ProjectSchema, if_match=True, etag=True,
)  # fmt: skip
def withdraw_signature(case_id: UUID, number: int, signature_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a signature or a refusal recorded by mistake, before the project is signed; it stays, with the reason."""
    return _acted_on_version(signing.withdraw_signature, case_id, number, body, signature_id)


@path.operation(
    "POST", "/cases/<uuid:case_id>/projects/<int:number>/revocation", "revokeProject", body=RevocationSchema,
    answer=ProjectSchema, if_match=True, etag=True,
)  # fmt: skip
def revoke_project(case_id: UUID, number: int, body: dict[str, Any]) -> Response:
    """Give up a version that is not signed: a draft, or one that was approved."""
    return _acted_on_version(signing.revoke_project, case_id, number, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/start", "startCase", body=DatedActSchema, answer=CaseSchema, if_match=True, etag=True
)
def start_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The first support of the signed project is active."""
    return _acted(operations.start_case, case_id, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/stage", "advanceCase", body=StepSchema, answer=CaseSchema, if_match=True, etag=True
)
def advance_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """Bring the case to a stage that no other act leads to."""
    return _acted(operations.advance_case, case_id, body)


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
    return _acted(operations.close_case, case_id, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/suspension", "suspendCase", body=ReasonedActSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def suspend_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The path stops for a while."""
    return _acted(operations.suspend_case, case_id, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/resumption", "resumeCase", body=DatedActSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def resume_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """The path goes on from where it stopped."""
    return _acted(operations.resume_case, case_id, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/reopening", "reopenCase", body=ReopeningSchema, answer=CaseSchema, if_match=True,
    etag=True,
)  # fmt: skip
def reopen_case(case_id: UUID, body: dict[str, Any]) -> Response:
    """A closed case goes on: its project and its first dates stay."""
    return _acted(operations.reopen_case, case_id, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/programme-version", "adoptVersion", body=AdoptionSchema, answer=CaseSchema,
    if_match=True, etag=True,
)  # fmt: skip
def adopt_version(case_id: UUID, body: dict[str, Any]) -> Response:
    """Follow the case under a newer version of its programme."""
    return _acted(operations.adopt_version, case_id, body)


@path.operation(
    "POST", "/cases/<uuid:case_id>/milestones/<uuid:milestone_id>/correction", "correctMilestone",
    body=MilestoneCorrectionSchema, answer=CaseSchema, if_match=True, etag=True,
)  # fmt: skip
def correct_milestone(case_id: UUID, milestone_id: UUID, body: dict[str, Any]) -> Response:
    """Put right the day of a step; the wrong one stays in the history with the reason."""
    return _acted(corrections.correct_milestone, case_id, body, milestone_id)


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


def _acted(act: Callable[..., Any], case_id: UUID, body: dict[str, Any], *of: UUID) -> Response:
    """Make an act on the case as the caller read it, and answer with what it is now. `of`: what in it the act is about."""
    with transaction() as (session, actor):
        act(session, actor, case_id, *of, expected=expected_version(), **body)
        return _case(session, actor, case_id)


def _acted_on_version(act: Callable[..., Any], case_id: UUID, number: int, body: dict[str, Any], *of: UUID) -> Response:
    """The same of a version of the project."""
    with transaction() as (session, actor):
        act(session, actor, case_id, number, *of, expected=expected_version(), **body)
        return answer_version(session, actor, case_id, version(session, case_id, number))


def _case(session: Any, actor: Any, case_id: UUID, *, status: int = 200, location: str | None = None) -> Response:
    require(actor, "cases:read")
    case = queries.case(session, case_id)
    receipt = shown(session, actor, [case["person_id"]], case_id=case_id)
    return answer(CaseSchema, case, shown=receipt, status=status, version=case["version"], location=location)
