"""A case in some stage and all that stands around it, made only when somebody names it."""

from functools import cached_property
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.actor import ROLES
from service.audit.log.sealing import seal
from service.config import keys
from tests.world import Client, Opened, World, ok

PLAN, INDICATOR = "lodi-2021-2023", "A1-OUT-1"
HALF_YEARS = tuple(f"{year}-{end}" for year in (2021, 2022, 2023) for end in ("06-30", "12-31"))
CASE_ROLES = frozenset(role for role, allowed in ROLES.items() if "cases:read" in allowed)
"""The roles that can have a ground on a case; the others can't be on a team."""
STAGES = ("open", "in_charge", "assessed", "drafted", "approved", "signed", "started")
serial = count(1)


class Scene:
    """One case of the world in a stage; the ids that addresses name are its properties."""

    def __init__(self, world: World, stage: str = "started") -> None:
        self.world, self.stage = world, stage
        self._with_sight: dict[str, Client] = {}

    @cached_property
    def case(self) -> Opened:
        """The case, brought to the stage."""
        case: Opened = getattr(self.world, self.stage)()
        return case

    @property
    def case_id(self) -> str:
        """The case in an address."""
        return self.case.id

    @property
    def person_id(self) -> str:
        """Whose case it is."""
        return self.case.person_id

    def client(self, role: str) -> Client:
        """An operator of the service with this role alone, who sees the case if the role can see any."""
        if role not in self._with_sight:
            operator = self._with_sight[role] = self.world.as_(role)
            if role in CASE_ROLES and not self._sees(operator, role):
                self.join(operator, "provider" if role == "provider_operator" else "other")
        return self._with_sight[role]

    def _sees(self, operator: Client, role: str) -> bool:
        return role == "coordinator" or bool(
            self.world.seen(
                "SELECT FROM access.grounds WHERE user_id = :user AND case_id = :case AND until IS NULL",
                user=operator.user_id, case=self.case_id,
            )
        )  # fmt: skip

    def join(self, operator: Client, role: str) -> str:
        """Bring an operator on the team."""
        body = {"user_id": str(operator.user_id), "organisation_id": self.world.service, "role": role,
                "component": "private_social", "from_on": "2023-01-14"}  # fmt: skip
        member: str = ok(self._post("coordinator", "team", body))["id"]
        return member

    def version(self, of: str) -> int:
        """The version to send: of the case, of its project, of the person."""
        statement = {
            "case": "SELECT version FROM cases.cases WHERE id = :case",
            "project": "SELECT version FROM cases.project_versions WHERE case_id = :case",
            "person": "SELECT p.version FROM people.persons p JOIN cases.cases c ON c.person_id = p.id WHERE c.id = :case",
        }[of]
        return int(self.world.seen(statement, case=self.case_id)[0].version)

    # What addresses name, made at the first call.

    @cached_property
    def organisation_id(self) -> str:
        """A body."""
        return self.world.service

    @cached_property
    def stranger(self) -> Any:
        """An operator with an account and nothing else to do with the case."""
        return self.world.user("team_member")

    @cached_property
    def user_id(self) -> UUID:
        """An operator."""
        return UUID(str(self.stranger.user_id))

    @cached_property
    def member_id(self) -> str:
        """A membership."""
        return self.join(self.world.user("team_member"), "educator")

    @cached_property
    def assessment_id(self) -> str:
        """An assessment."""
        found: str = ok(self.world.as_("coordinator").get(f"/cases/{self.case_id}/assessments"))["items"][0]["id"]
        return found

    @cached_property
    def intervention_id(self) -> str:
        """An entry of the diary, by the case manager."""
        found: str = self.world.intervention(self.case)["id"]
        return found

    @cached_property
    def pathway_id(self) -> str:
        """A pathway that goes on."""
        return self._made("case_manager", "pathways", {"kind": "formativo", "from_on": "2023-02-11"})

    @cached_property
    def evaluation_id(self) -> str:
        """A judgement."""
        found: str = self.world.evaluation(self.case, "beneficiary", 4)["id"]
        return found

    @cached_property
    def exit_id(self) -> str:
        """An exit from the family unit."""
        return self._made("case_manager", "family-exits", {"occurred_on": "2023-03-01", "destination": "cohousing"})

    @cached_property
    def participation_id(self) -> str:
        """A participation in the budget."""
        body = {"who": "person", "built": True, "occurred_on": "2023-03-01"}
        return self._made("case_manager", "budget/participations", body)

    @cached_property
    def fund_id(self) -> str:
        """A fund."""
        fund = self.world.as_("accounting_officer").post("/funds", {"code": f"F{next(serial)}", "name": "Fondo"})
        found: str = ok(fund)["id"]
        return found

    @cached_property
    def allocation_id(self) -> str:
        """The fund's money for a year."""
        body = {"year": 2023, "amount": euros("1000.00")}
        return self._paid("accounting_officer", f"/funds/{self.fund_id}/allocations", body)

    @cached_property
    def line_id(self) -> str:
        """A line of the project's budget that asks for that money."""
        body = {"resource_kind": "economic", "source": "fund", "allocation_id": self.allocation_id,
                "description": "Borsa di tirocinio", "cost": euros("500.00")}  # fmt: skip
        return self._paid("coordinator", f"/cases/{self.case_id}/budget/lines", body)

    @cached_property
    def commitment_id(self) -> str:
        """Money committed to the line."""
        body = {"line_id": self.line_id, **an_entry("200.00")}
        return self._paid("accounting_officer", "/commitments", body)

    @cached_property
    def liquidation_id(self) -> str:
        """Money found due."""
        body = {"commitment_id": self.commitment_id, **an_entry("50.00")}
        return self._paid("spending_officer", "/liquidations", body)

    @cached_property
    def snapshot_id(self) -> str:
        """A snapshot of the plan."""
        frozen = self.world.as_("coordinator").post(f"/plans/{PLAN}/snapshots", {"on": self.free_half_year})
        found: str = ok(frozen)["id"]
        return found

    @property
    def free_half_year(self) -> str:
        """The end of a half-year that no snapshot has yet."""
        taken = self.world.seen("SELECT on_day FROM indicators.snapshots WHERE plan_code = :plan", plan=PLAN)
        return next(day for day in HALF_YEARS if day not in {row.on_day.isoformat() for row in taken})

    @cached_property
    def sealed(self) -> int:
        """The log, sealed up to now."""
        engine = create_engine(self.world.urls.worker)
        with Session(engine) as session, session.begin():
            sealed = seal(session, keys().audit)
        engine.dispose()
        return sealed

    def _post(self, role: str, path: str, body: Any) -> Any:
        return self.world.as_(role).post(f"/cases/{self.case_id}/{path}", body)

    def _made(self, role: str, path: str, body: Any) -> str:
        found: str = ok(self._post(role, path, body))["id"]
        return found

    def _paid(self, role: str, path: str, body: Any) -> str:
        found: str = ok(self.world.as_(role).post(path, body, key=f"chiave-{next(serial)}"))["id"]
        return found


def euros(amount: str) -> dict[str, str]:
    """Money."""
    return {"amount": amount, "currency": "EUR"}


def an_entry(amount: str) -> dict[str, Any]:
    """What every entry of the ledger carries."""
    return {"amount": euros(amount), "act": f"Determina {next(serial)}/2023", "occurred_on": "2023-03-01"}
