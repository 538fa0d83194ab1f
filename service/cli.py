"""The `trama` command."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlalchemy import create_engine, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from service import config, contract, installation, logs
from service.access.models import Organisation
from service.access.operations import add_user
from service.actor import ROLES, Actor, AnonymousCaller, Origin
from service.app import CONTRACT_FILE, create_app
from service.audit.log.operations import refused
from service.audit.log.sealing import LogIsBroken, public_key, verify
from service.cases.programmes.loading import DefinitionError
from service.catalogue import programme_group
from service.config import ConfigurationError, Settings
from service.console import console, progress, show_logins, show_values, unreachable
from service.db import Database, engine_for
from service.demo import making
from service.errors import Refusal
from service.indicators.loading import PlanFileError, load_plan, shipped
from service.installation import Urls
from service.postgres import PostgresError
from service.serving import seal_all, serve
from service.texts import words
from service.types import new_id, now, today

EXPLAINED = (ConfigurationError, PostgresError, PlanFileError, DefinitionError, LogIsBroken)


def main() -> None:
    """Run the command; what went wrong is told in a sentence that says what to do."""
    try:
        commands.main(standalone_mode=False)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except EXPLAINED as error:
        fail(str(error))
    except Refusal as error:
        if isinstance(error.__cause__, OperationalError):
            fail(unreachable(error.__cause__))
        fail(words(error.code, error.values, "en"))
    except ProgrammingError:
        fail("the database has no tables of Trama, or older ones; bring it up with: trama migrate")
    except OperationalError as error:
        fail(unreachable(error))


def fail(message: str) -> NoReturn:
    """Say what is wrong and leave with 1."""
    sys.exit(f"trama: {message}")


@click.group(commands=[programme_group])
def commands() -> None:
    """Trama keeps the individual projects of an Ambito and weaves them into the figures of its Piano di Zona.

    \b
    trama demo                            an invented Ambito at work, on http://127.0.0.1:8080
    trama migrate && trama serve          your own installation
    trama plan show lodi-2021-2023        the plan's indicators, computed from the cases

    Settings are TRAMA_… variables (docs/administrators.md); data live in TRAMA_HOME.
    """
    logs.configure(config.settings().log_level)


@contextmanager
def opened(*, migrated: bool = False) -> Iterator[tuple[Settings, Urls]]:
    """The settings and the running database, migrated if asked."""
    chosen = config.settings()
    with installation.database(chosen) as urls:
        if migrated:
            installation.migrate(urls)
        yield chosen, urls


def database_of(urls: Urls) -> Database[Actor]:
    """The transactions of the command line, as the runtime role."""
    return Database[Actor](engine_for(urls.runtime, pool_size=2), refused)


@commands.command("serve")
def serve_command() -> None:
    """Serve the API (TRAMA_HOST, TRAMA_PORT) and seal the log, until Ctrl-C.

    \b
    trama serve
    TRAMA_PORT=9000 trama serve
    """
    chosen = config.settings()
    with opened(migrated=not chosen.database_url) as (chosen, urls):
        click.echo(f"Trama on http://{chosen.host}:{chosen.port} (reference: /docs). Stop it with Ctrl-C.")
        serve(chosen, urls)


@commands.command("migrate")
def migrate_command() -> None:
    """Make or update the tables, and bring in the programmes that Trama ships.

    \b
    trama migrate
    TRAMA_OWNER_URL=postgresql://owner:…@db/trama TRAMA_DATABASE_URL=… TRAMA_WORKER_URL=… trama migrate
    """
    with opened(migrated=True):
        click.echo("The database is up to date.")


@commands.command("keys")
@click.argument("file", type=click.Path(path_type=Path))
def keys_command(file: Path) -> None:
    """Make the keys of an installation in FILE, readable by its owner alone. Keep a copy: nothing else opens the data.

    \b
    trama keys /etc/trama/keys.json       then set TRAMA_KEYS_FILE to it
    """
    if file.exists():
        raise ConfigurationError(f"{file} exists already, and keys are never overwritten")
    config.write_keys(file, "chosen")
    click.echo(f"Keys made in {file}.")


@commands.group("demo", invoke_without_command=True)
@click.option("--no-serve", is_flag=True, help="Make the data and show the figures, then stop.")
@click.pass_context
def demo_command(context: click.Context, no_serve: bool) -> None:
    """An invented Ambito at work: made at first start, kept afterwards. Ctrl-C stops it.

    \b
    trama demo
    trama demo logins
    """
    if context.invoked_subcommand:
        return
    if config.settings().is_production:
        raise ConfigurationError("the demo is not for production; unset TRAMA_MODE")
    if making.is_half_made(config.settings().home):
        click.echo("The last start was broken off while the data were made: they are made anew.")
        making.discard_half_made(config.settings())
    with opened(migrated=True) as (chosen, urls):
        load_plans(urls, list(shipped()))
        if not making.is_made(chosen.home):
            with progress("Telling the stories of the Ambito") as begin:
                making.make(database_of(urls), chosen.home, begin)
            seal_all(create_engine(urls.worker))
        show_values(database_of(urls), "lodi-2021-2023", today(), now())
        if not no_serve:
            address = f"http://{chosen.host}:{chosen.port}"
            console.print(f"\nTrama on {address} — reference: {address}/docs")
            show_logins(chosen)
            console.print("Stop it with Ctrl-C; the data stay in", str(chosen.home))
            os.environ.setdefault("TRAMA_LOG_LEVEL", "warning")  # a terminal for people: requests stay out of it
            serve(chosen, urls)


@demo_command.command("logins")
@click.argument("username", required=False)
def logins_command(username: str | None) -> None:
    """The user names and passwords of the demo's operators; with USERNAME, that password alone.

    \b
    trama demo logins
    trama demo logins giulia.assistente
    """
    if username is None:
        show_logins(config.settings())
        return
    passwords = making.logins(config.settings().home)
    if username not in passwords:
        raise ConfigurationError(f"the demo has no {username}; it has {', '.join(passwords)}")
    click.echo(passwords[username])


@commands.group("user")
def user_group() -> None:
    """Operators."""


@user_group.command("add")
@click.argument("username")
@click.option("--name", "display_name", required=True, help="Name and surname.")
@click.option("--role", "roles", multiple=True, required=True, help="ROLE@BODY; a body that isn't there is made.")
@click.password_option(help="At least 12 characters; asked for if not given.")
def user_add(username: str, display_name: str, roles: tuple[str, ...], password: str) -> None:
    """Add an operator, the first system administrator above all; the others can be designated through the API.

    \b
    trama user add anna.rossi --name "Anna Rossi" --role "system_administrator@Ufficio di Piano"
    """
    if len(password) < 12:
        raise ConfigurationError("the password must have 12 characters at least")
    with opened() as (_, urls):
        nobody = AnonymousCaller(Origin(action="user:designate", address="command line"))
        with database_of(urls).transaction(nobody) as (session, actor):
            held = [_role_in(session, role) for role in roles]
            add_user(session, actor, username=username, display_name=display_name, password=password, roles=held)
    click.echo(f"{username} may log in.")


def _role_in(session: Session, text: str) -> dict[str, Any]:
    role, separator, body = text.partition("@")
    if not separator or role not in ROLES:
        raise ConfigurationError(f"{text!r} is not ROLE@BODY; roles: {', '.join(sorted(ROLES))}")
    found = session.scalars(select(Organisation.id).where(Organisation.name == body)).first()
    if found is None:
        made = Organisation(id=new_id(), name=body, kind="other", nature="public", istat_code=None)
        session.add(made)
        session.flush()
        found = made.id
    return {"role": role, "organisation_id": found}


@commands.group("plan")
def plan_group() -> None:
    """Piani di Zona and their indicators."""


@plan_group.command("load")
@click.argument("plan_files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def plan_load(plan_files: tuple[Path, ...]) -> None:
    """Load plans from YAML files; without files, those that Trama ships. A changed file makes a new version.

    \b
    trama plan load
    trama plan load our-plan.yaml
    """
    texts = [(str(file), file.read_text()) for file in plan_files] or list(shipped())
    with opened() as (_, urls):
        for loaded in load_plans(urls, texts):
            state = "loaded" if loaded.is_new else "already loaded"
            click.echo(f"{loaded.code}: version {loaded.version} {state}")


def load_plans(urls: Urls, texts: list[tuple[str, str]]) -> list[Any]:
    """Load plans as the owner, all of them or none."""
    if urls.owner is None:
        raise ConfigurationError("plans are loaded as the owner: set TRAMA_OWNER_URL")
    with Session(create_engine(urls.owner)) as session, session.begin():
        return [load_plan(session, name, text) for name, text in texts]


@plan_group.command("show")
@click.argument("code")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="On which day (default: today).")
@click.option("--known-at", type=click.DateTime(), help="As it was known at that instant, UTC (default: now).")
def plan_show(code: str, on: datetime | None, known_at: datetime | None) -> None:
    """The indicators of a plan that case records feed: expected, value, numerator and denominator.

    \b
    trama plan show lodi-2021-2023
    trama plan show lodi-2021-2023 --on 2022-12-31
    """
    with opened() as (_, urls):
        instant = known_at.astimezone(now().tzinfo) if known_at else now()
        show_values(database_of(urls), code, on.date() if on else today(), instant)


@commands.group("audit")
def audit_group() -> None:
    """The log of who did and saw what."""


@audit_group.command("verify")
def audit_verify() -> None:
    """Recompute the whole log and compare it with what was sealed and signed.

    \b
    trama audit verify
    """
    with opened() as (_, urls):
        engine = create_engine(urls.worker)
        seal_all(engine)
        with Session(engine) as session:
            sealed, waiting = verify(session, public_key(config.keys().audit))
    click.echo(f"The log is whole: {sealed} events sealed, {waiting} waiting for open transactions.")


@commands.command("openapi")
@click.option("--check", is_flag=True, help="Compare with openapi.yaml instead of writing it.")
def openapi_command(check: bool) -> None:
    """Write the contract, openapi.yaml, from the code."""
    app = create_app(Database[Actor](engine_for("postgresql+psycopg://"), refused))
    made = contract.as_yaml(app.extensions["trama-contract"]())
    if not check:
        CONTRACT_FILE.write_text(made)
    elif not CONTRACT_FILE.exists() or CONTRACT_FILE.read_text() != made:
        raise ConfigurationError("openapi.yaml is not what the code says; write it with: trama openapi")
