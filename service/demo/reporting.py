"""What the invented Ambito reported to its funds."""

from datetime import date

from service.actor import Actor
from service.budget.statements.operations import approve_statement, prepare_statement
from service.db import Database
from service.demo.ambito import Ambito

REPORTED = (("DDN", 2022, date(2022, 6, 30)), ("DDN", 2022, date(2022, 12, 31)), ("DDN", 2023, date(2023, 6, 30)))
"""Fund, year, the last day of the statement: approved but for the last, which waits."""


def report(database: Database[Actor], ambito: Ambito) -> None:
    """Prepare the statements, and approve all but the last."""
    for fund, year, to_on in REPORTED:
        with database.transaction(ambito.caller("rita.ragioneria")) as (session, actor):
            statement_id = prepare_statement(session, actor, ambito.allocations[fund, year], to_on=to_on)
        if (fund, year, to_on) != REPORTED[-1]:
            with database.transaction(ambito.caller("sara.spesa")) as (session, actor):
                approve_statement(session, actor, statement_id, act=f"Determina inventata di rendicontazione {to_on}")
