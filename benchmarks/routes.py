"""What is timed, and what the service sends for it: plain data, which the floor reads without the service."""

from dataclasses import dataclass
from typing import Any, NamedTuple

KEY = "Idempotency-Key"


@dataclass(frozen=True)
class Route:
    """One request to be timed. `token`: of the operator who sends it."""

    name: str
    method: str
    url: str
    token: str
    body: Any = None


class Statement(NamedTuple):
    """A statement in psycopg's own form, its parameters, and the names of the columns that it gives (none: no rows)."""

    text: str
    values: dict[str, Any]
    columns: tuple[str, ...]
