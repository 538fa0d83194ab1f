"""Reading work placements."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.placements.models import Attendance, Placement, PlacementActivation, PlacementEnd
from service.errors import NotFound

_TERMS = ("id", "kind", "counts_as_tirocinio", "person_id", "host_organisation_id", "pathway_id", "continues_id", "from_on",
          "to_on", "limit_rule", "latest_on", "weekly_hours", "promoter_tutor", "host_tutor", "superseded_at")  # fmt: skip
_ACTIVATION = ("activated_on", "convention", "inail_insurance", "liability_insurance", "mandatory_notice")


def placements(session: Session, case_id: UUID) -> list[dict[str, Any]]:
    """The placements of a case, the newest first."""
    statement = _placements(case_id).where(Placement.superseded_at.is_(None))
    rows = session.execute(statement.order_by(Placement.from_on.desc(), Placement.id.desc()))
    return [_described(row) for row in rows]


def placement(session: Session, case_id: UUID, placement_id: UUID) -> dict[str, Any]:
    """One placement, superseded or not. Raises NotFound."""
    found = session.execute(_placements(case_id).where(Placement.id == placement_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return _described(found)


def live_placement(session: Session, case_id: UUID, placement_id: UUID) -> Any:
    """A placement that stands, with its activation and its end where there are. Raises NotFound."""
    found = session.execute(
        _placements(case_id).where(Placement.id == placement_id, Placement.superseded_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def has_placement(session: Session, case_id: UUID, placement_id: UUID) -> bool:
    """Whether such a placement of the case stands."""
    is_it = (Placement.id == placement_id, Placement.case_id == case_id, Placement.superseded_at.is_(None))
    return session.scalar(select(Placement.id).where(*is_it)) is not None


def next_of(session: Session, placement_id: UUID) -> UUID | None:
    """The placement that continues this one."""
    return session.scalar(
        select(Placement.id).where(Placement.continues_id == placement_id, Placement.superseded_at.is_(None))
    )


def has_limited_placement(session: Session, person_id: UUID, host_id: UUID, limit_rule: str) -> bool:
    """Whether the person has been placed with this host under the same limit, in any case in sight."""
    return session.scalar(
        select(Placement.id).where(
            Placement.person_id == person_id, Placement.limit_rule == limit_rule,
            Placement.host_organisation_id == host_id, Placement.superseded_at.is_(None),
        ).limit(1)
    ) is not None  # fmt: skip


def attendances(session: Session, case_id: UUID, placement_id: UUID) -> list[dict[str, Any]]:
    """The recorded months of a placement, the last one first. Raises NotFound."""
    person_id = _person_of(session, case_id, placement_id)
    rows: Sequence[Attendance] = session.scalars(
        select(Attendance)
        .where(Attendance.placement_id == placement_id, Attendance.superseded_at.is_(None))
        .order_by(Attendance.month.desc())
    ).all()
    return [_month(row, person_id) for row in rows]


def attendance(session: Session, case_id: UUID, placement_id: UUID, attendance_id: UUID) -> dict[str, Any]:
    """One recorded month, superseded or not. Raises NotFound."""
    person_id = _person_of(session, case_id, placement_id)
    row = session.scalars(
        select(Attendance).where(Attendance.id == attendance_id, Attendance.placement_id == placement_id)
    ).one_or_none()
    if row is None:
        raise NotFound("fact_is_unknown")
    return _month(row, person_id)


def last_month(session: Session, placement_id: UUID) -> date | None:
    """The last month whose attendance is recorded."""
    return session.scalar(
        select(Attendance.month)
        .where(Attendance.placement_id == placement_id, Attendance.superseded_at.is_(None))
        .order_by(Attendance.month.desc())
        .limit(1)
    )


def _person_of(session: Session, case_id: UUID, placement_id: UUID) -> UUID:
    found = session.scalar(
        select(Placement.person_id).where(Placement.id == placement_id, Placement.case_id == case_id)
    )
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def _placements(case_id: UUID) -> Any:
    activation, end = PlacementActivation, PlacementEnd
    return (
        select(Placement, activation, end)
        .outerjoin(activation, (activation.placement_id == Placement.id) & activation.superseded_at.is_(None))
        .outerjoin(end, (end.placement_id == Placement.id) & end.superseded_at.is_(None))
        .where(Placement.case_id == case_id)
        .execution_options(populate_existing=True)
    )


def _described(row: Any) -> dict[str, Any]:
    """The row as the API nests it."""
    terms, active, end = row.Placement, row.PlacementActivation, row.PlacementEnd
    attestation = {
        "issuer_id": terms.attested_by_id,
        "issued_on": terms.attested_on,
        "reason": terms.attestation_reason,
    }
    return {
        **{name: getattr(terms, name) for name in _TERMS},
        "attestation": attestation if terms.attested_on else None, "monthly_allowance": _euros(terms.monthly_allowance),
        "activation": {name: getattr(active, name) for name in _ACTIVATION} if active else None,
        "ended_on": end and end.ended_on, "end_code": end and end.end_code,
    }  # fmt: skip


def _month(row: Attendance, person_id: UUID) -> dict[str, Any]:
    return {
        "id": row.id, "person_id": person_id, "month": row.month, "hours_planned": row.hours_planned,
        "hours_done": row.hours_done, "least_percent": row.least_percent, "is_allowance_due": row.is_allowance_due,
        "allowance_due": _euros(row.allowance_due), "superseded_at": row.superseded_at,
    }  # fmt: skip


def _euros(amount: Decimal | None) -> dict[str, Any] | None:
    return None if amount is None else {"amount": amount, "currency": "EUR"}
