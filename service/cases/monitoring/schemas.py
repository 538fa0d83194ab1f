"""What monitoring takes and answers."""

from service.cases.programmes.schemas import COMPONENTS
from service.cases.records.schemas import CorrectionSchema
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Code, Instant, Length, Narrative, Number, Schema, Text

CHECK_STATUSES = ("held", "missed", "moved")
FOLLOW_UP_STATUSES = ("held", "untraceable", "refused")
SCHOOL_STATUSES = ("attending", "qualified", "changed_path", "interrupted")


class ParticipantSchema(Schema):
    """A component that took part in a check, and the body for which it did."""

    component = Choice(COMPONENTS, required=True)
    organisation_id = fields.UUID(load_default=None, allow_none=True)


class ProgressSchema(Schema):
    """How a goal stands: from -2 (much less than expected) to +2 (much more)."""

    goal_id = fields.UUID(required=True)
    rating = Number(-2, 2, required=True)


class NewCheckSchema(Schema):
    """A check of the project: held on a day, or missed or moved when it was due. `meeting_id`: its minutes."""

    level = Number(1, 2, load_default=1)
    status = Choice(CHECK_STATUSES, required=True)
    due_on = fields.Date(load_default=None, allow_none=True)
    held_on = fields.Date(load_default=None, allow_none=True)
    next_due_on = fields.Date(load_default=None, allow_none=True)
    participants = fields.List(fields.Nested(ParticipantSchema), load_default=list, validate=Length(0, 50))
    progress = fields.List(fields.Nested(ProgressSchema), load_default=list, validate=Length(0, 50))
    meeting_id = fields.UUID(load_default=None, allow_none=True)
    result = Narrative(load_default=None, allow_none=True)
    corrects = fields.Nested(CorrectionSchema, load_default=None, allow_none=True)


class CheckSchema(CaseFactSchema):
    """A check; `superseded_at` is set when it was withdrawn or corrected."""

    id = fields.UUID(required=True)
    level = Number(1, 2, required=True)
    status = Choice(CHECK_STATUSES, required=True)
    due_on = fields.Date(required=True, allow_none=True)
    held_on = fields.Date(required=True, allow_none=True)
    next_due_on = fields.Date(required=True, allow_none=True)
    participants = fields.List(fields.Nested(ParticipantSchema), required=True, validate=Length(0, 50))
    progress = fields.List(fields.Nested(ProgressSchema), required=True, validate=Length(0, 50))
    meeting_id = fields.UUID(required=True, allow_none=True)
    result = Narrative(required=True, allow_none=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class ChecksSchema(Schema):
    """The checks of a case."""

    items = fields.List(fields.Nested(CheckSchema), required=True, validate=Length(0, 1000))


class FollowUpAnswerSchema(Schema):
    """One coded answer."""

    question = Code(required=True)
    answer = Code(required=True)


class NewFollowUpSchema(Schema):
    """An observation after the end of the case; a score names its instrument."""

    months_after = Number(1, 60, required=True)
    occurred_on = fields.Date(required=True)
    status = Choice(FOLLOW_UP_STATUSES, required=True)
    answers = fields.List(fields.Nested(FollowUpAnswerSchema), load_default=list, validate=Length(0, 20))
    instrument = Code(load_default=None, allow_none=True)
    score = Number(-1000, 1000, load_default=None, allow_none=True)
    corrects = fields.Nested(CorrectionSchema, load_default=None, allow_none=True)


class FollowUpSchema(CaseFactSchema):
    """An observation after the end; `ended_on` is the day from which its months run."""

    id = fields.UUID(required=True)
    ended_on = fields.Date(required=True)
    months_after = Number(1, 60, required=True)
    occurred_on = fields.Date(required=True)
    status = Choice(FOLLOW_UP_STATUSES, required=True)
    answers = fields.List(fields.Nested(FollowUpAnswerSchema), required=True, validate=Length(0, 20))
    instrument = Code(required=True, allow_none=True)
    score = Number(-1000, 1000, required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class DueFollowUpSchema(Schema):
    """An observation that is asked for and that nobody has tried; `rule` names the deadline that says when."""

    months_after = Number(1, 60, required=True)
    due_on = fields.Date(required=True)
    rule = Code(required=True, allow_none=True)
    rule_version = Number(1, 10_000, required=True, allow_none=True)


class FollowUpsSchema(Schema):
    """The follow-ups of a case: those tried, and those still due."""

    items = fields.List(fields.Nested(FollowUpSchema), required=True, validate=Length(0, 1000))
    due = fields.List(fields.Nested(DueFollowUpSchema), required=True, validate=Length(0, 10))


class NewJobOutcomeSchema(Schema):
    """A job as observed on a day; the satisfaction with its scale and with who judges, all three or none."""

    employer = Text(required=True)
    contract = Code(required=True)
    weekly_hours = Number(1, 60, required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(load_default=None, allow_none=True)
    observed_on = fields.Date(required=True)
    satisfaction = Number(-1000, 1000, load_default=None, allow_none=True)
    scale = Code(load_default=None, allow_none=True)
    judged_by = Choice(("beneficiary", "operator"), load_default=None, allow_none=True)


class JobOutcomeSchema(CaseFactSchema):
    """A job; `superseded_at` is set when it was recorded by mistake."""

    id = fields.UUID(required=True)
    employer = Text(required=True)
    contract = Code(required=True)
    weekly_hours = Number(1, 60, required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    observed_on = fields.Date(required=True)
    satisfaction = Number(-1000, 1000, required=True, allow_none=True)
    scale = Code(required=True, allow_none=True)
    judged_by = Choice(("beneficiary", "operator"), required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class JobOutcomesSchema(Schema):
    """The jobs observed."""

    items = fields.List(fields.Nested(JobOutcomeSchema), required=True, validate=Length(0, 1000))


class NewSchoolStatusSchema(Schema):
    """Where the person stands with school on a day."""

    status = Choice(SCHOOL_STATUSES, required=True)
    observed_on = fields.Date(required=True)


class SchoolStatusSchema(CaseFactSchema):
    """A status; `superseded_at` is set when it was recorded by mistake."""

    id = fields.UUID(required=True)
    status = Choice(SCHOOL_STATUSES, required=True)
    observed_on = fields.Date(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class SchoolStatusesSchema(Schema):
    """The statuses observed."""

    items = fields.List(fields.Nested(SchoolStatusSchema), required=True, validate=Length(0, 1000))
