"""What households take and answer."""

from typing import Any
from uuid import UUID

from service.codes import codes_of
from service.people.households.operations import CODES
from service.web import fields
from service.web.schemas import Choice, Length, PeopleSchema, Schema, Text

KINDS, RELATIONSHIPS = codes_of(CODES, "kinds"), codes_of(CODES, "relationships")


class NewHouseholdMemberSchema(Schema):
    """A person who belongs to a household from a day on."""

    person_id = fields.UUID(required=True)
    relationship = Choice(RELATIONSHIPS, required=True)
    from_on = fields.Date(required=True)


class NewHouseholdSchema(Schema):
    """A household to record."""

    kind = Choice(KINDS, required=True)
    members = fields.List(fields.Nested(NewHouseholdMemberSchema), required=True, validate=Length(1, 30))


class LeavingSchema(Schema):
    """The first day without the member."""

    to_on = fields.Date(required=True)


class HouseholdMemberSchema(NewHouseholdMemberSchema):
    """A membership; the names are none for who is out of sight."""

    id = fields.UUID(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    family_name = Text(longest=100, required=True, allow_none=True)
    given_name = Text(longest=100, required=True, allow_none=True)


class HouseholdSchema(PeopleSchema):
    """A household with its members, past ones too."""

    id = fields.UUID(required=True)
    kind = Choice(KINDS, required=True)
    members = fields.List(fields.Nested(HouseholdMemberSchema), required=True, validate=Length(0, 1000))

    def _people_in(self, rows: Any) -> set[UUID]:
        return {member.person_id for row in rows for member in row["members"]}


class HouseholdsSchema(Schema):
    """The households of a person."""

    items = fields.List(fields.Nested(HouseholdSchema), required=True, validate=Length(0, 1000))
