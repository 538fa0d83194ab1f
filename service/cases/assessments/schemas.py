"""What assessments take and answer."""

from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Code, Length, Narrative, Number, Schema

SETTINGS = ("single", "EM", "EVM", "UVM")


class AssessedAreaSchema(Schema):
    """One area: support needed from 0 (none) to 4 (complete), and the finding in words."""

    area = Code(required=True)
    support_need = Number(0, 4, required=True)
    finding = Narrative(load_default=None, allow_none=True)


class NewAssessmentSchema(Schema):
    """An assessment over all the areas of the programme."""

    occurred_on = fields.Date(required=True)
    setting = Choice(SETTINGS, required=True)
    areas = fields.List(fields.Nested(AssessedAreaSchema), required=True, validate=Length(1, 50))


class AssessmentSchema(CaseFactSchema):
    """An assessment."""

    id = fields.UUID(required=True)
    occurred_on = fields.Date(required=True)
    setting = Choice(SETTINGS, required=True)
    areas = fields.List(fields.Nested(AssessedAreaSchema), required=True, validate=Length(0, 50))
    recorded_by = fields.UUID(required=True)


class AssessmentsSchema(Schema):
    """The assessments of a case."""

    items = fields.List(fields.Nested(AssessmentSchema), required=True, validate=Length(0, 1000))
