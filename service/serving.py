"""Running the service: the HTTP server's processes, and beside them one for each chore: sealing the log, sending mail,
writing the digests."""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from service import logs
from service.access.models import User
from service.app import application
from service.audit.log.sealing import seal
from service.config import ConfigurationError, Settings, keys, settings
from service.db import engine_for
from service.installation import Urls
from service.outbox.sending import Post, drain
from service.worklist.digests import Digester

TIDY_EVERY = 300  # rounds of the sealer
DIGEST_SECONDS = 300  # between two looks at whether the hour of the digests has come
STOP_SECONDS = 15  # then a chore is killed, which each of them survives
_TIDY = (
    "DELETE FROM web.idempotency_keys WHERE expires_at < now()",
    "DELETE FROM access.login_failures WHERE failed_at < now() - interval '30 days'",
)
_PR_SET_PDEATHSIG = 1


class Chore(Protocol):
    """Work that a process of its own does again and again, on the worker role's connection."""

    @property
    def name(self) -> str:
        """What the process is called."""

    @property
    def seconds(self) -> float:
        """How long it waits between two rounds."""

    def round(self, engine: Engine, is_stopping: Callable[[], bool]) -> None:
        """Do what there is to do now. The last round begins with `is_stopping()` true. Any error: it is tried again."""


@dataclass
class Sealer:
    """Seals the log, a last time when the service stops; now and then clears away what has expired."""

    seconds: float
    name: str = "sealer"
    rounds: int = 0

    def round(self, engine: Engine, is_stopping: Callable[[], bool]) -> None:
        """Seal all that can be sealed."""
        seal_all(engine)
        self.rounds += 1
        if self.rounds % TIDY_EVERY == 0:
            _tidy(engine)


@dataclass
class Sender:
    """Sends what waits in the outbox."""

    seconds: float
    post: Post
    name: str = "sender"

    def round(self, engine: Engine, is_stopping: Callable[[], bool]) -> None:
        """Send all that is due, or as much as there is time for."""
        drain(engine, self.post, is_stopping)


def serve(chosen: Settings, urls: Urls) -> None:
    """Serve until told to stop (Ctrl-C, SIGTERM). The HTTP processes get the runtime role's address, never the owner's."""
    _refuse_demo_accounts(chosen, urls)
    os.environ["TRAMA_DATABASE_URL"] = urls.runtime
    os.environ.pop("TRAMA_OWNER_URL", None)
    with _beside(chores(chosen, urls), urls.worker):
        server = Granian(
            "service.serving:worker", address=chosen.host, port=chosen.port, interface=Interfaces.WSGI,
            workers=chosen.workers, blocking_threads=4, backpressure=64, workers_kill_timeout=5, respawn_failed_workers=True,
            log_level=LogLevels.warning,
        )  # fmt: skip
        server.serve(target_loader=partial(worker, os.getpid()), wrap_loader=False)


def chores(chosen: Settings, urls: Urls) -> list[Chore]:
    """What is to be done beside serving: mail, and what is written by mail, only where a server for it is set."""
    found: list[Chore] = [Sealer(chosen.seal_seconds)]
    if chosen.smtp_url and chosen.mail_sender:
        found.append(Sender(chosen.mail_seconds, Post(chosen.smtp_url, chosen.mail_sender, chosen.mail_attempts)))
        if chosen.sends_digests:
            found.append(Digester(DIGEST_SECONDS, chosen.digest_hour, urls.runtime))
    return found


@contextmanager
def _beside(chores: list[Chore], worker_url: str) -> Iterator[None]:
    """Each chore in a process of its own, started anew and not forked: the server's workers are forks, which threads
    would endanger."""
    spawn, parent = multiprocessing.get_context("spawn"), os.getpid()
    processes = [spawn.Process(target=keep_at, args=(one, worker_url, parent), name=one.name) for one in chores]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(STOP_SECONDS)
            process.kill()


def worker(parent: int) -> Any:
    """The application of one HTTP process, which does not outlive its parent: at once, since a server that stops in its own
    time waits for a parent to tell it how. What was not committed never was."""
    die_with_parent(parent, signal.SIGKILL)
    settings.cache_clear()  # a fork remembers the settings of the command line, which knew no address
    return application()


def die_with_parent(parent: int, by: signal.Signals) -> None:
    """Ask the kernel to end this process by a signal when its parent ends, however that happens (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:
        raise SystemExit("the parent process is gone")


def keep_at(chore: Chore, worker_url: str, parent: int) -> None:
    """Do a chore round after round until told to stop (SIGTERM), then a last time."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent decides the order
    die_with_parent(parent, signal.SIGTERM)
    logs.configure(settings().log_level)
    log, engine, is_last = structlog.get_logger(), engine_for(worker_url, pool_size=1), False
    while not is_last:
        is_last = stop.wait(chore.seconds)
        try:
            chore.round(engine, stop.is_set)
        except Exception as error:  # whatever it is: were the process to end, nobody would do its work
            log.error("a chore failed; it will be tried again", chore=chore.name, error=type(error).__name__,
                      exc_info=error)  # fmt: skip
    engine.dispose()


def seal_all(engine: Engine) -> int:
    """Seal all that can be sealed now, batch by batch. Answers how many events."""
    sealed = 0
    while True:
        with Session(engine) as session, session.begin():
            batch = seal(session, keys().audit)
        sealed += batch
        if not batch:
            return sealed


def _tidy(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in _TIDY:
            connection.execute(text(statement))


def _refuse_demo_accounts(chosen: Settings, urls: Urls) -> None:
    if not chosen.is_production:
        return
    engine = engine_for(urls.runtime, pool_size=1)
    with engine.connect() as connection:
        found = connection.scalar(select(func.count()).select_from(User).where(User.is_demo, User.is_active))
    engine.dispose()
    if found:
        raise ConfigurationError(
            f"{found} demo accounts are active in this database; production does not start with them"
        )
