"""Log-ins: begun with a password, carried on by rotating refresh tokens, ended at once."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from service.access.models import Credential, Login, LoginFailure, User
from service.access.passwords import is_right
from service.actor import Actor
from service.audit.log.operations import record
from service.config import settings
from service.errors import TooMany
from service.types import keyed_hash, new_id, now


def log_in(session: Session, actor: Actor, username: str, password: str) -> Login | None:
    """Begin a log-in, or count a failure and answer None. Raises TooMany after too many failures for one name.

    A failure must outlive the refusal that follows, so it is an answer here and not an error.
    """
    name = keyed_hash(username)
    # Guesses at one name wait for each other: no burst gets past the count.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name.hex()})
    _refuse_guessing(session, name)
    user_id, password_hash = session.execute(
        select(User.id, Credential.password_hash).join(Credential).where(User.username == username, User.is_active)
    ).one_or_none() or (None, None)
    if not is_right(password, password_hash) or user_id is None:
        session.add(LoginFailure(username_hash=name, address=actor.origin.address))
        record(session, replace(actor, user_id=user_id), actor.origin.action, outcome="credentials_are_wrong")
        return None
    login = Login(id=new_id(), user_id=user_id, refresh_id=new_id(), address=actor.origin.address, expires_at=_expiry())
    session.add(login)
    record(session, replace(actor, user_id=user_id, login_id=login.id), actor.origin.action)
    return login


def _expiry() -> datetime:
    return now() + timedelta(hours=settings().refresh_token_hours)


def _refuse_guessing(session: Session, name: bytes) -> None:
    window = timedelta(minutes=settings().failed_logins_minutes)
    failures, first = session.execute(
        select(func.count(), func.min(LoginFailure.failed_at)).where(
            LoginFailure.username_hash == name, LoginFailure.failed_at > now() - window
        )
    ).one()
    if failures >= settings().failed_logins_allowed:
        raise TooMany("too_many_failed_logins", max(1, int((first + window - now()).total_seconds())))


def rotate(session: Session, actor: Actor, login_id: UUID, refresh_id: UUID) -> Login | None:
    """Change the refresh token for the next one. A token used twice was stolen from somebody: the log-in ends, None."""
    login = session.execute(
        select(Login)
        .join(User, User.id == Login.user_id)
        .where(Login.id == login_id, Login.ended_at.is_(None), Login.expires_at > now(), User.is_active)
        .with_for_update(of=Login)
    ).scalar_one_or_none()
    if login is None:
        return None
    known = replace(actor, user_id=login.user_id, login_id=login.id)
    if login.refresh_id != refresh_id:
        _end(login, "refresh_token_reused")
        record(session, known, actor.origin.action, outcome="refresh_token_was_used")
        return None
    login.refresh_id = new_id()
    record(session, known, actor.origin.action)
    return login


def log_out(session: Session, actor: Actor) -> None:
    """End the log-in of this request; its tokens are worth nothing from now on."""
    session.execute(update(Login).where(Login.id == actor.login_id).values(ended_at=now(), end_reason="logged_out"))
    record(session, actor, actor.origin.action)


def _end(login: Login, reason: str) -> None:
    login.ended_at, login.end_reason = now(), reason
