"""What legal protection takes and answers."""

from service.codes import codes_of
from service.people.guardians.operations import CODES
from service.people.schemas import EMAIL, PHONE, NoteSchema
from service.web import fields
from service.web.schemas import Choice, Length, Schema, Text


class GuardianFields(Schema):
    """Who acts for a person, with which powers, by which decree. `expires_on` is the last day that it foresees."""

    kind = Choice(codes_of(CODES, "kinds"), required=True)
    guardian_id = fields.UUID(load_default=None, allow_none=True)
    full_name = Text(longest=200, load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True, validate=PHONE)
    email = fields.String(load_default=None, allow_none=True, validate=EMAIL)
    powers = fields.List(Choice(codes_of(CODES, "powers")), required=True, validate=Length(0, 20))
    may_sign = fields.Boolean(required=True)
    court = Text(longest=200, load_default=None, allow_none=True)
    decree = Text(longest=100, load_default=None, allow_none=True)
    from_on = fields.Date(required=True)
    expires_on = fields.Date(load_default=None, allow_none=True)


class NewGuardianSchema(GuardianFields):
    """A guardian to record: `guardian_id` of a registered person, or `full_name` with contacts."""


class GuardianSchema(NoteSchema, GuardianFields):
    """A guardian; `to_on` is the first day without them."""

    to_on = fields.Date(required=True, allow_none=True)


class GuardianEndSchema(Schema):
    """The first day without the guardian."""

    to_on = fields.Date(required=True)


class GuardiansSchema(Schema):
    """The guardians of a person, past ones too."""

    items = fields.List(fields.Nested(GuardianSchema), required=True, validate=Length(0, 1000))
