"""What completeness answers."""

from service.cases.programmes.schemas import REQUIRED_FACTS
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Length, Schema, Text


class NeededFactSchema(Schema):
    """A fact that the programme asks for: whether it is there (null: not told by the records), since when, what to do."""

    fact = Choice(REQUIRED_FACTS, required=True)
    label = Text(required=True)
    is_there = fields.Boolean(required=True, allow_none=True)
    since = fields.Date(required=True, allow_none=True)
    to_do = Text(longest=500, required=True, allow_none=True)


class CompletenessSchema(CaseFactSchema):
    """What a case has and lacks for the figures that it feeds."""

    is_complete = fields.Boolean(required=True)
    items = fields.List(fields.Nested(NeededFactSchema), required=True, validate=Length(0, 30))
