"""What protected discharges take and answer."""

from service.web import fields
from service.web.schemas import CaseFactSchema, Code, Instant, Length, Schema


class NewDischargeSchema(Schema):
    """A discharge from a hospital; `is_carried_out` is false when the person never arrived."""

    hospital_id = fields.UUID(required=True)
    discharged_on = fields.Date(required=True)
    destination = Code(required=True)
    is_carried_out = fields.Boolean(required=True)


class DischargeSchema(CaseFactSchema):
    """A discharge; `superseded_at` is set when it was recorded by mistake."""

    id = fields.UUID(required=True)
    hospital_id = fields.UUID(required=True)
    discharged_on = fields.Date(required=True)
    destination = Code(required=True)
    is_carried_out = fields.Boolean(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class DischargesSchema(Schema):
    """The discharges of a case."""

    items = fields.List(fields.Nested(DischargeSchema), required=True, validate=Length(0, 1000))
