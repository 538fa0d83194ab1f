"""What the registry of persons takes and answers."""

from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from service.people.identifiers import SYSTEMS
from service.web import fields
from service.web.schemas import Choice, Instant, Length, PeopleSchema, Schema, Text

SEXES = ("F", "M", "X")
STATUSES = ("unverified", "verified", "provisional")
VERSION = {"format": "int32", "minimum": 1, "maximum": 2**31 - 1}
ISTAT = validate.Regexp(r"^[0-9]{6}\Z", error="istat_code_is_invalid")
PHONE = validate.Regexp(r"^\+?[0-9 ]{3,20}\Z", error="phone_is_invalid")
EMAIL = validate.Regexp(r"^[^@\s]{1,64}@[^@\s]{1,190}\Z", error="email_is_invalid")


class CodeSchema(Schema):
    """A code given by others: codice fiscale (also omocodic or provisional), STP, ENI."""

    system = Choice(sorted(SYSTEMS), required=True)
    value = Text(longest=16, required=True)


class NewIdentifierSchema(CodeSchema):
    """A code of a person. `valid_from`: the day of issue; STP and ENI run out six months after it."""

    valid_from = fields.Date(load_default=None, allow_none=True)
    status = Choice(STATUSES, load_default="unverified")


class IdentifierCorrectionSchema(Schema):
    """What was wrong of a code, and why it is changed."""

    value = Text(longest=16)
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)
    status = Choice(STATUSES)
    reason = Text(longest=500, required=True)


class IdentifierEndSchema(Schema):
    """The last day of a code."""

    valid_to = fields.Date(required=True)


class MistakeSchema(Schema):
    """Why something was recorded by mistake."""

    reason = Text(longest=500, required=True)


class HeldCodeSchema(NewIdentifierSchema):
    """A code that a person has."""

    id = fields.UUID(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class NoteSchema(PeopleSchema):
    """What everything noted of a person says of itself."""

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    recorded_at = Instant(required=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)
    supersede_reason = Text(longest=500, required=True, allow_none=True)


class IdentifierSchema(NoteSchema, HeldCodeSchema):
    """A code of a person over a time; corrected ones too."""


class IdentifiersSchema(Schema):
    """The codes of a person, past and corrected ones too."""

    items = fields.List(fields.Nested(IdentifierSchema), required=True, validate=Length(0, 1000))


class NewResidenceSchema(Schema):
    """Where a person resides from a day on; no municipality for who has no home."""

    municipality = fields.String(required=True, allow_none=True, validate=ISTAT)
    from_on = fields.Date(required=True)


class ResidenceSchema(NoteSchema):
    """A residence; `from_on` is none for one that holds as far back as is known."""

    municipality = fields.String(required=True, allow_none=True, validate=ISTAT)
    from_on = fields.Date(required=True, allow_none=True)


class ResidencesSchema(Schema):
    """The residences of a person, past and corrected ones too."""

    items = fields.List(fields.Nested(ResidenceSchema), required=True, validate=Length(0, 1000))


class IdentityFields(Schema):
    """What is known of who a person is. `municipality` is the ISTAT code of residence, none for who has no home."""

    family_name = Text(longest=100, required=True)
    given_name = Text(longest=100, required=True)
    birth_date = fields.Date(load_default=None, allow_none=True)
    sex = Choice(SEXES, required=True)
    municipality = fields.String(load_default=None, allow_none=True, validate=ISTAT)
    phone = fields.String(load_default=None, allow_none=True, validate=PHONE)
    email = fields.String(load_default=None, allow_none=True, validate=EMAIL)


class NewPersonSchema(IdentityFields):
    """A person to register, and the body that does so."""

    identifiers = fields.List(fields.Nested(NewIdentifierSchema), load_default=list, validate=Length(0, 10))
    registered_by = fields.UUID(required=True)


class PersonChangesSchema(Schema):
    """A correction: only the fields that change (merge patch). Codes and residences are corrected as themselves."""

    family_name = Text(longest=100)
    given_name = Text(longest=100)
    birth_date = fields.Date(allow_none=True)
    sex = Choice(SEXES)
    phone = fields.String(allow_none=True, validate=PHONE)
    email = fields.String(allow_none=True, validate=EMAIL)


class PersonSchema(PeopleSchema, IdentityFields):
    """A person. `aliases`: other ids under which the same one was registered; `warnings`: what does not agree."""

    person_id_of = "id"
    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata=VERSION)
    identifiers = fields.List(fields.Nested(HeldCodeSchema), required=True, validate=Length(0, 1000))
    aliases = fields.List(fields.UUID(), required=True, validate=Length(0, 1000))
    is_protected = fields.Boolean(required=True)
    warnings = fields.List(fields.String(validate=Length(1, 100)), required=True, validate=Length(0, 20))


class ComparedPersonSchema(PersonSchema):
    """A person beside those in sight who may be the same one."""

    possible_duplicates = fields.List(fields.UUID(), required=True, validate=Length(0, 10))


class PersonSearchSchema(Schema):
    """Either a code, or the beginning of the names."""

    identifier = fields.Nested(CodeSchema)
    family_name = Text(longest=100)
    given_name = Text(longest=100)
    birth_date = fields.Date()

    @validates_schema(skip_on_field_errors=True)
    def one_way(self, data: dict[str, Any], **_: Any) -> None:
        """A search by code, or one by name."""
        if ("identifier" in data) == ("family_name" in data):
            raise ValidationError("search_wants_code_or_name")


class PeopleFoundSchema(Schema):
    """What a search found within what the actor may see."""

    items = fields.List(fields.Nested(PersonSchema), required=True, validate=Length(0, 50))


class DeskSearchSchema(Schema):
    """A tax code, exactly as it is written."""

    codice_fiscale = Text(longest=16, required=True)


class DesksSchema(Schema):
    """Whether the person is known, and the bodies to ask: nothing more is told of who is out of sight."""

    is_known = fields.Boolean(required=True)
    bodies = fields.List(fields.UUID(), required=True, validate=Length(0, 1000))
