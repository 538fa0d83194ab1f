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
from service.types import new_id, today
from tests.world import ACTIVATION, PDF, Client, Opened, World, a_dwelling, a_placement, days_after, ok

PLAN, INDICATOR = "lodi-2021-2023", "A1-OUT-1"
HALF_YEARS = tuple(f"{year}-{end}" for year in (2021, 2022, 2023) for end in ("06-30", "12-31"))
CASE_ROLES = frozenset(role for role, allowed in ROLES.items() if "cases:read" in allowed)
"""The roles that can have a ground on a case; the others can't be on a team."""
STAGES = ("open", "in_charge", "to_assess", "assessed", "drafted", "approved", "signed", "started")
CRITERIA = ("autonomia", "sostegno_familiare", "condizione_abitativa", "condizione_economica")
A_JOB = {"employer": "Vivaio Inventato", "contract": "determinato", "weekly_hours": 20, "from_on": "2023-02-15",
         "observed_on": "2023-03-01"}  # fmt: skip
serial = count(1)


class Scene:
    """One case of the world in a stage; the ids that addresses name are its properties."""

    def __init__(self, world: World, stage: str = "started") -> None:
        self.world, self.stage = world, stage
        self._with_sight: dict[str, Client] = {}

    @cached_property
    def case(self) -> Opened:
        """The case, brought to the stage."""
        if self.stage == "closed":
            return self._closed_before_everybody()
        case: Opened = getattr(self.world, self.stage)()
        return case

    def _closed_before_everybody(self) -> Opened:
        """A case that ended with an operator of each role on its team: nobody joins a closed one."""
        self.__dict__["case"] = case = self.world.started()
        for role in sorted(CASE_ROLES):
            self.client(role)
        self.world.refresh(case)
        self.world.close(case)
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
            operator = self.world.as_(role)
            if role in CASE_ROLES and not self._sees(operator, role):
                self.join(operator, "provider" if role == "provider_operator" else "other")
            self._with_sight[role] = operator
        return self._with_sight[role]

    def _sees(self, operator: Client, role: str) -> bool:
        return role == "coordinator" or bool(
            self.world.seen(
                "SELECT FROM access.grounds WHERE user_id = :user AND case_id = :case AND until IS NULL",
                user=operator.user_id, case=self.case_id,
            )
        )  # fmt: skip

    def join(self, operator: Client, role: str, component: str = "private_social") -> str:
        """Bring an operator on the team."""
        body = {"user_id": str(operator.user_id), "organisation_id": self.world.service, "role": role,
                "component": component, "from_on": "2023-01-14"}  # fmt: skip
        director = self.case.director or self.world.as_("coordinator")
        member: str = ok(director.post(f"/cases/{self.case_id}/team", body))["id"]
        return member

    def version(self, of: str) -> int:
        """The version to send: of the case, of its project, of the person, of the minutes."""
        if of == "meeting":
            return int(
                self.world.seen("SELECT version FROM cases.meetings WHERE id = :id", id=self.meeting_id)[0].version
            )
        statement = {
            "case": "SELECT version FROM cases.cases WHERE id = :case",
            "project": "SELECT version FROM cases.project_versions WHERE case_id = :case",
            "person": "SELECT p.version FROM people.persons p JOIN cases.cases c ON c.person_id = p.id WHERE c.id = :case",
        }[of]
        return int(self.world.seen(statement, case=self.case_id)[0].version)

    # What addresses name, made at the first call.

    @cached_property
    def identifier_id(self) -> str:
        """A code of the person."""
        return self._of_person("identifiers", an_stp())

    @cached_property
    def residence_id(self) -> str:
        """A residence of the person."""
        return self._of_person("residences", {"municipality": "098031", "from_on": a_past_day()})

    @cached_property
    def guardian_id(self) -> str:
        """Who acts for the person."""
        return self._of_person("guardians", A_GUARDIAN)

    @cached_property
    def protection_id(self) -> str:
        """The person's special protection."""
        return self._of_person("protections", {"reason": "Minacce"}, by="coordinator")

    @cached_property
    def merge_id(self) -> str:
        """A merge of the person with somebody registered later."""
        body = {"alias_id": self.world.person()["id"], "person_id": self.person_id, "reason": "La stessa persona"}
        found: str = ok(self.world.as_("coordinator").post("/people/merges", body))["id"]
        return found

    @cached_property
    def household(self) -> Any:
        """A household of the person and somebody else."""
        people = (self.person_id, self.world.person()["id"])
        members = [{"person_id": one, "relationship": "altro", "from_on": "2020-01-01"} for one in people]
        return ok(self.world.as_("social_worker").post("/households", {"kind": "isee", "members": members}))

    @property
    def household_id(self) -> str:
        """It in an address."""
        found: str = self.household["id"]
        return found

    @property
    def membership_id(self) -> str:
        """The person's time in it."""
        found: str = next(one["id"] for one in self.household["members"] if one["person_id"] == self.person_id)
        return found

    @cached_property
    def contact_id(self) -> str:
        """Somebody met in the street."""
        found: str = ok(self.world.as_("social_worker").post("/contacts", a_contact(self)))["id"]
        return found

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
    def milestone_id(self) -> str:
        """The day on which the case was accepted, as a step of the path."""
        steps = ok(self.world.as_("coordinator").get(f"/cases/{self.case_id}/milestones"))["items"]
        return str(next(step["id"] for step in steps if step["kind"] == "taken_in_charge"))

    @cached_property
    def newcomer_id(self) -> str:
        """Somebody registered, who is not of the case."""
        found: str = self.world.person()["id"]
        return found

    @cached_property
    def case_person_id(self) -> str:
        """Someone whose case it is: the last one who came."""
        people = ok(self.world.as_("coordinator").get(f"/cases/{self.case_id}/people"))["items"]
        others = [one for one in people if one["role"] != "subject"]
        return str((others or people)[-1]["id"])

    @property
    def goal_ends(self) -> list[dict[str, str]]:
        """What became of each goal in force."""
        return [{"goal_id": goal, "status": "reached"} for goal in self.world.open_goals(self.case)]

    @property
    def newer_version(self) -> int:
        """A later version of the programme, in force on one day."""
        made = self.world.seen("SELECT max(version) + 1 AS version FROM cases.programmes WHERE code = 'PAIS'")[
            0
        ].version
        self.world.write(
            "INSERT INTO cases.programmes (code, version, valid_from, valid_to, definition) "
            "SELECT code, :version, '2023-03-01', '2023-03-01', definition || jsonb_build_object('version', :version) "
            "FROM cases.programmes WHERE code = 'PAIS' AND version = 3", version=made,
        )  # fmt: skip
        return int(made)

    @cached_property
    def circumstance_id(self) -> str:
        """How intense the case is."""
        return self._made(
            "coordinator", "circumstances", {"kind": "intensity", "code": "alta", "from_on": "2023-02-01"}
        )

    @cached_property
    def transfer_id(self) -> str:
        """An offer to another service."""
        if self.stage == "offered":
            return str(self.world.seen("SELECT id FROM cases.transfers WHERE case_id = :case", case=self.case_id)[0].id)
        offer = {
            "to_service_id": self.world.other_service,
            "occurred_on": today().isoformat(),
            "reason": "Cambio di residenza",
        }
        offered = self.world.as_("coordinator").post(
            f"/cases/{self.case_id}/transfers", offer, version=self.version("case")
        )
        return str(ok(offered)["id"])

    @cached_property
    def meeting_id(self) -> str:
        """A draft of minutes by the assistente sociale, with the assistente sociale present."""
        return self._made("social_worker", "meetings", a_meeting(self))

    @cached_property
    def body_involvement_id(self) -> str:
        """A body that took part."""
        body = {"organisation_id": self.world.cooperative, "component": "private_social", "phase": "delivery"}
        return self._made("case_manager", "body-involvements", an_involvement(**body))

    @cached_property
    def family_involvement_id(self) -> str:
        """The family took part."""
        return self._made("case_manager", "family-involvements", an_involvement(kind="involved"))

    @cached_property
    def taken_back(self) -> str:
        """An offer to another service, taken back: that service no longer sees the case."""
        reason = {"occurred_on": today().isoformat(), "reason": "Ripensamento"}
        path = f"/cases/{self.case_id}/transfers/{self.transfer_id}/withdrawal"
        return str(ok(self.world.as_("coordinator").post(path, reason, version=self.version("case")))["id"])

    @cached_property
    def feed(self) -> Any:
        """A calendar feed of the case manager's."""
        return ok(self.client("case_manager").post("/worklist/calendar-feeds", {}))

    @property
    def feed_id(self) -> str:
        """Its id."""
        return str(self.feed["id"])

    @property
    def address(self) -> str:
        """The secret part of its address."""
        return str(self.feed["address"]).rpartition("/")[2].removesuffix(".ics")

    @cached_property
    def convocation_id(self) -> str:
        """An appointment."""
        return self._first("convocations")

    @cached_property
    def analysis_id(self) -> str:
        """The preliminary analysis."""
        return self._first("preliminary-analyses")

    @cached_property
    def assessment_id(self) -> str:
        """An assessment."""
        return self._first("assessments")

    @cached_property
    def signature_id(self) -> str:
        """A signature on the project; the person's, if nobody has signed."""
        project, manager = f"/cases/{self.case_id}/projects/1", self.world.as_("case_manager")
        found = ok(manager.get(project))
        if not found["signatures"]:
            body = {"signer": "person", "signed_on": "2023-02-01"}
            found = ok(manager.post(f"{project}/signatures", body, version=found["version"]))
        first: str = found["signatures"][0]["id"]
        return first

    @cached_property
    def result_id(self) -> str:
        """The result of an instrument that tells nothing of health."""
        return self._made("case_manager", "instrument-results", a_result("2023-02-12", 0))

    @cached_property
    def change(self) -> str:
        """A second result, to be compared with the first."""
        return self.result_id and self._made("case_manager", "instrument-results", a_result("2023-03-12", 1))

    @cached_property
    def complexity_id(self) -> str:
        """A judgement of complexity."""
        return self._made("case_manager", "complexities", a_complexity("2023-02-12"))

    @cached_property
    def call_id(self) -> str:
        """A call of the service."""
        found: str = ok(self.world.as_("coordinator").post("/calls", a_call(self)))["id"]
        return found

    @cached_property
    def application_id(self) -> str:
        """The case's application in it."""
        return self._made("case_manager", "applications", an_application(self))

    @cached_property
    def ranking_id(self) -> str:
        """The ranking of the call."""
        assert self.application_id
        frozen = self.world.as_("coordinator").post(f"/calls/{self.call_id}/rankings", {"act": "Determina 1/2023"})
        found: str = ok(frozen)["ranking"]["id"]
        return found

    @cached_property
    def intervention_id(self) -> str:
        """An entry of the diary, by the case manager."""
        found: str = self.world.intervention(self.case, organisation_ids=[self.world.cooperative])["id"]
        return found

    @cached_property
    def file_id(self) -> str:
        """A file that awaits its bytes."""
        found: str = self.world.file(self.case, "coordinator")["id"]
        return found

    @cached_property
    def content(self) -> Any:
        """Its bytes."""
        return ok(self.world.as_("coordinator").put(f"/cases/{self.case_id}/files/{self.file_id}/content", PDF))

    @cached_property
    def pathway_id(self) -> str:
        """A pathway that goes on."""
        return self._made("case_manager", "pathways", {"kind": "formativo", "from_on": "2023-02-11"})

    @cached_property
    def outcome_known(self) -> str:
        """What became of the appointment."""
        body = {"occurred_on": "2023-02-01", "outcome": "attended"}
        return self._made("case_manager", f"convocations/{self.convocation_id}/outcome", body)

    @cached_property
    def pathway_ended(self) -> str:
        """The end of the pathway."""
        ended = {"ended_on": "2023-03-01", "end_code": "completed"}
        return self._made("case_manager", f"pathways/{self.pathway_id}/end", ended)

    @property
    def free_day(self) -> str:
        """A day that no other fact of the scene takes."""
        return days_after("2023-10-01", next(serial) % 700)

    @property
    def unflagged_day(self) -> str:
        """A day for which nobody has said what the body is."""
        return days_after("2023-10-01", next(serial))

    @property
    def free_month(self) -> str:
        """A month of the placement whose attendance is not recorded."""
        taken = self.world.seen("SELECT month FROM cases.attendances WHERE placement_id = :id", id=self.placement_id)
        months = (f"{year}-{month:02d}-01" for year in (2023, 2024) for month in range(1, 13))
        return next(day for day in months if day > "2023-03-31" and day not in {row.month.isoformat() for row in taken})

    @cached_property
    def presentation_id(self) -> str:
        """The person at the social services."""
        body = {"person_id": self.person_id, "office": "servizi_sociali", "occurred_on": "2023-02-15",
                "arrived_on": "2023-02-16"}  # fmt: skip
        return self._made("case_manager", "presentations", body)

    @cached_property
    def discharge_id(self) -> str:
        """A protected discharge."""
        body = {"hospital_id": self.world.asst, "discharged_on": "2023-02-15", "destination": "altro",
                "is_carried_out": True}  # fmt: skip
        return self._made("case_manager", "discharges", body)

    @cached_property
    def placement_id(self) -> str:
        """A placement of two years."""
        return self._made("case_manager", "placements", a_placement(self.world, to_on="2025-02-28"))

    @cached_property
    def active_placement(self) -> str:
        """The same, active."""
        return self._made("case_manager", f"placements/{self.placement_id}/activation", ACTIVATION)

    @cached_property
    def attendance_id(self) -> str:
        """A month of it."""
        assert self.active_placement
        body = {"month": "2023-03-01", "hours_planned": "80", "hours_done": "80"}
        return self._made("case_manager", f"placements/{self.placement_id}/attendances", body)

    @cached_property
    def hire_id(self) -> str:
        """A hire."""
        body = {"employer_id": self.world.cooperative, "contract": "determinato", "weekly_hours": "20",
                "from_on": "2023-05-02"}  # fmt: skip
        return self._made("case_manager", "hires", body)

    @cached_property
    def dwelling_id(self) -> str:
        """A dwelling."""
        found: str = ok(self.world.as_("coordinator").post("/dwellings", a_dwelling(self.world)))["id"]
        return found

    @cached_property
    def stay_id(self) -> str:
        """A stay that goes on until it is ended, in a dwelling of its own: generated requests may close the other."""
        dwelling = ok(self.world.as_("coordinator").post("/dwellings", a_dwelling(self.world)))["id"]
        body = {"dwelling_id": dwelling, "kind": "cohousing", "from_on": "2023-08-01"}
        return self._made("case_manager", "stays", body)

    @cached_property
    def flag_id(self) -> str:
        """What the service's body is as a host."""
        body = {"flag": "green", "identified_on": "2023-01-10", "from_on": (day := self.unflagged_day),
                "to_on": days_after(day, 1)}  # fmt: skip
        # Generated requests may have said it of the shared body for ever.
        self.world.write("UPDATE access.organisation_flags SET superseded_at = now() WHERE organisation_id = :body "
                         "AND superseded_at IS NULL", body=self.organisation_id)  # fmt: skip
        flagged = self.world.as_("coordinator").post(f"/organisations/{self.organisation_id}/flags", body)
        found: str = ok(flagged)["id"]
        return found

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
    def goal_id(self) -> str:
        """A goal of the signed project."""
        return self.world.goal_of(self.case)

    @cached_property
    def goal_outcome_id(self) -> str:
        """What became of it."""
        body = {"goal_id": self.goal_id, "status": "partly", "occurred_on": "2023-03-01"}
        return self._made("case_manager", "goal-outcomes", body)

    @cached_property
    def check_id(self) -> str:
        """A check with who took part, and how the goal stood."""
        body = {"status": "held", "held_on": "2023-03-01", "participants": [{"component": "school"}],
                "progress": [{"goal_id": self.goal_id, "rating": -1}]}  # fmt: skip
        return self._made("case_manager", "checks", body)

    @cached_property
    def follow_up_id(self) -> str:
        """An observation with an answer: written behind the service's back, since the case goes on."""
        found = str(new_id())
        self.world.write(
            "INSERT INTO cases.follow_ups (id, case_id, ended_on, months_after, occurred_on, status, recorded_by) "
            "VALUES (:id, :case, '2023-12-01', 6, '2024-06-03', 'untraceable', :user)",
            id=found, case=self.case_id, user=self.user_id,
        )  # fmt: skip
        self.world.write(
            "INSERT INTO cases.follow_up_answers (id, follow_up_id, case_id, question, answer) "
            "VALUES (gen_random_uuid(), :id, :case, 'still_employed', 'unknown')",
            id=found, case=self.case_id,
        )  # fmt: skip
        return found

    @cached_property
    def job_outcome_id(self) -> str:
        """A job."""
        return self._made("case_manager", "job-outcomes", A_JOB)

    @cached_property
    def school_status_id(self) -> str:
        """Where the person stands with school."""
        body = {"status": "attending", "observed_on": "2023-03-01"}
        return self._made("case_manager", "school-statuses", body)

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
        body = {"year": 2023, **an_entry("1000.00")}
        return self._paid("accounting_officer", f"/funds/{self.fund_id}/allocations", body)

    @cached_property
    def change_id(self) -> str:
        """What raised it."""
        body = {"kind": "increase", **an_entry("50.00")}
        return self._paid("accounting_officer", f"/allocations/{self.allocation_id}/changes", body)

    @cached_property
    def line_id(self) -> str:
        """A line of the project's budget that asks for that money."""
        body = {"resource_kind": "economic", "source": "fund", "allocation_id": self.allocation_id,
                "description": "Borsa di tirocinio", "cost": euros("500.00")}  # fmt: skip
        return self._paid("coordinator", f"/cases/{self.case_id}/budget/lines", body)

    @cached_property
    def shared_cost_id(self) -> str:
        """A cost that several bear."""
        shares = [{"source": source, "percent": "50.00"} for source in ("family", "volunteers")]
        body = {"resource_kind": "human", "description": "Ore", "cost": euros("1.00"), "shares": shares}
        return self._paid("coordinator", f"/cases/{self.case_id}/budget/shared-costs", body)

    @cached_property
    def managed_line_id(self) -> str:
        """A line that the family manages."""
        body = {"resource_kind": "economic", "source": "family", "description": "Assistente", "cost": euros("90.00"),
                "self_managed": True}  # fmt: skip
        return self._paid("coordinator", f"/cases/{self.case_id}/budget/lines", body)

    @cached_property
    def account_id(self) -> str:
        """What the family accounts for."""
        return self._made("case_manager", "budget/accounts", an_account(self.managed_line_id))

    @cached_property
    def commitment_id(self) -> str:
        """Money committed to the line."""
        body = {"line_id": self.line_id, **an_entry("200.00")}
        return self._paid("accounting_officer", "/commitments", body)

    @property
    def entry_id(self) -> str:
        """An entry of the ledger."""
        return self.commitment_id

    @cached_property
    def liquidation_id(self) -> str:
        """Money found due."""
        body = {"commitment_id": self.commitment_id, **an_entry("50.00")}
        return self._paid("spending_officer", "/liquidations", body)

    @cached_property
    def statement_id(self) -> str:
        """A statement of the allocation, to be approved."""
        path = f"/allocations/{self.allocation_id}/statements"
        return str(ok(self.world.as_("accounting_officer").post(path, {"to_on": "2023-04-30"}))["id"])

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

    def _first(self, part: str) -> str:
        found: str = ok(self.world.as_("coordinator").get(f"/cases/{self.case_id}/{part}"))["items"][0]["id"]
        return found

    def _of_person(self, path: str, body: Any, by: str = "social_worker") -> str:
        found: str = ok(self.world.as_(by).post(f"/people/{self.person_id}/{path}", body))["id"]
        return found

    def _made(self, role: str, path: str, body: Any) -> str:
        found: str = ok(self._post(role, path, body))["id"]
        return found

    def _paid(self, role: str, path: str, body: Any) -> str:
        found: str = ok(self.world.as_(role).post(path, body, key=f"chiave-{next(serial)}"))["id"]
        return found


A_GUARDIAN = {
    "kind": "amministratore_di_sostegno", "full_name": "Avvocata Inventata", "powers": ["assets"], "may_sign": True,
    "court": "Tribunale di Lodi", "decree": "12/2023", "from_on": "2023-01-01", "expires_on": "2099-12-31",
}  # fmt: skip


def an_stp() -> dict[str, str]:
    """A code that nobody has."""
    return {"system": "stp", "value": f"STP{next(serial):013d}"}


def a_past_day() -> str:
    """A day on which no residence began yet."""
    return days_after("2000-01-01", next(serial))


def a_contact(scene: Scene) -> dict[str, Any]:
    """Somebody without a name, met by the service."""
    return {"organisation_id": scene.organisation_id, "alias": f"Gigi {next(serial)}", "device": "unita_mobile",
            "programme": "GRAVE_EMARGINAZIONE", "occurred_on": "2023-03-01"}  # fmt: skip


def a_meeting(scene: Scene) -> dict[str, Any]:
    """Minutes that could be closed."""
    [opener] = [one for one in ok(scene.client("coordinator").get(f"/cases/{scene.case_id}/team"))["items"]
                if one["user_id"] == str(scene.world.as_("social_worker").user_id)]  # fmt: skip
    return {"kind": "monitoring", "held_on": "2023-03-01", "mode": "remote", "person_present": True, "family_present": False,
            "person_view": "Va bene così", "attendances": [{"member_id": opener["id"]}]}  # fmt: skip


def an_involvement(**values: Any) -> dict[str, Any]:
    """What every involvement carries."""
    return {"occurred_on": "2023-03-01", "evidence": "Lettera agli atti", **values}


def euros(amount: str) -> dict[str, str]:
    """Money."""
    return {"amount": amount, "currency": "EUR"}


def an_entry(amount: str) -> dict[str, Any]:
    """What every entry of the ledger carries."""
    return {"amount": euros(amount), "act": f"Determina {next(serial)}/2023", "occurred_on": "2023-03-01"}


def an_account(line_id: str) -> dict[str, Any]:
    """What was spent of a line on a day of its own."""
    day = days_after("2000-01-01", next(serial))
    return {"line_id": line_id, "from_on": day, "to_on": day, "presented_on": "2023-03-01", "spent": euros("10.00"),
            "accepted": euros("10.00")}  # fmt: skip


def a_result(on: str, value: int) -> dict[str, Any]:
    """A goal of the person and how far it was reached."""
    goal = {"item": "casa", "value": value, "wording": "Trovare casa"}
    return {"instrument": "gas", "occurred_on": on, "setting": "EM", "items": [goal]}


def a_complexity(from_on: str) -> dict[str, Any]:
    """A case that is complex from a day on."""
    return {"from_on": from_on, "is_complex": True, "criteria": ["piu_aree"], "setting": "EM"}


def a_call(scene: Scene) -> dict[str, Any]:
    """A call of the scene's service."""
    scales = [{"code": code, "weight": 1.5, "min": 0, "max": 10} for code in CRITERIA]
    return {"code": f"bando{next(serial)}", "label": "Bando inventato", "programme": "PAIS", "ruleset": "dm_2016_art_4",
            "service_id": scene.organisation_id, "opened_on": "2023-01-01", "criteria": scales}  # fmt: skip


def an_application(scene: Scene) -> dict[str, Any]:
    """The application of the scene's case in its call."""
    return {"call_id": scene.call_id, "protocol_on": "2023-01-10", "protocol_number": next(serial),
            "priority_class": "P2", "urgency_scores": dict.fromkeys(CRITERIA, 5)}  # fmt: skip
