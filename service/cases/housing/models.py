"""Dwellings, and the stays of people in them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from service.cases.records.models import Recorded
from service.db import Base
from service.types import new_id

LIVE = text("superseded_at IS NULL")


class Dwelling(Base):
    """A dwelling of an organisation. It tells of nobody: no guests, no address. `to_on` is the first day without it.

    The limits are kept beside the places that they bound, as they held when it was registered (DM 23/11/2016 art. 3 c. 4:
    5 persons in a module; by derogation several modules, 10 persons in the structure, of which 2 for emergency or respite);
    a dwelling of another sort has none. `entries` moves with every stay: that is how stays in one dwelling wait for one
    another.
    """

    __tablename__ = "dwellings"
    __table_args__ = (
        CheckConstraint("from_on < to_on", name="in_order"),
        CheckConstraint("capacity >= 0 AND respite_capacity >= 0 AND capacity + respite_capacity > 0", name="places"),
        CheckConstraint("modules >= 1", name="modules"),
        CheckConstraint("cardinality(kinds) > 0", name="kinds"),
        CheckConstraint("num_nonnulls(most_in_module, most_in_structure, most_for_respite) IN (0, 3)", name="limits"),
        CheckConstraint(
            "derogation_act IS NOT NULL OR most_in_module IS NULL OR modules = 1", name="modules_by_derogation"
        ),
        CheckConstraint("capacity <= modules * most_in_module", name="within_modules"),
        CheckConstraint(
            "capacity + respite_capacity <= "
            "CASE WHEN derogation_act IS NULL THEN most_in_module ELSE most_in_structure END",
            name="within_structure",
        ),
        CheckConstraint("respite_capacity <= most_for_respite", name="within_respite"),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    label: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    modules: Mapped[int]
    capacity: Mapped[int]
    respite_capacity: Mapped[int]
    derogation_act: Mapped[str | None]
    most_in_module: Mapped[int | None]
    most_in_structure: Mapped[int | None]
    most_for_respite: Mapped[int | None]
    initiative: Mapped[str | None]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    entries: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[UUID]

    @property
    def has_derogation(self) -> bool:
        """Whether an act of the Region lets it pass the limit of one module."""
        return self.derogation_act is not None


class Stay(Recorded, Base):
    """A person's stay in a dwelling. `to_on` is the day of leaving, whose night is another's; `left_at`, when that was
    recorded. Never more guests than places in a night (a trigger counts them), and a person is in one stay at a time."""

    __tablename__ = "housing_stays"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        CheckConstraint("from_on < to_on", name="in_order"),
        CheckConstraint("(to_on IS NULL) = (left_at IS NULL)", name="left"),
        ExcludeConstraint(
            ("person_id", "="), (text("daterange(from_on, to_on, '[)')"), "&&"), where=LIVE, using="gist",
            name="ex_housing_stays_one_at_a_time",
        ),
        Index("ix_housing_stays_dwelling_id", "dwelling_id", "from_on", postgresql_where=LIVE),
        {"schema": "cases"},
    )  # fmt: skip

    dwelling_id: Mapped[UUID] = mapped_column(ForeignKey("cases.dwellings.id"))
    kind: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    is_respite: Mapped[bool]
    left_at: Mapped[datetime | None]
