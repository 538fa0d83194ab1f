"""What circumstances take and answer."""

from service.cases.circumstances.rules import kinds
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Code, Instant, Length, Narrative, Schema


class NewCircumstanceSchema(Schema):
    """A circumstance: its kind and code (see the list shipped), since when, whose; `arrived_on` when the service knew.

    Only the day of an `expiry` may be still to come.
    """

    kind = Choice(tuple(kinds()), required=True)
    code = Code(required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(load_default=None, allow_none=True)
    arrived_on = fields.Date(load_default=None, allow_none=True)
    note = Narrative(load_default=None, allow_none=True)


class CircumstanceSchema(CaseFactSchema):
    """A circumstance; `to_on` is the first day on which it is no longer so."""

    id = fields.UUID(required=True)
    kind = Code(required=True)
    code = Code(required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    arrived_on = fields.Date(required=True, allow_none=True)
    note = Narrative(required=True, allow_none=True)
    recorded_at = Instant(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class CircumstancesSchema(Schema):
    """The circumstances of a case."""

    items = fields.List(fields.Nested(CircumstanceSchema), required=True, validate=Length(0, 1000))


class CircumstanceEndSchema(Schema):
    """The first day on which it is no longer so."""

    to_on = fields.Date(required=True)
