"""The two servers that are timed, each a process of its own: `python -m benchmarks.servers service` and `… floor`."""

import json
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from benchmarks.routes import Route, Statement

Row = dict[str, Any]


def serve_service() -> None:
    """The real thing, as `trama serve` runs it: log, limits, sealer and all."""
    from service.config import settings
    from service.installation import Urls
    from service.serving import serve

    chosen = settings()
    assert chosen.database_url is not None
    serve(chosen, Urls(chosen.database_url, chosen.worker_url or "", None))


def serve_floor() -> None:
    """A bare WSGI function on the same server with the same settings."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian("benchmarks.servers:floor", address="127.0.0.1", port=int(os.environ["FLOOR_PORT"]), interface=Interfaces.WSGI,
            workers=1, blocking_threads=4, backpressure=64, workers_kill_timeout=5, respawn_failed_workers=True,
            log_level=LogLevels.warning).serve(target_loader=floor, wrap_loader=False)  # fmt: skip


def new_id() -> UUID:
    """In order of time, as the service's: the same work for the indexes."""
    return UUID(int=(time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10)))


def fill(values: Row, ids: list[UUID], key: bytes) -> Row:
    """Parameters with what is new in this request put in."""
    return {
        name: value if type(value) is not tuple else key if value == ("key",) else ids[value[1]]
        for name, value in values.items()
    }


def told(value: Any) -> Any:
    """A value as the API writes it, where orjson would write another."""
    return f"{value:%Y-%m-%dT%H:%M:%S.%f}Z" if isinstance(value, datetime) else value


def item_of(row: Row, like: Row) -> Row:
    """What is shown of a row, in the form of an answer of the service: nested where that is."""
    return {name: item_of(row, shown) if isinstance(shown, dict) else told(row[name]) for name, shown in like.items()}


def one_case(found: list[list[Row]], answer: Any) -> Any:
    """The answer of a case read."""
    return item_of(found[0][0], answer)


def list_of_cases(found: list[list[Row]], answer: Any) -> Any:
    """The answer of a list; its cursor is the one that the service gave, unsigned here."""
    return {"items": [item_of(row, answer["items"][0]) for row in found[0][:25]], "next_cursor": answer["next_cursor"]}


def intervention(found: list[list[Row]], answer: Any) -> Any:
    """The answer of a diary entry: the columns that the service shows, and who took part."""
    rows, parties = found
    present = {f"{name}s": [one[name] for one in parties if one[name]] for name in PARTIES}
    return item_of(rows[0] | present, answer)


PARTIES = ("member_id", "person_id", "organisation_id")


class Form(NamedTuple):
    """How an answer is made of rows. `of` names columns that, each set, one statement alone gives all of."""

    make: Callable[[list[list[Row]], Any], Any]
    of: tuple[tuple[str, ...], ...]


CASE = ("programme", "stage", "channel", "need")
FORMS = {
    "one case": Form(one_case, (CASE,)),
    "a list of 25 cases": Form(list_of_cases, (CASE,)),
    "an intervention logged": Form(intervention, (("minutes", "note", "recorded_at"), ("intervention_id", *PARTIES))),
}


class Replay(NamedTuple):
    """The statements of a request, the places of those whose rows are shown, and how many new ids it takes."""

    statements: list[Statement]
    shown: tuple[int, ...]
    make: Callable[[list[list[Row]], Any], Any]
    answer: Any
    fresh: int


def replay_of(name: str, statements: list[Statement], answer: Any) -> Replay:
    """How the floor answers a route. What a statement is for is told by the columns that it gives, not by its words."""
    form = FORMS[name]
    shown = tuple(_giver(statements, wanted) for wanted in form.of)
    fresh = [value[1] + 1 for one in statements for value in one.values.values() if is_id(value)]
    return Replay(statements, shown, form.make, answer, max(fresh, default=0))


def _giver(statements: list[Statement], wanted: tuple[str, ...]) -> int:
    givers = [place for place, one in enumerate(statements) if set(wanted) <= set(one.columns)]
    assert len(givers) == 1, f"{len(givers)} statements give {wanted}"
    return givers[0]


def differences(route: Route, mine: bytes, bare: bytes) -> dict[str, Any]:
    """In which fields the floor's answer is not the service's, each with both values: it is a floor only without any.

    What two requests that write can't have alike is left aside.
    """
    first, second = json.loads(mine), json.loads(bare)
    aside = {"id", "recorded_at"} if route.body is not None else set()
    names = (first.keys() | second.keys()) - aside
    return {name: (first.get(name), second.get(name)) for name in names if first.get(name) != second.get(name)}


def floor() -> Callable[..., Iterable[bytes]]:
    """The bare application: it verifies the token as the service does, replays the statements, and dumps the same JSON.

    It routes by the whole URL, validates nothing, limits nothing, writes no line of its own log.
    """
    import jwt
    import orjson
    import psycopg

    url, token_key = os.environ["FLOOR_DATABASE"], bytes.fromhex(os.environ["FLOOR_TOKEN_KEY"])
    script = pickle.loads(Path(os.environ["FLOOR_SCRIPT"]).read_bytes())
    replays = {path: replay_of(*captured) for path, captured in script.items()}
    thread = threading.local()

    def connection() -> Any:
        if not hasattr(thread, "connection"):
            timeouts = "-c statement_timeout=15s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
            thread.connection = psycopg.connect(url, options=timeouts)
        return thread.connection

    def application(environ: Row, start_response: Any) -> Iterable[bytes]:
        jwt.decode(environ["HTTP_AUTHORIZATION"][7:], token_key, algorithms=["HS256"], issuer="trama")
        query = environ["QUERY_STRING"]
        replay = replays[environ["PATH_INFO"] + (f"?{query}" if query else "")]
        if environ["REQUEST_METHOD"] == "POST":
            orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        ids = [new_id() for _ in range(replay.fresh)]
        key = sha256(environ.get("HTTP_IDEMPOTENCY_KEY", "").encode()).digest()
        session, found = connection(), {}
        with session.cursor() as cursor:
            for place, one in enumerate(replay.statements):
                cursor.execute(one.text, fill(one.values, ids, key))
                rows = cursor.fetchall() if cursor.description else []
                if place in replay.shown:
                    found[place] = [dict(zip(one.columns, row, strict=True)) for row in rows]
        body = orjson.dumps(replay.make([found[place] for place in replay.shown], replay.answer))
        session.commit()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return application


def is_id(value: Any) -> bool:
    """Whether a parameter is an id that each request makes anew."""
    return type(value) is tuple and value[0] == "id"


if __name__ == "__main__":
    serve_service() if sys.argv[1] == "service" else serve_floor()
