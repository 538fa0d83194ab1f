"""Accounts of the money that the person or the family manages."""

from typing import Any
from uuid import UUID

from flask import Response

from service.budget.accounts import operations, queries
from service.budget.accounts.schemas import ExpenseAccountSchema, ExpenseAccountsSchema, NewExpenseAccountSchema
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.schemas import WithdrawalSchema
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

accounts = Blueprint("accounts", __name__, description="Rendiconti di chi gestisce il proprio budget")
ALL = "/cases/<uuid:case_id>/budget/accounts"
ONE = f"{ALL}/<uuid:account_id>"


@accounts.operation("GET", ALL, "listExpenseAccounts", answer=ExpenseAccountsSchema)
def list_expense_accounts(case_id: UUID) -> Response:
    """The accounts of the lines that the person or the family manages, the latest period first."""
    with transaction() as (session, actor):
        found = queries.expense_accounts(session, case_id)
        return answer_facts(session, actor, ExpenseAccountSchema, case_id, found)


@accounts.operation("GET", ONE, "showExpenseAccount", answer=ExpenseAccountSchema)
def show_expense_account(case_id: UUID, account_id: UUID) -> Response:
    """One account, also a withdrawn one."""
    with transaction() as (session, actor):
        found = queries.expense_account(session, case_id, account_id)
        return answer_fact(session, actor, ExpenseAccountSchema, case_id, found)


@accounts.operation(
    "POST", ALL, "recordExpenseAccount", body=NewExpenseAccountSchema, answer=ExpenseAccountSchema, status=201, creates=True
)  # fmt: skip
def record_expense_account(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record what was spent of a self-managed line in a period, and how much of it is accepted."""
    with transaction() as (session, actor):
        values = {**body, "spent": body["spent"]["amount"], "accepted": body["accepted"]["amount"]}
        made = once(session, actor, lambda: operations.record_expense_account(session, actor, case_id, **values))
        return answer_fact(session, actor, ExpenseAccountSchema, case_id, queries.expense_account(session, case_id, made),
                           made_at="accounts.show_expense_account", account_id=made)  # fmt: skip


@accounts.operation(
    "POST", f"{ONE}/withdrawal", "withdrawExpenseAccount", body=WithdrawalSchema, answer=ExpenseAccountSchema
)
def withdraw_expense_account(case_id: UUID, account_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw an account recorded by mistake; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_expense_account(session, actor, case_id, account_id, **body)
        found = queries.expense_account(session, case_id, account_id)
        return answer_fact(session, actor, ExpenseAccountSchema, case_id, found)
