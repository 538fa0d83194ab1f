"""Recording hires."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.hires.models import Hire
from service.cases.placements.queries import has_placement
from service.cases.programmes.rules import check_listed
from service.cases.records.operations import (
    case_for_facts,
    check_after_referral,
    check_person,
    locked_case,
    programme_of,
    record_on,
    superseded,
)
from service.codes import entry as code_entry
from service.errors import invalid_field
from service.types import new_id

ROOM = "service.cases.hires"
KIND = "assunzione"
"""How a programme's list of placements names a hire."""


def record_hire(
    session: Session, actor: Actor, case_id: UUID, *, person_id: UUID | None, employer_id: UUID, contract: str,
    weekly_hours: Decimal, from_on: date, to_on: date | None, is_l68_quota: bool, convention: str | None,
    subsidy: str | None, placement_id: UUID | None,
) -> UUID:  # fmt: skip
    """A person is hired: by whom, with which contract, in the quota of L. 68/1999 or not. `to_on`: the contract's last day."""
    case = case_for_facts(session, actor, "placements:record", case_id)
    check_listed(KIND, programme_of(session, case).placements, "#/contract")
    person_id = person_id or case.person_id
    check_person(session, case, person_id)
    check_after_referral(session, case_id, from_on, "#/from_on")
    if to_on is not None and to_on < from_on:
        raise invalid_field("#/to_on", "date_is_before_start", from_on)
    for name, listed, code in (("contract", "contracts", contract), ("convention", "hire_conventions", convention),
                               ("subsidy", "subsidies", subsidy)):  # fmt: skip
        if code is not None:
            code_entry(ROOM, listed, code, from_on, f"#/{name}")
    if placement_id is not None and not has_placement(session, case_id, placement_id):
        raise invalid_field("#/placement_id", "reference_is_unknown")
    hire = Hire(id=new_id(), case_id=case_id, person_id=person_id, employer_id=employer_id, contract=contract,
                weekly_hours=weekly_hours, from_on=from_on, to_on=to_on, is_l68_quota=is_l68_quota, convention=convention,
                subsidy=subsidy, placement_id=placement_id, recorded_by=actor.user_id)  # fmt: skip
    session.add(hire)
    record_on(session, actor, case, "hire:record", hire.id, "employer_id", "contract", "weekly_hours", "from_on", "to_on",
              "is_l68_quota", "convention", "subsidy", "placement_id")  # fmt: skip
    return hire.id


def withdraw_hire(session: Session, actor: Actor, case_id: UUID, hire_id: UUID, *, reason: str) -> None:
    """A hire recorded by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, actor, "placements:record", case_id, may_be_closed=True)
    superseded(session, actor, Hire, hire_id, case_id, reason)
    record_on(session, actor, case, "hire:withdraw", hire_id, "superseded_at")
