"""Moving money: commitments, liquidations, payments, and what takes them back."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.budget.funds.models import Allocation
from service.budget.funds.operations import check_amount
from service.budget.funds.queries import allocation_row
from service.budget.ledger.models import Entry
from service.budget.ledger.queries import entry_row
from service.budget.ledger.rules import check_eligible, check_paying, check_spending
from service.budget.lines.queries import line_row
from service.cases.records.operations import check_not_future
from service.errors import Conflict, Forbidden, NotFound, invalid_field
from service.types import new_id

REVERSED_BY = {"commitment": "ledger:commit", "liquidation": "ledger:liquidate", "payment": "ledger:pay"}
"""Who may make an entry may take one back."""
UNKNOWN = {"commitment": "commitment_is_unknown", "liquidation": "liquidation_is_unknown"}


def commit_money(
    session: Session, actor: Actor, line_id: UUID, *, amount: Decimal, act: str, occurred_on: date,
    allocation_id: UUID | None = None, document: str | None = None,
) -> UUID:  # fmt: skip
    """Commit money of an allocation to a line (impegno): that which the line asks for, unless another is named.

    The database refuses more than the allocation or the line holds, whoever else commits at the same time.
    """
    require(actor, "ledger:commit")
    check_amount(amount)
    check_not_future(occurred_on)
    line = line_row(session, line_id)
    if line.allocation_id is None:
        raise Conflict("line_has_no_allocation")
    allocation = session.get(Allocation, allocation_id or line.allocation_id)
    if allocation is None:
        raise invalid_field("#/allocation_id", "allocation_is_unknown")
    check_spending(allocation, occurred_on)
    check_eligible(allocation, line)
    made = Entry(id=new_id(), kind="commitment", line_id=line_id, allocation_id=allocation.id, case_id=line.case_id,
                 amount=amount, act=act, document=document, occurred_on=occurred_on, recorded_by=actor.user_id)  # fmt: skip
    return _post(session, actor, "money:commit", made)


def liquidate_money(
    session: Session, actor: Actor, commitment_id: UUID, *, amount: Decimal, act: str, occurred_on: date,
    document: str | None = None,
) -> UUID:  # fmt: skip
    """Find committed money due (liquidazione), up to the commitment. Who committed it doesn't liquidate it."""
    require(actor, "ledger:liquidate")
    commitment = _parent(session, commitment_id, "commitment")
    if commitment.recorded_by == actor.user_id:
        raise Forbidden("committer_may_not_liquidate")
    check_spending(allocation_row(session, commitment.allocation_id), occurred_on)
    made = _child(actor, commitment, "liquidation", amount, act, occurred_on, document)
    return _post(session, actor, "money:liquidate", made)


def pay_money(
    session: Session, actor: Actor, liquidation_id: UUID, *, amount: Decimal, act: str, occurred_on: date,
    document: str | None = None,
) -> UUID:  # fmt: skip
    """Say that liquidated money was paid (pagamento), up to the liquidation."""
    require(actor, "ledger:pay")
    liquidation = _parent(session, liquidation_id, "liquidation")
    check_paying(allocation_row(session, liquidation.allocation_id), occurred_on)
    made = _child(actor, liquidation, "payment", amount, act, occurred_on, document)
    return _post(session, actor, "money:pay", made)


def reverse_entry(
    session: Session, actor: Actor, entry_id: UUID, *, amount: Decimal, act: str, occurred_on: date,
    document: str | None = None,
) -> UUID:  # fmt: skip
    """Take an entry back (storno), whole or in part: never what entries that stand took of it, which are reversed first."""
    require(actor, "ledger:reverse")
    entry = entry_row(session, entry_id)
    if entry.kind not in REVERSED_BY:
        raise Conflict("reversal_is_final")
    require(actor, REVERSED_BY[entry.kind])
    made = _child(actor, entry, "reversal", amount, act, occurred_on, document)
    if amount > entry.amount - entry.used - entry.reversed:
        raise Conflict("entry_is_used", entry.amount - entry.used - entry.reversed)
    return _post(session, actor, "entry:reverse", made)


def _parent(session: Session, entry_id: UUID, kind: str) -> Entry:
    found = session.get(Entry, entry_id)
    if found is None or found.kind != kind:
        raise NotFound(UNKNOWN[kind])
    return found


def _child(
    actor: Actor, parent: Entry, kind: str, amount: Decimal, act: str, occurred_on: date, document: str | None
) -> Entry:
    check_amount(amount)
    check_not_future(occurred_on)
    if occurred_on < parent.occurred_on:
        raise invalid_field("#/occurred_on", "date_is_before_last_step", parent.occurred_on)
    return Entry(id=new_id(), kind=kind, parent_id=parent.id, line_id=parent.line_id, allocation_id=parent.allocation_id,
                 case_id=parent.case_id, amount=amount, act=act, document=document, occurred_on=occurred_on,
                 recorded_by=actor.user_id)  # fmt: skip


def _post(session: Session, actor: Actor, action: str, made: Entry) -> UUID:
    session.add(made)
    record(session, actor, action, case_id=made.case_id, resource_id=made.id, field_names=("amount", "act"))
    return made.id
