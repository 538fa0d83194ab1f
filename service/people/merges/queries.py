"""Reading merges."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.people.models import Merge


def merge(session: Session, merge_id: UUID) -> Merge:
    """One merge, undone or not. Raises NotFound out of sight of both persons."""
    found = session.scalars(select(Merge).where(Merge.id == merge_id)).one_or_none()
    if found is None:
        raise NotFound("merge_is_unknown")
    return found
