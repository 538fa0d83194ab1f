"""What hires take and answer."""

from service.web import fields
from service.web.schemas import CaseFactSchema, Code, Instant, Length, Quantity, Schema


class NewHireSchema(Schema):
    """A contract of employment. `person_id`: who is hired, if not the person of the case; `placement_id`: the placement
    that led to it; `to_on`: the last day of a contract that has one."""

    person_id = fields.UUID(load_default=None, allow_none=True)
    employer_id = fields.UUID(required=True)
    contract = Code(required=True)
    weekly_hours = Quantity(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(load_default=None, allow_none=True)
    is_l68_quota = fields.Boolean(load_default=False)
    convention = Code(load_default=None, allow_none=True)
    subsidy = Code(load_default=None, allow_none=True)
    placement_id = fields.UUID(load_default=None, allow_none=True)


class HireSchema(CaseFactSchema):
    """A hire; `superseded_at` is set when it was recorded by mistake."""

    person_id_of = "person_id"

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    employer_id = fields.UUID(required=True)
    contract = Code(required=True)
    weekly_hours = Quantity(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    is_l68_quota = fields.Boolean(required=True)
    convention = Code(required=True, allow_none=True)
    subsidy = Code(required=True, allow_none=True)
    placement_id = fields.UUID(required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class HiresSchema(Schema):
    """The hires of a case."""

    items = fields.List(fields.Nested(HireSchema), required=True, validate=Length(0, 1000))
