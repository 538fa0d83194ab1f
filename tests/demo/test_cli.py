"""The command line on an outside PostgreSQL, as an administrator sets it up; errors that say what to do."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import create_engine, text

from service import installation, postgres
from service.config import AUTO_MADE, write_keys
from service.config import keys as current
from service.installation import OWNER, RUNTIME, WORKER
from tests.demo.conftest import TRAMA

BAD_PLAN = """\
plan:
  code: prova
  title: Prova
  ambito: Prova
  period_start: 2021-01-01
  period_end: 2023-12-31
  objectives:
    - code: A1
      macro_area: A
      title: Titolo
      indicators:
        - code: A1-OUT-1
          family: product
          statement: n. 1 progetto
          value_type: count
          expected: 1
          basis: unstated
          fed_by: cases
"""


def run(environment: Mapping[str, str], *words: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
    """A `trama` command."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TRAMA_")}
    return subprocess.run(
        [TRAMA, *words], env={**clean, **environment}, capture_output=True, text=True, check=False, input=said
    )


@pytest.fixture(scope="module")
def outside(server: postgres.Server) -> Iterator[dict[str, str]]:
    """The environment of an installation on a PostgreSQL that somebody else runs."""
    folder = Path(mkdtemp(prefix="trama-cli-", dir="/tmp"))
    superuser = server.url("postgres", "secret", "postgres")
    installation.prepare(superuser, "secret", "outside")
    keys = folder / "keys.json"
    made = run({"TRAMA_HOME": str(folder)}, "keys", str(keys))
    assert made.returncode == 0, made.stderr
    # The runtime and worker roles belong to the server: the passwords of this run's other databases must stay.
    yield {
        "TRAMA_HOME": str(folder), "TRAMA_MODE": "production", "TRAMA_KEYS_FILE": str(keys),
        "TRAMA_DATABASE_URL": server.url(RUNTIME, current().runtime_password, "outside"),
        "TRAMA_WORKER_URL": server.url(WORKER, current().worker_password, "outside"),
        "TRAMA_OWNER_URL": server.url(OWNER, "secret", "outside"),
    }  # fmt: skip
    engine = create_engine(superuser, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE outside WITH (FORCE)"))
    engine.dispose()


def test_an_outside_database_is_set_up_step_by_step(outside: dict[str, str]) -> None:
    before = run(outside, "plan", "show", "lodi-2021-2023")
    assert (before.returncode, "trama migrate" in before.stderr) == (1, True)
    assert run(outside, "migrate").returncode == 0
    assert run(outside, "migrate").returncode == 0
    loaded = run(outside, "plan", "load")
    assert "lodi-2021-2023: version 1 loaded" in loaded.stdout, loaded.stderr
    assert "lodi-2021-2023: version 1 already loaded" in run(outside, "plan", "load").stdout
    role, password = "system_administrator@Ufficio di Piano", "una password abbastanza lunga"
    added = run(outside, "user", "add", "anna.rossi", "--name", "Anna Rossi", "--role", role, "--password", password)
    assert added.returncode == 0, added.stderr
    assert "A1-OUT-1" in run(outside, "plan", "show", "lodi-2021-2023", "--on", "2022-12-31").stdout
    assert "The log is whole" in run(outside, "audit", "verify").stdout


@pytest.mark.parametrize(
    ("words", "environment", "expected"),
    [
        (("plan", "show", "nessuno"), {}, "Unknown plan"),
        (("plan", "load"), {"TRAMA_OWNER_URL": ""}, "TRAMA_OWNER_URL"),
        (("programme", "load", __file__), {"TRAMA_OWNER_URL": ""}, "TRAMA_OWNER_URL"),
        (("serve",), {"TRAMA_WORKER_URL": ""}, "TRAMA_WORKER_URL"),
        (("demo",), {}, "not for production"),
        (("demo", "logins"), {}, "there is no demo"),
        (("migrate",), {"TRAMA_OWNER_URL": "postgresql://trama_owner:x@127.0.0.1:1/none"}, "does not answer"),
        (("serve",), {"TRAMA_PORTO": "1"}, "unknown setting TRAMA_PORTO"),
        (("user", "add", "a.b", "--name", "A B", "--role", "king@Regno", "--password", "una password lunga"), {}, "king"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(
    outside: dict[str, str], words: tuple[str, ...], environment: dict[str, str], expected: str
) -> None:
    run(outside, "migrate")
    done = run(outside | environment, *words)
    assert done.returncode == 1
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_plan_file_is_explained_with_line_and_key(outside: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "piano.yaml"
    file.write_text(BAD_PLAN)
    done = run(outside, "plan", "load", str(file))
    assert done.returncode == 1
    assert f"{file}:13: plan.objectives.0.indicators.0.family" in done.stderr


def test_a_programme_of_ones_own_is_checked_and_loaded(outside: dict[str, str], tmp_path: Path) -> None:
    guide = Path(__file__).parents[2] / "docs" / "aggiungere-una-misura.md"
    text = guide.read_text().split("```yaml\n")[1].split("```")[0]
    file, wrong = tmp_path / "buon-vicinato.yaml", tmp_path / "sbagliata.yaml"
    file.write_text(text)
    wrong.write_text(text.replace("BUON_VICINATO", "ALTRA").replace("groups: []\n", ""))
    without = {"TRAMA_HOME": str(tmp_path / "none")}
    checked = run(without, "programme", "load", "--check", str(file))
    assert (checked.returncode, checked.stdout) == (0, f"{file}: nothing is wrong\n"), checked.stderr
    assert not (tmp_path / "none").exists()
    run(outside, "migrate")
    told = f"{wrong}:1: groups: "
    for words in (("--check", str(wrong)), (str(file), str(wrong))):
        refused = run(outside, "programme", "load", *words)
        assert (refused.returncode, told in refused.stderr) == (1, True), refused.stderr
    assert run(outside, "programme", "load", str(file)).stdout == "BUON_VICINATO: version 1 loaded\n"
    assert run(outside, "programme", "load", str(file)).stdout == "BUON_VICINATO: version 1 already loaded\n"
    file.write_text(text.replace("Spesa portata", "Spesa lasciata"))
    assert "give it a new version" in run(outside, "programme", "load", str(file)).stderr


def test_production_refuses_keys_made_at_a_first_start(outside: dict[str, str], tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.json", AUTO_MADE)
    done = run(outside | {"TRAMA_KEYS_FILE": str(tmp_path / "keys.json")}, "audit", "verify")
    assert (done.returncode, "made at a first start" in done.stderr) == (1, True)


def test_production_refuses_demo_accounts(outside: dict[str, str]) -> None:
    run(outside, "migrate")
    engine = create_engine(outside["TRAMA_OWNER_URL"])
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO access.users (id, username, display_name, is_demo) VALUES "
                                "(gen_random_uuid(), 'finto', 'Finto', true) ON CONFLICT DO NOTHING"))  # fmt: skip
    done = run(outside, "serve")
    assert (done.returncode, "demo accounts" in done.stderr) == (1, True)
    engine.dispose()


@pytest.mark.parametrize(
    "command",
    ["serve", "migrate", "demo", "demo logins", "user add", "plan load", "plan show", "programme load", "audit verify"],
)
def test_every_command_has_help_with_an_example(command: str) -> None:
    done = run({}, *command.split(), "--help")
    assert done.returncode == 0
    assert f"trama {command}" in done.stdout
