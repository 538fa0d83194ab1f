"""An instrument's definition, as files hold it and as the API answers it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from marshmallow import ValidationError, validates_schema

from service.cases.instruments.rules import DIRECTIONS, MOMENTS, SCORINGS, SENSITIVITIES, Answer
from service.web import fields
from service.web.schemas import Choice, Code, DecimalNumber, Length, Number, Schema, Text


class PointSchema(Schema):
    """A point of a scale."""

    value = Number(-100, 100, required=True)
    label = Text(required=True)


class InstrumentItemSchema(Schema):
    """A question, its scale, its weight in a weighted mean."""

    code = Code(required=True)
    label = Text(longest=500, required=True)
    scale = fields.List(fields.Nested(PointSchema), required=True, validate=Length(2, 20))
    weight = Number(1, 100, load_default=1)


class GoalsSchema(Schema):
    """Questions that each person sets: how many at most, and their scale."""

    most = Number(1, 50, required=True)
    scale = fields.List(fields.Nested(PointSchema), required=True, validate=Length(2, 20))


class ScoredAreaSchema(Schema):
    """A part with a score of its own."""

    code = Code(required=True)
    label = Text(required=True)
    least = DecimalNumber(required=True, data_key="min")
    most = DecimalNumber(required=True, data_key="max")


class InstrumentSchema(Schema):
    """A version of an instrument, whole. Without items and goals, only its result is recorded."""

    code = Code(required=True)
    version = Number(1, 10_000, required=True)
    label = Text(required=True)
    sources = fields.List(Text(longest=500), required=True, validate=Length(1, 20))
    licence = Text(longest=500, required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date()
    sensitivity = Choice(SENSITIVITIES, required=True)
    direction = Choice(DIRECTIONS, required=True)
    least = DecimalNumber(required=True, data_key="min")
    most = DecimalNumber(required=True, data_key="max")
    decimals = Number(0, 2, load_default=0)
    threshold = DecimalNumber()
    moments = fields.List(Choice(MOMENTS), load_default=lambda: list(MOMENTS), validate=Length(1, 4))
    scoring = Choice(SCORINGS)
    items = fields.List(fields.Nested(InstrumentItemSchema), load_default=list, validate=Length(0, 100))
    goals = fields.Nested(GoalsSchema)
    areas = fields.List(fields.Nested(ScoredAreaSchema), load_default=list, validate=Length(0, 50))

    @validates_schema(skip_on_field_errors=True)
    def parts_go_together(self, data: dict[str, Any], **_: Any) -> None:
        """Items or goals with a scoring, or neither with none; only goals bring weights and a T-score."""
        asks = bool(data["items"]) + ("goals" in data)
        if asks > 1 or asks != ("scoring" in data):
            raise ValidationError("there are items or goals, with a scoring; or none of the three", "scoring")
        if asks and data["areas"]:
            raise ValidationError("areas are of instruments without items", "areas")

    @validates_schema(skip_on_field_errors=True)
    def codes_and_points_are_told_apart(self, data: dict[str, Any], **_: Any) -> None:
        """No list says a code, and no scale a value, twice."""
        for name in ("items", "areas"):
            _told_apart(name, (one["code"] for one in data[name]))
        for index, one in enumerate([*data["items"], *([data["goals"]] if "goals" in data else [])]):
            _told_apart(f"scale of question {index + 1}", (point["value"] for point in one["scale"]))

    @validates_schema(skip_on_field_errors=True)
    def limits_are_in_order(self, data: dict[str, Any], **_: Any) -> None:
        """The least is below the most; a validity ends after it begins."""
        for name, one in (("max", data), *((f"areas: {area['code']}: max", area) for area in data["areas"])):
            if one["least"] >= one["most"]:
                raise ValidationError(f"{one['most']} is not above the least, {one['least']}", name)
        if "valid_to" in data and data["valid_to"] < data["valid_from"]:
            raise ValidationError("ends before it begins", "valid_to")
        if "threshold" in data and data["threshold"] <= 0:
            raise ValidationError("a difference that counts is above zero", "threshold")

    @validates_schema(skip_on_field_errors=True)
    def limits_are_those_of_the_answers(self, data: dict[str, Any], **_: Any) -> None:
        """With items, the lowest and the highest answers give the least and the most score."""
        if not data["items"] or "scoring" not in data:
            return
        for name, key, end in (("min", "least", min), ("max", "most", max)):
            answers = [Answer(one["code"], end(point["value"] for point in one["scale"]), one["weight"])
                       for one in data["items"]]  # fmt: skip
            reached = SCORINGS[data["scoring"]](answers)
            if reached != data[key]:
                raise ValidationError(f"the answers reach {reached}, not {data[key]}", name)


def _told_apart(name: str, values: Iterable[Any]) -> None:
    twice = [str(value) for value, times in Counter(values).items() if times > 1]
    if twice:
        raise ValidationError(f"repeated: {', '.join(twice)}", name)


class InstrumentsSchema(Schema):
    """Every version of every instrument."""

    items = fields.List(fields.Nested(InstrumentSchema), required=True, validate=Length(0, 1000))
