"""What the acts of a case take."""

from service.cases.records.schemas import DatedActSchema
from service.web import fields
from service.web.schemas import Code


class AssignmentSchema(DatedActSchema):
    """The case manager to name."""

    user_id = fields.UUID(required=True)


class ClosureSchema(DatedActSchema):
    """How the case closes: an outcome of its programme."""

    outcome = Code(required=True)
