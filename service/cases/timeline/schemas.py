"""What the timeline answers."""

from service.web import fields
from service.web.schemas import CaseFactSchema, Code, Instant, Narrative, Text, page_of


class MomentSchema(CaseFactSchema):
    """Something that happened: what kind of fact, which code it carries, when, and whether it was withdrawn.

    `note`: the words written for that step, such as the reason of a suspension, a refusal, a revocation, a transfer.
    """

    id = fields.UUID(required=True)
    kind = Code(required=True)
    code = Code(required=True, allow_none=True)
    note = Narrative(required=True, allow_none=True)
    occurred_on = fields.Date(required=True)
    recorded_at = Instant(required=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)
    supersede_reason = Text(longest=500, required=True, allow_none=True)


MomentPage = page_of(MomentSchema)
