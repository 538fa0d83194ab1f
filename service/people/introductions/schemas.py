"""What introductions take and answer."""

from service.web import fields
from service.web.schemas import PeopleSchema, Schema, Text


class NewIntroductionSchema(Schema):
    """The service to which a person is introduced, and why. The log keeps that a reason was given, not its words."""

    service_id = fields.UUID(required=True)
    reason = Text(longest=500, required=True)


class IntroductionSchema(PeopleSchema, NewIntroductionSchema):
    """What was given: from now on the service sees the person's record in the registry, and nothing of their cases."""

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
