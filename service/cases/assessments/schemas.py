"""What assessments take and answer."""

from marshmallow import validate

from service.cases.instruments.rules import DIRECTIONS, MOMENTS
from service.cases.records.schemas import DatedActSchema, WithdrawalSchema
from service.web import fields
from service.web.schemas import (
    CaseFactSchema,
    Choice,
    Code,
    DecimalNumber,
    Instant,
    Length,
    Narrative,
    Number,
    PageQuery,
    Schema,
    Text,
    page_of,
)

LETTER = validate.Regexp(r"^[A-Z]\Z", error="code_is_invalid")
SETTINGS = ("single", "EM", "EVM", "UVM")


class AnalysisOutcomeSchema(Schema):
    """The outcome of an analisi preliminare, one of the programme's; the platform's letter as it came."""

    outcome = Code(required=True)
    outcome_letter = fields.String(load_default=None, allow_none=True, validate=LETTER)
    finding = Narrative(load_default=None, allow_none=True)


class NewAnalysisSchema(AnalysisOutcomeSchema, DatedActSchema):
    """The analisi preliminare and its outcome."""


class AnalysisCorrectionSchema(AnalysisOutcomeSchema, WithdrawalSchema):
    """The right outcome of that day's analysis, and why the one recorded was wrong."""


class AnalysisSchema(CaseFactSchema):
    """A closed analisi preliminare; `superseded_at` is set when it was corrected."""

    id = fields.UUID(required=True)
    occurred_on = fields.Date(required=True)
    outcome = Code(required=True)
    outcome_letter = fields.String(required=True, allow_none=True, validate=LETTER)
    finding = Narrative(required=True, allow_none=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class AnalysesSchema(Schema):
    """The preliminary analyses of a case."""

    items = fields.List(fields.Nested(AnalysisSchema), required=True, validate=Length(0, 1000))


class AssessedAreaSchema(Schema):
    """One area: support needed from 0 (none) to 4 (complete), and the finding in words."""

    area = Code(required=True)
    support_need = Number(0, 4, required=True)
    finding = Narrative(load_default=None, allow_none=True)


class AnswerSchema(Schema):
    """The answer to an item. For an instrument whose goals the person sets: the goal in words, and its weight (1)."""

    item = Code(required=True)
    value = Number(-100, 100, required=True)
    weight = Number(1, 100, load_default=None, allow_none=True)
    wording = Text(longest=500, load_default=None, allow_none=True)


class NewResultSchema(Schema):
    """What an instrument gave: its answers, or the score alone where its items are not kept here.

    Without a version, the latest in force on the day. `area`: the part that the score is of; none for the whole.
    """

    instrument = Code(required=True)
    instrument_version = Number(1, 10_000, load_default=None, allow_none=True)
    area = Code(load_default=None, allow_none=True)
    score = DecimalNumber(load_default=None, allow_none=True)
    items = fields.List(fields.Nested(AnswerSchema), load_default=list, validate=Length(0, 100))


class CircumstancesSchema(DatedActSchema):
    """When, at which moment of the path, by whom something was assessed."""

    moment = Choice(MOMENTS, load_default="start")
    setting = Choice(SETTINGS, required=True)
    is_joint_with_asst = fields.Boolean(load_default=False)


class NewInstrumentResultSchema(NewResultSchema, CircumstancesSchema):
    """The result of an instrument, recorded by itself."""


class InstrumentResultSchema(CaseFactSchema):
    """A result with its computed or recorded score; `assessment_id` where it belongs to an assessment."""

    id = fields.UUID(required=True)
    assessment_id = fields.UUID(required=True, allow_none=True)
    instrument = Code(required=True)
    instrument_version = Number(1, 10_000, required=True)
    direction = Choice(DIRECTIONS, required=True)
    area = Code(required=True, allow_none=True)
    score = DecimalNumber(required=True)
    items = fields.List(fields.Nested(AnswerSchema), required=True, validate=Length(0, 100))
    occurred_on = fields.Date(required=True)
    moment = Choice(MOMENTS, required=True)
    setting = Choice(SETTINGS, required=True)
    is_joint_with_asst = fields.Boolean(required=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class AssessmentResultSchema(Schema):
    """A result within its assessment."""

    id = fields.UUID(required=True)
    instrument = Code(required=True)
    instrument_version = Number(1, 10_000, required=True)
    direction = Choice(DIRECTIONS, required=True)
    area = Code(required=True, allow_none=True)
    score = DecimalNumber(required=True)
    items = fields.List(fields.Nested(AnswerSchema), required=True, validate=Length(0, 100))


class NewAssessmentSchema(CircumstancesSchema):
    """An assessment over all the areas of the programme, with the results of its instruments."""

    areas = fields.List(fields.Nested(AssessedAreaSchema), required=True, validate=Length(1, 50))
    results = fields.List(fields.Nested(NewResultSchema), load_default=list, validate=Length(0, 50))


class AssessmentCorrectionSchema(NewAssessmentSchema, WithdrawalSchema):
    """The right assessment, whole, and why the one recorded was wrong."""


class AssessmentSchema(CaseFactSchema):
    """An assessment, with the results that the reader may see; `superseded_at` is set when it was taken back."""

    id = fields.UUID(required=True)
    occurred_on = fields.Date(required=True)
    moment = Choice(MOMENTS, required=True)
    setting = Choice(SETTINGS, required=True)
    is_joint_with_asst = fields.Boolean(required=True)
    areas = fields.List(fields.Nested(AssessedAreaSchema), required=True, validate=Length(0, 50))
    results = fields.List(fields.Nested(AssessmentResultSchema), required=True, validate=Length(0, 50))
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class AssessmentsSchema(Schema):
    """The assessments of a case."""

    items = fields.List(fields.Nested(AssessmentSchema), required=True, validate=Length(0, 1000))


class InstrumentResultQuery(PageQuery):
    """Which results."""

    instrument = Code(load_default=None)


class ChangeQuery(Schema):
    """Which instrument, and the window of days, both ends included."""

    instrument = Code(load_default=None)
    from_on = fields.Date(load_default=None)
    to_on = fields.Date(load_default=None)


class EndSchema(Schema):
    """The first or the last result of a change."""

    id = fields.UUID(required=True)
    occurred_on = fields.Date(required=True)
    moment = Choice(MOMENTS, required=True)
    score = DecimalNumber(required=True)


class ChangeSchema(CaseFactSchema):
    """The first and the last result of one instrument, version and area: never across versions.

    `change` reads any difference by the instrument's direction; `reaches_threshold` is null where it states none.
    """

    instrument = Code(required=True)
    instrument_version = Number(1, 10_000, required=True)
    area = Code(required=True, allow_none=True)
    direction = Choice(DIRECTIONS, required=True)
    first = fields.Nested(EndSchema, required=True)
    last = fields.Nested(EndSchema, required=True)
    difference = DecimalNumber(required=True)
    change = Choice(("better", "same", "worse"), required=True)
    threshold = DecimalNumber(required=True, allow_none=True)
    reaches_threshold = fields.Boolean(required=True, allow_none=True)


class ChangesSchema(Schema):
    """The changes of a case, one for each instrument, version and area measured at least twice."""

    items = fields.List(fields.Nested(ChangeSchema), required=True, validate=Length(0, 1000))


class NewComplexitySchema(Schema):
    """Whether the case is complex from a day on, by which criteria of the programme, and by whom it was judged."""

    from_on = fields.Date(required=True)
    is_complex = fields.Boolean(required=True)
    criteria = fields.List(Code(), load_default=list, validate=Length(0, 20))
    setting = Choice(SETTINGS, required=True)


class ComplexitySchema(CaseFactSchema):
    """A judgement of complexity; `to_on` is the first day of the next one."""

    id = fields.UUID(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    is_complex = fields.Boolean(required=True)
    criteria = fields.List(Code(), required=True, validate=Length(0, 20))
    setting = Choice(SETTINGS, required=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class ComplexitiesSchema(Schema):
    """The judgements of complexity of a case."""

    items = fields.List(fields.Nested(ComplexitySchema), required=True, validate=Length(0, 1000))


InstrumentResultPage = page_of(InstrumentResultSchema)
