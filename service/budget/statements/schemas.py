"""What summaries and statements take and answer."""

from datetime import date

from marshmallow import ValidationError, validates

from service.budget.statements.operations import MEDIA_TYPES
from service.budget.statements.queries import DIMENSIONS
from service.budget.statements.rules import BANDS
from service.types import today
from service.web import fields
from service.web.schemas import Choice, Code, Instant, Length, MoneySchema, Number, Schema, Text, page_of

STATUSES = ("prepared", "approved", "replaced")
MOST_ROWS, MOST_MONTHS = 100_000, 1200


def _signed(pattern: str, longest: int) -> fields.Decimal:
    shape = {"type": "string", "format": "decimal", "pattern": pattern, "maxLength": longest}
    return fields.Decimal(as_string=True, places=2, required=True, metadata=shape)


class SignedMoneySchema(Schema):
    """An amount that may be below zero: a difference, or what a period reversed."""

    amount = _signed(r"^-?[0-9]{1,12}\.[0-9]{2}$", 16)
    currency = Choice(["EUR"], required=True)


def _money() -> fields.Nested:
    return fields.Nested(MoneySchema, required=True)


def _signed_money() -> fields.Nested:
    return fields.Nested(SignedMoneySchema, required=True)


class SummaryQuery(Schema):
    """By which dimension, and the day from which the forecast looks ahead."""

    by = Choice(DIMENSIONS, load_default="programme")
    on = fields.Date(load_default=None)

    @validates("on")
    def _is_not_future(self, on: date | None, data_key: str) -> None:
        if on is not None and on > today():
            raise ValidationError(f"date_is_in_the_future:{today()}")


class CountedSchema(Schema):
    """What happened in a part of an allocation."""

    planned = _signed_money()
    committed = _signed_money()
    liquidated = _signed_money()
    paid = _signed_money()


class PartSchema(CountedSchema):
    """What happened to what has a code: none, for what has no code."""

    code = Text(required=True, allow_none=True)
    label = Text(required=True, allow_none=True)


class MonthSchema(CountedSchema):
    """What happened in a month, given by its first day."""

    month = fields.Date(required=True)


class RatioSchema(Schema):
    """What was paid for each hundred estimated, and its band in the grid of the objectives; none where nothing was."""

    percent = fields.Decimal(as_string=True, places=2, required=True, allow_none=True, metadata={
        "type": "string", "format": "decimal", "pattern": r"^[0-9]{1,18}\.[0-9]{2}$", "maxLength": 21})  # fmt: skip
    band = Choice(BANDS, required=True, allow_none=True)


class SpendingSchema(Schema):
    """What was paid, held against what was allocated and against what the lines of the projects estimated."""

    of_allocated = fields.Nested(RatioSchema, required=True)
    of_planned = fields.Nested(RatioSchema, required=True)


class ForecastSchema(Schema):
    """How the period of the allocation may end.

    `committed_by_year_end`: what is committed, and what lines plan beyond it. `paid_by_year_end`: paid at today's pace to the
    end, within the allocation. `exhausted_on`: when the residual is gone at the pace of the commitments, if it is.
    """

    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)
    committed_by_year_end = _money()
    paid_by_year_end = fields.Nested(MoneySchema, required=True, allow_none=True)
    exhausted_on = fields.Date(required=True, allow_none=True)


class SummarySchema(CountedSchema):
    """Where an allocation stands. `residual`: not committed. `variance`: planned by lines and not committed, or the contrary.

    `frozen_to`: the last day of the last approved statement.
    """

    allocation_id = fields.UUID(required=True)
    on = fields.Date(required=True)
    frozen_to = fields.Date(required=True, allow_none=True)
    amount = _money()
    residual = _money()
    variance = _signed_money()
    by = Choice(DIMENSIONS, required=True)
    rows = fields.List(fields.Nested(PartSchema), required=True, validate=Length(0, MOST_ROWS))
    months = fields.List(fields.Nested(MonthSchema), required=True, validate=Length(0, MOST_MONTHS))
    spending = fields.Nested(SpendingSchema, required=True)
    forecast = fields.Nested(ForecastSchema, required=True)


class NewStatementSchema(Schema):
    """Up to when: the last day of a month."""

    to_on = fields.Date(required=True)


class NewStatementApprovalSchema(Schema):
    """The act that approves a statement."""

    act = Text(required=True)


class StatementApprovalSchema(NewStatementApprovalSchema):
    """The approval of a statement."""

    recorded_at = Instant(required=True)


class StatementHeadSchema(Schema):
    """A statement without its rows: `number` counts the periods, `version` how often this one was prepared.

    `replaced`: prepared anew, and never approved. `digest`: SHA-256 of the content.
    """

    id = fields.UUID(required=True)
    allocation_id = fields.UUID(required=True)
    number = Number(1, 10_000, required=True)
    version = Number(1, 10_000, required=True)
    status = Choice(STATUSES, required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)
    digest = fields.String(required=True, validate=Length(64, 64))
    recorded_at = Instant(required=True)
    approval = fields.Nested(StatementApprovalSchema, required=True, allow_none=True)


class MovedSchema(Schema):
    """What was committed, liquidated and paid; below zero where more was reversed."""

    committed = _signed_money()
    liquidated = _signed_money()
    paid = _signed_money()


class StatementRowSchema(MovedSchema):
    """What moved in the period for a programme, a Comune (ISTAT code) and an intervention code."""

    programme = Code(required=True)
    programme_label = Text(required=True, allow_none=True)
    municipality = Text(required=True, allow_none=True)
    municipality_label = Text(required=True, allow_none=True)
    intervention_code = Text(required=True, allow_none=True)


class StatementSchema(StatementHeadSchema):
    """A statement: `totals` and `rows` of the period, `allocated` and `cumulative` of all that was up to its last day."""

    fund = Code(required=True)
    fund_name = Text(required=True)
    year = Number(2000, 2100, required=True)
    cup = Text(required=True, allow_none=True)
    plan = Text(required=True, allow_none=True)
    objective = Text(required=True, allow_none=True)
    months = fields.List(fields.Date(), required=True, validate=Length(1, MOST_MONTHS))
    allocated = _signed_money()
    totals = fields.Nested(MovedSchema, required=True)
    cumulative = fields.Nested(MovedSchema, required=True)
    rows = fields.List(fields.Nested(StatementRowSchema), required=True, validate=Length(0, MOST_ROWS))


class FileQuery(Schema):
    """The form of the file."""

    format = Choice(tuple(MEDIA_TYPES), load_default="pdf")


StatementPage = page_of(StatementHeadSchema)
