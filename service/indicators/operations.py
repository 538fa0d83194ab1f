"""Freezing the values of a plan for those who may see only aggregates."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.errors import Conflict, invalid_field
from service.indicators.disclosure import is_small, is_suppressed
from service.indicators.models import Plan, Snapshot, SnapshotValue
from service.indicators.queries import indicators
from service.indicators.values import Value, values
from service.types import new_id, now, today

HALF_YEAR_ENDS = ((6, 30), (12, 31))


def freeze_values(session: Session, actor: Actor, plan: Plan, *, on: date) -> UUID:
    """Freeze the values at the end of a half-year, small numbers left out. Once for each plan and day.

    Fixed days, and one snapshot each, leave nothing to learn from the difference between two neighbouring days.
    """
    require(actor, "indicators:freeze")
    if (on.month, on.day) not in HALF_YEAR_ENDS or not plan.period_start <= on <= min(plan.period_end, today()):
        raise invalid_field("#/on", "date_is_not_a_half_year_end")
    if session.scalar(select(func.count()).where(Snapshot.plan_code == plan.code, Snapshot.on_day == on)):
        raise Conflict("snapshot_exists")
    snapshot = Snapshot(
        id=new_id(), plan_id=plan.id, plan_code=plan.code, on_day=on, known_at=now(), recorded_by=actor.user_id
    )
    session.add(snapshot)
    rows = indicators(session, plan.id)
    found = values(session, plan, rows, on, snapshot.known_at)
    session.add_all(_frozen(snapshot.id, row.id, found[row.code]) for row in rows if row.code in found)
    record(session, actor, "values:freeze", resource_id=snapshot.id, field_names=("on",))
    return snapshot.id


def _frozen(snapshot_id: UUID, indicator_id: UUID, value: Value) -> SnapshotValue:
    row = SnapshotValue(snapshot_id=snapshot_id, indicator_id=indicator_id, measure_version=value.measure_version,
                        is_suppressed=is_suppressed(value))  # fmt: skip
    if not row.is_suppressed:
        row.value, row.numerator, row.denominator = value.value, value.numerator, value.denominator
        row.missing = None if value.missing is None or is_small(value.missing) else value.missing
    return row
