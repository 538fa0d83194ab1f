"""The catalogue of instruments, as data."""

import orjson
from flask import Response

from service.actor import require
from service.cases.instruments import queries
from service.cases.instruments.schemas import InstrumentSchema, InstrumentsSchema
from service.web.blueprints import Blueprint
from service.web.requests import transaction

instruments = Blueprint("instruments", __name__, description="Strumenti di valutazione")


@instruments.operation("GET", "/instruments", "listInstruments", answer=InstrumentsSchema)
def list_instruments() -> Response:
    """Every version of every instrument."""
    with transaction() as (session, actor):
        require(actor, "programmes:read")
        return _as_kept({"items": queries.instruments(session)})


@instruments.operation("GET", "/instruments/<string:code>", "showInstrument", answer=InstrumentSchema)
def show_instrument(code: str) -> Response:
    """The latest version of an instrument."""
    with transaction() as (session, actor):
        require(actor, "programmes:read")
        return _as_kept(queries.instrument(session, code))


def _as_kept(content: object) -> Response:
    # Definitions are kept as the schema dumped them when they were loaded.
    return Response(orjson.dumps(content), mimetype="application/json")
