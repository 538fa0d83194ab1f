"""What is due in a case, and what awaits who asks."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import shown
from service.cases.records.answers import answer_facts
from service.clocks.deadlines import Deadline
from service.problems import language
from service.texts import words
from service.types import today
from service.web.answers import answer_page
from service.web.blueprints import Blueprint
from service.web.requests import transaction
from service.worklist import queries
from service.worklist.deadlines import Due, deadlines_of
from service.worklist.items import page_of_items
from service.worklist.rules import Item
from service.worklist.schemas import DeadlineSchema, DeadlinesSchema, ItemPage, ItemSchema, WorklistQuery

worklist = Blueprint("worklist", __name__, description="Scadenze e cose da fare")
_TOLD = ("label", "due_on", "late_days", "late_by", "source_days", "service_days")


@worklist.operation("GET", "/cases/<uuid:case_id>/deadlines", "listDeadlines", answer=DeadlinesSchema)
def list_deadlines(case_id: UUID) -> Response:
    """The legal terms of a case as they stand today: what runs, what was met, what is late and why."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        case = queries.followed_case(session, actor, case_id)
        found = [_described(due) for due in deadlines_of(session, [case], today())]
        return answer_facts(session, actor, DeadlineSchema, case_id, found)


@worklist.operation("GET", "/worklist", "showWorklist", query=WorklistQuery, answer=ItemPage)
def show_worklist(query: dict[str, Any]) -> Response:
    """What awaits the reader, the most urgent first."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        page = page_of_items(session, actor, **query)
        people = {one for item in page["items"] for one in (item.person_id, item.member_id) if one is not None}
        receipt = shown(session, actor, people)
        return answer_page(ItemSchema, {**page, "items": [_waiting(item) for item in page["items"]]}, shown=receipt)


def _described(due: Due) -> dict[str, Any]:
    found = due.deadline
    own = {name: getattr(found, name) for name in DeadlineSchema().fields.keys() & set(Deadline.__slots__)}
    return {**own, "rule": found.rule_id, "anchor": found.anchor_kind, "member_id": due.member_id,
            "message": _sentence(found)}  # fmt: skip


def _waiting(item: Item) -> dict[str, Any]:
    found = item.deadline
    told = {name: getattr(found, name) for name in _TOLD} if found else {
        **dict.fromkeys(_TOLD), "late_days": 0, "source_days": 0, "service_days": 0}  # fmt: skip
    own = {
        name: getattr(item, name) for name in (*Item.__slots__, "code", "is_late") if name not in ("deadline", "lack")
    }
    return {**own, **told, "rule": found and found.rule_id, "message": _sentence(found) if found else _call(item)}


def _call(item: Item) -> str:
    """What waits, and what is first in the way of it."""
    what = words(item.kind, (), language())
    return what if item.lack is None else f"{what} {words(item.lack.code, item.lack.values, language())}"


def _sentence(found: Deadline) -> str:
    return words(found.message_code, found.message_values, language())
