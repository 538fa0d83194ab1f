"""A mail server that keeps what it is given, answers as it is told, and drops repeats as receivers do."""

import base64
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer

HANGS_UP = "-"


@dataclass
class Sink:
    """What a server was given, and what it answers: `answers` are codes by verb (or `HANGS_UP`), the rest is
    welcome."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    letters: list[EmailMessage] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    slowness: float = 0
    tls: ssl.SSLContext | None = None
    is_tls_from_the_start: bool = False
    before_answering: Callable[[], None] = lambda: None

    @property
    def times(self) -> Counter[str]:
        """How often each Message-ID came."""
        return Counter(letter["Message-ID"] for letter in self.letters)


class _Dialogue(StreamRequestHandler):
    sink: Sink

    def handle(self) -> None:
        if self.sink.is_tls_from_the_start and not self._turn_to_tls():
            return
        self._say("220 sink")
        while line := self.rfile.readline().decode().strip():
            if self._answer(line) == "QUIT":
                return

    def _answer(self, line: str) -> str:
        verb = line.split(" ")[0].upper()
        if told := self.sink.answers.get(verb):
            if told == HANGS_UP:
                return "QUIT"
            self._say(told)
        elif verb == "EHLO":
            extension = "250-STARTTLS\r\n" if self.sink.tls else ""
            self._say(f"250-sink\r\n{extension}250 AUTH PLAIN")
        elif verb == "STARTTLS":
            self._say("220 go on")
            self._turn_to_tls()
        elif verb == "AUTH":
            self.sink.logins.append(base64.b64decode(line.split(" ")[2]).decode())
            self._say("235 welcome")
        elif verb == "DATA":
            self._say("354 go on")
            self._take()
        else:
            self._say("221 bye" if verb == "QUIT" else "250 fine")
        return verb

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        time.sleep(self.sink.slowness)
        if refusal := self.sink.answers.get("."):
            self._say(refusal)
            return
        self.sink.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
        self.sink.before_answering()
        self._say("250 taken")

    def _turn_to_tls(self) -> bool:
        assert self.sink.tls is not None
        try:
            self.connection = self.request = self.sink.tls.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            return False
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)  # type: ignore[assignment]
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def finish(self) -> None:
        """Part without complaint, however the other did."""
        try:
            super().finish()
        except OSError:
            return


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 50

    def handle_error(self, *_: object) -> None:
        """A client that was killed is no news."""


@contextmanager
def listening(**how: object) -> Iterator[Sink]:
    """A mail server on a port of its own, for as long as the block lasts."""
    sink = Sink(**how)  # type: ignore[arg-type]
    server = _Server(("127.0.0.1", 0), type("Dialogue", (_Dialogue,), {"sink": sink}))
    sink.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
