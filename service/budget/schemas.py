"""What the budget takes and answers. Amounts are money: {"amount": "100.23", "currency": "EUR"}."""

from service.web import fields
from service.web.schemas import (
    CaseFactSchema,
    Choice,
    Code,
    Instant,
    Length,
    MoneySchema,
    Number,
    Schema,
    Text,
    page_of,
)

RESOURCE_KINDS = ("economic", "instrumental", "professional", "human", "technological")
SOURCES = ("fund", "person", "family", "comune", "asst", "third_sector", "volunteers")
WHO = ("person", "family", "both")


class FundSchema(Schema):
    """A fund."""

    id = fields.UUID(required=True, dump_only=True)
    code = Code(required=True)
    name = Text(required=True)


class NewAllocationSchema(Schema):
    """Money of a fund for a year."""

    year = Number(2000, 2100, required=True)
    amount = fields.Nested(MoneySchema, required=True)


class AllocationSchema(Schema):
    """An allocation with its balances."""

    id = fields.UUID(required=True)
    fund_id = fields.UUID(required=True)
    year = Number(2000, 2100, required=True)
    amount = fields.Nested(MoneySchema, required=True)
    committed = fields.Nested(MoneySchema, required=True)
    liquidated = fields.Nested(MoneySchema, required=True)


class AllocationsSchema(Schema):
    """The allocations of a fund."""

    items = fields.List(fields.Nested(AllocationSchema), required=True, validate=Length(0, 200))


class AllocationLineSchema(Schema):
    """A line that asks for an allocation's money: no person, no words, an opaque case."""

    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    resource_kind = Choice(RESOURCE_KINDS, required=True)
    cost = fields.Nested(MoneySchema, required=True)
    committed = fields.Nested(MoneySchema, required=True)


class NewLineSchema(Schema):
    """A resource of the project's budget."""

    resource_kind = Choice(RESOURCE_KINDS, required=True)
    source = Choice(SOURCES, required=True)
    allocation_id = fields.UUID(load_default=None, allow_none=True)
    description = Text(longest=500, required=True)
    cost = fields.Nested(MoneySchema, required=True)


class LineSchema(CaseFactSchema):
    """A line and what is committed to it."""

    id = fields.UUID(required=True)
    resource_kind = Choice(RESOURCE_KINDS, required=True)
    source = Choice(SOURCES, required=True)
    allocation_id = fields.UUID(required=True, allow_none=True)
    description = Text(longest=500, required=True)
    cost = fields.Nested(MoneySchema, required=True)
    committed = fields.Nested(MoneySchema, required=True)


class LinesSchema(Schema):
    """The lines of a project's budget."""

    items = fields.List(fields.Nested(LineSchema), required=True, validate=Length(0, 1000))


class NewParticipationSchema(Schema):
    """Who took part in the budget and how."""

    who = Choice(WHO, required=True)
    built = fields.Boolean(load_default=False)
    contributed = fields.Boolean(load_default=False)
    managed = fields.Boolean(load_default=False)
    occurred_on = fields.Date(required=True)


class ParticipationSchema(CaseFactSchema, NewParticipationSchema):
    """A recorded participation."""

    id = fields.UUID(required=True)


class ParticipationsSchema(Schema):
    """The participations in a project's budget."""

    items = fields.List(fields.Nested(ParticipationSchema), required=True, validate=Length(0, 1000))


class NewEntrySchema(Schema):
    """An entry of the ledger, with the act (determina) that decided it."""

    amount = fields.Nested(MoneySchema, required=True)
    act = Text(required=True)
    occurred_on = fields.Date(required=True)


class NewCommitmentSchema(NewEntrySchema):
    """Money to commit to a line."""

    line_id = fields.UUID(required=True)


class NewLiquidationSchema(NewEntrySchema):
    """Committed money found due."""

    commitment_id = fields.UUID(required=True)


class EntrySchema(Schema):
    """An entry of the ledger; the case is an opaque code."""

    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    act = Text(required=True)
    occurred_on = fields.Date(required=True)
    recorded_at = Instant(required=True)


FundPage = page_of(FundSchema)
AllocationLinePage = page_of(AllocationLineSchema)
