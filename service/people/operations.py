"""Registering persons and correcting what is known of them; what was known stays in the history."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.access import grounds
from service.actor import Actor, require
from service.audit.log.operations import record, shown
from service.errors import Conflict, FieldError, Forbidden, Invalid, Stale, invalid_field
from service.people import identifiers, municipalities, tax_codes
from service.people.models import Identifier, Identity, Noted, OfPerson, Person, Residence
from service.people.queries import exact_hash, live_identity, note, person_row, plain_hash, same_as, the_one
from service.people.rules import RENEWABLE, last_day
from service.types import Shown, new_id, now, today

REGISTRARS = ("social_worker", "case_manager", "coordinator")
IDENTITY = ("family_name", "given_name", "birth_date", "sex", "phone", "email")
F = TypeVar("F", bound=OfPerson)


def register_person(
    session: Session, actor: Actor, *, registered_by: UUID, identifiers: list[dict[str, Any]], municipality: str | None,
    **identity: Any,
) -> UUID:  # fmt: skip
    """Register a person for a body (`registered_by`) in which the actor works. Codes are checked, names are not.

    `identifiers`: system, value, and where they are known valid_from and status; a person may have no code at all.
    `municipality`: of residence as far back as is known. `identity`: family_name, given_name, birth_date, sex, phone, email.
    """
    require(actor, "people:register")
    if registered_by not in actor.organisations(*REGISTRARS):
        raise Forbidden("organisation_is_not_yours")
    _check_codes(identifiers)
    _check_past(identity.get("birth_date"), "#/birth_date")
    municipalities.check(municipality, today())
    person = Person(id=new_id(), version=1, recorded_by=actor.user_id)
    grounds.give_to_registry(session, registered_by, person_id=person.id)
    session.add(person)
    session.flush()
    session.add(Identity(person_id=person.id, recorded_by=actor.user_id, **identity))
    if municipality is not None:
        session.add(Residence(person_id=person.id, municipality=municipality, recorded_by=actor.user_id))
    session.add_all(_identifier(person.id, actor, **code) for code in identifiers)
    record(session, actor, "person:register", resource_id=person.id, people=[person.id],
           field_names=[*identity, "identifiers", "municipality"])  # fmt: skip
    return person.id


def correct_person(session: Session, actor: Actor, person_id: UUID, *, expected: int, changes: dict[str, Any]) -> None:
    """Correct the identity of the one person: the row known so far is closed and another opened. A merge patch.

    Codes and residences have a time of their own, and resources of their own.
    """
    require(actor, "people:correct")
    person, people = changed_person(session, person_id, expected)
    _check_past(changes.get("birth_date"), "#/birth_date")
    known = live_identity(session, person.id)
    corrected = {name: changes.get(name, getattr(known, name)) for name in IDENTITY}
    session.execute(
        update(Identity)
        .where(Identity.person_id == person.id, Identity.superseded_at.is_(None))
        .values(superseded_at=now())
    )
    session.add(Identity(person_id=person.id, recorded_by=actor.user_id, **corrected))
    record(session, actor, "person:correct", resource_id=person_id, people=people, field_names=changes)


def add_identifier(session: Session, actor: Actor, person_id: UUID, **code: Any) -> UUID:
    """Give a person a code. A renewal is a row more, and ends the period that it renews.

    `code`: system, value, valid_from, status. Raises Conflict for a code that somebody has.
    """
    require(actor, "people:correct")
    person, people = changed_person(session, person_id)
    _check_codes([code], "#")
    row = _identifier(person.id, actor, **code)
    if row.valid_from is not None:
        session.execute(
            update(Identifier)
            .where(Identifier.person_id == person.id, Identifier.exact_hash == row.exact_hash,
                   Identifier.superseded_at.is_(None), Identifier.valid_from.is_distinct_from(row.valid_from),
                   (Identifier.valid_from.is_(None) | (Identifier.valid_from < row.valid_from)),
                   (Identifier.valid_to.is_(None) | (Identifier.valid_to >= row.valid_from)))
            .values(valid_to=row.valid_from - timedelta(days=1))
        )  # fmt: skip
    session.add(row)
    record(session, actor, "identifier:add", resource_id=row.id, people=people, field_names=code)
    return row.id


def correct_identifier(
    session: Session, actor: Actor, person_id: UUID, identifier_id: UUID, *, reason: str, changes: dict[str, Any]
) -> UUID:
    """Correct what was recorded of a code: its row is superseded with the reason, and another takes its place.

    `changes`: some of value, valid_from, valid_to, status.
    """
    require(actor, "people:correct")
    _, people = changed_person(session, person_id)
    known = superseded(session, actor, Identifier, person_id, identifier_id, reason)
    session.flush()
    code = {name: changes.get(name, getattr(known, name)) for name in ("value", "valid_from", "status")}
    _check_codes([{"system": known.system, **code}], "#")
    row = _identifier(known.person_id, actor, system=known.system, **code)
    if known.system not in RENEWABLE or code["valid_from"] == known.valid_from:
        row.valid_to = known.valid_to
    row.valid_to = changes.get("valid_to", row.valid_to)
    _check_order(row)
    session.add(row)
    record(session, actor, "identifier:correct", resource_id=row.id, people=people, field_names=["reason", *changes])
    return row.id


def withdraw_identifier(session: Session, actor: Actor, person_id: UUID, identifier_id: UUID, *, reason: str) -> None:
    """A code that was never this person's: its row stays, superseded, and the code is free."""
    require(actor, "people:correct")
    _, people = changed_person(session, person_id)
    superseded(session, actor, Identifier, person_id, identifier_id, reason)
    record(session, actor, "identifier:withdraw", resource_id=identifier_id, people=people,
           field_names=("superseded_at", "reason"))  # fmt: skip


def end_identifier(session: Session, actor: Actor, person_id: UUID, identifier_id: UUID, *, valid_to: date) -> None:
    """A code holds no longer after a day (another took its place, say); it stays the person's."""
    require(actor, "people:correct")
    _, people = changed_person(session, person_id)
    row = note(session, Identifier, person_id, identifier_id)
    if row.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    _check_past(valid_to, "#/valid_to")
    if row.valid_to is not None and row.valid_to <= valid_to:
        raise Conflict("identifier_has_ended", row.valid_to)
    row.valid_to = valid_to
    _check_order(row)
    record(session, actor, "identifier:end", resource_id=identifier_id, people=people, field_names=["valid_to"])


def record_residence(
    session: Session, actor: Actor, person_id: UUID, *, municipality: str | None, from_on: date
) -> UUID:
    """A person resides in a municipality from a day on; none for who has no home any more."""
    require(actor, "people:correct")
    person, people = changed_person(session, person_id)
    _check_past(from_on, "#/from_on")
    municipalities.check(municipality, from_on)
    row = Residence(id=new_id(), person_id=person.id, municipality=municipality, from_on=from_on,
                    recorded_by=actor.user_id)  # fmt: skip
    session.add(row)
    record(session, actor, "residence:record", resource_id=row.id, people=people,
           field_names=("municipality", "from_on"))  # fmt: skip
    return row.id


def withdraw_residence(session: Session, actor: Actor, person_id: UUID, residence_id: UUID, *, reason: str) -> None:
    """A residence recorded by mistake: the row stays, superseded, and the one before holds again."""
    require(actor, "people:correct")
    _, people = changed_person(session, person_id)
    superseded(session, actor, Residence, person_id, residence_id, reason)
    record(session, actor, "residence:withdraw", resource_id=residence_id, people=people,
           field_names=("superseded_at", "reason"))  # fmt: skip


def changed_person(session: Session, person_id: UUID, expected: int | None = None) -> tuple[Person, list[UUID]]:
    """The one person's row, locked and one version on, and everybody who is that one. Raises NotFound, Stale.

    Raises Conflict if the one became another while the lock was waited for: merges lock these rows too.
    """
    person = person_row(session, the_one(person_id), lock=True)
    if expected is not None and person.version != expected:
        raise Stale("row_has_changed")
    people = same_as(session, person_id)
    if people[0] != person.id:
        raise Conflict("row_has_changed")
    if not grounds.has_own(session, people):
        raise Forbidden("person_is_of_an_offered_case")
    person.version += 1
    return person, people


def sight_of(session: Session, actor: Actor, person_id: UUID) -> Shown:
    """Log that a person is shown to the actor, under every id. Raises NotFound out of sight."""
    return shown(session, actor, same_as(session, person_id), resource_id=person_id)


def superseded(session: Session, actor: Actor, table: type[F], person_id: UUID, note_id: UUID, reason: str) -> F:
    """Close what was noted of a person by mistake: it stays, with the reason. Raises NotFound, Conflict if done before."""
    row = note(session, table, person_id, note_id, lock=True)
    close(row, actor, reason)
    return row


def close(row: Noted, actor: Actor, reason: str) -> None:
    """Supersede a row, with who and why. Raises Conflict if it is superseded already."""
    if row.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    row.superseded_at, row.superseded_by, row.supersede_reason = now(), actor.user_id, reason


def _check_past(day: date | None, pointer: str) -> None:
    if day is not None and day > today():
        raise invalid_field(pointer, "date_is_in_the_future", today())


def _check_order(row: Identifier) -> None:
    if row.valid_from is not None and row.valid_to is not None and row.valid_to < row.valid_from:
        raise invalid_field("#/valid_to", "date_is_before_start", row.valid_from)


def _check_codes(codes: Iterable[dict[str, Any]], at: str = "#/identifiers/{}") -> None:
    wrong = []
    for index, code in enumerate(codes):
        if not identifiers.is_valid(code["system"], code["value"]):
            wrong.append(FieldError(f"{at.format(index)}/value", f"{code['system']}_is_invalid"))
        if code.get("valid_from") is not None and code["valid_from"] > today():
            wrong.append(FieldError(f"{at.format(index)}/valid_from", "date_is_in_the_future", (str(today()),)))
    if wrong:
        raise Invalid("request_is_invalid", errors=tuple(wrong))


def _identifier(
    person_id: UUID,
    actor: Actor,
    *,
    system: str,
    value: str,
    valid_from: date | None = None,
    status: str = "unverified",
) -> Identifier:
    return Identifier(
        id=new_id(), person_id=person_id, system=system, value=tax_codes.canonical(value), status=status,
        exact_hash=exact_hash(system, value), plain_hash=plain_hash(system, value), valid_from=valid_from,
        valid_to=last_day(system, valid_from), recorded_by=actor.user_id,
    )  # fmt: skip
