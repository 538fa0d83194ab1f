"""What outcomes take and answer."""

from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Code, Instant, Length, Narrative, Number, Schema

JUDGES = ("beneficiary", "operators")
DESTINATIONS = ("cohousing", "palestra", "housing_first", "own_home", "residential", "altro")


class NewEvaluationSchema(Schema):
    """A judgement. The final one of each judge says whether the project ended well."""

    judge = Choice(JUDGES, required=True)
    pathway_id = fields.UUID(load_default=None, allow_none=True)
    scale = Code(required=True)
    value = Number(0, 1000, required=True)
    is_final = fields.Boolean(load_default=False)
    occurred_on = fields.Date(required=True)
    note = Narrative(load_default=None, allow_none=True)


class EvaluationSchema(CaseFactSchema):
    """A recorded judgement."""

    id = fields.UUID(required=True)
    judge = Choice(JUDGES, required=True)
    pathway_id = fields.UUID(required=True, allow_none=True)
    scale = Code(required=True)
    value = Number(0, 1000, required=True)
    is_final = fields.Boolean(required=True)
    occurred_on = fields.Date(required=True)
    note = Narrative(required=True, allow_none=True)


class EvaluationsSchema(Schema):
    """The judgements of a case."""

    items = fields.List(fields.Nested(EvaluationSchema), required=True, validate=Length(0, 1000))


class NewFamilyExitSchema(Schema):
    """The person left the family unit."""

    occurred_on = fields.Date(required=True)
    destination = Choice(DESTINATIONS, required=True)
    is_temporary = fields.Boolean(load_default=False)
    returned_on = fields.Date(load_default=None, allow_none=True)


class FamilyExitSchema(CaseFactSchema):
    """An exit; `superseded_at` is set when it was recorded by mistake."""

    id = fields.UUID(required=True)
    occurred_on = fields.Date(required=True)
    destination = Choice(DESTINATIONS, required=True)
    is_temporary = fields.Boolean(required=True)
    returned_on = fields.Date(required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class FamilyExitsSchema(Schema):
    """The exits of a case."""

    items = fields.List(fields.Nested(FamilyExitSchema), required=True, validate=Length(0, 1000))
