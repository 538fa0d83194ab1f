"""What the ledger takes and answers."""

from service.budget.funds.schemas import ActSchema
from service.web import fields
from service.web.schemas import Choice, Instant, MoneySchema, Schema, Text, page_of

KINDS = ("commitment", "liquidation", "payment", "reversal")


class NewEntrySchema(ActSchema):
    """An entry: the act that decided it and, where there is one, the document that proves it (invoice, mandate)."""

    document = Text(longest=200, load_default=None, allow_none=True)


class NewCommitmentSchema(NewEntrySchema):
    """Money to commit to a line: of the allocation that the line asks, unless another is named."""

    line_id = fields.UUID(required=True)
    allocation_id = fields.UUID(load_default=None, allow_none=True)


class NewLiquidationSchema(NewEntrySchema):
    """Committed money found due."""

    commitment_id = fields.UUID(required=True)


class NewPaymentSchema(NewEntrySchema):
    """Liquidated money that was paid."""

    liquidation_id = fields.UUID(required=True)


class NewReversalSchema(NewEntrySchema):
    """What takes an entry back, whole or in part."""

    entry_id = fields.UUID(required=True)


class EntrySchema(Schema):
    """An entry of the ledger; the case is an opaque code.

    `residual`: what is left of it to liquidate, to pay or to reverse.
    """

    id = fields.UUID(required=True)
    kind = Choice(KINDS, required=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    line_id = fields.UUID(required=True)
    allocation_id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    residual = fields.Nested(MoneySchema, required=True)
    act = Text(required=True)
    document = Text(longest=200, required=True, allow_none=True)
    occurred_on = fields.Date(required=True)
    recorded_at = Instant(required=True)


EntryPage = page_of(EntrySchema)
