"""A valid request for every operation of the contract, and the permission that it needs.

`ENTRIES` is the table that the fences walk. An operation without an entry fails `test_roles`, so whoever adds a route
says here who may call it and how.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.contract import spec_of
from tests.fences.scenes import INDICATOR, PLAN, Scene, an_entry, euros, serial
from tests.world import PASSWORD, Client

PUBLIC, SIGNED_IN = "-", "any token"
Body = Callable[[Scene], dict[str, Any]]


@dataclass(frozen=True)
class Entry:
    """One operation: the permission that it asks for, a role that has it, the stage of the case, what is sent.

    `version` says whose version goes in `If-Match`; `path` gives what the scene doesn't know; `needs` what must be there.
    """

    permission: str
    by: str
    body: Body | None = None
    stage: str = "started"
    version: str | None = None
    key: bool = False
    path: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A request ready to be sent by anybody, as often as needed."""

    method: str
    path: str
    body: Any
    headers: dict[str, str]

    def by(self, client: Client) -> TestResponse:
        """Send it."""
        return client.request(self.method, self.path, self.body, headers=dict(self.headers))


def operations(app: Flask) -> dict[str, tuple[str, str]]:
    """operationId -> method and path of the contract."""
    return {
        operation["operationId"]: (method.upper(), template)
        for template, item in spec_of(app)["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def success(app: Flask, operation_id: str) -> int:
    """The status that the contract promises."""
    method, template = operations(app)[operation_id]
    responses = spec_of(app)["paths"][template][method.lower()]["responses"]
    return int(next(status for status in responses if status.startswith("2")))


def prepare(scene: Scene, operation_id: str, **instead: Any) -> Prepared:
    """The valid request of an operation on a scene; `instead` puts other ids in the address."""
    entry = ENTRIES[operation_id]
    method, template = operations(scene.world.app)[operation_id]
    for name in entry.needs:
        getattr(scene, name)
    headers = {"If-Match": f'"{scene.version(entry.version)}"'} if entry.version else {}
    headers |= {"Idempotency-Key": f"chiave-{next(serial)}"} if entry.key else {}
    path = template
    for name in [part[1:-1] for part in template.split("/") if part.startswith("{")]:
        value = instead.get(name) or entry.path.get(name) or getattr(scene, name)
        path = path.replace(f"{{{name}}}", str(value))
    return Prepared(method, path, entry.body(scene) if entry.body else None, headers)


def send(scene: Scene, operation_id: str, role: str | None = None) -> TestResponse:
    """Prepare it and send it as the operator of a role (its own, unless told another)."""
    entry = ENTRIES[operation_id]
    if operation_id == "endTokens":
        return prepare(scene, operation_id).by(scene.world.user(role or entry.by))
    client = Client(scene.world.app) if entry.permission == PUBLIC else scene.client(role or entry.by)
    return prepare(scene, operation_id).by(client)


def _a_day(name: str, day: str) -> Body:
    return lambda _: {name: day}


def _areas(scene: Scene) -> list[dict[str, Any]]:
    return [{"area": letter, "support_need": 1} for letter in "abcdef"]


SERVICE, MANAGER, COORDINATOR = "social_worker", "case_manager", "coordinator"
ACCOUNTING, SPENDING, ADMINISTRATOR = "accounting_officer", "spending_officer", "system_administrator"
GOALS = [{"life_domain": "lavoro", "wording": "Trovare un lavoro"}]
IN_PLAN = {"code": PLAN, "indicator": INDICATOR}
NUMBER = {"number": "1"}

ENTRIES: dict[str, Entry] = {
    "showStatus": Entry(PUBLIC, SERVICE),
    "createTokens": Entry(PUBLIC, SERVICE, lambda scene: {"username": scene.stranger.username, "password": PASSWORD}),
    "refreshTokens": Entry(PUBLIC, SERVICE, lambda scene: {"refresh_token": scene.stranger.tokens["refresh_token"]}),
    "endTokens": Entry(SIGNED_IN, SERVICE),
    "showMe": Entry("me:read", SERVICE),
    # Bodies and operators
    "listOrganisations": Entry("organisations:read", SERVICE),
    "showOrganisation": Entry("organisations:read", SERVICE),
    "registerOrganisation": Entry(
        "organisations:register", ADMINISTRATOR, lambda _: {"name": "Comune", "kind": "comune", "nature": "public"}
    ),
    "listUsers": Entry("users:read", ADMINISTRATOR),
    "showUser": Entry("users:read", ADMINISTRATOR),
    "designateUser": Entry("users:designate", ADMINISTRATOR, lambda scene: {
        "username": f"nuovo{next(serial)}", "display_name": "Operatore Nuovo", "password": PASSWORD,
        "roles": [{"role": "team_member", "organisation_id": scene.organisation_id}]}),
    # Persons
    "registerPerson": Entry("people:register", SERVICE, lambda scene: {
        "family_name": "Inventati", "given_name": "Nuova", "sex": "F", "registered_by": scene.organisation_id}),
    "showPerson": Entry("people:read", SERVICE),
    "correctPerson": Entry("people:correct", SERVICE, lambda _: {"given_name": "Corretta"}, version="person"),
    "searchPeople": Entry("people:search", SERVICE, lambda _: {"family_name": "Invent"}, needs=("case",)),
    # Programmes and cases
    "listProgrammes": Entry("programmes:read", SERVICE),
    "showProgramme": Entry("programmes:read", SERVICE, path={"code": "PAIS"}),
    "listCases": Entry("cases:read", SERVICE, needs=("case",)),
    "openCase": Entry("cases:open", SERVICE, lambda scene: {
        "programme": "PAIS", "person_id": scene.person_id, "service_id": scene.organisation_id,
        "referral": {"channel": "servizio", "happened_on": "2023-01-10", "arrived_on": "2023-01-10"}}),
    "showCase": Entry("cases:read", SERVICE),
    "listMilestones": Entry("cases:read", SERVICE),
    "acceptCase": Entry("cases:accept", SERVICE, _a_day("occurred_on", "2023-01-12"), "open", "case"),
    "assignCase": Entry("cases:assign", COORDINATOR, lambda scene: {
        "user_id": str(scene.client(MANAGER).user_id), "occurred_on": "2023-01-13"}, "open", "case"),
    "startCase": Entry("cases:start", MANAGER, _a_day("occurred_on", "2023-02-10"), "signed", "case"),
    "closeCase": Entry("cases:close", MANAGER, lambda _: {
        "occurred_on": "2023-12-01", "outcome": "obiettivi_raggiunti"}, version="case"),
    # The team
    "showTeam": Entry("cases:read", SERVICE),
    "showMember": Entry("cases:read", SERVICE),
    "joinTeam": Entry("teams:compose", COORDINATOR, lambda scene: {
        "user_id": str(scene.user_id), "organisation_id": scene.organisation_id, "role": "psychologist",
        "component": "psychological", "from_on": "2023-02-01"}),
    "leaveTeam": Entry("teams:compose", COORDINATOR, _a_day("to_on", "2023-03-01")),
    # Assessments and projects
    "listAssessments": Entry("cases:read", SERVICE),
    "showAssessment": Entry("cases:read", SERVICE),
    "recordAssessment": Entry("assessments:record", SERVICE, lambda scene: {
        "occurred_on": "2023-01-20", "setting": "EM", "areas": _areas(scene)}, "in_charge"),
    "listProjects": Entry("cases:read", SERVICE),
    "showProject": Entry("cases:read", SERVICE, path=NUMBER),
    "draftProject": Entry("projects:draft", SERVICE, lambda _: {
        "drafted_on": "2023-01-25", "goals": GOALS, "supports": []}, "assessed"),
    "changeDraft": Entry(
        "projects:draft", SERVICE, lambda _: {"preferences": "La sera"}, "drafted", "project", path=NUMBER
    ),
    "approveProject": Entry(
        "projects:approve", COORDINATOR, _a_day("approved_on", "2023-01-30"), "drafted", "project", path=NUMBER
    ),
    "signProject": Entry("projects:sign", MANAGER, lambda _: {
        "signer": "person", "signed_on": "2023-02-01"}, "approved", "project", path=NUMBER),
    # The diary
    "listInterventions": Entry("cases:read", SERVICE, needs=("intervention_id",)),
    "showIntervention": Entry("cases:read", SERVICE),
    "recordIntervention": Entry("interventions:record", SERVICE, lambda scene: {
        "kind": "colloquio", "occurred_on": "2023-02-11", "minutes": 30, "organisation_id": scene.organisation_id}),
    "listPathways": Entry("cases:read", SERVICE, needs=("pathway_id",)),
    "showPathway": Entry("cases:read", SERVICE),
    "startPathway": Entry(
        "pathways:record", SERVICE, lambda _: {"kind": "formativo", "from_on": "2023-02-12"}
    ),
    "endPathway": Entry("pathways:record", SERVICE, lambda _: {
        "ended_on": "2023-03-01", "end_code": "completed"}),
    # Outcomes
    "listEvaluations": Entry("cases:read", SERVICE, needs=("evaluation_id",)),
    "showEvaluation": Entry("cases:read", SERVICE),
    "recordEvaluation": Entry("outcomes:record", SERVICE, lambda _: {
        "judge": "operators", "scale": "likert_5", "value": 4, "occurred_on": "2023-11-01"}),
    "listFamilyExits": Entry("cases:read", SERVICE, needs=("exit_id",)),
    "showFamilyExit": Entry("cases:read", SERVICE),
    "recordFamilyExit": Entry("outcomes:record", SERVICE, lambda _: {
        "occurred_on": "2023-03-01", "destination": "housing_first"}),
    "withdrawFamilyExit": Entry("outcomes:record", SERVICE, lambda _: {"reason": "Registrata per errore"}),
    # Money
    "listFunds": Entry("funds:read", ACCOUNTING, needs=("fund_id",)),
    "showFund": Entry("funds:read", ACCOUNTING),
    "openFund": Entry("funds:open", ACCOUNTING, lambda _: {"code": f"F{next(serial)}", "name": "Fondo nuovo"}),
    "listAllocations": Entry("funds:read", ACCOUNTING, needs=("allocation_id",)),
    "showAllocation": Entry("funds:read", ACCOUNTING),
    "listAllocationLines": Entry("funds:read", ACCOUNTING, needs=("line_id",)),
    "allocateFund": Entry(
        "funds:open", ACCOUNTING, lambda _: {"year": 2024, "amount": euros("100.00")}, key=True
    ),
    "listLines": Entry("cases:read", SERVICE, needs=("line_id",)),
    "showLine": Entry("cases:read", SERVICE),
    "addLine": Entry("budget:build", SERVICE, lambda _: {
        "resource_kind": "human", "source": "family", "description": "Tempo della sorella", "cost": euros("10.00")},
        key=True),
    "listParticipations": Entry("cases:read", SERVICE, needs=("participation_id",)),
    "showParticipation": Entry("cases:read", SERVICE),
    "recordParticipation": Entry("budget:build", SERVICE, lambda _: {
        "who": "family", "contributed": True, "occurred_on": "2023-03-01"}),
    "showCommitment": Entry("funds:read", ACCOUNTING),
    "commitMoney": Entry(
        "ledger:commit", ACCOUNTING, lambda scene: {"line_id": scene.line_id, **an_entry("10.00")}, key=True
    ),
    "showLiquidation": Entry("funds:read", SPENDING),
    "liquidateMoney": Entry(
        "ledger:liquidate", SPENDING, lambda scene: {"commitment_id": scene.commitment_id, **an_entry("10.00")}, key=True
    ),
    # Plans
    "listPlans": Entry("plans:read", SERVICE),
    "showPlan": Entry("plans:read", SERVICE, path=IN_PLAN),
    "listValues": Entry("indicators:read", COORDINATOR, path=IN_PLAN),
    "showValue": Entry("indicators:read", COORDINATOR, path=IN_PLAN),
    "freezeValues": Entry("indicators:freeze", COORDINATOR, lambda scene: {"on": scene.free_half_year}, path=IN_PLAN),
    "listSnapshots": Entry("aggregates:read", COORDINATOR, path=IN_PLAN, needs=("snapshot_id",)),
    "showSnapshot": Entry("aggregates:read", COORDINATOR, path=IN_PLAN),
    # The log
    "listEvents": Entry("audit:read", "dpo"),
    "showCheckpoint": Entry("audit:read", "dpo", needs=("sealed",)),
}  # fmt: skip
