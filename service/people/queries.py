"""Reading persons, within what the actor may see: row-level security hides the others."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.people import tax_codes
from service.people.models import Identifier, Identity, Person
from service.types import keyed_hash


def person_row(session: Session, person_id: UUID, *, lock: bool = False) -> Person:
    """The person's row, locked if it will change. Raises NotFound outside what the actor may see."""
    statement = select(Person).where(Person.id == person_id)
    found = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if found is None:
        raise NotFound("person_is_unknown")
    return found


def live_identity(session: Session, person_id: UUID) -> Identity:
    """What is known now of who the person is."""
    return session.scalars(
        select(Identity).where(Identity.person_id == person_id, Identity.superseded_at.is_(None))
    ).one()


def person(session: Session, person_id: UUID) -> dict[str, Any]:
    """One person with codes and contacts. Raises NotFound."""
    found = _described(session, _identities().where(Identity.person_id == person_id))
    if not found:
        raise NotFound("person_is_unknown")
    return found[0]


def people_by_code(session: Session, system: str, value: str) -> list[dict[str, Any]]:
    """Persons with this code in any of its spellings."""
    holders = select(Identifier.person_id).where(
        Identifier.plain_hash == plain_hash(system, value), Identifier.superseded_at.is_(None)
    )
    return _described(session, _identities().where(Identity.person_id.in_(holders)))


def people_by_name(
    session: Session, family_name: str, given_name: str | None, birth_date: date | None
) -> list[dict[str, Any]]:
    """Persons whose names begin like this, at most 50."""
    statement = _identities().where(Identity.family_name.istartswith(family_name, autoescape=True))
    if given_name:
        statement = statement.where(Identity.given_name.istartswith(given_name, autoescape=True))
    if birth_date:
        statement = statement.where(Identity.birth_date == birth_date)
    return _described(session, statement.order_by(Identity.family_name, Identity.given_name).limit(50))


def plain_hash(system: str, value: str) -> bytes:
    """The key that finds every spelling of a code. ValueError for an invalid tax code."""
    plain = tax_codes.plain(value) if system == "codice_fiscale" else tax_codes.canonical(value)
    return keyed_hash(f"{system}:{plain}")


def _identities() -> Select[Identity, int]:
    return (
        select(Identity, Person.version)
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.superseded_at.is_(None))
    )


def _described(session: Session, statement: Select[Identity, int]) -> list[dict[str, Any]]:
    rows: Sequence[Any] = session.execute(statement).all()
    codes: dict[UUID, list[Identifier]] = {}
    for code in session.scalars(
        select(Identifier).where(
            Identifier.person_id.in_([row.Identity.person_id for row in rows]), Identifier.superseded_at.is_(None)
        )
    ):
        codes.setdefault(code.person_id, []).append(code)
    return [_one(row.Identity, row.version, codes.get(row.Identity.person_id, [])) for row in rows]


def _one(identity: Identity, version: int, codes: list[Identifier]) -> dict[str, Any]:
    return {
        "id": identity.person_id,
        "version": version,
        "family_name": identity.family_name,
        "given_name": identity.given_name,
        "birth_date": identity.birth_date,
        "sex": identity.sex,
        "municipality": identity.municipality,
        "phone": identity.phone,
        "email": identity.email,
        "identifiers": [{"system": code.system, "value": code.value} for code in codes],
        "warnings": _warnings(identity, codes),
    }


def _warnings(identity: Identity, codes: list[Identifier]) -> list[str]:
    """Codes of what does not agree: the tax code with the data of the person. A warning, since registries err."""
    found: set[str] = set()
    for code in codes:
        if code.system == "codice_fiscale" and tax_codes.is_valid(code.value):
            disagree = tax_codes.mismatches(
                code.value, identity.family_name, identity.given_name, identity.birth_date, identity.sex
            )
            found.update(f"codice_fiscale_disagrees_with_{name}" for name in disagree)
    return sorted(found)
