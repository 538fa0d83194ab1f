"""Legal protection: who acts for a person, with which powers, by which decree, and until when."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.people.models import OfPerson
from service.types import Encrypted


class Guardian(OfPerson, Base):
    """A guardian of a person: another registered person, or a name with contacts. Ended, never deleted.

    `expires_on` is the last day that the decree foresees, `to_on` the first day without the guardian.
    """

    __tablename__ = "guardians"
    __table_args__ = (
        CheckConstraint("num_nonnulls(guardian_id, full_name) <= 1", name="one_identity"),
        CheckConstraint("guardian_id <> person_id", name="two_persons"),
        CheckConstraint("from_on <= to_on", name="in_order"),
        CheckConstraint("from_on <= expires_on", name="expiry_in_order"),
        Index("ix_guardians_expires_on", "expires_on"),
        {"schema": "identity"},
    )

    kind: Mapped[str]
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.persons.id"))
    full_name: Mapped[str | None] = mapped_column(Encrypted)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    email: Mapped[str | None] = mapped_column(Encrypted)
    powers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    may_sign: Mapped[bool]
    court: Mapped[str | None]
    decree: Mapped[str | None]
    from_on: Mapped[date]
    expires_on: Mapped[date | None]
    to_on: Mapped[date | None]
