"""Opening and revoking feeds, and entering by one: the secret in the address says who asks."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import LargeBinary, bindparam, select, text
from sqlalchemy.orm import Session

from service.actor import Actor, Origin, held_roles, require
from service.audit.log.operations import record
from service.errors import Conflict, NotFound
from service.types import keyed_hash, new_id, now
from service.worklist.feeds.models import CalendarFeed

READS = "cases:read"
_ENTER = text("SELECT feed_id, user_id, roles FROM worklist.enter_by_feed(:token_hash)").bindparams(
    bindparam("token_hash", type_=LargeBinary())
)


@dataclass
class FeedCaller:
    """Whoever knows the secret of a feed: in the scope of its user, for as long as that account is active."""

    token: str
    origin: Origin
    feed_id: UUID | None = None

    @property
    def claimed(self) -> Actor:
        """Nobody: a wrong secret says nothing of anybody."""
        return Actor(user_id=None, origin=self.origin)

    def enter(self, session: Session) -> Actor:
        """One round trip: finds the live feed, sets its user's scope, answers the roles. Raises NotFound."""
        row = session.execute(_ENTER, {"token_hash": keyed_hash(self.token)}).one_or_none()
        if row is None:
            raise NotFound("calendar_feed_is_unknown")
        actor = Actor(row.user_id, None, held_roles(row.roles), self.origin)
        if READS not in actor.permissions:  # no cases any more: as good as revoked
            raise NotFound("calendar_feed_is_unknown")
        self.feed_id = row.feed_id
        return actor


def new_token() -> str:
    """A secret of 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def open_calendar_feed(session: Session, actor: Actor, *, token: str) -> UUID:
    """Make a feed of the actor's own deadlines, read with that secret, which is not kept."""
    require(actor, "cases:read")
    assert actor.user_id is not None  # noqa: S101 - behind a token
    feed = CalendarFeed(id=new_id(), user_id=actor.user_id, token_hash=keyed_hash(token))
    session.add(feed)
    record(session, actor, "calendar_feed:open", resource_id=feed.id)
    return feed.id


def revoke_calendar_feed(session: Session, actor: Actor, feed_id: UUID) -> None:
    """Its address is worth nothing from now on. Raises NotFound for another's feed, Conflict if it was revoked before."""
    require(actor, "cases:read")
    feed = session.scalars(select(CalendarFeed).where(CalendarFeed.id == feed_id).with_for_update()).one_or_none()
    if feed is None:
        raise NotFound("calendar_feed_is_unknown")
    if feed.revoked_at is not None:
        raise Conflict("calendar_feed_is_revoked")
    feed.revoked_at = now()
    record(session, actor, "calendar_feed:revoke", resource_id=feed_id, field_names=["revoked_at"])
