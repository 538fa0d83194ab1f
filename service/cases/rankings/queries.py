"""Reading calls, applications and rankings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from service.cases.rankings.models import Application, Call, Place, Ranking
from service.cases.rankings.rules import Entry, digest, terms_from
from service.cases.records.models import Case
from service.errors import NotFound
from service.web.paging import page

# The service that runs a call ranks all its applications, and sees those of its own cases alone.
_MY_CASES = table("my_cases", column("case_id"), schema="access")


def calls(session: Session, *, limit: int, cursor: str | None) -> Sequence[Call]:
    """A page of calls, the newest first."""
    return session.scalars(page(select(Call), Call.id, limit=limit, cursor=cursor, scope="calls")).all()


def call(session: Session, call_id: UUID) -> Call:
    """One call. Raises NotFound."""
    found = session.get(Call, call_id)
    if found is None:
        raise NotFound("call_is_unknown")
    return found


def rankings(session: Session, call_id: UUID, *, limit: int, cursor: str | None) -> Sequence[Ranking]:
    """A page of the rankings of a call, the newest first."""
    call(session, call_id)
    statement = select(Ranking).where(Ranking.call_id == call_id)
    statement = page(statement, Ranking.id, limit=limit, cursor=cursor, scope=f"rankings:{call_id}")
    return session.scalars(statement).all()


@dataclass(frozen=True)
class Shown:
    """A ranking as somebody may see it: the places of the cases in sight, and how many others there are.

    `is_reproduced`: whether the kept inputs give the kept digest again; None for who does not read all of them.
    """

    ranking: Ranking
    places: list[Any]
    not_shown: int
    is_reproduced: bool | None


def ranking(session: Session, call_id: UUID, ranking_id: UUID) -> Shown:
    """One ranking. Raises NotFound."""
    head = session.execute(
        select(Ranking, Call.terms).join(Call).where(Ranking.id == ranking_id, Ranking.call_id == call_id)
    ).one_or_none()
    if head is None:
        raise NotFound("ranking_is_unknown")
    in_sight = Place.case_id.in_(select(_MY_CASES.c.case_id))
    rows = session.execute(
        select(
            Place.position, Place.case_id, Place.application_id, Place.priority_class, Place.score, Place.protocol_on,
            Place.protocol_number, Place.urgency_scores, Case.person_id, in_sight.label("is_in_sight"),
        ).outerjoin(Case, Case.id == Place.case_id).where(Place.ranking_id == ranking_id).order_by(Place.position)
    ).all()  # fmt: skip
    found: Ranking = head[0]
    places = [row for row in rows if row.is_in_sight]
    reproduced = None
    if len(rows) == found.size:
        reproduced = digest(terms_from(head.terms), map(entry_of, rows)) == found.digest
    return Shown(found, places, found.size - len(places), reproduced)


def entry_of(row: Any) -> Entry:
    """A kept place as the rules read it."""
    return Entry(row.application_id, row.priority_class, row.urgency_scores, row.protocol_on, row.protocol_number)


def live_applications(session: Session, call_id: UUID) -> Sequence[Application]:
    """All the applications of a call, for the service that runs it: row-level security shows them to no other."""
    return session.scalars(
        select(Application).where(Application.call_id == call_id, Application.superseded_at.is_(None))
    ).all()
