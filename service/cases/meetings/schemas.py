"""What minutes take and answer."""

from service.cases.meetings.rules import KINDS, MODES
from service.cases.records.schemas import VERSION
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Instant, Length, Narrative, Number, Schema, Text, page_of


class AttendanceSchema(Schema):
    """Who was called: a member of the team on that day (`member_id`), or a guest by name, body or both."""

    member_id = fields.UUID(load_default=None, allow_none=True)
    guest_name = Text(load_default=None, allow_none=True)
    organisation_id = fields.UUID(load_default=None, allow_none=True)
    is_present = fields.Boolean(load_default=True)
    dissent = Narrative(load_default=None, allow_none=True)


class NewMeetingSchema(Schema):
    """A draft of minutes. `corrects_id`: closed minutes that these supersede when they are closed."""

    kind = Choice(KINDS, required=True)
    held_on = fields.Date(required=True)
    mode = Choice(MODES, required=True)
    place = Text(load_default=None, allow_none=True)
    project_number = Number(1, 10_000, load_default=None, allow_none=True)
    person_present = fields.Boolean(required=True)
    family_present = fields.Boolean(required=True)
    person_view = Narrative(load_default=None, allow_none=True)
    unheard_reason = Narrative(load_default=None, allow_none=True)
    decisions = fields.List(Text(longest=2000), load_default=list, validate=Length(0, 50))
    narrative = Narrative(load_default=None, allow_none=True)
    attendances = fields.List(fields.Nested(AttendanceSchema), load_default=list, validate=Length(0, 50))
    corrects_id = fields.UUID(load_default=None, allow_none=True)
    correction_reason = Text(longest=500, load_default=None, allow_none=True)


class MeetingChangesSchema(Schema):
    """A change of a draft (merge patch): a list given replaces the whole list."""

    kind = Choice(KINDS)
    held_on = fields.Date()
    mode = Choice(MODES)
    place = Text(allow_none=True)
    project_number = Number(1, 10_000, allow_none=True)
    person_present = fields.Boolean()
    family_present = fields.Boolean()
    person_view = Narrative(allow_none=True)
    unheard_reason = Narrative(allow_none=True)
    decisions = fields.List(Text(longest=2000), validate=Length(0, 50))
    narrative = Narrative(allow_none=True)
    attendances = fields.List(fields.Nested(AttendanceSchema), validate=Length(0, 50))


class MinutesClosureSchema(Schema):
    """The day on which the minutes were read and agreed."""

    closed_on = fields.Date(required=True)


class MeetingSchema(CaseFactSchema):
    """Minutes: a draft until `closed_on`, then frozen; superseded by their correction or withdrawn, with the reason."""

    id = fields.UUID(required=True)
    kind = Choice(KINDS, required=True)
    held_on = fields.Date(required=True)
    mode = Choice(MODES, required=True)
    place = Text(required=True, allow_none=True)
    project_number = Number(1, 10_000, required=True, allow_none=True)
    person_present = fields.Boolean(required=True)
    family_present = fields.Boolean(required=True)
    person_view = Narrative(required=True, allow_none=True)
    unheard_reason = Narrative(required=True, allow_none=True)
    decisions = fields.List(Text(longest=2000), required=True, validate=Length(0, 50))
    narrative = Narrative(required=True, allow_none=True)
    attendances = fields.List(fields.Nested(AttendanceSchema), required=True, validate=Length(0, 50))
    version = fields.Integer(required=True, metadata=VERSION)
    author_id = fields.UUID(required=True, attribute="recorded_by")
    closed_on = fields.Date(required=True, allow_none=True)
    content_hash = fields.Function(
        lambda meeting: meeting.content_hash.hex() if meeting.content_hash else None,
        metadata={"type": ["string", "null"], "maxLength": 64},
    )
    corrects_id = fields.UUID(required=True, allow_none=True)
    correction_reason = Text(longest=500, required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)
    supersede_reason = Text(longest=500, required=True, allow_none=True)


MeetingPage = page_of(MeetingSchema)
