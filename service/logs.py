"""The service's own log: JSON lines with a request id, never a personal datum. (Who did what is in `audit`.)"""

import logging
import re
import sys
import time
from pathlib import Path

import structlog
from flask import Flask, Response, g, request

from service.types import new_id

_HERE = str(Path(__file__).parent)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def configure(level: str) -> None:
    """Send everything, the libraries' lines too, as JSON to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _traceback_without_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def _traceback_without_values(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Where it failed, not with what: an exception's message may quote a person's data."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        frames, place = [], error.__traceback__
        while place is not None:
            frames.append(f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno} {place.tb_frame.f_code.co_name}")
            place = place.tb_next
        # Frames of ours, and the last one wherever it is: the libraries between them say little.
        ours = [frame for frame in frames[:-1] if frame.startswith(_HERE)]
        event["traceback"] = [*ours[-20:], *frames[-1:]]
    return event


def install(app: Flask) -> None:
    """A line for each request: what was asked (the rule, not the path), how it was answered, how long it took."""
    log = structlog.get_logger()

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else str(new_id())
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def finish(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "-"
        milliseconds = round((time.perf_counter() - g.began) * 1000, 1)
        log.info("request", method=request.method, rule=rule, status=response.status_code, ms=milliseconds,
                 code=g.get("problem_code"))  # fmt: skip
        return response
