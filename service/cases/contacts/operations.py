"""Recording people met before there is a case, correcting that, and linking it to the case that follows."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.actor import ROLES, Actor, require
from service.audit.log.operations import record
from service.cases.contacts.models import Contact
from service.cases.contacts.queries import contact
from service.cases.contacts.rules import key_of_alias
from service.cases.programmes.queries import definition_in_force
from service.codes import in_use
from service.errors import Conflict, Forbidden, invalid_field
from service.people.households.queries import household_row
from service.people.operations import close
from service.people.queries import person_row, same_as
from service.types import new_id, today

CODES = "service.cases.contacts"
OUTREACH = tuple(role for role, allowed in ROLES.items() if "contacts:record" in allowed)
KEPT = ("organisation_id", "contact_key", "person_id", "household_id", "alias", "case_id")
CORRECTED = ("device", "programme", "target_group", "occurred_on", "note")


def record_contact(session: Session, actor: Actor, *, organisation_id: UUID, **values: Any) -> UUID:
    """Record that a device of a body in which the actor works met somebody.

    `values`: one of person_id, household_id (both in sight) and alias; device, programme, target_group, occurred_on, note.
    """
    require(actor, "contacts:record")
    if organisation_id not in actor.organisations(*OUTREACH):
        raise Forbidden("organisation_is_not_yours")
    key = _key(session, organisation_id, values["person_id"], values["household_id"], values["alias"])
    _check(session, values)
    row = Contact(id=new_id(), organisation_id=organisation_id, contact_key=key, recorded_by=actor.user_id, **values)
    session.add(row)
    _record(session, actor, "contact:record", row, values)
    return row.id


def correct_contact(session: Session, actor: Actor, contact_id: UUID, *, reason: str, changes: dict[str, Any]) -> UUID:
    """What was recorded wrongly: the contact is superseded with the reason, and another takes its place and its case.

    `changes`: some of device, programme, target_group, occurred_on, note.
    """
    require(actor, "contacts:record")
    known = contact(session, contact_id, lock=True)
    _check_body(actor, known)
    close(known, actor, reason)
    values = {name: changes.get(name, getattr(known, name)) for name in CORRECTED}
    _check(session, values)
    row = Contact(id=new_id(), recorded_by=actor.user_id, **{name: getattr(known, name) for name in KEPT}, **values)
    session.add(row)
    _record(session, actor, "contact:correct", row, ("reason", *changes))
    return row.id


def withdraw_contact(session: Session, actor: Actor, contact_id: UUID, *, reason: str) -> None:
    """A contact that never was: the row stays, superseded, with the reason."""
    require(actor, "contacts:record")
    known = contact(session, contact_id, lock=True)
    _check_body(actor, known)
    close(known, actor, reason)
    _record(session, actor, "contact:withdraw", known, ("superseded_at", "reason"))


def link(session: Session, contact_id: UUID, case_id: UUID) -> date:
    """Link a contact to the case that it led to, once; answers its day, which the milestone `intercepted` takes.

    For the opening of a case, which tells the log. Raises NotFound for a contact out of sight, Conflict if it has a case.
    """
    known = contact(session, contact_id)
    if known.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    linked = session.execute(
        update(Contact)
        .where(Contact.id == contact_id, Contact.case_id.is_(None), Contact.superseded_at.is_(None))
        .values(case_id=case_id)
        .returning(Contact.id)
    ).one_or_none()
    if linked is None:
        raise Conflict("contact_is_linked")
    return known.occurred_on


def _key(
    session: Session, organisation_id: UUID, person_id: UUID | None, household_id: UUID | None, alias: str | None
) -> UUID:
    """Whom the contact is with: exactly one, and in sight."""
    if sum(one is not None for one in (person_id, household_id, alias)) != 1:
        raise invalid_field("#/alias", "contact_wants_one_subject")
    if person_id is not None:
        person_row(session, person_id)
        return same_as(session, person_id)[0]
    if household_id is not None:
        return household_row(session, household_id).id
    return key_of_alias(organisation_id, alias or "")


def _check(session: Session, values: dict[str, Any]) -> None:
    day = values["occurred_on"]
    if day > today():
        raise invalid_field("#/occurred_on", "date_is_in_the_future", today())
    definition_in_force(session, values["programme"], day)
    in_use(CODES, "devices", values["device"], day, "#/device")
    if values["target_group"] is not None:
        in_use(CODES, "target_groups", values["target_group"], day, "#/target_group")


def _check_body(actor: Actor, known: Contact) -> None:
    """Who sees a contact with its case does not change what another body recorded."""
    if known.organisation_id not in actor.organisations(*OUTREACH):
        raise Forbidden("organisation_is_not_yours")


def _record(session: Session, actor: Actor, action: str, row: Contact, field_names: Any) -> None:
    people = [row.person_id] if row.person_id else []
    record(session, actor, action, case_id=row.case_id, resource_id=row.id, people=people, field_names=field_names)
