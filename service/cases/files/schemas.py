"""What the files of a case take and answer."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import validate

from service.cases.files.rules import OF_THE_SERVICE, RIGHTS, kinds, media_types
from service.web import fields
from service.web.schemas import CaseFactSchema, Choice, Instant, Number, Schema, Text, page_of

STATUSES = ("awaited", "kept", "erased", "withdrawn")
LARGEST = 2**31 - 1


class FileName(Text):
    """The name of a file: one line, no folder, and nothing that hides how it ends."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        name = super()._deserialize(value, attr, data, **options)
        if any(letter in "/\\" or unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in name):
            raise ma.ValidationError("file_name_is_invalid")
        return name


class NewFileSchema(Schema):
    """A file that will come."""

    file_name = FileName(required=True)
    kind = Choice([kind for kind in kinds() if kind not in OF_THE_SERVICE], required=True)
    media_type = Choice(media_types(), required=True)
    size = Number(1, LARGEST, required=True)
    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z", error="hash_is_invalid"))
    right = Choice(RIGHTS, required=True)
    occurred_on = fields.Date(required=True)


class FileSchema(CaseFactSchema):
    """A file. Awaited until its bytes come; erased once they are gone by law, withdrawn if kept by mistake."""

    id = fields.UUID(required=True)
    file_name = Text(required=True)
    kind = Choice(kinds(), required=True)
    media_type = Choice(media_types(), required=True)
    size = Number(1, LARGEST, required=True)
    sha256 = fields.Function(lambda file: file.sha256.hex(), metadata={"type": "string", "maxLength": 64})
    right = Choice(RIGHTS, required=True)
    occurred_on = fields.Date(required=True)
    status = Choice(STATUSES, required=True)
    recorded_at = Instant(required=True)
    recorded_by = fields.UUID(required=True)


FilePage = page_of(FileSchema)
