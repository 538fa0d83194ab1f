"""What the équipe takes and answers."""

from service.cases.programmes.schemas import COMPONENTS
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Length, Schema

MEMBER_ROLES = ("social_worker", "educator", "psychologist", "health_professional", "work_tutor", "provider", "other")


class NewMemberSchema(Schema):
    """An operator who joins."""

    user_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    role = Choice(MEMBER_ROLES, required=True)
    component = Choice(COMPONENTS, required=True)
    from_on = fields.Date(required=True)


class MemberSchema(CaseFactSchema):
    """A member; `to_on` is the first day without them."""

    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    role = Choice((*MEMBER_ROLES, "case_manager"), required=True)
    component = Choice(COMPONENTS, required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)


class TeamSchema(Schema):
    """The équipe, past members included."""

    items = fields.List(fields.Nested(MemberSchema), required=True, validate=Length(0, 1000))


class DepartureSchema(Schema):
    """The first day without the member."""

    to_on = fields.Date(required=True)
