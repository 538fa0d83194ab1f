"""What calendar feeds take and answer."""

from service.web import fields
from service.web.schemas import Instant, Length, Schema, page_of


class NewCalendarFeedSchema(Schema):
    """Nothing is asked: a feed is of who opens it."""


class CalendarFeedSchema(Schema):
    """A feed. `address` is told once, to who opened it: its path on this service, which is a secret like a password."""

    id = fields.UUID(required=True)
    address = fields.String(required=True, allow_none=True, validate=Length(1, 200))
    opened_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)


CalendarFeedPage = page_of(CalendarFeedSchema)
