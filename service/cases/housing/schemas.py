"""What dwellings and stays take and answer."""

from service.web import fields
from service.web.schemas import CaseFactSchema, Code, Instant, Length, Number, Schema, Text, page_of

MOST_PLACES, MOST_MODULES = 500, 50


class NewDwellingSchema(Schema):
    """A dwelling and its places. `derogation_act`: the Region's, where it has one; `to_on`: the first day without it."""

    organisation_id = fields.UUID(required=True)
    label = Text(required=True)
    kinds = fields.List(Code(), required=True, validate=Length(1, 10))
    modules = Number(1, MOST_MODULES, load_default=1)
    capacity = Number(0, MOST_PLACES, required=True)
    respite_capacity = Number(0, MOST_PLACES, load_default=0)
    derogation_act = Text(load_default=None, allow_none=True)
    initiative = Code(load_default=None, allow_none=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(load_default=None, allow_none=True)


class DwellingSchema(Schema):
    """A dwelling, and how many of its places are taken today: a number, and nobody."""

    id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    label = Text(required=True)
    kinds = fields.List(Code(), required=True, validate=Length(1, 10))
    modules = Number(1, MOST_MODULES, required=True)
    capacity = Number(0, MOST_PLACES, required=True)
    respite_capacity = Number(0, MOST_PLACES, required=True)
    has_derogation = fields.Boolean(required=True)
    derogation_act = Text(required=True, allow_none=True)
    initiative = Code(required=True, allow_none=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    taken = Number(0, MOST_PLACES, required=True)
    respite_taken = Number(0, MOST_PLACES, required=True)


class DwellingClosureSchema(Schema):
    """The first day without the dwelling."""

    to_on = fields.Date(required=True)


class NewStaySchema(Schema):
    """Somebody enters. `person_id`: who, if not the person of the case; `to_on`: the day of leaving, if it is past."""

    dwelling_id = fields.UUID(required=True)
    kind = Code(required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(load_default=None, allow_none=True)
    is_respite = fields.Boolean(load_default=False)


class StayEndSchema(Schema):
    """The day of leaving."""

    to_on = fields.Date(required=True)


class StaySchema(CaseFactSchema):
    """A stay; `superseded_at` is set when it was recorded by mistake."""

    person_id_of = "person_id"

    id = fields.UUID(required=True)
    dwelling_id = fields.UUID(required=True)
    kind = Code(required=True)
    person_id = fields.UUID(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    is_respite = fields.Boolean(required=True)
    superseded_at = Instant(required=True, allow_none=True)


class StaysSchema(Schema):
    """The stays of a case."""

    items = fields.List(fields.Nested(StaySchema), required=True, validate=Length(0, 1000))


DwellingPage = page_of(DwellingSchema)
