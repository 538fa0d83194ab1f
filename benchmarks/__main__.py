"""Times one case, a list of 25 and a logged intervention on the real service and on the floor, in turns."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

HOME = Path(tempfile.mkdtemp(prefix="trama-bench-", dir="/tmp"))
HOME.chmod(0o755)
# The service's own defaults are what is measured; only the limit is out of the way, since one client sends everything.
os.environ.update(TRAMA_HOME=str(HOME), TRAMA_REQUESTS_PER_MINUTE="10000000", TRAMA_ACCESS_TOKEN_MINUTES="60")

from benchmarks import population  # noqa: E402 - the settings come first
from benchmarks.population import KEY, Route  # noqa: E402
from service import installation, logs, postgres  # noqa: E402
from service.actor import Actor  # noqa: E402
from service.app import create_app  # noqa: E402
from service.audit.log.operations import refused  # noqa: E402
from service.config import keys, settings  # noqa: E402
from service.db import Database, engine_for  # noqa: E402
from service.installation import OWNER, RUNTIME, WORKER, Urls  # noqa: E402

ROUNDS, REQUESTS, WARM_UP, ALLOWED = 4, 150, 40, 6.0
TICKS = os.sysconf("SC_CLK_TCK")
_keys = count(1)


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
        return sum(map(_cpu, mine))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def served(name: str, port: int, environment: dict[str, str]) -> Iterator[Served]:
    """A server as a process, its own log in a file; ended with the block."""
    with (HOME / f"{name}.log").open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "benchmarks.servers", name], stdout=output, stderr=output,
                                   env={**os.environ, **environment})  # fmt: skip
        try:
            _await(port, process)
            server = Served(name, port, process)
            yield server
            server.connection.close()
        finally:
            process.terminate()
            process.wait(20)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("a server did not start; see its log")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def backends_cpu(database: Database[Actor], name: str) -> float:
    """Seconds of processor of the PostgreSQL processes that work for a server."""
    with database.engine.connect() as connection:
        pids = connection.exec_driver_sql(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s", (name,)
        ).scalars()
        return sum(map(_cpu, pids))


def measured(
    servers: list[Served], timed: list[Route], database: Database[Actor]
) -> dict[tuple[str, str], list[float]]:
    """(route, server) -> per request: processor of the workers and of PostgreSQL, and the median latency, in ms."""
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = defaultdict(list)
    for _ in range(ROUNDS):
        for route in timed:
            for server in servers:
                for _ in range(WARM_UP):
                    server.ask(route)
                cpu, backends = server.workers_cpu(), backends_cpu(database, server.name)
                latency = median(server.ask(route)[0] for _ in range(REQUESTS))
                used = server.workers_cpu() - cpu, backends_cpu(database, server.name) - backends
                found[route.name, server.name].append((used[0] / REQUESTS, used[1] / REQUESTS, latency))
    return {
        pair: [1000 * sum(column) / ROUNDS for column in zip(*rounds, strict=True)] for pair, rounds in found.items()
    }


def same_answers(servers: list[Served], timed: list[Route]) -> None:
    """The floor is one only if it answers what the service answers."""
    changing = {"id", "recorded_at"}
    for route in timed:
        first, second = (json.loads(server.ask(route)[1]) for server in servers)
        if route.body is not None:
            first, second = ({n: v for n, v in body.items() if n not in changing} for body in (first, second))
        assert first == second, f"{route.name}: {first} != {second}"


def report(found: dict[tuple[str, str], list[float]], timed: list[Route]) -> bool:
    """The table; answers whether every ratio is within what is allowed."""
    print(f"{'':24}{'processor, ms a request':>30}{'PostgreSQL, ms':>22}{'latency p50, ms':>22}")
    print(f"{'':24}{'service':>12}{'floor':>9}{'ratio':>9}" + f"{'service':>13}{'floor':>9}" * 2)
    kept = True
    for route in timed:
        (mine, mine_sql, mine_wall), (bare, bare_sql, bare_wall) = (
            found[route.name, name] for name in ("service", "floor")
        )
        kept &= mine / bare <= ALLOWED
        print(f"{route.name:24}{mine:12.2f}{bare:9.2f}{mine / bare:9.1f}{mine_sql:13.2f}{bare_sql:9.2f}"
              f"{mine_wall:13.2f}{bare_wall:9.2f}")  # fmt: skip
    print(f"At most {ALLOWED:.0f} times the floor's processor is allowed: {'kept' if kept else 'NOT kept'}.")
    return kept


def main() -> bool:
    """A durable PostgreSQL of this run, a population, the two servers, the table."""
    logs.configure("critical")
    secrets = keys()
    with postgres.running(HOME / "postgres", "secret", chosen=settings().postgres_bin) as server:
        installation.prepare(server.url("postgres", "secret", "postgres"), "secret", "trama")
        passwords = {RUNTIME: secrets.runtime_password, WORKER: secrets.worker_password, OWNER: "secret"}
        urls = Urls(*(server.url(role, password, "trama") for role, password in passwords.items()))
        installation.migrate(urls)
        database = Database[Actor](engine_for(urls.runtime, pool_size=2), refused)
        app = create_app(database)
        timed = population.routes(app, *population.populate(database))
        population.write_script(HOME / "script", app, database, timed)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
            assert connection.exec_driver_sql("SHOW fsync").scalar() == "on"
        ports = _free_port(), _free_port()
        service = {"TRAMA_DATABASE_URL": f"{urls.runtime}&application_name=service", "TRAMA_WORKER_URL": urls.worker,
                   "TRAMA_PORT": str(ports[0]), "TRAMA_WORKERS": "1"}  # fmt: skip
        plain = urls.runtime.replace("postgresql+psycopg", "postgresql")
        floor = {"FLOOR_DATABASE": f"{plain}&application_name=floor", "FLOOR_TOKEN_KEY": secrets.token.hex(),
                 "FLOOR_SCRIPT": str(HOME / "script"), "FLOOR_PORT": str(ports[1])}  # fmt: skip
        with served("service", ports[0], service) as one, served("floor", ports[1], floor) as other:
            same_answers([one, other], timed)
            return report(measured([one, other], timed, database), timed)


if __name__ == "__main__":
    try:
        sys.exit(not main())
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
