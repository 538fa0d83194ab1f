"""What funds and allocations take and answer. Amounts are money: {"amount": "100.23", "currency": "EUR"}."""

from itertools import pairwise
from typing import Any

from marshmallow import ValidationError, validates_schema
from marshmallow.validate import Regexp

from service.codes import codes_of
from service.web import fields
from service.web.schemas import Choice, Code, Instant, Length, MoneySchema, Number, Schema, Text, page_of

CHANGES = ("increase", "cut")
ORIGINS = ("state", "region", "union", "municipality", "private")
RESOURCE_KINDS = ("economic", "instrumental", "professional", "human", "technological")


class FundSchema(Schema):
    """A fund; `origin`: who finances it (`union` is the European Union)."""

    id = fields.UUID(required=True)
    code = Code(required=True)
    name = Text(required=True)
    origin = Choice(ORIGINS, required=True, allow_none=True)


class NewFundSchema(Schema):
    """A fund to open: of those of the catalogue the code is enough."""

    code = Code(required=True)
    name = Text(load_default=None)
    origin = Choice(ORIGINS, load_default=None, allow_none=True)


class CatalogueFundSchema(Schema):
    """A fund that the plans of the Ambiti name; `source` says which."""

    code = Code(required=True)
    name = Text(required=True)
    origin = Choice(ORIGINS, required=True)
    source = Text(required=True)


class FundCatalogueSchema(Schema):
    """The funds that the plans name."""

    items = fields.List(fields.Nested(CatalogueFundSchema), required=True, validate=Length(0, 200))


class ActSchema(Schema):
    """The act (determina, decreto) that decided on an amount, and its day."""

    amount = fields.Nested(MoneySchema, required=True)
    act = Text(required=True)
    occurred_on = fields.Date(required=True)


class RulesSchema(Schema):
    """What an allocation pays, and by when: open where nothing is said.

    Money is committed and found due from `spends_from` to `spends_to`, paid by `report_by`, when the fund is reported to.
    `programmes`, `resource_kinds`, `intervention_codes` (INPS, "PrestazioneDaErogare"): of the lines that it pays, empty for
    any. `plan` and `objective` are the codes of what it serves.
    """

    cup = fields.String(
        load_default=None, allow_none=True, validate=Regexp(r"^[A-Z][A-Z0-9]{14}\Z", error="cup_is_invalid")
    )
    spends_from = fields.Date(load_default=None, allow_none=True)
    spends_to = fields.Date(load_default=None, allow_none=True)
    report_by = fields.Date(load_default=None, allow_none=True)
    programmes = fields.List(Code(), load_default=list, validate=Length(0, 50))
    resource_kinds = fields.List(Choice(RESOURCE_KINDS), load_default=list, validate=Length(0, 5))
    intervention_codes = fields.List(
        Choice(codes_of("service.budget", "intervention_codes")), load_default=list, validate=Length(0, 50)
    )
    plan = fields.String(
        load_default=None, allow_none=True, validate=Regexp(r"^[a-z0-9-]{1,64}\Z", error="code_is_invalid")
    )
    objective = Code(load_default=None, allow_none=True)


class NewAllocationSchema(ActSchema, RulesSchema):
    """Money of a fund for a year, the act that assigned it, and what it pays."""

    year = Number(2000, 2100, required=True)

    @validates_schema(skip_on_field_errors=True)
    def check_order(self, data: dict[str, Any], **options: Any) -> None:
        """Money is spent before it is reported, and an objective is one of a plan."""
        days = [(name, data[name]) for name in ("spends_from", "spends_to", "report_by") if data[name]]
        for (_, before), (name, after) in pairwise(days):
            if after < before:
                raise ValidationError(f"date_is_before_start:{before}", name)
        if data["objective"] and not data["plan"]:
            raise ValidationError("objective_goes_with_plan", "plan")


class AllocationSchema(RulesSchema):
    """An allocation: what it holds, and what of it is committed, liquidated, paid.

    `residual` is not committed; `frozen_to` is the last day that an approved statement reports.
    """

    id = fields.UUID(required=True)
    fund_id = fields.UUID(required=True)
    year = Number(2000, 2100, required=True)
    amount = fields.Nested(MoneySchema, required=True)
    committed = fields.Nested(MoneySchema, required=True)
    liquidated = fields.Nested(MoneySchema, required=True)
    paid = fields.Nested(MoneySchema, required=True)
    residual = fields.Nested(MoneySchema, required=True)
    frozen_to = fields.Date(required=True, allow_none=True)


class AllocationsSchema(Schema):
    """The allocations of a fund."""

    items = fields.List(fields.Nested(AllocationSchema), required=True, validate=Length(0, 200))


class NewAllocationChangeSchema(ActSchema):
    """What raises an allocation or cuts it."""

    kind = Choice(CHANGES, required=True)


class AllocationChangeSchema(ActSchema):
    """A change, the first being what was assigned at the start."""

    id = fields.UUID(required=True)
    allocation_id = fields.UUID(required=True)
    kind = Choice(("initial", *CHANGES), required=True)
    recorded_at = Instant(required=True)


class AllocationChangesSchema(Schema):
    """The changes of an allocation."""

    items = fields.List(fields.Nested(AllocationChangeSchema), required=True, validate=Length(0, 1000))


FundPage = page_of(FundSchema)
