"""Reading contacts: those of the bodies in which the actor works, and those of cases in sight."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.contacts.models import Contact
from service.errors import NotFound
from service.web.paging import page


def contact(session: Session, contact_id: UUID, *, lock: bool = False) -> Contact:
    """One contact, superseded or not. Raises NotFound out of sight."""
    statement = select(Contact).where(Contact.id == contact_id)
    found = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if found is None:
        raise NotFound("contact_is_unknown")
    return found


def contacts(
    session: Session, *, limit: int, cursor: str | None, contact_key: UUID | None = None, case_id: UUID | None = None
) -> list[Any]:
    """A page of live contacts, what was recorded last first, and one more if it goes on."""
    statement = select(Contact).where(Contact.superseded_at.is_(None))
    for column, wanted in ((Contact.contact_key, contact_key), (Contact.case_id, case_id)):
        if wanted is not None:
            statement = statement.where(column == wanted)
    return list(session.scalars(page(statement, Contact.id, limit=limit, cursor=cursor, scope="contacts")))
