"""One's own deadlines in a calendar program."""

from typing import Any, cast
from uuid import UUID

from flask import Response, current_app

from service.actor import Actor, require
from service.audit.log.operations import record, shown
from service.db import Database
from service.types import keyed_hash, now
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, origin, transaction
from service.web.schemas import PageQuery
from service.worklist.feeds import operations, queries
from service.worklist.feeds.models import CalendarFeed
from service.worklist.feeds.report import calendar_of
from service.worklist.feeds.schemas import CalendarFeedPage, CalendarFeedSchema, NewCalendarFeedSchema
from service.worklist.items import own_deadlines

feeds = Blueprint("feeds", __name__, description="Calendari delle proprie scadenze")
calendar = Blueprint("calendar", __name__, description="Lettura dei calendari", is_public=True)
CALENDAR = "text/calendar"


@feeds.operation("GET", "/worklist/calendar-feeds", "listCalendarFeeds", query=PageQuery, answer=CalendarFeedPage)
def list_calendar_feeds(query: dict[str, Any]) -> Response:
    """One's own calendar feeds, newest first."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        rows = queries.calendar_feeds(session, **query)
        record(session, actor, actor.origin.action, outcome="shown")
        page = paged(rows, limit=query["limit"], scope=queries.SCOPE)
        return answer_page(CalendarFeedSchema, {**page, "items": [_described(feed) for feed in page["items"]]})


@feeds.operation("GET", "/worklist/calendar-feeds/<uuid:feed_id>", "showCalendarFeed", answer=CalendarFeedSchema)
def show_calendar_feed(feed_id: UUID) -> Response:
    """One feed, without its secret."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        found = queries.calendar_feed(session, feed_id)
        record(session, actor, actor.origin.action, outcome="shown", resource_id=feed_id)
        return answer(CalendarFeedSchema, _described(found))


@feeds.operation(
    "POST", "/worklist/calendar-feeds", "openCalendarFeed", body=NewCalendarFeedSchema, answer=CalendarFeedSchema,
    status=201, creates=True,
)  # fmt: skip
def open_calendar_feed(body: dict[str, Any]) -> Response:
    """Open a feed: the secret address is told in this answer, and never again."""
    with transaction() as (session, actor):
        token = operations.new_token()
        made = once(session, actor, lambda: operations.open_calendar_feed(session, actor, token=token, **body))
        location = location_of("feeds.show_calendar_feed", feed_id=made)
        feed = queries.calendar_feed(session, made)
        return answer(CalendarFeedSchema, _described(feed, token), status=201, location=location)


@feeds.operation(
    "POST", "/worklist/calendar-feeds/<uuid:feed_id>/revocation", "revokeCalendarFeed", body=NewCalendarFeedSchema,
    answer=CalendarFeedSchema,
)  # fmt: skip
def revoke_calendar_feed(feed_id: UUID, body: dict[str, Any]) -> Response:
    """Revoke a feed: its address is worth nothing at once."""
    with transaction() as (session, actor):
        operations.revoke_calendar_feed(session, actor, feed_id, **body)
        return answer(CalendarFeedSchema, _described(queries.calendar_feed(session, feed_id)))


@calendar.operation("GET", "/calendar/<address>.ics", "readCalendar", answer=None, gives=(CALENDAR,))
def read_calendar(address: str) -> Response:
    """The deadlines of who opened the feed, for calendar programs: rules and opaque codes, and nobody's name."""
    caller = operations.FeedCaller(address, origin())
    with cast(Database[Actor], current_app.extensions["trama"]).transaction(caller) as (session, actor):
        found = own_deadlines(session, actor)
        people = {one for due in found for one in (due.case.person_id, due.member_id) if one is not None}
        shown(session, actor, people, resource_id=caller.feed_id)
        response = Response(calendar_of(found, now()), 200, content_type=f"{CALENDAR}; charset=utf-8")
        response.headers.set("Content-Disposition", "attachment", filename="scadenze.ics")
        return response


def _described(feed: CalendarFeed, token: str | None = None) -> dict[str, Any]:
    """The feed, with its address where the secret is its own: a request that is repeated finds the feed and not the secret."""
    is_its_own = token is not None and feed.token_hash == keyed_hash(token)
    address = location_of("calendar.read_calendar", address=token) if is_its_own else None
    return {"id": feed.id, "address": address, "opened_at": feed.opened_at, "revoked_at": feed.revoked_at}
