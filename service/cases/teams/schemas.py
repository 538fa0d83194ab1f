"""What the équipe takes and answers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from service.cases.programmes.schemas import COMPONENTS
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Code, Length, Schema, Text

COUNT = {"format": "int32", "minimum": 0, "maximum": 2**31 - 1}

OPERATOR_ROLES = ("social_worker", "educator", "psychologist", "health_professional", "work_tutor", "provider", "other")
PRIVATE_ROLES = (
    "beneficiary", "relative", "legal_representative", "caregiver", "facilitator", "general_practitioner", "teacher",
    "volunteer",
)  # fmt: skip
MEMBER_ROLES = OPERATOR_ROLES + PRIVATE_ROLES


class NewMemberSchema(Schema):
    """Somebody who joins: an operator (`user_id`, in a body), a registered person, or a name and a function."""

    user_id = fields.UUID(load_default=None)
    person_id = fields.UUID(load_default=None)
    full_name = Text(load_default=None)
    function = Text(load_default=None)
    organisation_id = fields.UUID(load_default=None)
    role = Choice(MEMBER_ROLES, required=True)
    component = Choice(COMPONENTS, required=True)
    from_on = fields.Date(required=True)


class MemberSchema(CaseFactSchema):
    """A member; `to_on` is the first day without them. `display_name`: of an operator, none for who has no account."""

    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True, allow_none=True)
    display_name = Text(required=True, allow_none=True)
    person_id = fields.UUID(required=True, allow_none=True)
    full_name = Text(required=True, allow_none=True)
    function = Text(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    role = Choice((*MEMBER_ROLES, "case_manager"), required=True)
    component = Choice(COMPONENTS, required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)

    def _people_in(self, rows: Iterable[Any]) -> set[UUID]:
        return set(people_in(rows))


def people_in(members: Iterable[Any]) -> list[UUID]:
    """The registered persons among members: whoever is shown the team is shown them."""
    return [member.person_id for member in members if member.person_id is not None]


class TeamSchema(Schema):
    """The équipe, past members included."""

    items = fields.List(fields.Nested(MemberSchema), required=True, validate=Length(0, 1000))


class DepartureSchema(Schema):
    """The first day without the member."""

    to_on = fields.Date(required=True)


class ProgrammeLoadSchema(Schema):
    """The open cases of one programme."""

    programme = Code(required=True)
    open_cases = fields.Integer(required=True, metadata=COUNT)


class CaseloadSchema(Schema):
    """What one case manager has in charge, and since when the oldest."""

    user_id = fields.UUID(required=True)
    open_cases = fields.Integer(required=True, metadata=COUNT)
    programmes = fields.List(fields.Nested(ProgrammeLoadSchema), required=True, validate=Length(0, 200))
    oldest_assignment_on = fields.Date(required=True, allow_none=True)


class ServiceLoadSchema(Schema):
    """The case managers of a service, and the open cases that nobody manages."""

    service_id = fields.UUID(required=True)
    cases_without_manager = fields.Integer(required=True, metadata=COUNT)
    managers = fields.List(fields.Nested(CaseloadSchema), required=True, validate=Length(0, 1000))


class CaseloadsSchema(Schema):
    """The services that the asker coordinates."""

    items = fields.List(fields.Nested(ServiceLoadSchema), required=True, validate=Length(0, 100))
