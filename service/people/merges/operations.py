"""Saying that two registered persons are the same one, and taking it back."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.errors import Conflict, invalid_field
from service.people.merges.queries import merge
from service.people.models import Merge
from service.people.operations import close
from service.people.queries import person_row
from service.types import new_id


def merge_people(session: Session, actor: Actor, *, alias_id: UUID, person_id: UUID, reason: str) -> UUID:
    """The alias and the person are the same one: from now on who sees either sees that one.

    Nothing of either is rewritten; cases stay under the id, and within the grounds, on which they were opened. Raises
    NotFound unless the actor sees both, Conflict for an alias of an alias (the database refuses those).
    """
    require(actor, "people:merge")
    if alias_id == person_id:
        raise invalid_field("#/alias_id", "persons_are_one")
    for one in sorted((alias_id, person_id)):
        person_row(session, one, lock=True).version += 1
    made = Merge(id=new_id(), alias_id=alias_id, person_id=person_id, reason=reason, recorded_by=actor.user_id)
    session.add(made)
    record(session, actor, "people:merge", resource_id=made.id, people=[alias_id, person_id],
           field_names=("alias_id", "person_id", "reason"))  # fmt: skip
    return made.id


def undo_merge(session: Session, actor: Actor, merge_id: UUID, *, reason: str) -> None:
    """The two are two: both are again as they were."""
    require(actor, "people:merge")
    made = merge(session, merge_id)
    for one in sorted((made.alias_id, made.person_id)):
        person_row(session, one, lock=True).version += 1
    session.refresh(made)
    if made.superseded_at is not None:
        raise Conflict("merge_is_undone")
    close(made, actor, reason)
    record(session, actor, "merge:undo", resource_id=merge_id, people=[made.alias_id, made.person_id],
           field_names=("superseded_at", "reason"))  # fmt: skip
