"""What outcomes take and answer."""

from service.cases.records.schemas import CorrectionSchema
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Code, Instant, Length, Narrative, Number, Schema

JUDGES = ("beneficiary", "operator", "operators")
DESTINATIONS = ("cohousing", "palestra", "housing_first", "own_home", "residential", "altro")
GOAL_STATUSES = ("reached", "partly", "not_reached", "dropped")


class NewEvaluationSchema(Schema):
    """A judgement of the project, or of the goal or pathway named. The final one of each judge says whether it ended well.

    `operator` is the caller, for the body named; `operators` is what the team agreed on.
    """

    judge = Choice(JUDGES, required=True)
    judge_body_id = fields.UUID(load_default=None, allow_none=True)
    goal_id = fields.UUID(load_default=None, allow_none=True)
    pathway_id = fields.UUID(load_default=None, allow_none=True)
    scale = Code(required=True)
    value = Number(-1000, 1000, required=True)
    is_final = fields.Boolean(load_default=False)
    occurred_on = fields.Date(required=True)
    note = Narrative(load_default=None, allow_none=True)
    corrects = fields.Nested(CorrectionSchema, load_default=None, allow_none=True)


class EvaluationSchema(CaseFactSchema):
    """A recorded judgement; `superseded_at` is set when it was withdrawn or corrected."""

    id = fields.UUID(required=True)
    judge = Choice(JUDGES, required=True)
    operator_id = fields.UUID(required=True, allow_none=True)
    judge_body_id = fields.UUID(required=True, allow_none=True)
    goal_id = fields.UUID(required=True, allow_none=True)
    pathway_id = fields.UUID(required=True, allow_none=True)
    scale = Code(required=True)
    value = Number(-1000, 1000, required=True)
    is_final = fields.Boolean(required=True)
    occurred_on = fields.Date(required=True)
    note = Narrative(required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class EvaluationsSchema(Schema):
    """The judgements of a case."""

    items = fields.List(fields.Nested(EvaluationSchema), required=True, validate=Length(0, 1000))


class VerdictSchema(Schema):
    """What each side says in the end: positive or not; null without a final judgement. Positive together if both are."""

    beneficiary = fields.Boolean(required=True, allow_none=True)
    operators = fields.Boolean(required=True, allow_none=True)
    is_positive = fields.Boolean(required=True)


class JudgedPathwaySchema(Schema):
    """A pathway and its verdict."""

    pathway_id = fields.UUID(required=True)
    verdict = fields.Nested(VerdictSchema, required=True)


class JudgementSchema(CaseFactSchema):
    """How the project and its pathways are judged by both sides."""

    project = fields.Nested(VerdictSchema, required=True)
    pathways = fields.List(fields.Nested(JudgedPathwaySchema), required=True, validate=Length(0, 1000))


class GoalEndSchema(Schema):
    """What became of a goal; the level of attainment goes from -2 to +2, 0 being what was expected."""

    goal_id = fields.UUID(required=True)
    status = Choice(GOAL_STATUSES, required=True)
    gas_level = Number(-2, 2, load_default=None, allow_none=True)
    note = Narrative(load_default=None, allow_none=True)


class NewGoalOutcomeSchema(GoalEndSchema):
    """What became of a goal, and when; or the correction of what was told."""

    occurred_on = fields.Date(required=True)
    corrects = fields.Nested(CorrectionSchema, load_default=None, allow_none=True)


class GoalOutcomeSchema(CaseFactSchema):
    """What became of a goal; `superseded_at` is set when it was withdrawn or corrected."""

    id = fields.UUID(required=True)
    goal_id = fields.UUID(required=True)
    status = Choice(GOAL_STATUSES, required=True)
    gas_level = Number(-2, 2, required=True, allow_none=True)
    occurred_on = fields.Date(required=True)
    note = Narrative(required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class ToldGoalSchema(Schema):
    """A goal of the signed project, and whether anybody said what became of it."""

    goal_id = fields.UUID(required=True)
    life_domain = Code(required=True)
    wording = Narrative(required=True)
    has_outcome = fields.Boolean(required=True)


class GoalOutcomesSchema(Schema):
    """The outcomes told, and the goals of the signed project in force."""

    items = fields.List(fields.Nested(GoalOutcomeSchema), required=True, validate=Length(0, 1000))
    goals = fields.List(fields.Nested(ToldGoalSchema), required=True, validate=Length(0, 50))


class NewFamilyExitSchema(Schema):
    """The person left the family unit."""

    occurred_on = fields.Date(required=True)
    destination = Choice(DESTINATIONS, required=True)
    is_temporary = fields.Boolean(load_default=False)
    lived_with_family_at_start = fields.Boolean(load_default=None, allow_none=True)
    returned_on = fields.Date(load_default=None, allow_none=True)


class FamilyReturnSchema(Schema):
    """The day on which the person came back."""

    returned_on = fields.Date(required=True)


class FamilyExitSchema(CaseFactSchema):
    """An exit; `superseded_at` is set when it was recorded by mistake, or when the person came back."""

    id = fields.UUID(required=True)
    occurred_on = fields.Date(required=True)
    destination = Choice(DESTINATIONS, required=True)
    is_temporary = fields.Boolean(required=True)
    lived_with_family_at_start = fields.Boolean(required=True, allow_none=True)
    returned_on = fields.Date(required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class FamilyExitsSchema(Schema):
    """The exits of a case."""

    items = fields.List(fields.Nested(FamilyExitSchema), required=True, validate=Length(0, 1000))
