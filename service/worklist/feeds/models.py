"""Calendar feeds: secret addresses at which a calendar program reads somebody's own deadlines."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.types import new_id


class CalendarFeed(Base):
    """A feed of one user. Whoever knows the address reads it, until it is revoked: only a keyed hash of its secret is kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (Index("ix_calendar_feeds_user_id", "user_id"), {"schema": "worklist"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("access.users.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]
