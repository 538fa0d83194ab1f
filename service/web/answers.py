"""Answers: dumped inside the transaction, with the version as ETag, never stored on the way."""

from functools import cache
from typing import Any

import marshmallow as ma
import orjson
from flask import Response, url_for

from service.types import Shown
from service.web.schemas import PeopleSchema


def answer(
    schema: type[ma.Schema],
    content: Any,
    *,
    shown: Shown | None = None,
    status: int = 200,
    version: int | None = None,
    location: str | None = None,
) -> Response:
    """The answer of one resource. A schema of people wants the log's proof (`shown`)."""
    return _response(_dumped(schema, content, shown), status, version, location)


def answer_page(item: type[ma.Schema], page: dict[str, Any], *, shown: Shown | None = None) -> Response:
    """The answer of a list: `items`, and `next_cursor` where it goes on page by page."""
    return _response({**page, "items": _dumped(item, page["items"], shown, many=True)}, 200, None, None)


def nothing() -> Response:
    """204."""
    return Response(status=204)


def _dumped(schema: type[ma.Schema], content: Any, shown: Shown | None, *, many: bool = False) -> Any:
    dumper = _made(schema)
    if isinstance(dumper, PeopleSchema):
        return dumper.dump(content, many=many, shown=shown)
    return dumper.dump(content, many=many)


@cache
def _made(schema: type[ma.Schema]) -> ma.Schema:
    """One of each for the process: making a schema copies all its fields, and dumping changes nothing in it."""
    return schema()


def _response(body: Any, status: int, version: int | None, location: str | None) -> Response:
    response = Response(orjson.dumps(body), status, mimetype="application/json")
    if version is not None:
        response.set_etag(str(version))
    if location is not None:
        response.headers["Location"] = location
    return response


def location_of(endpoint: str, **values: Any) -> str:
    """The path of a resource just made."""
    return url_for(endpoint, **values)
