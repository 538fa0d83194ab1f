"""Recording protected discharges."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.discharges.models import Discharge
from service.cases.records.operations import (
    case_for_facts,
    check_after_referral,
    locked_case,
    record_on,
    superseded,
)
from service.codes import entry as code_entry
from service.types import new_id

ROOM = "service.cases.discharges"


def record_discharge(
    session: Session, actor: Actor, case_id: UUID, *, hospital_id: UUID, discharged_on: date, destination: str,
    is_carried_out: bool,
) -> UUID:  # fmt: skip
    """A protected discharge, on entry (A2-OUT-2), or the failure of one that was prepared."""
    case = case_for_facts(session, actor, "interventions:record", case_id)
    check_after_referral(session, case_id, discharged_on, "#/discharged_on")
    code_entry(ROOM, "destinations", destination, discharged_on, "#/destination")
    row = Discharge(id=new_id(), case_id=case_id, hospital_id=hospital_id, discharged_on=discharged_on,
                    destination=destination, is_carried_out=is_carried_out, recorded_by=actor.user_id)  # fmt: skip
    session.add(row)
    record_on(session, actor, case, "discharge:record", row.id,
              "hospital_id", "discharged_on", "destination", "is_carried_out")  # fmt: skip
    return row.id


def withdraw_discharge(session: Session, actor: Actor, case_id: UUID, discharge_id: UUID, *, reason: str) -> None:
    """A discharge recorded by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, actor, "interventions:record", case_id, may_be_closed=True)
    superseded(session, actor, Discharge, discharge_id, case_id, reason)
    record_on(session, actor, case, "discharge:withdraw", discharge_id, "superseded_at")
