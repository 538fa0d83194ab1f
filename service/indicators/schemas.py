"""A plan's file, and what plans and their indicators answer."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, validates_schema

from service.web import fields
from service.web.schemas import Choice, Instant, Length, Schema

FAMILIES = ("input", "output", "process", "outcome")
VALUE_TYPES = (
    "count", "percentage", "score", "yes_no", "milestone", "document", "hours", "days", "amount", "qualitative", "date",
    "duration",
)  # fmt: skip
BASES = ("plan_period", "annual_mean", "per_year", "biennium", "point_in_time", "unstated")
SOURCES = ("cases", "activities", "survey", "external", "manual", "unclear")
INT32 = {"format": "int32", "minimum": 0, "maximum": 2**31 - 1}


def _sentence(**options: object) -> fields.String:
    return fields.String(validate=Length(1, 2000), **options)  # type: ignore[arg-type]


def _plan_code() -> fields.String:
    return fields.String(required=True, validate=Length(1, 64))


class IndicatorFileSchema(Schema):
    """An indicator in a plan's file. `expected` of an input is its starting value."""

    code = _plan_code()
    family = Choice(FAMILIES, required=True)
    action = fields.String()
    statement = _sentence(required=True)
    value_type = Choice(VALUE_TYPES, required=True)
    expected = fields.Decimal(required=True, allow_none=True)
    basis = Choice(BASES, required=True)
    fed_by = Choice(SOURCES, required=True)
    measure = fields.Raw()


class ResourceFileSchema(Schema):
    """Money that an objective counts on."""

    amount = fields.Decimal()
    currency = Choice(["EUR"])
    fund = fields.String()


class ObjectiveFileSchema(Schema):
    """An objective in a plan's file."""

    code = _plan_code()
    macro_area = _plan_code()
    policy_areas = fields.List(fields.String())
    title = _sentence(required=True)
    resources = fields.List(fields.Nested(ResourceFileSchema))
    actions = fields.List(fields.String())
    indicators = fields.List(fields.Nested(IndicatorFileSchema), required=True)


def _is_day(value: object) -> None:
    if type(value) is not date:
        raise ValidationError("must be a day, as 2021-01-01")


class PlanContentSchema(Schema):
    """The plan in its file."""

    code = _plan_code()
    title = _sentence(required=True)
    ambito = _plan_code()
    lead_body = fields.String()
    period_start = fields.Raw(required=True, validate=_is_day)
    period_end = fields.Raw(required=True, validate=_is_day)
    objectives = fields.List(fields.Nested(ObjectiveFileSchema), required=True)

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """A period ends after it begins."""
        if data["period_end"] < data["period_start"]:
            raise ValidationError("the period ends before it begins", "period_end")


class PlanFileSchema(Schema):
    """A plan's file."""

    plan = fields.Nested(PlanContentSchema, required=True)


class PlanSchema(Schema):
    """A Piano di Zona."""

    code = _plan_code()
    version = fields.Integer(required=True, metadata=INT32)
    title = _sentence(required=True)
    ambito = _plan_code()
    period_start = fields.Date(required=True)
    period_end = fields.Date(required=True)


class PromiseSchema(Schema):
    """An indicator as the plan promised it. `has_measure`: case records compute it."""

    code = _plan_code()
    family = Choice(FAMILIES, required=True)
    statement = _sentence(required=True)
    value_type = Choice(VALUE_TYPES, required=True)
    expected = fields.Decimal(
        required=True, allow_none=True, as_string=True, metadata={"type": "string", "maxLength": 20}
    )
    basis = Choice(BASES, required=True)
    fed_by = Choice(SOURCES, required=True)
    has_measure = fields.Boolean(required=True)


class ObjectiveSchema(Schema):
    """An objective with what it promised."""

    code = _plan_code()
    macro_area = _plan_code()
    title = _sentence(required=True)
    indicators = fields.List(fields.Nested(PromiseSchema), required=True, validate=Length(0, 100))


class WholePlanSchema(PlanSchema):
    """A plan with its objectives."""

    objectives = fields.List(fields.Nested(ObjectiveSchema), required=True, validate=Length(0, 200))


class PlansSchema(Schema):
    """The plans."""

    items = fields.List(fields.Nested(PlanSchema), required=True, validate=Length(0, 100))


class ValuesQuery(Schema):
    """`on` which day, as `known_at` which instant; today and now if absent."""

    on = fields.Date()
    known_at = Instant()


def _decimal() -> fields.Decimal:
    return fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"type": "string", "maxLength": 20})


class ValueSchema(Schema):
    """The value of an indicator: per cent for a share, with numerator and denominator, and how many records lack what the
    measure needs. Suppressed values carry no number."""

    code = _plan_code()
    family = Choice(FAMILIES, required=True)
    statement = _sentence(required=True)
    value_type = Choice(VALUE_TYPES, required=True)
    expected = _decimal()
    value = _decimal()
    numerator = fields.Integer(required=True, allow_none=True, metadata=INT32)
    denominator = fields.Integer(required=True, allow_none=True, metadata=INT32)
    missing = fields.Integer(required=True, allow_none=True, metadata=INT32)
    measure_version = fields.Integer(required=True, metadata=INT32)
    is_suppressed = fields.Boolean(required=True)


class ValuesSchema(Schema):
    """The values of a plan's indicators."""

    plan = _plan_code()
    plan_version = fields.Integer(required=True, metadata=INT32)
    on = fields.Date(required=True)
    known_at = Instant(required=True)
    items = fields.List(fields.Nested(ValueSchema), required=True, validate=Length(0, 1000))


class OneValueSchema(ValueSchema):
    """The value of one indicator."""

    plan = _plan_code()
    plan_version = fields.Integer(required=True, metadata=INT32)
    on = fields.Date(required=True)
    known_at = Instant(required=True)


class NewSnapshotSchema(Schema):
    """The end of a half-year to freeze."""

    on = fields.Date(required=True)


class SnapshotHeadSchema(Schema):
    """When values were frozen."""

    id = fields.UUID(required=True)
    plan = _plan_code()
    plan_version = fields.Integer(required=True, metadata=INT32)
    on = fields.Date(required=True)
    known_at = Instant(required=True)


class SnapshotSchema(SnapshotHeadSchema):
    """Values frozen at the end of a half-year, after suppression of small numbers."""

    items = fields.List(fields.Nested(ValueSchema), required=True, validate=Length(0, 1000))


class SnapshotsSchema(Schema):
    """The snapshots of a plan."""

    items = fields.List(fields.Nested(SnapshotHeadSchema), required=True, validate=Length(0, 100))
