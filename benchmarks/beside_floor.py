"""What a request costs beside the floor: one case, a list of 25 and a logged intervention, of both servers in turns."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from benchmarks.running import (
    HOME,
    Installation,
    Served,
    cpu_of,
    free_port,
    migrated,
    served,
)  # the settings come first

# isort: split
from benchmarks import population
from benchmarks.routes import Route
from benchmarks.servers import differences
from service import postgres
from service.actor import Actor
from service.db import Database

ROUNDS, REQUESTS, WARM_UP, ALLOWED = 4, 150, 40, 6.0


def backends_cpu(database: Database[Actor], name: str) -> float:
    """Seconds of processor of the PostgreSQL processes that work for a server."""
    with database.engine.connect() as connection:
        pids = connection.exec_driver_sql(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s", (name,)
        ).scalars()
        return sum(map(cpu_of, pids))


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


def run(server: postgres.Server) -> bool:
    """A population, the two servers, the table; whether the ratios are within what is allowed."""
    with migrated(server, "trama") as made:
        timed = population.routes(made.app, *population.populate(made.database))
        population.write_script(HOME / "script", made.app, made.database, timed)
        with made.service() as one, _floor(made) as other:
            for route in timed:
                told = differences(route, *(content for _, content in (one.ask(route), other.ask(route))))
                assert not told, f"{route.name}: {told}"
            return report(measured([one, other], timed, made.database), timed)


@contextmanager
def _floor(made: Installation) -> Iterator[Served]:
    plain, port = made.urls.runtime.replace("postgresql+psycopg", "postgresql"), free_port()
    environment = {"FLOOR_DATABASE": f"{plain}&application_name=floor", "FLOOR_TOKEN_KEY": made.secrets.token.hex(),
                   "FLOOR_SCRIPT": str(HOME / "script"), "FLOOR_PORT": str(port)}  # fmt: skip
    with served("floor", port, environment) as server:
        yield server
