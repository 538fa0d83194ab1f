"""Reading one's own feeds: row-level security hides those of others."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.web.paging import page
from service.worklist.feeds.models import CalendarFeed

SCOPE = "calendar_feeds"


def calendar_feeds(session: Session, *, limit: int, cursor: str | None) -> Sequence[CalendarFeed]:
    """A page of them, newest first, revoked ones too."""
    return session.scalars(page(select(CalendarFeed), CalendarFeed.id, limit=limit, cursor=cursor, scope=SCOPE)).all()


def calendar_feed(session: Session, feed_id: UUID) -> CalendarFeed:
    """One of them. Raises NotFound."""
    found = session.scalars(select(CalendarFeed).where(CalendarFeed.id == feed_id)).one_or_none()
    if found is None:
        raise NotFound("calendar_feed_is_unknown")
    return found
