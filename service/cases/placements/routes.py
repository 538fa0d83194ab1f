"""Work placements of a case, and their attendance."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.placements import operations, queries
from service.cases.placements.schemas import (
    ActivationSchema,
    NewPlacementSchema,
    NewWorkAttendanceSchema,
    PlacementEndSchema,
    PlacementSchema,
    PlacementsSchema,
    WorkAttendanceSchema,
    WorkAttendancesSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

placements = Blueprint("placements", __name__, description="Tirocini e presenze")
PLACEMENT = "/cases/<uuid:case_id>/placements/<uuid:placement_id>"
MONTH = f"{PLACEMENT}/attendances/<uuid:attendance_id>"


@placements.operation("GET", "/cases/<uuid:case_id>/placements", "listPlacements", answer=PlacementsSchema)
def list_placements(case_id: UUID) -> Response:
    """The work placements of a case, the newest first."""
    with transaction() as (session, actor):
        found = queries.placements(session, case_id)
        return answer_facts(session, actor, PlacementSchema, case_id, found)


@placements.operation("GET", PLACEMENT, "showPlacement", answer=PlacementSchema)
def show_placement(case_id: UUID, placement_id: UUID) -> Response:
    """One placement, also a superseded one."""
    with transaction() as (session, actor):
        return _placement(session, actor, case_id, placement_id)


@placements.operation(
    "POST", "/cases/<uuid:case_id>/placements", "planPlacement", body=NewPlacementSchema, answer=PlacementSchema,
    status=201, creates=True,
)  # fmt: skip
def plan_placement(case_id: UUID, body: dict[str, Any]) -> Response:
    """Agree a placement with a host."""
    with transaction() as (session, actor):
        allowance = body["monthly_allowance"]
        values = {**body, "monthly_allowance": allowance and allowance["amount"]}
        made = once(session, actor, lambda: operations.plan_placement(session, actor, case_id, **values))
        return _placement(session, actor, case_id, made, made_at="placements.show_placement")


@placements.operation(
    "POST", f"{PLACEMENT}/activation", "activatePlacement", body=ActivationSchema, answer=PlacementSchema
)
def activate_placement(case_id: UUID, placement_id: UUID, body: dict[str, Any]) -> Response:
    """A placement begins, with its convention and insurances."""
    with transaction() as (session, actor):
        operations.activate_placement(session, actor, case_id, placement_id, **body)
        return _placement(session, actor, case_id, placement_id)


@placements.operation("POST", f"{PLACEMENT}/end", "endPlacement", body=PlacementEndSchema, answer=PlacementSchema)
def end_placement(case_id: UUID, placement_id: UUID, body: dict[str, Any]) -> Response:
    """A placement ends."""
    with transaction() as (session, actor):
        operations.end_placement(session, actor, case_id, placement_id, **body)
        return _placement(session, actor, case_id, placement_id)


@placements.operation(
    "POST", f"{PLACEMENT}/withdrawal", "withdrawPlacement", body=WithdrawalSchema, answer=PlacementSchema
)
def withdraw_placement(case_id: UUID, placement_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a placement recorded by mistake and all that was recorded of it; they stay, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_placement(session, actor, case_id, placement_id, **body)
        return _placement(session, actor, case_id, placement_id)


def _placement(
    session: Session, actor: Actor, case_id: UUID, placement_id: UUID, made_at: str | None = None
) -> Response:
    found = queries.placement(session, case_id, placement_id)
    return answer_fact(session, actor, PlacementSchema, case_id, found, made_at=made_at,
                       placement_id=placement_id)  # fmt: skip


@placements.operation("GET", f"{PLACEMENT}/attendances", "listAttendances", answer=WorkAttendancesSchema)
def list_attendances(case_id: UUID, placement_id: UUID) -> Response:
    """The recorded months of a placement, the last one first."""
    with transaction() as (session, actor):
        found = queries.attendances(session, case_id, placement_id)
        return answer_facts(session, actor, WorkAttendanceSchema, case_id, found)


@placements.operation("GET", MONTH, "showAttendance", answer=WorkAttendanceSchema)
def show_attendance(case_id: UUID, placement_id: UUID, attendance_id: UUID) -> Response:
    """One recorded month, also a superseded one."""
    with transaction() as (session, actor):
        return _attendance(session, actor, case_id, placement_id, attendance_id)


@placements.operation(
    "POST", f"{PLACEMENT}/attendances", "recordAttendance", body=NewWorkAttendanceSchema, answer=WorkAttendanceSchema,
    status=201, creates=True,
)  # fmt: skip
def record_attendance(case_id: UUID, placement_id: UUID, body: dict[str, Any]) -> Response:
    """Record a month of a placement."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_attendance(session, actor, case_id, placement_id, **body))
        return _attendance(session, actor, case_id, placement_id, made, made_at="placements.show_attendance")


@placements.operation(
    "POST", f"{MONTH}/withdrawal", "withdrawAttendance", body=WithdrawalSchema, answer=WorkAttendanceSchema
)
def withdraw_attendance(case_id: UUID, placement_id: UUID, attendance_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a month recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_attendance(session, actor, case_id, placement_id, attendance_id, **body)
        return _attendance(session, actor, case_id, placement_id, attendance_id)


def _attendance(
    session: Session, actor: Actor, case_id: UUID, placement_id: UUID, attendance_id: UUID, made_at: str | None = None
) -> Response:
    found = queries.attendance(session, case_id, placement_id, attendance_id)
    return answer_fact(session, actor, WorkAttendanceSchema, case_id, found, made_at=made_at,
                       placement_id=placement_id, attendance_id=attendance_id)  # fmt: skip
