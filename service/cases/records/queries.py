"""Reading cases, within what the actor may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.cases.records.models import Case, CasePerson, Milestone, Recorded, Referral
from service.errors import NotFound
from service.web.paging import page

F = TypeVar("F", bound=Recorded)

_COLUMNS = (
    Case.id, Case.programme, Case.programme_version, Case.person_id, Case.household_id, Case.service_id, Case.stage,
    Case.is_closed, Case.outcome, Case.version, Case.recorded_at, Referral.channel, Referral.from_organisation_id,
    Referral.happened_on, Referral.arrived_on, Referral.reason_code, Referral.need,
)  # fmt: skip
_REFERRAL = ("channel", "from_organisation_id", "happened_on", "arrived_on", "reason_code", "need")


STAYS = (CasePerson.to_on.is_(None), CasePerson.superseded_at.is_(None))
"""The conditions of who belongs to a case today."""
OTHER_ADULTS = (CasePerson.role == "member", *STAYS)
"""Those of them who are of age, beside the person whose case it is."""


def _cases() -> Any:
    # A provider sees the case and not its referral: row-level security makes that join come back empty.
    return select(*_COLUMNS).outerjoin(Referral, (Referral.case_id == Case.id) & Referral.superseded_at.is_(None))


def _described(row: Any) -> dict[str, Any]:
    """The row as the API nests it."""
    described: dict[str, Any] = row._asdict()
    referral = {name: described.pop(name) for name in _REFERRAL}
    described["referral"] = referral if referral["channel"] is not None else None
    return described


def case(session: Session, case_id: UUID) -> dict[str, Any]:
    """One case with its referral. Raises NotFound."""
    found = session.execute(_cases().where(Case.id == case_id)).one_or_none()
    if found is None:
        raise NotFound("case_is_unknown")
    return _described(found)


def cases(
    session: Session, *, limit: int, cursor: str | None, programme: str | None = None, stage: str | None = None,
    is_closed: bool | None = None, person_id: UUID | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """A page of cases, newest first, and one more if it goes on."""
    statement = _cases()
    for column, wanted in ((Case.programme, programme), (Case.stage, stage), (Case.is_closed, is_closed),
                           (Case.person_id, person_id)):  # fmt: skip
        if wanted is not None:
            statement = statement.where(column == wanted)
    rows = session.execute(page(statement, Case.id, limit=limit, cursor=cursor, scope="cases"))
    return [_described(row) for row in rows]


def people_of(session: Session, case_id: UUID) -> frozenset[UUID]:
    """Everybody whose case it is or was. Raises NotFound out of sight."""
    found = frozenset(
        session.scalars(
            select(CasePerson.person_id).where(CasePerson.case_id == case_id, CasePerson.superseded_at.is_(None))
        )
    )
    if not found:
        raise NotFound("case_is_unknown")
    return found


def people_now(session: Session, case_id: UUID) -> frozenset[UUID]:
    """Those whose case it is today: who left its household is theirs no more who come to it."""
    return frozenset(session.scalars(select(CasePerson.person_id).where(CasePerson.case_id == case_id, *STAYS)))


def case_people(session: Session, case_id: UUID) -> Sequence[CasePerson]:
    """Everybody whose case it is or was, with their periods."""
    return session.scalars(
        select(CasePerson)
        .where(CasePerson.case_id == case_id, CasePerson.superseded_at.is_(None))
        .order_by(CasePerson.from_on, CasePerson.id)
    ).all()


def linked_cases(session: Session, case_id: UUID) -> list[dict[str, Any]]:
    """The other cases, within sight, of the people of a case: its history beside it, the newest first."""
    sharing = select(CasePerson.case_id).where(CasePerson.person_id.in_(people_of(session, case_id)))
    statement = _cases().where(Case.id.in_(sharing), Case.id != case_id).order_by(Case.id.desc())
    return [_described(row) for row in session.execute(statement)]


def milestones(session: Session, case_id: UUID) -> Sequence[Milestone]:
    """The path so far, in order."""
    return session.scalars(
        select(Milestone)
        .where(Milestone.case_id == case_id, Milestone.superseded_at.is_(None))
        .order_by(Milestone.occurred_on, Milestone.id)
    ).all()


def stood(table: type[Recorded], known_at: datetime | None) -> ColumnElement[bool]:
    """The condition of the facts that stand today, or that stood at an instant."""
    stands: ColumnElement[bool] = table.superseded_at.is_(None)
    return stands if known_at is None else (table.recorded_at <= known_at) & (stands | (table.superseded_at > known_at))


def facts(session: Session, table: type[F], case_id: UUID, *, newest_by: Any) -> Sequence[F]:
    """The live facts of a kind, the newest first."""
    return session.scalars(
        select(table)
        .where(table.case_id == case_id, table.superseded_at.is_(None))
        .order_by(newest_by.desc(), table.id.desc())
    ).all()


def fact(session: Session, table: type[F], case_id: UUID, fact_id: UUID) -> F:
    """One fact, superseded or not. Raises NotFound."""
    found = session.scalars(select(table).where(table.case_id == case_id, table.id == fact_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found
