"""Persons as opaque ids; who they are stands apart, in schema `identity`."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, literal_column, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from service.db import Base
from service.types import Encrypted, new_id

LIVE = text("superseded_at IS NULL")


class Noted:
    """What everything noted of somebody carries: when and by whom it was recorded, when and why it was superseded."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]
    superseded_at: Mapped[datetime | None]
    superseded_by: Mapped[UUID | None]
    supersede_reason: Mapped[str | None]


class OfPerson(Noted):
    """The same, of one person."""

    @declared_attr
    @classmethod
    def person_id(cls) -> Mapped[UUID]:
        """Whose it is."""
        return mapped_column(ForeignKey("people.persons.id"), index=True)


class Person(Base):
    """Someone with an identity; everywhere else only this id stands for them."""

    __tablename__ = "persons"
    __table_args__ = ({"schema": "people"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class Identity(Base):
    """Names, birth and contacts as known over a time; a correction closes one row and opens the next."""

    __tablename__ = "identities"
    __table_args__ = (
        CheckConstraint("sex IN ('F', 'M', 'X')", name="sex"),
        Index("ix_identities_live", "person_id", unique=True, postgresql_where=LIVE),
        Index("ix_identities_birth_date", "birth_date"),
        # Names as a search reads them: migration 0004 makes `identity.plain`.
        Index("ix_identities_family_name", func.identity.plain(literal_column("family_name")).label("plain"),
              postgresql_using="gin", postgresql_ops={"plain": "public.gin_trgm_ops"}),
        {"schema": "identity"},
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    family_name: Mapped[str]
    given_name: Mapped[str]
    birth_date: Mapped[date | None]
    sex: Mapped[str]
    phone: Mapped[str | None] = mapped_column(Encrypted)
    email: Mapped[str | None] = mapped_column(Encrypted)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]
    superseded_at: Mapped[datetime | None]


class Identifier(OfPerson, Base):
    """A code given by others (codice fiscale, STP, ENI) over a time: encrypted, found by keyed hashes.

    `exact_hash` is of the code as written, and of one person alone: omocodia exists because two persons would share a
    code. `plain_hash` is of its de-omocoded form, so that a search finds every spelling.

    Triggers keep `is_exclusive`: one row of the person's own keeps the code from others, and none does for a person
    under special protection, of whom who registers the same code must not learn.
    """

    __tablename__ = "identifiers"
    __table_args__ = (
        CheckConstraint("system IN ('codice_fiscale', 'stp', 'eni')", name="system"),
        CheckConstraint("status IN ('unverified', 'verified', 'provisional')", name="status"),
        CheckConstraint("valid_from <= valid_to", name="in_order"),
        Index("uq_identifiers_live", "exact_hash", unique=True,
              postgresql_where=text("superseded_at IS NULL AND is_exclusive")),
        ExcludeConstraint(
            ("person_id", "="), ("exact_hash", "="), (text("daterange(valid_from, valid_to, '[]')"), "&&"),
            where=LIVE, using="gist", name="ex_identifiers_no_overlap",
        ),
        Index("ix_identifiers_plain_hash", "plain_hash"),
        {"schema": "identity"},
    )  # fmt: skip

    system: Mapped[str]
    value: Mapped[str] = mapped_column(Encrypted)
    exact_hash: Mapped[bytes]
    plain_hash: Mapped[bytes]
    status: Mapped[str] = mapped_column(server_default="unverified")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    is_exclusive: Mapped[bool] = mapped_column(server_default=text("true"))


class Residence(OfPerson, Base):
    """Where a person resides from a day on (none: as far back as is known); `municipality` is none for who has no home.

    The residence of a day is the live row with the latest `from_on` that isn't after it.
    """

    __tablename__ = "residences"
    __table_args__ = (
        CheckConstraint("municipality ~ '^[0-9]{6}$'", name="municipality"),
        Index("uq_residences_live", "person_id", "from_on", unique=True, postgresql_where=LIVE,
              postgresql_nulls_not_distinct=True),
        {"schema": "people"},
    )  # fmt: skip

    municipality: Mapped[str | None]
    from_on: Mapped[date | None]


class Merge(Noted, Base):
    """`alias_id` is found to be the same one as `person_id`, until undone. Groups are stars: a trigger refuses chains.

    Nothing else is rewritten, so that undoing restores everything. Distinct persons are counted through live merges.
    """

    __tablename__ = "merges"
    __table_args__ = (
        CheckConstraint("alias_id <> person_id", name="two_persons"),
        Index("uq_merges_live", "alias_id", unique=True, postgresql_where=LIVE),
        Index("ix_merges_person_id", "person_id"),
        {"schema": "people"},
    )

    alias_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    reason: Mapped[str]


class Protection(OfPerson, Base):
    """Special protection, until lifted: for who has no ground on the person, they don't exist."""

    __tablename__ = "protections"
    __table_args__ = (
        Index("uq_protections_live", "person_id", unique=True, postgresql_where=LIVE),
        {"schema": "people"},
    )

    reason: Mapped[str]
