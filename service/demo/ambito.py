"""The bodies and operators of the invented Ambito, and its funds."""

import json
import secrets
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import operations as access
from service.access.models import Organisation, User
from service.actor import Actor, AnonymousCaller, Origin, UserCaller
from service.budget.funds import operations as budget
from service.budget.funds.models import Allocation, Fund
from service.budget.lines.rules import divided
from service.db import Database
from service.people.municipalities import names

SERVICES = {
    "PAIS": "Servizio povertà e inclusione", "AUTONOMIA": "Servizio disabilità", "SIL": "Servizio inserimento lavorativo",
    "GRAVE": "Servizio grave emarginazione", "MINORI": "Servizio minori e famiglie",
    "ADULTI": "Servizio adulti, giustizia e migrazioni",
}  # fmt: skip
SERVICE_OF = {
    "PAIS": "PAIS", "DOPO_DI_NOI": "AUTONOMIA", "PRO_VI": "AUTONOMIA", "REDDITO_AUTONOMIA": "AUTONOMIA", "SIL": "SIL",
    "GRAVE_EMARGINAZIONE": "GRAVE", "DIMISSIONI_PROTETTE": "GRAVE",
}  # fmt: skip
OTHERS = (
    ("ASST", "ASST (inventata)", "asst", "health"),
    ("COOP", "Cooperativa Orizzonti Inventati", "third_sector", "third_sector"),
    ("ASSOC", "Associazione Casa Immaginaria", "third_sector", "third_sector"),
    ("CFP", "Centro di formazione Prova", "school", "school"),
    ("UDP", "Ufficio di Piano", "azienda", "public"),
)
# Case-loads as in life: service -> assistenti sociali, case managers, coordinator.
STAFF = {
    "PAIS": (("giulia.assistente", "ada.assistente", "bea.assistente", "ivo.assistente"),
             ("marco.manager", "nora.manager", "olga.manager", "pino.manager"), "paola.coordinatrice"),
    "AUTONOMIA": (("lea.assistente", "rino.assistente"), ("vera.manager", "zeno.manager"), "franca.coordinatrice"),
    "SIL": (("mina.assistente", "nino.assistente", "tea.assistente", "ugo.assistente"),
            ("alma.manager", "beppe.manager", "carla.manager", "dino.manager"), "gianni.coordinatore"),
    "GRAVE": (("lola.assistente",), ("remo.manager",), "wanda.coordinatrice"),
    "MINORI": (("nives.assistente",), ("ettore.manager",), "clelia.coordinatrice"),
    "ADULTI": (("sole.assistente",), ("tullio.manager",), "irma.coordinatrice"),
}  # fmt: skip
# user name -> (role, body)
OTHER_OPERATORS = {
    "elena.psicologa": ("team_member", "ASST"), "dario.tutor": ("team_member", "SIL"),
    "luca.educatore": ("provider_operator", "COOP"), "rita.ragioneria": ("accounting_officer", "UDP"),
    "sara.spesa": ("spending_officer", "UDP"), "ugo.pianodizona": ("plan_office", "UDP"),
    "bruno.sindaco": ("local_administrator", "UDP"), "dora.dpo": ("dpo", "UDP"),
    "tino.sistema": ("system_administrator", "UDP"),
}  # fmt: skip


def operators() -> dict[str, tuple[str, str]]:
    """User name -> (role, body) of everybody."""
    found: dict[str, tuple[str, str]] = {}
    for service, (workers, managers, coordinator) in STAFF.items():
        found |= dict.fromkeys(workers, ("social_worker", service)) | dict.fromkeys(managers, ("case_manager", service))
        found[coordinator] = ("coordinator", service)
    return found | OTHER_OPERATORS


YEARS, BY_YEAR = (2021, 2022, 2023), (Decimal("33.34"), Decimal("33.33"), Decimal("33.33"))
PLAN = "lodi-2021-2023"


@dataclass(frozen=True)
class Grant:
    """What a fund gives to an objective of the plan in its three years, EUR, and the programmes that it pays (none: any)."""

    fund: str
    amount: Decimal
    objective: str
    programmes: tuple[str, ...] = ()
    is_spent_later: bool = False  # in years after that of the assignment, as Dopo di Noi is


# The amounts are those of the Lodi plan; which fund gives them to A1 and C1 is invented where the plan names many or none,
# as is all of Pro.Vi and the division by year.
GRANTS = (
    Grant("POVERTA_QS", Decimal("2500000.00"), "A1"),
    Grant("FNPS", Decimal("45000.00"), "A2"),
    Grant("PRINS", Decimal("500000.00"), "A2"),
    Grant("COMUNI", Decimal("2650000.00"), "C1"),
    Grant("DDN", Decimal("500000.00"), "D2", ("DOPO_DI_NOI",), is_spent_later=True),
    Grant("FRS", Decimal("90000.00"), "D2", is_spent_later=True),
    Grant("PRO_VI", Decimal("135000.00"), "D2", ("PRO_VI",)),
)


@dataclass(frozen=True)
class Ambito:
    """Who and what is there: body code -> id, user name -> id, (fund, year) -> allocation id."""

    bodies: dict[str, UUID]
    users: dict[str, UUID]
    allocations: dict[tuple[str, int], UUID]

    def caller(self, username: str) -> UserCaller:
        """The operator, as a caller of operations."""
        return UserCaller(self.users[username], origin=Origin(action="demo", address="demo"))


def build(database: Database[Actor], logins: Path) -> Ambito:
    """Make the bodies, the operators with new passwords (kept in `logins`, for its owner alone), the funds."""
    nobody = AnonymousCaller(Origin(action="demo", address="demo"))
    passwords = {username: secrets.token_urlsafe(12) for username in operators()}
    write_private(logins, json.dumps(passwords, indent=2) + "\n")
    with database.transaction(nobody) as (session, actor):
        bodies = {
            code: Organisation(name=name, kind="service", nature="public", istat_code=None)
            for code, name in SERVICES.items()
        }
        bodies |= {
            code: Organisation(name=name, kind=kind, nature=nature, istat_code=None)
            for code, name, kind, nature in OTHERS
        }
        session.add_all(bodies.values())
        session.add_all(
            Organisation(name=f"Comune di {name}", kind="comune", nature="public", istat_code=code)
            for code, name in names().items()
        )
        session.flush()
        ids = {code: body.id for code, body in bodies.items()}
        for username, (role, body) in operators().items():
            access.add_user(session, actor, username=username, display_name=username.replace(".", " ").title(), is_demo=True,
                            password=passwords[username], roles=[{"role": role, "organisation_id": ids[body]}])  # fmt: skip
    with database.transaction(UserCaller(_users(database)["rita.ragioneria"])) as (session, actor):
        for grant in GRANTS:
            _give(session, actor, grant)
    return Ambito(ids, _users(database), _allocations(database))


def _give(session: Session, actor: Actor, grant: Grant) -> None:
    fund_id = budget.open_fund(session, actor, code=grant.fund)
    for year, amount in zip(YEARS, divided(grant.amount, BY_YEAR), strict=True):
        budget.allocate_fund(
            session, actor, fund_id, year=year, amount=amount, act=f"Assegnazione inventata del {year}",
            occurred_on=date(year, 1, 15), spends_from=date(year, 1, 1),
            spends_to=None if grant.is_spent_later else date(year, 12, 31),
            report_by=None if grant.is_spent_later else date(year + 1, 6, 30), programmes=list(grant.programmes), plan=PLAN,
            objective=grant.objective,
        )  # fmt: skip


def write_private(file: Path, content: str) -> None:
    """Write a file that only its owner reads."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(content)


def _users(database: Database[Actor]) -> dict[str, UUID]:
    with database.transaction(AnonymousCaller()) as (session, _):
        return {row.username: row.id for row in session.execute(select(User.username, User.id))}


def _allocations(database: Database[Actor]) -> dict[tuple[str, int], UUID]:
    with database.transaction(AnonymousCaller()) as (session, _):
        rows = session.execute(select(Fund.code, Allocation.year, Allocation.id).join(Allocation))
        return {(row.code, row.year): row.id for row in rows}
