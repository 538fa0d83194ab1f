"""What can go wrong, told in facts: each refusal carries a stable code; `problems` gives it words and a status."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One wrong field: `pointer` is a JSON pointer into the body (or `#/query/<name>` for a parameter)."""

    pointer: str
    code: str
    values: tuple[str, ...] = ()


class Refusal(Exception):
    """A request that is understood and refused. `values` fill the places of the text that `problems` keeps for `code`."""

    def __init__(self, code: str, *values: object, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.values = tuple(str(value) for value in values)
        self.errors = errors


class Malformed(Refusal):
    """400: the request can't be read."""


class Unauthenticated(Refusal):
    """401: who is asking is not known."""


class Forbidden(Refusal):
    """403: the actor sees the thing and may not do this to it."""


class NotFound(Refusal):
    """404: there is no such thing within what the actor may see."""


class Conflict(Refusal):
    """409: the state of things does not allow it."""


class Stale(Refusal):
    """412: the row is no longer the one that the caller read."""


class Invalid(Refusal):
    """422: a value is wrong; `errors` name the fields."""


class PreconditionMissing(Refusal):
    """428: a change must say which version it changes."""


class TooMany(Refusal):
    """429: too many tries; `retry_after` in seconds."""

    def __init__(self, code: str, retry_after: int) -> None:
        super().__init__(code, retry_after)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """503: a part that the request can't do without is not there (the database, the log)."""


def invalid_field(pointer: str, code: str, *values: object) -> Invalid:
    """The refusal for one wrong field."""
    return Invalid("request_is_invalid", errors=(FieldError(pointer, code, tuple(str(value) for value in values)),))
