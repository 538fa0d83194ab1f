"""Money under real concurrency, and balances that nobody can set."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from service.actor import UserCaller
from service.errors import Refusal
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
    entries = ledger.world.seen("SELECT count(*), sum(amount) FROM budget.entries")
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
    assert ledger.balances() == {
        "amount": "1000.00", "committed": "240.00", "liquidated": "32.00", "paid": "0.00"
    }  # fmt: skip


def test_of_many_who_liquidate_at_once_none_exceeds_the_commitment(ledger: Ledger) -> None:
    commitment = ok(ledger.commit(ledger.line(), "10.00"))
    clients = officers(ledger, "spending_officer", 6)
    answers = at_once([lambda client=client: ledger.liquidate(commitment, "4.00", by=client) for client in clients])
    assert told(answers) == [(201, "")] * 2 + [(409, "entry_is_exhausted")] * 4
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
    "UPDATE budget.lines SET cost = 9999", "UPDATE budget.entries SET amount = 1", "UPDATE budget.entries SET used = 0",
    "UPDATE budget.entries SET reversed = 0", "DELETE FROM budget.entries", "DELETE FROM budget.lines",
    "UPDATE budget.allocation_changes SET amount = 1", "DELETE FROM budget.allocation_changes",
    "DELETE FROM budget.allocations", "DELETE FROM budget.funds", "UPDATE budget.funds SET code = 'X'",
    "TRUNCATE budget.entries", "ALTER TABLE budget.allocations DISABLE TRIGGER ALL",
    "SET session_replication_role = replica", "DROP TRIGGER post_entry ON budget.entries",
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
        session.execute(text("""INSERT INTO budget.allocations (id, fund_id, year, amount, committed, liquidated, paid,
                                programmes, resource_kinds, intervention_codes, recorded_by)
                                VALUES (:id, :fund, 2024, 100, 77, 77, 77, '{}', '{}', '{}', :by)"""), values)  # fmt: skip
        session.execute(text("""INSERT INTO budget.lines (id, case_id, resource_kind, source, allocation_id, description,
                                in_kind, is_existing, self_managed, cost, committed, liquidated, paid, programme, recorded_by)
                                VALUES (:other, :case, 'economic', 'fund', :allocation, '-', false, false, false,
                                100, 77, 77, 77, 'ALTRO', :by)"""),
                        values)  # fmt: skip
    seen = world.seen(
        "SELECT amount, committed, liquidated, paid FROM budget.allocations WHERE id = :id", id=values["id"]
    )
    assert seen == [(0, 0, 0, 0)]
    seen = world.seen(
        "SELECT committed, liquidated, paid, programme FROM budget.lines WHERE id = :id", id=values["other"]
    )
    assert seen == [(0, 0, 0, "DOPO_DI_NOI")]


ENTRY = """INSERT INTO budget.entries
    (id, kind, parent_id, line_id, allocation_id, case_id, amount, used, reversed, act, occurred_on, recorded_by)
    VALUES (:id, :kind, :parent_id, :line_id, :allocation_id, :case_id, 1, 0, 0, '-', '2023-05-01', :by)"""


@pytest.mark.parametrize(("kind", "changed", "refusal"), [
    ("commitment", "case_id", "line_is_unknown"), ("liquidation", "case_id", "entry_follows_parent"),
    ("liquidation", "allocation_id", "entry_follows_parent"), ("liquidation", "line_id", "entry_follows_parent"),
    ("payment", "kind", "entry_follows_parent"), ("liquidation", "by", "committer_may_not_liquidate"),
])  # fmt: skip
def test_an_entry_that_does_not_follow_its_parent_is_refused_by_the_database(
    world: World, kind: str, changed: str, refusal: str
) -> None:
    ledger, other = Ledger.of(world), Ledger.of(world)
    line = ledger.line()
    commitment = ok(ledger.commit(line, "10.00"))
    values = {"id": new_id(), "kind": kind, "parent_id": None if kind == "commitment" else commitment["id"],
              "line_id": line["id"], "allocation_id": ledger.allocation["id"], "case_id": ledger.case.id,
              "by": world.as_("spending_officer").user_id}  # fmt: skip
    wrong = {"case_id": other.case.id, "allocation_id": other.allocation["id"], "line_id": ledger.line()["id"],
             "by": world.as_("accounting_officer").user_id}  # fmt: skip
    values |= {changed: wrong[changed]} if changed in wrong else {}
    both = UserCaller(world.user("accounting_officer", "spending_officer").user_id)
    with pytest.raises((DBAPIError, Refusal)) as caught, world.database.transaction(both) as (session, _):
        session.execute(text(ENTRY), values)
    assert (
        caught.value.code if isinstance(caught.value, Refusal) else caught.value.orig.diag.constraint_name
    ) == refusal


def test_an_entry_begins_with_all_of_its_amount(world: World) -> None:
    """Whatever who writes it says: what was used and reversed follows other entries alone."""
    ledger = Ledger.of(world)
    line = ledger.line()
    values = {"id": new_id(), "kind": "commitment", "parent_id": None, "line_id": line["id"],
              "allocation_id": ledger.allocation["id"], "case_id": ledger.case.id,
              "by": world.as_("accounting_officer").user_id}  # fmt: skip
    caller = UserCaller(world.user("accounting_officer").user_id)
    with world.database.transaction(caller) as (session, _):
        session.execute(text(ENTRY.replace("1, 0, 0, '-'", "1, -7, 5, '-'")), values)
    assert world.seen("SELECT used, reversed FROM budget.entries WHERE id = :id", id=values["id"]) == [(0, 0)]


def test_of_a_commitment_and_a_withdrawal_of_its_line_at_once_one_is_made(ledger: Ledger) -> None:
    for _ in range(4):
        line, manager = ledger.line("10.00"), ledger.world.as_("case_manager")
        path = f"/cases/{ledger.case.id}/budget/lines/{line['id']}/withdrawal"
        withdraw = partial(manager.again().post, path, {"reason": "Non serve"})
        answers = at_once([partial(ledger.commit, line, "10.00"), withdraw])
        made = [answer.status_code < 300 for answer in answers]
        assert sorted(made) == [False, True]
        assert told(answers)[1][1] in ("line_is_committed", "line_is_unknown", "commitment_follows_line")


def test_of_a_cut_and_a_commitment_at_once_there_is_room_for_one(ledger: Ledger) -> None:
    line = ledger.line("1000.00")
    answers = at_once([lambda: ledger.commit(line, "800.00"), lambda: ledger.change("cut", "800.00")])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert told(answers)[1][1] in ("allocation_is_exhausted", "allocation_is_committed")


def test_of_many_who_take_back_and_use_at_once_none_exceeds_the_entry(ledger: Ledger) -> None:
    commitment = ok(ledger.commit(ledger.line(), "10.00"))
    payers, committers = officers(ledger, "spending_officer", 4), officers(ledger, "accounting_officer", 4)
    acts = [lambda by=by: ledger.liquidate(commitment, "3.00", by=by, occurred_on="2023-06-01") for by in payers]
    acts += [lambda by=by: ledger.reverse(commitment, "3.00", by=by) for by in committers]
    answers = at_once(acts)
    assert [answer.status_code for answer in answers].count(201) == 3
    assert {code for status, code in told(answers) if status == 409} <= {"entry_is_exhausted", "entry_is_used"}
