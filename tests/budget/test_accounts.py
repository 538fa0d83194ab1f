"""Who manages a line of the budget accounts for it, and is told when an account is late."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from service.budget.accounts.rules import account_due_on
from service.types import today
from tests.budget.ledger import Ledger, euro
from tests.world import World, ok, refused, together

NOBODY = "00000000-0000-7000-8000-000000000001"
PERIOD = {"from_on": "2023-03-01", "to_on": "2023-05-31", "presented_on": "2023-06-10"}


@pytest.fixture
def ledger(world: World) -> Ledger:
    return Ledger.of(world)


def managed(ledger: Ledger, **values: Any) -> Any:
    """A line that the family manages."""
    return ledger.line("900.00", self_managed=True, from_on="2023-03-01", **values)


def account(ledger: Ledger, line: Any, spent: str = "300.00", accepted: str = "300.00", **values: Any) -> TestResponse:
    """What was spent of it in a quarter."""
    body = {"line_id": line["id"], **PERIOD, "spent": euro(spent), "accepted": euro(accepted), **values}
    return ledger.world.as_("case_manager").post(f"/cases/{ledger.case.id}/budget/accounts", body)


def accounted(ledger: Ledger) -> list[Any]:
    """What the overview says of the lines that are managed by the family."""
    return ok(ledger.world.as_("case_manager").get(f"/cases/{ledger.case.id}/budget"))["accounts"]


def wrong(answer: TestResponse) -> list[tuple[str, str]]:
    errors = refused(answer, 422, "request_is_invalid")["errors"]
    return [(error["pointer"], error["code"]) for error in errors]


def test_an_account_is_recorded_shown_listed_and_withdrawn(ledger: Ledger) -> None:
    line, manager = managed(ledger), ledger.world.as_("case_manager")
    file = ledger.world.file(ledger.case)
    made = ok(account(ledger, line, accepted="250.00", refusal_reason="Scontrini illeggibili", file_id=file["id"]))
    path = f"/cases/{ledger.case.id}/budget/accounts"
    assert ok(manager.get(f"{path}/{made['id']}")) == made
    assert ok(manager.get(path))["items"] == [made]
    [told] = accounted(ledger)
    assert {name: told[name]["amount"] for name in ("spent", "accepted", "refused")} == {
        "spent": "300.00", "accepted": "250.00", "refused": "50.00"
    }  # fmt: skip
    assert (told["line_id"], told["accounted_to"], told["due_on"]) == (line["id"], "2023-05-31", "2023-08-31")
    ok(manager.post(f"{path}/{made['id']}/withdrawal", {"reason": "Periodo sbagliato"}))
    assert ok(manager.get(path))["items"] == []
    assert ok(manager.get(f"{path}/{made['id']}"))["superseded_at"] is not None
    refused(manager.post(f"{path}/{made['id']}/withdrawal", {"reason": "-"}), 409, "fact_is_superseded")
    assert ok(account(ledger, line))["refusal_reason"] is None


@pytest.mark.parametrize(("values", "error"), [
    ({"to_on": "2023-02-28"}, ("#/to_on", "date_is_before_start")),
    ({"presented_on": "2023-05-30"}, ("#/presented_on", "date_is_before_start")),
    ({"presented_on": "2199-01-01"}, ("#/presented_on", "date_is_in_the_future")),
    ({"accepted": "300.01"}, ("#/accepted/amount", "accepted_exceeds_spent")),
    ({"accepted": "299.99"}, ("#/refusal_reason", "field_is_missing")),
    ({"refusal_reason": "Nessuno"}, ("#/refusal_reason", "field_is_out_of_place")),
    ({"file_id": NOBODY}, ("#/file_id", "reference_is_unknown")),
    ({"line_id": NOBODY}, ("#/line_id", "reference_is_unknown")),
])  # fmt: skip
def test_what_an_account_can_not_say_is_refused_at_its_field(
    ledger: Ledger, values: dict[str, Any], error: tuple[str, str]
) -> None:
    assert wrong(account(ledger, managed(ledger), **values)) == [error]


def test_only_lines_of_the_case_that_the_person_manages_are_accounted_for(ledger: Ledger) -> None:
    assert wrong(account(ledger, ledger.line("1.00"))) == [("#/line_id", "line_is_not_self_managed")]
    other = Ledger.of(ledger.world)
    assert wrong(account(ledger, managed(other))) == [("#/line_id", "reference_is_unknown")]
    file = ledger.world.file(other.case)["id"]
    assert wrong(account(ledger, managed(ledger), file_id=file)) == [("#/file_id", "reference_is_unknown")]


def test_no_day_of_a_line_is_accounted_for_twice(ledger: Ledger) -> None:
    line = managed(ledger)
    ok(account(ledger, line))
    refused(account(ledger, line, from_on="2023-05-31", to_on="2023-06-01"), 409, "account_overlaps")
    ok(account(ledger, line, from_on="2023-06-01", to_on="2023-06-10"))
    ok(account(ledger, managed(ledger)))


def test_of_two_who_account_for_the_same_days_at_once_one_succeeds(fresh: World) -> None:
    ledger = Ledger.of(fresh)
    line, client = managed(ledger), ledger.world.as_("case_manager")
    body = {"line_id": line["id"], **PERIOD, "spent": euro("1.00"), "accepted": euro("1.00")}
    path = f"/cases/{ledger.case.id}/budget/accounts"
    answers = together(*(lambda one=one: one.post(path, body) for one in (client.again(), client.again())))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_an_account_is_late_when_a_quarter_or_the_line_has_passed_without_one(ledger: Ledger) -> None:
    managed(ledger, to_on="2023-04-30")
    ledger.line("1.00", self_managed=True, from_on=today().isoformat())
    ledger.line("1.00", self_managed=True, from_on="2199-01-01")
    ended, running, ahead = accounted(ledger)
    assert (ended["due_on"], ended["is_due"], ended["accounted_to"]) == ("2023-04-30", True, None)
    assert (running["due_on"] > today().isoformat(), running["is_due"]) == (True, False)
    assert (ahead["due_on"], ahead["is_due"]) == (None, False)
    ok(account(ledger, {"id": ended["line_id"]}))
    assert (accounted(ledger)[0]["due_on"], accounted(ledger)[0]["is_due"]) == (None, False)


DAYS = st.integers(0, 1500).map(lambda number: date(2023, 1, 1) + timedelta(number))


@given(begins_on=DAYS, ends_on=st.none() | DAYS, accounted_to=st.none() | DAYS, on=DAYS)
def test_an_account_is_due_after_what_is_accounted_for_and_by_the_end_of_the_line(
    begins_on: date, ends_on: date | None, accounted_to: date | None, on: date
) -> None:
    due_on = account_due_on(begins_on, ends_on, accounted_to, on)
    first = begins_on if accounted_to is None else accounted_to + timedelta(1)
    assert (due_on is None) == (first > on or (ends_on is not None and first > ends_on))
    if due_on is not None:
        assert first <= due_on <= first + timedelta(92)
        assert ends_on is None or due_on <= ends_on


def test_figures_of_money_stay_in_the_database_in_order(ledger: Ledger) -> None:
    made = ok(account(ledger, managed(ledger), spent="0.00", accepted="0.00"))
    [row] = ledger.world.seen("SELECT spent, accepted FROM budget.expense_accounts WHERE id = :id", id=made["id"])
    assert (row.spent, row.accepted) == (Decimal("0.00"), Decimal("0.00"))
