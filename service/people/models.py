"""Persons as opaque ids; who they are stands apart, in schema `identity`."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.types import Encrypted, new_id


class Person(Base):
    """Someone with an identity; everywhere else only this id stands for them."""

    __tablename__ = "persons"
    __table_args__ = {"schema": "people"}  # noqa: RUF012 - SQLAlchemy's form

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class Identity(Base):
    """Names, birth, residence and contacts as known over a time; a correction closes one row and opens the next."""

    __tablename__ = "identities"
    __table_args__ = (
        CheckConstraint("sex IN ('F', 'M', 'X')", name="sex"),
        Index("ix_identities_live", "person_id", unique=True, postgresql_where="superseded_at IS NULL"),
        {"schema": "identity"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    family_name: Mapped[str]
    given_name: Mapped[str]
    birth_date: Mapped[date | None] = mapped_column(Date)
    sex: Mapped[str]
    municipality: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(Encrypted)
    email: Mapped[str | None] = mapped_column(Encrypted)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]
    superseded_at: Mapped[datetime | None]


class Identifier(Base):
    """A code given by others (codice fiscale, STP, ENI): encrypted, found by keyed hashes.

    `exact_hash` is of the code as written, and unique: omocodia exists because two persons would share a code.
    `plain_hash` is of its de-omocoded form, so that a search finds every spelling.
    """

    __tablename__ = "identifiers"
    __table_args__ = (
        CheckConstraint("system IN ('codice_fiscale', 'stp', 'eni')", name="system"),
        Index("uq_identifiers_live", "exact_hash", unique=True, postgresql_where="superseded_at IS NULL"),
        Index("ix_identifiers_plain_hash", "plain_hash"),
        Index("ix_identifiers_person_id", "person_id"),
        {"schema": "identity"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    system: Mapped[str]
    value: Mapped[str] = mapped_column(Encrypted)
    exact_hash: Mapped[bytes]
    plain_hash: Mapped[bytes]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]
    superseded_at: Mapped[datetime | None]
