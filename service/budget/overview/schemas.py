"""What the overview of a project's budget takes and answers. Amounts are money: {"amount": "100.23", "currency": "EUR"}."""

from typing import Any

from service.budget.lines.schemas import BudgetWarningSchema, LineFieldsSchema, WarnedLineSchema
from service.cases.projects.schemas import MOST, UNITS, Quantity
from service.cases.records.schemas import VERSION
from service.web import fields
from service.web.schemas import Amount, CaseFactSchema, Choice, Code, Instant, Length, MoneySchema, Number, Schema, Text


class MovedAmount(fields.Decimal):
    """Euro with two digits, below zero where more was reversed than moved: "-100.23"."""

    def __init__(self, **options: Any) -> None:
        shape = {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]{1,12}\.[0-9]{2}$", "maxLength": 16}
        super().__init__(as_string=True, places=2, metadata=shape, **options)


class MovedMoneySchema(Schema):
    """What moved."""

    amount = MovedAmount(required=True)
    currency = Choice(["EUR"], required=True)


class BudgetQuery(Schema):
    """As of the approval of which version; today's budget without."""

    version = Number(1, MOST, strict=False, load_default=None)


class BudgetDifferencesQuery(Schema):
    """From the approval of one version to that of another."""

    one = Number(1, MOST, strict=False, required=True, data_key="from")
    other = Number(1, MOST, strict=False, required=True, data_key="to")


class FiguresSchema(Schema):
    """What lines plan, in money and in worth of what is given in kind, and what moved of it. `residual`: planned in money and
    not committed; `variance`: planned in money and not paid."""

    planned = fields.Nested(MoneySchema, required=True)
    in_kind = fields.Nested(MoneySchema, required=True)
    committed = fields.Nested(MoneySchema, required=True)
    liquidated = fields.Nested(MoneySchema, required=True)
    paid = fields.Nested(MoneySchema, required=True)
    residual = fields.Nested(MoneySchema, required=True)
    variance = fields.Nested(MoneySchema, required=True)


class FiguresOfSchema(FiguresSchema):
    """The figures of a source, a kind of resource or an area of life (none: of the lines that name none)."""

    code = Code(required=True, allow_none=True)


class FiguresOfFundSchema(FiguresSchema):
    """The figures of a fund."""

    code = Code(required=True)
    label = Text(required=True)


class UserShareSchema(Schema):
    """What the person and the family pay in money, and how many percent of all the money (none: there is none)."""

    amount = fields.Nested(MoneySchema, required=True)
    percent = Amount(required=True, allow_none=True)


class InKindSchema(Schema):
    """How much is given in kind, in a unit."""

    unit = Choice(UNITS, required=True, allow_none=True)
    quantity = Quantity(required=True)


class MovedMonthSchema(Schema):
    """What moved in a month (its first day)."""

    month = fields.Date(required=True)
    committed = fields.Nested(MovedMoneySchema, required=True)
    liquidated = fields.Nested(MovedMoneySchema, required=True)
    paid = fields.Nested(MovedMoneySchema, required=True)


class ParticipationFlagsSchema(Schema):
    """How the person and the family take part in the budget."""

    built = fields.Boolean(required=True)
    contributed = fields.Boolean(required=True)
    managed = fields.Boolean(required=True)


class AccountedSchema(Schema):
    """What is accounted for of a line that the person or the family manages, up to which day; `due_on`: the last day that the
    next account covers; `is_due`: it is past and there is none."""

    line_id = fields.UUID(required=True)
    spent = fields.Nested(MoneySchema, required=True)
    accepted = fields.Nested(MoneySchema, required=True)
    refused = fields.Nested(MoneySchema, required=True)
    accounted_to = fields.Date(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    is_due = fields.Boolean(required=True)


class BudgetSchema(CaseFactSchema):
    """The budget of a project, with its figures, at an instant."""

    version = fields.Integer(required=True, allow_none=True, metadata=VERSION)
    as_of = Instant(required=True)
    lines = fields.List(fields.Nested(WarnedLineSchema), required=True, validate=Length(0, 1000))
    totals = fields.Nested(FiguresSchema, required=True)
    by_source = fields.List(fields.Nested(FiguresOfSchema), required=True, validate=Length(0, 20))
    by_resource_kind = fields.List(fields.Nested(FiguresOfSchema), required=True, validate=Length(0, 20))
    by_area = fields.List(fields.Nested(FiguresOfSchema), required=True, validate=Length(0, 100))
    by_fund = fields.List(fields.Nested(FiguresOfFundSchema), required=True, validate=Length(0, 1000))
    user_share = fields.Nested(UserShareSchema, required=True)
    in_kind = fields.List(fields.Nested(InKindSchema), required=True, validate=Length(0, 20))
    months = fields.List(fields.Nested(MovedMonthSchema), required=True, validate=Length(0, 1000))
    participation = fields.Nested(ParticipationFlagsSchema, required=True)
    accounts = fields.List(fields.Nested(AccountedSchema), required=True, validate=Length(0, 1000))
    warnings = fields.List(fields.Nested(BudgetWarningSchema), required=True, validate=Length(0, 1000))


class BudgetDifferencesSchema(CaseFactSchema):
    """The lines that came and went from the approval of one version to that of another."""

    from_version = fields.Integer(required=True, metadata=VERSION)
    to_version = fields.Integer(required=True, metadata=VERSION)
    added = fields.List(fields.Nested(LineFieldsSchema), required=True, validate=Length(0, 1000))
    withdrawn = fields.List(fields.Nested(LineFieldsSchema), required=True, validate=Length(0, 1000))
