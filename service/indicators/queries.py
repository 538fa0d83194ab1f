"""Reading plans and what they promised."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.indicators.models import Indicator, Objective, Plan, Snapshot, SnapshotValue


def plans(session: Session) -> Sequence[Plan]:
    """The last version of every plan."""
    last = select(Plan.code, func.max(Plan.version).label("version")).group_by(Plan.code).subquery()
    return session.scalars(
        select(Plan).join(last, (Plan.code == last.c.code) & (Plan.version == last.c.version)).order_by(Plan.code)
    ).all()


def plan(session: Session, code: str) -> Plan:
    """The last version of a plan. Raises NotFound."""
    found = session.scalars(select(Plan).where(Plan.code == code).order_by(Plan.version.desc()).limit(1)).one_or_none()
    if found is None:
        raise NotFound("plan_is_unknown")
    return found


def objectives(session: Session, plan_id: UUID) -> Sequence[Objective]:
    """The objectives of a plan, in its order."""
    return session.scalars(select(Objective).where(Objective.plan_id == plan_id).order_by(Objective.position)).all()


def indicators(session: Session, plan_id: UUID) -> list[Indicator]:
    """The indicators of a plan, in its order."""
    return list(session.scalars(select(Indicator).where(Indicator.plan_id == plan_id).order_by(Indicator.position)))


def snapshots(session: Session, plan_code: str) -> list[Any]:
    """The snapshots of a plan, each with the version of the plan that it froze, the last day first."""
    return list(session.execute(_snapshots(plan_code).order_by(Snapshot.on_day.desc())))


def snapshot(session: Session, plan_code: str, snapshot_id: UUID) -> tuple[Any, list[Any]]:
    """One snapshot and its values with their indicators. Raises NotFound."""
    found = session.execute(_snapshots(plan_code).where(Snapshot.id == snapshot_id)).one_or_none()
    if found is None:
        raise NotFound("snapshot_is_unknown")
    rows = session.execute(
        select(SnapshotValue, Indicator)
        .join(Indicator, Indicator.id == SnapshotValue.indicator_id)
        .where(SnapshotValue.snapshot_id == snapshot_id)
        .order_by(Indicator.position)
    ).all()
    return found, list(rows)


def _snapshots(plan_code: str) -> Any:
    return (
        select(
            Snapshot.id, Snapshot.plan_code.label("plan"), Plan.version.label("plan_version"), Snapshot.on_day.label("on"),
            Snapshot.known_at,
        )
        .join(Plan, Plan.id == Snapshot.plan_id)
        .where(Snapshot.plan_code == plan_code)
    )  # fmt: skip
