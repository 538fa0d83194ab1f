"""Grounds: why someone may see a case or a person. The rooms above give and end them here, and nowhere else."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.orm import Session

from service.access.models import Ground
from service.types import new_id

_GIVE = text("""
    SELECT access.give_ground(:id, :user_id, :body_id, :organisation_id, :case_id, :person_id, :kind, :component, :source_id)
""")
_SHARE = text("SELECT access.share_grounds(:case_id, :person_id)")
_END_OF_PERSON = text("SELECT access.end_person_grounds(:case_id, :person_id)")
_END = text("SELECT access.end_grounds(:source_id)")


def give_to_user(
    session: Session,
    user_id: UUID,
    *,
    body_id: UUID,
    case_id: UUID,
    person_id: UUID,
    kind: str,
    component: str,
    source_id: UUID,
) -> None:
    """A user may see a case while they work in a body. `kind`: team, manager, provider; `source_id`: the membership."""
    _give(session, user_id=user_id, body_id=body_id, case_id=case_id, person_id=person_id, kind=kind, component=component,
          source_id=source_id)  # fmt: skip


def give_to_service(
    session: Session, organisation_id: UUID, *, case_id: UUID, person_id: UUID, source_id: UUID | None = None
) -> None:
    """The coordinators of a service may see a case in its charge, or offered to it (`source_id`: the transfer)."""
    _give(session, organisation_id=organisation_id, case_id=case_id, person_id=person_id, kind="service",
          source_id=source_id or case_id)  # fmt: skip


def give_to_registry(session: Session, organisation_id: UUID, *, person_id: UUID) -> UUID:
    """The operators of a body may see a person whom it registered, or who was introduced to it: the ground's id.

    The id is made of the two, so that the table's key refuses the same ground twice (`pk_grounds`).
    """
    ground_id = uuid5(person_id, str(organisation_id))
    _give(session, id=ground_id, organisation_id=organisation_id, person_id=person_id, kind="registry",
          source_id=person_id)  # fmt: skip
    return ground_id


def share(session: Session, case_id: UUID, person_id: UUID) -> None:
    """Whoever may see a case may see a person who comes into it, for as long."""
    session.execute(_SHARE, {"case_id": case_id, "person_id": person_id})


def end_of_person(session: Session, case_id: UUID, person_id: UUID) -> None:
    """What a case gave on a person who leaves it ends at once."""
    session.execute(_END_OF_PERSON, {"case_id": case_id, "person_id": person_id})


def end(session: Session, source_id: UUID) -> None:
    """What this source gave ends at once."""
    session.execute(_END, {"source_id": source_id})


IS_OFFER = (Ground.kind == "service") & (Ground.source_id != Ground.case_id)
"""A ground that an offer gave, in a statement: a service has a case in charge by a ground whose source is the case."""


def is_live() -> ColumnElement[bool]:
    """Whether a ground holds now, in a statement. Row-level security shows only the actor's own."""
    return or_(Ground.until.is_(None), Ground.until > func.statement_timestamp())


def has_own(session: Session, people: Iterable[UUID]) -> bool:
    """Whether the actor sees one of these ids of a person by more than a case that is only offered to their service."""
    statement = select(Ground.id).where(Ground.person_id.in_(set(people)), ~IS_OFFER, is_live())
    return session.scalar(statement.limit(1)) is not None


def _give(session: Session, **values: UUID | str) -> None:
    blank = dict.fromkeys(("user_id", "body_id", "organisation_id", "case_id", "component"))
    session.execute(_GIVE, {"id": new_id(), **blank, **values})
