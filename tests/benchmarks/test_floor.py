"""The benchmark's floor answers what the service answers: the replay of each route's statements is built and run."""

from pathlib import Path

import pytest
from werkzeug.test import Client

from benchmarks import population
from benchmarks.routes import KEY, Route
from benchmarks.servers import differences, floor
from service.config import keys
from tests.world import World


def sent(client: Client, route: Route, key: str) -> bytes:
    """The answer to one request."""
    headers = {"Authorization": f"Bearer {route.token}", KEY: key}
    answer = client.open(route.url, method=route.method, headers=headers, json=route.body)
    assert answer.status_code < 300, answer.get_data()
    return answer.get_data()


def test_the_floor_answers_as_the_service_does(fresh: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    routes = population.routes(fresh.app, *population.populate(fresh.database, cases=27, managed_cases=1))
    population.write_script(tmp_path / "script", fresh.app, fresh.database, routes)
    monkeypatch.setenv("FLOOR_DATABASE", fresh.urls.runtime.replace("postgresql+psycopg", "postgresql"))
    monkeypatch.setenv("FLOOR_TOKEN_KEY", keys().token.hex())
    monkeypatch.setenv("FLOOR_SCRIPT", str(tmp_path / "script"))
    bare, mine = Client(floor()), fresh.app.test_client()
    for route in routes:
        for key in ("uno", "due"):  # the second time, with what the first one prepared
            assert differences(route, sent(mine, route, f"{key}-a"), sent(bare, route, f"{key}-b")) == {}
    logged = fresh.seen("SELECT count(*) AS made, count(DISTINCT resource_id) AS of_keys FROM web.idempotency_keys")
    assert (logged[0].made, logged[0].of_keys) == (7, 7), "the floor claims its keys too"
