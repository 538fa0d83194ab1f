"""What special protection takes and answers."""

from service.people.schemas import NoteSchema
from service.web import fields
from service.web.schemas import Length, Schema, Text


class NewProtectionSchema(Schema):
    """Why a person is put under special protection."""

    reason = Text(longest=500, required=True)


class ProtectionSchema(NoteSchema):
    """A time of special protection; `superseded_at` tells when it was lifted."""

    reason = Text(longest=500, required=True)


class ProtectionsSchema(Schema):
    """The times of special protection of a person."""

    items = fields.List(fields.Nested(ProtectionSchema), required=True, validate=Length(0, 1000))
