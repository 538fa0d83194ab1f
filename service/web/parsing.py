"""Reading bodies and queries: strictly, with the place and the code of every wrong field."""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import marshmallow as ma
import orjson
from flask import Request, request
from webargs.flaskparser import FlaskParser

from service.config import settings
from service.errors import FieldError, Invalid, Malformed, Refusal
from service.web.requests import strings

MERGE_PATCH = "application/merge-patch+json"


class Parser(FlaskParser):
    """Webargs' parser with our refusals: unknown fields and parameters are errors everywhere."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - webargs' form
        "json": ma.RAISE, "query": ma.RAISE, "query_and_path": ma.RAISE,
    }  # fmt: skip

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """The body: an object, in UTF-8, of the right media type, without NUL or absurd depth."""
        expected = MERGE_PATCH if req.method == "PATCH" else "application/json"
        if req.mimetype != expected:
            raise Malformed("media_type_is_unsupported", expected)
        try:
            body = orjson.loads(req.get_data())
        except orjson.JSONDecodeError as error:
            raise Malformed("json_is_invalid") from error
        if not isinstance(body, dict):
            raise Malformed("json_is_not_an_object")
        wrong = tuple(FieldError(pointer, "text_is_invalid") for pointer, text in strings(body) if "\0" in text)
        if wrong:
            raise Invalid("request_is_invalid", errors=wrong)
        return body

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """The parameters, each given once."""
        repeated = [name for name, values in req.args.lists() if len(values) > 1]
        if repeated:
            raise Malformed("parameters_are_invalid", errors=_at_parameters(repeated, "parameter_is_repeated"))
        return super().load_querystring(req, schema)

    def handle_error(
        self, error: ma.ValidationError, req: Request, schema: ma.Schema, *, error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:  # fmt: skip
        """Marshmallow's messages become field errors."""
        raise refusal_of(error) from error


parser = Parser()


def refusal_of(error: ma.ValidationError) -> Refusal:
    """The refusal that tells a validation error: 400 for a wrong parameter, 422 for a wrong body."""
    messages: Any = error.messages
    if set(messages) == {"query"} and isinstance(messages["query"], dict):
        return Malformed("parameters_are_invalid", errors=tuple(_field_errors(messages["query"], "#/query")))
    body = messages.get("json", messages)
    return Invalid("request_is_invalid", errors=tuple(_field_errors(body, "#")))


def _field_errors(messages: Any, pointer: str) -> list[FieldError]:
    if isinstance(messages, dict):
        return [
            found
            for name, inner in messages.items()
            for found in _field_errors(inner, pointer if name == "_schema" else f"{pointer}/{_escaped(name)}")
        ]
    found = []
    for message in messages if isinstance(messages, list) else [messages]:
        code, *values = str(message).split(":")
        found.append(FieldError(pointer, code, tuple(values)))
    return found


def _escaped(name: Any) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")[:100]


def raw_body() -> tuple[str, bytes]:
    """The media type and the bytes of a body that is a file. Over the size of a file it is refused (413), unread."""
    request.max_content_length = settings().largest_file_bytes
    return request.mimetype, request.get_data(cache=False)


def no_parameters() -> None:
    """Refuse query parameters where a route takes none."""
    if request.args:
        raise Malformed("parameters_are_invalid", errors=_at_parameters(request.args, "field_is_unknown"))


def _at_parameters(names: Iterable[str], code: str) -> tuple[FieldError, ...]:
    return tuple(FieldError(f"#/query/{_escaped(name)}", code) for name in names)
