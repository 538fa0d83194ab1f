"""What the acts of a case take."""

from service.cases.outcomes.schemas import GoalEndSchema
from service.cases.records.schemas import VERSION, DatedActSchema
from service.web import fields
from service.web.schemas import Code, Length, Narrative, Schema, Text


class AcceptanceSchema(DatedActSchema):
    """The day, and whether the referral was appropriate (absent: not judged)."""

    is_appropriate = fields.Boolean(load_default=None, allow_none=True)


class ReasonedActSchema(DatedActSchema):
    """An act, its day and its reason: a code of the programme's list, and words if they help."""

    reason = Code(required=True)
    note = Narrative(load_default=None, allow_none=True)


class AssignmentSchema(DatedActSchema):
    """The case manager to name."""

    user_id = fields.UUID(required=True)


class StepSchema(DatedActSchema):
    """The stage to reach."""

    stage = Code(required=True)


class ClosureSchema(DatedActSchema):
    """How the case closes: an outcome of its programme, and what became of the goals of which nobody has told yet."""

    outcome = Code(required=True)
    goal_outcomes = fields.List(fields.Nested(GoalEndSchema), load_default=list, validate=Length(0, 50))


class ReopeningSchema(DatedActSchema):
    """Why a closed case goes on."""

    reason = Text(longest=500, required=True)


class AdoptionSchema(DatedActSchema):
    """The newer version of the programme, and the stage in it."""

    version = fields.Integer(required=True, strict=True, metadata=VERSION)
    stage = Code(required=True)


class MilestoneCorrectionSchema(DatedActSchema):
    """The right day of a step, and why it was wrong."""

    reason = Text(longest=500, required=True)


class CaseDepartureSchema(Schema):
    """The first day without the person."""

    to_on = fields.Date(required=True)
