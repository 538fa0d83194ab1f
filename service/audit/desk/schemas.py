"""What the log answers."""

from service.web import fields
from service.web.schemas import Instant, Length, PageQuery, Schema, page_of


class EventQuery(PageQuery):
    """Which events."""

    person_id = fields.UUID()
    case_id = fields.UUID()
    user_id = fields.UUID()


class EventSchema(Schema):
    """An event: who, when, from where, on what ground, whom it showed. Ids and field names, never values."""

    id = fields.UUID(required=True)
    occurred_at = Instant(required=True)
    action = fields.String(required=True, validate=Length(1, 100))
    outcome = fields.String(required=True, validate=Length(1, 100))
    user_id = fields.UUID(required=True, allow_none=True)
    login_id = fields.UUID(required=True, allow_none=True)
    roles = fields.List(fields.String(validate=Length(1, 50)), required=True, validate=Length(0, 50))
    address = fields.String(required=True, validate=Length(1, 100))
    request_id = fields.String(required=True, validate=Length(1, 100))
    case_id = fields.UUID(required=True, allow_none=True)
    resource_id = fields.UUID(required=True, allow_none=True)
    ground = fields.String(required=True, allow_none=True, validate=Length(1, 50))
    field_names = fields.List(fields.String(validate=Length(1, 100)), required=True, validate=Length(0, 200))
    people = fields.List(fields.UUID(), required=True, validate=Length(0, 1000))


class CheckpointSchema(Schema):
    """The last sealed head of the log, as a signed note that an outside witness can keep."""

    tree_size = fields.Integer(required=True, metadata={"format": "int64", "minimum": 0, "maximum": 2**62})
    sealed_at = Instant(required=True)
    checkpoint = fields.String(required=True, validate=Length(1, 2000))


EventPage = page_of(EventSchema)
