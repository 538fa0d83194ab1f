"""Making the demo's data, once, and whole: what a broken-off start left behind is made anew."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import func, select

from service import installation
from service.access.models import User
from service.actor import Actor, AnonymousCaller
from service.config import ConfigurationError, Settings
from service.db import Database
from service.demo import stories, telling
from service.demo.ambito import build
from service.demo.reporting import report
from service.demo.showcase import reading as showcase
from service.demo.showcase import telling as showing

LOGINS, DONE = "demo-logins.json", "demo-done"


def is_made(home: Path) -> bool:
    """Whether the demo's data are all there."""
    return (home / DONE).exists()


def is_half_made(home: Path) -> bool:
    """Whether making them was begun and broken off."""
    return (home / LOGINS).exists() and not is_made(home)


def discard_half_made(chosen: Settings) -> None:
    """Drop what a broken-off start left: it is nobody's. Raises ConfigurationError for an outside database."""
    if chosen.database_url:
        raise ConfigurationError("the demo was broken off while it was made: give it a new, empty database")
    installation.discard(chosen)
    (chosen.home / LOGINS).unlink()


def make(database: Database[Actor], home: Path, begin: Callable[[int], Callable[[], None]]) -> None:
    """Make the Ambito and tell its stories. `begin` gets their number and answers what to call after each.

    Raises ConfigurationError in a database that is already in use.
    """
    with database.transaction(AnonymousCaller()) as (session, _):
        if session.scalar(select(func.count()).select_from(User)):
            raise ConfigurationError("this database is in use: the demo wants an empty one (another TRAMA_HOME, say)")
    told, shown = stories.stories(), showcase.stories()
    ambito = build(database, home / LOGINS)
    progress = begin(len(told) + len(shown))
    telling.tell_all(database, ambito, told, progress)
    showing.tell_all(database, ambito, shown, progress)
    report(database, ambito)
    (home / DONE).touch()


def logins(home: Path) -> Mapping[str, str]:
    """User name -> password of the demo's operators. Raises ConfigurationError before the first start."""
    if not (home / LOGINS).exists():
        raise ConfigurationError(f"there is no demo in {home} yet; make it with: trama demo")
    content: Mapping[str, str] = json.loads((home / LOGINS).read_text())
    return content
