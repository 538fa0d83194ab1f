"""What a case lacks for the figures of the plan."""

from uuid import UUID

from flask import Response

from service.actor import require
from service.cases.completeness import queries
from service.cases.completeness.rules import is_complete
from service.cases.completeness.schemas import CompletenessSchema
from service.cases.records.answers import answer_fact
from service.web.blueprints import Blueprint
from service.web.requests import transaction

completeness = Blueprint("completeness", __name__, description="Completezza dei dati del caso")


@completeness.operation("GET", "/cases/<uuid:case_id>/completeness", "showCompleteness", answer=CompletenessSchema)
def show_completeness(case_id: UUID) -> Response:
    """The facts that the programme asks for: which are there, since when, and what to do for the others."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        needed = queries.needed(session, case_id)
        return answer_fact(
            session, actor, CompletenessSchema, case_id, {"is_complete": is_complete(needed), "items": needed}
        )
