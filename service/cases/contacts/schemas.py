"""What contacts take and answer."""

from typing import Any
from uuid import UUID

from service.cases.contacts.operations import CODES
from service.codes import codes_of
from service.web import fields
from service.web.schemas import Choice, Code, Instant, Narrative, PageQuery, PeopleSchema, Schema, Text, page_of

DEVICES, TARGET_GROUPS = codes_of(CODES, "devices"), codes_of(CODES, "target_groups")


class ContactFields(Schema):
    """A meeting before there is a case: with a person or a household of the registry, or with who has only an alias."""

    organisation_id = fields.UUID(required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    household_id = fields.UUID(load_default=None, allow_none=True)
    alias = Text(longest=100, load_default=None, allow_none=True)
    device = Choice(DEVICES, required=True)
    programme = Code(required=True)
    target_group = Choice(TARGET_GROUPS, load_default=None, allow_none=True)
    occurred_on = fields.Date(required=True)
    note = Narrative(load_default=None, allow_none=True)


class NewContactSchema(ContactFields):
    """A contact to record, and the body that does so."""


class ContactCorrectionSchema(Schema):
    """What was wrong, and why it is changed."""

    device = Choice(DEVICES)
    programme = Code()
    target_group = Choice(TARGET_GROUPS, allow_none=True)
    occurred_on = fields.Date()
    note = Narrative(allow_none=True)
    reason = Text(longest=500, required=True)


class ContactSchema(PeopleSchema, ContactFields):
    """A contact. `contact_key` is the same for all the contacts with the same somebody."""

    id = fields.UUID(required=True)
    contact_key = fields.UUID(required=True)
    case_id = fields.UUID(required=True, allow_none=True)
    linked_at = Instant(required=True, allow_none=True)
    recorded_at = Instant(required=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = Instant(required=True, allow_none=True)
    supersede_reason = Text(longest=500, required=True, allow_none=True)

    def _people_in(self, rows: Any) -> set[UUID]:
        return {row.person_id for row in rows if row.person_id is not None}


class ContactQuery(PageQuery):
    """Which contacts."""

    contact_key = fields.UUID()
    case_id = fields.UUID()


ContactPage = page_of(ContactSchema)
