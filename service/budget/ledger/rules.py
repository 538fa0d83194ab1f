"""What an allocation pays.

The database holds to the same (`budget.post_entry`); here the refusal says which rule is broken.
"""

from datetime import date

from service.budget.funds.models import Allocation
from service.budget.lines.models import BudgetLine
from service.errors import Conflict


def check_spending(allocation: Allocation, occurred_on: date) -> None:
    """A fund's money is committed and found due within its period. Raises Conflict."""
    first, last = allocation.spends_from, allocation.spends_to
    if (first and occurred_on < first) or (last and occurred_on > last):
        raise Conflict("entry_is_outside_period", occurred_on, first or "…", last or "…")


def check_paying(allocation: Allocation, occurred_on: date) -> None:
    """What is due is paid by the day on which the fund is reported to. Raises Conflict."""
    if allocation.report_by and occurred_on > allocation.report_by:
        raise Conflict("payment_is_after_report", occurred_on, allocation.report_by)


def check_eligible(allocation: Allocation, line: BudgetLine) -> None:
    """A fund pays lines of its programmes, kinds of resources and intervention codes, where it names them. Raises Conflict."""
    if allocation.programmes and line.programme not in allocation.programmes:
        raise Conflict("entry_is_outside_programmes", line.programme, ", ".join(allocation.programmes))
    if allocation.resource_kinds and line.resource_kind not in allocation.resource_kinds:
        raise Conflict("entry_is_outside_costs", line.resource_kind, ", ".join(allocation.resource_kinds))
    if allocation.intervention_codes and line.intervention_code not in allocation.intervention_codes:
        raise Conflict(
            "entry_is_outside_costs", line.intervention_code or "-", ", ".join(allocation.intervention_codes)
        )
