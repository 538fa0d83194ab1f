"""The demo as a newcomer starts it: the real command, its own data folder, its own port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from urllib.request import urlopen

import pytest

TRAMA = str(Path(sys.executable).parent / "trama")


@dataclass
class Running:
    """A `trama` command that serves, and where."""

    process: "subprocess.Popen[str]"
    home: Path
    port: int
    environment: Mapping[str, str]
    output: str = ""

    def trama(self, *words: str) -> str:
        """Another `trama` command on the same data. Its output."""
        done = subprocess.run([TRAMA, *words], env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal and wait for the end. The exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


def start(home: Path, *words: str, wait: float = 600) -> Running:
    """Start a serving command and wait until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TRAMA_")}
    environment = {**inherited, "TRAMA_HOME": str(home), "TRAMA_PORT": str(port), "COLUMNS": "250"}
    output = (home.parent / f"{home.name}.out").open("w")
    process = subprocess.Popen([TRAMA, *words], env=environment, stdout=output, stderr=subprocess.STDOUT, text=True)
    running, until = Running(process, home, port, environment), time.monotonic() + wait
    while not answers(port):
        running.output = Path(output.name).read_text()
        assert process.poll() is None, running.output
        assert time.monotonic() < until, running.output
        time.sleep(0.1)
    running.output = Path(output.name).read_text()
    return running


def answers(port: int) -> bool:
    """Whether the service says that it works."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/v1/status", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def empty_home() -> Iterator[Path]:
    """A data folder that another user may reach (PostgreSQL does not run as root)."""
    folder = Path(mkdtemp(prefix="trama-demo-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "home"
    rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def demo(empty_home: Path) -> Iterator[Running]:
    """`trama demo`, started for the first time."""
    running = start(empty_home, "demo")
    yield running
    if running.process.poll() is None:
        running.stop()
