"""The équipe of a case."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, column_property, mapped_column

from service.access.models import User
from service.cases.records.models import Recorded
from service.db import Base
from service.types import Encrypted

PERIOD = text("daterange(from_on, to_on, '[)')")


class TeamMember(Recorded, Base):
    """A member with body, role, component and period; `to_on` is the first day without them.

    An operator (`user_id`), a registered person (the beneficiary, a relative), or somebody known by `full_name` and
    `function` alone, which can be erased. Only operators see the case by it. `display_name`: what an operator is called now.
    """

    __tablename__ = "team_members"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        ExcludeConstraint(
            ("case_id", "="), (PERIOD, "&&"),
            where=text("role = 'case_manager' AND superseded_at IS NULL"), using="gist",
            name="ex_team_members_one_case_manager",
        ),
        ExcludeConstraint(
            ("case_id", "="), ("user_id", "="), ("role", "="), (PERIOD, "&&"),
            where=text("superseded_at IS NULL"), using="gist", name="ex_team_members_no_overlap",
        ),
        ExcludeConstraint(
            ("case_id", "="), ("person_id", "="), ("role", "="), (PERIOD, "&&"),
            where=text("superseded_at IS NULL"), using="gist", name="ex_team_members_no_person_twice",
        ),
        CheckConstraint("num_nonnulls(user_id, person_id, full_name) <= 1", name="one_identity"),
        CheckConstraint("user_id IS NULL OR organisation_id IS NOT NULL", name="operator_of_a_body"),
        CheckConstraint("role <> 'case_manager' OR user_id IS NOT NULL", name="manager_is_an_operator"),
        UniqueConstraint("id", "case_id"),
        {"schema": "cases"},
    )  # fmt: skip

    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.users.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.persons.id"))
    full_name: Mapped[str | None] = mapped_column(Encrypted)
    function: Mapped[str | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.organisations.id"))
    role: Mapped[str]
    component: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    display_name: Mapped[str | None] = column_property(
        select(User.display_name).where(User.id == user_id).scalar_subquery(),
        expire_on_flush=False,  # who ends their own membership could not read it again
    )
