"""What the lines of a budget take and answer. Amounts are money: {"amount": "100.23", "currency": "EUR"}."""

from typing import Any

from service.budget.funds.schemas import RESOURCE_KINDS
from service.cases.projects.schemas import FREQUENCIES, UNITS, Quantity
from service.codes import codes_of
from service.problems import language
from service.texts import words
from service.web import fields
from service.web.schemas import (
    Amount,
    CaseFactSchema,
    Choice,
    Code,
    Instant,
    Length,
    MoneySchema,
    PageQuery,
    Schema,
    Text,
    page_of,
)

ROOM = "service.budget"
SOURCES = ("fund", "person", "family", "comune", "asst", "third_sector", "volunteers")
WHO = ("person", "family", "both")
WARNINGS = ("allocation_is_short", "line_is_outside_period", "line_is_not_eligible", "line_overlaps")


class Told(Text):
    """The words of a fact (`code`, `values`) in the reader's language."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str:
        return words(obj.code, obj.values, language())


class AllocationLineSchema(Schema):
    """A line that asks for an allocation's money: no person, no words, an opaque case."""

    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    programme = Code(required=True)
    municipality = fields.String(required=True, allow_none=True)
    resource_kind = Choice(RESOURCE_KINDS, required=True)
    intervention_code = fields.String(required=True, allow_none=True)
    from_on = fields.Date(required=True, allow_none=True)
    to_on = fields.Date(required=True, allow_none=True)
    cost = fields.Nested(MoneySchema, required=True)
    committed = fields.Nested(MoneySchema, required=True)
    liquidated = fields.Nested(MoneySchema, required=True)
    paid = fields.Nested(MoneySchema, required=True)


class AllocationLinesQuery(PageQuery):
    """`is_misaligned`: only the lines whose days are outside the fund's spending period (or only the others)."""

    is_misaligned = fields.Flag(load_default=None)


class ResourceSchema(Schema):
    """A resource of the project's budget, whoever pays it: what, of what quality, how much and how often (intensity), from
    when to when, for which area of life, goal and support, from which provider, as which quota of a shared agreement, as
    which INPS service; in kind or in money, there already or to be activated, managed by the person or not."""

    resource_kind = Choice(RESOURCE_KINDS, required=True)
    description = Text(longest=500, required=True)
    quality = Text(longest=500, load_default=None, allow_none=True)
    quantity = Quantity(load_default=None, allow_none=True)
    unit = Choice(UNITS, load_default=None, allow_none=True)
    frequency = Choice(FREQUENCIES, load_default=None, allow_none=True)
    from_on = fields.Date(load_default=None, allow_none=True)
    to_on = fields.Date(load_default=None, allow_none=True)
    area = Code(load_default=None, allow_none=True)
    quota = Choice(codes_of(ROOM, "quotas"), load_default=None, allow_none=True)
    provider_id = fields.UUID(load_default=None, allow_none=True)
    in_kind = fields.Boolean(load_default=False)
    is_existing = fields.Boolean(load_default=False)
    self_managed = fields.Boolean(load_default=False)
    goal_key = fields.UUID(load_default=None, allow_none=True)
    support_key = fields.UUID(load_default=None, allow_none=True)
    intervention_code = Choice(codes_of(ROOM, "intervention_codes"), load_default=None, allow_none=True)


class NewLineSchema(ResourceSchema):
    """A resource, and who pays it."""

    source = Choice(SOURCES, required=True)
    allocation_id = fields.UUID(load_default=None, allow_none=True)
    cost = fields.Nested(MoneySchema, required=True)


class ShareSchema(Schema):
    """Who bears a part of a cost, in percent: "33.33"."""

    source = Choice(SOURCES, required=True)
    allocation_id = fields.UUID(load_default=None, allow_none=True)
    percent = Amount(required=True)


class NewSharedCostSchema(ResourceSchema):
    """A resource whose cost several sources bear; their percents make 100.00."""

    cost = fields.Nested(MoneySchema, required=True)
    shares = fields.List(fields.Nested(ShareSchema), required=True, validate=Length(2, 10))


class BudgetWarningSchema(Schema):
    """Something odd about a line, which is not refused. `other_line_id`: the line that it may be paid twice with."""

    line_id = fields.UUID(required=True)
    code = Choice(WARNINGS, required=True)
    detail = Told(longest=500, attribute="values", required=True)
    other_line_id = fields.UUID(required=True, allow_none=True)


class LineFieldsSchema(NewLineSchema):
    """A line, and what is committed to it, liquidated and paid; `superseded_at` is set when it was withdrawn."""

    id = fields.UUID(required=True)
    programme = Code(required=True)
    shared_cost_id = fields.UUID(required=True, allow_none=True)
    committed = fields.Nested(MoneySchema, required=True)
    liquidated = fields.Nested(MoneySchema, required=True)
    paid = fields.Nested(MoneySchema, required=True)
    recorded_at = Instant(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class WarnedLineSchema(LineFieldsSchema):
    """A line, and what is odd about it."""

    warnings = fields.List(fields.Nested(BudgetWarningSchema), required=True, validate=Length(0, 1000))


class LineSchema(CaseFactSchema, WarnedLineSchema):
    """A line of the project's budget."""


class LinesSchema(Schema):
    """The lines of a project's budget."""

    items = fields.List(fields.Nested(LineSchema), required=True, validate=Length(0, 1000))


class SharedCostSchema(CaseFactSchema):
    """A cost that several sources bear: a line for each, also one withdrawn since. `cost`: what they make together."""

    id = fields.UUID(required=True)
    cost = fields.Nested(MoneySchema, required=True)
    lines = fields.List(fields.Nested(WarnedLineSchema), required=True, validate=Length(2, 10))


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


AllocationLinePage = page_of(AllocationLineSchema)
