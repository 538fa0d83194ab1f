"""Reading the log: row-level security shows it to the DPO alone."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit.log.models import Event, EventPerson, Head
from service.web.paging import page


def events(
    session: Session, *, limit: int, cursor: str | None, person_id: UUID | None = None, case_id: UUID | None = None,
    user_id: UUID | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """A page of events, the last one first, each with the people that it showed or touched."""
    statement = select(Event)
    if person_id is not None:
        statement = statement.where(
            Event.id.in_(select(EventPerson.event_id).where(EventPerson.person_id == person_id))
        )
    if case_id is not None:
        statement = statement.where(Event.case_id == case_id)
    if user_id is not None:
        statement = statement.where(Event.user_id == user_id)
    found = session.scalars(page(statement, Event.id, limit=limit, cursor=cursor, scope="events")).all()
    people: dict[UUID, list[UUID]] = {}
    for row in session.execute(
        select(EventPerson.event_id, EventPerson.person_id)
        .where(EventPerson.event_id.in_([event.id for event in found]))
        .order_by(EventPerson.person_id)
    ):
        people.setdefault(row.event_id, []).append(row.person_id)
    return [{**_columns(event), "people": people.get(event.id, [])} for event in found]


def last_head(session: Session) -> Head | None:
    """The last sealed head of the log."""
    return session.scalars(select(Head).order_by(Head.tree_size.desc()).limit(1)).one_or_none()


def _columns(event: Event) -> dict[str, Any]:
    return {column.key: getattr(event, column.key) for column in Event.__table__.columns}
