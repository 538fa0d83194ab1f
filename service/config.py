"""Configuration, read once from the environment and validated; keys, made at first start where nobody gave them."""

import base64
import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

AUTO_MADE = "made by Trama at first start"
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
KEY_BYTES = 32
_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]{1,64}", r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = rf"^{_ATOM}(\.{_ATOM}){{0,8}}@{_LABEL}(\.{_LABEL}){{1,8}}\Z"
"""An address that mail servers take as it is: ASCII, nothing quoted. Its length is for the caller to bound."""
SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_RANDOM = ("token", "identity", "lookup", "cursor", "audit")


class ConfigurationError(Exception):
    """The environment does not make a running service; the message says what to change."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over: `smtps` begins with TLS, `smtp+starttls` turns to it, `smtp` is for this machine."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """What the service was told. Times in the unit that the name says."""

    home: Path
    is_production: bool
    database_url: str | None
    owner_url: str | None
    worker_url: str | None
    postgres_bin: Path | None
    keys_file: Path
    host: str
    port: int
    workers: int
    is_behind_proxy: bool
    access_token_minutes: int
    refresh_token_hours: int
    failed_logins_allowed: int
    failed_logins_minutes: int
    requests_per_minute: int
    largest_file_bytes: int
    seal_seconds: float
    smtp_url: MailServer | None
    mail_sender: str | None
    mail_seconds: float
    mail_attempts: int
    sends_digests: bool
    digest_hour: int
    log_level: str


@dataclass(frozen=True)
class Keys:
    """The secrets of one installation. 32 bytes each, but the passwords of the database roles."""

    origin: str
    token: bytes
    identity: bytes
    lookup: bytes
    cursor: bytes
    audit: bytes
    superuser_password: str
    runtime_password: str
    worker_password: str


def default_home() -> Path:
    """The one folder for data: under /var/lib for root, whose own home other users can't enter."""
    if os.geteuid() == 0:
        return Path("/var/lib/trama")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "trama"


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from `TRAMA_…` variables. Raises ConfigurationError naming the variable."""
    _refuse_unknown(environment)
    home = Path(environment.get("TRAMA_HOME") or default_home()).expanduser().absolute()
    mode = _choice(environment, "TRAMA_MODE", "local", ("local", "production"))
    host, port = environment.get("TRAMA_HOST", "127.0.0.1"), _number(environment, "TRAMA_PORT", 8080, 0, 65535)
    chosen_bin, chosen_keys = environment.get("TRAMA_POSTGRES_BIN"), environment.get("TRAMA_KEYS_FILE")
    settings = Settings(
        home=home,
        is_production=mode == "production",
        database_url=_database_url(environment, "TRAMA_DATABASE_URL"),
        owner_url=_database_url(environment, "TRAMA_OWNER_URL"),
        worker_url=_database_url(environment, "TRAMA_WORKER_URL"),
        postgres_bin=Path(chosen_bin) if chosen_bin else None,
        keys_file=Path(chosen_keys) if chosen_keys else home / "keys.json",
        host=host,
        port=port,
        workers=_number(environment, "TRAMA_WORKERS", 2, 1, 64),
        is_behind_proxy=_choice(environment, "TRAMA_IS_BEHIND_PROXY", "no", ("yes", "no")) == "yes",
        access_token_minutes=_number(environment, "TRAMA_ACCESS_TOKEN_MINUTES", 10, 1, 60),
        refresh_token_hours=_number(environment, "TRAMA_REFRESH_TOKEN_HOURS", 12, 1, 24 * 30),
        failed_logins_allowed=_number(environment, "TRAMA_FAILED_LOGINS_ALLOWED", 5, 1, 100),
        failed_logins_minutes=_number(environment, "TRAMA_FAILED_LOGINS_MINUTES", 15, 1, 24 * 60),
        requests_per_minute=_number(environment, "TRAMA_REQUESTS_PER_MINUTE", 1200, 10, 10_000_000),
        largest_file_bytes=_number(environment, "TRAMA_LARGEST_FILE_BYTES", 10_000_000, 100_000, 100_000_000),
        seal_seconds=_number(environment, "TRAMA_SEAL_SECONDS", 2, 1, 3600),
        smtp_url=_mail_server(environment, "TRAMA_SMTP_URL"),
        mail_sender=_mail_sender(environment, "TRAMA_MAIL_SENDER"),
        mail_seconds=_number(environment, "TRAMA_MAIL_SECONDS", 5, 1, 3600),
        mail_attempts=_number(environment, "TRAMA_MAIL_ATTEMPTS", 16, 1, 100),
        sends_digests=_choice(environment, "TRAMA_SENDS_DIGESTS", "yes", ("yes", "no")) == "yes",
        digest_hour=_number(environment, "TRAMA_DIGEST_HOUR", 7, 0, 23),
        log_level=_choice(environment, "TRAMA_LOG_LEVEL", "info", LOG_LEVELS),
    )
    if settings.smtp_url and not settings.mail_sender:
        raise ConfigurationError("TRAMA_SMTP_URL wants TRAMA_MAIL_SENDER, the address from which mail is sent")
    if settings.is_production and not (settings.database_url and chosen_keys):
        raise ConfigurationError("TRAMA_MODE=production wants TRAMA_DATABASE_URL and TRAMA_KEYS_FILE")
    return settings


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {f"TRAMA_{field.name.upper()}" for field in fields(Settings)} - {"TRAMA_IS_PRODUCTION"} | {"TRAMA_MODE"}
    unknown = sorted(name for name in environment if name.startswith("TRAMA_") and name not in known)
    if unknown:
        raise ConfigurationError(f"unknown setting {unknown[0]}; known ones: {', '.join(sorted(known))}")


def _number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise ConfigurationError(f"{name} is {text!r}; it must be a whole number from {least} to {most}")
    return int(text)


def _choice(environment: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    text = environment.get(name) or default
    if text not in choices:
        raise ConfigurationError(f"{name} is {text!r}; it must be one of: {', '.join(choices)}")
    return text


def _database_url(environment: Mapping[str, str], name: str) -> str | None:
    url = environment.get(name)
    if not url:
        return None
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ConfigurationError(f"{name} must look like postgresql://user:password@host:5432/database")
    return f"postgresql+psycopg://{rest}"


def _mail_server(environment: Mapping[str, str], name: str) -> MailServer | None:
    url = environment.get(name)
    if not url:
        return None
    wrong = ConfigurationError(
        f"{name} must look like smtp+starttls://user:password@host:587, or begin with smtps, smtp"
    )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None  # its message may quote a piece of the password
    if parts.scheme not in SMTP_PORTS or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise wrong
    user, password = _mail_login(parts, name)
    return MailServer(parts.scheme, parts.hostname, port or SMTP_PORTS[parts.scheme], user, password)


def _mail_login(parts: SplitResult, name: str) -> tuple[str | None, str | None]:
    if (parts.username is None) != (parts.password is None):
        raise ConfigurationError(f"{name} wants a user and a password, or neither")
    if parts.username is None or parts.password is None:
        return None, None
    if parts.scheme == "smtp":
        raise ConfigurationError(f"{name} would send its password unencrypted: smtps:// and smtp+starttls:// don't")
    return unquote(parts.username), unquote(parts.password)


def _mail_sender(environment: Mapping[str, str], name: str) -> str | None:
    address = environment.get(name)
    if address and not re.match(EMAIL, address):
        raise ConfigurationError(f"{name} is {address!r}; it must be an address, like trama@comune.example")
    return address or None


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read(os.environ)


@cache
def keys() -> Keys:
    """The keys of this process; production refuses those that nobody chose."""
    chosen = settings()
    if not chosen.keys_file.exists() and not chosen.is_production:
        write_keys(chosen.keys_file, AUTO_MADE)
    found = _read_keys(chosen.keys_file)
    if chosen.is_production and found.origin == AUTO_MADE:
        raise ConfigurationError(f"{chosen.keys_file} was made at a first start; make one with: trama keys FILE")
    return found


def _read_keys(file: Path) -> Keys:
    try:
        content = json.loads(file.read_text())
        decoded: dict[str, Any] = {
            name: base64.b64decode(value) if name in _RANDOM else value for name, value in content.items()
        }
        short = [name for name in _RANDOM if len(decoded[name]) != KEY_BYTES]
        if short:
            raise ValueError(f"{short[0]} must have {KEY_BYTES} bytes")
        return Keys(**decoded)
    except FileNotFoundError as error:
        raise ConfigurationError(f"there is no keys file at {file}; make one with: trama keys {file}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{file} is not a keys file of Trama ({error})") from error


def write_keys(file: Path, origin: str) -> None:
    """Make new keys in a file that only its owner reads. An existing file is never touched."""
    content = {
        "origin": origin,
        **{name: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() for name in _RANDOM},
        **{f"{role}_password": secrets.token_urlsafe(24) for role in ("superuser", "runtime", "worker")},
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: two first starts at once agree on one file, and a crash leaves none.
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(content, indent=2) + "\n")
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
