"""Recording who acts for a person by law, and when that ends."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.codes import in_use
from service.errors import Conflict, invalid_field
from service.people.guardians.models import Guardian
from service.people.operations import changed_person, superseded
from service.people.queries import note, person_row
from service.types import new_id, today

CODES = "service.people.guardians"


def appoint_guardian(session: Session, actor: Actor, person_id: UUID, **guardian: Any) -> UUID:
    """Record a guardian: another registered person whom the actor sees, or a name with contacts.

    `guardian`: kind, guardian_id or full_name with phone and email, powers, may_sign, court, decree, from_on, expires_on.
    """
    require(actor, "guardians:record")
    person, people = changed_person(session, person_id)
    _check_who(session, people, guardian)
    _check_what(guardian)
    row = Guardian(id=new_id(), person_id=person.id, recorded_by=actor.user_id, **guardian)
    session.add(row)
    record(session, actor, "guardian:appoint", resource_id=row.id, people=people, field_names=guardian)
    return row.id


def end_guardian(session: Session, actor: Actor, person_id: UUID, guardian_id: UUID, *, to_on: date) -> None:
    """A guardian acts no longer from a day on; the row stays."""
    require(actor, "guardians:record")
    _, people = changed_person(session, person_id)
    row = note(session, Guardian, person_id, guardian_id)
    if row.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    if row.to_on is not None:
        raise Conflict("guardian_has_ended", row.to_on)
    if to_on < row.from_on:
        raise invalid_field("#/to_on", "date_is_before_start", row.from_on)
    row.to_on = to_on
    record(session, actor, "guardian:end", resource_id=guardian_id, people=people, field_names=["to_on"])


def withdraw_guardian(session: Session, actor: Actor, person_id: UUID, guardian_id: UUID, *, reason: str) -> None:
    """A guardian recorded by mistake: the row stays, superseded, with the reason."""
    require(actor, "guardians:record")
    _, people = changed_person(session, person_id)
    superseded(session, actor, Guardian, person_id, guardian_id, reason)
    record(session, actor, "guardian:withdraw", resource_id=guardian_id, people=people,
           field_names=("superseded_at", "reason"))  # fmt: skip


def _check_who(session: Session, people: list[UUID], guardian: dict[str, Any]) -> None:
    known = guardian["guardian_id"]
    if (known is None) == (guardian["full_name"] is None):
        raise invalid_field("#/guardian_id", "guardian_wants_person_or_name")
    if known is not None:
        if known in people:
            raise invalid_field("#/guardian_id", "persons_are_one")
        person_row(session, known)


def _check_what(guardian: dict[str, Any]) -> None:
    from_on, expires_on = guardian["from_on"], guardian["expires_on"]
    kind = in_use(CODES, "kinds", guardian["kind"], from_on, "#/kind")
    for index, power in enumerate(guardian["powers"]):
        in_use(CODES, "powers", power, from_on, f"#/powers/{index}")
    if from_on > today():
        raise invalid_field("#/from_on", "date_is_in_the_future", today())
    if expires_on is not None and expires_on < from_on:
        raise invalid_field("#/expires_on", "date_is_before_start", from_on)
    for name in ("court", "decree"):
        if kind.traits.get("demands_decree") and guardian[name] is None:
            raise invalid_field(f"#/{name}", "field_is_missing")
