"""What is so for a case, or for one of its people, over a period."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base

PERIOD = text("daterange(from_on, to_on, '[)')")


class Circumstance(Recorded, Base):
    """A coded circumstance (`data/circumstances.yaml`): how intense the case is, a target group of a person, an initiative
    joined, a day on which a legal clock starts, one until which a document is good, a suspension.

    `to_on` is the first day on which it is no longer so. `arrived_on`: when the service came to know, for what happens
    elsewhere (a pact signed on a platform): a deadline tells its own delay from the source's.
    """

    __tablename__ = "circumstances"
    __table_args__ = (
        CheckConstraint("from_on <= to_on", name="in_order"),
        CheckConstraint("from_on <= arrived_on", name="known_after"),
        ExcludeConstraint(
            ("case_id", "="), ("kind", "="), (PERIOD, "&&"),
            where=text("kind IN ('intensity', 'suspension') AND superseded_at IS NULL"), using="gist",
            name="ex_circumstances_one_at_a_time",
        ),
        ExcludeConstraint(
            ("case_id", "="), ("kind", "="), ("code", "="), (text("COALESCE(person_id, case_id)"), "="), (PERIOD, "&&"),
            where=text("kind IN ('target_group', 'initiative') AND superseded_at IS NULL"), using="gist",
            name="ex_circumstances_no_overlap",
        ),
        {"schema": "cases"},
    )  # fmt: skip

    kind: Mapped[str]
    code: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.persons.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    arrived_on: Mapped[date | None]
    note: Mapped[str | None]
