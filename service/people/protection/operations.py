"""Putting a person under special protection and lifting it, always with a reason."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.errors import Conflict
from service.people.models import Protection
from service.people.operations import changed_person, close
from service.types import new_id


def protect_person(session: Session, actor: Actor, person_id: UUID, *, reason: str) -> UUID:
    """From now on the person does not exist for who has no ground on them. Raises Conflict if they are protected."""
    require(actor, "people:protect")
    person, people = changed_person(session, person_id)
    if _live(session, people):
        raise Conflict("person_is_protected")
    made = Protection(id=new_id(), person_id=person.id, reason=reason, recorded_by=actor.user_id)
    session.add(made)
    record(session, actor, "person:protect", resource_id=made.id, people=people, field_names=["reason"])
    return made.id


def lift_protection(session: Session, actor: Actor, person_id: UUID, *, reason: str) -> UUID:
    """The person needs it no more; the history stays. Raises Conflict if they are not protected."""
    require(actor, "people:protect")
    _, people = changed_person(session, person_id)
    live = _live(session, people)
    if not live:
        raise Conflict("person_is_not_protected")
    for one in live:
        close(one, actor, reason)
    record(session, actor, "protection:lift", resource_id=live[0].id, people=people,
           field_names=("superseded_at", "reason"))  # fmt: skip
    return live[0].id


def _live(session: Session, people: list[UUID]) -> list[Protection]:
    """Of the one person, under every id: after a merge there may be two."""
    statement = select(Protection).where(Protection.person_id.in_(people), Protection.superseded_at.is_(None))
    return list(session.scalars(statement.order_by(Protection.id)))
