"""Whether the service and its parts work."""

from flask import Response, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.errors import Refusal, Unavailable
from service.problems import problem
from service.web.blueprints import Blueprint

status = Blueprint("status", __name__, description="Stato del servizio", is_public=True)


@status.operation("GET", "/status", "showStatus", answer=None)
def show_status() -> Response:
    """200 when the service can answer, 503 when its database can't be reached."""
    try:
        with current_app.extensions["trama"].engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            connection.commit()
    except SQLAlchemyError as error:
        raise Unavailable("database_is_unavailable") from error
    return problem(200, Refusal("service_works"))
