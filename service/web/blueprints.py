"""The blueprint of every room: authenticated, strict, one operation for each route, described in the contract."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import flask_smorest
import marshmallow as ma

from service.web.parsing import no_parameters, parser, raw_body
from service.web.requests import authenticate

View = Callable[..., Any]


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # the package is untyped
    """A room's routes. `is_public` ones (log-in, status) ask for no token."""

    ARGUMENTS_PARSER = parser

    def __init__(self, name: str, import_name: str, *, description: str, is_public: bool = False) -> None:
        super().__init__(name, import_name, description=description, url_prefix="/v1")
        if not is_public:
            self.before_request(authenticate)
        self.is_public = is_public

    def operation(
        self,
        method: str,
        rule: str,
        operation_id: str,
        *,
        answer: type[ma.Schema] | None,
        body: type[ma.Schema] | None = None,
        query: type[ma.Schema] | None = None,
        status: int = 200,
        if_match: bool = False,
        etag: bool = False,
        creates: bool = False,
        needs_key: bool = False,
        takes: tuple[str, ...] = (),
        gives: tuple[str, ...] = (),
    ) -> Callable[[View], View]:
        """Register a view: `operation_id` names it in the contract, the log and the code.

        `if_match`: the change wants the version. `etag`: the answer carries it. `creates`: takes `Idempotency-Key`
        and answers with `Location` (`needs_key`: refused without one, since it moves money). The view gets the parsed
        body or query as `body=` / `query=`. `takes`, `gives`: the body or the answer are bytes of one of these media
        types, and no JSON; the view gets `content=` and `media_type=`.
        """

        def register(view: View) -> View:
            view.operation_id = operation_id  # type: ignore[attr-defined]  # read by `requests.origin`
            described = view
            if query is None:
                described = _without_parameters(described)
            if body is not None:
                media = "application/merge-patch+json" if method == "PATCH" else "application/json"
                described = self.arguments(body, location="json", content_type=media, arg_name="body")(described)
            if takes:
                described = _with_content(described)
            if query is not None:
                described = self.arguments(query, location="query", arg_name="query")(described)
            described = self.response(status, answer, description=_first_line(view))(described)
            described = self.doc(
                operationId=operation_id,
                **{
                    "x-trama": {
                        "if_match": if_match,
                        "etag": etag,
                        "creates": creates,
                        "needs_key": needs_key,
                        "public": self.is_public,
                        "takes": takes,
                        "gives": gives,
                    }
                },
            )(described)
            registered: View = self.route(rule, methods=[method])(described)
            return registered

        return register


def _first_line(view: View) -> str:
    return (view.__doc__ or "").strip().splitlines()[0]


def _with_content(view: View) -> View:
    @wraps(view)
    def reading(*arguments: Any, **values: Any) -> Any:
        media_type, content = raw_body()
        return view(*arguments, content=content, media_type=media_type, **values)

    return reading


def _without_parameters(view: View) -> View:
    @wraps(view)
    def strict(*arguments: Any, **values: Any) -> Any:
        no_parameters()
        return view(*arguments, **values)

    return strict
