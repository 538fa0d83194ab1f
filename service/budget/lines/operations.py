"""Building the budget of a project: its lines, and who takes part in it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor
from service.budget.funds.models import Allocation
from service.budget.lines.models import BudgetLine, Participation
from service.budget.lines.rules import Share, divided, wrong_fields, wrong_shares, wrong_source
from service.cases.projects.queries import has_goal, has_support
from service.cases.records.models import Case
from service.cases.records.operations import check_after_referral, locked_case, programme_of, record_on, superseded
from service.errors import Conflict, FieldError, Invalid, invalid_field
from service.types import new_id


def add_line(
    session: Session, actor: Actor, case_id: UUID, *, source: str, allocation_id: UUID | None, cost: Decimal,
    **resource: Any,
) -> UUID:  # fmt: skip
    """Put a resource into the budget of the case's project (DM 23/11/2016 art. 1: not money only)."""
    case = locked_case(session, actor, "budget:build", case_id)
    wrong = (*wrong_source(resource, source, allocation_id), *wrong_fields(resource, cost),
             *_unknown(session, case, resource), *_unknown_allocations(session, {"#": allocation_id}))  # fmt: skip
    _refuse(wrong)
    line = _line(actor, case_id, resource, id=new_id(), source=source, allocation_id=allocation_id, cost=cost)
    session.add(line)
    record_on(session, actor, case, "line:add", line.id, "source", "allocation_id", "cost", *_said(resource))
    return line.id


def share_cost(
    session: Session, actor: Actor, case_id: UUID, *, cost: Decimal, shares: Sequence[Share], **resource: Any
) -> UUID:
    """Put a resource into the budget that several sources pay, the person among them where they share the cost
    (compartecipazione): a line for each, which make the cost to the cent. Answers the id that those lines carry."""
    case = locked_case(session, actor, "budget:build", case_id)
    named = {f"#/shares/{place}": share.allocation_id for place, share in enumerate(shares)}
    wrong = (*wrong_shares(resource, cost, shares), *wrong_fields(resource, cost), *_unknown(session, case, resource),
             *_unknown_allocations(session, named))  # fmt: skip
    _refuse(wrong)
    shared_cost_id = new_id()
    parts = divided(cost, [share.percent for share in shares])
    ids = sorted(new_id() for _ in shares)  # made in one instant: in order, they keep that of the shares
    lines = [
        _line(actor, case_id, resource, source=share.source, allocation_id=share.allocation_id, cost=part, id=id_,
              shared_cost_id=shared_cost_id)
        for id_, share, part in zip(ids, shares, parts, strict=True)
    ]  # fmt: skip
    # Each adds to the totals of its allocation: always in one order, so that two such acts don't wait for each other.
    lines.sort(key=lambda line: str(line.allocation_id))
    session.add_all(lines)
    record_on(session, actor, case, "cost:share", shared_cost_id, "source", "allocation_id", "cost", *_said(resource))
    return shared_cost_id


def _line(actor: Actor, case_id: UUID, resource: Mapping[str, Any], **paid: Any) -> BudgetLine:
    return BudgetLine(case_id=case_id, recorded_by=actor.user_id, **resource, **paid)


def _said(resource: Mapping[str, Any]) -> list[str]:
    """The names of the fields that say something."""
    return sorted(name for name, value in resource.items() if value)


def _refuse(wrong: tuple[FieldError, ...]) -> None:
    if wrong:
        raise Invalid("request_is_invalid", errors=tuple(dict.fromkeys(wrong)))


def _unknown(session: Session, case: Case, resource: Mapping[str, Any]) -> Iterator[FieldError]:
    """An area of life that the programme has not, a goal or a support that the project never had."""
    areas, area = programme_of(session, case).project.life_domains, resource.get("area")
    if areas and area is not None and area not in areas:
        yield FieldError("#/area", "value_is_unknown", (", ".join(areas),))
    for name, is_known in (("goal_key", has_goal), ("support_key", has_support)):
        key = resource.get(name)
        if key is not None and not is_known(session, case.id, key):
            yield FieldError(f"#/{name}", "reference_is_unknown")


def _unknown_allocations(session: Session, named: Mapping[str, UUID | None]) -> Iterator[FieldError]:
    """Allocations that nobody made. `named`: where each stands -> its id."""
    ids = {one for one in named.values() if one is not None}
    known = set(session.scalars(select(Allocation.id).where(Allocation.id.in_(ids)))) if ids else set()
    for pointer, one in named.items():
        if one is not None and one not in known:
            yield FieldError(f"{pointer}/allocation_id", "allocation_is_unknown")


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


def withdraw_line(session: Session, actor: Actor, case_id: UUID, line_id: UUID, *, reason: str) -> None:
    """A line that the project does without: the row stays, superseded. Not while money is committed to it."""
    case = locked_case(session, actor, "budget:build", case_id)
    line = superseded(session, actor, BudgetLine, line_id, case_id, reason)
    if line.committed:
        raise Conflict("line_is_committed", line.committed)
    record_on(session, actor, case, "line:withdraw", line_id, "superseded_at")
