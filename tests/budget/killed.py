"""A service of its own to be killed: the real command, its data folder, its port, its PostgreSQL."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

from service import installation
from service.actor import Actor
from service.app import create_app
from service.audit.log.operations import refused
from service.config import keys, settings
from service.db import Database, engine_for
from tests.demo.conftest import TRAMA, answers
from tests.world import World

PATIENCE = 120  # seconds, on a slow machine


@dataclass
class Killable:
    """`trama serve` on a data folder, in a process group of its own."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @classmethod
    def made(cls) -> "Killable":
        """A new data folder with the keys of this process, so that its tokens are known there; served."""
        folder = Path(mkdtemp(prefix="trama-kills-", dir="/tmp"))
        folder.chmod(0o755)  # PostgreSQL does not run as root
        home = folder / "home"
        home.mkdir(mode=0o755)
        keys()  # which makes them, if nobody asked before
        shutil.copy(settings().keys_file, home / "keys.json")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        found = cls(home, port, _served(home, port))
        found.await_answer()
        return found

    def start(self) -> None:
        """Serve again."""
        self.process = _served(self.home, self.port)
        self.await_answer()

    def await_answer(self) -> None:
        """Wait until the service says that it works."""
        _await(lambda: self.process.poll() is not None or answers(self.port))
        assert self.process.poll() is None, self.said()

    def kill_service(self) -> None:
        """All its processes at once; its PostgreSQL, which goes with it, is waited for."""
        mine = _of_group(self.process.pid)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        _await(lambda: not any(map(_is_alive, mine)))
        _await(lambda: not (self._postgres / "postmaster.pid").exists())

    def kill_postgres(self) -> None:
        """The postmaster and every backend; then the service that lost it is stopped as one stops it."""
        postmaster = int((self._postgres / "postmaster.pid").read_text().split()[0])
        all_of_it = [postmaster, *_children(postmaster)]
        for pid in all_of_it:
            os.kill(pid, signal.SIGKILL)
        _await(lambda: not any(map(_is_alive, all_of_it)))
        self.stop()

    def stop(self) -> None:
        """The lawful end."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE)

    def remove(self) -> None:
        """Stop it for good, and its data."""
        self.stop()
        shutil.rmtree(self.home.parent, ignore_errors=True)

    def trama(self, *words: str) -> str:
        """Another command on the same data. Its output."""
        done = subprocess.run([TRAMA, *words], env=_environment(self.home, self.port), capture_output=True, text=True,
                              check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def said(self) -> str:
        """The end of what the service wrote."""
        return "\n".join(self.home.with_suffix(".out").read_text().splitlines()[-20:])

    @contextmanager
    def world(self) -> Iterator[World]:
        """An Ambito in its database, made by an application in this process."""
        chosen = replace(settings(), home=self.home, database_url=None)
        with installation.database(chosen) as urls:
            database = Database[Actor](engine_for(urls.runtime, pool_size=2), refused)
            yield World(create_app(database), urls)
            database.engine.dispose()

    @property
    def _postgres(self) -> Path:
        return self.home / "postgres" / "data"


def _served(home: Path, port: int) -> "subprocess.Popen[bytes]":
    with home.with_suffix(".out").open("ab") as output:
        return subprocess.Popen([TRAMA, "serve"], env=_environment(home, port), stdout=output, stderr=output,
                                process_group=0)  # fmt: skip


def _environment(home: Path, port: int) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TRAMA_")}
    return {**inherited, "TRAMA_HOME": str(home), "TRAMA_PORT": str(port), "TRAMA_REQUESTS_PER_MINUTE": "10000000",
            "TRAMA_LOG_LEVEL": "warning"}  # fmt: skip


def _of_group(group: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == group:
                found.append(int(entry.name))
        except ProcessLookupError:
            continue
    return found


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_alive(pid: int) -> bool:
    """A zombie, which nobody may have reaped, is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def _await(fact: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)
