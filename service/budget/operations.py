"""Funds and their allocations, the lines of a project's budget, and the ledger."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.budget.models import Allocation, BudgetLine, Commitment, Fund, Liquidation, Participation
from service.cases.records.operations import check_after_referral, check_not_future, locked_case, record_on
from service.errors import Conflict, Forbidden, NotFound, invalid_field
from service.types import new_id

CENT, MOST = Decimal("0.01"), Decimal("999999999999.99")  # EUR, the least and the most of an entry


def open_fund(session: Session, actor: Actor, *, code: str, name: str) -> UUID:
    """Open a fund. Its code is what measures read (DDN, PRO_VI …)."""
    require(actor, "funds:open")
    fund = Fund(id=new_id(), code=code, name=name, recorded_by=actor.user_id)
    session.add(fund)
    record(session, actor, "fund:open", resource_id=fund.id, field_names=("code", "name"))
    return fund.id


def allocate_fund(session: Session, actor: Actor, fund_id: UUID, *, year: int, amount: Decimal) -> UUID:
    """Allocate a fund's money (stanziamento) for a year, EUR."""
    require(actor, "funds:open")
    if session.get(Fund, fund_id) is None:
        raise NotFound("fund_is_unknown")
    allocation = Allocation(id=new_id(), fund_id=fund_id, year=year, amount=amount, recorded_by=actor.user_id)
    session.add(allocation)
    record(session, actor, "fund:allocate", resource_id=allocation.id, field_names=("year", "amount"))
    return allocation.id


def add_line(
    session: Session, actor: Actor, case_id: UUID, *, resource_kind: str, source: str, allocation_id: UUID | None,
    description: str, cost: Decimal,
) -> UUID:  # fmt: skip
    """Put a resource into the budget of the case's project (DM 23/11/2016 art. 1: not money only)."""
    case = locked_case(session, actor, "budget:build", case_id)
    if (source == "fund") != (allocation_id is not None):
        raise invalid_field("#/allocation_id", "allocation_goes_with_fund")
    if allocation_id is not None and session.get(Allocation, allocation_id) is None:
        raise invalid_field("#/allocation_id", "allocation_is_unknown")
    line = BudgetLine(id=new_id(), case_id=case_id, resource_kind=resource_kind, source=source, cost=cost,
                      allocation_id=allocation_id, description=description, recorded_by=actor.user_id)  # fmt: skip
    session.add(line)
    record_on(session, actor, case, "line:add", line.id, "resource_kind", "source", "allocation_id", "cost")
    return line.id


def record_participation(
    session: Session,
    actor: Actor,
    case_id: UUID,
    *,
    who: str,
    built: bool,
    contributed: bool,
    managed: bool,
    occurred_on: date,
) -> UUID:
    """The person or the family took part in the budget: built it, put own resources in, manages part of it."""
    case = locked_case(session, actor, "budget:build", case_id)
    check_after_referral(session, case_id, occurred_on)
    if not (built or contributed or managed):
        raise invalid_field("#/built", "participation_is_empty")
    part = Participation(id=new_id(), case_id=case_id, who=who, built=built, contributed=contributed, managed=managed,
                         occurred_on=occurred_on, recorded_by=actor.user_id)  # fmt: skip
    session.add(part)
    record_on(session, actor, case, "participation:record", part.id,
              "who", "built", "contributed", "managed", "occurred_on")  # fmt: skip
    return part.id


def commit_money(
    session: Session, actor: Actor, line_id: UUID, *, amount: Decimal, act: str, occurred_on: date
) -> UUID:
    """Commit money of an allocation to a line (impegno). The database refuses more than the allocation or the line holds."""
    require(actor, "ledger:commit")
    _check_amount(amount)
    check_not_future(occurred_on)
    line = session.scalars(
        select(BudgetLine).where(BudgetLine.id == line_id, BudgetLine.superseded_at.is_(None))
    ).one_or_none()
    if line is None:
        raise NotFound("line_is_unknown")
    if line.allocation_id is None:
        raise Conflict("line_has_no_allocation")
    entry = Commitment(id=new_id(), line_id=line_id, allocation_id=line.allocation_id, case_id=line.case_id, amount=amount,
                       act=act, occurred_on=occurred_on, recorded_by=actor.user_id)  # fmt: skip
    session.add(entry)
    record(session, actor, "money:commit", case_id=line.case_id, resource_id=entry.id, field_names=("amount", "act"))
    return entry.id


def liquidate_money(
    session: Session, actor: Actor, commitment_id: UUID, *, amount: Decimal, act: str, occurred_on: date
) -> UUID:
    """Find committed money due (liquidazione), up to the commitment. Who committed it doesn't liquidate it."""
    require(actor, "ledger:liquidate")
    _check_amount(amount)
    check_not_future(occurred_on)
    commitment = session.get(Commitment, commitment_id)
    if commitment is None:
        raise NotFound("commitment_is_unknown")
    if commitment.recorded_by == actor.user_id:
        raise Forbidden("committer_may_not_liquidate")
    if occurred_on < commitment.occurred_on:
        raise invalid_field("#/occurred_on", "date_is_before_last_step", commitment.occurred_on)
    entry = Liquidation(id=new_id(), commitment_id=commitment_id, case_id=commitment.case_id, amount=amount, act=act,
                        occurred_on=occurred_on, recorded_by=actor.user_id)  # fmt: skip
    session.add(entry)
    record(
        session,
        actor,
        "money:liquidate",
        case_id=commitment.case_id,
        resource_id=entry.id,
        field_names=("amount", "act"),
    )
    return entry.id


def _check_amount(amount: Decimal) -> None:
    if amount < CENT:
        raise invalid_field("#/amount/amount", "number_out_of_range", CENT, MOST)
