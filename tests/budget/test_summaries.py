"""Where an allocation stands: its figures, held against the ledger and against what the rules promise."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.budget.statements.rules import Balance, forecast, period, spending
from service.types import today
from tests.budget.ledger import Ledger, euro
from tests.budget.reporting import amounts, counted, frozen, of_comune, summary
from tests.world import World, ok, refused

ALL = ("planned", "committed", "liquidated", "paid")
NOTHING = ("0.00",) * 4
cents = st.integers(0, 10**9).map(lambda amount: Decimal(amount) / 100)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def balances(draw: st.DrawFn) -> Balance:
    """Stanziato >= impegnato >= pagato, whatever lines plan."""
    paid, more, left, planned = (draw(cents) for _ in range(4))
    return Balance(paid + more + left, planned, paid + more, paid)


@pytest.fixture
def ledger(world: World) -> Ledger:
    return Ledger.of(world)


def test_a_summary_says_where_an_allocation_stands(ledger: Ledger) -> None:
    line = ledger.line("600.00")
    commitment = ok(ledger.commit(line, "500.00"))
    liquidation = ok(ledger.liquidate(commitment, "200.00"))
    ok(ledger.pay(liquidation, "100.00"))
    ok(ledger.reverse(commitment, "50.00"))
    found = summary(ledger, on="2023-06-30")
    assert amounts(found, "amount", *ALL) == ("1000.00", "600.00", "450.00", "200.00", "100.00")
    assert amounts(found, "residual", "variance") == ("550.00", "150.00")
    assert (found["by"], found["on"], found["frozen_to"]) == ("programme", "2023-06-30", None)
    by_month = {month["month"]: amounts(month, *ALL) for month in found["months"]}
    assert by_month == {
        "2023-03-01": ("0.00", "500.00", "0.00", "0.00"), "2023-04-01": ("0.00", "0.00", "200.00", "0.00"),
        "2023-05-01": ("0.00", "0.00", "0.00", "100.00"), "2023-06-01": ("0.00", "-50.00", "0.00", "0.00"),
        today().replace(day=1).isoformat(): ("600.00", "0.00", "0.00", "0.00"),
    }  # fmt: skip
    assert found["spending"] == {"of_allocated": {"percent": "10.00", "band": "below"},
                                 "of_planned": {"percent": "16.67", "band": "below"}}  # fmt: skip
    assert found["forecast"] == {
        "from_on": "2023-01-01", "to_on": "2023-12-31", "committed_by_year_end": euro("600.00"),
        "paid_by_year_end": euro("201.66"), "exhausted_on": None,
    }  # fmt: skip


def test_a_summary_is_told_by_programme_by_comune_and_by_code(ledger: Ledger) -> None:
    lodi, unknown = of_comune(ledger, "098031"), of_comune(ledger, "015146")
    for case, amount in ((lodi, "10.00"), (unknown, "20.00"), (ledger.case, "30.00")):
        ok(ledger.commit(ledger.line("30.00", case), amount))
    rows = {by: [(row["code"], row["label"], *amounts(row, "planned", "committed")) for row in summary(ledger, by=by)["rows"]]
            for by in ("programme", "municipality", "intervention_code")}  # fmt: skip
    assert rows["programme"] == [
        ("DOPO_DI_NOI", "Dopo di Noi (L. 112/2016)", "30.00", "30.00"),
        ("SIL", "Servizio inserimento lavorativo", "60.00", "30.00"),
    ]
    assert rows["municipality"] == [
        ("015146", None, "30.00", "20.00"), ("098031", "Lodi", "30.00", "10.00"), (None, None, "30.00", "30.00")
    ]  # fmt: skip
    assert rows["intervention_code"] == [(None, None, "90.00", "60.00")]


def test_a_summary_of_nothing_has_no_ratio_and_no_forecast_of_its_end(world: World) -> None:
    ledger = Ledger.of(world, "10.00")
    ok(ledger.change("cut", "10.00"))
    found = summary(ledger)
    assert amounts(found, *ALL) == NOTHING
    assert found["spending"] == {name: {"percent": None, "band": None} for name in ("of_allocated", "of_planned")}
    assert (found["rows"], found["months"], found["forecast"]["exhausted_on"]) == ([], [], None)


def test_more_than_the_lines_estimated_can_be_paid_of_an_allocation(ledger: Ledger) -> None:
    """A line that estimated another fund's money is paid by this one."""
    other = Ledger.of(ledger.world)
    ok(ledger.commit(ledger.line("10.00"), "10.00"))
    commitment = ok(ledger.commit(other.line("50.00"), "30.00", allocation_id=ledger.allocation["id"]))
    ok(ledger.pay(ok(ledger.liquidate(commitment, "30.00")), "30.00"))
    found = summary(ledger)
    assert found["spending"]["of_planned"] == {"percent": "300.00", "band": "above"}
    assert found["spending"]["of_allocated"] == {"percent": "3.00", "band": "below"}
    assert amounts(found, "variance") == ("-30.00",)


def test_a_summary_says_up_to_when_it_is_frozen(ledger: Ledger) -> None:
    ok(ledger.commit(ledger.line(), "10.00"))
    frozen(ledger, "2023-04-30")
    assert summary(ledger)["frozen_to"] == "2023-04-30"


def test_the_summary_of_many_entries_asks_as_much_as_that_of_few(ledger: Ledger) -> None:
    def asked() -> dict[str, int]:
        counts = {}
        for by in ("programme", "municipality", "intervention_code"):
            with counted(ledger.world) as sent:
                summary(ledger, by=by)
            counts[by] = len(sent)
        assert not any("budget.entries" in statement or "budget.lines" in statement for statement in sent)
        return counts

    line = ledger.line("500.00")
    ok(ledger.commit(line, "1.00"))
    asked()  # which opens what a connection asks once
    few = asked()
    for month in range(1, 10):
        for case in (ledger.case, of_comune(ledger, f"09803{month}")):
            ok(ledger.commit(ledger.line("5.00", case), "1.00", occurred_on=f"2023-0{month}-03"))
    assert asked() == few
    assert max(few.values()) <= 4


def test_a_summary_is_for_who_reads_funds_and_looks_from_a_day_that_has_come(ledger: Ledger) -> None:
    path, officer = f"/allocations/{ledger.allocation['id']}/summary", ledger.world.as_("accounting_officer")
    for role in ("coordinator", "case_manager", "plan_office", "dpo"):
        refused(ledger.world.as_(role).get(path), 403, "permission_is_missing")
    refused(officer.get(f"/allocations/{ledger.case.id}/summary"), 404, "allocation_is_unknown")
    tomorrow = (today() + timedelta(days=1)).isoformat()
    for query, code in ((f"on={tomorrow}", "date_is_in_the_future"), ("by=person", "value_is_unknown"),
                        ("sex=F", "field_is_unknown"), ("on=ieri", "date_is_invalid")):  # fmt: skip
        (error,) = refused(officer.get(f"{path}?{query}"), 400, "parameters_are_invalid")["errors"]
        assert (error["pointer"], error["code"]) == (f"#/query/{query.partition('=')[0]}", code)
    assert summary(ledger, on=today().isoformat()) == summary(ledger)


@given(paid=cents, estimated=cents)
def test_a_ratio_is_rounded_once_and_its_band_is_of_what_is_shown(paid: Decimal, estimated: Decimal) -> None:
    found = spending(paid, estimated)
    if not estimated:
        assert (found.percent, found.band) == (None, None)
        return
    assert found.percent is not None
    assert found.percent == found.percent.quantize(Decimal("0.01"))
    assert abs(found.percent * estimated - paid * 100) * 2 <= estimated * Decimal("0.01") + Decimal("1e-12")
    assert found.band == ("below" if found.percent < 100 else "met" if found.percent == 100 else "above")


@pytest.mark.parametrize(("paid", "estimated", "percent", "band"), [
    ("83.745", "100", "83.75", "below"), ("1", "3", "33.33", "below"), ("2", "3", "66.67", "below"),
    ("0", "5", "0.00", "below"),
    ("99.994", "100", "99.99", "below"), ("99.995", "100", "100.00", "met"), ("100", "100", "100.00", "met"),
    ("100.005", "100", "100.01", "above"), ("250", "100", "250.00", "above"),
])  # fmt: skip
def test_the_bands_are_those_of_the_grid(paid: str, estimated: str, percent: str, band: str) -> None:
    found = spending(Decimal(paid), Decimal(estimated))
    assert (found.percent, found.band) == (Decimal(percent), band)


@given(balance=balances(), year=st.integers(2021, 2029), on=days)
def test_a_forecast_keeps_its_promises(balance: Balance, year: int, on: date) -> None:
    first, last = period(year, None, None)
    assert (first, last) == (date(year, 1, 1), date(year, 12, 31))
    found = forecast(balance, first, last, on)
    assert found.committed_by_year_end == max(balance.committed, balance.planned)
    if on < first:
        assert (found.paid_by_year_end, found.exhausted_on) == (None, None)
        return
    assert found.paid_by_year_end is not None
    assert balance.paid <= found.paid_by_year_end <= balance.amount
    assert found.paid_by_year_end == found.paid_by_year_end.quantize(Decimal("0.01"))
    if on >= last:
        assert found.paid_by_year_end == balance.paid
    if found.exhausted_on is None:
        elapsed, whole = (on - first).days + 1, (last - first).days + 1
        assert not balance.committed or on > last or balance.committed * whole < balance.amount * elapsed
    else:
        assert on <= found.exhausted_on <= last


@given(balance=balances(), on=st.dates(date(2023, 1, 1), date(2023, 12, 31)))
def test_the_residual_is_gone_on_the_day_that_is_told_and_not_the_day_before(balance: Balance, on: date) -> None:
    found = forecast(balance, date(2023, 1, 1), date(2023, 12, 31), on)
    if found.exhausted_on is None:
        return
    elapsed, to_go = (on - date(2023, 1, 1)).days + 1, (found.exhausted_on - on).days
    residual = balance.amount - balance.committed
    assert balance.committed * to_go >= residual * elapsed
    assert to_go == 0 or balance.committed * (to_go - 1) < residual * elapsed


def test_a_forecast_by_its_own_figures() -> None:
    balance = Balance(Decimal("1000.00"), Decimal("900.00"), Decimal("500.00"), Decimal("100.00"))
    first, last = date(2023, 1, 1), date(2023, 12, 31)
    found = forecast(balance, first, last, date(2023, 3, 31))
    # 90 of 365 days: 100.00 * 365 / 90; the residual of 500.00 lasts 90 days more
    assert (found.committed_by_year_end, found.paid_by_year_end) == (Decimal("900.00"), Decimal("405.56"))
    assert found.exhausted_on == date(2023, 6, 29)
    assert forecast(balance, first, last, date(2023, 9, 30)).exhausted_on is None
    spent = Balance(Decimal("10.00"), Decimal("0.00"), Decimal("10.00"), Decimal("9.00"))
    found = forecast(spent, first, last, date(2023, 2, 1))
    assert (found.paid_by_year_end, found.exhausted_on) == (Decimal("10.00"), date(2023, 2, 1))


@given(year=st.integers(2020, 2030), spends_from=st.none() | days, spends_to=st.none() | days)
def test_a_period_is_never_back_to_front(year: int, spends_from: date | None, spends_to: date | None) -> None:
    if spends_from and spends_to and spends_from > spends_to:
        return
    first, last = period(year, spends_from, spends_to)
    assert first <= last
    assert spends_from in (None, first)
    assert spends_to in (None, last)
    if spends_from is None:
        assert (first.month, first.day) == (1, 1)
    if spends_to is None:
        assert (last.month, last.day) == (12, 31)
