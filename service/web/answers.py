"""Answers: dumped inside the transaction, with the version as ETag, never stored on the way."""

import unicodedata
from functools import cache
from typing import Any
from urllib.parse import quote
from uuid import UUID

import marshmallow as ma
import orjson
from flask import Response, url_for

from service.types import Shown
from service.web.schemas import PeopleSchema, UnloggedPeople


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


def answer_page(
    item: type[ma.Schema],
    page: dict[str, Any],
    *,
    shown: Shown | None = None,
    status: int = 200,
    location: str | None = None,
) -> Response:
    """The answer of a list: `items`, and `next_cursor` where it goes on page by page."""
    return _response({**page, "items": _dumped(item, page["items"], shown, many=True)}, status, None, location)


def answer_file(content: bytes, *, name: str, media_type: str, about: frozenset[UUID], shown: Shown) -> Response:
    """The bytes of a file, to be saved and never opened in place. `about`: the people whom the log must know of."""
    if not about <= shown.people:
        raise UnloggedPeople("a file without an event for whom it is about")
    response = Response(content, 200, mimetype=media_type)
    # A name in full for those who read RFC 6266, and what of it is ASCII for the others.
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
    response.headers.set("Content-Disposition", "attachment", **names)
    return response


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
