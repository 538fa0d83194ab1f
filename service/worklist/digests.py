"""One e-mail a day for each operator whom something awaits: how many, by which rule, in which cases by opaque code.

It tells of nobody: numbers, the law's words and codes that mean nothing outside the service. What awaits whom is found as
the operator would find it, within their own sight, and is on the log as theirs.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.engine import Engine

from service.access.models import User
from service.actor import Actor, AnonymousCaller, Origin, UserCaller
from service.audit.log.operations import record, refused
from service.db import Database, engine_for
from service.errors import Unauthenticated
from service.outbox.operations import queue_email
from service.texts import words
from service.types import ROME, now, today
from service.worklist.items import items
from service.worklist.rules import KINDS, Item

ACTION: Final = "digest:queue"
MOST_CODES: Final = 12
"""How many cases a line names; the others are counted."""
_log = structlog.get_logger()


@dataclass
class Digester:
    """Queues the day's digests, once their hour has come. Another at work beside it, or a second round, adds nothing."""

    seconds: float
    hour: int
    runtime_url: str
    name: str = "digester"
    done_on: date | None = None

    def round(self, _: Engine, is_stopping: Callable[[], bool]) -> None:
        """Today's, if it is time and they are not done: as the runtime role, since the worker's sees no case."""
        if is_stopping() or self.done_on == today() or now().astimezone(ROME).hour < self.hour:
            return
        day = today()
        engine = engine_for(self.runtime_url, pool_size=1)
        try:
            if queue_digests(Database[Actor](engine, refused), day, is_stopping):
                self.done_on = day
        finally:
            engine.dispose()


def queue_digests(database: Database[Actor], day: date, is_stopping: Callable[[], bool] = lambda: False) -> bool:
    """Queue the digest of everybody who has an address. Answers whether nobody was left out for want of time.

    Raises ExceptionGroup with what failed, after everybody else has got theirs.
    """
    with database.transaction(AnonymousCaller()) as (session, _):
        found = select(User.id, User.email).where(User.is_active, User.email.is_not(None)).order_by(User.id)
        addresses = session.execute(found).all()
    failed: list[Exception] = []
    for user_id, email in addresses:
        if is_stopping():
            return False
        try:
            _queue_digest(database, user_id, str(email), day)
        except Unauthenticated:
            _log.info("no digest: the account has been suspended", user_id=str(user_id))
        except Exception as error:  # one operator's is not to keep the others' back
            failed.append(error)
    if failed:
        raise ExceptionGroup("some digests were not queued", failed)
    return True


def _queue_digest(database: Database[Actor], user_id: UUID, email: str, day: date) -> None:
    with database.transaction(UserCaller(user_id, origin=Origin(ACTION))) as (session, actor):
        if "cases:read" not in actor.permissions:
            return
        waiting = items(session, actor)
        is_due = any(item.deadline for item in waiting)
        if is_due and queue_email(session, to=email, subject=subject_of(waiting), body=body_of(waiting, day),
                                  dedupe_key=f"digest/{user_id}/{day}"):  # fmt: skip
            people = {one for item in waiting for one in (item.person_id, item.member_id) if one is not None}
            record(session, actor, ACTION, people=people)


def subject_of(waiting: Iterable[Item]) -> str:
    """One line: how many terms have passed, how many run out soon."""
    terms = [item.is_late for item in waiting if item.deadline]
    return f"Trama: scadenze in ritardo {sum(terms)}, in arrivo {len(terms) - sum(terms)}"


def body_of(waiting: Sequence[Item], day: date) -> str:
    """The message: a line for each rule, and one for each other thing that waits."""
    lines: list[str] = []
    for title, is_late in (("In ritardo", True), ("In arrivo", False)):
        terms = [item for item in waiting if item.deadline and item.is_late == is_late]
        lines += _section(title, _by_label(terms))
    others = [item for item in waiting if not item.deadline]
    lines += _section("Da fare", {words(kind, (), "it").rstrip("."): same for kind in KINDS
                                  if (same := [item for item in others if item.kind == kind])})  # fmt: skip
    opening = f"Situazione al {day:%d/%m/%Y}. I codici sono quelli dell'elenco delle cose da fare."
    return "\n".join([opening, *lines, "", "Messaggio automatico: non contiene dati personali."])


def _by_label(terms: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in terms:
        if item.deadline:
            found.setdefault(item.deadline.label, []).append(item)
    return found


def _section(title: str, groups: dict[str, list[Item]]) -> list[str]:
    lines = [f"- {label}: {len(same)} ({_codes(same)})" for label, same in groups.items()]
    return ["", f"{title}:", *lines] if lines else []


def _codes(same: Iterable[Item]) -> str:
    codes = list(dict.fromkeys(item.code for item in same))
    rest = len(codes) - MOST_CODES
    return ", ".join(codes[:MOST_CODES]) + (f", e altri {rest}" if rest > 0 else "")
