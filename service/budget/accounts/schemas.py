"""What accounts of self-managed money take and answer. Amounts are money: {"amount": "100.23", "currency": "EUR"}."""

from service.web import fields
from service.web.schemas import CaseFactSchema, Instant, Length, MoneySchema, Schema, Text


class NewExpenseAccountSchema(Schema):
    """What was spent of a self-managed line from a day to another, both included; how much of it is accepted, and why not
    all. `file_id`: the documents, among the files of the case."""

    line_id = fields.UUID(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)
    presented_on = fields.Date(required=True)
    spent = fields.Nested(MoneySchema, required=True)
    accepted = fields.Nested(MoneySchema, required=True)
    refusal_reason = Text(longest=500, load_default=None, allow_none=True)
    file_id = fields.UUID(load_default=None, allow_none=True)


class ExpenseAccountSchema(CaseFactSchema, NewExpenseAccountSchema):
    """An account; `superseded_at` is set when it was withdrawn."""

    id = fields.UUID(required=True)
    recorded_at = Instant(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class ExpenseAccountsSchema(Schema):
    """The accounts of a case's self-managed lines."""

    items = fields.List(fields.Nested(ExpenseAccountSchema), required=True, validate=Length(0, 1000))
