"""A real PostgreSQL for the run, a database for each worker, and an invented Ambito for each test."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="trama-tests-", dir="/tmp"))
HOME.chmod(0o755)
os.environ["TRAMA_HOME"] = str(HOME)
os.environ.setdefault("TRAMA_REQUESTS_PER_MINUTE", "10000000")

import pytest  # noqa: E402 - the settings come first
from argon2 import PasswordHasher  # noqa: E402
from flask import Flask  # noqa: E402
from sqlalchemy import create_engine, text  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from service import installation, logs, postgres  # noqa: E402
from service.access import passwords  # noqa: E402
from service.actor import Actor  # noqa: E402
from service.app import create_app  # noqa: E402
from service.audit.log.operations import refused  # noqa: E402
from service.config import keys, settings  # noqa: E402
from service.db import Database, engine_for  # noqa: E402
from service.indicators.loading import load_plan, shipped  # noqa: E402
from service.installation import OWNER, RUNTIME, WORKER, Urls  # noqa: E402
from tests import soak  # noqa: E402, F401 - the profile of generated cases
from tests.world import World  # noqa: E402

passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # cheap on purpose: nothing here is secret
logs.configure("critical")
_names = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """PostgreSQL for this worker; durable only where a test asks for it."""
    quick = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
    try:
        with postgres.running(HOME / "postgres", "secret", chosen=settings().postgres_bin, settings=quick) as running:
            yield running
    finally:
        shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(server: postgres.Server) -> Callable[[], Urls]:
    """Make databases: the first is migrated and filled with what Trama ships, the others are its copies."""
    superuser = create_engine(server.url("postgres", "secret", "postgres"), isolation_level="AUTOCOMMIT")
    secrets = keys()

    def urls(name: str) -> Urls:
        return Urls(server.url(RUNTIME, secrets.runtime_password, name), server.url(WORKER, secrets.worker_password, name),
                    server.url(OWNER, "secret", name))  # fmt: skip

    installation.prepare(server.url("postgres", "secret", "postgres"), "secret", "template")
    installation.migrate(urls("template"))
    owner = create_engine(urls("template").owner or "")
    with Session(owner) as session, session.begin():
        for name, content in shipped():
            load_plan(session, name, content)
    owner.dispose()

    def make() -> Urls:
        name = f"copy{next(_names)}"
        with superuser.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template OWNER {OWNER}"))
        return urls(name)

    return make


@pytest.fixture(scope="session")
def urls(new_database: Callable[[], Urls]) -> Urls:
    """The database that the tests of a worker share; each makes its own people and bodies."""
    return new_database()


@pytest.fixture(scope="session")
def app(urls: Urls) -> Flask:
    """The application on the shared database."""
    return create_app(Database[Actor](engine_for(urls.runtime), refused))


@pytest.fixture
def world(app: Flask, urls: Urls) -> World:
    """An Ambito of this test alone."""
    return World(app, urls)


@pytest.fixture
def fresh(new_database: Callable[[], Urls]) -> Iterator[World]:
    """An Ambito alone in its database: for what counts everything, or breaks things."""
    urls = new_database()
    database = Database[Actor](engine_for(urls.runtime, pool_size=20), refused)
    yield World(create_app(database), urls)
    database.engine.dispose()
