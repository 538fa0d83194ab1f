"""Answering with what is noted of a person: the reader must be allowed to, and the log is told whose data it was."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.people.models import OfPerson
from service.people.operations import sight_of
from service.people.queries import note, notes
from service.people.schemas import NoteSchema
from service.web.answers import answer, answer_page, location_of


def answer_note(session: Session, actor: Actor, schema: type[NoteSchema], table: type[OfPerson], person_id: UUID,
                note_id: UUID, *, made_at: str | None = None, **path: UUID) -> Response:  # fmt: skip
    """One row. `made_at`: the endpoint that shows it (201 and its address); `path`: the rest of that address."""
    require(actor, "people:read")
    receipt = sight_of(session, actor, person_id)
    found = note(session, table, person_id, note_id)
    if made_at is None:
        return answer(schema, found, shown=receipt)
    return answer(schema, found, shown=receipt, status=201, location=location_of(made_at, person_id=person_id, **path))


def answer_notes(session: Session, actor: Actor, schema: type[NoteSchema], table: type[OfPerson], person_id: UUID, *,
                 newest_by: Any) -> Response:  # fmt: skip
    """All the rows of a table about a person, superseded ones too, the newest first."""
    require(actor, "people:read")
    receipt = sight_of(session, actor, person_id)
    found: Sequence[Any] = notes(session, table, person_id, newest_by=newest_by)
    return answer_page(schema, {"items": found}, shown=receipt)
