"""The équipe of a case."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base

PERIOD = text("daterange(from_on, to_on, '[)')")


class TeamMember(Recorded, Base):
    """A member with body, role, component and period; `to_on` is the first day without them."""

    __tablename__ = "team_members"
    __table_args__ = (
        ExcludeConstraint(
            ("case_id", "="), (PERIOD, "&&"),
            where=text("role = 'case_manager' AND superseded_at IS NULL"), using="gist",
            name="ex_team_members_one_case_manager",
        ),
        ExcludeConstraint(
            ("case_id", "="), ("user_id", "="), ("role", "="), (PERIOD, "&&"),
            where=text("superseded_at IS NULL"), using="gist", name="ex_team_members_no_overlap",
        ),
        {"schema": "cases"},
    )  # fmt: skip

    user_id: Mapped[UUID] = mapped_column(ForeignKey("access.users.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    role: Mapped[str]
    component: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
