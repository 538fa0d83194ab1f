"""What the worklist and the deadlines of a case answer."""

from marshmallow import validate

from service.cases.programmes.rules import ACTS
from service.web import fields
from service.web.schemas import (
    CaseFactSchema,
    Choice,
    Code,
    Length,
    Number,
    PageQuery,
    PeopleSchema,
    Schema,
    Text,
    page_of,
)
from service.worklist.rules import KINDS

STATUSES = ("open", "met", "late", "suspended", "waived")
LATE_BY = ("source", "service")
SUBJECTS = ("member", "household", "project", "service")
DAYS = {"format": "int32", "minimum": 0, "maximum": 100_000}


def _days() -> fields.Integer:
    return fields.Integer(required=True, metadata=DAYS)


class DeadlineSchema(CaseFactSchema):
    """A term as it stands today. `late_days` are `source_days` (the fact that began it arrived late) and `service_days`.

    `member_id`: for whom it runs, none where it is of the whole case. `anchor` is the fact from which it counts, by name
    and id: when it happened, arrived and was recorded.
    """

    rule = Code(required=True)
    rule_version = Number(1, 10_000, required=True)
    label = Text(required=True)
    subject = Choice(SUBJECTS, required=True)
    member_id = fields.UUID(required=True, allow_none=True)
    anchor = Code(required=True)
    anchor_id = fields.UUID(required=True)
    anchored_on = fields.Date(required=True)
    arrived_on = fields.Date(required=True)
    recorded_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    late_start_on = fields.Date(required=True, allow_none=True)
    status = Choice(STATUSES, required=True)
    is_due_soon = fields.Boolean(required=True)
    met_on = fields.Date(required=True, allow_none=True)
    late_days = _days()
    late_by = Choice(LATE_BY, required=True, allow_none=True)
    source_days = _days()
    service_days = _days()
    waived_because = Code(required=True, allow_none=True)
    consequence = Code(required=True)
    consequence_label = Text(required=True)
    mark = Choice(("S", "S2", "K", "D"), required=True)
    source_note = Text(longest=500, required=True)
    message = Text(longest=1000, required=True)


class DeadlinesSchema(Schema):
    """The terms of a case."""

    items = fields.List(fields.Nested(DeadlineSchema), required=True, validate=Length(0, 1000))


class WorklistQuery(PageQuery):
    """Which items: of one kind, late or not."""

    kind = Choice(KINDS, load_default=None)
    is_late = fields.Flag(load_default=None)


class ItemSchema(PeopleSchema):
    """Something that awaits the reader, in one case. A deadline has a rule and a last day; the rest waits `since` a day.

    `code` is what the digests and calendars call the case. `next_act` is the programme's act that does it; `missing` the
    signers or the judges that are not there yet, or the code for which the approval of a draft would be refused.
    """

    kind = Choice(KINDS, required=True)
    case_id = fields.UUID(required=True)
    code = fields.String(required=True, validate=validate.Regexp(r"^[0-9A-Z]{5}-[0-9A-Z]{5}\Z"))
    person_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True, allow_none=True)
    programme = Code(required=True)
    source_id = fields.UUID(required=True)
    since = fields.Date(required=True, allow_none=True)
    rule = Code(required=True, allow_none=True)
    label = Text(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    is_late = fields.Boolean(required=True)
    late_days = _days()
    late_by = Choice(LATE_BY, required=True, allow_none=True)
    source_days = _days()
    service_days = _days()
    next_act = Choice(ACTS, required=True, allow_none=True)
    missing = fields.List(Code(), required=True, validate=Length(0, 10))
    message = Text(longest=1000, required=True)


ItemPage = page_of(ItemSchema)
