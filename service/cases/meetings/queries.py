"""Reading minutes."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session, selectinload

from service.cases.meetings.models import VERSIONS, Meeting, MeetingAttendance
from service.cases.meetings.rules import BEFORE_APPROVAL
from service.cases.records.models import Case
from service.cases.records.operations import programme_of
from service.cases.teams.models import TeamMember
from service.errors import NotFound
from service.web.paging import page

FIELDS = (
    "kind", "held_on", "mode", "place", "project_number", "person_present", "family_present", "person_view",
    "unheard_reason", "decisions", "narrative",
)  # fmt: skip
ATTENDANCE_FIELDS = ("member_id", "guest_name", "organisation_id", "is_present", "dissent")


def meetings(session: Session, case_id: UUID, *, limit: int, cursor: str | None) -> list[Meeting]:
    """A page of the live minutes, what was recorded last first."""
    statement = _whole().where(Meeting.case_id == case_id, Meeting.superseded_at.is_(None))
    return list(session.scalars(page(statement, Meeting.id, limit=limit, cursor=cursor, scope=f"meetings:{case_id}")))


def meeting(session: Session, case_id: UUID, meeting_id: UUID) -> Meeting:
    """One meeting's minutes, superseded or not. Raises NotFound."""
    found = session.scalars(_whole().where(Meeting.case_id == case_id, Meeting.id == meeting_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def content_of(found: Meeting) -> dict[str, Any]:
    """What may change in a draft, and freezes: as plain data, attendances in their order."""
    attendances = [{name: getattr(one, name) for name in ATTENDANCE_FIELDS} for one in found.attendances]
    return {name: getattr(found, name) for name in FIELDS} | {"attendances": attendances}


def version_of_number(session: Session, case_id: UUID, number: int) -> UUID | None:
    """The id of a version of the case's project."""
    return session.scalar(select(VERSIONS.c.id).where(VERSIONS.c.case_id == case_id, VERSIONS.c.number == number))


def is_live(session: Session, case_id: UUID, meeting_id: UUID) -> bool:
    """Whether there are such minutes of the case, not superseded."""
    return session.scalar(
        select(Meeting.id).where(Meeting.case_id == case_id, Meeting.id == meeting_id, Meeting.superseded_at.is_(None))
    ) is not None  # fmt: skip


def has_minutes_for_approval(session: Session, case_id: UUID, version_id: UUID, on: date) -> bool:
    """Whether closed minutes tell, by that day, that a team with the components that the programme demands met and
    discussed that version of the project."""
    demanded = set(programme_of(session, session.get_one(Case, case_id)).team_components)
    present = func.count(distinct(TeamMember.component)).filter(
        MeetingAttendance.is_present, TeamMember.component.in_(demanded)
    )
    return session.execute(
        select(Meeting.id)
        .outerjoin(MeetingAttendance, MeetingAttendance.meeting_id == Meeting.id)
        .outerjoin(TeamMember, TeamMember.id == MeetingAttendance.member_id)
        .where(Meeting.case_id == case_id, Meeting.discussed_version_id == version_id, Meeting.kind.in_(BEFORE_APPROVAL),
               Meeting.closed_on <= on, Meeting.superseded_at.is_(None))
        .group_by(Meeting.id)
        .having(present == len(demanded))
        .limit(1)
    ).first() is not None  # fmt: skip


def _whole() -> Select[Meeting]:
    return (
        select(Meeting)
        .options(selectinload(Meeting.attendances))
        .execution_options(populate_existing=True)
    )  # fmt: skip
