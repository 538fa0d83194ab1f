"""What cases take and answer."""

from service.web import fields
from service.web.schemas import (
    CaseFactSchema,
    Choice,
    Code,
    Instant,
    Length,
    Narrative,
    PageQuery,
    PeopleSchema,
    Schema,
    Text,
    page_of,
)

CHANNELS = ("gepi", "servizio", "scuola", "ospedale", "persona", "altro")
VERSION = {"format": "int32", "minimum": 1, "maximum": 2**31 - 1}


class ReferralSchema(Schema):
    """Who sent the case and when: the day of the event and the day on which it reached the service are two."""

    channel = Choice(CHANNELS, required=True)
    from_organisation_id = fields.UUID(load_default=None, allow_none=True)
    happened_on = fields.Date(required=True)
    arrived_on = fields.Date(required=True)
    reason_code = Code(load_default=None, allow_none=True)
    need = Narrative(load_default=None, allow_none=True)


class NewCaseSchema(Schema):
    """A case to open: of a person, or of a household, for which the person speaks."""

    programme = Code(required=True)
    person_id = fields.UUID(required=True)
    household_id = fields.UUID(load_default=None, allow_none=True)
    service_id = fields.UUID(required=True)
    contact_id = fields.UUID(load_default=None, allow_none=True)
    referral = fields.Nested(ReferralSchema, required=True)


class CaseSchema(PeopleSchema):
    """A case."""

    id = fields.UUID(required=True)
    programme = Code(required=True)
    programme_version = fields.Integer(required=True, metadata=VERSION)
    person_id = fields.UUID(required=True)
    household_id = fields.UUID(required=True, allow_none=True)
    service_id = fields.UUID(required=True)
    stage = Code(required=True)
    is_closed = fields.Boolean(required=True)
    outcome = Code(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata=VERSION)
    recorded_at = Instant(required=True)
    referral = fields.Nested(ReferralSchema, required=True, allow_none=True)


class CaseQuery(PageQuery):
    """Which cases."""

    programme = Code()
    stage = Code()
    is_closed = fields.Flag()
    person_id = fields.UUID()


class DatedActSchema(Schema):
    """An act and its day."""

    occurred_on = fields.Date(required=True)


class WithdrawalSchema(Schema):
    """Why a fact was recorded by mistake."""

    reason = Text(longest=500, required=True)


class CorrectionSchema(WithdrawalSchema):
    """The fact that a new one stands in for, and why."""

    id = fields.UUID(required=True)


class NewCasePersonSchema(Schema):
    """Someone who comes into the household of the case."""

    person_id = fields.UUID(required=True)
    role = Choice(("member", "minor"), required=True)
    from_on = fields.Date(required=True)


class CasePersonSchema(CaseFactSchema):
    """Someone whose case it is; `to_on` is the first day without them."""

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    role = Choice(("subject", "member", "minor"), required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)


class CasePeopleSchema(Schema):
    """Everybody whose case it is or was."""

    items = fields.List(fields.Nested(CasePersonSchema), required=True, validate=Length(0, 1000))


class LinkedCasesSchema(Schema):
    """Other cases of the same people, within sight."""

    items = fields.List(fields.Nested(CaseSchema), required=True, validate=Length(0, 1000))


class MilestoneSchema(CaseFactSchema):
    """A dated step of the path."""

    id = fields.UUID(required=True)
    kind = Code(required=True)
    stage = Code(required=True)
    occurred_on = fields.Date(required=True)
    recorded_at = Instant(required=True)


class MilestonesSchema(Schema):
    """The path so far."""

    items = fields.List(fields.Nested(MilestoneSchema), required=True, validate=Length(0, 1000))


CasePage = page_of(CaseSchema)
