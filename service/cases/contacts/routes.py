"""Contacts: people met before there is a case."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import shown
from service.cases.contacts import operations, queries
from service.cases.contacts.schemas import (
    ContactCorrectionSchema,
    ContactPage,
    ContactQuery,
    ContactSchema,
    NewContactSchema,
)
from service.people.schemas import MistakeSchema
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction

contacts = Blueprint("contacts", __name__, description="Contatti prima della presa in carico")


@contacts.operation("GET", "/contacts", "listContacts", query=ContactQuery, answer=ContactPage)
def list_contacts(query: dict[str, Any]) -> Response:
    """The contacts that the actor may see, what was recorded last first."""
    with transaction() as (session, actor):
        require(actor, "contacts:read")
        found = paged(queries.contacts(session, **query), limit=query["limit"], scope="contacts")
        receipt = shown(session, actor, {one.person_id for one in found["items"] if one.person_id is not None})
        return answer_page(ContactSchema, found, shown=receipt)


@contacts.operation("GET", "/contacts/<uuid:contact_id>", "showContact", answer=ContactSchema)
def show_contact(contact_id: UUID) -> Response:
    """One contact."""
    with transaction() as (session, actor):
        return _shown(session, actor, contact_id)


@contacts.operation(
    "POST", "/contacts", "recordContact", body=NewContactSchema, answer=ContactSchema, status=201, creates=True
)
def record_contact(body: dict[str, Any]) -> Response:
    """Record a contact."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.record_contact(session, actor, **body))
        return _shown(session, actor, made, is_made=True)


@contacts.operation(
    "POST", "/contacts/<uuid:contact_id>/correction", "correctContact", body=ContactCorrectionSchema,
    answer=ContactSchema, status=201, creates=True,
)  # fmt: skip
def correct_contact(contact_id: UUID, body: dict[str, Any]) -> Response:
    """Correct a contact: another takes its place."""
    with transaction() as (session, actor):
        reason = body.pop("reason")
        made = once(session, actor, lambda: operations.correct_contact(
            session, actor, contact_id, reason=reason, changes=body))  # fmt: skip
        return _shown(session, actor, made, is_made=True)


@contacts.operation(
    "POST", "/contacts/<uuid:contact_id>/withdrawal", "withdrawContact", body=MistakeSchema, answer=ContactSchema
)
def withdraw_contact(contact_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a contact that never was."""
    with transaction() as (session, actor):
        operations.withdraw_contact(session, actor, contact_id, **body)
        return _shown(session, actor, contact_id)


def _shown(session: Any, actor: Any, contact_id: UUID, *, is_made: bool = False) -> Response:
    require(actor, "contacts:read")
    found = queries.contact(session, contact_id)
    people = [found.person_id] if found.person_id else []
    receipt = shown(session, actor, people, case_id=found.case_id, resource_id=contact_id)
    if not is_made:
        return answer(ContactSchema, found, shown=receipt)
    return answer(ContactSchema, found, shown=receipt, status=201,
                  location=location_of("contacts.show_contact", contact_id=contact_id))  # fmt: skip
