"""The `trama programme` commands: the catalogue of programmes, as an installation grows it with definitions of its own."""

from collections.abc import Iterable
from pathlib import Path

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service import config, installation
from service.cases.circumstances.rules import kinds
from service.cases.instruments.loading import shipped_codes
from service.cases.instruments.queries import instruments
from service.cases.programmes.loading import KnownCodes, Loaded, load, read
from service.config import ConfigurationError
from service.installation import Urls


@click.group("programme")
def programme_group() -> None:
    """Programmes (misure), defined in YAML files."""


@programme_group.command("load")
@click.argument(
    "definition_files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--check", is_flag=True, help="Only say what is wrong in the files; no database is needed.")
def programme_load(definition_files: tuple[Path, ...], check: bool) -> None:
    """Load programmes from YAML files, all of them or none. A version that is loaded never changes: raise its number.

    \b
    trama programme load --check our-programme.yaml
    trama programme load our-programme.yaml
    """
    texts = [(str(file), file.read_text()) for file in definition_files]
    if check:
        for name, text in texts:
            read(name, text, known_codes(shipped_codes()))
            click.echo(f"{name}: nothing is wrong")
        return
    with installation.database(config.settings()) as urls:
        for loaded in load_programmes(urls, texts):
            state = "loaded" if loaded.is_new else "already loaded"
            click.echo(f"{loaded.code}: version {loaded.version} {state}")


def load_programmes(urls: Urls, texts: list[tuple[str, str]]) -> list[Loaded]:
    """Load definitions as the owner, all of them or none."""
    if urls.owner is None:
        raise ConfigurationError("programmes are loaded as the owner: set TRAMA_OWNER_URL")
    with Session(create_engine(urls.owner)) as session, session.begin():
        known = known_codes(one["code"] for one in instruments(session))
        return [load(session, name, text, known) for name, text in texts]


def known_codes(instrument_codes: Iterable[str]) -> KnownCodes:
    """What a definition may name of other rooms: instruments, and groups of persons that can be recorded."""
    return {"instruments": set(instrument_codes), "target_groups": kinds()["target_group"].codes}
