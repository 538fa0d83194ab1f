"""What was acknowledged outlives any kill, exactly once; what was not leaves nothing half done, and is made by a repeat."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import HTTPConnection, HTTPException
from itertools import count
from random import Random
from threading import Condition
from typing import Any

import pytest

from tests.budget.killed import PATIENCE, Killable
from tests.budget.ledger import Ledger, euro
from tests.soak import IS_FIXED, TIMES
from tests.world import World

KILLS = {"service": Killable.kill_service, "postgres": Killable.kill_postgres}
OFFICERS, ALLOCATIONS, LINES = 4, 3, 8
FEWEST, MOST = 25, 90  # acknowledged entries, before a kill
PATHS = {"commitment": "/commitments", "liquidation": "/liquidations", "payment": "/payments", "reversal": "/reversals"}
NAMED = {"liquidation": "commitment_id", "payment": "liquidation_id", "reversal": "entry_id"}
FOLLOWS = {
    "liquidation": ("commitment",),
    "payment": ("liquidation",),
    "reversal": ("commitment", "liquidation", "payment"),
}
_serial = count(1)


@dataclass
class Sent:
    """An entry asked for. `of`: the line that it is for, or the entry that it follows; `room`: cents that nobody asked of it.

    `id`: once it was acknowledged. Its act is its key, by which it is found in the ledger.
    """

    kind: str
    cents: int
    of: Any
    token: str
    key: str
    id: str | None = None
    room: int = field(init=False)

    def __post_init__(self) -> None:
        self.room = self.cents

    @property
    def body(self) -> dict[str, Any]:
        """What is sent."""
        where = {"line_id": self.of} if self.kind == "commitment" else {NAMED[self.kind]: self.of.id}
        return {**where, "amount": euro(f"{self.cents // 100}.{self.cents % 100:02}"), "act": self.key,
                "occurred_on": "2023-03-01"}  # fmt: skip


class Office:
    """The officers at work: what they asked for, what was acknowledged. They ask only for what there is room for."""

    def __init__(self, port: int, tokens: dict[str, list[str]], lines: list[str], seed: int) -> None:
        self.port, self.tokens, self.lines = port, tokens, lines
        self.sent: list[Sent] = []
        self.draw = Random(seed)
        self.changed = Condition()
        self.is_over = False

    def acknowledged(self) -> list[Sent]:
        """What was answered with 201."""
        return [one for one in self.sent if one.id is not None]

    def burst(self, acknowledged: int, kill: Callable[[], None]) -> None:
        """All officers at once, and a kill as soon as so many more entries were acknowledged."""
        self.is_over, wanted = False, len(self.acknowledged()) + acknowledged
        with ThreadPoolExecutor(2 * OFFICERS) as pool:
            work = [pool.submit(self._work, role, token) for role, tokens in self.tokens.items() for token in tokens]
            with self.changed:
                is_enough = self.changed.wait_for(lambda: self.is_over or len(self.acknowledged()) >= wanted, PATIENCE)
            kill()
            for done in work:
                done.result(PATIENCE)
        assert is_enough, "too few were acknowledged in time"

    def _work(self, role: str, token: str) -> None:
        """Ask and ask again, until there is no answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            while not self.is_over:
                self._ask(connection, role, token)
        except (OSError, HTTPException):  # the kill
            pass
        finally:
            connection.close()
            with self.changed:
                self.is_over = True
                self.changed.notify_all()

    def _ask(self, connection: HTTPConnection, role: str, token: str) -> None:
        with self.changed:
            one = self._chosen(role, token)
            if one is None:
                self.changed.wait(0.05)
                return
            self.sent.append(one)
        made = posted(connection, one)
        if made is None:
            raise ConnectionResetError("the service lost its database")
        with self.changed:
            one.id = made
            self.changed.notify_all()

    def _chosen(self, role: str, token: str) -> Sent | None:
        """The next entry of an officer, with its room taken; none if there is nothing yet to follow."""
        kinds = (
            ["liquidation", "reversal"]
            if role == "spending_officer"
            else ["commitment", "payment", "payment", "reversal"]
        )
        kind, key = self.draw.choice(kinds), f"Atto {next(_serial)}"
        if kind == "commitment":
            return Sent(kind, self.draw.randrange(1000, 9000), self.draw.choice(self.lines), token, key)
        mine = {"spending_officer": {"liquidation"}, "accounting_officer": {"commitment", "payment"}}[role]
        followed = set(FOLLOWS[kind]) & (mine if kind == "reversal" else set(FOLLOWS[kind]))
        parents = [one for one in self.sent if one.kind in followed and one.id and one.room]
        if not parents:
            return None
        parent = self.draw.choice(parents)
        cents = self.draw.randrange(1, parent.room + 1)
        parent.room -= cents
        return Sent(kind, cents, parent, token, key)

    def repeat(self, some: list[Sent]) -> list[str | None]:
        """Each asked for again with its key; the ids answered."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        found = [posted(connection, one) for one in some]
        connection.close()
        return found


def posted(connection: HTTPConnection, one: Sent) -> str | None:
    """Ask for an entry: its id, or nothing where the service could not say. There is room for it: no refusal is expected."""
    headers = {"Authorization": f"Bearer {one.token}", "Content-Type": "application/json", "Idempotency-Key": one.key}
    connection.request("POST", f"/v1{PATHS[one.kind]}", json.dumps(one.body), headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 500:
        return None
    assert answer.status == 201, content
    return str(json.loads(content)["id"])


@pytest.fixture(scope="module")
def killable() -> Iterator[Killable]:
    """A service for all the kills of this module: each goes on from where the one before left it."""
    found = Killable.made()
    yield found
    found.remove()


def office_in(world: World, port: int, seed: int) -> Office:
    """Funds, lines and officers."""
    lines: list[str] = []
    for _ in range(ALLOCATIONS):
        ledger = Ledger.of(world, "1000000.00")
        lines += [ledger.line("100000.00")["id"] for _ in range(LINES)]
    tokens = {
        role: [str(world.user(role).token) for _ in range(OFFICERS)] for role in ("accounting_officer", "spending_officer")
    }  # fmt: skip
    return Office(port, tokens, lines, seed)


@pytest.mark.parametrize("victim", list(KILLS))
def test_acknowledged_entries_outlive_a_kill_and_the_rest_is_whole_or_nothing(killable: Killable, victim: str) -> None:
    draw = Random(victim) if IS_FIXED else Random()
    offices: list[Office] = []
    for _ in range(2 * TIMES):
        with killable.world() as world:
            office = office_in(world, killable.port, draw.randrange(10**9))
        offices.append(office)
        office.burst(draw.randrange(FEWEST, MOST), lambda: KILLS[victim](killable))
        killable.start()
        with killable.world() as world:
            nothing_is_half_done(world)
            acknowledged_are_there_once(world, offices)
            unknown = [one for one in office.sent if one.id is None]
            for one, made in zip(unknown, office.repeat(unknown), strict=True):
                one.id = made
            assert None not in [one.id for one in office.sent]
            again = office.sent[-20:]
            assert office.repeat(again) == [one.id for one in again]
            nothing_is_half_done(world)
            acknowledged_are_there_once(world, offices)
    assert "The log is whole" in killable.trama("audit", "verify")


def acknowledged_are_there_once(world: World, offices: list[Office]) -> None:
    """One entry for each, with its id, its amount and what it follows; of what is unknown, one or none; nothing else."""
    sent = [one for office in offices for one in office.sent]
    acts = [one.key for one in sent]
    found: dict[str, list[Any]] = {key: [] for key in acts}
    for row in world.seen("SELECT * FROM budget.entries WHERE act = ANY(:acts)", acts=acts):
        found[row.act].append((str(row.id), row.kind, row.amount, str(row.parent_id or row.line_id)))
    for one in sent:
        parent = one.of if isinstance(one.of, str) else one.of.id
        told = (one.kind, Decimal(one.cents) / 100, parent)
        assert [row[1:] for row in found[one.key]] in ([told], [] if one.id is None else [told]), one
        assert one.id is None or found[one.key][0][0] == one.id


BALANCES = """
WITH moved AS (
    SELECT e.line_id, e.allocation_id, CASE e.kind WHEN 'reversal' THEN p.kind ELSE e.kind END AS kind,
           CASE e.kind WHEN 'reversal' THEN -e.amount ELSE e.amount END AS amount
    FROM budget.entries e LEFT JOIN budget.entries p ON p.id = e.parent_id)
SELECT x.id, x.committed, x.liquidated, x.paid, x.{most} AS most,
       COALESCE(sum(m.amount) FILTER (WHERE m.kind = 'commitment'), 0) AS commitments,
       COALESCE(sum(m.amount) FILTER (WHERE m.kind = 'liquidation'), 0) AS liquidations,
       COALESCE(sum(m.amount) FILTER (WHERE m.kind = 'payment'), 0) AS payments
FROM budget.{table} x LEFT JOIN moved m ON m.{column} = x.id GROUP BY x.id"""
ROOM = """
SELECT e.id, e.amount, e.used, e.reversed,
       COALESCE(sum(c.amount - c.reversed) FILTER (WHERE c.kind <> 'reversal'), 0) AS uses,
       COALESCE(sum(c.amount) FILTER (WHERE c.kind = 'reversal'), 0) AS reversals
FROM budget.entries e LEFT JOIN budget.entries c ON c.parent_id = e.id GROUP BY e.id"""
TOTALS = """
SELECT a.id, a.committed, a.liquidated, a.paid, sum(t.committed) AS t_committed, sum(t.liquidated) AS t_liquidated,
       sum(t.paid) AS t_paid, sum(t.planned) AS t_planned,
       (SELECT sum(l.cost) FROM budget.lines l WHERE l.allocation_id = a.id AND l.superseded_at IS NULL) AS planned
FROM budget.allocations a JOIN budget.totals t ON t.allocation_id = a.id GROUP BY a.id"""
EVENTS = """
SELECT e.id, v.id AS event_id FROM budget.entries e FULL JOIN (
    SELECT id, resource_id FROM audit.events WHERE outcome = 'done'
    AND action IN ('money:commit', 'money:liquidate', 'money:pay', 'entry:reverse')) v ON v.resource_id = e.id"""
KEYS = """
SELECT e.id, k.id AS key_id, k.resource_id FROM budget.entries e FULL JOIN (
    SELECT id, resource_id FROM web.idempotency_keys
    WHERE route IN ('/v1/commitments', '/v1/liquidations', '/v1/payments', '/v1/reversals')) k ON k.resource_id = e.id"""


def nothing_is_half_done(world: World) -> None:
    """Every balance is the sum of the entries; each entry has one event and one key, and each of these has its entry."""
    for table, column, most in (("allocations", "allocation_id", "amount"), ("lines", "line_id", "cost")):
        for row in world.seen(BALANCES.format(table=table, column=column, most=most)):
            assert (row.committed, row.liquidated, row.paid) == (row.commitments, row.liquidations, row.payments), table
            assert row.most >= row.committed >= row.liquidated >= row.paid >= 0
    for row in world.seen(ROOM):
        assert (row.used, row.reversed) == (row.uses, row.reversals)
        assert row.used + row.reversed <= row.amount
    for row in world.seen(TOTALS):
        assert (row.committed, row.liquidated, row.paid) == (row.t_committed, row.t_liquidated, row.t_paid)
        assert row.planned == row.t_planned
    for statement in (EVENTS, KEYS):
        pairs = world.seen(statement)
        assert all(None not in pair for pair in pairs)
        assert len({pair.id for pair in pairs}) == len(pairs)
