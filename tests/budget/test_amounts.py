"""Amounts are texts with two digits, to the cent; a retry needs a key."""

from typing import Any

import pytest

from tests.budget.ledger import ACT, Ledger, euro, key
from tests.world import World, ok, refused

BAD = ["1.5", 1.50, 1, "-1.00", "1e3", "NaN", "Infinity", "1,50", " 1.00", "1.00 ", "1.000", "", None, "0x1.00",
       "9999999999999.00", "١.٠٠", True, ["1.00"]]  # fmt: skip


@pytest.fixture
def ledger(world: World) -> Ledger:
    return Ledger.of(world, "5000.00")


def test_amounts_are_kept_to_the_cent(ledger: Ledger) -> None:
    line = ledger.line("4000.00")
    for amount in ("0.01", "0.10", "0.29", "33.33", "66.67", "1999.99"):
        commitment = ok(ledger.commit(line, amount))
        assert commitment["amount"] == euro(amount)
        assert ok(ledger.liquidate(commitment, "0.01"))["amount"] == euro("0.01")
    assert ledger.balances() == {
        "amount": "5000.00", "committed": "2100.39", "liquidated": "0.06", "paid": "0.00"
    }  # fmt: skip


def test_an_amount_of_any_other_form_is_refused_naming_the_field(ledger: Ledger) -> None:
    line, officer = ledger.line(), ledger.world.as_("accounting_officer")
    commitment = ok(ledger.commit(line, "10.00"))
    entry = {"act": ACT, "occurred_on": "2023-05-01"}
    targets = [
        ("accounting_officer", f"/funds/{ledger.fund['id']}/allocations", {"year": 2030, **entry}, "amount"),
        ("accounting_officer", f"/allocations/{ledger.allocation['id']}/changes", {"kind": "cut", **entry}, "amount"),
        ("case_manager", f"/cases/{ledger.case.id}/budget/lines",
         {"resource_kind": "human", "source": "family", "description": "-"}, "cost"),
        ("accounting_officer", "/commitments", {"line_id": line["id"], **entry}, "amount"),
        ("spending_officer", "/liquidations", {"commitment_id": commitment["id"], **entry}, "amount"),
        ("accounting_officer", "/payments", {"liquidation_id": commitment["id"], **entry}, "amount"),
        ("accounting_officer", "/reversals", {"entry_id": commitment["id"], **entry}, "amount"),
    ]  # fmt: skip
    for role, path, body, name in targets:
        for amount in BAD:
            money = {"amount": amount, "currency": "EUR"}
            answer = ledger.world.as_(role).post(path, {**body, name: money}, key=key())
            errors = refused(answer, 422, "request_is_invalid")["errors"]
            assert [error["pointer"] for error in errors] == [f"#/{name}/amount"], amount
    assert ledger.balances()["committed"] == "10.00"
    assert ok(officer.get(f"/entries/{commitment['id']}")) == commitment


@pytest.mark.parametrize("money", [
    {"amount": "1.00"}, {"amount": "1.00", "currency": "USD"}, {"amount": "1.00", "currency": "EUR", "tax": "0.22"}, 1, None,
])  # fmt: skip
def test_money_is_an_amount_in_euro_and_nothing_else(ledger: Ledger, money: Any) -> None:
    answer = ledger.commit(ledger.line(), money)
    assert all(
        error["pointer"].startswith("#/amount") for error in refused(answer, 422, "request_is_invalid")["errors"]
    )


def test_nothing_is_committed_or_liquidated_for_zero(ledger: Ledger) -> None:
    line = ledger.line()
    commitment = ok(ledger.commit(line, "1.00"))
    for answer in (ledger.commit(line, "0.00"), ledger.liquidate(commitment, "0.00"), ledger.reverse(commitment, "0.00"),
                   ledger.change("cut", "0.00")):  # fmt: skip
        (error,) = refused(answer, 422, "request_is_invalid")["errors"]
        assert error["pointer"] == "#/amount/amount"


def bodies(ledger: Ledger) -> list[tuple[str, str, dict[str, Any]]]:
    """Every act that moves or plans money: role, path, body."""
    line = ledger.line()
    commitment, other, spare = (ok(ledger.commit(line, amount)) for amount in ("10.00", "4.00", "2.00"))
    liquidation = ok(ledger.liquidate(other, "4.00"))
    entry = {"amount": euro("2.00"), "act": ACT, "occurred_on": "2023-05-01"}
    new_line = {"resource_kind": "human", "source": "family", "description": "Vitto", "cost": euro("1.00")}
    return [
        ("accounting_officer", f"/funds/{ledger.fund['id']}/allocations", {"year": 2031, **entry}),
        ("accounting_officer", f"/allocations/{ledger.allocation['id']}/changes", {"kind": "increase", **entry}),
        ("case_manager", f"/cases/{ledger.case.id}/budget/lines", new_line),
        ("accounting_officer", "/commitments", {"line_id": line["id"], **entry}),
        ("spending_officer", "/liquidations", {"commitment_id": commitment["id"], **entry}),
        ("accounting_officer", "/payments", {"liquidation_id": liquidation["id"], **entry}),
        ("accounting_officer", "/reversals", {"entry_id": spare["id"], **entry}),
    ]


def test_no_money_moves_without_an_idempotency_key(ledger: Ledger) -> None:
    for role, path, body in bodies(ledger):
        refused(ledger.world.as_(role).post(path, body), 400, "idempotency_key_is_missing")
    assert ledger.balances() == {
        "amount": "5000.00", "committed": "16.00", "liquidated": "4.00", "paid": "0.00"
    }  # fmt: skip


def test_a_retry_with_its_key_moves_the_money_once(ledger: Ledger) -> None:
    for role, path, body in bodies(ledger):
        client, same = ledger.world.as_(role), key()
        first, again = client.post(path, body, key=same), client.post(path, body, key=same)
        assert ok(first) == ok(again)
        assert (again.status_code, again.headers["Location"]) == (201, first.headers["Location"])
        other = {**body, "description": "Altro"} if "cost" in body else {**body, "amount": euro("3.00")}
        refused(client.post(path, other, key=same), 422, "idempotency_key_is_taken")
    assert ledger.balances() == {
        "amount": "5002.00", "committed": "16.00", "liquidated": "6.00", "paid": "2.00"
    }  # fmt: skip
