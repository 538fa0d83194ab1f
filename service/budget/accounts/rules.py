"""What an account may say, and by when the next one is due."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from service.clocks.calendars import add_months
from service.codes import code_list
from service.errors import FieldError

ROOM = "service.budget"
DAY = timedelta(days=1)


def wrong_fields(
    from_on: date, to_on: date, presented_on: date, spent: Decimal, accepted: Decimal, refusal_reason: str | None
) -> Iterator[FieldError]:
    """What is wrong with an account: it is presented when its period has ended, and says why it is not accepted whole."""
    if to_on < from_on:
        yield FieldError("#/to_on", "date_is_before_start", (str(from_on),))
    elif presented_on < to_on:
        yield FieldError("#/presented_on", "date_is_before_start", (str(to_on),))
    if accepted > spent:
        yield FieldError("#/accepted/amount", "accepted_exceeds_spent")
    elif (accepted < spent) != (refusal_reason is not None):
        yield FieldError("#/refusal_reason", "field_is_missing" if refusal_reason is None else "field_is_out_of_place")


def months_between(on: date) -> int:
    """Every how many months a self-managed line is accounted for, as the list says on a day."""
    return next(int(row.traits["months"]) for row in code_list(ROOM, "account_intervals") if row.holds_on(on))


def account_due_on(begins_on: date, ends_on: date | None, accounted_to: date | None, on: date) -> date | None:
    """The last day that the next account of a line covers: the end of the interval that runs, or of the line before it.

    `accounted_to`: the last day accounted for so far. None for a line that has not begun `on` that day, and for one that
    is accounted for to its end. The account is late from the day after on.
    """
    first = begins_on if accounted_to is None else accounted_to + DAY
    if first > on or (ends_on is not None and first > ends_on):
        return None
    last = add_months(first, months_between(on), slide=False) - DAY
    return last if ends_on is None else min(last, ends_on)
