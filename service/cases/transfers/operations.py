"""Passing a case to another service: offered by one, taken by the other; the history stays with the case."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import grounds
from service.access.queries import organisation
from service.actor import Actor
from service.cases.records.models import Case
from service.cases.records.operations import (
    allowed_move,
    check_after_referral,
    check_date,
    locked_case,
    record_on,
)
from service.cases.records.queries import people_now
from service.cases.teams.operations import end_membership
from service.cases.teams.queries import members
from service.cases.transfers.models import Transfer
from service.errors import Conflict, Forbidden, NotFound, invalid_field
from service.types import new_id


def offer_transfer(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, to_service_id: UUID, occurred_on: date, reason: str
) -> UUID:
    """Offer the case to another service, whose coordinators see it from now on, to decide."""
    case = locked_case(session, actor, "cases:transfer", case_id, expected)
    _require_coordinator(actor, case.service_id)
    allowed_move(session, actor, case, "transfer")
    check_date(session, case, occurred_on)
    if to_service_id == case.service_id or organisation(session, to_service_id).kind != "service":
        raise invalid_field("#/to_service_id", "service_is_not_another")
    transfer = Transfer(id=new_id(), case_id=case_id, from_service_id=case.service_id, to_service_id=to_service_id,
                        offered_on=occurred_on, reason=reason, recorded_by=actor.user_id)  # fmt: skip
    session.add(transfer)
    session.flush()
    for person_id in people_now(session, case.id):
        grounds.give_to_service(session, to_service_id, case_id=case_id, person_id=person_id, source_id=transfer.id)
    case.version += 1
    record_on(session, actor, case, "transfer:offer", transfer.id, "to_service_id", "reason")
    return transfer.id


def accept_transfer(
    session: Session, actor: Actor, case_id: UUID, transfer_id: UUID, *, expected: int, occurred_on: date
) -> None:
    """The other service takes the case: those of the service before leave the team, and lose sight of it at once.

    A passage between services of the installation is not an end: the milestones go on as they were.
    """
    case = locked_case(session, actor, "cases:transfer", case_id, expected, may_decide=True)
    transfer = _open_transfer(session, case_id, transfer_id)
    _require_coordinator(actor, transfer.to_service_id)
    check_date(session, case, occurred_on)
    _decide(session, actor, transfer, "accepted", occurred_on, None)
    for member in members(session, case_id):
        if member.organisation_id == transfer.from_service_id and member.to_on is None:
            end_membership(session, member, max(occurred_on, member.from_on))
    case.service_id = transfer.to_service_id
    case.version += 1
    session.flush()
    _change_hands(session, case, transfer)
    record_on(session, actor, case, "transfer:accept", transfer_id, "service_id")


def refuse_transfer(
    session: Session, actor: Actor, case_id: UUID, transfer_id: UUID, *, expected: int, occurred_on: date, reason: str
) -> Transfer:
    """The other service does not take the case, which may have closed since: it loses sight of it."""
    case = locked_case(session, actor, "cases:transfer", case_id, expected, may_be_closed=True, may_decide=True)
    transfer = _open_transfer(session, case_id, transfer_id)
    _require_coordinator(actor, transfer.to_service_id)
    _turn_down(session, actor, case, transfer, "refused", occurred_on, reason)
    return transfer


def withdraw_transfer(
    session: Session, actor: Actor, case_id: UUID, transfer_id: UUID, *, expected: int, occurred_on: date, reason: str
) -> None:
    """The service takes its offer back, also when the case has closed since: the other loses sight of it."""
    case = locked_case(session, actor, "cases:transfer", case_id, expected, may_be_closed=True, may_decide=True)
    transfer = _open_transfer(session, case_id, transfer_id)
    _require_coordinator(actor, transfer.from_service_id)
    _turn_down(session, actor, case, transfer, "withdrawn", occurred_on, reason)


def _turn_down(
    session: Session, actor: Actor, case: Case, transfer: Transfer, decision: str, occurred_on: date, reason: str
) -> None:
    _decide(session, actor, transfer, decision, occurred_on, reason)
    case.version += 1
    verb = {"refused": "refuse", "withdrawn": "withdraw"}[decision]
    record_on(session, actor, case, f"transfer:{verb}", transfer.id, "decision", "decision_reason")
    session.flush()
    grounds.end(session, transfer.id)


def _change_hands(session: Session, case: Case, transfer: Transfer) -> None:
    """The grounds of the service before end, those of the next begin: in this order the actor sees the case throughout."""
    grounds.end(session, case.id)
    for person_id in people_now(session, case.id):
        grounds.give_to_service(session, transfer.to_service_id, case_id=case.id, person_id=person_id)
    grounds.end(session, transfer.id)


def _decide(
    session: Session, actor: Actor, transfer: Transfer, decision: str, occurred_on: date, reason: str | None
) -> None:
    check_after_referral(session, transfer.case_id, occurred_on)
    if occurred_on < transfer.offered_on:
        raise invalid_field("#/occurred_on", "date_is_before_last_step", transfer.offered_on)
    transfer.decision, transfer.decided_on = decision, occurred_on
    transfer.decided_by, transfer.decision_reason = actor.user_id, reason


def _open_transfer(session: Session, case_id: UUID, transfer_id: UUID) -> Transfer:
    found = session.scalars(
        select(Transfer).where(Transfer.case_id == case_id, Transfer.id == transfer_id)
    ).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    if found.decision is not None:
        raise Conflict("transfer_is_decided")
    return found


def _require_coordinator(actor: Actor, service_id: UUID) -> None:
    if service_id not in actor.organisations("coordinator"):
        raise Forbidden("organisation_is_not_yours")
