"""Reading persons, within what the actor may see: row-level security hides the others."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, column, func, or_, select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.people import tax_codes
from service.people.models import Identifier, Identity, Merge, OfPerson, Person, Residence
from service.people.rules import RENEWABLE, one_digit_off
from service.types import keyed_hash, today

MOST_FOUND, MOST_DUPLICATES = 50, 10
F = TypeVar("F", bound=OfPerson)


def person_row(session: Session, person_id: UUID | ColumnElement[UUID], *, lock: bool = False) -> Person:
    """The person's row, locked if it will change. Raises NotFound outside what the actor may see."""
    statement = select(Person).where(Person.id == person_id)
    found = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if found is None:
        raise NotFound("person_is_unknown")
    return found


def same_as(session: Session, person_id: UUID) -> list[UUID]:
    """The ids of the one person, their own first and the aliases after it. Raises NotFound out of sight."""
    same = select(func.people.same_as(person_id, type_=Uuid()))
    found = session.scalars(select(Person.id).where(Person.id.in_(same)).order_by(Person.id != the_one(person_id)))
    if not (people := list(found)):
        raise NotFound("person_is_unknown")
    return people


def the_one(person_id: UUID) -> ColumnElement[UUID]:
    """The id of the one person whom an id stands for, inside a statement."""
    merged = select(Merge.person_id).where(Merge.alias_id == person_id, Merge.superseded_at.is_(None))
    return func.coalesce(merged.scalar_subquery(), person_id)


def live_identity(session: Session, person_id: UUID) -> Identity:
    """What is known now of who the person is."""
    return session.scalars(
        select(Identity).where(Identity.person_id == person_id, Identity.superseded_at.is_(None))
    ).one()


def names_of_people(session: Session, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Id -> row of given_name, family_name and birth_date, for those of these persons whom the actor may see."""
    statement = select(Identity.person_id, Identity.given_name, Identity.family_name, Identity.birth_date)
    rows = session.execute(statement.where(Identity.person_id.in_(set(ids)), Identity.superseded_at.is_(None)))
    return {row.person_id: row for row in rows}


def person(session: Session, person_id: UUID) -> dict[str, Any]:
    """The one person, with codes, contacts and possible duplicates. Raises NotFound."""
    found = _described(session, _identities().where(Identity.person_id == the_one(person_id)))
    if not found:
        raise NotFound("person_is_unknown")
    return found[0] | {"possible_duplicates": _possible_duplicates(session, found[0])}


def people_by_code(session: Session, system: str, value: str) -> list[dict[str, Any]]:
    """Persons with this code in any of its spellings, past ones too."""
    holders = (
        select(func.coalesce(Merge.person_id, Identifier.person_id))
        .select_from(Identifier)
        .outerjoin(Merge, (Merge.alias_id == Identifier.person_id) & Merge.superseded_at.is_(None))
        .where(Identifier.plain_hash == plain_hash(system, value), Identifier.superseded_at.is_(None))
    )
    return _described(session, _identities().where(Identity.person_id.in_(holders)))


def people_by_name(
    session: Session, family_name: str, given_name: str | None, birth_date: date | None
) -> list[dict[str, Any]]:
    """At most 50 persons: those whose names begin like this first, then those whose names are spelt alike."""
    asked = func.people.named(family_name, given_name, birth_date, MOST_FOUND)
    found = asked.table_valued(column("person_id", Uuid()), column("place"))
    statement = _identities().join(found, found.c.person_id == Identity.person_id).order_by(found.c.place)
    return _described(session, statement)


def desks(session: Session, value: str) -> dict[str, Any]:
    """Whether somebody has exactly this tax code, and the bodies to ask; nobody under special protection, out of sight.

    The code as it is typed, without its other spellings: an omocodic one is of another person, whom nobody asked for.
    """
    exact = keyed_hash(f"codice_fiscale:{tax_codes.canonical(value)}")
    asked = func.people.desks(exact).table_valued("is_known", "bodies")
    return dict(session.execute(select(asked.c.is_known, asked.c.bodies)).one()._mapping)


def residence_on(person_id: Any, on: date) -> Any:
    """A person's residence on a day, as a statement of one row at most."""
    return (
        select(Residence)
        .where(Residence.person_id == person_id, Residence.superseded_at.is_(None),
               or_(Residence.from_on.is_(None), Residence.from_on <= on))
        .order_by(Residence.from_on.desc().nulls_last())
        .limit(1)
    )  # fmt: skip


def notes(session: Session, table: type[F], person_id: UUID, *, newest_by: Any) -> Sequence[F]:
    """All that is noted of the one person in a table, superseded or not, the newest first."""
    statement = select(table).where(table.person_id.in_(select(func.people.same_as(person_id))))
    return session.scalars(statement.order_by(newest_by.desc().nulls_last(), table.id.desc())).all()


def note(session: Session, table: type[F], person_id: UUID, note_id: UUID, *, lock: bool = False) -> F:
    """One row of a table of the one person, superseded or not. Raises NotFound."""
    statement = select(table).where(table.id == note_id, table.person_id.in_(select(func.people.same_as(person_id))))
    found = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def exact_hash(system: str, value: str) -> bytes:
    """The key of a code as written."""
    return keyed_hash(f"{system}:{tax_codes.canonical(value)}")


def plain_hash(system: str, value: str) -> bytes:
    """The key that finds every spelling of a code. ValueError for an invalid tax code."""
    plain = tax_codes.plain(value) if system == "codice_fiscale" else tax_codes.canonical(value)
    return keyed_hash(f"{system}:{plain}")


def _identities() -> Select[Any]:
    residence = residence_on(Identity.person_id, today()).with_only_columns(Residence.municipality)
    return (
        select(Identity, Person.version, residence.correlate(Identity).scalar_subquery().label("municipality"),
               func.people.is_protected(Identity.person_id).label("is_protected"))
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.superseded_at.is_(None))
    )  # fmt: skip


def _described(session: Session, statement: Select[Any]) -> list[dict[str, Any]]:
    rows = session.execute(statement).all()
    aliases = _aliases(session, [row.Identity.person_id for row in rows])
    codes = _codes(session, [*aliases, *(alias for known in aliases.values() for alias in known)])
    return [
        _one(row, aliases[row.Identity.person_id],
             [code for one in (row.Identity.person_id, *aliases[row.Identity.person_id]) for code in codes.get(one, [])])
        for row in rows
    ]  # fmt: skip


def _aliases(session: Session, people: list[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {person_id: [] for person_id in people}
    merges = select(Merge.person_id, Merge.alias_id).where(Merge.person_id.in_(people), Merge.superseded_at.is_(None))
    for merge in session.execute(merges.order_by(Merge.id)):
        found[merge.person_id].append(merge.alias_id)
    return found


def _codes(session: Session, people: Iterable[UUID]) -> dict[UUID, list[Identifier]]:
    """The codes that are good today, and the last period of those that wait to be renewed."""
    found: dict[UUID, list[Identifier]] = {}
    is_good = or_(Identifier.valid_to.is_(None), Identifier.valid_to >= today(), Identifier.system.in_(list(RENEWABLE)))
    statement = select(Identifier).where(
        Identifier.person_id.in_(list(people)), Identifier.superseded_at.is_(None), is_good
    )
    for code in session.scalars(statement.order_by(Identifier.valid_from.desc().nulls_last(), Identifier.id)):
        held = found.setdefault(code.person_id, [])
        if all(code.exact_hash != other.exact_hash for other in held):
            held.append(code)
    return found


def _possible_duplicates(session: Session, known: dict[str, Any]) -> list[UUID]:
    """Persons in sight who may be this one: by names and birth date with their slips, or by a spelling of a code."""
    born: date | None = known["birth_date"]
    days = [born, *one_digit_off(born)] if born else []
    codes = [plain_hash(code.system, code.value) for code in known["identifiers"]]
    found = func.people.resembling(
        known["family_name"], known["given_name"], days, codes, [known["id"], *known["aliases"]], MOST_DUPLICATES,
        type_=Uuid(),
    )  # fmt: skip
    return list(session.scalars(select(found)))


def _one(row: Any, aliases: list[UUID], codes: list[Identifier]) -> dict[str, Any]:
    identity: Identity = row.Identity
    return {
        "id": identity.person_id,
        "version": row.version,
        "family_name": identity.family_name,
        "given_name": identity.given_name,
        "birth_date": identity.birth_date,
        "sex": identity.sex,
        "municipality": row.municipality,
        "phone": identity.phone,
        "email": identity.email,
        "identifiers": codes,
        "aliases": aliases,
        "is_protected": row.is_protected,
        "warnings": _warnings(identity, codes),
    }


def _warnings(identity: Identity, codes: list[Identifier]) -> list[str]:
    """Codes of what does not agree: the tax code with the data of the person. A warning, since registries err."""
    found: set[str] = set()
    for code in codes:
        if code.valid_to is not None and code.valid_to < today():
            found.add(f"{code.system}_has_run_out")
        if code.system == "codice_fiscale" and tax_codes.is_valid(code.value):
            disagree = tax_codes.mismatches(
                code.value, identity.family_name, identity.given_name, identity.birth_date, identity.sex
            )
            found.update(f"codice_fiscale_disagrees_with_{name}" for name in disagree)
    return sorted(found)
