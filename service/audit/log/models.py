"""The log's tables: events and the people that each shows, the queue before sealing, the tree's leaves and heads."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.types import new_id


class Event(Base):
    """One act: who, when, from where, what, on whom. Ids and field names, never values. Append-only."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_occurred_at", "occurred_at"), {"schema": "audit"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    occurred_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    action: Mapped[str]
    outcome: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(index=True)
    login_id: Mapped[UUID | None]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    address: Mapped[str]
    request_id: Mapped[str]
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    resource_id: Mapped[UUID | None]
    ground: Mapped[str | None]
    field_names: Mapped[list[str]] = mapped_column(ARRAY(Text))


class EventPerson(Base):
    """A person shown or touched by an event."""

    __tablename__ = "event_people"
    __table_args__ = ({"schema": "audit"},)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("audit.events.id"), primary_key=True, index=True)


class Unsealed(Base):
    """Events that wait for the sealer, each with the transaction that wrote it (a trigger fills this)."""

    __tablename__ = "unsealed"
    __table_args__ = ({"schema": "audit"},)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction_id: Mapped[int] = mapped_column(BigInteger, server_default=text("pg_current_xact_id()::text::bigint"))


class Leaf(Base):
    """A sealed event: its place in the tree and its hash (RFC 9162, 2.1.1)."""

    __tablename__ = "leaves"
    __table_args__ = ({"schema": "audit"},)

    leaf_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    leaf_hash: Mapped[bytes]


class Head(Base):
    """A signed tree head. `frontier` holds the roots of the perfect subtrees, left to right, 32 bytes each."""

    __tablename__ = "heads"
    __table_args__ = ({"schema": "audit"},)

    tree_size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    root_hash: Mapped[bytes]
    frontier: Mapped[bytes]
    checkpoint: Mapped[str]
