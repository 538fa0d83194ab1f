"""The bodies and operators of the invented Ambito, and its funds."""

import json
import secrets
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from service.access import operations as access
from service.access.models import Organisation, User
from service.actor import Actor, AnonymousCaller, Origin, UserCaller
from service.budget import operations as budget
from service.budget.models import Allocation, Fund
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


# Amounts of the Lodi plan 2021-2023 for objective D2 (DDN 500,000, FRS 90,000); the one for Pro.Vi is invented.
FUNDS = {
    "DDN": ("Dopo di Noi (L. 112/2016)", {2021: "170000.00", 2022: "165000.00", 2023: "165000.00"}),
    "PRO_VI": ("Pro.Vi", {2021: "45000.00", 2022: "45000.00", 2023: "45000.00"}),
    "FRS": ("Fondo regionale sociale", {2021: "30000.00", 2022: "30000.00", 2023: "30000.00"}),
}


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
        for code, (name, years) in FUNDS.items():
            fund_id = budget.open_fund(session, actor, code=code, name=name)
            for year, amount in years.items():
                budget.allocate_fund(session, actor, fund_id, year=year, amount=Decimal(amount))
    return Ambito(ids, _users(database), _allocations(database))


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
