"""Merges: two registered persons found to be the same one, until somebody finds that they are two."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import shown
from service.people.merges import operations, queries
from service.people.merges.schemas import MergeSchema, NewMergeSchema
from service.people.schemas import MistakeSchema
from service.web.answers import answer, location_of
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

merges = Blueprint("merges", __name__, description="Persone registrate due volte")


@merges.operation(
    "POST", "/people/merges", "mergePeople", body=NewMergeSchema, answer=MergeSchema, status=201, creates=True
)
def merge_people(body: dict[str, Any]) -> Response:
    """Say that two persons are the same one."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.merge_people(session, actor, **body))
        return _shown(session, actor, made, status=201, location=location_of("merges.show_merge", merge_id=made))


@merges.operation("GET", "/people/merges/<uuid:merge_id>", "showMerge", answer=MergeSchema)
def show_merge(merge_id: UUID) -> Response:
    """One merge."""
    with transaction() as (session, actor):
        return _shown(session, actor, merge_id)


@merges.operation("POST", "/people/merges/<uuid:merge_id>/undoing", "undoMerge", body=MistakeSchema, answer=MergeSchema)
def undo_merge(merge_id: UUID, body: dict[str, Any]) -> Response:
    """Say that the two are two after all."""
    with transaction() as (session, actor):
        operations.undo_merge(session, actor, merge_id, **body)
        return _shown(session, actor, merge_id)


def _shown(session: Any, actor: Any, merge_id: UUID, *, status: int = 200, location: str | None = None) -> Response:
    require(actor, "people:read")
    found = queries.merge(session, merge_id)
    receipt = shown(session, actor, [found.alias_id, found.person_id], resource_id=merge_id)
    return answer(MergeSchema, found, shown=receipt, status=status, location=location)
