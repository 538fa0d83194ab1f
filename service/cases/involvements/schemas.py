"""What involvements take and answer."""

from service.cases.involvements.rules import FAMILY_KINDS, PHASES
from service.cases.programmes.schemas import COMPONENTS
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Instant, Length, Narrative, Schema


class NewBodyInvolvementSchema(Schema):
    """A body that took part in a phase of the project, and what shows it."""

    organisation_id = fields.UUID(required=True)
    component = Choice(COMPONENTS, required=True)
    phase = Choice(PHASES, required=True)
    occurred_on = fields.Date(required=True)
    evidence = Narrative(required=True)
    meeting_id = fields.UUID(load_default=None, allow_none=True)


class BodyInvolvementSchema(CaseFactSchema):
    """An involvement of a body."""

    id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    component = Choice(COMPONENTS, required=True)
    phase = Choice(PHASES, required=True)
    occurred_on = fields.Date(required=True)
    evidence = Narrative(required=True, allow_none=True)
    meeting_id = fields.UUID(required=True, allow_none=True)
    recorded_at = Instant(required=True)


class BodyInvolvementsSchema(Schema):
    """The live involvements of bodies."""

    items = fields.List(fields.Nested(BodyInvolvementSchema), required=True, validate=Length(0, 1000))


class NewFamilyInvolvementSchema(Schema):
    """How the family took part; `is_possible` false and no kind: there is no family network."""

    kind = Choice(FAMILY_KINDS, load_default=None, allow_none=True)
    is_possible = fields.Boolean(load_default=True)
    occurred_on = fields.Date(required=True)
    evidence = Narrative(required=True)
    meeting_id = fields.UUID(load_default=None, allow_none=True)


class FamilyInvolvementSchema(CaseFactSchema):
    """An involvement of the family."""

    id = fields.UUID(required=True)
    kind = Choice(FAMILY_KINDS, required=True, allow_none=True)
    is_possible = fields.Boolean(required=True)
    occurred_on = fields.Date(required=True)
    evidence = Narrative(required=True, allow_none=True)
    meeting_id = fields.UUID(required=True, allow_none=True)
    recorded_at = Instant(required=True)


class FamilyInvolvementsSchema(Schema):
    """The live involvements of the family."""

    items = fields.List(fields.Nested(FamilyInvolvementSchema), required=True, validate=Length(0, 1000))
