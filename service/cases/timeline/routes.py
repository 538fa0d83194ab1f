"""Everything that happened in a case."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.cases.records.operations import sight_of
from service.cases.timeline import queries
from service.cases.timeline.schemas import MomentPage, MomentSchema
from service.web.answers import answer_page
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import transaction
from service.web.schemas import PageQuery

timeline = Blueprint("timeline", __name__, description="Storia del caso")


@timeline.operation("GET", "/cases/<uuid:case_id>/timeline", "showTimeline", query=PageQuery, answer=MomentPage)
def show_timeline(case_id: UUID, query: dict[str, Any]) -> Response:
    """Everything that happened, the latest day first, what was withdrawn too; facts out of sight are not in it."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        receipt = sight_of(session, actor, case_id)
        rows = queries.timeline(session, case_id, **query)
        return answer_page(MomentSchema, paged(rows, limit=query["limit"], scope=f"timeline:{case_id}"), shown=receipt)
