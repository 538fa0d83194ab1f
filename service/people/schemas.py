"""What the registry of persons takes and answers."""

from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from service.people.identifiers import SYSTEMS
from service.web import fields
from service.web.schemas import Choice, Length, PeopleSchema, Schema, Text

SEXES = ("F", "M", "X")
ISTAT = validate.Regexp(r"^[0-9]{6}\Z", error="istat_code_is_invalid")
PHONE = validate.Regexp(r"^\+?[0-9 ]{3,20}\Z", error="phone_is_invalid")
EMAIL = validate.Regexp(r"^[^@\s]{1,64}@[^@\s]{1,190}\Z", error="email_is_invalid")


class IdentifierSchema(Schema):
    """A code given by others: codice fiscale (also omocodic or provisional), STP, ENI."""

    system = Choice(sorted(SYSTEMS), required=True)
    value = Text(longest=16, required=True)


class IdentityFields(Schema):
    """What is known of who a person is. `municipality` is the ISTAT code of residence, none for who has no home."""

    family_name = Text(longest=100, required=True)
    given_name = Text(longest=100, required=True)
    birth_date = fields.Date(load_default=None, allow_none=True)
    sex = Choice(SEXES, required=True)
    municipality = fields.String(load_default=None, allow_none=True, validate=ISTAT)
    phone = fields.String(load_default=None, allow_none=True, validate=PHONE)
    email = fields.String(load_default=None, allow_none=True, validate=EMAIL)
    identifiers = fields.List(fields.Nested(IdentifierSchema), load_default=list, validate=Length(0, 10))


class NewPersonSchema(IdentityFields):
    """A person to register, and the body that does so."""

    registered_by = fields.UUID(required=True)


class PersonChangesSchema(Schema):
    """A correction: only the fields that change (merge patch)."""

    family_name = Text(longest=100)
    given_name = Text(longest=100)
    birth_date = fields.Date(allow_none=True)
    sex = Choice(SEXES)
    municipality = fields.String(allow_none=True, validate=ISTAT)
    phone = fields.String(allow_none=True, validate=PHONE)
    email = fields.String(allow_none=True, validate=EMAIL)
    identifiers = fields.List(fields.Nested(IdentifierSchema), validate=Length(0, 10))


class PersonSchema(PeopleSchema, IdentityFields):
    """A person. `warnings` say what does not agree (a tax code that fits other data, say)."""

    person_id_of = "id"
    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"format": "int32", "minimum": 1, "maximum": 2**31 - 1})
    warnings = fields.List(fields.String(validate=Length(1, 100)), required=True, validate=Length(0, 20))


class PersonSearchSchema(Schema):
    """Either a code, or the beginning of the names."""

    identifier = fields.Nested(IdentifierSchema)
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
