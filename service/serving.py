"""Running the service: the HTTP server's processes, and the sealer beside them."""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from functools import partial
from typing import Any

import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service import logs
from service.access.models import User
from service.app import application
from service.audit.log.sealing import seal
from service.config import ConfigurationError, Settings, keys, settings
from service.db import engine_for
from service.installation import Urls

TIDY_EVERY = 300  # rounds of the sealer
_TIDY = (
    "DELETE FROM web.idempotency_keys WHERE expires_at < now()",
    "DELETE FROM access.login_failures WHERE failed_at < now() - interval '30 days'",
)
_PR_SET_PDEATHSIG = 1


def serve(chosen: Settings, urls: Urls) -> None:
    """Serve until told to stop (Ctrl-C, SIGTERM). The HTTP processes get the runtime role's address, never the owner's."""
    _refuse_demo_accounts(chosen, urls)
    os.environ["TRAMA_DATABASE_URL"] = urls.runtime
    os.environ.pop("TRAMA_OWNER_URL", None)
    # A process of its own, started anew and not forked: the server's workers are forks, which threads would endanger.
    sealer = multiprocessing.get_context("spawn").Process(
        target=keep_sealing, args=(urls.worker, chosen.seal_seconds, os.getpid()), name="sealer"
    )
    sealer.start()
    parent = os.getpid()
    try:
        server = Granian(
            "service.serving:worker", address=chosen.host, port=chosen.port, interface=Interfaces.WSGI,
            workers=chosen.workers, blocking_threads=4, backpressure=64, workers_kill_timeout=5, respawn_failed_workers=True,
            log_level=LogLevels.warning,
        )  # fmt: skip
        server.serve(target_loader=partial(worker, parent), wrap_loader=False)
    finally:
        sealer.terminate()
        sealer.join()


def worker(parent: int) -> Any:
    """The application of one HTTP process, which does not outlive its parent."""
    die_with_parent(parent)
    settings.cache_clear()  # a fork remembers the settings of the command line, which knew no address
    return application()


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends, however that happens (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit("the parent process is gone")


def keep_sealing(worker_url: str, seconds: float, parent: int) -> None:
    """Seal the log every few seconds until told to stop (SIGTERM), then once more."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent decides the order
    die_with_parent(parent)
    logs.configure(settings().log_level)
    log, engine, rounds = structlog.get_logger(), engine_for(worker_url, pool_size=1), 0
    while True:
        stopping = stop.wait(seconds)
        try:
            seal_all(engine)
            rounds += 1
            if rounds % TIDY_EVERY == 0:
                _tidy(engine)
        except SQLAlchemyError as error:
            log.error("sealing failed; it will be tried again", error=type(error).__name__)
        if stopping:
            engine.dispose()
            return


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
