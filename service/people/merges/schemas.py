"""What merges of persons take and answer."""

from typing import Any
from uuid import UUID

from service.people.schemas import NoteSchema
from service.web import fields
from service.web.schemas import Schema, Text


class NewMergeSchema(Schema):
    """Two persons who are one: `alias_id` becomes another id of `person_id`, whose identity stays."""

    alias_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    reason = Text(longest=500, required=True)


class MergeSchema(NoteSchema):
    """A merge; `superseded_at` tells when it was undone."""

    alias_id = fields.UUID(required=True)
    reason = Text(longest=500, required=True)

    def _people_in(self, rows: Any) -> set[UUID]:
        return {one for row in rows for one in (row.alias_id, row.person_id)}
