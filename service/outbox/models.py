"""The outbox's one table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.types import Encrypted, new_id


class Message(Base):
    """Something to send: it waits, is sent, or is dead after too many tries. What it says is never changed.

    `next_attempt_at` is when it may be tried next; while it is being tried, when another may take it over.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("kind IN ('email')", name="kind"),
        CheckConstraint("sent_at IS NULL OR dead_at IS NULL", name="one_end"),
        Index("ix_messages_waiting", "next_attempt_at", postgresql_where=text("sent_at IS NULL AND dead_at IS NULL")),
        {"schema": "outbox"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    recipient: Mapped[str] = mapped_column(Encrypted)
    subject: Mapped[str] = mapped_column(Encrypted)
    body: Mapped[str] = mapped_column(Encrypted)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
