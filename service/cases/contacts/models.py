"""People met before there is a case, without more data than needed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.people.models import Noted
from service.types import Encrypted


class Contact(Noted, Base):
    """A device of a body met somebody: a person or household of the registry, or someone known by an alias alone.

    `contact_key` stands for whom was met: the person's or the household's id, or one that is the same for the same alias
    in the same body. `case_id` and `linked_at` come when a case is opened, once.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        CheckConstraint("num_nonnulls(person_id, household_id, alias) <= 1", name="one_subject"),
        CheckConstraint("(case_id IS NULL) = (linked_at IS NULL)", name="linked"),
        Index("ix_contacts_organisation_id", "organisation_id"),
        Index("ix_contacts_contact_key", "contact_key"),
        Index("ix_contacts_case_id", "case_id"),
        {"schema": "cases"},
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    contact_key: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.persons.id"))
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.households.id"))
    alias: Mapped[str | None] = mapped_column(Encrypted)
    device: Mapped[str]
    programme: Mapped[str]
    target_group: Mapped[str | None]
    occurred_on: Mapped[date]
    note: Mapped[str | None]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.cases.id"))
    linked_at: Mapped[datetime | None]
