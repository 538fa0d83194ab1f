"""Money under real concurrency, and balances that nobody can set."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from service.actor import UserCaller
from service.types import new_id
from tests.budget.ledger import Ledger, key
from tests.world import Client, World, ok

EACH, ROOM, ASKING = "125.00", 8, 16


@pytest.fixture
def ledger(fresh: World) -> Ledger:
    return Ledger.of(fresh)


def at_once(acts: list[Any]) -> list[TestResponse]:
    """Run all the acts together, each on a connection of its own; none may wait for ever."""
    start = Barrier(len(acts))

    def run(act: Any) -> TestResponse:
        start.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result(timeout=30) for done in [pool.submit(run, act) for act in acts]]


def told(answers: list[TestResponse]) -> list[tuple[int, str]]:
    """How each was answered, in order."""
    return sorted((answer.status_code, answer.get_json().get("code", "")) for answer in answers)


def officers(ledger: Ledger, role: str, number: int) -> list[Client]:
    return [ledger.world.user(role) for _ in range(number)]


def test_of_sixteen_who_commit_at_once_the_eight_for_whom_there_is_room_succeed(ledger: Ledger) -> None:
    lines = [ledger.line(EACH) for _ in range(ASKING)]
    clients = officers(ledger, "accounting_officer", ASKING)
    answers = at_once([
        lambda client=client, line=line: ledger.commit(line, EACH, by=client)
        for client, line in zip(clients, lines, strict=True)
    ])  # fmt: skip
    refusals = [(409, "allocation_is_exhausted")] * (ASKING - ROOM)
    assert told(answers) == [(201, "")] * ROOM + refusals
    assert ledger.balances()["committed"] == "1000.00"
    entries = ledger.world.seen("SELECT count(*), sum(amount) FROM budget.commitments")
    assert [tuple(map(int, row)) for row in entries] == [(ROOM, 1000)]


def test_commitments_and_liquidations_at_once_do_not_deadlock(ledger: Ledger) -> None:
    lines = [ledger.line("100.00") for _ in range(4)]
    commitments = [ok(ledger.commit(line, "10.00")) for line in lines]
    payers, committers = officers(ledger, "spending_officer", 8), officers(ledger, "accounting_officer", 8)
    acts = [lambda c=c, p=p: ledger.liquidate(c, "4.00", by=p) for p, c in zip(payers, commitments * 2, strict=True)]
    acts += [lambda ln=ln, c=c: ledger.commit(ln, "50.00", by=c) for c, ln in zip(committers, lines * 2, strict=True)]
    answers = at_once(acts)
    # Each line has room for one more of 50, each commitment for two liquidations of 4.
    assert told(answers) == [(201, "")] * 12 + [(409, "line_is_exhausted")] * 4
    assert ledger.balances() == {"amount": "1000.00", "committed": "240.00", "liquidated": "32.00"}


def test_of_many_who_liquidate_at_once_none_exceeds_the_commitment(ledger: Ledger) -> None:
    commitment = ok(ledger.commit(ledger.line(), "10.00"))
    clients = officers(ledger, "spending_officer", 6)
    answers = at_once([lambda client=client: ledger.liquidate(commitment, "4.00", by=client) for client in clients])
    assert told(answers) == [(201, "")] * 2 + [(409, "commitment_is_exhausted")] * 4
    assert ledger.balances()["liquidated"] == "8.00"


def test_twins_with_one_key_move_the_money_once(ledger: Ledger) -> None:
    line, same, officer = ledger.line(), key(), ledger.world.as_("accounting_officer")
    body = {
        "line_id": line["id"],
        "amount": {"amount": "10.00", "currency": "EUR"},
        "act": "-",
        "occurred_on": "2023-03-01",
    }
    clients = [Client(ledger.world.app, officer.user_id, officer.token) for _ in range(6)]
    answers = at_once([lambda client=client: client.post("/commitments", body, key=same) for client in clients])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert ledger.balances()["committed"] == "10.00"


FORBIDDEN = [
    "UPDATE budget.allocations SET committed = 0", "UPDATE budget.allocations SET liquidated = 0",
    "UPDATE budget.allocations SET amount = 9999", "UPDATE budget.lines SET committed = 0",
    "UPDATE budget.lines SET cost = 9999", "UPDATE budget.commitments SET amount = 1",
    "UPDATE budget.commitments SET liquidated = 0", "UPDATE budget.liquidations SET amount = 1",
    "DELETE FROM budget.commitments", "DELETE FROM budget.liquidations", "DELETE FROM budget.lines",
    "DELETE FROM budget.allocations", "DELETE FROM budget.funds", "UPDATE budget.funds SET code = 'X'",
    "TRUNCATE budget.liquidations", "ALTER TABLE budget.allocations DISABLE TRIGGER ALL",
    "SET session_replication_role = replica", "DROP TRIGGER add_commitment ON budget.commitments",
]  # fmt: skip


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_running_service_can_change_no_entry_and_no_balance(world: World, statement: str) -> None:
    refused_by_database = pytest.raises(DBAPIError, match=r"permission denied|must be owner")
    officer = UserCaller(world.user("accounting_officer", "spending_officer").user_id)
    with refused_by_database, world.database.transaction(officer) as (session, _):
        session.execute(text(statement))


def test_a_new_allocation_and_a_new_line_begin_without_balances(world: World) -> None:
    ledger = Ledger.of(world)
    worker = world.as_("case_manager").user_id
    values = {"id": new_id(), "other": new_id(), "fund": ledger.fund["id"], "case": ledger.case.id, "by": worker,
              "allocation": ledger.allocation["id"]}  # fmt: skip
    with world.database.transaction(UserCaller(worker)) as (session, _):
        session.execute(text("""INSERT INTO budget.allocations (id, fund_id, year, amount, committed, liquidated, recorded_by)
                                VALUES (:id, :fund, 2024, 100, 77, 77, :by)"""), values)  # fmt: skip
        session.execute(text("""INSERT INTO budget.lines (id, case_id, resource_kind, source, allocation_id, description,
                                cost, committed, recorded_by)
                                VALUES (:other, :case, 'economic', 'fund', :allocation, '-', 100, 77, :by)"""),
                        values)  # fmt: skip
    seen = world.seen("SELECT committed, liquidated FROM budget.allocations WHERE id = :id", id=values["id"])
    assert seen == [(0, 0)]
    assert world.seen("SELECT committed FROM budget.lines WHERE id = :id", id=values["other"]) == [(0,)]


@pytest.mark.parametrize(("changed", "constraint"), [
    ("liquidated", "commitment_follows_line"), ("case_id", "commitment_follows_line"),
    ("allocation_id", "commitment_follows_line"),
])  # fmt: skip
def test_a_commitment_that_does_not_follow_its_line_is_refused_by_the_database(
    world: World, changed: str, constraint: str
) -> None:
    ledger, other = Ledger.of(world), Ledger.of(world)
    values = {"id": new_id(), "line_id": ledger.line()["id"], "allocation_id": ledger.allocation["id"], "liquidated": 0,
              "case_id": ledger.case.id, "by": world.as_("accounting_officer").user_id}  # fmt: skip
    values[changed] = {"liquidated": 5, "case_id": other.case.id, "allocation_id": other.allocation["id"]}[changed]
    both = UserCaller(world.user("accounting_officer", "spending_officer").user_id)
    with pytest.raises(DBAPIError) as caught, world.database.transaction(both) as (session, _):
        session.execute(text("""INSERT INTO budget.commitments
            (id, line_id, allocation_id, case_id, amount, liquidated, act, occurred_on, recorded_by)
            VALUES (:id, :line_id, :allocation_id, :case_id, 10, :liquidated, '-', '2023-01-01', :by)"""), values)  # fmt: skip
    assert caught.value.orig.diag.constraint_name == constraint  # type: ignore[union-attr]
