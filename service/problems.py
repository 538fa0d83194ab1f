"""Errors as RFC 9457 problems: the one place where a refusal, an HTTP error or a broken constraint gets words."""

from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, has_request_context, request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from service import errors
from service.errors import FieldError, Refusal
from service.texts import words
from service.web.requests import strings

STATUS: dict[type[Refusal], int] = {
    errors.Malformed: 400, errors.Unauthenticated: 401, errors.Forbidden: 403, errors.NotFound: 404,
    errors.Conflict: 409, errors.Stale: 412, errors.Invalid: 422, errors.PreconditionMissing: 428,
    errors.TooMany: 429, errors.Unavailable: 503,
}  # fmt: skip
OWN_STATUS = {"media_type_is_unsupported": 415}
HTTP_CODES = {
    400: "request_is_malformed", 404: "path_is_unknown", 405: "method_is_not_allowed", 408: "request_is_late",
    413: "body_is_too_large", 415: "media_type_is_unsupported", 429: "too_many_requests",
}  # fmt: skip
CONSTRAINTS: dict[str, Refusal] = {
    "pk_grounds": errors.Conflict("service_sees_the_person"),
    "uq_users_username": errors.Conflict("username_is_taken"),
    "ex_team_members_one_case_manager": errors.Conflict("case_has_a_manager"),
    "ex_team_members_no_overlap": errors.Conflict("user_is_on_the_team"),
    "ex_case_people_no_overlap": errors.Conflict("person_is_in_the_case"),
    "ex_circumstances_no_overlap": errors.Conflict("circumstance_is_there"),
    "ex_circumstances_one_at_a_time": errors.Conflict("circumstance_is_there"),
    "uq_transfers_open": errors.Conflict("transfer_is_open"),
    "ex_team_members_no_person_twice": errors.Conflict("person_is_on_the_team"),
    "attendee_of_the_team": errors.Conflict("attendee_was_not_on_the_team"),
    "member_of_minutes": errors.Conflict("member_attended_meetings"),
    "minutes_are_frozen": errors.Conflict("minutes_are_closed"),
    "uq_signatures_live": errors.Conflict("signer_has_signed"),
    "ck_allocations_committed_within_amount": errors.Conflict("allocation_is_exhausted"),
    "commitment_follows_line": errors.NotFound("line_is_unknown"),
    "ck_entries_room": errors.Conflict("entry_is_exhausted"),
    "ck_allocations_in_order": errors.Conflict("entry_is_exhausted"),
    "ck_lines_in_order": errors.Conflict("entry_is_exhausted"),
    "ex_expense_accounts_no_overlap": errors.Conflict("account_overlaps"),
    "ck_lines_committed_within_cost": errors.Conflict("line_is_exhausted"),
    "uq_allocations_fund_id_year": errors.Conflict("allocation_exists"),
    "uq_funds_code": errors.Conflict("fund_exists"),
    "uq_identifiers_live": errors.Conflict("identifier_is_registered"),
    "ex_identifiers_no_overlap": errors.Conflict("identifier_is_registered"),
    "uq_residences_live": errors.Conflict("residence_is_recorded"),
    "uq_merges_live": errors.Conflict("merge_makes_a_chain"),
    "merge_makes_a_chain": errors.Conflict("merge_makes_a_chain"),
    "ex_household_members_no_overlap": errors.Conflict("person_is_in_the_household"),
    "contact_is_linked": errors.Conflict("contact_is_linked"),
    "uq_projects_case_id": errors.Conflict("case_has_a_project"),
    "ix_project_versions_open": errors.Conflict("version_is_open"),
    "uq_monitoring_checks_held": errors.Conflict("check_is_recorded"),
    "uq_follow_ups_held": errors.Conflict("follow_up_is_recorded"),
    "uq_goal_outcomes_live": errors.Conflict("goal_has_outcome"),
    "uq_pathway_ends_live": errors.Conflict("pathway_has_ended"),
    "uq_convocation_outcomes_live": errors.Conflict("convocation_has_an_outcome"),
    "uq_interventions_replaces_id": errors.Conflict("fact_is_superseded"),
    "uq_presentations_live": errors.Conflict("presentation_is_recorded"),
    "uq_work_placements_continued": errors.Conflict("placement_is_continued"),
    "uq_placement_activations_live": errors.Conflict("placement_is_active"),
    "uq_placement_ends_live": errors.Conflict("placement_has_ended"),
    "uq_attendances_live": errors.Conflict("attendance_is_recorded"),
    "ex_housing_stays_one_at_a_time": errors.Conflict("person_is_housed"),
    "dwelling_is_full": errors.Conflict("dwelling_is_full"),
    "dwelling_has_guests": errors.Conflict("dwelling_has_guests"),
    "stay_is_outside_dwelling": errors.Conflict("stay_is_outside_dwelling"),
    "stay_has_ended": errors.Conflict("stay_has_ended"),
    "ex_organisation_flags_no_overlap": errors.Conflict("organisation_is_flagged"),
    "uq_complexities_live": errors.Conflict("complexity_is_declared"),
    "uq_calls_code": errors.Conflict("call_exists"),
    "uq_applications_live": errors.Conflict("application_exists"),
    "uq_applications_protocol": errors.Conflict("protocol_is_taken"),
    "uq_snapshots_plan_code_on_day": errors.Conflict("snapshot_exists"),
    "entry_in_open_period": errors.Conflict("period_is_frozen"),
    "statement_approved_once": errors.Conflict("statement_is_approved"),
    "statement_is_newest": errors.Conflict("statement_is_outdated"),
    "approval_by_another": errors.Forbidden("preparer_may_not_approve"),
    "statement_says_the_ledger": errors.Conflict("statement_has_changed"),
    "statement_in_order": errors.Conflict("statement_has_changed"),
    "liquidation_by_another": errors.Forbidden("committer_may_not_liquidate"),
    "file_is_signed": errors.Conflict("file_is_signed"),
    "project_is_frozen": errors.Conflict("project_is_frozen"),
}
"""Constraint -> refusal: what the database guards is told in the same words as what the rules guard."""

log = structlog.get_logger()


def language() -> str:
    """The language of texts for people: Italian, unless the caller prefers English."""
    wanted = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((tag for tag in wanted if tag in ("it", "en")), "it")


def problem(status: int, refusal: Refusal) -> Response:
    """The `application/problem+json` answer of a refusal."""
    body: dict[str, Any] = {
        "type": f"urn:trama:problem:{refusal.code}",
        "title": words(f"status_{status}", (), language()),
        "status": status,
        "detail": words(refusal.code, refusal.values, language()),
        "code": refusal.code,
    }
    if refusal.errors:
        body["errors"] = [
            {"pointer": error.pointer, "code": error.code, "detail": words(error.code, error.values, language())}
            for error in refusal.errors[:100]
        ]
    response = Response(orjson.dumps(body), status, mimetype="application/problem+json")
    if isinstance(refusal, errors.TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    if status == 503:
        response.headers["Retry-After"] = "5"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if refusal.code == "media_type_is_unsupported" and request.method == "PATCH":
        response.headers["Accept-Patch"] = refusal.values[0]
    return response


def refused(refusal: Refusal) -> Response:
    """A refusal of ours."""
    g.problem_code = refusal.code
    return problem(OWN_STATUS.get(refusal.code) or STATUS[type(refusal)], refusal)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    code = HTTP_CODES.get(status)
    if code is None:
        code, status = ("request_is_malformed", 400) if status < 500 else ("service_has_failed", 500)
    response = problem(status, Refusal(code, "application/json"))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    g.problem_code = code
    return response


def refusal_of(error: IntegrityError | DataError) -> Refusal | None:
    """What a broken constraint means; None if it tells of a failure of ours."""
    if isinstance(error, DataError):  # a value that PostgreSQL can't hold, in a path say: a number too large, a NUL
        return errors.Malformed("value_is_out_of_range")
    diagnostic = getattr(error.orig, "diag", None)
    name: str = getattr(diagnostic, "constraint_name", None) or ""
    return _unknown_reference(name) if name.startswith("fk_") else CONSTRAINTS.get(name)


def _unknown_reference(foreign_key: str) -> Refusal:
    """An id that a body names and nobody has, at the fields of the foreign key's column."""
    body = request.get_json(silent=True) if has_request_context() else None
    places = {pointer for pointer, _ in strings(body) if foreign_key.endswith(f"_{pointer.rpartition('/')[2]}")}
    wrong = tuple(FieldError(pointer, "reference_is_unknown") for pointer in sorted(places))
    return errors.Invalid("reference_is_unknown", errors=wrong)


def _broken_constraint(error: IntegrityError) -> Response:
    refusal = refusal_of(error)
    return refused(refusal) if refusal else _failed(error)


def _failed(error: Exception) -> Response:
    """A failure of ours: told without its details, which go to the service's own log."""
    log.error("request failed", error=type(error).__name__, exc_info=error)
    g.problem_code = "service_has_failed"
    return problem(500, Refusal("service_has_failed"))


def _unavailable(error: Exception) -> Response:
    log.error("database unavailable", error=type(error).__name__)
    return refused(errors.Unavailable("database_is_unavailable"))


def _bad_token(error: Exception) -> Response:
    log.info("token refused", error=type(error).__name__)
    return refused(errors.Unauthenticated("token_is_invalid"))


def install(app: Flask) -> None:
    """Make every error of the application a problem."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _broken_constraint)
    app.register_error_handler(JWTExtendedException, _bad_token)
    app.register_error_handler(PyJWTError, _bad_token)
    # Flask-JWT-Extended brings a handler for each of its errors, nearer than those of their common ancestors.
    for error in list(app.error_handler_spec[None][None]):
        if issubclass(error, (JWTExtendedException, PyJWTError)):
            app.register_error_handler(error, _bad_token)
    for unavailable in (OperationalError, PoolTimeoutError):
        app.register_error_handler(unavailable, _unavailable)
    app.register_error_handler(Exception, _failed)
