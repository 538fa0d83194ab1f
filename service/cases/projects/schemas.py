"""What projects take and answer."""

from service.cases.programmes.schemas import SIGNERS
from service.cases.records.schemas import VERSION
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Code, Length, Narrative, Schema

STATUSES = ("draft", "approved", "signed")


class GoalSchema(Schema):
    """A goal: in the person's words, and in professional wording."""

    life_domain = Code(required=True)
    in_first_person = Narrative(load_default=None, allow_none=True)
    wording = Narrative(required=True)
    due_on = fields.Date(load_default=None, allow_none=True)


class SupportSchema(Schema):
    """A support and the body that gives it; one of another body than the service counts as involvement of the network."""

    kind = Code(required=True)
    organisation_id = fields.UUID(load_default=None, allow_none=True)
    is_existing = fields.Boolean(load_default=False)
    description = Narrative(load_default=None, allow_none=True)


class NewProjectSchema(Schema):
    """A draft."""

    drafted_on = fields.Date(required=True)
    preferences = Narrative(load_default=None, allow_none=True)
    goals = fields.List(fields.Nested(GoalSchema), load_default=list, validate=Length(0, 50))
    supports = fields.List(fields.Nested(SupportSchema), load_default=list, validate=Length(0, 100))


class ProjectChangesSchema(Schema):
    """A change of a draft (merge patch): a list given replaces the whole list."""

    preferences = Narrative(allow_none=True)
    goals = fields.List(fields.Nested(GoalSchema), validate=Length(0, 50))
    supports = fields.List(fields.Nested(SupportSchema), validate=Length(0, 100))


class ApprovalSchema(Schema):
    """The day of the approval."""

    approved_on = fields.Date(required=True)


class NewSignatureSchema(Schema):
    """A signature put on paper or otherwise, recorded."""

    signer = Choice(SIGNERS, required=True)
    signed_on = fields.Date(required=True)


class SignatureSchema(NewSignatureSchema):
    """A signature and the hash of what was signed."""

    id = fields.UUID(required=True)
    content_hash = fields.Function(
        lambda signature: signature.content_hash.hex(), metadata={"type": "string", "maxLength": 64}
    )


class ProjectSchema(CaseFactSchema):
    """One version of the project."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True, metadata=VERSION)
    status = Choice(STATUSES, required=True)
    version = fields.Integer(required=True, metadata=VERSION)
    author_id = fields.UUID(required=True)
    drafted_on = fields.Date(required=True)
    approved_on = fields.Date(required=True, allow_none=True)
    approved_by = fields.UUID(required=True, allow_none=True)
    signed_on = fields.Date(required=True, allow_none=True)
    preferences = Narrative(required=True, allow_none=True)
    goals = fields.List(fields.Nested(GoalSchema), required=True, validate=Length(0, 50))
    supports = fields.List(fields.Nested(SupportSchema), required=True, validate=Length(0, 100))
    signatures = fields.List(fields.Nested(SignatureSchema), required=True, validate=Length(0, 10))


class ProjectsSchema(Schema):
    """The versions of the project."""

    items = fields.List(fields.Nested(ProjectSchema), required=True, validate=Length(0, 1000))
