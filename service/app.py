"""The application: the rooms' routes on one Flask, and the wires between the kernel and the rooms."""

import re
from datetime import timedelta
from pathlib import Path

import flask_smorest
from flask import Flask, Response, current_app, g, request, send_file
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_swagger_ui import get_swaggerui_blueprint
from werkzeug.middleware.proxy_fix import ProxyFix

from service import contract, logs, problems
from service.access.routes import access, tokens
from service.actor import Actor
from service.audit.desk.routes import audit
from service.audit.log.operations import refused
from service.budget.accounts.routes import accounts
from service.budget.funds.routes import funds
from service.budget.ledger.routes import ledger
from service.budget.lines.routes import budget
from service.budget.overview.routes import overview
from service.budget.statements.routes import statements
from service.cases.assessments.routes import assessments
from service.cases.circumstances.routes import circumstances
from service.cases.completeness.routes import completeness
from service.cases.contacts.routes import contacts
from service.cases.diary.routes import diary
from service.cases.discharges.routes import discharges
from service.cases.files.routes import files
from service.cases.hires.routes import hires
from service.cases.housing.routes import housing
from service.cases.instruments.routes import instruments
from service.cases.involvements.routes import involvements
from service.cases.meetings.routes import meetings
from service.cases.monitoring.routes import monitoring
from service.cases.outcomes.routes import outcomes
from service.cases.path.routes import path
from service.cases.placements.routes import placements
from service.cases.presentations.routes import presentations
from service.cases.printing.routes import printing
from service.cases.programmes.routes import programmes
from service.cases.projects.routes import projects
from service.cases.rankings.routes import rankings
from service.cases.records.routes import records
from service.cases.teams.routes import teams
from service.cases.timeline.routes import timeline
from service.cases.transfers.routes import transfers
from service.config import keys, settings
from service.db import Database, engine_for
from service.indicators.routes import plans
from service.people.guardians.routes import guardians
from service.people.households.routes import households
from service.people.introductions.routes import introductions
from service.people.merges.routes import merges
from service.people.protection.routes import protection
from service.people.routes import people
from service.status import status
from service.worklist.feeds.routes import calendar, feeds
from service.worklist.routes import worklist

BLUEPRINTS = (
    status,
    tokens,
    access,
    people,
    merges,
    protection,
    introductions,
    households,
    guardians,
    programmes,
    contacts,
    records,
    circumstances,
    path,
    transfers,
    timeline,
    teams,
    assessments,
    projects,
    printing,
    diary,
    outcomes,
    funds,
    budget,
    accounts,
    overview,
    ledger,
    statements,
    plans,
    worklist,
    feeds,
    calendar,
    audit,
    files,
    meetings,
    involvements,
    presentations,
    discharges,
    placements,
    hires,
    housing,
    instruments,
    rankings,
    monitoring,
    completeness,
)
TOKEN = re.compile(r"Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)")
LARGEST_BODY = 1_000_000  # bytes: the largest project fits twenty times
CONTRACT_FILE = Path(__file__).parent.parent / "openapi.yaml"
POLICY_OF_DOCS = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:"
)


def create_app(database: Database[Actor]) -> Flask:
    """The whole service on a database."""
    app = Flask("trama")
    app.json.sort_keys = True  # type: ignore[attr-defined]
    app.config.update(
        API_TITLE="Trama", API_VERSION="0.1.0", OPENAPI_VERSION="3.1.0", MAX_CONTENT_LENGTH=LARGEST_BODY,
        JWT_SECRET_KEY=keys().token, JWT_ALGORITHM="HS256", JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(minutes=settings().access_token_minutes), PROPAGATE_EXCEPTIONS=False,
        JWT_ENCODE_ISSUER="trama", JWT_DECODE_ISSUER="trama",
    )  # fmt: skip
    app.extensions["trama"] = database
    database.refusal_of = problems.refusal_of
    JWTManager(app)
    api = flask_smorest.Api(app, spec_kwargs=contract.spec_options())
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.extensions["trama-contract"] = lambda: contract.finished(api.spec.to_dict())
    # After flask-smorest, which brings error handlers of its own.
    problems.install(app)
    logs.install(app)
    _serve_reference(app)
    app.after_request(_headers)  # before the limiter's: Flask calls them last first
    _limit(app)
    return app


def _limit(app: Flask) -> None:
    """So many requests a minute for each token; for each address where no token is asked: a made-up one is no way out."""
    Limiter(
        _who_is_counted,
        app=app,
        default_limits=[f"{settings().requests_per_minute} per minute"],
        headers_enabled=True,
        storage_uri="memory://",
    )


def _who_is_counted() -> str:
    blueprint = current_app.blueprints.get(request.blueprint or "")
    # As it must be written: a second spelling of a token does not count anew.
    token = TOKEN.fullmatch(request.headers.get("Authorization", ""))
    return token[1] if token and not getattr(blueprint, "is_public", True) else request.remote_addr or "-"


def _headers(response: Response) -> Response:
    """Personal data are never stored on the way; browsers guess nothing."""
    response.headers.setdefault("Cache-Control", "no-store")
    if response.status_code not in (429, 503):
        response.headers.pop("Retry-After", None)  # the limiter sends it with every answer
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Request-Id"] = g.get("request_id", "-")
    response.headers["Content-Security-Policy"] = (
        POLICY_OF_DOCS if request.path.startswith("/docs") else "default-src 'none'; frame-ancestors 'none'"
    )
    return response


def _serve_reference(app: Flask) -> None:
    """`/docs`: the reference, from files that the package carries; `/openapi.yaml`: the contract of record."""

    @app.get("/openapi.yaml")
    def show_contract() -> Response:
        return send_file(CONTRACT_FILE, mimetype="application/yaml")

    reference = get_swaggerui_blueprint("/docs", "/openapi.yaml", config={"validatorUrl": None, "app_name": "Trama"})
    app.register_blueprint(reference)


def application() -> Flask:
    """The service of this process, for the WSGI server: the database and the keys are those of the settings."""
    url = settings().database_url
    if url is None:
        raise RuntimeError("the service needs TRAMA_DATABASE_URL; `trama serve` sets it")
    logs.configure(settings().log_level)
    app = create_app(Database(engine_for(url), refused))
    if settings().is_behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    return app
