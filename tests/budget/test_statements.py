"""Statements to a fund: prepared by one, approved by another, and from then on nothing moves in their period."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from hashlib import sha256
from threading import Barrier
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from service.actor import UserCaller
from service.errors import Refusal
from service.types import new_id, today
from tests.budget.ledger import ACT, Ledger, euro, key
from tests.budget.reporting import APPROVAL, amounts, approve, frozen, of_comune, prepare, shown
from tests.world import World, ok, refused


@pytest.fixture
def ledger(world: World) -> Ledger:
    return Ledger.of(world)


def spent(ledger: Ledger, amount: str = "100.00") -> dict[str, Any]:
    """One entry of each kind, in March, April and May."""
    commitment = ok(ledger.commit(ledger.line(amount), amount))
    liquidation = ok(ledger.liquidate(commitment, amount))
    return {"commitment": commitment, "liquidation": liquidation, "payment": ok(ledger.pay(liquidation, amount))}


def test_a_statement_says_what_the_period_moved(ledger: Ledger) -> None:
    lodi = of_comune(ledger, "098031")
    commitment = ok(ledger.commit(ledger.line("100.00", lodi), "80.10"))
    ok(ledger.liquidate(commitment, "30.05"))
    ok(ledger.commit(ledger.line("50.00"), "50.00", occurred_on="2023-02-28"))
    ok(ledger.commit(ledger.line("50.00"), "7.77", occurred_on="2023-05-01"))
    made = ok(prepare(ledger, "2023-04-30"))
    assert (made["number"], made["version"], made["status"], made["approval"]) == (1, 1, "prepared", None)
    assert (made["from_on"], made["to_on"]) == ("2023-02-01", "2023-04-30")
    assert made["months"] == ["2023-02-01", "2023-03-01", "2023-04-01"]
    assert (made["fund"], made["fund_name"], made["year"]) == (ledger.fund["code"], "Fondo di prova", 2023)
    names = ("programme", "programme_label", "municipality", "municipality_label", "intervention_code")
    assert [(*(row[name] for name in names), *amounts(row)) for row in made["rows"]] == [
        ("DOPO_DI_NOI", "Dopo di Noi (L. 112/2016)", None, None, None, "50.00", "0.00", "0.00"),
        ("SIL", "Servizio inserimento lavorativo", "098031", "Lodi", None, "80.10", "30.05", "0.00"),
    ]  # fmt: skip
    assert made["allocated"] == euro("1000.00")
    assert amounts(made["totals"]) == amounts(made["cumulative"]) == ("130.10", "30.05", "0.00")
    assert shown(ledger, made) == made


def test_what_is_kept_is_canonical_and_sealed_by_its_digest(ledger: Ledger) -> None:
    spent(ledger)
    made = ok(prepare(ledger, "2023-04-30"))
    (row,) = ledger.world.seen("SELECT content, digest FROM budget.statements WHERE id = :id", id=made["id"])
    assert row.digest == made["digest"] == sha256(row.content.encode()).hexdigest()
    assert orjson.dumps(orjson.loads(row.content), option=orjson.OPT_SORT_KEYS).decode() == row.content
    assert ok(prepare(ledger, "2023-04-30"))["digest"] == made["digest"]


def test_a_period_begins_the_day_after_the_last_one_and_reversals_come_into_it(ledger: Ledger) -> None:
    entries = spent(ledger)
    first = frozen(ledger, "2023-04-30")
    assert (first["status"], first["approval"]["act"]) == ("approved", APPROVAL["act"])
    assert amounts(first["totals"]) == ("100.00", "100.00", "0.00")
    ok(ledger.commit(ledger.line("40.00"), "40.00", occurred_on="2023-05-31"))
    ok(ledger.reverse(entries["payment"], "100.00"))
    ok(ledger.reverse(entries["liquidation"], "60.00"))
    second = ok(prepare(ledger, "2023-06-30"))
    assert (second["number"], second["version"], second["from_on"]) == (2, 1, "2023-05-01")
    assert amounts(second["totals"]) == ("40.00", "-60.00", "0.00")
    assert amounts(second["cumulative"]) == ("140.00", "40.00", "0.00")
    assert ok(approve(ledger, second))["status"] == "approved"
    assert ledger.world.seen(
        "SELECT frozen_to::text FROM budget.allocations WHERE id = :id", id=ledger.allocation["id"]
    ) == [("2023-06-30",)]
    third = ok(prepare(ledger, "2023-07-31"))
    assert (third["rows"], amounts(third["totals"])) == ([], ("0.00", "0.00", "0.00"))
    path = f"/allocations/{ledger.allocation['id']}/statements"
    listed = ok(ledger.world.as_("spending_officer").get(path, query_string={"limit": 2}))
    assert [(one["number"], one["status"]) for one in listed["items"]] == [(3, "prepared"), (2, "approved")]
    rest = ok(ledger.world.as_("spending_officer").get(path, query_string={"cursor": listed["next_cursor"]}))
    assert [one["id"] for one in rest["items"]] == [first["id"]]


def test_the_first_period_begins_when_the_allocation_is_first_spent(ledger: Ledger) -> None:
    ledger.world.write(
        "UPDATE budget.allocations SET spends_from = '2023-02-15' WHERE id = :id", id=ledger.allocation["id"]
    )
    spent(ledger)
    (error,) = refused(prepare(ledger, "2023-01-31"), 422, "request_is_invalid")["errors"]
    assert (error["pointer"], error["code"]) == ("#/to_on", "date_is_before_start")
    made = ok(prepare(ledger, "2023-03-31"))
    assert (made["from_on"], made["months"]) == ("2023-02-15", ["2023-02-01", "2023-03-01"])
    assert amounts(made["totals"]) == ("100.00", "0.00", "0.00")


def test_an_allocation_of_which_nothing_moved_is_reported_from_its_year(ledger: Ledger) -> None:
    made = frozen(ledger, "2023-02-28")
    assert (made["from_on"], made["rows"], made["allocated"]) == ("2023-01-01", [], euro("1000.00"))


def test_what_was_allocated_is_told_as_it_was_at_the_end_of_the_period(ledger: Ledger) -> None:
    ok(ledger.change("increase", "50.00", occurred_on="2023-03-31"))
    ok(ledger.change("cut", "20.00", occurred_on="2023-04-01"))
    assert ok(prepare(ledger, "2023-02-28"))["allocated"] == euro("1000.00")
    assert ok(prepare(ledger, "2023-03-31"))["allocated"] == euro("1050.00")
    assert ok(prepare(ledger, "2023-04-30"))["allocated"] == euro("1030.00")


def test_a_period_ends_with_a_past_month(ledger: Ledger) -> None:
    this_month_ends = (today().replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    later = this_month_ends + timedelta(days=1)
    next_month_ends = (later + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    for day, code in (("2023-04-29", "date_is_not_a_month_end"), ("2024-02-28", "date_is_not_a_month_end"),
                      (next_month_ends.isoformat(), "date_is_in_the_future")):  # fmt: skip
        (error,) = refused(prepare(ledger, day), 422, "request_is_invalid")["errors"]
        assert (error["pointer"], error["code"]) == ("#/to_on", code)
    ok(prepare(ledger, "2024-02-29"))


def test_what_is_frozen_is_not_prepared_again(ledger: Ledger) -> None:
    spent(ledger)
    frozen(ledger, "2023-04-30")
    for day in ("2023-04-30", "2023-03-31"):
        refused(prepare(ledger, day), 409, "period_is_frozen")


def test_a_statement_is_prepared_anew_until_it_is_approved_and_the_last_one_counts(ledger: Ledger) -> None:
    spent(ledger)
    first, second = ok(prepare(ledger, "2023-04-30")), ok(prepare(ledger, "2023-03-31"))
    assert [(one["number"], one["version"]) for one in (first, second)] == [(1, 1), (1, 2)]
    assert (shown(ledger, first)["status"], shown(ledger, second)["status"]) == ("replaced", "prepared")
    refused(approve(ledger, first), 409, "statement_is_outdated")
    ok(approve(ledger, second))
    refused(approve(ledger, second), 409, "statement_is_approved")
    refused(approve(ledger, first), 409, "statement_is_outdated")
    third = ok(prepare(ledger, "2023-04-30"))
    assert (third["number"], third["version"], third["from_on"]) == (2, 1, "2023-04-01")
    refused(approve(ledger, second), 409, "statement_is_approved")


def test_who_prepares_does_not_approve(ledger: Ledger) -> None:
    both = ledger.world.user("accounting_officer", "spending_officer")
    made = ok(prepare(ledger, "2023-04-30", by=both))
    refused(approve(ledger, made, by=both), 403, "preparer_may_not_approve")
    assert shown(ledger, made)["status"] == "prepared"
    ok(approve(ledger, made))


def test_each_officer_has_one_half_of_a_statement(ledger: Ledger) -> None:
    accounting, spending = ledger.world.as_("accounting_officer"), ledger.world.as_("spending_officer")
    refused(prepare(ledger, "2023-04-30", by=spending), 403, "permission_is_missing")
    made = ok(prepare(ledger, "2023-04-30"))
    refused(approve(ledger, made, by=accounting), 403, "permission_is_missing")
    for role in ("coordinator", "case_manager", "plan_office", "dpo"):
        other = ledger.world.as_(role)
        refused(prepare(ledger, "2023-04-30", by=other), 403, "permission_is_missing")
        for path in (f"/statements/{made['id']}", f"/statements/{made['id']}/document",
                     f"/allocations/{ledger.allocation['id']}/statements"):  # fmt: skip
            refused(other.get(path), 403, "permission_is_missing")


def test_what_nobody_prepared_is_unknown(ledger: Ledger) -> None:
    refused(approve(ledger, ledger.case.__dict__), 404, "statement_is_unknown")
    for path in (f"/statements/{ledger.case.id}", f"/statements/{ledger.case.id}/document"):
        refused(ledger.world.as_("spending_officer").get(path), 404, "statement_is_unknown")
    path = f"/allocations/{ledger.case.id}/statements"
    refused(ledger.world.as_("spending_officer").get(path), 404, "allocation_is_unknown")
    body = {"to_on": "2023-04-30"}
    refused(ledger.world.as_("accounting_officer").post(path, body), 404, "allocation_is_unknown")


@pytest.mark.parametrize("change", ["entry", "earlier", "allocation", "reversal"])
def test_a_statement_that_no_longer_says_the_ledger_is_not_approved(ledger: Ledger, change: str) -> None:
    entries = spent(ledger)
    made = ok(prepare(ledger, "2023-06-30"))
    match change:
        case "entry":
            ok(ledger.commit(ledger.line("1.00"), "1.00"))
        case "earlier":  # before the first month that the statement knows of
            ok(ledger.commit(ledger.line("1.00"), "1.00", occurred_on="2023-01-20"))
        case "allocation":
            ok(ledger.change("increase", "1.00", occurred_on="2023-06-30"))
        case _:
            ok(ledger.reverse(entries["payment"], "0.01", occurred_on="2023-06-30"))
    refused(approve(ledger, made), 409, "statement_has_changed")
    assert shown(ledger, made)["status"] == "prepared"
    ok(approve(ledger, ok(prepare(ledger, "2023-06-30"))))


def test_what_happens_after_the_period_does_not_change_its_statement(ledger: Ledger) -> None:
    spent(ledger)
    made = ok(prepare(ledger, "2023-05-31"))
    ok(ledger.commit(ledger.line("1.00"), "1.00", occurred_on="2023-06-01"))
    ok(ledger.change("increase", "1.00", occurred_on="2023-06-01"))
    ledger.line("5.00")
    ok(approve(ledger, made))


def test_nothing_is_dated_within_a_frozen_period(ledger: Ledger) -> None:
    entries = spent(ledger)
    line = ledger.line("100.00")
    open_commitment = ok(ledger.commit(line, "50.00"))
    open_liquidation = ok(ledger.liquidate(open_commitment, "20.00"))
    frozen(ledger, "2023-05-31")
    before = ledger.balances()
    for day in ("2023-05-31", "2023-05-02"):
        for answer in (ledger.commit(line, "1.00", occurred_on=day),
                       ledger.liquidate(open_commitment, "1.00", occurred_on=day),
                       ledger.pay(open_liquidation, "1.00", occurred_on=day),
                       ledger.reverse(entries["payment"], "1.00", occurred_on=day),
                       ledger.change("increase", "1.00", occurred_on=day)):  # fmt: skip
            refused(answer, 409, "period_is_frozen")
    assert ledger.balances() == before
    day = "2023-06-01"
    for answer in (ledger.commit(line, "1.00", occurred_on=day), ledger.liquidate(open_commitment, "1.00", occurred_on=day),
                   ledger.pay(open_liquidation, "1.00", occurred_on=day),
                   ledger.reverse(entries["payment"], "1.00", occurred_on=day),
                   ledger.change("increase", "1.00", occurred_on=day)):  # fmt: skip
        ok(answer)


def test_the_other_allocations_of_a_fund_stay_open(ledger: Ledger) -> None:
    frozen(ledger, "2023-05-31")
    ledger.allocation = ledger.allocated(ledger.world, ledger.fund, "10.00", 2022)
    ok(ledger.commit(ledger.line("5.00"), "5.00"))


def test_a_retry_prepares_and_approves_once(ledger: Ledger) -> None:
    officer, path = ledger.world.as_("accounting_officer"), f"/allocations/{ledger.allocation['id']}/statements"
    same = key()
    made = [ok(officer.post(path, {"to_on": "2023-04-30"}, key=same)) for _ in range(2)]
    assert made[0] == made[1]
    assert len(ok(officer.get(path))["items"]) == 1


def test_preparing_and_approving_are_on_the_log(ledger: Ledger) -> None:
    made = frozen(ledger, "2023-04-30")
    for action, role in (("statement:prepare", "accounting_officer"), ("statement:approve", "spending_officer")):
        (event,) = ledger.world.events(action=action, outcome="done", user_id=ledger.world.as_(role).user_id)
        assert str(event.resource_id) == made["id"]


# The database, whatever the code asks of it.

STATEMENT = """INSERT INTO budget.statements
    (id, allocation_id, number, version, from_on, to_on, content, digest, recorded_by)
    VALUES (:id, :allocation, :number, 1, :from_on, :to_on, CAST(:content AS text),
            encode(sha256(convert_to(CAST(:content AS text), 'UTF8')), 'hex'), :by)"""
APPROVE = "INSERT INTO budget.statement_approvals (statement_id, act, recorded_by) VALUES (:statement, '-', :by)"


def by_sql(world: World, sent: str, **values: Any) -> str:
    """A statement sent as the running service; what it was refused for."""
    caller = UserCaller(world.user("accounting_officer", "spending_officer").user_id)
    try:
        with world.database.transaction(caller) as (session, _):
            session.execute(text(sent), values)
    except Refusal as refusal:
        return refusal.code
    except DBAPIError as error:
        return error.orig.diag.constraint_name or str(error.orig)
    return "done"


def test_who_prepared_does_not_approve_even_by_sql(ledger: Ledger) -> None:
    made, by = ok(prepare(ledger, "2023-04-30")), ledger.world.as_("accounting_officer").user_id
    assert by_sql(ledger.world, APPROVE, statement=made["id"], by=by) == "preparer_may_not_approve"
    other = ledger.world.as_("spending_officer").user_id
    assert by_sql(ledger.world, APPROVE, statement=made["id"], by=other) == "done"
    assert by_sql(ledger.world, APPROVE, statement=made["id"], by=other) == "statement_is_approved"


@pytest.mark.parametrize(("is_first", "from_on", "to_on", "lie", "code"), [
    (False, "2023-04-01", "2023-04-30", {"allocated": "9.00"}, "statement_has_changed"),
    (False, "2023-04-01", "2023-04-30", {"rows": []}, "statement_has_changed"),
    (False, "2023-04-01", "2023-04-30", {}, "done"),
    (False, "2023-05-01", "2023-05-31", {}, "statement_is_outdated"),  # April is left out
    (False, "2023-03-01", "2023-03-31", {}, "statement_is_outdated"),  # March is frozen
    (True, "2023-04-01", "2023-04-30", {}, "statement_has_changed"),  # March is left out
    (True, "2023-01-01", "2023-04-30", {}, "done"),
])  # fmt: skip
def test_a_statement_made_up_by_sql_is_approved_only_if_it_is_true(
    ledger: Ledger, is_first: bool, from_on: str, to_on: str, lie: dict[str, Any], code: str
) -> None:
    spent(ledger)
    if not is_first:
        frozen(ledger, "2023-03-31")
    values = {"allocation": ledger.allocation["id"], "from_on": from_on, "to_on": to_on}
    figures = "SELECT budget.statement_figures(:allocation, :from_on, :to_on) AS figures"
    (row,) = ledger.world.seen(figures, **values)
    content = orjson.dumps(
        {"figures": {**row.figures, **lie}, "labels": {"programme": {}, "municipality": {}}}
    ).decode()
    made, by = new_id(), ledger.world.as_("accounting_officer").user_id
    assert by_sql(ledger.world, STATEMENT, id=made, number=2, content=content, by=by, **values) == "done"
    spender = ledger.world.as_("spending_officer").user_id
    assert by_sql(ledger.world, APPROVE, statement=made, by=spender) == code


@pytest.mark.parametrize(("from_on", "to_on", "constraint"), [
    ("2023-04-01", "2023-04-29", "ck_statements_period"), ("2023-05-01", "2023-04-30", "ck_statements_period"),
])  # fmt: skip
def test_a_statement_ends_with_a_month_even_by_sql(ledger: Ledger, from_on: str, to_on: str, constraint: str) -> None:
    values = {"id": new_id(), "allocation": ledger.allocation["id"], "number": 1, "content": "{}", "by": new_id()}
    assert by_sql(ledger.world, STATEMENT, from_on=from_on, to_on=to_on, **values) == constraint


@pytest.mark.parametrize("statement", [
    "UPDATE budget.allocations SET frozen_to = NULL", "UPDATE budget.allocations SET frozen_to = '2020-01-31'",
    "UPDATE budget.statements SET content = '{}'", "DELETE FROM budget.statements", "TRUNCATE budget.statements CASCADE",
    "UPDATE budget.statement_approvals SET act = '-'", "DELETE FROM budget.statement_approvals",
    "DROP TRIGGER approve_statement ON budget.statement_approvals", "DROP TRIGGER refuse_in_frozen_period ON budget.entries",
])  # fmt: skip
def test_the_running_service_opens_no_period_and_changes_no_statement(world: World, statement: str) -> None:
    told = by_sql(world, statement)
    assert "permission denied" in told or "must be owner" in told


def test_a_new_allocation_is_open_whoever_writes_it(ledger: Ledger) -> None:
    made = new_id()
    assert by_sql(ledger.world, """INSERT INTO budget.allocations (id, fund_id, year, amount, committed, liquidated, paid,
        programmes, resource_kinds, intervention_codes, frozen_to, recorded_by)
        VALUES (:id, :fund, 2031, 0, 0, 0, 0, '{}', '{}', '{}', '2031-12-31', :by)""",
        id=made, fund=ledger.fund["id"], by=ledger.world.as_("accounting_officer").user_id) == "done"  # fmt: skip
    assert ledger.world.seen("SELECT frozen_to FROM budget.allocations WHERE id = :id", id=made) == [(None,)]


# At the same moment.


def at_once(acts: list[Any]) -> list[TestResponse]:
    """Run all the acts together, each on a connection of its own; none may wait for ever."""
    start = Barrier(len(acts))

    def run(act: Any) -> TestResponse:
        start.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result(timeout=30) for done in [pool.submit(run, act) for act in acts]]


def test_an_entry_and_an_approval_at_once_leave_what_was_approved(fresh: World) -> None:
    """Either the entry comes first, and the statement is no longer true; or the approval does, and the day is closed."""
    seen = set()
    for _ in range(8):
        ledger = Ledger.of(fresh)
        line = ledger.line("100.00")
        ok(ledger.commit(line, "10.00"))
        made = ok(prepare(ledger, "2023-06-30"))
        officers = [fresh.user("accounting_officer") for _ in range(3)]
        acts = [partial(ledger.commit, line, "1.00", by=officer, occurred_on="2023-06-30") for officer in officers]
        acts.insert(1, partial(approve, ledger, made, by=fresh.user("spending_officer")))
        answers = at_once(acts)
        approval, entries = answers[1], [answers[0], *answers[2:]]
        entered = [answer.status_code == 201 for answer in entries]
        seen.add(approval.status_code)
        if approval.status_code == 200:
            assert not any(entered)
            assert {refused(answer, 409, "period_is_frozen")["code"] for answer in entries}
        else:
            refused(approval, 409, "statement_has_changed")
            assert any(entered)
            assert all(entered)
        _holds(ledger)
    assert seen <= {200, 409}


def test_a_change_of_the_allocation_and_an_approval_at_once_leave_what_was_approved(fresh: World) -> None:
    for _ in range(4):
        ledger = Ledger.of(fresh)
        made = ok(prepare(ledger, "2023-06-30"))
        acts = [partial(approve, ledger, made), partial(ledger.change, "increase", "1.00")]
        answers = at_once(acts)
        assert sorted(answer.status_code // 100 for answer in answers) == [2, 4]
        _holds(ledger)


def _holds(ledger: Ledger) -> None:
    """What is frozen says what the ledger says, entry by entry."""
    rows = ledger.world.seen(
        """SELECT s.to_on <= a.frozen_to AS is_frozen, s.content::jsonb -> 'figures' -> 'cumulative' ->> 'committed' AS said,
                  (SELECT sum(CASE e.kind WHEN 'commitment' THEN e.amount END)::text FROM budget.entries e
                   WHERE e.allocation_id = a.id AND e.occurred_on <= s.to_on) AS is_so,
                  s.content::jsonb -> 'figures' = budget.statement_figures(a.id, s.from_on, s.to_on) AS is_true
           FROM budget.statements s JOIN budget.statement_approvals p ON p.statement_id = s.id
           JOIN budget.allocations a ON a.id = s.allocation_id WHERE a.id = :id""", id=ledger.allocation["id"]
    )  # fmt: skip
    for row in rows:
        assert (row.is_frozen, row.is_true) == (True, True)
        assert row.said == (row.is_so or "0.00")


def test_an_approval_waits_for_an_entry_that_is_being_made_and_then_sees_it(fresh: World) -> None:
    """Not by chance: the entry holds the allocation, the approval arrives, the entry commits."""
    ledger = Ledger.of(fresh)
    line = ledger.line("100.00")
    made = ok(prepare(ledger, "2023-06-30"))
    values = {"id": new_id(), "line": line["id"], "allocation": ledger.allocation["id"], "case": ledger.case.id}
    caller = UserCaller(fresh.as_("accounting_officer").user_id)
    with ThreadPoolExecutor(1) as pool:
        with fresh.database.transaction(caller) as (session, actor):
            session.execute(text(ENTRY), {**values, "by": actor.user_id})
            waiting = pool.submit(approve, ledger, made, by=fresh.user("spending_officer"))
            _until_someone_waits(fresh)
        refused(waiting.result(timeout=30), 409, "statement_has_changed")
    _holds(ledger)


def test_an_entry_waits_for_an_approval_that_is_being_made_and_is_then_refused(fresh: World) -> None:
    ledger = Ledger.of(fresh)
    line = ledger.line("100.00")
    made = ok(prepare(ledger, "2023-06-30"))
    spender = fresh.user("spending_officer")
    with ThreadPoolExecutor(1) as pool:
        with fresh.database.transaction(UserCaller(spender.user_id)) as (session, _):
            session.execute(text(APPROVE), {"statement": made["id"], "by": spender.user_id})
            waiting = pool.submit(ledger.commit, line, "1.00", occurred_on="2023-06-30")
            _until_someone_waits(fresh)
        refused(waiting.result(timeout=30), 409, "period_is_frozen")
    _holds(ledger)


ENTRY = """INSERT INTO budget.entries
    (id, kind, line_id, allocation_id, case_id, amount, used, reversed, act, occurred_on, recorded_by)
    VALUES (:id, 'commitment', :line, :allocation, :case, 1, 0, 0, '-', '2023-06-30', :by)"""


def _until_someone_waits(world: World) -> None:
    """Until a statement of this database waits for a lock."""
    waiting = """SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock' AND query NOT LIKE '%pg_stat_activity%'"""
    for _ in range(1000):
        if world.seen(waiting)[0][0]:
            return
    raise AssertionError("nobody waits")


def test_of_many_who_prepare_at_once_each_makes_a_version(fresh: World) -> None:
    ledger = Ledger.of(fresh)
    officers = [fresh.user("accounting_officer") for _ in range(6)]
    made = [ok(answer) for answer in at_once([partial(prepare, ledger, "2023-06-30", by=one) for one in officers])]
    assert sorted((one["number"], one["version"]) for one in made) == [(1, version) for version in range(1, 7)]


def test_of_many_who_approve_at_once_one_does(fresh: World) -> None:
    ledger = Ledger.of(fresh)
    made = ok(prepare(ledger, "2023-06-30"))
    officers = [fresh.user("spending_officer") for _ in range(4)]
    answers = at_once([partial(approve, ledger, made, by=one) for one in officers])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 409} == {"statement_is_approved"}


def test_an_entry_dated_in_an_open_month_is_not_kept_waiting_by_what_is_frozen(ledger: Ledger) -> None:
    frozen(ledger, "2023-04-30")
    body = {
        "line_id": ledger.line("9.00")["id"],
        "amount": euro("9.00"),
        "act": ACT,
        "occurred_on": today().isoformat(),
    }
    ok(ledger.world.as_("accounting_officer").post("/commitments", body, key=key()))
