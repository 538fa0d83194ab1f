"""Plans, the live values of their indicators, and the snapshots that aggregate-only roles read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import record
from service.errors import NotFound
from service.indicators import operations, queries
from service.indicators.models import Indicator, Plan
from service.indicators.schemas import (
    NewSnapshotSchema,
    OneValueSchema,
    PlanSchema,
    PlansSchema,
    SnapshotSchema,
    SnapshotsSchema,
    ValuesQuery,
    ValuesSchema,
    WholePlanSchema,
)
from service.indicators.values import Value, values
from service.types import now, today
from service.web.answers import answer, location_of
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

plans = Blueprint("plans", __name__, description="Piani di Zona e indicatori")


@plans.operation("GET", "/plans", "listPlans", answer=PlansSchema)
def list_plans() -> Response:
    """The plans."""
    with transaction() as (session, actor):
        require(actor, "plans:read")
        return answer(PlansSchema, {"items": queries.plans(session)})


@plans.operation("GET", "/plans/<string:code>", "showPlan", answer=WholePlanSchema)
def show_plan(code: str) -> Response:
    """A plan with its objectives and what they promised."""
    with transaction() as (session, actor):
        require(actor, "plans:read")
        plan = queries.plan(session, code)
        promises: dict[UUID, list[dict[str, Any]]] = {}
        for row in queries.indicators(session, plan.id):
            promises.setdefault(row.objective_id, []).append({**_promise(row), "has_measure": row.measure is not None})
        objectives = [
            {"code": one.code, "macro_area": one.macro_area, "title": one.title, "indicators": promises.get(one.id, [])}
            for one in queries.objectives(session, plan.id)
        ]
        return answer(WholePlanSchema, {**_described(plan), "objectives": objectives})


@plans.operation("GET", "/plans/<string:code>/indicators", "listValues", query=ValuesQuery, answer=ValuesSchema)
def list_values(code: str, query: dict[str, Any]) -> Response:
    """The live values of the indicators that case records feed."""
    with transaction() as (session, actor):
        require(actor, "indicators:read")
        plan = queries.plan(session, code)
        rows = queries.indicators(session, plan.id)
        on, known_at = query.get("on") or today(), query.get("known_at") or now()
        found = values(session, plan, rows, on, known_at)
        record(session, actor, actor.origin.action, outcome="shown", resource_id=plan.id)
        items = [_with_value(row, found[row.code]) for row in rows if row.code in found]
        return answer(ValuesSchema, {**_asked(plan, on, known_at), "items": items})


@plans.operation(
    "GET", "/plans/<string:code>/indicators/<string:indicator>", "showValue", query=ValuesQuery, answer=OneValueSchema
)
def show_value(code: str, indicator: str, query: dict[str, Any]) -> Response:
    """The live value of one indicator."""
    with transaction() as (session, actor):
        require(actor, "indicators:read")
        plan = queries.plan(session, code)
        rows = [
            row for row in queries.indicators(session, plan.id) if row.code == indicator and row.measure is not None
        ]
        if not rows:
            raise NotFound("indicator_is_unknown")
        on, known_at = query.get("on") or today(), query.get("known_at") or now()
        found = values(session, plan, rows, on, known_at)
        record(session, actor, actor.origin.action, outcome="shown", resource_id=rows[0].id)
        return answer(OneValueSchema, {**_asked(plan, on, known_at), **_with_value(rows[0], found[indicator])})


@plans.operation(
    "POST", "/plans/<string:code>/snapshots", "freezeValues", body=NewSnapshotSchema, answer=SnapshotSchema, status=201,
    creates=True,
)  # fmt: skip
def freeze_values(code: str, body: dict[str, Any]) -> Response:
    """Freeze the values at the end of a half-year for aggregate-only roles, small numbers left out."""
    with transaction() as (session, actor):
        plan = queries.plan(session, code)
        made = once(session, actor, lambda: operations.freeze_values(session, actor, plan, **body))
        response = _snapshot(session, plan.code, made)
        response.status_code = 201
        response.headers["Location"] = location_of("plans.show_snapshot", code=code, snapshot_id=made)
        return response


@plans.operation("GET", "/plans/<string:code>/snapshots", "listSnapshots", answer=SnapshotsSchema)
def list_snapshots(code: str) -> Response:
    """The snapshots of a plan, the last day first."""
    with transaction() as (session, actor):
        require(actor, "aggregates:read")
        plan = queries.plan(session, code)
        record(session, actor, actor.origin.action, outcome="shown", resource_id=plan.id)
        return answer(SnapshotsSchema, {"items": queries.snapshots(session, code)})


@plans.operation("GET", "/plans/<string:code>/snapshots/<uuid:snapshot_id>", "showSnapshot", answer=SnapshotSchema)
def show_snapshot(code: str, snapshot_id: UUID) -> Response:
    """A snapshot: values without the small numbers."""
    with transaction() as (session, actor):
        require(actor, "aggregates:read")
        record(session, actor, actor.origin.action, outcome="shown", resource_id=snapshot_id)
        return _snapshot(session, queries.plan(session, code).code, snapshot_id)


def _snapshot(session: Any, plan_code: str, snapshot_id: UUID) -> Response:
    head, rows = queries.snapshot(session, plan_code, snapshot_id)
    items = [
        {**_promise(indicator), **{name: getattr(value, name) for name in
         ("value", "numerator", "denominator", "missing", "measure_version", "is_suppressed")}}
        for value, indicator in rows
    ]  # fmt: skip
    return answer(SnapshotSchema, {**head._mapping, "items": items})


def _asked(plan: Plan, on: Any, known_at: datetime) -> dict[str, Any]:
    return {"plan": plan.code, "plan_version": plan.version, "on": on, "known_at": known_at}


def _described(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in PlanSchema().fields}


def _promise(row: Indicator) -> dict[str, Any]:
    names = ("code", "family", "statement", "value_type", "expected", "basis", "fed_by")
    return {name: getattr(row, name) for name in names}


def _with_value(row: Indicator, value: Value) -> dict[str, Any]:
    return {
        **_promise(row), "value": value.value, "numerator": value.numerator, "denominator": value.denominator,
        "missing": value.missing, "measure_version": value.measure_version, "is_suppressed": False,
    }  # fmt: skip
