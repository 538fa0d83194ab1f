"""The memory of idempotency keys: what was made, never what was answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.types import new_id


class IdempotencyKey(Base):
    """One creation asked with a key: repeated within a day, it answers the same resource, read anew."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("user_id", "key_hash"), {"schema": "web"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID]
    key_hash: Mapped[bytes]
    route: Mapped[str]
    body_digest: Mapped[bytes]
    resource_id: Mapped[UUID | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
