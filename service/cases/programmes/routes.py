"""The programmes, as data."""

import orjson
from flask import Response

from service.actor import require
from service.cases.programmes import queries
from service.cases.programmes.schemas import DefinitionSchema, ProgrammesSchema
from service.web.blueprints import Blueprint
from service.web.requests import transaction

programmes = Blueprint("programmes", __name__, description="Misure e loro definizioni")


@programmes.operation("GET", "/programmes", "listProgrammes", answer=ProgrammesSchema)
def list_programmes() -> Response:
    """Every version of every programme."""
    with transaction() as (session, actor):
        require(actor, "programmes:read")
        return _as_kept({"items": queries.programmes(session)})


@programmes.operation("GET", "/programmes/<string:code>", "showProgramme", answer=DefinitionSchema)
def show_programme(code: str) -> Response:
    """The latest version of a programme."""
    with transaction() as (session, actor):
        require(actor, "programmes:read")
        return _as_kept(queries.programme(session, code))


def _as_kept(content: object) -> Response:
    # Definitions are kept as the schema dumped them when they were loaded.
    return Response(orjson.dumps(content), mimetype="application/json")
