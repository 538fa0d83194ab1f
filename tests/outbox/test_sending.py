"""Sending: at least once, by any number of senders, whatever becomes of the mail server or of the sender."""

import multiprocessing
import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.engine import Engine
from structlog.testing import LogCapture

from service import config
from service.actor import AnonymousCaller
from service.config import MailServer
from service.db import engine_for
from service.installation import Urls
from service.outbox import sending
from service.outbox.operations import queue_email
from service.outbox.sending import Post, drain, wait_after
from service.serving import Sender, chores, keep_at
from tests.outbox.sink import HANGS_UP, Sink, listening
from tests.world import World, together

TO = "operatrice@comune.example"
URLS = Urls("postgresql://runtime/db", "postgresql://worker/db", None)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that takes everything."""
    with listening() as made:
        yield made


@pytest.fixture
def engine(fresh: World) -> Iterator[Engine]:
    """The worker's connections."""
    made = engine_for(fresh.urls.worker)
    yield made
    made.dispose()


def post(port: int, *, attempts: int = 3, scheme: str = "smtp", login: tuple[str, str] | None = None) -> Post:
    """Where a sink listens."""
    user, password = login or (None, None)
    return Post(MailServer(scheme, "127.0.0.1", port, user, password), "trama@comune.example", attempts)


def queue(world: World, number: int = 1, **values: str) -> list[UUID]:
    """Queue some messages; their ids."""
    keys = [str(uuid4()) for _ in range(number)]
    with world.database.transaction(AnonymousCaller()) as (session, _):
        for key in keys:
            queue_email(
                session, **{"to": TO, "subject": "Due scadenze", "body": "Ti aspettano.", **values}, dedupe_key=key
            )
    found = world.seen("SELECT id FROM outbox.messages WHERE dedupe_key = ANY (:keys)", keys=keys)
    return [row.id for row in found]


def row(world: World, message_id: UUID) -> Any:
    """A message as it stands."""
    [found] = world.seen("SELECT * FROM outbox.messages WHERE id = :id", id=message_id)
    return found


def pass_time(world: World) -> None:
    """Let every wait and lease be over."""
    world.alter("UPDATE outbox.messages SET next_attempt_at = now() WHERE sent_at IS NULL AND dead_at IS NULL")


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_message_is_sent_once_as_it_was_written(fresh: World, engine: Engine, sink: Sink) -> None:
    body = "Perché è così:\n.una riga col punto\nè l'ultima riga, lunga " + "più di quanto una riga di posta tenga " * 5
    [message_id] = queue(fresh, subject="Scadenze: è ora di più", body=body)
    assert (drain(engine, post(sink.port)), drain(engine, post(sink.port))) == (1, 0)
    [letter] = sink.letters
    assert (letter["To"], letter["From"], letter["Subject"]) == (TO, "trama@comune.example", "Scadenze: è ora di più")
    assert letter.get_content().splitlines() == body.splitlines()
    assert letter["Message-ID"] == f"<{message_id}@comune.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    sent = row(fresh, message_id)
    assert (sent.attempts, sent.last_error, sent.dead_at) == (1, None, None)
    assert letter["Date"].datetime == sent.created_at.replace(microsecond=0)
    assert sent.sent_at >= sent.created_at


def test_the_oldest_due_go_first_and_what_is_not_due_stays(fresh: World, engine: Engine, sink: Sink) -> None:
    early, late, waiting = (queue(fresh)[0] for _ in range(3))
    fresh.alter("UPDATE outbox.messages SET next_attempt_at = now() - interval '1 hour' WHERE id = :id", id=late)
    fresh.alter("UPDATE outbox.messages SET next_attempt_at = now() + interval '1 hour' WHERE id = :id", id=waiting)
    assert drain(engine, post(sink.port)) == 2
    assert [letter["Message-ID"].partition("@")[0] for letter in sink.letters] == [f"<{late}", f"<{early}"]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"RCPT": "450 busy, operatrice@comune.example"}, "smtp_450"), ({"RCPT": "550 nobody here"}, "smtp_550"),
        ({"MAIL": "553 not you"}, "smtp_553"), ({".": "451 later"}, "smtp_451"), ({".": "554 no"}, "smtp_554"),
        ({"EHLO": "421 closing", "HELO": "421 closing"}, "smtp_421"), ({"DATA": HANGS_UP}, "SMTPServerDisconnected"),
    ],
)  # fmt: skip
def test_what_a_server_refuses_is_tried_again_until_it_takes_it(
    fresh: World, engine: Engine, sink: Sink, answers: dict[str, str], code: str
) -> None:
    [message_id] = queue(fresh)
    sink.answers = answers
    assert drain(engine, post(sink.port)) == 0
    failed = row(fresh, message_id)
    assert (failed.attempts, failed.last_error, failed.sent_at, failed.dead_at) == (1, code, None, None)
    assert timedelta(seconds=50) < failed.next_attempt_at - datetime.now(UTC) < timedelta(seconds=76)
    assert drain(engine, post(sink.port)) == 0
    assert row(fresh, message_id).attempts == 1  # not before its time
    sink.answers = {}
    pass_time(fresh)
    assert drain(engine, post(sink.port)) == 1
    assert (row(fresh, message_id).last_error, list(sink.times.values())) == (None, [1])


def test_a_server_that_is_not_there_or_falls_silent_loses_nothing(
    fresh: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    [message_id] = queue(fresh)
    assert drain(engine, post(closed_port())) == 0
    assert row(fresh, message_id).last_error == "ConnectionRefusedError"
    monkeypatch.setattr(sending, "STEP_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        pass_time(fresh)
        assert drain(engine, post(silent.getsockname()[1])) == 0
    assert row(fresh, message_id).last_error == "SMTPServerDisconnected"
    with listening() as sink:
        pass_time(fresh)
        assert drain(engine, post(sink.port)) == 1


def test_after_so_many_tries_a_message_is_dead_and_stays_so(fresh: World, engine: Engine, sink: Sink) -> None:
    [message_id] = queue(fresh)
    sink.answers = {"RCPT": "550 nobody here"}
    for attempt in (1, 2, 3):
        assert row(fresh, message_id).dead_at is None
        pass_time(fresh)
        assert drain(engine, post(sink.port, attempts=3)) == 0
        assert row(fresh, message_id).attempts == attempt
    assert row(fresh, message_id).dead_at is not None
    sink.answers = {}
    pass_time(fresh)
    assert drain(engine, post(sink.port)) == 0
    assert sink.letters == []


def test_one_message_that_can_not_be_sent_does_not_hold_back_the_others(
    fresh: World, engine: Engine, sink: Sink
) -> None:
    """Encrypted with another key, say."""
    unreadable, fine = queue(fresh)[0], queue(fresh)[0]
    fresh.alter("UPDATE outbox.messages SET body = decode(repeat('00', 40), 'hex') WHERE id = :id", id=unreadable)
    assert drain(engine, post(sink.port, attempts=1)) == 1
    assert (row(fresh, unreadable).last_error, row(fresh, unreadable).dead_at is None) == ("InvalidTag", False)
    assert list(sink.times) == [f"<{fine}@comune.example>"]


def test_a_server_that_parts_badly_after_taking_a_letter_has_taken_it(fresh: World, engine: Engine, sink: Sink) -> None:
    [message_id] = queue(fresh)
    sink.answers = {"QUIT": HANGS_UP}
    assert drain(engine, post(sink.port)) == 1
    assert row(fresh, message_id).sent_at is not None


def test_two_senders_at_once_send_each_message_once(fresh: World, engine: Engine) -> None:
    ids = queue(fresh, 12)
    with listening(slowness=0.02) as sink:
        counts = together(*[lambda: drain(engine, post(sink.port))] * 2)
    assert sum(counts) == 12
    assert min(counts) > 0
    assert sink.times == dict.fromkeys((f"<{message_id}@comune.example>" for message_id in ids), 1)


def test_a_message_that_another_sender_is_taking_is_passed_over(fresh: World, engine: Engine, sink: Sink) -> None:
    first, second = queue(fresh)[0], queue(fresh)[0]
    with engine.begin() as other:
        other.execute(text("SELECT id FROM outbox.messages WHERE id = :id FOR UPDATE"), {"id": first})
        assert drain(engine, post(sink.port)) == 1
    assert (row(fresh, first).attempts, row(fresh, second).attempts) == (0, 1)


def test_no_transaction_is_open_while_the_server_takes_its_time(fresh: World, engine: Engine) -> None:
    """An open one would hold back the sealer of the log."""
    open_ones: list[Any] = []
    with listening() as sink:
        sink.before_answering = lambda: open_ones.extend(
            fresh.seen("SELECT pid FROM pg_stat_activity WHERE usename = 'trama_worker' AND state <> 'idle' "
                       "AND datname = current_database()")
        )  # fmt: skip
        queue(fresh)
        assert drain(engine, post(sink.port)) == 1
    assert open_ones == []


def test_a_sender_whose_lease_went_by_does_not_undo_what_another_has_done(fresh: World, engine: Engine) -> None:
    """The first hangs, the second sends; then the first fails at last."""
    [message_id] = queue(fresh)
    with listening() as second, listening(answers={".": "451 later"}) as first:
        first.slowness = 0.5
        slow = threading.Thread(target=drain, args=(engine, post(first.port)))
        slow.start()
        while row(fresh, message_id).attempts == 0:
            time.sleep(0.01)
        pass_time(fresh)
        assert drain(engine, post(second.port)) == 1
        slow.join()
    sent = row(fresh, message_id)
    assert (sent.sent_at is not None, sent.dead_at, sent.last_error) == (True, None, None)


def test_time_to_stop_leaves_the_rest_for_later(fresh: World, engine: Engine, sink: Sink) -> None:
    queue(fresh, 5)
    assert drain(engine, post(sink.port), lambda: len(sink.letters) >= 2) == 2
    assert drain(engine, post(sink.port), lambda: True) == 0
    assert drain(engine, post(sink.port)) == 3


def test_a_killed_sender_loses_nothing_and_a_receiver_that_drops_repeats_gets_each_once(fresh: World) -> None:
    ids = queue(fresh, 30)
    with listening(slowness=0.01) as sink:
        victim = sender_process(fresh, sink)
        until(lambda: len(sink.letters) >= 5)  # in the middle of the burst
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        assert len(sink.letters) < 30
        pass_time(fresh)
        last = sender_process(fresh, sink)
        until(lambda: fresh.seen("SELECT 1 FROM outbox.messages WHERE sent_at IS NULL") == [])
        last.terminate()
        last.join(10)
    assert last.exitcode == 0
    assert set(sink.times) == {f"<{message_id}@comune.example>" for message_id in ids}
    assert sum(sink.times.values()) <= 30 + 1  # at most the one that it was sending
    assert fresh.seen("SELECT 1 FROM outbox.messages WHERE dead_at IS NOT NULL") == []


def test_a_sender_killed_after_the_server_took_the_letter_sends_it_again_under_the_same_name(fresh: World) -> None:
    [message_id] = queue(fresh)
    with listening() as sink:
        victims: list[Any] = []

        def die() -> None:
            if len(sink.letters) == 1:
                os.kill(victims[0].pid, signal.SIGKILL)
                victims[0].join()

        sink.before_answering = die
        victims.append(sender_process(fresh, sink))
        until(lambda: victims[0].exitcode is not None)
        assert row(fresh, message_id).sent_at is None
        engine = engine_for(fresh.urls.worker)
        assert drain(engine, post(sink.port)) == 0  # its lease holds
        pass_time(fresh)
        assert drain(engine, post(sink.port)) == 1
        engine.dispose()
    assert sink.times == {f"<{message_id}@comune.example>": 2}


def sender_process(world: World, sink: Sink) -> Any:
    """The sender as the service starts it."""
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=keep_at, args=(Sender(0.05, post(sink.port)), world.urls.worker, os.getpid()))
    process.start()
    return process


def until(holds: Any, seconds: float = 30) -> None:
    """Wait for something to hold."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_mail_is_sent_beside_the_server_only_where_a_mail_server_is_set() -> None:
    assert [chore.name for chore in chores(config.read({}), URLS)] == ["sealer"]
    told = {"TRAMA_SMTP_URL": "smtp://localhost", "TRAMA_MAIL_SENDER": "trama@comune.example"}
    assert [chore.name for chore in chores(config.read(told), URLS)] == ["sealer", "sender", "digester"]


@given(st.integers(1, 100))
def test_waits_double_up_to_hours_and_differ_by_chance(attempt: int) -> None:
    plain = min(timedelta(minutes=2 ** (attempt - 1)), timedelta(hours=4)) if attempt < 20 else timedelta(hours=4)
    assert plain <= wait_after(attempt) <= plain * 1.25
    assert len({wait_after(attempt) for _ in range(5)}) > 1


def test_by_default_a_message_outlasts_a_day_without_a_server() -> None:
    attempts = config.read({}).mail_attempts
    least = sum((min(timedelta(minutes=2**n), timedelta(hours=4)) for n in range(attempts - 1)), timedelta())
    assert least > timedelta(hours=24)


def test_the_longest_dialogue_ends_before_its_lease() -> None:
    assert timedelta(seconds=sending.STEP_SECONDS * 15) < sending.LEASE


# Encryption and secrets.


@pytest.fixture(scope="module")
def certificate() -> Iterator[Path]:
    """A certificate of this machine, signed by itself, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    day = datetime.now(UTC)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(day - timedelta(days=1)).not_valid_after(day + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = Path(os.environ["TRAMA_HOME"]) / f"sink-{uuid4()}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    yield file
    file.unlink()


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_letter_goes_encrypted_to_a_server_that_is_who_it_says(
    fresh: World, engine: Engine, certificate: Path, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with listening(tls=context, is_tls_from_the_start=scheme == "smtps") as sink:
        where = post(sink.port, scheme=scheme, login=("trama", "segretissima"))
        [message_id] = queue(fresh)
        assert drain(engine, where) == 0
        assert (row(fresh, message_id).last_error, sink.logins) == ("SSLCertVerificationError", [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        pass_time(fresh)
        assert drain(engine, where) == 1
    assert sink.logins == ["\0trama\0segretissima"]


def test_a_server_without_encryption_gets_neither_password_nor_letter(fresh: World, engine: Engine, sink: Sink) -> None:
    [message_id] = queue(fresh)
    assert drain(engine, post(sink.port, scheme="smtp+starttls", login=("trama", "segretissima"))) == 0
    assert (row(fresh, message_id).last_error, sink.logins, sink.letters) == ("SMTPNotSupportedError", [], [])


def test_nothing_of_a_message_or_a_password_comes_into_the_log(
    fresh: World, engine: Engine, sink: Sink, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    where = post(0, login=("trama", "segretissima"))
    captured = LogCapture()
    monkeypatch.setattr(sending, "_log", structlog.wrap_logger(None, [captured], structlog.BoundLogger))
    kept = [repr(where)]
    queue(fresh, subject="oggetto", body="corpo")
    with listening(tls=context, answers={"AUTH": "535 trama segretissima"}) as strict:
        for answers, how in (
            ({}, post(strict.port, scheme="smtp+starttls", login=("trama", "segretissima"))),
            ({"RCPT": f"550 {TO} is nobody"}, post(sink.port)),
            ({".": f"554 no oggetto for {TO}"}, post(sink.port, attempts=9)),
            ({}, post(sink.port)),
        ):  # fmt: skip
            sink.answers = answers
            pass_time(fresh)
            drain(engine, how)
            kept.append(str(fresh.seen("SELECT last_error FROM outbox.messages")))
    assert [line["event"] for line in captured.entries] == [*["message not sent"] * 3, "message sent"]
    assert kept[1:] == ["[('smtp_535',)]", "[('smtp_550',)]", "[('smtp_554',)]", "[(None,)]"]
    assert not [word for word in ("segretissima", TO, "oggetto", "corpo") if word in f"{captured.entries} {kept}"]
