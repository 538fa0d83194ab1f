"""Forming households, and the comings and goings of their members."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.codes import in_use
from service.errors import Conflict, invalid_field
from service.people.households.models import Household, HouseholdMember
from service.people.households.queries import household_row, member_row
from service.people.operations import close
from service.people.queries import person_row
from service.types import new_id, today

CODES = "service.people.households"


def form_household(session: Session, actor: Actor, *, kind: str, members: list[dict[str, Any]]) -> UUID:
    """Record a household with its members, all of whom the actor must see. Raises NotFound for another, Conflict."""
    require(actor, "households:record")
    in_use(CODES, "kinds", kind, today(), "#/kind")
    household_id = new_id()
    session.execute(insert(Household).values(id=household_id, kind=kind, recorded_by=actor.user_id))
    rows = [_member(session, actor, household_id, f"#/members/{index}", **one) for index, one in enumerate(members)]
    session.add_all(rows)
    record(session, actor, "household:form", resource_id=household_id, people=[row.person_id for row in rows],
           field_names=("kind", "members"))  # fmt: skip
    return household_id


def join_household(session: Session, actor: Actor, household_id: UUID, **member: Any) -> UUID:
    """A person joins. `member`: person_id, relationship, from_on. Raises Conflict if they are in it at that time."""
    require(actor, "households:record")
    household_row(session, household_id)
    row = _member(session, actor, household_id, "#", **member)
    session.add(row)
    record(session, actor, "household:join", resource_id=row.id, people=[row.person_id], field_names=member)
    return row.id


def leave_household(session: Session, actor: Actor, household_id: UUID, member_id: UUID, *, to_on: date) -> None:
    """A person leaves; `to_on` is the first day without them."""
    require(actor, "households:record")
    row = _changed(session, household_id, member_id)
    if row.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    if row.to_on is not None:
        raise Conflict("member_has_left")
    if to_on <= row.from_on:
        raise invalid_field("#/to_on", "date_is_before_start", row.from_on)
    if to_on > today():
        raise invalid_field("#/to_on", "date_is_in_the_future", today())
    row.to_on = to_on
    record(session, actor, "household:leave", resource_id=member_id, people=[row.person_id], field_names=["to_on"])


def withdraw_household_member(
    session: Session, actor: Actor, household_id: UUID, member_id: UUID, *, reason: str
) -> None:
    """A membership recorded by mistake: the row stays, superseded, with the reason."""
    require(actor, "households:record")
    row = _changed(session, household_id, member_id)
    close(row, actor, reason)
    record(session, actor, "household_member:withdraw", resource_id=member_id, people=[row.person_id],
           field_names=("superseded_at", "reason"))  # fmt: skip


def _member(
    session: Session,
    actor: Actor,
    household_id: UUID,
    pointer: str,
    *,
    person_id: UUID,
    relationship: str,
    from_on: date,
) -> HouseholdMember:
    """A membership to add. Locking the person makes two who add them at once wait for each other."""
    person_row(session, person_id, lock=True)
    if from_on > today():
        raise invalid_field(f"{pointer}/from_on", "date_is_in_the_future", today())
    in_use(CODES, "relationships", relationship, from_on, f"{pointer}/relationship")
    return HouseholdMember(id=new_id(), household_id=household_id, person_id=person_id, relationship=relationship,
                           from_on=from_on, recorded_by=actor.user_id)  # fmt: skip


def _changed(session: Session, household_id: UUID, member_id: UUID) -> HouseholdMember:
    """The membership to change: who sees the household and not this person, finds no person to change."""
    row = member_row(session, household_id, member_id)
    person_row(session, row.person_id, lock=True)
    session.refresh(row)
    return row
