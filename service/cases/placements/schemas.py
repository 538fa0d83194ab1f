"""What work placements take and answer."""

from service.web import fields
from service.web.schemas import CaseFactSchema, Code, Instant, Length, MoneySchema, Number, Quantity, Schema, Text


class AttestationSchema(Schema):
    """The public body in charge attests that the person needs more time than the law leaves."""

    issuer_id = fields.UUID(required=True)
    issued_on = fields.Date(required=True)
    reason = Text(longest=500, required=True)


class NewPlacementSchema(Schema):
    """A placement agreed with a host. `person_id`: who is placed, if not the person of the case; `to_on`: its last day;
    `continues_id`: the placement that it goes on from."""

    kind = Code(required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    host_organisation_id = fields.UUID(required=True)
    pathway_id = fields.UUID(load_default=None, allow_none=True)
    continues_id = fields.UUID(load_default=None, allow_none=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(load_default=None, allow_none=True)
    attestation = fields.Nested(AttestationSchema, load_default=None, allow_none=True)
    weekly_hours = Quantity(required=True)
    monthly_allowance = fields.Nested(MoneySchema, load_default=None, allow_none=True)
    promoter_tutor = Text(required=True)
    host_tutor = Text(required=True)


class ActivationSchema(Schema):
    """What a placement needs to begin: convention, INAIL and third-party insurance, and the mandatory notice if known."""

    activated_on = fields.Date(required=True)
    convention = Text(required=True)
    inail_insurance = Text(required=True)
    liability_insurance = Text(required=True)
    mandatory_notice = Text(load_default=None, allow_none=True)


class ActiveSchema(Schema):
    """How a placement began."""

    activated_on = fields.Date(required=True)
    convention = Text(required=True)
    inail_insurance = Text(required=True)
    liability_insurance = Text(required=True)
    mandatory_notice = Text(required=True, allow_none=True)


class PlacementEndSchema(Schema):
    """The last day of a placement, and how it ended."""

    ended_on = fields.Date(required=True)
    end_code = Code(required=True)


class PlacementSchema(CaseFactSchema):
    """A placement. `latest_on`: the last day that the law's rule (`limit_rule`) leaves to it and to those that continue it;
    `superseded_at` is set when it was recorded by mistake."""

    person_id_of = "person_id"

    id = fields.UUID(required=True)
    kind = Code(required=True)
    counts_as_tirocinio = fields.Boolean(required=True)
    person_id = fields.UUID(required=True)
    host_organisation_id = fields.UUID(required=True)
    pathway_id = fields.UUID(required=True, allow_none=True)
    continues_id = fields.UUID(required=True, allow_none=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    limit_rule = Code(required=True, allow_none=True)
    latest_on = fields.Date(required=True, allow_none=True)
    attestation = fields.Nested(AttestationSchema, required=True, allow_none=True)
    weekly_hours = Quantity(required=True)
    monthly_allowance = fields.Nested(MoneySchema, required=True, allow_none=True)
    promoter_tutor = Text(required=True)
    host_tutor = Text(required=True)
    activation = fields.Nested(ActiveSchema, required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    end_code = Code(required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class PlacementsSchema(Schema):
    """The placements of a case."""

    items = fields.List(fields.Nested(PlacementSchema), required=True, validate=Length(0, 1000))


class NewWorkAttendanceSchema(Schema):
    """A month (its first day), the hours planned and those done."""

    month = fields.Date(required=True)
    hours_planned = Quantity(required=True)
    hours_done = Quantity(least="0", required=True)


class WorkAttendanceSchema(CaseFactSchema):
    """A month of a placement, and whether its allowance is due: from `least_percent` hundredths of the planned hours on."""

    person_id_of = "person_id"

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    month = fields.Date(required=True)
    hours_planned = Quantity(required=True)
    hours_done = Quantity(least="0", required=True)
    least_percent = Number(0, 100, required=True)
    is_allowance_due = fields.Boolean(required=True)
    allowance_due = fields.Nested(MoneySchema, required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class WorkAttendancesSchema(Schema):
    """The recorded months of a placement."""

    items = fields.List(fields.Nested(WorkAttendanceSchema), required=True, validate=Length(0, 1000))
