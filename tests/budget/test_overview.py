"""The budget as a whole: its figures, how it stood at an approval, and what changed from one to the next."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.budget.overview.rules import NOTHING, figures, figures_by, given_in_kind, moved_by, user_share
from tests.budget.ledger import Ledger, euro, key
from tests.fences.test_queries import counted
from tests.world import Opened, World, ok, refused


@pytest.fixture
def ledger(world: World) -> Ledger:
    return Ledger.of(world)


def budget(world: World, case: Opened, query: str = "") -> Any:
    """The overview of a case."""
    return ok(world.as_("case_manager").get(f"/cases/{case.id}/budget{query}"))


def amounts(told: Any) -> dict[str, str]:
    """The figures that are not zero."""
    return {name: one["amount"] for name, one in told.items() if isinstance(one, dict) and one["amount"] != "0.00"}


def withdraw(world: World, case: Opened, line: Any) -> None:
    path = f"/cases/{case.id}/budget/lines/{line['id']}/withdrawal"
    ok(world.as_("case_manager").post(path, {"reason": "Non serve più"}))


def test_an_empty_budget_has_figures_too(ledger: Ledger) -> None:
    told = budget(ledger.world, ledger.case)
    assert (told["lines"], told["by_source"], told["months"], told["version"]) == ([], [], [], None)
    assert (amounts(told["totals"]), told["user_share"]) == ({}, {"amount": euro("0.00"), "percent": None})
    assert told["participation"] == {"built": False, "contributed": False, "managed": False}


def test_figures_are_told_overall_and_by_source_kind_area_and_fund(ledger: Ledger) -> None:
    line = ledger.line("600.00", area="lavoro")
    own = {"allocation_id": None, "source": "family"}
    ledger.line("150.00", **own)
    ledger.line("50.00", **own, resource_kind="human", in_kind=True, quantity="6.50", unit="ore")
    commitment = ok(ledger.commit(line, "400.00"))
    liquidation = ok(ledger.liquidate(commitment, "300.00"))
    ok(ledger.pay(liquidation, "100.00"))
    ok(ledger.reverse(commitment, "20.00"))
    told = budget(ledger.world, ledger.case)
    assert amounts(told["totals"]) == {
        "planned": "750.00", "in_kind": "50.00", "committed": "380.00", "liquidated": "300.00", "paid": "100.00",
        "residual": "370.00", "variance": "650.00",
    }  # fmt: skip
    assert [(one["code"], amounts(one)["planned"]) for one in told["by_source"]] == [
        ("fund", "600.00"),
        ("family", "150.00"),
    ]
    assert [(one["code"], one["planned"]["amount"], one["in_kind"]["amount"]) for one in told["by_resource_kind"]] == [
        ("economic", "750.00", "0.00"), ("human", "0.00", "50.00")
    ]  # fmt: skip
    assert [(one["code"], one["planned"]["amount"]) for one in told["by_area"]] == [
        ("lavoro", "600.00"),
        (None, "150.00"),
    ]
    [fund] = told["by_fund"]
    assert (fund["code"], fund["label"], fund["paid"]) == (ledger.fund["code"], "Fondo di prova", euro("100.00"))
    assert told["user_share"] == {"amount": euro("150.00"), "percent": "20.00"}
    assert told["in_kind"] == [{"unit": "ore", "quantity": "6.50"}]
    assert [(one["month"], amounts(one)) for one in told["months"]] == [
        ("2023-03-01", {"committed": "400.00"}), ("2023-04-01", {"liquidated": "300.00"}),
        ("2023-05-01", {"paid": "100.00"}), ("2023-06-01", {"committed": "-20.00"}),
    ]  # fmt: skip
    assert [one["committed"]["amount"] for one in told["lines"]] == ["380.00", "0.00", "0.00"]
    assert told["participation"] == {"built": False, "contributed": True, "managed": False}


def test_participation_is_what_was_recorded(ledger: Ledger) -> None:
    body = {"who": "person", "built": True, "managed": True, "occurred_on": "2023-02-01"}
    ok(ledger.world.as_("case_manager").post(f"/cases/{ledger.case.id}/budget/participations", body))
    told = budget(ledger.world, ledger.case)["participation"]
    assert told == {"built": True, "contributed": False, "managed": True}


def test_warnings_of_the_lines_are_those_of_the_budget(ledger: Ledger) -> None:
    line = ledger.line("1000.01")
    told = budget(ledger.world, ledger.case)
    assert [(one["line_id"], one["code"]) for one in told["warnings"]] == [(line["id"], "allocation_is_short")]
    assert told["lines"][0]["warnings"] == told["warnings"]


def test_quantities_in_kind_that_several_bear_count_once(ledger: Ledger) -> None:
    shares = [{"source": source, "percent": "50.00"} for source in ("family", "volunteers")]
    body = {"resource_kind": "human", "description": "Ore", "cost": euro("10.00"), "in_kind": True, "quantity": "3.00",
            "unit": "ore", "shares": shares}  # fmt: skip
    ok(ledger.world.as_("case_manager").post(f"/cases/{ledger.case.id}/budget/shared-costs", body, key=key()))
    assert budget(ledger.world, ledger.case)["in_kind"] == [{"unit": "ore", "quantity": "3.00"}]


def test_the_budget_of_a_version_is_that_with_which_it_was_approved(world: World) -> None:
    case = world.drafted("DOPO_DI_NOI")
    ledger = Ledger.of(world)
    first = ledger.line("100.00", case)
    ok(ledger.commit(first, "10.00"))
    assert budget(world, case, "?version=1")["totals"] == budget(world, case)["totals"]  # a draft has today's
    approval = world.as_("coordinator").post(
        f"/cases/{case.id}/projects/1/approval", {"approved_on": "2023-01-30"}, version=case.project_version
    )
    ok(approval)
    ok(ledger.commit(first, "20.00"))
    gone = world.line(case)
    second = ledger.line("5000.00", case)
    withdraw(world, case, gone)
    then, now = budget(world, case, "?version=1"), budget(world, case)
    assert [line["id"] for line in then["lines"]] == [line["id"] for line in now["lines"]][:-1]
    assert (then["totals"]["planned"], then["totals"]["committed"]) == (euro("100.00"), euro("10.00"))
    assert (now["totals"]["planned"], now["totals"]["committed"]) == (euro("5100.00"), euro("30.00"))
    assert then["lines"][-1]["committed"] == euro("10.00")
    assert (then["version"], then["warnings"], len(now["warnings"])) == (1, [], 2)
    assert datetime.fromisoformat(then["as_of"]) < datetime.fromisoformat(now["as_of"]) <= datetime.now(UTC)
    assert second["id"] in {line["id"] for line in now["lines"]}


def test_what_changed_between_two_versions_are_the_lines_that_came_and_went(world: World) -> None:
    case = world.drafted()
    kept, gone = (world.line(case, description=name) for name in ("Resta", "Va"))
    ok(world.as_("coordinator").post(
        f"/cases/{case.id}/projects/1/approval", {"approved_on": "2023-01-30"}, version=case.project_version
    ))  # fmt: skip
    case.project_version += 1
    for signer in ok(world.as_("case_manager").get("/programmes/PAIS"))["project"]["signers"]:
        body = {"signer": signer, "signed_on": "2023-02-01"}
        path = f"/cases/{case.id}/projects/1/signatures"
        answer = world.as_("case_manager").post(path, body, version=case.project_version)
        if signer != "household":
            case.project_version = ok(answer)["version"]
    world.refresh(case)
    world.act(case, "start", {"occurred_on": "2023-02-10"}, "case_manager")
    withdraw(world, case, gone)
    brief = world.line(case, description="Passa")
    withdraw(world, case, brief)
    new = world.line(case, description="Viene")
    ok(world.as_("social_worker").post(f"/cases/{case.id}/projects", {"drafted_on": "2023-03-01", "from_version": 1}))
    manager, path = world.as_("case_manager"), f"/cases/{case.id}/budget/differences"
    told = ok(manager.get(f"{path}?from=1&to=2"))
    assert (told["from_version"], told["to_version"]) == (1, 2)
    assert [line["id"] for line in told["added"]] == [new["id"]]
    assert [line["id"] for line in told["withdrawn"]] == [gone["id"]]
    back = ok(manager.get(f"{path}?from=2&to=1"))
    assert (back["added"], back["withdrawn"]) == (told["withdrawn"], told["added"])
    same = ok(manager.get(f"{path}?from=1&to=1"))
    assert (same["added"], same["withdrawn"]) == ([], [])
    assert kept["id"] in {line["id"] for line in budget(world, case, "?version=2")["lines"]}


def test_a_version_that_the_case_has_not_is_unknown(ledger: Ledger) -> None:
    manager, path = ledger.world.as_("case_manager"), f"/cases/{ledger.case.id}/budget"
    refused(manager.get(f"{path}?version=1"), 404, "version_is_unknown")
    refused(manager.get(f"{path}/differences?from=1&to=2"), 404, "version_is_unknown")
    refused(manager.get(f"{path}?version=0"), 400, "parameters_are_invalid")
    refused(manager.get(f"{path}/differences?from=1"), 400, "parameters_are_invalid")
    refused(ledger.world.as_("accounting_officer").get(path), 403, "permission_is_missing")
    refused(ledger.world.user("case_manager", at=ledger.world.other_service).get(path), 404, "case_is_unknown")


def test_a_budget_of_many_lines_and_entries_is_read_as_one_of_few(ledger: Ledger) -> None:
    manager, counts = ledger.world.as_("case_manager"), []
    for number in (1, 8):
        for _ in range(number):
            line = ledger.line("10.00", self_managed=True)
            for _ in range(3):
                ok(ledger.commit(line, "1.00"))
        with counted(ledger.world) as sent:
            ok(manager.get(f"/cases/{ledger.case.id}/budget"))
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 11


# The rules alone.

MONEY = st.integers(0, 10_000_000).map(lambda cents: Decimal(cents) / 100)
LINES = st.lists(st.fixed_dictionaries({
    "id": st.uuids(), "cost": MONEY, "in_kind": st.booleans(), "source": st.sampled_from(["person", "family", "fund", "asst"]),
    "shared_cost_id": st.none() | st.sampled_from([UUID(int=1), UUID(int=2)]), "quantity": st.none() | MONEY,
    "unit": st.sampled_from([None, "ore"]), "committed": MONEY, "liquidated": MONEY, "paid": MONEY,
}), max_size=8)  # fmt: skip


@given(lines=LINES, by=st.sampled_from(["source", "unit", "shared_cost_id"]))
def test_the_parts_of_a_budget_make_the_whole(lines: list[dict[str, Any]], by: str) -> None:
    parts = figures_by(lines, lambda line: line[by]).values()
    whole = figures(lines)
    assert {name: sum((part[name] for part in parts), Decimal(0)) for name in whole} == whole
    assert whole["planned"] + whole["in_kind"] == sum((line["cost"] for line in lines), Decimal(0))


@given(lines=LINES)
def test_the_share_of_the_user_is_of_the_money_and_between_none_and_all_of_it(lines: list[dict[str, Any]]) -> None:
    amount, percent = user_share(lines)
    money = [line for line in lines if not line["in_kind"]]
    assert amount == sum((line["cost"] for line in money if line["source"] in ("person", "family")), Decimal(0))
    assert (percent is None) == (figures(lines)["planned"] == 0)
    assert percent is None or 0 <= percent <= 100


@given(lines=LINES)
def test_what_is_given_in_kind_is_counted_once_for_each_resource(lines: list[dict[str, Any]]) -> None:
    most = sum((line["quantity"] or 0 for line in lines if line["in_kind"]), Decimal(0))
    total = sum(given_in_kind(lines).values(), Decimal(0))
    alone = [line for line in lines if line["shared_cost_id"] is None and line["in_kind"]]
    assert sum((line["quantity"] or 0 for line in alone), Decimal(0)) <= total <= most


@given(
    rows=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["commitment", "liquidation", "payment"]), MONEY))
)
def test_what_moved_is_told_by_key_and_nothing_is_lost(rows: list[tuple[str, str, Decimal]]) -> None:
    moved = moved_by(rows)
    assert moved.keys() == {row[0] for row in rows}
    assert sum((sum(one.values(), Decimal(0)) for one in moved.values()), Decimal(0)) == sum(
        (row[2] for row in rows), Decimal(0)
    )
    assert set(NOTHING.values()) == {Decimal(0)}
