"""The bases of all schemas: unknown fields refused, messages that are codes, people never dumped unlogged."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from service.types import Shown

LONGEST_TEXT = 10_000
PRINTABLE = r"^[^\x00-\x08\x0b-\x1f]*$"

_CODES: dict[type[ma.fields.Field[Any]], dict[str, str]] = {
    fields.Field: {"required": "field_is_missing", "null": "field_is_null", "validator_failed": "value_is_invalid"},
    fields.String: {"invalid": "text_is_invalid", "invalid_utf8": "text_is_invalid"},
    fields.UUID: {"invalid_uuid": "uuid_is_invalid"},
    fields.Integer: {"invalid": "integer_is_invalid", "too_large": "integer_is_invalid"},
    fields.Decimal: {"invalid": "decimal_is_invalid", "special": "decimal_is_invalid"},
    fields.Boolean: {"invalid": "boolean_is_invalid"},
    fields.Date: {"invalid": "date_is_invalid", "format": "date_is_invalid"},
    fields.AwareDateTime: {
        "invalid": "time_is_invalid",
        "invalid_awareness": "time_is_invalid",
        "format": "time_is_invalid",
    },
    fields.List: {"invalid": "list_is_invalid"},
    fields.Nested: {"type": "object_is_invalid"},
    fields.Enum: {"unknown": "value_is_unknown:{choices}"},
}
# Marshmallow speaks English sentences; ours are codes, which `problems` puts into words in the reader's language.
for _field, _messages in _CODES.items():
    _field.default_error_messages = {**_field.default_error_messages, **_messages}


class Schema(ma.Schema):
    """The base of every body, query and answer."""

    error_messages = {"unknown": "field_is_unknown", "type": "object_is_invalid"}  # noqa: RUF012 - marshmallow's form

    class Meta:
        unknown = ma.RAISE


class UnloggedPeople(AssertionError):
    """A slip of ours: people about to be shown without an event that names them."""


class PeopleSchema(Schema):
    """The base of every answer about a person. `person_id_of` names the attribute that says whom each row is about;
    without it the rows are about the person of the case in the address."""

    person_id_of: str | None = "person_id"

    def dump(self, obj: Any, *, many: bool | None = None, shown: Shown | None = None) -> Any:
        """Dump, if the log was told: `shown` must name everybody in `obj`."""
        if shown is None or not self._people_in(obj if many else (obj,)) <= shown.people:
            raise UnloggedPeople(f"{type(self).__name__} without an event for everybody shown")
        return super().dump(obj, many=many)

    def _people_in(self, rows: Iterable[Any]) -> set[UUID]:
        if self.person_id_of is None:
            return set()
        return {ma.utils.get_value(row, self.person_id_of) for row in rows}


class CaseFactSchema(PeopleSchema):
    """The base of what belongs to one case: about its person, unless `person_id_of` names another of the household."""

    person_id_of: str | None = None


class Text(fields.String):
    """A text for people: 1 to `longest` characters, trimmed, without control characters but the new line and the tab."""

    def __init__(self, longest: int = 200, **options: Any) -> None:
        super().__init__(validate=Length(1, longest), metadata={"pattern": PRINTABLE}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options).strip()
        if any(ord(letter) < 32 and letter not in "\n\t" for letter in text):
            raise ma.ValidationError("text_is_invalid")
        return text


class Narrative(Text):
    """A long text in somebody's own words."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=LONGEST_TEXT, **options)


class Code(fields.String):
    """A code from a list that is data: lower-case words, or a programme's upper-case name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Regexp(r"^[A-Za-z0-9_]{1,64}\Z", error="code_is_invalid"), **options)


class Choice(fields.String):
    """One of a closed list of codes."""

    def __init__(self, choices: Iterable[str], **options: Any) -> None:
        allowed = list(choices)
        super().__init__(validate=validate.OneOf(allowed, error="value_is_unknown:{choices}"), **options)


class Number(fields.Integer):
    """A whole number between two bounds; `"3"` and `3.0` are not numbers."""

    def __init__(self, least: int, most: int, *, strict: bool = True, **options: Any) -> None:
        limits = validate.Range(least, most, error=f"number_out_of_range:{least}:{most}")
        super().__init__(strict=strict, validate=limits, metadata={"format": "int32"}, **options)

    def _validated(self, value: Any) -> int:
        is_written = isinstance(value, str) and not self.strict and re.fullmatch(r"[0-9]{1,9}", value, re.ASCII)
        if not is_written and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class DecimalNumber(fields.Decimal):
    """A JSON number of at most two decimals between two bounds: a score, a weight. Money is `Amount`."""

    default_error_messages = {"invalid": "number_is_invalid"}  # noqa: RUF012 - marshmallow's form

    def __init__(self, least: int = -10_000, most: int = 10_000, **options: Any) -> None:
        self.least, self.most = least, most
        super().__init__(metadata={"format": "double", "minimum": least, "maximum": most}, **options)

    def _validated(self, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            raise ma.ValidationError(f"number_out_of_range:{self.least}:{self.most}")
        number = Decimal(str(value))
        if number != round(number, 2):
            raise self.make_error("invalid")
        return number

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **options: Any) -> Any:
        return None if value is None else float(value)


class Instant(fields.AwareDateTime):
    """A time with its zone on the way in; UTC, as `2023-12-31T10:00:00.000000Z`, on the way out."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **options).astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type="time") from error

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return (
            None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        )


class Amount(fields.Decimal):
    """Euro with two digits, written as a text: "100.23"."""

    def __init__(self, **options: Any) -> None:
        pattern = {"type": "string", "format": "decimal", "pattern": r"^[0-9]{1,12}\.[0-9]{2}$", "maxLength": 15}
        super().__init__(as_string=True, places=2, metadata=pattern, **options)

    def _validated(self, value: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,12}\.[0-9]{2}", value):
            raise self.make_error("invalid")
        return super()._validated(value)


class Quantity(fields.Decimal):
    """How much, with two digits at most, written as a text: "7.5"."""

    default_error_messages = {"invalid": "quantity_is_invalid"}  # noqa: RUF012 - marshmallow's form

    def __init__(self, least: str = "0.01", **options: Any) -> None:
        shape = {"type": "string", "format": "decimal", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,2})?$", "maxLength": 9}
        super().__init__(as_string=True, metadata=shape, **options)
        self.least = Decimal(least)

    def _validated(self, value: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,2})?", value, re.ASCII):
            raise self.make_error("invalid")
        if Decimal(value) < self.least:
            raise ma.ValidationError(f"number_out_of_range:{self.least}:999999.99")
        return super()._validated(value)


class Length(validate.Length):
    """A length between bounds, told as a code with its bounds."""

    def __init__(self, least: int, most: int) -> None:
        told = f"length_is_not_exact:{least}" if least == most else f"length_out_of_range:{least}:{most}"
        super().__init__(min=least, max=most, error=told)


class MoneySchema(Schema):
    """An amount as the Italian guidelines write it."""

    amount = Amount(required=True)
    currency = Choice(["EUR"], required=True)


class PageQuery(Schema):
    """The query of every list."""

    limit = Number(1, 100, strict=False, load_default=25)
    cursor = fields.String(load_default=None, validate=Length(1, 64))


def page_of(item: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of a page of items."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True, validate=Length(0, 100)),
            "next_cursor": fields.String(required=True, allow_none=True, validate=Length(1, 64)),
        },
        name=f"{item.__name__.removesuffix('Schema')}Page",
    )
