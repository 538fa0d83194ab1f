"""Reading legal protection: who may act and sign for a person on a day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from service.people.guardians.models import Guardian
from service.people.models import Identity


def representatives(session: Session, person_id: UUID, on: date) -> Sequence[Any]:
    """Who may sign for the one person on a day: rows with id, kind, guardian_id, full_name and powers.

    `full_name` of a registered person is none where they are out of the actor's sight. Empty: the person signs alone.
    """
    statement = (
        _named_guardians()
        .where(Guardian.person_id.in_(select(func.people.same_as(person_id))), Guardian.may_sign, _acts_on(on))
        .order_by(Guardian.from_on, Guardian.id)
    )  # fmt: skip
    return [_named(row) for row in session.execute(statement)]


def guardians(session: Session, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Guardians by id, each as `representatives` has it."""
    statement = _named_guardians().where(Guardian.id.in_(set(ids)))
    return {row.id: _named(row) for row in session.execute(statement)}


def _named_guardians() -> Select[Any]:
    registered = func.concat_ws(" ", Identity.given_name, Identity.family_name).label("registered_name")
    return select(
        Guardian.id, Guardian.kind, Guardian.guardian_id, Guardian.full_name, Guardian.powers, registered
    ).outerjoin(Identity, (Identity.person_id == Guardian.guardian_id) & Identity.superseded_at.is_(None))


def _acts_on(on: date) -> ColumnElement[bool]:
    return and_(
        Guardian.superseded_at.is_(None), Guardian.from_on <= on,
        or_(Guardian.to_on.is_(None), Guardian.to_on > on),
        or_(Guardian.expires_on.is_(None), Guardian.expires_on >= on),
    )  # fmt: skip


def _named(row: Any) -> dict[str, Any]:
    described: dict[str, Any] = row._asdict()
    registered = described.pop("registered_name") or None
    return described | {"full_name": described["full_name"] or registered}
