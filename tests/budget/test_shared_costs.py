"""A cost that several sources bear is divided to the cent, and is one cost for who reads it."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from service.budget.lines.rules import CENT, divided
from tests.budget.ledger import Ledger, euro, key
from tests.world import World, ok, refused

FAMILY, COMUNE = {"source": "family", "percent": "33.33"}, {"source": "comune", "percent": "66.67"}


@pytest.fixture
def ledger(world: World) -> Ledger:
    return Ledger.of(world)


def share(
    ledger: Ledger, *shares: Any, cost: str = "100.00", with_key: str | None = None, **values: Any
) -> TestResponse:
    """A cost divided."""
    body = {
        "resource_kind": "professional",
        "description": "Educatore",
        "cost": euro(cost),
        "shares": list(shares),
        **values,
    }
    path = f"/cases/{ledger.case.id}/budget/shared-costs"
    return ledger.world.as_("case_manager").post(path, body, key=with_key or key())


def wrong(answer: TestResponse) -> list[tuple[str, str]]:
    """Where and why it was refused."""
    errors = refused(answer, 422, "request_is_invalid")["errors"]
    return [(error["pointer"], error["code"]) for error in errors]


def test_a_cost_makes_a_line_for_each_source_and_they_make_the_cost(ledger: Ledger) -> None:
    fund = {"source": "fund", "allocation_id": ledger.allocation["id"], "percent": "33.34"}
    made = ok(share(ledger, FAMILY, {**FAMILY, "source": "person"}, fund, intervention_code="A2.02", quantity="4.00"))
    assert [(line["source"], line["cost"]["amount"]) for line in made["lines"]] == [
        ("family", "33.33"), ("person", "33.33"), ("fund", "33.34")
    ]  # fmt: skip
    assert {line["shared_cost_id"] for line in made["lines"]} == {made["id"]}
    assert (made["cost"], {line["quantity"] for line in made["lines"]}) == (euro("100.00"), {"4.00"})
    manager = ledger.world.as_("case_manager")
    assert ok(manager.get(f"/cases/{ledger.case.id}/budget/shared-costs/{made['id']}")) == made
    shown = ok(manager.get(f"/cases/{ledger.case.id}/budget/lines"))["items"]
    assert sorted(line["id"] for line in shown) == sorted(line["id"] for line in made["lines"])


def test_the_shares_of_one_cost_pay_nothing_twice(ledger: Ledger) -> None:
    made = ok(share(ledger, FAMILY, COMUNE, intervention_code="A2.02"))
    assert [line["warnings"] for line in made["lines"]] == [[], []]
    again = ok(share(ledger, FAMILY, COMUNE, intervention_code="A2.02"))
    assert [len(line["warnings"]) for line in again["lines"]] == [1, 1]


@pytest.mark.parametrize(("shares", "error"), [
    ([FAMILY, FAMILY | {"source": "person"}], ("#/shares", "shares_are_not_whole")),
    ([FAMILY | {"percent": "66.68"}, COMUNE], ("#/shares", "shares_are_not_whole")),
    ([FAMILY, COMUNE | {"source": "family"}], ("#/shares/1/source", "share_is_repeated")),
    ([FAMILY | {"percent": "0.00"}, COMUNE | {"percent": "100.00"}], ("#/shares/0/percent", "number_out_of_range")),
    ([FAMILY, COMUNE | {"source": "fund"}], ("#/shares/1/allocation_id", "allocation_goes_with_fund")),
    ([FAMILY | {"percent": "33.3"}, COMUNE], ("#/shares/0/percent", "decimal_is_invalid")),
    ([FAMILY | {"percent": "100.00"}], ("#/shares", "length_out_of_range")),
])  # fmt: skip
def test_shares_that_do_not_make_a_whole_are_refused(ledger: Ledger, shares: list[Any], error: tuple[str, str]) -> None:
    assert wrong(share(ledger, *shares)) == [error]


def test_a_share_of_an_allocation_that_nobody_made_is_refused(ledger: Ledger) -> None:
    unknown = {"source": "fund", "allocation_id": str(uuid4()), "percent": "66.67"}
    assert wrong(share(ledger, FAMILY, unknown)) == [("#/shares/1/allocation_id", "allocation_is_unknown")]
    fund = {**unknown, "allocation_id": ledger.allocation["id"]}
    assert wrong(share(ledger, FAMILY, fund, in_kind=True)) == [("#/in_kind", "fund_pays_in_money")]
    assert wrong(share(ledger, FAMILY, COMUNE, cost="0.00")) == [("#/cost/amount", "number_out_of_range")]


def test_a_retry_divides_once_and_a_cost_wants_its_key(ledger: Ledger) -> None:
    same = key()
    first, again = (share(ledger, FAMILY, COMUNE, with_key=same) for _ in range(2))
    assert ok(first) == ok(again)
    path = f"/cases/{ledger.case.id}/budget"
    assert len(ok(ledger.world.as_("case_manager").get(f"{path}/lines"))["items"]) == 2
    refused(ledger.world.as_("case_manager").post(f"{path}/shared-costs", {
        "resource_kind": "human", "description": "-", "cost": euro("1.00"), "shares": [FAMILY, COMUNE],
    }), 400, "idempotency_key_is_missing")  # fmt: skip
    refused(ledger.world.as_("case_manager").get(f"{path}/shared-costs/{uuid4()}"), 404, "fact_is_unknown")


@st.composite
def percents(draw: Any) -> list[Decimal]:
    """Two to ten percents, of two digits, that make 100.00."""
    cuts = sorted(draw(st.lists(st.integers(1, 9999), min_size=1, max_size=9, unique=True)))
    return [Decimal(b - a) / 100 for a, b in zip([0, *cuts], [*cuts, 10000], strict=True)]


@given(cents=st.integers(1, 99_999_999_999_999), shares=percents())
def test_whatever_the_cost_and_the_shares_the_parts_make_the_cost(cents: int, shares: list[Decimal]) -> None:
    cost = cents * CENT
    parts = divided(cost, shares)
    assert sum(parts) == cost
    for part, percent in zip(parts, shares, strict=True):
        assert abs(part - cost * percent / 100) < CENT
        assert part.as_tuple().exponent == -2


def test_the_cents_that_are_left_go_to_the_largest_remainders() -> None:
    assert divided(Decimal("0.02"), [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]) == [
        Decimal("0.01"), Decimal("0.00"), Decimal("0.01")
    ]  # fmt: skip
    assert divided(Decimal("10.00"), [Decimal("12.34"), Decimal("87.66")]) == [Decimal("1.23"), Decimal("8.77")]
