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
    need = Narrative(load_default=None, allow_none=True)


class NewCaseSchema(Schema):
    """A case to open."""

    programme = Code(required=True)
    person_id = fields.UUID(required=True)
    service_id = fields.UUID(required=True)
    referral = fields.Nested(ReferralSchema, required=True)


class CaseSchema(PeopleSchema):
    """A case."""

    id = fields.UUID(required=True)
    programme = Code(required=True)
    programme_version = fields.Integer(required=True, metadata=VERSION)
    person_id = fields.UUID(required=True)
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


class MilestoneSchema(CaseFactSchema):
    """A dated step of the path."""

    kind = Code(required=True)
    stage = Code(required=True)
    occurred_on = fields.Date(required=True)
    recorded_at = Instant(required=True)


class MilestonesSchema(Schema):
    """The path so far."""

    items = fields.List(fields.Nested(MilestoneSchema), required=True, validate=Length(0, 1000))


CasePage = page_of(CaseSchema)
