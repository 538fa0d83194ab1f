"""What the diary takes and answers."""

from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Code, Instant, Length, Narrative, Number, Schema, page_of

PATHWAY_KINDS = (
    "inserimento_lavorativo", "socio_occupazionale", "formativo", "esperienziale", "antidispersione", "autonomia_msna",
    "giustizia_riparativa",
)  # fmt: skip
END_CODES = ("completed", "interrupted", "passed_on")


class NewInterventionSchema(Schema):
    """Something done, and the body that did it."""

    kind = Code(required=True)
    occurred_on = fields.Date(required=True)
    minutes = Number(1, 1440, required=True)
    organisation_id = fields.UUID(required=True)
    note = Narrative(load_default=None, allow_none=True)


class InterventionSchema(CaseFactSchema):
    """An entry of the diary."""

    id = fields.UUID(required=True)
    kind = Code(required=True)
    occurred_on = fields.Date(required=True)
    minutes = Number(1, 1440, required=True)
    organisation_id = fields.UUID(required=True)
    note = Narrative(required=True, allow_none=True)
    recorded_at = Instant(required=True)
    recorded_by = fields.UUID(required=True)


class NewPathwaySchema(Schema):
    """A pathway that begins."""

    kind = Choice(PATHWAY_KINDS, required=True)
    from_on = fields.Date(required=True)


class PathwayEndSchema(Schema):
    """How and when a pathway ended."""

    ended_on = fields.Date(required=True)
    end_code = Choice(END_CODES, required=True)


class PathwaySchema(CaseFactSchema):
    """A pathway, with its end if it has one."""

    id = fields.UUID(required=True)
    kind = Choice(PATHWAY_KINDS, required=True)
    from_on = fields.Date(required=True)
    ended_on = fields.Date(required=True, allow_none=True)
    end_code = Choice(END_CODES, required=True, allow_none=True)


class PathwaysSchema(Schema):
    """The pathways of a case."""

    items = fields.List(fields.Nested(PathwaySchema), required=True, validate=Length(0, 1000))


InterventionPage = page_of(InterventionSchema)
