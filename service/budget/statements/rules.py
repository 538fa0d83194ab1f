"""What the figures of an allocation say: how much of it was spent, and how the year may end. EUR, to the cent; pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
BANDS = ("below", "met", "above")


@dataclass(frozen=True)
class Spending:
    """What was paid for each hundred estimated, and where that lies; both None where nothing was estimated."""

    percent: Decimal | None
    band: str | None


def spending(paid: Decimal, estimated: Decimal) -> Spending:
    """ "(pagato*100)/preventivato", rounded once, half up, and its band in the grid of the objectives (DGR 2167, row 4): below
    100 (`below`), 100 (`met`), above (`above`)."""
    if estimated <= 0:
        return Spending(None, None)
    percent = _cents(paid * 100 / estimated)
    return Spending(percent, BANDS[(percent > 100) - (percent < 100) + 1])


@dataclass(frozen=True)
class Balance:
    """What an allocation holds, and what happened to it so far."""

    amount: Decimal
    planned: Decimal
    committed: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Forecast:
    """How the period of an allocation may end; None where there is no telling."""

    from_on: date
    to_on: date
    committed_by_year_end: Decimal
    paid_by_year_end: Decimal | None
    exhausted_on: date | None


def period(year: int, spends_from: date | None, spends_to: date | None) -> tuple[date, date]:
    """The first and the last day on which an allocation is spent: its own, else those of its year (never back to front)."""
    first = spends_from or date(min(year, spends_to.year) if spends_to else year, 1, 1)
    return first, spends_to or date(max(year, first.year), 12, 31)


def forecast(balance: Balance, first: date, last: date, on: date) -> Forecast:
    """What to expect on a day, each figure by one plain rule.

    `committed_by_year_end`: what is committed, or what lines plan where that is more. `paid_by_year_end`: what is paid, at the
    same pace day by day to the end; never above the allocation. `exhausted_on`: the day on which the residual is gone, at the
    pace of the commitments.
    """
    return Forecast(first, last, max(balance.committed, balance.planned), _paid_by(balance, first, last, on),
                    _exhausted(balance, first, last, on))  # fmt: skip


def _paid_by(balance: Balance, first: date, last: date, on: date) -> Decimal | None:
    if on < first:
        return None
    if on >= last:
        return balance.paid
    return min(_cents(balance.paid * _days(first, last) / _days(first, on)), balance.amount)


def _exhausted(balance: Balance, first: date, last: date, on: date) -> date | None:
    if on < first or balance.committed <= 0:
        return None
    residual, committed = (int(one / CENT) for one in (balance.amount - balance.committed, balance.committed))
    to_go = -(-residual * _days(first, on) // committed)  # whole days, the last one begun
    return on + timedelta(to_go) if to_go <= (last - on).days else None


def _days(first: date, last: date) -> int:
    """Both days count."""
    return (last - first).days + 1


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
