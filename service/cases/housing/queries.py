"""Reading dwellings, with how many places are taken, and the stays of a case."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import column, func, select
from sqlalchemy.orm import Session

from service.cases.housing.models import Dwelling
from service.errors import NotFound
from service.types import today
from service.web.paging import page

_SHOWN = (
    "id", "organisation_id", "label", "kinds", "modules", "capacity", "respite_capacity", "has_derogation",
    "derogation_act", "initiative", "from_on", "to_on",
)  # fmt: skip


def dwellings(session: Session, *, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """A page of dwellings, newest first, with the places taken today."""
    statement = page(select(Dwelling), Dwelling.id, limit=limit, cursor=cursor, scope="dwellings")
    return _described(session, session.scalars(statement).all())


def dwelling(session: Session, dwelling_id: UUID) -> dict[str, Any]:
    """One dwelling, with the places taken today. Raises NotFound."""
    found = session.get(Dwelling, dwelling_id)
    if found is None:
        raise NotFound("dwelling_is_unknown")
    return _described(session, [found])[0]


def _described(session: Session, rows: Sequence[Dwelling]) -> list[dict[str, Any]]:
    taken = _taken(session, [row.id for row in rows])
    return [
        {**{name: getattr(row, name) for name in _SHOWN}, "taken": taken.get(row.id, (0, 0))[0],
         "respite_taken": taken.get(row.id, (0, 0))[1]}
        for row in rows
    ]  # fmt: skip


def _taken(session: Session, ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """Guests today, as numbers: who they are is told by their cases alone, to who sees them."""
    counted = func.cases.occupancy(ids, today()).table_valued(column("dwelling_id"), column("taken"), column("respite"))
    rows = session.execute(select(counted.c.dwelling_id, counted.c.taken, counted.c.respite))
    return {row.dwelling_id: (row.taken, row.respite) for row in rows}
