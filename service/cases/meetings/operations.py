"""Writing minutes, changing the draft, closing them; correcting and withdrawing them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.meetings.models import Meeting, MeetingAttendance
from service.cases.meetings.queries import content_of, has_minutes_for_approval, meeting, version_of_number
from service.cases.meetings.rules import missing_for_closure, wrong_fields
from service.cases.records.models import Case
from service.cases.records.operations import (
    check_after_referral,
    check_not_future,
    locked_case,
    programme_of,
    record_on,
    superseded,
)
from service.cases.records.rules import content_hash
from service.cases.teams.operations import require_manager
from service.cases.teams.queries import composition_on
from service.errors import Conflict, Forbidden, Invalid, Stale, invalid_field
from service.types import new_id, now


def record_meeting(
    session: Session, actor: Actor, case_id: UUID, *, corrects_id: UUID | None = None,
    correction_reason: str | None = None, **content: Any,
) -> UUID:  # fmt: skip
    """Write the draft of a meeting's minutes. `content`: see `queries.content_of`.

    `corrects_id`: closed minutes that these will supersede once they are closed, with the reason; also of a closed case.
    """
    case = locked_case(session, actor, "meetings:record", case_id, may_be_closed=corrects_id is not None)
    if (corrects_id is None) != (correction_reason is None):
        raise invalid_field("#/correction_reason", "reason_goes_with_correction")
    if corrects_id is not None:
        _check_corrected(meeting(session, case_id, corrects_id))
    drafted = Meeting(id=new_id(), case_id=case_id, corrects_id=corrects_id, correction_reason=correction_reason,
                      recorded_by=actor.user_id)  # fmt: skip
    _write(session, drafted, content, content["attendances"])
    record_on(session, actor, case, "meeting:record", drafted.id, *content)
    return drafted.id


def change_meeting(
    session: Session, actor: Actor, case_id: UUID, meeting_id: UUID, *, expected: int, changes: dict[str, Any]
) -> None:
    """Change a draft of one's own (merge patch: lists are replaced whole)."""
    case = locked_case(session, actor, "meetings:record", case_id, may_be_closed=True)
    drafted = _own_draft(session, actor, case_id, meeting_id, expected)
    drafted.version += 1
    _write(session, drafted, content_of(drafted) | changes, changes.get("attendances"))
    record_on(session, actor, case, "meeting:change", meeting_id, *changes)


def close_meeting(
    session: Session, actor: Actor, case_id: UUID, meeting_id: UUID, *, expected: int, closed_on: date
) -> None:
    """Close minutes of one's own: their content freezes, and what they correct is superseded.

    Raises Conflict for minutes without anybody present, or with neither the person's view nor why it was not heard.
    """
    case = locked_case(session, actor, "meetings:record", case_id, may_be_closed=True)
    closed = _own_draft(session, actor, case_id, meeting_id, expected)
    content = content_of(closed)
    missing = missing_for_closure(content)
    if missing:
        raise Conflict("minutes_are_incomplete", ", ".join(missing))
    check_not_future(closed_on, "#/closed_on")
    if closed_on < closed.held_on:
        raise invalid_field("#/closed_on", "date_is_before_last_step", closed.held_on)
    closed.closed_on, closed.closed_at = closed_on, now()
    closed.content_hash = content_hash(closed.id.bytes, content)
    closed.version += 1
    if closed.corrects_id is not None:
        assert closed.correction_reason is not None  # noqa: S101 - a correction begins with its reason
        superseded(session, actor, Meeting, closed.corrects_id, case_id, closed.correction_reason)
    record_on(session, actor, case, "meeting:close", meeting_id, "closed_on")


def withdraw_meeting(session: Session, actor: Actor, case_id: UUID, meeting_id: UUID, *, reason: str) -> None:
    """Minutes recorded by mistake: they stay, superseded, with the reason. A draft may be withdrawn by its author; all
    minutes by who answers for the case."""
    case = locked_case(session, actor, "meetings:record", case_id, may_be_closed=True)
    withdrawn = superseded(session, actor, Meeting, meeting_id, case_id, reason)
    if withdrawn.closed_on is not None or withdrawn.recorded_by != actor.user_id:
        require_manager(session, actor, case)
    record_on(session, actor, case, "meeting:withdraw", meeting_id, "superseded_at")


def require_minutes(session: Session, case: Case, version_id: UUID, on: date) -> None:
    """Where the programme wants minutes, no version is approved before a team with the demanded components has discussed
    it. Raises Conflict."""
    is_needed = programme_of(session, case).project.needs_minutes
    if is_needed and not has_minutes_for_approval(session, case.id, version_id, on):
        raise Conflict("minutes_are_missing")


def _own_draft(session: Session, actor: Actor, case_id: UUID, meeting_id: UUID, expected: int) -> Meeting:
    found = meeting(session, case_id, meeting_id)
    if found.recorded_by != actor.user_id:
        raise Forbidden("minutes_are_of_another")
    if found.version != expected:
        raise Stale("row_has_changed")
    if found.closed_on is not None:
        raise Conflict("minutes_are_closed")
    if found.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    return found


def _check_corrected(corrected: Meeting) -> None:
    if corrected.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    if corrected.closed_on is None:
        raise Conflict("minutes_are_open")


def _write(
    session: Session, drafted: Meeting, content: Mapping[str, Any], attendances: list[dict[str, Any]] | None
) -> None:
    """Check the whole and write it; attendances only where they are given anew."""
    _check(session, drafted.case_id, content)
    discussed = None
    if content["project_number"] is not None:
        discussed = version_of_number(session, drafted.case_id, content["project_number"])
        if discussed is None:
            raise invalid_field("#/project_number", "version_is_unknown")
    for name in content.keys() - {"attendances", "project_number"}:
        setattr(drafted, name, content[name])
    drafted.discussed_version_id = discussed
    session.add(drafted)
    session.flush()
    if attendances is not None:
        session.execute(delete(MeetingAttendance).where(MeetingAttendance.meeting_id == drafted.id))
        session.add_all(
            MeetingAttendance(id=new_id(), meeting_id=drafted.id, case_id=drafted.case_id, position=position, **one)
            for position, one in enumerate(attendances)
        )


def _check(session: Session, case_id: UUID, content: Mapping[str, Any]) -> None:
    check_after_referral(session, case_id, content["held_on"], "#/held_on")
    team = composition_on(session, case_id, content["held_on"])
    wrong = wrong_fields(content, {member.id: member.component for member in team})
    if wrong:
        raise Invalid("request_is_invalid", errors=wrong)
