"""Protected discharges of a case."""

from typing import Any
from uuid import UUID

from flask import Response

from service.cases.discharges import operations
from service.cases.discharges.models import Discharge
from service.cases.discharges.schemas import DischargeSchema, DischargesSchema, NewDischargeSchema
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

discharges = Blueprint("discharges", __name__, description="Dimissioni protette")
DISCHARGE = "/cases/<uuid:case_id>/discharges/<uuid:discharge_id>"


@discharges.operation("GET", "/cases/<uuid:case_id>/discharges", "listDischarges", answer=DischargesSchema)
def list_discharges(case_id: UUID) -> Response:
    """The protected discharges of a case, the last one first."""
    with transaction() as (session, actor):
        found = facts(session, Discharge, case_id, newest_by=Discharge.discharged_on)
        return answer_facts(session, actor, DischargeSchema, case_id, found)


@discharges.operation("GET", DISCHARGE, "showDischarge", answer=DischargeSchema)
def show_discharge(case_id: UUID, discharge_id: UUID) -> Response:
    """One discharge, also a superseded one."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, DischargeSchema, case_id, fact(session, Discharge, case_id, discharge_id))


@discharges.operation(
    "POST", "/cases/<uuid:case_id>/discharges", "recordDischarge", body=NewDischargeSchema, answer=DischargeSchema,
    status=201, creates=True,
)  # fmt: skip
def record_discharge(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record a protected discharge."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_discharge(session, actor, case_id, **body))
        return answer_fact(session, actor, DischargeSchema, case_id, fact(session, Discharge, case_id, made),
                           made_at="discharges.show_discharge", discharge_id=made)  # fmt: skip


@discharges.operation(
    "POST", f"{DISCHARGE}/withdrawal", "withdrawDischarge", body=WithdrawalSchema, answer=DischargeSchema
)
def withdraw_discharge(case_id: UUID, discharge_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a discharge recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_discharge(session, actor, case_id, discharge_id, **body)
        return answer_fact(session, actor, DischargeSchema, case_id, fact(session, Discharge, case_id, discharge_id))
