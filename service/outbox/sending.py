"""Sending what waits in the outbox: every message at least once, by as many senders as there are.

A message is taken in a short transaction, which counts the try and puts the next one off; it is sent outside of any
transaction, and then told sent or failed. A transaction kept open while a mail server takes its time would hold back the
log's sealer. Who is killed in between leaves a row that is taken again when its lease is over: the receiver may get the
message twice, under the same Message-ID, and never not at all.
"""

import secrets
import smtplib
import ssl
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.config import MailServer
from service.outbox.models import Message

STEP_SECONDS: Final = 30
"""How long a mail server may take for each step of the dialogue; there are some fifteen."""
LEASE: Final = timedelta(minutes=10)
"""How long nobody else takes a message that is being sent: longer than the longest dialogue."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)

_DICE: Final = secrets.SystemRandom()
_log = structlog.get_logger()


@dataclass(frozen=True)
class Taken:
    """A message on its way, and which try it is, from 1."""

    id: UUID
    attempt: int


@dataclass(frozen=True)
class Post:
    """By which server, from which address, and after how many tries a message is given up."""

    server: MailServer
    sender: str
    attempts: int


def drain(engine: Engine, post: Post, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Try every message that is due, one after the other, until none is left or it is time to stop. How many were sent."""
    sent = 0
    while not is_stopping() and (taken := _take(engine)):
        sent += _try(engine, post, taken)
    return sent


def wait_after(attempt: int) -> timedelta:
    """How long to wait after that try (from 1): a minute, doubled each time up to four hours, and up to a quarter more by
    chance, so that what failed together isn't tried together."""
    plain = min(FIRST_WAIT * (1 << min(attempt - 1, 20)), LONGEST_WAIT)
    return plain * _DICE.uniform(1, 1.25)


def letter_of(message: Message, sender: str) -> EmailMessage:
    """The e-mail of a message: the same, with the same Message-ID, at every try. ValueError if it can't be one."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, message.recipient, message.subject
    letter["Date"] = format_datetime(message.created_at)
    letter["Message-ID"] = f"<{message.id}@{sender.partition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"  # no answers of absence (RFC 3834)
    letter.set_content(message.body, cte="quoted-printable")  # passes through servers that know seven bits only
    return letter


def _take(engine: Engine) -> Taken | None:
    with Session(engine) as session, session.begin():
        row = session.execute(
            select(Message.id, Message.attempts)
            .where(Message.kind == "email", Message.sent_at.is_(None), Message.dead_at.is_(None),
                   Message.next_attempt_at <= func.now())
            .order_by(Message.next_attempt_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()  # fmt: skip
        if row is None:
            return None
        taken = Taken(row.id, row.attempts + 1)
        _change(session, taken, attempts=taken.attempt, next_attempt_at=func.now() + LEASE)
    return taken


def _try(engine: Engine, post: Post, taken: Taken) -> bool:
    """Whatever keeps one message from being sent is told of it, and doesn't hold back the next: a server that is away, a
    key that was changed. Refusals that call themselves permanent too: most come from settings that somebody will mend."""
    try:
        with Session(engine) as session, session.begin():
            letter = letter_of(session.get_one(Message, taken.id), post.sender)
        _hand_over(post.server, letter)
    except SQLAlchemyError:
        raise
    except Exception as error:
        _tell_failed(engine, post, taken, error)
        return False
    with Session(engine) as session, session.begin():
        _change(session, taken, sent_at=func.now(), dead_at=None, last_error=None)
    _log.info("message sent", message_id=str(taken.id), attempt=taken.attempt)
    return True


def _hand_over(server: MailServer, letter: EmailMessage) -> None:
    """Give the letter to the mail server, which has taken responsibility for it when this returns."""
    with closing(_connected(server)) as connection:
        if server.scheme == "smtp+starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user is not None and server.password is not None:
            connection.login(server.user, server.password)
        connection.send_message(letter)
        with suppress(OSError):
            connection.quit()  # the letter is taken: how we part changes nothing


def _connected(server: MailServer) -> smtplib.SMTP:
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=STEP_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=STEP_SECONDS)


def _tell_failed(engine: Engine, post: Post, taken: Taken, error: Exception) -> None:
    code, is_dead = _code(error), taken.attempt >= post.attempts
    fate = {"dead_at": func.now()} if is_dead else {"next_attempt_at": func.now() + wait_after(taken.attempt)}
    with Session(engine) as session, session.begin():
        # Unless its lease went by: then it is somebody else's, and perhaps sent.
        _change(session, taken, Message.attempts == taken.attempt, Message.sent_at.is_(None), last_error=code, **fate)
    _log.warning("message not sent", message_id=str(taken.id), attempt=taken.attempt, code=code, is_dead=is_dead,
                 exc_info=None if isinstance(error, OSError) else error)  # fmt: skip


def _change(session: Session, taken: Taken, *conditions: Any, **state: Any) -> None:
    session.execute(update(Message).where(Message.id == taken.id, *conditions).values(**state),
                    execution_options={"synchronize_session": False})  # fmt: skip


def _code(error: Exception) -> str:
    """A code for the row and the service's log: what a server says would quote the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"smtp_{next(iter(error.recipients.values()))[0]}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp_{error.smtp_code}"
    return type(error).__name__
