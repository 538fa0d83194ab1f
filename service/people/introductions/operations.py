"""Introducing a person to another service, which may then open a case of its own."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access import grounds
from service.access.queries import organisation
from service.actor import Actor, require
from service.audit.log.operations import record
from service.errors import Forbidden, invalid_field
from service.people.queries import person_row, same_as, the_one


def introduce_person(session: Session, actor: Actor, person_id: UUID, *, service_id: UUID, **why: str) -> UUID:
    """The service sees the one person as if it had registered them, and nothing of their cases. `why`: told, not kept.

    Raises NotFound out of sight, Forbidden for a person under special protection to who may not give it, Conflict (by the
    ground's key) if the service sees the person already.
    """
    require(actor, "people:register")
    person = person_row(session, the_one(person_id), lock=True)
    _check_protection(session, actor, person.id)
    if organisation(session, service_id).kind != "service":
        raise invalid_field("#/service_id", "organisation_is_no_service")
    given = grounds.give_to_registry(session, service_id, person_id=person.id)
    record(session, actor, "person:introduce", resource_id=given, people=same_as(session, person_id),
           field_names=["service_id", *why])  # fmt: skip
    return given


def _check_protection(session: Session, actor: Actor, person_id: UUID) -> None:
    """Who is under special protection is introduced only by who may protect them."""
    is_protected = session.scalar(select(func.people.is_protected(person_id)))
    if is_protected and "people:protect" not in actor.permissions:
        raise Forbidden("protected_person_is_introduced_by_coordinators")
