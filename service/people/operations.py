"""Registering persons and correcting what is known of them."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.access import grounds
from service.actor import Actor, require
from service.audit.log.operations import record
from service.errors import FieldError, Forbidden, Invalid, Stale, invalid_field
from service.people import identifiers, tax_codes
from service.people.models import Identifier, Identity, Person
from service.people.queries import live_identity, person_row, plain_hash
from service.types import keyed_hash, new_id, now, today

REGISTRARS = ("social_worker", "case_manager", "coordinator")


def register_person(
    session: Session, actor: Actor, *, registered_by: UUID, identifiers: list[dict[str, str]], **identity: Any
) -> UUID:
    """Register a person for a body (`registered_by`) in which the actor works. Codes are checked, names are not.

    `identity`: family_name, given_name, birth_date, sex, municipality, phone, email. A person may have no code at all.
    """
    require(actor, "people:register")
    if registered_by not in actor.organisations(*REGISTRARS):
        raise Forbidden("organisation_is_not_yours")
    _check(identifiers)
    _check_birth(identity.get("birth_date"))
    person = Person(id=new_id(), version=1, recorded_by=actor.user_id)
    grounds.give_to_registry(session, registered_by, person_id=person.id)
    session.add(person)
    session.flush()
    session.add(Identity(person_id=person.id, recorded_by=actor.user_id, **identity))
    session.add_all(_identifiers(person.id, actor, identifiers))
    record(session, actor, "person:register", resource_id=person.id, people=[person.id],
           field_names=[*identity, "identifiers"])  # fmt: skip
    return person.id


def correct_person(session: Session, actor: Actor, person_id: UUID, *, expected: int, changes: dict[str, Any]) -> None:
    """Correct an identity: the row known so far is closed and another opened. `changes` as a merge patch."""
    require(actor, "people:correct")
    person = person_row(session, person_id, lock=True)
    if person.version != expected:
        raise Stale("row_has_changed")
    codes = changes.pop("identifiers", None)
    if codes is not None:
        _check(codes)
        _supersede(session, Identifier, person_id)
        session.add_all(_identifiers(person_id, actor, codes))
    _check_birth(changes.get("birth_date"))
    known = live_identity(session, person_id)
    fields = ("family_name", "given_name", "birth_date", "sex", "municipality", "phone", "email")
    corrected = {name: changes.get(name, getattr(known, name)) for name in fields}
    _supersede(session, Identity, person_id)
    session.add(Identity(person_id=person_id, recorded_by=actor.user_id, **corrected))
    person.version += 1
    record(session, actor, "person:correct", resource_id=person_id, people=[person_id],
           field_names=[*changes, *(["identifiers"] if codes is not None else [])])  # fmt: skip


def _supersede(session: Session, table: type[Identity] | type[Identifier], person_id: UUID) -> None:
    session.execute(
        update(table).where(table.person_id == person_id, table.superseded_at.is_(None)).values(superseded_at=now())
    )


def _check_birth(birth_date: date | None) -> None:
    if birth_date is not None and birth_date > today():
        raise invalid_field("#/birth_date", "date_is_in_the_future", today())


def _check(codes: list[dict[str, str]]) -> None:
    wrong = [
        FieldError(f"#/identifiers/{index}/value", f"{code['system']}_is_invalid")
        for index, code in enumerate(codes)
        if not identifiers.is_valid(code["system"], code["value"])
    ]
    if wrong:
        raise Invalid("request_is_invalid", errors=tuple(wrong))


def _identifiers(person_id: UUID, actor: Actor, codes: Iterable[dict[str, str]]) -> list[Identifier]:
    return [
        Identifier(person_id=person_id, system=code["system"], value=tax_codes.canonical(code["value"]),
                   exact_hash=keyed_hash(f"{code['system']}:{tax_codes.canonical(code['value'])}"),
                   plain_hash=plain_hash(code["system"], code["value"]), recorded_by=actor.user_id)
        for code in codes
    ]  # fmt: skip
