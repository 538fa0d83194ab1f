"""Opening funds, allocating their money, raising and cutting what was allocated."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.budget.funds.models import Allocation, AllocationChange, Fund
from service.budget.funds.queries import allocation_row, fund, in_catalogue
from service.cases.programmes.queries import programme_codes
from service.cases.records.operations import check_not_future
from service.errors import Conflict, invalid_field
from service.types import new_id

CENT, MOST = Decimal("0.01"), Decimal("999999999999.99")  # EUR, the least and the most that an act moves


def open_fund(
    session: Session, actor: Actor, *, code: str, name: str | None = None, origin: str | None = None
) -> UUID:  # fmt: skip
    """Open a fund. Its code is what measures read (DDN, PRO_VI …); those of the catalogue bring their name and origin."""
    require(actor, "funds:open")
    known = in_catalogue(code)
    if known is None and name is None:
        raise invalid_field("#/name", "field_is_missing")
    made = Fund(id=new_id(), code=code, name=name or (known and known.label), recorded_by=actor.user_id,
                origin=origin or (known and known.traits["origin"]))  # fmt: skip
    session.add(made)
    record(session, actor, "fund:open", resource_id=made.id, field_names=("code", "name", "origin"))
    return made.id


def allocate_fund(
    session: Session, actor: Actor, fund_id: UUID, *, year: int, amount: Decimal, act: str, occurred_on: date, **rules: Any
) -> UUID:  # fmt: skip
    """Allocate a fund's money (stanziamento) for a year, EUR, by the act that assigned it.

    `rules`: what it pays and by when, as `Allocation` says; they don't change afterwards.
    """
    require(actor, "funds:open")
    fund(session, fund_id)
    check_amount(amount)
    check_not_future(occurred_on)
    _check_programmes(session, rules.get("programmes", ()))
    allocation = Allocation(id=new_id(), fund_id=fund_id, year=year, recorded_by=actor.user_id, **rules)
    session.add(allocation)
    session.flush()
    _change(session, actor, allocation.id, "initial", amount, act, occurred_on)
    record(session, actor, "fund:allocate", resource_id=allocation.id, field_names=("year", "amount", "act", *rules))
    return allocation.id


def change_allocation(
    session: Session, actor: Actor, allocation_id: UUID, *, kind: str, amount: Decimal, act: str, occurred_on: date
) -> UUID:
    """Raise an allocation, or cut it, by an act. The database refuses a cut below what is committed."""
    require(actor, "funds:open")
    check_amount(amount)
    check_not_future(occurred_on)
    allocation = allocation_row(session, allocation_id)
    if kind == "cut" and amount > allocation.amount - allocation.committed:
        raise Conflict("allocation_is_committed", allocation.amount - allocation.committed)
    made = _change(session, actor, allocation_id, kind, amount, act, occurred_on)
    record(session, actor, "allocation:change", resource_id=made, field_names=("kind", "amount", "act"))
    return made


def check_amount(amount: Decimal) -> None:
    """Nothing is decided of less than a cent."""
    if amount < CENT:
        raise invalid_field("#/amount/amount", "number_out_of_range", CENT, MOST)


def _check_programmes(session: Session, codes: Sequence[str]) -> None:
    known = programme_codes(session) if codes else set()
    for place, code in enumerate(codes):
        if code not in known:
            raise invalid_field(f"#/programmes/{place}", "value_is_unknown", ", ".join(sorted(known)))


def _change(
    session: Session, actor: Actor, allocation_id: UUID, kind: str, amount: Decimal, act: str, occurred_on: date
) -> UUID:
    made = AllocationChange(id=new_id(), allocation_id=allocation_id, kind=kind, amount=amount, act=act,
                            occurred_on=occurred_on, recorded_by=actor.user_id)  # fmt: skip
    session.add(made)
    session.flush()
    return made.id
