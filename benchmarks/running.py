"""An installation of this run alone, durable and migrated, and the servers under measure, each a process of its own.

To be imported before anything of the service: the settings come from here.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="trama-bench-", dir="/tmp"))
HOME.chmod(0o755)
# The service's own defaults are what is measured; only the limit is out of the way, since one client sends everything.
os.environ.update(TRAMA_HOME=str(HOME), TRAMA_REQUESTS_PER_MINUTE="10000000", TRAMA_ACCESS_TOKEN_MINUTES="60")

from flask import Flask  # noqa: E402 - the settings come first

from benchmarks.routes import KEY, Route  # noqa: E402
from service import installation, logs, postgres  # noqa: E402
from service.actor import Actor  # noqa: E402
from service.app import create_app  # noqa: E402
from service.audit.log.operations import refused  # noqa: E402
from service.config import Keys, keys, settings  # noqa: E402
from service.db import Database, engine_for  # noqa: E402
from service.installation import OWNER, RUNTIME, WORKER, Urls  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
_keys = count(1)


@dataclass(frozen=True)
class Installation:
    """The database of a part of the run, and the application on it in this process."""

    urls: Urls
    secrets: Keys
    database: Database[Actor]
    app: Flask

    @contextmanager
    def service(self) -> Iterator["Served"]:
        """The real service, with one worker."""
        port = free_port()
        environment = {"TRAMA_DATABASE_URL": f"{self.urls.runtime}&application_name=service",
                       "TRAMA_WORKER_URL": self.urls.worker, "TRAMA_PORT": str(port), "TRAMA_WORKERS": "1"}  # fmt: skip
        with served("service", port, environment) as server:
            yield server


@contextmanager
def installed() -> Iterator[postgres.Server]:
    """A PostgreSQL with its durable defaults; its folder goes with the block."""
    logs.configure("critical")
    try:
        with postgres.running(HOME / "postgres", "secret", chosen=settings().postgres_bin) as server:
            yield server
    finally:
        shutil.rmtree(HOME, ignore_errors=True)


@contextmanager
def migrated(server: postgres.Server, name: str) -> Iterator[Installation]:
    """A database of this name, migrated and empty."""
    secrets = keys()
    installation.prepare(server.url("postgres", "secret", "postgres"), "secret", name)
    passwords = {RUNTIME: secrets.runtime_password, WORKER: secrets.worker_password, OWNER: "secret"}
    urls = Urls(*(server.url(role, password, name) for role, password in passwords.items()))
    installation.migrate(urls)
    database = Database[Actor](engine_for(urls.runtime, pool_size=2), refused)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert connection.exec_driver_sql("SHOW fsync").scalar() == "on"
    yield Installation(urls, secrets, database, create_app(database))
    database.engine.dispose()


class Served:
    """A server under measure: its port, its workers, the backends that work for it."""

    def __init__(self, name: str, port: int, process: subprocess.Popen[bytes]) -> None:
        self.name, self.process = name, process
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, route: Route) -> tuple[float, bytes]:
        """Seconds, and the body."""
        headers = {"Authorization": f"Bearer {route.token}"}
        body = None
        if route.body is not None:
            body = json.dumps(route.body)
            headers |= {"Content-Type": "application/json", KEY: f"chiave-{next(_keys)}"}
        began = time.perf_counter()
        self.connection.request(route.method, route.url, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        took = time.perf_counter() - began
        assert answer.status < 300, content
        return took, content

    def workers_cpu(self) -> float:
        """Seconds of processor, user and system, of the processes that answer: neither the master nor the sealer."""
        mine = [pid for pid in _children(self.process.pid) if _command(pid) == _command(self.process.pid)]
        assert mine, f"{self.name} has no worker"
        return sum(map(cpu_of, mine))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def cpu_of(pid: int) -> float:
    """Seconds of processor that a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def served(name: str, port: int, environment: dict[str, str]) -> Iterator[Served]:
    """A server as a process, its own log in a file; ended with the block."""
    with (HOME / f"{name}.log").open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "benchmarks.servers", name], stdout=output, stderr=output,
                                   env={**os.environ, **environment})  # fmt: skip
        try:
            _await(port, process, Path(output.name))
            server = Served(name, port, process)
            yield server
            server.connection.close()
        finally:
            process.terminate()
            process.wait(20)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("\n".join(["a server did not start; its log ends with:", *log.read_text().splitlines()[-20:]]))


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
