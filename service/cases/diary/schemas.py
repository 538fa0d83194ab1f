"""What the diary takes and answers."""

from service.cases.diary.models import OUTCOMES
from service.cases.records.schemas import DatedActSchema, WithdrawalSchema
from service.web import fields
from service.web.schemas import (
    CaseFactSchema,
    Choice,
    Code,
    Instant,
    Length,
    Narrative,
    Number,
    PageQuery,
    Quantity,
    Schema,
    page_of,
)

PATHWAY_KINDS = (
    "inserimento_lavorativo", "socio_occupazionale", "formativo", "esperienziale", "antidispersione", "autonomia_msna",
    "giustizia_riparativa",
)  # fmt: skip
MOST_AT_ONCE, MOST_PARTIES = 100, 30
END_CODES = ("completed", "interrupted", "passed_on")


class NewConvocationSchema(DatedActSchema):
    """An appointment: the day on which it was set, and the day for which (it may lie ahead)."""

    appointment_on = fields.Date(required=True)
    note = Narrative(load_default=None, allow_none=True)


class ConvocationSchema(CaseFactSchema):
    """An appointment set, and what became of it."""

    id = fields.UUID(required=True)
    occurred_on = fields.Date(required=True)
    appointment_on = fields.Date(required=True)
    note = Narrative(required=True, allow_none=True)
    recorded_by = fields.UUID(required=True)
    outcome = Choice(OUTCOMES, required=True, allow_none=True)
    outcome_on = fields.Date(required=True, allow_none=True)
    reason_code = Code(required=True, allow_none=True)
    moved_to_id = fields.UUID(required=True, allow_none=True)


class ConvocationOutcomeSchema(DatedActSchema):
    """What became of an appointment, and the day on which it was known. `moved_to_id`: the appointment that follows."""

    outcome = Choice(OUTCOMES, required=True)
    reason_code = Code(load_default=None, allow_none=True)
    moved_to_id = fields.UUID(load_default=None, allow_none=True)


class ConvocationsSchema(Schema):
    """The appointments of a case."""

    items = fields.List(fields.Nested(ConvocationSchema), required=True, validate=Length(0, 1000))


class NewInterventionSchema(Schema):
    """Something done, and the body that did it: for so many minutes, or so much of a unit, or both."""

    kind = Code(required=True)
    occurred_on = fields.Date(required=True)
    minutes = Number(1, 1440, load_default=None, allow_none=True)
    quantity = Quantity(load_default=None, allow_none=True)
    unit = Code(load_default=None, allow_none=True)
    mode = Code(load_default=None, allow_none=True)
    organisation_id = fields.UUID(required=True)
    is_person_present = fields.Boolean(load_default=False)
    is_family_present = fields.Boolean(load_default=False)
    member_ids = fields.List(fields.UUID(), load_default=list, validate=Length(0, MOST_PARTIES))
    person_ids = fields.List(fields.UUID(), load_default=list, validate=Length(0, MOST_PARTIES))
    organisation_ids = fields.List(fields.UUID(), load_default=list, validate=Length(0, MOST_PARTIES))
    goal_id = fields.UUID(load_default=None, allow_none=True)
    support_id = fields.UUID(load_default=None, allow_none=True)
    note = Narrative(load_default=None, allow_none=True)


class NewInterventionsSchema(Schema):
    """Many things done, recorded all or none."""

    items = fields.List(fields.Nested(NewInterventionSchema), required=True, validate=Length(1, MOST_AT_ONCE))


class InterventionCorrectionSchema(WithdrawalSchema):
    """Why an entry was wrong, and the right one if there is one."""

    replacement = fields.Nested(NewInterventionSchema, load_default=None, allow_none=True)


class InterventionSchema(CaseFactSchema):
    """An entry of the diary; `superseded_at` is set when it was recorded by mistake."""

    id = fields.UUID(required=True)
    kind = Code(required=True)
    occurred_on = fields.Date(required=True)
    minutes = Number(1, 1440, required=True, allow_none=True)
    quantity = Quantity(required=True, allow_none=True)
    unit = Code(required=True, allow_none=True)
    mode = Code(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True)
    is_person_present = fields.Boolean(required=True)
    is_family_present = fields.Boolean(required=True)
    member_ids = fields.List(fields.UUID(), required=True, validate=Length(0, MOST_PARTIES))
    person_ids = fields.List(fields.UUID(), required=True, validate=Length(0, MOST_PARTIES))
    organisation_ids = fields.List(fields.UUID(), required=True, validate=Length(0, MOST_PARTIES))
    goal_id = fields.UUID(required=True, allow_none=True)
    support_id = fields.UUID(required=True, allow_none=True)
    note = Narrative(required=True, allow_none=True)
    batch_id = fields.UUID(required=True, allow_none=True)
    replaces_id = fields.UUID(required=True, allow_none=True)
    recorded_at = Instant(required=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class BatchSchema(Schema):
    """What was recorded in one request, in its order."""

    items = fields.List(fields.Nested(InterventionSchema), required=True, validate=Length(0, MOST_AT_ONCE))


class InterventionsQuery(PageQuery):
    """Which entries: those of one batch, if it is named."""

    batch_id = fields.UUID()


class NewPathwaySchema(Schema):
    """A pathway that begins. `person_id`: who follows it, if not the person of the case; `shared_key`: one key of your own
    for all the cases of those who follow it together."""

    kind = Choice(PATHWAY_KINDS, required=True)
    from_on = fields.Date(required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    shared_key = Code(load_default=None, allow_none=True)


class PathwayEndSchema(Schema):
    """How and when a pathway ended, what came of it, the day of the certificate."""

    ended_on = fields.Date(required=True)
    end_code = Choice(END_CODES, required=True)
    outcome_code = Code(load_default=None, allow_none=True)
    certificate_issued_on = fields.Date(load_default=None, allow_none=True)


class PathwaySchema(CaseFactSchema):
    """A pathway, with its end if it has one; `superseded_at` is set when it was recorded by mistake."""

    person_id_of = "person_id"

    id = fields.UUID(required=True)
    kind = Choice(PATHWAY_KINDS, required=True)
    from_on = fields.Date(required=True)
    person_id = fields.UUID(required=True)
    shared_key = Code(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    end_code = Choice(END_CODES, required=True, allow_none=True)
    outcome_code = Code(required=True, allow_none=True)
    is_positive = fields.Boolean(required=True, allow_none=True)
    certificate_issued_on = fields.Date(required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class PathwaysSchema(Schema):
    """The pathways of a case."""

    items = fields.List(fields.Nested(PathwaySchema), required=True, validate=Length(0, 1000))


InterventionPage = page_of(InterventionSchema)
