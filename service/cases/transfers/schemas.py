"""What transfers take and answer."""

from service.cases.records.schemas import DatedActSchema
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Length, Narrative, Schema, Text

DECISIONS = ("accepted", "refused", "withdrawn")


class NewTransferSchema(DatedActSchema):
    """A case offered to another service."""

    to_service_id = fields.UUID(required=True)
    reason = Narrative(required=True)


class RefusedTransferSchema(DatedActSchema):
    """Why an offer is turned down or taken back."""

    reason = Text(longest=500, required=True)


class TransferSchema(CaseFactSchema):
    """An offer and what was answered."""

    id = fields.UUID(required=True)
    from_service_id = fields.UUID(required=True)
    to_service_id = fields.UUID(required=True)
    offered_on = fields.Date(required=True)
    reason = Narrative(required=True)
    decision = Choice(DECISIONS, required=True, allow_none=True)
    decided_on = fields.Date(required=True, allow_none=True)
    decision_reason = Text(longest=500, required=True, allow_none=True)


class TransfersSchema(Schema):
    """The transfers of a case."""

    items = fields.List(fields.Nested(TransferSchema), required=True, validate=Length(0, 1000))
