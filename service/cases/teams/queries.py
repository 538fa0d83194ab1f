"""Reading the équipe."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from service.access.queries import holders_of
from service.cases.records.models import Case
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


def last_managed_on(session: Session, case_id: UUID) -> date | None:
    """The first day without the last of the case managers who left; none if nobody has."""
    return session.scalar(
        select(func.max(TeamMember.to_on)).where(
            TeamMember.case_id == case_id, TeamMember.role == "case_manager", TeamMember.superseded_at.is_(None)
        )
    )


def manager_of(session: Session, case_id: UUID) -> UUID | None:
    """The user who manages the case now."""
    found = manager(session, case_id)
    return found.user_id if found else None


def composition_on(session: Session, case_id: UUID, on: date) -> Sequence[TeamMember]:
    """The team of a day: whoever had joined by then and had not left."""
    return session.scalars(
        select(TeamMember)
        .where(TeamMember.case_id == case_id, TeamMember.superseded_at.is_(None), TeamMember.from_on <= on,
               or_(TeamMember.to_on.is_(None), TeamMember.to_on > on))
        .order_by(TeamMember.from_on, TeamMember.id)
    ).all()  # fmt: skip


def person_of(session: Session, case_id: UUID, member_id: UUID) -> tuple[UUID, ...]:
    """The registered person who is this member, if it is one."""
    return tuple(
        session.scalars(
            select(TeamMember.person_id).where(TeamMember.id == member_id, TeamMember.case_id == case_id,
                                               TeamMember.person_id.is_not(None))
        )
    )  # fmt: skip


def caseloads(session: Session, service_ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """For each service, its case managers with the open cases that each manages, and how many cases nobody manages.

    Who manages none is there too. Opaque: operators' ids, programmes, numbers, days. One statement.
    """
    services = tuple(service_ids)
    cases = _managed_cases(services).subquery()
    holders = holders_of("case_manager", services).subquery()
    same = (holders.c.organisation_id == cases.c.service_id) & (holders.c.user_id == cases.c.user_id)
    service_id = func.coalesce(holders.c.organisation_id, cases.c.service_id)
    user_id = func.coalesce(holders.c.user_id, cases.c.user_id)
    rows = session.execute(
        select(service_id.label("service_id"), user_id.label("user_id"), cases.c.programme, cases.c.open_cases,
               cases.c.oldest_on)
        .select_from(holders.outerjoin(cases, same, full=True))
        .order_by(service_id, user_id, cases.c.programme)
    ).all()  # fmt: skip
    return [_loads_of(service, [row for row in rows if row.service_id == service]) for service in sorted(services)]


def _managed_cases(service_ids: tuple[UUID, ...]) -> Select[UUID, UUID | None, str, int, date]:
    is_managing = (
        (TeamMember.case_id == Case.id) & (TeamMember.role == "case_manager") & TeamMember.to_on.is_(None)
        & TeamMember.superseded_at.is_(None)
    )  # fmt: skip
    return (
        select(Case.service_id, TeamMember.user_id, Case.programme, func.count().label("open_cases"),
               func.min(TeamMember.from_on).label("oldest_on"))
        .select_from(Case)
        .outerjoin(TeamMember, is_managing)
        .where(Case.service_id.in_(service_ids), Case.is_closed.is_(False))
        .group_by(Case.service_id, TeamMember.user_id, Case.programme)
    )  # fmt: skip


def _loads_of(service_id: UUID, rows: Sequence[Any]) -> dict[str, Any]:
    by_manager: dict[UUID | None, list[Any]] = {}
    for row in rows:
        by_manager.setdefault(row.user_id, []).append(row)
    unmanaged = by_manager.pop(None, [])
    return {
        "service_id": service_id,
        "cases_without_manager": sum(row.open_cases for row in unmanaged),
        "managers": [_load(user_id, own) for user_id, own in by_manager.items()],
    }


def _load(user_id: UUID | None, rows: Sequence[Any]) -> dict[str, Any]:
    managed = [row for row in rows if row.programme is not None]
    return {
        "user_id": user_id,
        "open_cases": sum(row.open_cases for row in managed),
        "programmes": [{"programme": row.programme, "open_cases": row.open_cases} for row in managed],
        "oldest_assignment_on": min((row.oldest_on for row in managed), default=None),
    }
