"""What calls, applications and rankings take and answer."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from service.web import fields
from service.web.schemas import (
    CaseFactSchema,
    Code,
    DecimalNumber,
    Instant,
    Length,
    Number,
    PeopleSchema,
    Schema,
    Text,
    page_of,
)

MOST_POINTS = 100
POSITION = {"format": "int32", "minimum": 1, "maximum": 100_000}


class CriterionSchema(Schema):
    """A criterion of urgency: its scale in whole points, and what each point is worth (up to two decimals)."""

    code = Code(required=True)
    weight = DecimalNumber(0, 100, required=True)
    least = Number(0, MOST_POINTS, required=True, data_key="min")
    most = Number(1, MOST_POINTS, required=True, data_key="max")


class NewCallSchema(Schema):
    """A call to open; `closed_on` is its last day, none where applications are taken at any time."""

    code = Code(required=True)
    label = Text(required=True)
    programme = Code(required=True)
    service_id = fields.UUID(required=True)
    ruleset = Code(required=True)
    opened_on = fields.Date(required=True)
    closed_on = fields.Date(load_default=None, allow_none=True)
    criteria = fields.List(fields.Nested(CriterionSchema), required=True, validate=Length(1, 20))


class KeptCriterionSchema(Schema):
    """A criterion as the call keeps it."""

    weight = fields.String(required=True, metadata={"pattern": r"^[0-9]{1,3}\.[0-9]{2}$", "maxLength": 6})
    least = Number(0, MOST_POINTS, required=True, data_key="min", attribute="min")
    most = Number(1, MOST_POINTS, required=True, data_key="max", attribute="max")


class TermsSchema(Schema):
    """What a call ranks by: the version of the rules, its classes (the first one first), scales and weights."""

    ruleset = Code(required=True)
    ruleset_version = Number(1, 10_000, required=True)
    classes = fields.List(Code(), required=True, validate=Length(1, 20))
    criteria = fields.Dict(Code(), fields.Nested(KeptCriterionSchema), required=True)


class CallSchema(Schema):
    """A call."""

    id = fields.UUID(required=True)
    code = Code(required=True)
    label = Text(required=True)
    programme = Code(required=True)
    service_id = fields.UUID(required=True)
    opened_on = fields.Date(required=True)
    closed_on = fields.Date(required=True, allow_none=True)
    terms = fields.Nested(TermsSchema, required=True)


class NewApplicationSchema(Schema):
    """The application of a case: its protocol, its priority class, the points of every criterion of the call."""

    call_id = fields.UUID(required=True)
    protocol_on = fields.Date(required=True)
    protocol_number = Number(1, 999_999_999, required=True)
    priority_class = Code(required=True)
    urgency_scores = fields.Dict(Code(), Number(0, MOST_POINTS), required=True, validate=Length(1, 20))


class ApplicationSchema(CaseFactSchema):
    """An application; `superseded_at` is set when it was withdrawn."""

    id = fields.UUID(required=True)
    call_id = fields.UUID(required=True)
    protocol_on = fields.Date(required=True)
    protocol_number = Number(1, 999_999_999, required=True)
    priority_class = Code(required=True)
    urgency_scores = fields.Dict(Code(), Number(0, MOST_POINTS), required=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class ApplicationsSchema(Schema):
    """The live applications of a case."""

    items = fields.List(fields.Nested(ApplicationSchema), required=True, validate=Length(0, 1000))


class NewRankingSchema(Schema):
    """A ranking to freeze: the act that approves it."""

    act = Text(required=True)


class FrozenSchema(Schema):
    """A ranking without its places."""

    id = fields.UUID(required=True)
    call_id = fields.UUID(required=True)
    number = Number(1, 100_000, required=True)
    size = Number(1, 100_000, required=True)
    digest = fields.String(required=True, metadata={"pattern": "^[0-9a-f]{64}$", "maxLength": 64})
    act = Text(required=True)
    frozen_at = Instant(required=True)


class PlaceSchema(Schema):
    """A place, and what it was given for."""

    position = fields.Integer(required=True, metadata=POSITION)
    case_id = fields.UUID(required=True)
    application_id = fields.UUID(required=True)
    priority_class = Code(required=True)
    score = DecimalNumber(0, 100_000, required=True)
    protocol_on = fields.Date(required=True)
    protocol_number = Number(1, 999_999_999, required=True)


class RankingSchema(PeopleSchema):
    """A frozen ranking: the places of the cases in sight, and how many others it has.

    `is_reproduced`: whether the kept inputs give the digest again; null for who does not read all of them.
    """

    ranking = fields.Nested(FrozenSchema, required=True)
    places = fields.List(fields.Nested(PlaceSchema), required=True, validate=Length(0, 100_000))
    not_shown = fields.Integer(required=True, metadata={"format": "int32", "minimum": 0, "maximum": 100_000})
    is_reproduced = fields.Boolean(required=True, allow_none=True)

    def _people_in(self, rows: Iterable[Any]) -> set[UUID]:
        return {place.person_id for shown in rows for place in shown.places}


CallPage = page_of(CallSchema)
RankingPage = page_of(FrozenSchema)
