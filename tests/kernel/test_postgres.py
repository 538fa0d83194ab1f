"""The embedded PostgreSQL's launcher, against real servers and real processes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from service import postgres

DEBIAN = Path("/usr/lib/postgresql/15/bin")
VARIANTS = [None, DEBIAN] if DEBIAN.is_dir() else [None]
ROOT = Path(__file__).parents[2]
PASSWORD = "secret"
SMALL = {"shared_buffers": "16MB"}
PROGRAM = """
import signal, sys, time
from pathlib import Path
from service import postgres
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell may have had it ignored
with postgres.running(Path(sys.argv[1]), "secret", settings={"shared_buffers": "16MB"}) as server:
    print(server.port, server.socket_folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that PostgreSQL's account can reach too, as pytest's own can't be."""
    path = Path(tempfile.mkdtemp(prefix="trama-test-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A folder with a cluster, to copy where a test is not about making one."""
    path = Path(tempfile.mkdtemp(prefix="trama-test-", dir="/tmp"))
    path.chmod(0o755)
    with postgres.running(path / "pg", PASSWORD, settings=SMALL):
        pass
    yield path / "pg"
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def folder(home: Path, made: Path) -> Path:
    """A folder whose cluster was made before."""
    subprocess.run(["cp", "-a", made, home / "pg"], check=True)
    return home / "pg"


def ask(server: postgres.Server, query: str, password: str = PASSWORD, host: str | None = None) -> object:
    where = {"host": host or str(server.socket_folder), "port": server.port, "dbname": "postgres", "user": "postgres"}
    with psycopg.connect(password=password, autocommit=True, **where) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone()[0] if cursor.description else None


def processes(folder: Path) -> set[int]:
    """The processes that work in this folder, or were started on it."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            where = (entry / "cwd").readlink()
        except OSError:
            continue
        if where.is_relative_to(folder) or (b"postgres\0" in words and os.fsencode(folder) in words):
            found.add(int(entry.name))
    return found


def wait_until(fact, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def another_program(folder: Path) -> Iterator[tuple[subprocess.Popen[str], postgres.Server]]:
    """Another process inside `running`, in a process group of its own, as a shell would start it."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True, process_group=0
    ) as program:
        try:
            port, sockets = program.stdout.readline().split(maxsplit=1)
            yield program, postgres.Server(int(port), Path(sockets.strip()))
        finally:
            program.kill()
    assert wait_until(lambda: not processes(folder))


@pytest.mark.parametrize("chosen", VARIANTS, ids=str)
def test_it_answers_who_has_the_password_on_the_socket_and_on_tcp(home: Path, chosen: Path | None) -> None:
    with postgres.running(home / "pg", PASSWORD, chosen=chosen, settings={**SMALL, "work_mem": "5MB"}) as server:
        assert ask(server, "SHOW work_mem") == "5MB"
        assert ask(server, "SHOW max_connections", host="127.0.0.1") == "100"
        assert ask(server, "SHOW data_checksums") == "on"
        assert ask(server, "SELECT lower('À') || current_setting('timezone')") == "àUTC"
        assert ask(server, "SELECT left(rolpassword, 14) FROM pg_authid WHERE rolname = 'postgres'") == "SCRAM-SHA-256$"
        for host in (None, "127.0.0.1"):
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                ask(server, "SELECT 1", "wrong", host)
    assert not processes(home)
    assert [path.name for path in (home / "pg").glob("new-*")] == []


@pytest.mark.parametrize("chosen", VARIANTS, ids=str)
def test_a_second_start_is_quick_and_keeps_the_data(home: Path, chosen: Path | None) -> None:
    with postgres.running(home / "pg", PASSWORD, chosen=chosen, settings=SMALL) as server:
        ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    before = time.monotonic()
    with postgres.running(home / "pg", PASSWORD, chosen=chosen, settings=SMALL) as server:
        assert time.monotonic() - before < 2
        assert ask(server, "SELECT answer FROM kept") == 42


def test_the_url_survives_strange_names() -> None:
    url = postgres.Server(5432, Path("/run/a b&c")).url("us@er", "p/w:%?#", "data")
    login, _, where = url.removeprefix("postgresql+psycopg://").rpartition("@")
    assert [unquote(part) for part in login.split(":")] == ["us@er", "p/w:%?#"]
    assert where == "/data?host=%2Frun%2Fa%20b%26c&port=5432"


def test_sqlalchemy_connects_with_the_url(folder: Path) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    with postgres.running(folder, PASSWORD, settings=SMALL) as server:
        engine = sqlalchemy.create_engine(server.url("postgres", PASSWORD, "postgres"))
        with engine.connect() as connection:
            assert connection.execute(sqlalchemy.text("SELECT 1")).scalar_one() == 1
        engine.dispose()


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_program_that_started_it(folder: Path, blow: signal.Signals) -> None:
    with another_program(folder) as (program, server):
        assert ask(server, "SELECT 1") == 1
        assert processes(folder)
        os.killpg(program.pid, blow)
        program.wait(10)
        assert wait_until(lambda: not processes(folder))
    assert not (folder / "data" / "postmaster.pid").exists(), "the server was shut down, not killed"


def test_a_server_outlives_the_thread_that_asked_for_it(folder: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        block = postgres.running(folder, PASSWORD, settings=SMALL)
        server = pool.submit(block.__enter__).result()
    time.sleep(0.3)
    assert ask(server, "SELECT 1") == 1
    block.__exit__(None, None, None)
    assert not processes(folder)


def test_a_fork_that_leaves_the_block_does_not_stop_the_server(folder: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from service import postgres
with postgres.running(Path(sys.argv[1]), "secret") as server:
    if child := os.fork():
        os.waitpid(child, 0)
        print(postgres._answers(server))
"""
    done = subprocess.run([sys.executable, "-c", program, folder], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
    assert not processes(folder)


def test_a_cluster_left_half_made_is_made_again(home: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(home / "pg")], cwd=ROOT) as program:
        assert wait_until(lambda: list((home / "pg").glob("new-*/data/PG_VERSION")))
        program.kill()
    assert wait_until(lambda: not processes(home))
    assert not (home / "pg" / "data").exists()
    (home / "pg" / "new-left" / "data").mkdir(parents=True)
    with postgres.running(home / "pg", PASSWORD, settings=SMALL) as server:
        assert ask(server, "SELECT 1") == 1
    assert not list((home / "pg").glob("new-*"))


@pytest.fixture
def stranger(folder: Path) -> Iterator[int]:
    """The pid of some other program of the user who runs PostgreSQL."""
    owner = folder.joinpath("data").stat()
    with subprocess.Popen(["sleep", "60"], user=owner.st_uid, group=owner.st_gid) as program:
        yield program.pid
        program.kill()


@pytest.mark.parametrize("holder", ["nobody", "stranger", "unreadable"])
def test_a_stale_pid_file_does_not_hinder_a_start(folder: Path, stranger: int, holder: str) -> None:
    pid = {"nobody": 2**22 + 1, "stranger": stranger}.get(holder)
    text = f"{pid}\n{folder}/data\n1\n5432\n{folder}/socket\n127.0.0.1\n  1 1\nready   \n" if pid else ""
    pid_file = folder / "data" / "postmaster.pid"
    pid_file.write_text(text)
    os.chown(pid_file, folder.joinpath("data").stat().st_uid, folder.joinpath("data").stat().st_gid)
    with postgres.running(folder, PASSWORD, settings=SMALL) as server:
        assert ask(server, "SELECT 1") == 1


def test_a_server_that_was_killed_is_recovered(folder: Path) -> None:
    with another_program(folder) as (_, server):
        ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: not Path(f"/proc/{pid}").exists())
        with postgres.running(folder, PASSWORD, settings=SMALL) as mine:
            assert ask(mine, "SELECT answer FROM kept") == 42
            assert len(list(mine.socket_folder.iterdir())) == 2, "the dead server's socket is gone"


def test_another_program_joins_and_leaves_the_server_alive(folder: Path) -> None:
    with another_program(folder) as (_, server):
        before = processes(folder)
        with postgres.running(folder, PASSWORD, settings=SMALL) as joined:
            assert joined == server
            assert ask(joined, "SELECT 1") == 1
        assert before <= processes(folder)
        assert ask(server, "SELECT 1") == 1


def test_who_comes_while_a_server_stops_waits_for_a_new_one(folder: Path) -> None:
    with another_program(folder) as (_, server), ThreadPoolExecutor(1) as pool:
        client = psycopg.connect(server.url("postgres", PASSWORD, "postgres").replace("+psycopg", ""))
        pid_file = folder / "data" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGTERM)  # which waits for clients to go
        assert wait_until(lambda: "stopping" in pid_file.read_text())
        block = postgres.running(folder, PASSWORD, settings=SMALL)
        coming = pool.submit(block.__enter__)
        with pytest.raises(TimeoutError):
            coming.result(0.3)
        client.close()
        assert ask(coming.result(10), "SELECT 1") == 1
        assert coming.result() != server
        block.__exit__(None, None, None)


def test_a_start_that_is_interrupted_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = postgres._read_pid_file

    def interrupted(data: Path) -> object:
        if any(thread.name == "postgres-keeper" for thread in threading.enumerate()):
            raise KeyboardInterrupt
        return read(data)

    monkeypatch.setattr(postgres, "_read_pid_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        postgres.running(folder, PASSWORD).__enter__()
    assert not processes(folder)


def test_two_first_starts_at_once_share_one_server(home: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        blocks = [postgres.running(home / "pg", PASSWORD, settings=SMALL) for _ in range(2)]
        servers = list(pool.map(lambda block: block.__enter__(), blocks))
    assert servers[0] == servers[1]
    assert ask(servers[0], "SELECT 1") == 1
    for block in blocks:
        block.__exit__(None, None, None)
    assert not processes(home)


def test_two_programs_that_start_at_once_share_one_server(home: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        blocks = [another_program(home / "pg") for _ in range(2)]
        (one, server), (other, same) = pool.map(lambda block: block.__enter__(), blocks)
        assert server == same
        one.kill(), other.kill()
        list(pool.map(lambda block: block.__exit__(None, None, None), blocks))


def test_another_major_version_is_explained(folder: Path) -> None:
    (folder / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(postgres.PostgresError, match=r"made by PostgreSQL 12.*TRAMA_POSTGRES_BIN"):
        postgres.running(folder, PASSWORD).__enter__()


def test_files_of_others_are_refused_and_left_as_they_are(home: Path, folder: Path) -> None:
    (home / "mine.txt").write_text("mine")
    with pytest.raises(postgres.PostgresError, match="aren't ours"):
        postgres.running(home, PASSWORD).__enter__()
    assert sorted(path.name for path in home.iterdir()) == ["mine.txt", "pg"]
    (folder / "data" / "PG_VERSION").unlink()
    with pytest.raises(postgres.PostgresError, match="isn't a PostgreSQL database"):
        postgres.running(folder, PASSWORD).__enter__()


def test_a_start_that_fails_shows_the_end_of_the_log_and_leaves_nothing(folder: Path) -> None:
    with pytest.raises(postgres.PostgresError, match=r"postgres.log ends with:(?s:.*)no_such_setting"):
        postgres.running(folder, PASSWORD, settings={"no_such_setting": "1"}).__enter__()
    assert not processes(folder)


def test_a_port_that_is_taken_is_told_or_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(postgres.PostgresError, match="Address already in use"):
            postgres.running(folder, PASSWORD, settings={"port": str(port)}).__enter__()
        free = postgres._free_port
        ports = iter([port, port])
        monkeypatch.setattr(postgres, "_free_port", lambda: next(ports, None) or free())
        with postgres.running(folder, PASSWORD, settings=SMALL) as server:
            assert server.port != port


def test_a_long_path_gets_a_short_socket_folder(home: Path, folder: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    folder.rename(deep / "pg")
    with postgres.running(deep / "pg", PASSWORD, settings=SMALL) as server:
        assert ask(server, "SELECT 1") == 1
        assert len(str(server.socket_folder)) < 60
    assert not server.socket_folder.exists()


def test_binaries_that_are_not_there_are_explained(home: Path) -> None:
    with pytest.raises(postgres.PostgresError, match="TRAMA_POSTGRES_BIN"):
        postgres.binaries(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_root_is_told_when_the_other_user_cannot_reach_the_folder(home: Path) -> None:
    home.chmod(0o700)
    with pytest.raises(postgres.PostgresError, match="TRAMA_HOME"):
        postgres.running(home / "pg", PASSWORD).__enter__()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_binaries_in_a_closed_home_are_copied_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    package = postgres.binaries(None).parents[1]
    subprocess.run(["cp", "-a", package, package.with_suffix(".libs"), closed], check=True)
    programs = closed / package.name / "pginstall" / "bin"
    monkeypatch.setattr(postgres, "binaries", lambda chosen: chosen or programs)
    with postgres.running(home / "pg", PASSWORD, settings=SMALL) as server:
        assert ask(server, "SELECT 1") == 1
    (copy,) = (home / "pg").glob("binaries-*")
    made_at = copy.stat().st_ctime_ns
    with postgres.running(home / "pg", PASSWORD, settings=SMALL) as server:
        assert ask(server, "SELECT 1") == 1
    assert copy.stat().st_ctime_ns == made_at
    with pytest.raises(postgres.PostgresError, match="TRAMA_POSTGRES_BIN"):
        postgres.running(home / "pg", PASSWORD, chosen=programs).__enter__()
