"""The log, for the DPO. Reading the log is on the log."""

from typing import Any

from flask import Response

from service.actor import require
from service.audit.desk import queries
from service.audit.desk.schemas import CheckpointSchema, EventPage, EventQuery, EventSchema
from service.audit.log.operations import record
from service.errors import NotFound
from service.web.answers import answer, answer_page
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import transaction

audit = Blueprint("audit", __name__, description="Registro degli accessi")


@audit.operation("GET", "/audit/events", "listEvents", query=EventQuery, answer=EventPage)
def list_events(query: dict[str, Any]) -> Response:
    """The events of the log, the last one first."""
    with transaction() as (session, actor):
        require(actor, "audit:read")
        rows = queries.events(session, **query)
        record(session, actor, actor.origin.action, outcome="shown", case_id=query.get("case_id"),
               people=[query["person_id"]] if "person_id" in query else [])  # fmt: skip
        return answer_page(EventSchema, paged(rows, limit=query["limit"], scope="events", id_of=lambda row: row["id"]))


@audit.operation("GET", "/audit/checkpoints/last", "showCheckpoint", answer=CheckpointSchema)
def show_checkpoint() -> Response:
    """The last sealed head of the log."""
    with transaction() as (session, actor):
        require(actor, "audit:read")
        head = queries.last_head(session)
        if head is None:
            raise NotFound("log_is_not_sealed_yet")
        record(session, actor, actor.origin.action, outcome="shown")
        return answer(CheckpointSchema, head)
