"""The database: one engine, and the one place that begins and commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from sqlalchemy import DateTime, MetaData, Text, create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from service.errors import Refusal, Unavailable

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
TIMEOUTS = "-c statement_timeout=15s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"

A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)


class Base(DeclarativeBase):
    """Every table of every room."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's form
        datetime: DateTime(timezone=True),
        str: Text(),
    }


class Caller(Protocol[A_co]):
    """Who asks for a transaction: `enter` tells PostgreSQL, in one statement, and answers the actor."""

    @property
    def claimed(self) -> A_co:
        """Who the caller says to be: for the log, when `enter` refuses."""

    def enter(self, session: Session) -> A_co:
        """Set the scope that row-level security reads, and say who it is."""


def engine_for(url: str, *, pool_size: int = 10) -> Engine:
    """An engine on PostgreSQL whose statements can't wait for ever."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=5,
        connect_args={"options": TIMEOUTS, "connect_timeout": 5},
    )


class Database(Generic[A]):
    """The transactions of one service. `tell_refusal` writes down a refusal after the refused work is undone.

    `refusal_of` says what a broken constraint means, if it means a refusal: those are told and written down alike.
    """

    def __init__(self, engine: Engine, tell_refusal: Callable[[Session, A, Refusal], None]) -> None:
        self.engine = engine
        self._tell_refusal = tell_refusal
        self.refusal_of: Callable[[IntegrityError | DataError], Refusal | None] = lambda _: None

    @contextmanager
    def transaction(self, caller: Caller[A]) -> Iterator[tuple[Session, A]]:
        """The one transaction of a request: whole or not at all.

        Reads end with COMMIT too, since psycopg forgets its prepared statements at a ROLLBACK. A refusal undoes the
        work, and is then written down in a transaction of its own.
        """
        actor: A | None = None
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                actor = caller.enter(session)
                yield session, actor
        except Refusal as refusal:
            self._write_down(actor or caller.claimed, refusal)
            raise
        except (IntegrityError, DataError) as error:
            meant = self.refusal_of(error)
            if meant is None:
                raise
            self._write_down(actor or caller.claimed, meant)
            raise meant from error
        except OperationalError as error:
            raise Unavailable("database_is_unavailable") from error

    def _write_down(self, actor: A, refusal: Refusal) -> None:
        with Session(self.engine) as session, session.begin():
            self._tell_refusal(session, actor, refusal)


@contextmanager
def as_role(session: Session, role: str) -> Iterator[None]:
    """Lend the transaction to a narrower database role (a name of ours, never input) for some statements."""
    session.execute(text(f'SET LOCAL ROLE "{role}"'))
    yield
    session.execute(text("RESET ROLE"))
