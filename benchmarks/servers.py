"""The two servers that are timed, each a process of its own: `python -m benchmarks.servers service` and `… floor`."""

import os
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

Row = dict[str, Any]
REFERRAL = ("channel", "from_organisation_id", "happened_on", "arrived_on", "need")


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


def told(row: Row) -> Row:
    """A row with its instant as the API writes it."""
    return {
        **row,
        "recorded_at": f"{row['recorded_at']:%Y-%m-%dT%H:%M:%S}.{row['recorded_at'].microsecond // 1000:03}Z",
    }


def nested(row: Row) -> Row:
    """A case as the API nests it."""
    referral = {name: row.pop(name) for name in REFERRAL}
    return {**told(row), "referral": referral if referral["channel"] is not None else None}


def one_case(rows: list[Row], _: Any) -> Any:
    """The answer of a case read."""
    return nested(rows[0])


def list_of_cases(rows: list[Row], answer: Any) -> Any:
    """The answer of a list; its cursor is the one that the service gave, unsigned here."""
    return {"items": [nested(row) for row in rows[:25]], "next_cursor": answer["next_cursor"]}


def intervention(rows: list[Row], answer: Any) -> Any:
    """The answer of a diary entry: the columns that the service shows."""
    row = told(rows[0])
    return {name: row[name] for name in answer}


def replay_of(path: str, statements: list[tuple[str, Row]], answer: Any) -> tuple[Any, ...]:
    """The statements, which of them gives the rows shown, how those become the answer, how many new ids it takes."""
    form, table = one_case, "FROM cases.cases LEFT OUTER JOIN"
    if path.endswith("interventions"):
        form, table = intervention, "FROM cases.interventions"
    elif "?" in path:
        form = list_of_cases
    (shown,) = [place for place, (text, _) in enumerate(statements) if table in text]
    fresh = [value[1] + 1 for _, values in statements for value in values.values() if is_id(value)]
    return statements, shown, form, answer, max(fresh, default=0)


def floor() -> Callable[..., Iterable[bytes]]:
    """The bare application: it verifies the token as the service does, replays the statements, and dumps the same JSON.

    It routes by the whole URL, validates nothing, limits nothing, writes no line of its own log.
    """
    import jwt
    import orjson
    import psycopg

    url, token_key = os.environ["FLOOR_DATABASE"], bytes.fromhex(os.environ["FLOOR_TOKEN_KEY"])
    script = pickle.loads(Path(os.environ["FLOOR_SCRIPT"]).read_bytes())
    replays = {path: replay_of(path, *captured) for path, captured in script.items()}
    thread = threading.local()

    def connection() -> Any:
        if not hasattr(thread, "connection"):
            timeouts = "-c statement_timeout=15s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
            thread.connection = psycopg.connect(url, options=timeouts)
        return thread.connection

    def application(environ: Row, start_response: Any) -> Iterable[bytes]:
        jwt.decode(environ["HTTP_AUTHORIZATION"][7:], token_key, algorithms=["HS256"], issuer="trama")
        query = environ["QUERY_STRING"]
        statements, shown, shape, answer, fresh = replays[environ["PATH_INFO"] + (f"?{query}" if query else "")]
        if environ["REQUEST_METHOD"] == "POST":
            orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        ids = [new_id() for _ in range(fresh)]
        key = sha256(environ.get("HTTP_IDEMPOTENCY_KEY", "").encode()).digest()
        session, rows = connection(), []
        with session.cursor() as cursor:
            for place, (text, values) in enumerate(statements):
                cursor.execute(text, fill(values, ids, key))
                if place == shown:
                    names = [column.name for column in cursor.description]
                    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
                elif cursor.description:
                    cursor.fetchall()
        body = orjson.dumps(shape(rows, answer))
        session.commit()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return application


def is_id(value: Any) -> bool:
    """Whether a parameter is an id that each request makes anew."""
    return type(value) is tuple and value[0] == "id"


if __name__ == "__main__":
    serve_service() if sys.argv[1] == "service" else serve_floor()
