"""Reading the équipe."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.teams.models import TeamMember


def members(session: Session, case_id: UUID) -> Sequence[TeamMember]:
    """Every member, past ones included."""
    return session.scalars(
        select(TeamMember)
        .where(TeamMember.case_id == case_id, TeamMember.superseded_at.is_(None))
        .order_by(TeamMember.from_on, TeamMember.id)
    ).all()


def manager(session: Session, case_id: UUID) -> TeamMember | None:
    """The membership of the present case manager."""
    return session.scalars(
        select(TeamMember).where(
            TeamMember.case_id == case_id, TeamMember.role == "case_manager", TeamMember.to_on.is_(None),
            TeamMember.superseded_at.is_(None),
        )
    ).one_or_none()  # fmt: skip


def manager_of(session: Session, case_id: UUID) -> UUID | None:
    """The user who manages the case now."""
    found = manager(session, case_id)
    return found.user_id if found else None


def components_on(session: Session, case_id: UUID, on: date) -> set[str]:
    """The components that the team has on a day."""
    return {
        member.component
        for member in members(session, case_id)
        if member.from_on <= on and (member.to_on is None or on < member.to_on)
    }
