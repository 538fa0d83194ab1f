"""The minutes of a case's meetings."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.cases.meetings import operations, queries
from service.cases.meetings.schemas import (
    MeetingChangesSchema,
    MeetingPage,
    MeetingSchema,
    MinutesClosureSchema,
    NewMeetingSchema,
)
from service.cases.records.answers import answer_fact
from service.cases.records.operations import sight_of
from service.cases.records.schemas import WithdrawalSchema
from service.web.answers import answer_page
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import expected_version, once, transaction
from service.web.schemas import PageQuery

meetings = Blueprint("meetings", __name__, description="Verbali")


@meetings.operation("GET", "/cases/<uuid:case_id>/meetings", "listMeetings", query=PageQuery, answer=MeetingPage)
def list_meetings(case_id: UUID, query: dict[str, Any]) -> Response:
    """The minutes of a case, what was recorded last first."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        receipt = sight_of(session, actor, case_id)
        rows = queries.meetings(session, case_id, **query)
        found = paged(rows, limit=query["limit"], scope=f"meetings:{case_id}")
        return answer_page(MeetingSchema, found, shown=receipt)


@meetings.operation(
    "GET", "/cases/<uuid:case_id>/meetings/<uuid:meeting_id>", "showMeeting", answer=MeetingSchema, etag=True
)
def show_meeting(case_id: UUID, meeting_id: UUID) -> Response:
    """The minutes of one meeting, also superseded ones."""
    with transaction() as (session, actor):
        return _answer(session, actor, case_id, meeting_id)


@meetings.operation(
    "POST", "/cases/<uuid:case_id>/meetings", "recordMeeting", body=NewMeetingSchema, answer=MeetingSchema, status=201,
    creates=True, etag=True,
)  # fmt: skip
def record_meeting(case_id: UUID, body: dict[str, Any]) -> Response:
    """Write the draft of minutes."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_meeting(session, actor, case_id, **body))
        found = queries.meeting(session, case_id, made)
        return answer_fact(session, actor, MeetingSchema, case_id, found, version=found.version,
                           made_at="meetings.show_meeting", meeting_id=made)  # fmt: skip


@meetings.operation(
    "PATCH", "/cases/<uuid:case_id>/meetings/<uuid:meeting_id>", "changeMeeting", body=MeetingChangesSchema,
    answer=MeetingSchema, if_match=True, etag=True,
)  # fmt: skip
def change_meeting(case_id: UUID, meeting_id: UUID, body: dict[str, Any]) -> Response:
    """Change a draft of one's own."""
    with transaction() as (session, actor):
        operations.change_meeting(session, actor, case_id, meeting_id, expected=expected_version(), changes=body)
        return _answer(session, actor, case_id, meeting_id)


@meetings.operation(
    "POST", "/cases/<uuid:case_id>/meetings/<uuid:meeting_id>/closure", "closeMeeting", body=MinutesClosureSchema,
    answer=MeetingSchema, if_match=True, etag=True,
)  # fmt: skip
def close_meeting(case_id: UUID, meeting_id: UUID, body: dict[str, Any]) -> Response:
    """Close minutes of one's own: their content freezes."""
    with transaction() as (session, actor):
        operations.close_meeting(session, actor, case_id, meeting_id, expected=expected_version(), **body)
        return _answer(session, actor, case_id, meeting_id)


@meetings.operation(
    "POST", "/cases/<uuid:case_id>/meetings/<uuid:meeting_id>/withdrawal", "withdrawMeeting", body=WithdrawalSchema,
    answer=MeetingSchema, etag=True,
)  # fmt: skip
def withdraw_meeting(case_id: UUID, meeting_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw minutes recorded by mistake; they stay, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_meeting(session, actor, case_id, meeting_id, **body)
        return _answer(session, actor, case_id, meeting_id)


def _answer(session: Session, actor: Actor, case_id: UUID, meeting_id: UUID) -> Response:
    found = queries.meeting(session, case_id, meeting_id)
    return answer_fact(session, actor, MeetingSchema, case_id, found, version=found.version)
