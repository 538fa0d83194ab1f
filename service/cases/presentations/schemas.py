"""What presentations take and answer."""

from service.web import fields
from service.web.schemas import CaseFactSchema, Code, Instant, Length, Schema, Text


class NewPresentationSchema(Schema):
    """A member at an office. `arrived_on`: when the service came to know; `justified_code`: absent, for this reason."""

    person_id = fields.UUID(required=True)
    office = Code(required=True)
    occurred_on = fields.Date(required=True)
    arrived_on = fields.Date(required=True)
    gepi_recorded_on = fields.Date(load_default=None, allow_none=True)
    justified_code = Code(load_default=None, allow_none=True)
    document = Text(load_default=None, allow_none=True)


class ReportSchema(Schema):
    """The day on which it was entered in GePI."""

    gepi_recorded_on = fields.Date(required=True)


class PresentationSchema(CaseFactSchema):
    """A presentation; `superseded_at` is set when it was recorded by mistake."""

    person_id_of = "person_id"

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    office = Code(required=True)
    occurred_on = fields.Date(required=True)
    arrived_on = fields.Date(required=True)
    gepi_recorded_on = fields.Date(required=True, allow_none=True)
    justified_code = Code(required=True, allow_none=True)
    document = Text(required=True, allow_none=True)
    recorded_at = Instant(required=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class PresentationsSchema(Schema):
    """The presentations of a case."""

    items = fields.List(fields.Nested(PresentationSchema), required=True, validate=Length(0, 1000))
