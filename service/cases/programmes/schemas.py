"""A programme's definition, as files hold it and as the API answers it."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from service.cases.programmes.rules import ACTS, MILESTONES
from service.web import fields
from service.web.schemas import Choice, Code, Length, Schema, Text

COMPONENTS = ("social", "clinical", "school", "psychological", "work", "housing", "private_social", "family")
SIGNERS = ("person", "legal_representative", "case_manager", "service")


class MoveSchema(Schema):
    """An act: stages in which it is allowed, stage after it, milestones that it writes."""

    stages = fields.List(Code(), required=True, data_key="from", validate=Length(1, 30))
    to = Code()
    milestones = fields.List(Choice(MILESTONES), validate=Length(0, 5))


class AreaSchema(Schema):
    """An area of the multidimensional assessment."""

    code = Code(required=True)
    label = Text(required=True)


class OutcomeSchema(Schema):
    """A way in which a case closes."""

    code = Code(required=True)
    label = Text(required=True)
    milestone = Choice(("concluded", "abandoned"), required=True, allow_none=True)
    stages = fields.List(Code(), data_key="from", validate=Length(1, 30))


class DefinitionSchema(Schema):
    """A programme's version, whole."""

    code = Code(required=True)
    version = fields.Integer(required=True, strict=True, metadata={"format": "int32", "minimum": 1, "maximum": 10_000})
    label = Text(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date()
    sources = fields.List(Text(longest=500), required=True, validate=Length(1, 50))
    groups = fields.List(Code(), required=True, validate=Length(0, 20))
    first_stage = Code(required=True)
    moves = fields.Dict(Choice(ACTS), fields.Nested(MoveSchema), required=True)
    assessment_areas = fields.List(fields.Nested(AreaSchema), required=True, validate=Length(1, 50))
    team_components = fields.List(Choice(COMPONENTS), required=True, validate=Length(1, 10))
    signers = fields.List(Choice(SIGNERS), required=True, validate=Length(1, 10))
    outcomes = fields.List(fields.Nested(OutcomeSchema), required=True, validate=Length(1, 50))

    @validates_schema(skip_on_field_errors=True)
    def stages_are_reachable(self, data: dict[str, Any], **_: Any) -> None:
        """Every stage that a move or an outcome names is the first one or is reached by some move."""
        reached = {data["first_stage"], *(move["to"] for move in data["moves"].values() if "to" in move)}
        named = {stage for move in data["moves"].values() for stage in move["stages"]}
        named |= {stage for outcome in data["outcomes"] for stage in outcome.get("stages", ())}
        missing = set(ACTS) - set(data["moves"])
        if named - reached or missing:
            raise ValidationError(f"programme_is_incomplete:{', '.join(sorted((named - reached) | missing))}")


class ProgrammesSchema(Schema):
    """The programmes in force and past."""

    items = fields.List(fields.Nested(DefinitionSchema), required=True, validate=Length(0, 100))
