"""Persons together over a period."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.people.models import LIVE, Noted
from service.types import new_id


class Household(Base):
    """A household of one kind (anagrafico, isee, di_fatto); who belongs to it and when is told by its members."""

    __tablename__ = "households"
    __table_args__ = ({"schema": "people"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]


class HouseholdMember(Noted, Base):
    """A person's time in a household; `to_on` is the first day without them."""

    __tablename__ = "household_members"
    __table_args__ = (
        CheckConstraint("from_on < to_on", name="in_order"),
        ExcludeConstraint(
            ("household_id", "="), ("person_id", "="), (text("daterange(from_on, to_on, '[)')"), "&&"),
            where=LIVE, using="gist", name="ex_household_members_no_overlap",
        ),
        Index("ix_household_members_person_id", "person_id"),
        Index("ix_household_members_household_id", "household_id"),
        {"schema": "people"},
    )  # fmt: skip

    household_id: Mapped[UUID] = mapped_column(ForeignKey("people.households.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    relationship: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
