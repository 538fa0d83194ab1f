"""From settings to a database that is ready: the embedded one is started and prepared, an outside one is used as told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from service import postgres
from service.cases.instruments.loading import load_shipped as load_instruments
from service.cases.programmes.loading import load_shipped as load_programmes
from service.config import ConfigurationError, Settings, keys

OWNER, RUNTIME, WORKER, FIGURES = "trama_owner", "trama_runtime", "trama_worker", "trama_figures"
MIGRATIONS = Path(__file__).parent.parent / "migrations"


@dataclass(frozen=True)
class Urls:
    """Where each database role connects. The running service gets `runtime` and `worker`, never `owner`."""

    runtime: str
    worker: str
    owner: str | None


@contextmanager
def database(chosen: Settings) -> Iterator[Urls]:
    """The database of this installation, for as long as the block lasts."""
    if chosen.database_url:
        if chosen.worker_url is None:
            raise ConfigurationError("an outside database wants TRAMA_WORKER_URL too (see docs/administrators.md)")
        yield Urls(chosen.database_url, chosen.worker_url, chosen.owner_url)
        return
    secrets = keys()
    with postgres.running(chosen.home / "postgres", secrets.superuser_password, chosen=chosen.postgres_bin) as server:
        superuser = server.url("postgres", secrets.superuser_password, "postgres")
        prepare(superuser, secrets.superuser_password, "trama")
        yield Urls(
            runtime=server.url(RUNTIME, secrets.runtime_password, "trama"),
            worker=server.url(WORKER, secrets.worker_password, "trama"),
            owner=server.url(OWNER, secrets.superuser_password, "trama"),
        )


def prepare(superuser_url: str, owner_password: str, name: str) -> None:
    """On an embedded server: the owner (no superuser) and the empty database, where they are missing."""
    engine = create_engine(superuser_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - a live connection has its driver
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": OWNER}):
            driver.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}").format(
                sql.Identifier(OWNER), sql.Literal(owner_password)))  # fmt: skip
        if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            driver.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
    engine.dispose()


def discard(chosen: Settings) -> None:
    """On an embedded server: drop the database with all that is in it."""
    secret = keys().superuser_password
    with postgres.running(chosen.home / "postgres", secret, chosen=chosen.postgres_bin) as server:
        engine = create_engine(server.url("postgres", secret, "postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS trama WITH (FORCE)"))
        engine.dispose()


def migrate(urls: Urls, revision: str = "head") -> None:
    """Bring the schema to a revision and in what Trama ships; let the running roles log in with their addresses' passwords."""
    if urls.owner is None:
        raise ConfigurationError("migrations run as the owner: set TRAMA_OWNER_URL")
    engine = create_engine(urls.owner)
    with engine.begin() as connection:
        # Two starts at once: the second waits, and finds the work done.
        connection.execute(text("SELECT pg_advisory_xact_lock(7261, 1)"))
        command.upgrade(_alembic(connection), revision)
        if revision == "head":
            with Session(connection) as session:
                load_programmes(session)
                load_instruments(session)
                session.flush()
    _let_in(engine, urls)
    engine.dispose()


def downgrade(owner_url: str, revision: str) -> None:
    """Take the schema back to a revision; tables that it removes lose their rows."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        command.downgrade(_alembic(connection), revision)
    engine.dispose()


def _alembic(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("prepend_sys_path", str(MIGRATIONS.parent))  # they import `migrations.guards`
    config.attributes["connection"] = connection
    return config


def _let_in(engine: Engine, urls: Urls) -> None:
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - a live connection has its driver
        for role, url in ((RUNTIME, urls.runtime), (WORKER, urls.worker)):
            password = make_url(url).password
            if make_url(url).username == role and password:
                driver.execute(
                    sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
                )
