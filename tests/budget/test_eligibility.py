"""What an allocation pays, of which lines, and when: the refusals that name the rule."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.actor import UserCaller
from service.errors import NotFound
from service.types import new_id
from tests.budget.ledger import ACT, Ledger, euro, key
from tests.budget.reporting import prepare
from tests.budget.test_concurrency import ENTRY
from tests.world import World, ok, refused

RULES = {
    "cup": "J51B21001234006", "spends_from": "2023-02-01", "spends_to": "2023-11-30", "report_by": "2024-03-31",
    "programmes": ["DOPO_DI_NOI", "PRO_VI"], "resource_kinds": ["economic", "human"], "intervention_codes": ["A1.05", "A2.02"],
    "plan": "lodi-2021-2023", "objective": "D2",
}  # fmt: skip
ELIGIBLE = {"intervention_code": "A1.05"}


def allocate(world: World, fund: Any, **values: Any) -> Any:
    """The answer to a request to allocate a fund's money for 2023."""
    body = {"year": 2023, "amount": euro("1000.00"), "act": ACT, "occurred_on": "2023-01-02", **values}
    return world.as_("accounting_officer").post(f"/funds/{fund['id']}/allocations", body, key=key())


def ruled(world: World, **rules: Any) -> Ledger:
    """A ledger whose allocation has rules."""
    ledger = Ledger.of(world)
    fund = ok(world.as_("accounting_officer").post("/funds", {"code": f"R{key()[7:]}", "name": "Fondo con regole"}))
    ledger.allocation = ok(allocate(world, fund, **(RULES | rules)))
    return ledger


def test_the_catalogue_gives_a_fund_its_name_and_its_origin(world: World) -> None:
    officer = world.as_("accounting_officer")
    known = {row["code"]: row for row in ok(officer.get("/fund-catalogue"))["items"]}
    assert {"FNPS", "FRS", "POVERTA_QS", "FNA_B1", "FNA_B2", "DDN", "PRO_VI", "PNRR_1_2", "PON_INCLUSIONE", "PRINS",
            "COMUNI"} <= known.keys()  # fmt: skip
    fund = ok(officer.post("/funds", {"code": "HOME_CARE_PREMIUM"}))
    assert (fund["name"], fund["origin"]) == (known["HOME_CARE_PREMIUM"]["name"], "state")
    ours = ok(officer.post("/funds", {"code": "CARIPLO", "name": "Bando inventato", "origin": "municipality"}))
    assert (ours["name"], ours["origin"]) == ("Bando inventato", "municipality")
    body = refused(officer.post("/funds", {"code": "MAI_VISTO"}), 422, "request_is_invalid")
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [("#/name", "field_is_missing")]


def test_an_allocation_says_what_it_pays_and_by_when(world: World) -> None:
    ledger = ruled(world)
    found = ok(world.as_("spending_officer").get(f"/allocations/{ledger.allocation['id']}"))
    assert {name: found[name] for name in RULES} == RULES
    assert found["frozen_to"] is None


@pytest.mark.parametrize(("wrong", "pointer", "code"), [
    ({"spends_to": "2023-01-31"}, "#/spends_to", "date_is_before_start"),
    ({"report_by": "2023-11-29"}, "#/report_by", "date_is_before_start"),
    ({"programmes": ["SIL", "MAI_VISTA"]}, "#/programmes/1", "value_is_unknown"),
    ({"resource_kinds": ["denaro"]}, "#/resource_kinds/0", "value_is_unknown"),
    ({"intervention_codes": ["A9.99"]}, "#/intervention_codes/0", "value_is_unknown"),
    ({"cup": "j51b21001234006"}, "#/cup", "cup_is_invalid"),
    ({"plan": None}, "#/plan", "objective_goes_with_plan"),
])  # fmt: skip
def test_rules_that_make_no_sense_are_refused(world: World, wrong: dict[str, Any], pointer: str, code: str) -> None:
    body = refused(
        allocate(world, Ledger.of(world).fund, **(RULES | {"year": 2024} | wrong)), 422, "request_is_invalid"
    )
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(("line", "rules", "code"), [
    ({}, {"programmes": ["SIL"]}, "entry_is_outside_programmes"),
    ({"resource_kind": "technological"}, {}, "entry_is_outside_costs"),
    ({"intervention_code": "A1.01"}, {}, "entry_is_outside_costs"),
    ({"intervention_code": None}, {}, "entry_is_outside_costs"),
])  # fmt: skip
def test_a_commitment_names_the_rule_that_it_breaks(
    world: World, line: dict[str, Any], rules: dict[str, Any], code: str
) -> None:
    ledger = ruled(world, **rules)
    made = ledger.line(**(ELIGIBLE | line))  # an estimate is warned of, not refused
    refused(ledger.commit(made, "10.00"), 409, code)
    assert ledger.balances()["committed"] == "0.00"


def test_money_moves_within_the_period_of_the_fund(world: World) -> None:
    ledger = ruled(world)
    line = ledger.line(**ELIGIBLE)
    for day in ("2023-01-31", "2023-12-01"):
        refused(ledger.commit(line, "10.00", occurred_on=day), 409, "entry_is_outside_period")
    commitment = ok(ledger.commit(line, "10.00", occurred_on="2023-02-01"))
    refused(ledger.liquidate(commitment, "10.00", occurred_on="2023-12-01"), 409, "entry_is_outside_period")
    liquidation = ok(ledger.liquidate(commitment, "10.00", occurred_on="2023-11-30"))
    refused(ledger.pay(liquidation, "10.00", occurred_on="2024-04-01"), 409, "payment_is_after_report")
    payment = ok(ledger.pay(liquidation, "10.00", occurred_on="2024-03-31"))
    ok(ledger.reverse(payment, "10.00", occurred_on="2024-05-01"))  # a correction has no last day
    assert ledger.balances() == {"amount": "1000.00", "committed": "10.00", "liquidated": "10.00", "paid": "0.00"}


@pytest.mark.parametrize(("rules", "constraint"), [
    ({"spends_from": "2023-05-02"}, "entry_in_period"), ({"spends_to": "2023-04-30"}, "entry_in_period"),
    ({"programmes": ["SIL"]}, "entry_in_programmes"), ({"resource_kinds": ["human"]}, "entry_in_costs"),
    ({"intervention_codes": ["A2.02"]}, "entry_in_costs"),
])  # fmt: skip
def test_the_database_holds_to_the_same_rules(world: World, rules: dict[str, Any], constraint: str) -> None:
    ledger = ruled(world, **rules)
    officer = world.as_("accounting_officer").user_id
    values = {"id": new_id(), "kind": "commitment", "parent_id": None, "line_id": ledger.line(**ELIGIBLE)["id"],
              "allocation_id": ledger.allocation["id"], "case_id": ledger.case.id, "by": officer}  # fmt: skip
    with pytest.raises(DBAPIError) as caught, world.database.transaction(UserCaller(officer)) as (session, _):
        session.execute(text(ENTRY), values)
    assert caught.value.orig.diag.constraint_name == constraint  # type: ignore[union-attr]


def test_lines_that_do_not_match_the_dates_of_the_fund_are_listed(world: World) -> None:
    ledger = ruled(world)
    days = {"no days": (None, None), "inside": ("2023-02-01", "2023-11-30"), "early": ("2023-01-31", "2023-03-01"),
            "late": ("2023-03-01", "2023-12-01"), "never": ("2024-01-01", None)}  # fmt: skip
    lines = {
        ledger.line(**ELIGIBLE, from_on=first, to_on=last)["id"]: name for name, (first, last) in days.items()
    }  # fmt: skip
    path = f"/allocations/{ledger.allocation['id']}/lines"
    officer = world.as_("accounting_officer")

    def listed(query: str) -> set[str]:
        return {lines[row["id"]] for row in ok(officer.get(f"{path}{query}"))["items"]}

    assert listed("?is_misaligned=true") == {"early", "late", "never"}
    assert listed("?is_misaligned=false") == {"no days", "inside"}
    assert listed("") == days.keys()
    [row] = [row for row in ok(officer.get(f"{path}?is_misaligned=false"))["items"] if row["from_on"]]
    assert (row["programme"], row["intervention_code"], date.fromisoformat(row["to_on"])) == (
        "DOPO_DI_NOI", "A1.05", date(2023, 11, 30))  # fmt: skip


def test_the_database_pays_no_line_that_asks_for_no_fund(world: World) -> None:
    ledger = Ledger.of(world)
    line = ledger.line("10.00", source="family", allocation_id=None)
    officer = world.as_("accounting_officer").user_id
    values = {"id": new_id(), "kind": "commitment", "parent_id": None, "line_id": line["id"],
              "allocation_id": ledger.allocation["id"], "case_id": ledger.case.id, "by": officer}  # fmt: skip
    with (
        pytest.raises(NotFound, match="line_is_unknown"),
        world.database.transaction(UserCaller(officer)) as (session, _),
    ):
        session.execute(text(ENTRY), values)


def test_the_database_withdraws_no_line_with_money_on_it(world: World) -> None:
    ledger = Ledger.of(world)
    line = ledger.line("10.00")
    ok(ledger.commit(line, "1.00"))
    manager = world.as_("case_manager").user_id
    with pytest.raises(DBAPIError) as caught, world.database.transaction(UserCaller(manager)) as (session, _):
        session.execute(
            text(
                """UPDATE budget.lines SET superseded_at = now(), superseded_by = :by, supersede_reason = '-' WHERE id = :id"""
            ),
            {"id": line["id"], "by": manager},
        )
    assert caught.value.orig.diag.constraint_name == "ck_lines_withdrawn_without_money"  # type: ignore[union-attr]


def test_the_comune_of_who_is_protected_is_not_told(world: World) -> None:
    ledger = Ledger.of(world)
    person = world.person(municipality="098031")
    cases = [
        world.in_charge("SIL", person_id=person["id"]),
        world.in_charge("SIL", person_id=world.person(municipality="098031")["id"]),
    ]
    ok(world.as_("coordinator").post(f"/people/{person['id']}/protections", {"reason": "Minacce"}))
    for case in cases:
        ledger.line("1.00", case)
    listed = ok(world.as_("accounting_officer").get(f"/allocations/{ledger.allocation['id']}/lines"))["items"]
    assert {row["case_id"]: row["municipality"] for row in listed} == {cases[0].id: None, cases[1].id: "098031"}


def test_a_statement_on_a_day_when_more_was_due_than_committed_is_not_prepared(world: World) -> None:
    ledger = Ledger.of(world)
    commitment = ok(ledger.commit(ledger.line(), "100.00", occurred_on="2023-01-10"))
    due = ok(ledger.liquidate(commitment, "100.00", occurred_on="2023-03-10"))
    ok(ledger.reverse(due, "100.00", occurred_on="2023-04-05"))
    ok(ledger.liquidate(commitment, "100.00", occurred_on="2023-03-02"))
    refused(prepare(ledger, "2023-03-31"), 409, "statement_is_out_of_order")
    ok(prepare(ledger, "2023-04-30"))
