"""Answering with what belongs to a case: the reader must be allowed to, and the log is told whose data it was."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.cases.records.operations import sight_of
from service.web.answers import answer, answer_page, location_of
from service.web.schemas import CaseFactSchema


def answer_fact(session: Session, actor: Actor, schema: type[CaseFactSchema], case_id: UUID, fact: Any, *,
                made_at: str | None = None, version: int | None = None, others: Iterable[UUID] = (), **path: Any,
                ) -> Response:  # fmt: skip
    """One fact. `made_at`: the endpoint that shows it (201 and its address); `path`: the rest of that address; `others`:
    people whom it names beside the person of the case."""
    require(actor, "cases:read")
    receipt = sight_of(session, actor, case_id, others)
    if made_at is None:
        return answer(schema, fact, shown=receipt, version=version)
    location = location_of(made_at, case_id=case_id, **path)
    return answer(schema, fact, shown=receipt, status=201, location=location, version=version)


def answer_facts(
    session: Session, actor: Actor, schema: type[CaseFactSchema], case_id: UUID, facts: Sequence[Any],
    others: Iterable[UUID] = (),
) -> Response:  # fmt: skip
    """All the facts of a kind. `others`: people whom they name beside the person of the case."""
    require(actor, "cases:read")
    receipt = sight_of(session, actor, case_id, others)
    return answer_page(schema, {"items": facts}, shown=receipt)
