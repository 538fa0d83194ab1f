"""What a line says of its resource, what it refuses, and what is odd about it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.budget.lines.rules import Funding, is_outside, may_be_paid_twice, unpaid_fields, warnings
from service.codes import codes_of
from tests.budget.ledger import ACT, Ledger, euro, key
from tests.world import Opened, World, ok, refused

WHOLE = {
    "quality": "Educatore con esperienza", "quantity": "4.50", "unit": "ore", "frequency": "settimanale",
    "from_on": "2023-03-01", "to_on": "2023-12-31", "area": "lavoro", "quota": "sociale", "is_existing": True,
    "self_managed": True, "intervention_code": "A2.02",
}  # fmt: skip
NOTHING = UUID(int=1)


@pytest.fixture
def ledger(world: World) -> Ledger:
    return Ledger.of(world)


def post(world: World, case: Opened, **values: Any) -> Any:
    """The answer to a line of the family."""
    body = {"resource_kind": "human", "source": "family", "description": "Tempo", "cost": euro("10.00"), **values}
    return world.as_("case_manager").post(f"/cases/{case.id}/budget/lines", body, key=key())


def wrong(answer: Any) -> list[tuple[str, str]]:
    """Where and why a line was refused."""
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]


def codes(line: Any) -> list[str]:
    return [one["code"] for one in line["warnings"]]


def test_a_line_says_all_that_is_known_of_its_resource(world: World) -> None:
    case = world.started()
    version = ok(world.as_("case_manager").get(f"/cases/{case.id}/projects/1"))
    told = {**WHOLE, "provider_id": world.cooperative, "goal_key": version["goals"][0]["key"],
            "support_key": version["supports"][0]["key"]}  # fmt: skip
    line = ok(post(world, case, **told))
    assert {name: line[name] for name in told} == told
    assert (line["programme"], line["in_kind"], line["shared_cost_id"], line["superseded_at"]) == (
        "PAIS",
        False,
        None,
        None,
    )
    assert ok(world.as_("case_manager").get(f"/cases/{case.id}/budget/lines/{line['id']}")) == line


@pytest.mark.parametrize(("values", "error"), [
    ({"from_on": "2023-03-02", "to_on": "2023-03-01"}, ("#/to_on", "date_is_before_start")),
    ({"area": "pesca"}, ("#/area", "value_is_unknown")),
    ({"quota": "regionale"}, ("#/quota", "value_is_unknown")),
    ({"intervention_code": "A9.99"}, ("#/intervention_code", "value_is_unknown")),
    ({"frequency": "ogni tanto"}, ("#/frequency", "value_is_unknown")),
    ({"provider_id": str(NOTHING)}, ("#/provider_id", "reference_is_unknown")),
    ({"goal_key": str(NOTHING)}, ("#/goal_key", "reference_is_unknown")),
    ({"support_key": str(NOTHING)}, ("#/support_key", "reference_is_unknown")),
    ({"quantity": "0.00"}, ("#/quantity", "number_out_of_range")),
    ({"quantity": "10000000000.00"}, ("#/quantity", "number_out_of_range")),
    ({"quantity": "1.5"}, ("#/quantity", "decimal_is_invalid")),
    ({"in_kind": True, "cost": euro("0.00")}, ("#/quantity", "quantity_is_missing")),
    ({"source": "fund"}, ("#/allocation_id", "allocation_goes_with_fund")),
    ({"allocation_id": str(NOTHING), "source": "fund"}, ("#/allocation_id", "allocation_is_unknown")),
])  # fmt: skip
def test_what_a_line_can_not_say_is_refused_at_its_field(
    world: World, values: dict[str, Any], error: tuple[str, str]
) -> None:
    answer = post(world, world.in_charge(), **values)
    assert (answer.status_code, wrong(answer)) == (422, [error])


def test_all_that_is_wrong_is_told_at_once(world: World) -> None:
    answer = post(
        world, world.in_charge(), from_on="2023-03-02", to_on="2023-03-01", area="pesca", goal_key=str(NOTHING)
    )
    refused(answer, 422, "request_is_invalid")
    assert [pointer for pointer, _ in wrong(answer)] == ["#/to_on", "#/area", "#/goal_key"]


def test_the_goal_of_another_case_is_none_of_this_one(world: World) -> None:
    other = ok(world.as_("case_manager").get(f"/cases/{world.started().id}/projects/1"))
    answer = post(world, world.started(), goal_key=other["goals"][0]["key"], support_key=other["supports"][0]["key"])
    assert wrong(answer) == [("#/goal_key", "reference_is_unknown"), ("#/support_key", "reference_is_unknown")]


def test_a_resource_in_kind_may_cost_nothing_and_no_fund_pays_it(world: World, ledger: Ledger) -> None:
    line = ok(post(world, ledger.case, in_kind=True, cost=euro("0.00"), quantity="8.00", unit="ore"))
    assert (line["in_kind"], line["cost"], line["quantity"]) == (True, euro("0.00"), "8.00")
    answer = post(world, ledger.case, in_kind=True, source="fund", allocation_id=ledger.allocation["id"])
    assert wrong(answer) == [("#/in_kind", "fund_pays_in_money")]


def test_the_services_of_inps_are_thirty_six(world: World) -> None:
    known = codes_of("service.budget", "intervention_codes")
    assert (len(known), known[0], known[-1]) == (36, "A1.01", "Z9.99")


def test_a_line_that_asks_for_more_than_there_is_is_taken_with_a_warning(ledger: Ledger) -> None:
    first = ledger.line("600.00")
    assert first["warnings"] == []
    second = ledger.line("400.01", case=ledger.world.in_charge("DOPO_DI_NOI"))
    [warning] = second["warnings"]
    assert warning["code"] == "allocation_is_short"
    assert warning["detail"] == "Le voci che chiedono lo stanziamento superano di 0.01 euro ciò che esso contiene."
    path = f"/cases/{ledger.case.id}/budget/lines/{first['id']}"
    assert codes(ok(ledger.world.as_("case_manager").get(path))) == ["allocation_is_short"]
    ok(ledger.world.as_("case_manager").post(f"{path}/withdrawal", {"reason": "Non serve"}))
    assert codes(ok(ledger.world.as_("case_manager").get(path))) == []


def test_a_line_that_the_allocation_does_not_pay_is_taken_with_warnings(ledger: Ledger) -> None:
    ledger.world.write(
        "UPDATE budget.allocations SET spends_from = '2023-01-01', spends_to = '2023-12-31', report_by = '2024-03-31', "
        "programmes = '{PAIS}', resource_kinds = '{human}', intervention_codes = '{A1.05}' WHERE id = :id",
        id=ledger.allocation["id"],
    )  # fmt: skip
    line = ledger.line("10.00", from_on="2023-06-01", to_on="2024-01-01", intervention_code="A2.07")
    assert codes(line) == ["line_is_outside_period", "line_is_not_eligible"]
    assert line["warnings"][1]["detail"].endswith("per: misura, tipo di risorsa, codice di intervento.")
    assert codes(ledger.line("10.00", from_on="2023-06-01", resource_kind="human", intervention_code="A1.05")) == [
        "line_is_not_eligible"
    ]


def test_the_same_asked_of_two_sources_is_told_of_both_lines(ledger: Ledger) -> None:
    one = ledger.line("10.00", intervention_code="A1.05", from_on="2023-03-01", to_on="2023-06-30")
    same = {"resource_kind": "economic", "intervention_code": "A1.05"}
    other = ok(post(ledger.world, ledger.case, **same, from_on="2023-06-30"))
    assert [(each["code"], each["other_line_id"]) for each in other["warnings"]] == [("line_overlaps", one["id"])]
    assert (
        ok(post(ledger.world, ledger.case, **same, from_on="2022-01-01", to_on="2023-02-28", source="asst"))["warnings"]
        == []
    )
    shown = ok(ledger.world.as_("case_manager").get(f"/cases/{ledger.case.id}/budget/lines"))["items"]
    told = {line["id"]: [each["other_line_id"] for each in line["warnings"]] for line in shown}
    assert (told[one["id"]], told[other["id"]]) == ([other["id"]], [one["id"]])


def test_acts_of_the_accountants_move_a_line_that_carries_warnings(ledger: Ledger) -> None:
    line = ledger.line("5000.00")
    assert codes(line) == ["allocation_is_short"]
    ok(ledger.commit(line, "1000.00", act=ACT))


# The rules alone.

DAYS = st.none() | st.integers(0, 20).map(lambda number: date(2023, 1, 1) + timedelta(number))
KEYS = st.none() | st.sampled_from([UUID(int=number) for number in (1, 2)])


@st.composite
def lines(draw: Any) -> dict[str, Any]:
    """A line of any sort, whose period is in order."""
    first, last = draw(DAYS), draw(DAYS)
    if first is not None and last is not None and last < first:
        first, last = last, first
    return {
        "id": draw(st.uuids()), "resource_kind": draw(st.sampled_from(["human", "economic"])), "from_on": first, "to_on": last,
        "source": draw(st.sampled_from(["fund", "family"])), "allocation_id": draw(KEYS), "shared_cost_id": draw(KEYS),
        "intervention_code": draw(st.sampled_from([None, "A1.05", "A2.07"])), "goal_key": draw(KEYS),
        "support_key": draw(KEYS), "programme": draw(st.sampled_from(["PAIS", "SIL"])),
    }  # fmt: skip


@given(one=lines(), other=lines())
def test_two_lines_may_pay_twice_whichever_is_looked_at_first(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert may_be_paid_twice(one, other) == may_be_paid_twice(other, one)
    assert not may_be_paid_twice(one, {**one, "id": other["id"]})


@given(one=lines(), days=st.integers(1, 30))
def test_lines_that_never_meet_pay_nothing_twice(one: dict[str, Any], days: int) -> None:
    later = {**one, "source": "asst", "shared_cost_id": None, "support_key": UUID(int=9)}
    first = {**one, "to_on": one["to_on"] or date(2023, 2, 1), "support_key": UUID(int=9)}
    after = first["to_on"] + timedelta(days)
    assert not may_be_paid_twice(first, {**later, "from_on": after, "to_on": None})
    assert may_be_paid_twice(first, {**later, "from_on": first["to_on"], "to_on": None})


@given(one=lines(), first=DAYS, length=st.integers(0, 20))
def test_a_line_is_outside_when_a_day_of_it_is(one: dict[str, Any], first: date | None, length: int) -> None:
    last = None if first is None else first + timedelta(length)
    funding = Funding(Decimal(1), None, first, last, {})
    named = [day for day in (one["from_on"], one["to_on"]) if day is not None]
    assert is_outside(one, funding) == any(first is not None and not first <= day <= last for day in named)


@given(one=lines(), limits=st.fixed_dictionaries({
    "programmes": st.lists(st.sampled_from(["PAIS", "SIL"])), "resource_kinds": st.lists(st.sampled_from(["human"])),
    "intervention_codes": st.lists(st.sampled_from(["A1.05", "A2.07"])),
}))  # fmt: skip
def test_an_empty_limit_pays_everything_and_another_only_what_it_names(
    one: dict[str, Any], limits: dict[str, list[str]]
) -> None:
    funding = Funding(Decimal(1), None, None, None, limits)
    said = {"programmes": one["programme"], "resource_kinds": one["resource_kind"],
            "intervention_codes": one["intervention_code"]}  # fmt: skip
    paid = {name for name, allowed in limits.items() if allowed == [] or said[name] in allowed}
    assert len(unpaid_fields(one, funding)) == 3 - len(paid)


@given(all_lines=st.lists(lines(), max_size=6, unique_by=lambda line: line["id"]),
       amount=st.decimals(0, 10, places=2), planned=st.none() | st.decimals(0, 10, places=2))  # fmt: skip
def test_every_line_has_its_list_and_an_allocation_is_short_for_all_that_ask_for_it(
    all_lines: list[dict[str, Any]], amount: Decimal, planned: Decimal | None
) -> None:
    limits: dict[str, list[str]] = {"programmes": [], "resource_kinds": [], "intervention_codes": []}
    found = warnings(all_lines, {UUID(int=1): Funding(amount, planned, None, None, limits)})
    assert found.keys() == {line["id"] for line in all_lines}
    is_short = planned is not None and planned > amount
    short = {id_ for id_, told in found.items() if "allocation_is_short" in {one.code for one in told}}
    assert short == {line["id"] for line in all_lines if is_short and line["allocation_id"] == UUID(int=1)}
