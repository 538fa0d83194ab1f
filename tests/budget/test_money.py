"""Funds, allocations, lines, commitments and liquidations over HTTP."""

from uuid import UUID

import pytest

from tests.budget.ledger import ACT, Ledger, euro, key
from tests.world import World, ok, refused


@pytest.fixture
def ledger(world: World) -> Ledger:
    return Ledger.of(world)


def test_money_goes_from_the_fund_to_the_liquidation(ledger: Ledger) -> None:
    line = ledger.line("600.00")
    commitment = ok(ledger.commit(line, "500.55"))
    liquidation = ok(ledger.liquidate(commitment, "200.10"))
    payment = ok(ledger.pay(liquidation, "150.05", document="Mandato 7"))
    assert ledger.balances() == {"amount": "1000.00", "committed": "500.55", "liquidated": "200.10", "paid": "150.05"}
    (shown,) = ok(ledger.world.as_("case_manager").get(f"/cases/{ledger.case.id}/budget/lines"))["items"]
    assert [shown[name] for name in ("cost", "committed", "liquidated", "paid")] == [
        euro(amount) for amount in ("600.00", "500.55", "200.10", "150.05")
    ]  # fmt: skip
    left = {commitment["id"]: "300.45", liquidation["id"]: "50.05", payment["id"]: "150.05"}
    for entry, kind, parent in ((commitment, "commitment", None), (liquidation, "liquidation", commitment["id"]),
                                (payment, "payment", liquidation["id"])):  # fmt: skip
        for role in ("accounting_officer", "spending_officer"):
            found = ok(ledger.world.as_(role).get(f"/entries/{entry['id']}"))
            assert found == {**entry, "residual": euro(left[entry["id"]])}
        assert (entry["kind"], entry["parent_id"], entry["case_id"], entry["act"]) == (
            kind,
            parent,
            ledger.case.id,
            ACT,
        )
    assert payment["document"] == "Mandato 7"
    of_case = ok(ledger.world.as_("case_manager").get(f"/cases/{ledger.case.id}/budget/entries"))["items"]
    of_fund = ok(ledger.world.as_("spending_officer").get(f"/allocations/{ledger.allocation['id']}/entries"))["items"]
    assert [one["id"] for one in of_case] == [one["id"] for one in of_fund] == [*left][::-1]


def test_what_is_made_says_where_it_is(ledger: Ledger) -> None:
    answer = ledger.commit(ledger.line(), "1.00")
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/entries/{answer.get_json()['id']}"


def test_no_more_is_committed_than_the_allocation_holds(ledger: Ledger) -> None:
    first, second = ledger.line("900.00"), ledger.line("900.00")
    ok(ledger.commit(first, "900.00"))
    refused(ledger.commit(second, "100.01"), 409, "allocation_is_exhausted")
    ok(ledger.commit(second, "100.00"))
    refused(ledger.commit(second, "0.01"), 409, "allocation_is_exhausted")
    assert ledger.balances()["committed"] == "1000.00"


def test_no_more_is_committed_than_the_line_costs(ledger: Ledger) -> None:
    line = ledger.line("10.00")
    refused(ledger.commit(line, "10.01"), 409, "line_is_exhausted")
    ok(ledger.commit(line, "9.99"))
    refused(ledger.commit(line, "0.02"), 409, "line_is_exhausted")
    ok(ledger.commit(line, "0.01"))
    assert ledger.balances()["committed"] == "10.00"


def test_no_more_is_liquidated_than_was_committed(ledger: Ledger) -> None:
    commitment = ok(ledger.commit(ledger.line(), "10.00"))
    refused(ledger.liquidate(commitment, "10.01"), 409, "entry_is_exhausted")
    ok(ledger.liquidate(commitment, "10.00"))
    refused(ledger.liquidate(commitment, "0.01"), 409, "entry_is_exhausted")
    assert ledger.balances() == {
        "amount": "1000.00", "committed": "10.00", "liquidated": "10.00", "paid": "0.00"
    }  # fmt: skip


def test_what_was_refused_leaves_no_entry_and_is_on_the_log(ledger: Ledger) -> None:
    line = ledger.line("10.00")
    refused(ledger.commit(line, "11.00"), 409, "line_is_exhausted")
    assert ledger.world.seen("SELECT 1 FROM budget.entries WHERE line_id = :id", id=line["id"]) == []
    assert ledger.world.seen("SELECT committed FROM budget.lines WHERE id = :id", id=line["id"]) == [(0,)]


def test_who_commits_does_not_liquidate(ledger: Ledger) -> None:
    both = ledger.world.user("accounting_officer", "spending_officer")
    commitment = ok(ledger.commit(ledger.line(), "10.00", by=both))
    refused(ledger.liquidate(commitment, "10.00", by=both), 403, "committer_may_not_liquidate")
    ok(ledger.liquidate(commitment, "10.00"))


def test_each_officer_has_one_half_of_the_ledger(ledger: Ledger) -> None:
    line = ledger.line()
    refused(ledger.commit(line, "1.00", by=ledger.world.as_("spending_officer")), 403, "permission_is_missing")
    commitment = ok(ledger.commit(line, "1.00"))
    accountant = ledger.world.as_("accounting_officer")
    refused(ledger.liquidate(commitment, "1.00", by=accountant), 403, "permission_is_missing")


@pytest.mark.parametrize(
    "role", ["social_worker", "case_manager", "coordinator", "plan_office", "dpo", "provider_operator"]
)
def test_other_roles_open_no_fund_and_move_no_money(ledger: Ledger, role: str) -> None:
    line = ledger.line()
    commitment = ok(ledger.commit(line, "1.00"))
    other = ledger.world.as_(role)
    refused(other.post("/funds", {"code": "X", "name": "X"}), 403, "permission_is_missing")
    refused(other.get("/funds"), 403, "permission_is_missing")
    refused(ledger.commit(line, "1.00", by=other), 403, "permission_is_missing")
    refused(ledger.liquidate(commitment, "1.00", by=other), 403, "permission_is_missing")
    refused(other.get(f"/entries/{commitment['id']}"), 403, "permission_is_missing")


def test_accountants_see_opaque_cases_and_build_no_budget(ledger: Ledger) -> None:
    line = ledger.line("40.00")
    accountant = ledger.world.as_("accounting_officer")
    (seen,) = ok(accountant.get(f"/allocations/{ledger.allocation['id']}/lines"))["items"]
    assert seen == {"id": line["id"], "case_id": ledger.case.id, "resource_kind": "economic", "cost": euro("40.00"),
                    "programme": "DOPO_DI_NOI",
                    **dict.fromkeys(("municipality", "intervention_code", "from_on", "to_on")),
                    **dict.fromkeys(("committed", "liquidated", "paid"), euro("0.00"))}  # fmt: skip
    refused(accountant.get(f"/cases/{ledger.case.id}"), 403, "permission_is_missing")
    assert accountant.get(f"/cases/{ledger.case.id}/budget/lines").status_code in (403, 404)
    body = {"resource_kind": "economic", "source": "family", "description": "Vitto", "cost": euro("1.00")}
    assert accountant.post(f"/cases/{ledger.case.id}/budget/lines", body, key=key()).status_code in (403, 404)


def test_a_budget_is_not_money_only(ledger: Ledger) -> None:
    manager = ledger.world.as_("case_manager")
    for source in ("person", "family", "comune", "asst", "third_sector", "volunteers"):
        made = ledger.line("3.00", source=source, allocation_id=None, resource_kind="human")
        assert (made["source"], made["allocation_id"]) == (source, None)
        assert ok(manager.get(f"/cases/{ledger.case.id}/budget/lines/{made['id']}")) == made
        refused(ledger.commit(made, "1.00"), 409, "line_has_no_allocation")


@pytest.mark.parametrize(("source", "with_allocation"), [("fund", False), ("family", True)])
def test_an_allocation_goes_with_the_fund_and_with_nothing_else(
    ledger: Ledger, source: str, with_allocation: bool
) -> None:
    body = {"resource_kind": "economic", "source": source, "description": "Affitto", "cost": euro("1.00"),
            "allocation_id": ledger.allocation["id"] if with_allocation else None}  # fmt: skip
    answer = ledger.world.as_("case_manager").post(f"/cases/{ledger.case.id}/budget/lines", body, key=key())
    errors = refused(answer, 422, "request_is_invalid")["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [("#/allocation_id", "allocation_goes_with_fund")]


def test_participation_is_recorded_and_listed(ledger: Ledger) -> None:
    manager = ledger.world.as_("case_manager")
    body = {"who": "both", "built": True, "contributed": False, "managed": True, "occurred_on": "2023-02-01"}
    path = f"/cases/{ledger.case.id}/budget/participations"
    made = ok(manager.post(path, body))
    assert {name: made[name] for name in body} == body
    assert ok(manager.get(path))["items"] == [made]
    assert ok(manager.get(f"{path}/{made['id']}")) == made
    nothing = {"who": "person", "occurred_on": "2023-02-01"}
    (error,) = refused(manager.post(path, nothing), 422, "request_is_invalid")["errors"]
    assert (error["pointer"], error["code"]) == ("#/built", "participation_is_empty")


def test_a_fund_has_one_allocation_a_year(ledger: Ledger) -> None:
    officer, path = ledger.world.as_("accounting_officer"), f"/funds/{ledger.fund['id']}/allocations"
    body = {"amount": euro("1.00"), "act": ACT, "occurred_on": "2022-01-02"}
    refused(officer.post(path, {"year": 2023, **body}, key=key()), 409, "allocation_exists")
    ok(officer.post(path, {"year": 2022, **body}, key=key()))
    listed = ok(officer.get(path))["items"]
    assert [(one["year"], one["amount"]["amount"]) for one in listed] == [(2022, "1.00"), (2023, "1000.00")]


def test_a_fund_has_a_code_of_its_own(ledger: Ledger) -> None:
    officer = ledger.world.as_("accounting_officer")
    refused(officer.post("/funds", {"code": ledger.fund["code"], "name": "Un altro"}), 409, "fund_exists")
    assert ok(officer.get(f"/funds/{ledger.fund['id']}")) == ledger.fund
    refused(officer.get(f"/funds/{ledger.case.id}"), 404, "fund_is_unknown")
    assert ledger.fund in ok(officer.get("/funds", query_string={"limit": 100}))["items"]


def test_a_liquidation_follows_its_commitment_and_nothing_is_in_the_future(ledger: Ledger) -> None:
    line = ledger.line()
    commitment = ok(ledger.commit(line, "10.00"))
    for answer in (ledger.liquidate(commitment, "1.00", occurred_on="2023-02-28"),
                   ledger.liquidate(commitment, "1.00", occurred_on="2199-01-01"),
                   ledger.commit(line, "1.00", occurred_on="2199-01-01")):  # fmt: skip
        (error,) = refused(answer, 422, "request_is_invalid")["errors"]
        assert error["pointer"] == "#/occurred_on"


def test_what_nobody_made_is_unknown(ledger: Ledger) -> None:
    unknown = {"id": str(UUID(int=1))}
    refused(ledger.commit(unknown, "1.00"), 404, "line_is_unknown")
    refused(ledger.liquidate(unknown, "1.00"), 404, "commitment_is_unknown")
    refused(ledger.pay(unknown, "1.00"), 404, "liquidation_is_unknown")
    refused(ledger.reverse({**unknown, "kind": "commitment"}, "1.00"), 404, "entry_is_unknown")
    refused(ledger.world.as_("spending_officer").get(f"/entries/{unknown['id']}"), 404, "entry_is_unknown")
    refused(ledger.world.as_("spending_officer").get(f"/allocations/{unknown['id']}"), 404, "allocation_is_unknown")


def test_what_is_not_needed_is_taken_back_from_the_last_act_up(ledger: Ledger) -> None:
    commitment = ok(ledger.commit(ledger.line("100.00"), "100.00"))
    liquidation = ok(ledger.liquidate(commitment, "60.00"))
    payment = ok(ledger.pay(liquidation, "60.00"))
    refused(ledger.reverse(commitment, "40.01"), 409, "entry_is_used")
    ok(ledger.reverse(commitment, "40.00"))
    refused(ledger.reverse(liquidation, "0.01"), 409, "entry_is_used")
    assert ledger.balances() == {"amount": "1000.00", "committed": "60.00", "liquidated": "60.00", "paid": "60.00"}
    storno = ok(ledger.reverse(payment, "60.00"))
    assert (storno["kind"], storno["parent_id"], storno["residual"]) == ("reversal", payment["id"], euro("0.00"))
    ok(ledger.reverse(liquidation, "60.00"))
    ok(ledger.reverse(commitment, "60.00"))
    assert ledger.balances() == {"amount": "1000.00", "committed": "0.00", "liquidated": "0.00", "paid": "0.00"}
    refused(ledger.reverse(commitment, "0.01"), 409, "entry_is_used")
    refused(ledger.reverse(storno, "1.00"), 409, "reversal_is_final")


def test_what_was_reversed_can_be_used_again(ledger: Ledger) -> None:
    line = ledger.line("100.00")
    first = ok(ledger.commit(line, "100.00"))
    refused(ledger.commit(line, "0.01"), 409, "line_is_exhausted")
    ok(ledger.reverse(first, "30.00"))
    second = ok(ledger.commit(line, "30.00"))
    refused(ledger.liquidate(first, "70.01"), 409, "entry_is_exhausted")
    ok(ledger.liquidate(first, "70.00"))
    ok(ledger.liquidate(second, "30.00"))


def test_who_may_make_an_entry_may_take_one_back(ledger: Ledger) -> None:
    commitment = ok(ledger.commit(ledger.line(), "10.00"))
    liquidation = ok(ledger.liquidate(commitment, "10.00"))
    payment = ok(ledger.pay(liquidation, "10.00"))
    accounting, spending = ledger.world.as_("accounting_officer"), ledger.world.as_("spending_officer")
    refused(ledger.pay(liquidation, "1.00", by=spending), 403, "permission_is_missing")
    for entry, by in ((commitment, spending), (liquidation, accounting), (payment, spending)):
        refused(ledger.reverse(entry, "1.00", by=by), 403, "permission_is_missing")


def test_an_entry_is_taken_back_after_it_was_made(ledger: Ledger) -> None:
    commitment = ok(ledger.commit(ledger.line(), "10.00"))
    (error,) = refused(ledger.reverse(commitment, "1.00", occurred_on="2023-02-28"), 422, "request_is_invalid")[
        "errors"
    ]
    assert (error["pointer"], error["code"]) == ("#/occurred_on", "date_is_before_last_step")


def test_a_line_may_be_paid_by_another_allocation_but_never_twice(ledger: Ledger) -> None:
    """The same cost is charged once, whoever pays it."""
    line = ledger.line("100.00")
    other = Ledger.of(ledger.world, "80.00")
    ok(ledger.commit(line, "70.00"))
    refused(ledger.commit(line, "30.01", allocation_id=other.allocation["id"]), 409, "line_is_exhausted")
    ok(ledger.commit(line, "30.00", allocation_id=other.allocation["id"]))
    assert (ledger.balances()["committed"], other.balances()["committed"]) == ("70.00", "30.00")
    (error,) = refused(ledger.commit(line, "1.00", allocation_id=str(UUID(int=1))), 422, "request_is_invalid")["errors"]
    assert (error["pointer"], error["code"]) == ("#/allocation_id", "allocation_is_unknown")


def test_acts_raise_an_allocation_and_cut_it_down_to_what_is_committed(ledger: Ledger) -> None:
    ok(ledger.commit(ledger.line(), "600.00"))
    refused(ledger.change("cut", "400.01"), 409, "allocation_is_committed")
    ok(ledger.change("cut", "400.00"))
    refused(ledger.commit(ledger.line(), "0.01"), 409, "allocation_is_exhausted")
    raised = ok(ledger.change("increase", "50.00", act="Decreto 9"))
    assert ledger.balances()["amount"] == "650.00"
    officer, path = ledger.world.as_("spending_officer"), f"/allocations/{ledger.allocation['id']}"
    assert ok(officer.get(path))["residual"] == euro("50.00")
    told = ok(officer.get(f"{path}/changes"))["items"]
    assert [(one["kind"], one["amount"]["amount"]) for one in told] == [
        ("initial", "1000.00"), ("cut", "400.00"), ("increase", "50.00")
    ]  # fmt: skip
    assert ok(officer.get(f"{path}/changes/{raised['id']}")) == raised
    refused(officer.post(f"{path}/changes", {}, key=key()), 422, "request_is_invalid")
    body = {"kind": "increase", "amount": euro("1.00"), "act": ACT, "occurred_on": "2023-02-01"}
    refused(officer.post(f"{path}/changes", body, key=key()), 403, "permission_is_missing")


def test_a_line_is_withdrawn_when_nothing_is_committed_to_it(ledger: Ledger) -> None:
    line, manager = ledger.line("100.00"), ledger.world.as_("case_manager")
    commitment = ok(ledger.commit(line, "100.00"))
    path = f"/cases/{ledger.case.id}/budget/lines/{line['id']}/withdrawal"
    refused(manager.post(path, {"reason": "Non serve più"}), 409, "line_is_committed")
    ok(ledger.reverse(commitment, "100.00"))
    ok(manager.post(path, {"reason": "Non serve più"}))
    assert ok(manager.get(f"/cases/{ledger.case.id}/budget/lines"))["items"] == []
    refused(ledger.commit(line, "1.00"), 404, "line_is_unknown")
    refused(manager.post(path, {"reason": "x"}), 409, "fact_is_superseded")
