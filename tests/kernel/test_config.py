"""Settings and keys: what is wrong is refused by name before anything starts."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service import config
from service.config import AUTO_MADE, ConfigurationError, read, write_keys

DATABASE = "postgresql://trama_runtime:x@db/trama"
WRONG = [
    ("TRAMA_MODE", "prod"), ("TRAMA_PORT", "http"), ("TRAMA_PORT", "65536"), ("TRAMA_PORT", "-1"), ("TRAMA_PORT", "8080.0"),
    ("TRAMA_PORT", "²"), ("TRAMA_WORKERS", "0"), ("TRAMA_WORKERS", "65"), ("TRAMA_IS_BEHIND_PROXY", "true"),
    ("TRAMA_ACCESS_TOKEN_MINUTES", "0"), ("TRAMA_ACCESS_TOKEN_MINUTES", "61"), ("TRAMA_REFRESH_TOKEN_HOURS", "721"),
    ("TRAMA_FAILED_LOGINS_ALLOWED", "0"), ("TRAMA_FAILED_LOGINS_MINUTES", "0"), ("TRAMA_REQUESTS_PER_MINUTE", "9"),
    ("TRAMA_LARGEST_FILE_BYTES", "10"),
    ("TRAMA_SEAL_SECONDS", "0.5"), ("TRAMA_LOG_LEVEL", "tutto"), ("TRAMA_DATABASE_URL", "mysql://x/y"),
    ("TRAMA_SMTP_URL", "mail.example"), ("TRAMA_SMTP_URL", "http://mail.example"), ("TRAMA_SMTP_URL", "smtp://"),
    ("TRAMA_SMTP_URL", "smtp://mail.example:posta"), ("TRAMA_SMTP_URL", "smtps://mail.example/box"),
    ("TRAMA_SMTP_URL", "smtp://u:p@mail.example"), ("TRAMA_SMTP_URL", "smtps://u@mail.example"),
    ("TRAMA_MAIL_SENDER", "trama"), ("TRAMA_MAIL_SENDER", "Trama <trama@comune.example>"), ("TRAMA_MAIL_SECONDS", "0"),
    ("TRAMA_MAIL_ATTEMPTS", "0"), ("TRAMA_DATABASE_URL", "localhost:5432"),
    ("TRAMA_OWNER_URL", "sqlite:///x"), ("TRAMA_WORKER_URL", "postgresql:x"),
]  # fmt: skip
STARTING = """
import sys
from service.config import keys
sys.stdin.readline()
print(keys().token.hex(), keys().runtime_password)
"""


@pytest.fixture
def as_told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A process with this environment: a function that reads its keys."""

    def told(**environment: str) -> config.Keys:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        config.settings.cache_clear()
        config.keys.cache_clear()
        return config.keys()

    yield told
    monkeypatch.undo()
    config.settings.cache_clear()
    config.keys.cache_clear()


def test_without_settings_all_have_their_defaults() -> None:
    settings = read({"PATH": "/bin", "HOME": "/root"})
    assert (settings.is_production, settings.port, settings.host) == (False, 8080, "127.0.0.1")
    assert settings.keys_file == settings.home / "keys.json"


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read({name: value})


def test_the_password_in_a_wrong_address_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        read({"TRAMA_DATABASE_URL": "mysql://trama:segretissima@db/trama"})
    assert "segretissima" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["mysql://u:segretissima@h", "smtp://u:segretissima@h", "smtps://u:segr/etissima@h", "smtps://u:12segr?@h"]
)
def test_the_password_of_a_wrong_mail_server_is_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        read({"TRAMA_SMTP_URL": url, "TRAMA_MAIL_SENDER": "trama@comune.example"})
    told = f"{refusal.value} {refusal.value.__cause__}"
    assert not [piece for piece in ("segr", "etissima") if piece in told]


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", ("smtp", "localhost", 25, None, None)),
        ("smtp+starttls://u:p%40%2F@mail.example", ("smtp+starttls", "mail.example", 587, "u", "p@/")),
        ("smtps://u%40comune.example:p@mail.example:2465", ("smtps", "mail.example", 2465, "u@comune.example", "p")),
    ],
)
def test_a_mail_server_is_told_as_an_address(url: str, server: tuple[Any, ...]) -> None:
    told = read({"TRAMA_SMTP_URL": url, "TRAMA_MAIL_SENDER": "trama@comune.example"}).smtp_url
    assert told is not None
    assert (told.scheme, told.host, told.port, told.user, told.password) == server
    assert "p@/" not in repr(told)


def test_mail_wants_an_address_to_come_from() -> None:
    with pytest.raises(ConfigurationError, match="TRAMA_MAIL_SENDER"):
        read({"TRAMA_SMTP_URL": "smtp://localhost"})
    assert read({"TRAMA_MAIL_SENDER": "trama@comune.example"}).smtp_url is None


@pytest.mark.parametrize("name", ["TRAMA_PROT", "TRAMA_", "TRAMA_IS_PRODUCTION", "TRAMA_SECRET_KEY"])
def test_an_unknown_setting_is_refused_by_name(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"unknown setting {name};"):
        read({name: "8080"})


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_way_to_write_an_address_reaches_the_same_driver(scheme: str) -> None:
    assert read({"TRAMA_DATABASE_URL": f"{scheme}://u:p@h/d"}).database_url == "postgresql+psycopg://u:p@h/d"


@pytest.mark.parametrize("given", [{}, {"TRAMA_DATABASE_URL": DATABASE}, {"TRAMA_KEYS_FILE": "/etc/trama/keys.json"}])
def test_production_wants_its_own_database_and_keys(given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="TRAMA_DATABASE_URL and TRAMA_KEYS_FILE"):
        read({"TRAMA_MODE": "production", **given})


def test_production_refuses_keys_that_nobody_chose(as_told: Any, tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.json", AUTO_MADE)
    with pytest.raises(ConfigurationError, match="made at a first start"):
        as_told(TRAMA_MODE="production", TRAMA_DATABASE_URL=DATABASE, TRAMA_KEYS_FILE=str(tmp_path / "keys.json"))


def test_production_takes_keys_that_somebody_made(as_told: Any, tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.json", "made with trama keys")
    told = as_told(TRAMA_MODE="production", TRAMA_DATABASE_URL=DATABASE, TRAMA_KEYS_FILE=str(tmp_path / "keys.json"))
    assert len({told.token, told.identity, told.lookup, told.cursor, told.audit}) == 5
    assert {len(key) for key in (told.token, told.identity, told.lookup, told.cursor, told.audit)} == {32}


def test_production_makes_no_keys_of_its_own(as_told: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no keys file"):
        as_told(TRAMA_MODE="production", TRAMA_DATABASE_URL=DATABASE, TRAMA_KEYS_FILE=str(tmp_path / "keys.json"))
    assert list(tmp_path.iterdir()) == []


def test_a_first_start_makes_keys_that_only_their_owner_reads(as_told: Any, tmp_path: Path) -> None:
    made = as_told(TRAMA_HOME=str(tmp_path / "home"))
    files = list((tmp_path / "home").iterdir())
    assert [file.name for file in files] == ["keys.json"]
    assert files[0].stat().st_mode & 0o777 == 0o600
    assert made.origin == AUTO_MADE
    assert as_told(TRAMA_HOME=str(tmp_path / "home")) == made


def test_two_first_starts_at_once_agree(tmp_path: Path) -> None:
    environment = {"TRAMA_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    starts = [
        subprocess.Popen([sys.executable, "-c", STARTING], env=environment, text=True, cwd=Path(__file__).parents[2],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]  # fmt: skip
    for start in starts:
        assert start.stdin is not None
        start.stdin.write("\n")
        start.stdin.flush()
    told = {start.communicate(timeout=20)[0] for start in starts}
    assert len(told) == 1
    assert len(told.pop()) > 64
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["keys.json"]


def test_keys_that_are_there_are_never_overwritten(tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.json", "first")
    before = (tmp_path / "keys.json").read_bytes()
    write_keys(tmp_path / "keys.json", "second")
    assert (tmp_path / "keys.json").read_bytes() == before


@pytest.mark.parametrize("how", ["not JSON", "a list", "one missing", "one unknown", "one short", "one no text"])
def test_a_file_that_holds_no_keys_is_refused_by_name_and_unquoted(as_told: Any, tmp_path: Path, how: str) -> None:
    file = tmp_path / "keys.json"
    write_keys(file, "made with trama keys")
    good = json.loads(file.read_text())
    bad: dict[str, Any] = {
        "not JSON": "{", "a list": [], "one missing": {k: v for k, v in good.items() if k != "identity"},
        "one unknown": {**good, "other": "x"}, "one no text": {**good, "token": 7},
        "one short": {**good, "lookup": base64.b64encode(b"corta").decode()},
    }  # fmt: skip
    file.write_text(bad[how] if how == "not JSON" else json.dumps(bad[how]))
    with pytest.raises(ConfigurationError, match=str(file)) as refusal:
        as_told(TRAMA_KEYS_FILE=str(file))
    assert good["token"] not in str(refusal.value)
