"""Marshmallow's fields, with what its own take too kindly made strict: the contract promises one way to write a value."""

import re
from typing import Any

from marshmallow import fields
from marshmallow.fields import AwareDateTime, Decimal, Dict, Field, Function, Integer, List, Nested, Raw, String

__all__ = (
    "UUID", "AwareDateTime", "Boolean", "Date", "Decimal", "Dict", "Field", "Flag", "Function", "Integer", "List",
    "Nested", "Raw", "String",
)  # fmt: skip

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Date(fields.Date):
    """A day written YYYY-MM-DD, and in none of ISO 8601's other ways."""

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, *arguments, **options)


class UUID(fields.UUID):
    """An identifier in the one form that the API gives."""

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return super()._deserialize(value, *arguments, **options)


class Boolean(fields.Boolean):
    """JSON's true and false; "yes", "on" and 1 are not."""

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Flag(fields.Boolean):
    """A boolean in a query, where all values are texts: true or false."""

    def __init__(self, **options: Any) -> None:
        super().__init__(truthy={"true"}, falsy={"false"}, **options)
