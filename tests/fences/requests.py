"""A valid request for every operation of the contract, and the permission that it needs.

`ENTRIES` is the table that the fences walk. An operation without an entry fails `test_roles`, so whoever adds a route
says here who may call it and how.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from service.types import today
from tests.contract import spec_of
from tests.fences.scenes import (
    A_GUARDIAN,
    A_JOB,
    INDICATOR,
    PLAN,
    Scene,
    a_call,
    a_complexity,
    a_contact,
    a_meeting,
    a_past_day,
    a_result,
    an_account,
    an_application,
    an_entry,
    an_involvement,
    an_stp,
    euros,
    serial,
)
from tests.world import ACTIVATION, PASSWORD, PDF, Client, a_dwelling, a_placement, days_after

PUBLIC, SIGNED_IN = "-", "any token"
Body = Callable[[Scene], dict[str, Any] | bytes]


@dataclass(frozen=True)
class Entry:
    """One operation: the permission that it asks for, a role that has it, the stage of the case, what is sent.

    `version` says whose version goes in `If-Match`; `path` gives what the scene doesn't know, `query` the parameters that
    must be given; `needs` what must be there.
    """

    permission: str
    by: str
    body: Body | None = None
    stage: str = "started"
    version: str | None = None
    key: bool = False
    path: dict[str, str] = field(default_factory=dict)
    query: str = ""
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
    body = entry.body(scene) if entry.body else None
    headers |= {"Content-Type": "application/pdf"} if isinstance(body, bytes) else {}
    path = template
    for name in re.findall(r"{(\w+)}", template):
        value = instead.get(name) or entry.path.get(name) or getattr(scene, name)
        path = path.replace(f"{{{name}}}", str(value))
    return Prepared(method, path + entry.query, body, headers)


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


def _a_member(person_id: str) -> dict[str, Any]:
    return {"person_id": person_id, "relationship": "figlio", "from_on": "2022-01-01"}


def mistake(_: Scene) -> dict[str, Any]:
    """Why something is withdrawn."""
    return {"reason": "Registrato per errore"}


def an_involvement_of_a_body(scene: Scene) -> dict[str, Any]:
    """What declares that a body took part."""
    return an_involvement(organisation_id=scene.organisation_id, component="private_social", phase="planning")


SERVICE, MANAGER, COORDINATOR = "social_worker", "case_manager", "coordinator"
ACCOUNTING, SPENDING, ADMINISTRATOR = "accounting_officer", "spending_officer", "system_administrator"
GOALS = [{"life_domain": "lavoro", "wording": "Trovare un lavoro"}]
IN_PLAN = {"code": PLAN, "indicator": INDICATOR}
NUMBER = {"number": "1"}
MISTAKE = {"reason": "Registrato per errore"}
HALVES = [{"source": source, "percent": "50.00"} for source in ("family", "comune")]

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
    "listOrganisationFlags": Entry("organisations:read", SERVICE, needs=("flag_id",)),
    "showOrganisationFlag": Entry("organisations:read", SERVICE),
    "flagOrganisation": Entry("organisations:flag", SERVICE, lambda scene: {
        "flag": "green", "identified_on": "2023-01-10", "from_on": (day := scene.unflagged_day),
        "to_on": days_after(day, 1)}),
    "withdrawOrganisationFlag": Entry("organisations:flag", SERVICE, lambda _: MISTAKE),
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
    "findDesks": Entry("people:search", SERVICE, lambda _: {"codice_fiscale": "RSSMRA85T10A562S"}),
    "listIdentifiers": Entry("people:read", SERVICE, needs=("identifier_id",)),
    "showIdentifier": Entry("people:read", SERVICE),
    "addIdentifier": Entry("people:correct", SERVICE, lambda _: an_stp()),
    "correctIdentifier": Entry("people:correct", SERVICE, lambda _: {"valid_from": "2023-01-10", "reason": "Letto male"}),
    "withdrawIdentifier": Entry("people:correct", SERVICE, mistake),
    "endIdentifier": Entry("people:correct", SERVICE, _a_day("valid_to", "2023-03-01")),
    "listResidences": Entry("people:read", SERVICE, needs=("residence_id",)),
    "showResidence": Entry("people:read", SERVICE),
    "recordResidence": Entry(
        "people:correct", SERVICE, lambda _: {"municipality": "098019", "from_on": a_past_day()}
    ),
    "withdrawResidence": Entry("people:correct", SERVICE, mistake),
    "mergePeople": Entry("people:merge", COORDINATOR, lambda scene: {
        "alias_id": scene.world.person()["id"], "person_id": scene.person_id, "reason": "Registrata due volte"}),
    "showMerge": Entry("people:read", SERVICE),
    "undoMerge": Entry("people:merge", COORDINATOR, mistake),
    "listProtections": Entry("people:read", SERVICE, needs=("protection_id",)),
    "showProtection": Entry("people:read", SERVICE),
    "protectPerson": Entry("people:protect", COORDINATOR, lambda _: {"reason": "Minacce"}),
    "liftProtection": Entry("people:protect", COORDINATOR, lambda _: {"reason": "Cessate"}, needs=("protection_id",)),
    "introducePerson": Entry("people:register", SERVICE, lambda scene: {
        "service_id": scene.world.other_service, "reason": "Le serve un altro sostegno"}),
    "formHousehold": Entry("households:record", SERVICE, lambda scene: {
        "kind": "anagrafico", "members": [_a_member(scene.person_id)]}),
    "showHousehold": Entry("people:read", SERVICE),
    "listHouseholds": Entry("people:read", SERVICE, needs=("household",)),
    "joinHousehold": Entry("households:record", SERVICE, lambda scene: _a_member(scene.world.person()["id"])),
    "leaveHousehold": Entry("households:record", SERVICE, _a_day("to_on", "2023-03-01")),
    "withdrawHouseholdMember": Entry("households:record", SERVICE, mistake),
    "listGuardians": Entry("people:read", SERVICE, needs=("guardian_id",)),
    "showGuardian": Entry("people:read", SERVICE),
    "appointGuardian": Entry("guardians:record", SERVICE, lambda _: A_GUARDIAN),
    "endGuardian": Entry("guardians:record", SERVICE, _a_day("to_on", "2023-03-01")),
    "withdrawGuardian": Entry("guardians:record", SERVICE, mistake),
    # People met before there is a case
    "listContacts": Entry("contacts:read", SERVICE, needs=("contact_id",)),
    "showContact": Entry("contacts:read", SERVICE),
    "recordContact": Entry("contacts:record", SERVICE, a_contact),
    "correctContact": Entry("contacts:record", SERVICE, lambda _: {"device": "educativa_strada", "reason": "Era altro"}),
    "withdrawContact": Entry("contacts:record", SERVICE, mistake),
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
    "advanceCase": Entry("cases:advance", SERVICE, lambda _: {
        "occurred_on": "2023-03-01", "stage": "mantenimento"}, "at_work", "case"),
    "refuseCase": Entry("cases:accept", SERVICE, lambda _: {
        "occurred_on": "2023-01-12", "reason": "altro_ambito"}, "open", "case"),
    "suspendCase": Entry("cases:suspend", MANAGER, lambda _: {
        "occurred_on": "2023-03-01", "reason": "ricovero"}, version="case"),
    "resumeCase": Entry("cases:suspend", MANAGER, _a_day("occurred_on", "2023-04-01"), "suspended", "case"),
    "reopenCase": Entry("cases:close", MANAGER, lambda _: {
        "occurred_on": "2023-12-10", "reason": "Nuovo bisogno"}, "closed", "case"),
    "adoptVersion": Entry("cases:assign", COORDINATOR, lambda scene: {
        "version": scene.newer_version, "stage": "in_monitoraggio", "occurred_on": "2023-03-01"}, version="case"),
    "correctMilestone": Entry("milestones:correct", MANAGER, lambda _: {
        "occurred_on": "2023-01-11", "reason": "Data sbagliata"}, version="case"),
    "listCasePeople": Entry("cases:read", SERVICE),
    "showCasePerson": Entry("cases:read", SERVICE),
    "joinCase": Entry("teams:compose", MANAGER, lambda scene: {
        "person_id": scene.newcomer_id, "role": "member", "from_on": "2023-03-01"}, "of_household", "case"),
    "leaveCase": Entry("teams:compose", MANAGER, _a_day("to_on", "2023-03-01"), "of_household", "case"),
    "listLinkedCases": Entry("cases:read", SERVICE),
    "listCircumstances": Entry("cases:read", SERVICE, needs=("circumstance_id",)),
    "showCircumstance": Entry("cases:read", SERVICE),
    "recordCircumstance": Entry("circumstances:record", SERVICE, lambda _: {
        "kind": "date", "code": "pad_signed", "from_on": "2023-01-11", "arrived_on": "2023-01-12"}),
    "endCircumstance": Entry("circumstances:record", SERVICE, _a_day("to_on", "2023-04-01")),
    "withdrawCircumstance": Entry("circumstances:record", SERVICE, lambda _: {"reason": "Registrata per errore"}),
    "showTimeline": Entry("cases:read", SERVICE),
    "listTransfers": Entry("cases:read", SERVICE),
    "showTransfer": Entry("cases:read", SERVICE),
    "offerTransfer": Entry("cases:transfer", COORDINATOR, lambda scene: {
        "to_service_id": scene.world.other_service, "occurred_on": today().isoformat(), "reason": "Cambio di residenza"},
        version="case"),
    "acceptTransfer": Entry("cases:transfer", COORDINATOR, _a_day("occurred_on", "2023-03-02"), "offered", "case"),
    "refuseTransfer": Entry("cases:transfer", COORDINATOR, lambda _: {
        "occurred_on": "2023-03-02", "reason": "Senza posto"}, "offered", "case"),
    "withdrawTransfer": Entry("cases:transfer", COORDINATOR, lambda _: {
        "occurred_on": today().isoformat(), "reason": "Ripensamento"}, version="case", needs=("transfer_id",)),
    "startCase": Entry("cases:start", MANAGER, _a_day("occurred_on", "2023-02-10"), "signed", "case"),
    "closeCase": Entry("cases:close", MANAGER, lambda scene: {
        "occurred_on": "2023-12-01", "outcome": "obiettivi_raggiunti", "goal_outcomes": scene.goal_ends}, version="case"),
    # What is due
    "listDeadlines": Entry("cases:read", SERVICE),
    "showWorklist": Entry("cases:read", MANAGER, needs=("case",)),
    "listCalendarFeeds": Entry("cases:read", MANAGER, needs=("feed_id",)),
    "showCalendarFeed": Entry("cases:read", MANAGER),
    "openCalendarFeed": Entry("cases:read", MANAGER, lambda _: {}),
    "revokeCalendarFeed": Entry("cases:read", MANAGER, lambda _: {}),
    "readCalendar": Entry(PUBLIC, MANAGER),
    # The team
    "showTeam": Entry("cases:read", SERVICE),
    "showMember": Entry("cases:read", SERVICE),
    "joinTeam": Entry("teams:compose", COORDINATOR, lambda scene: {
        "user_id": str(scene.user_id), "organisation_id": scene.organisation_id, "role": "psychologist",
        "component": "psychological", "from_on": "2023-02-01"}),
    "leaveTeam": Entry("teams:compose", COORDINATOR, _a_day("to_on", "2023-03-01")),
    "withdrawMember": Entry("teams:compose", COORDINATOR, lambda _: {"reason": "Registrato per errore"}),
    "listCaseloads": Entry("caseloads:read", COORDINATOR, needs=("case",)),
    # Meetings and involvements
    "listMeetings": Entry("cases:read", SERVICE, needs=("meeting_id",)),
    "showMeeting": Entry("cases:read", SERVICE),
    "recordMeeting": Entry("meetings:record", SERVICE, a_meeting),
    "changeMeeting": Entry("meetings:record", SERVICE, lambda _: {"place": "Altrove"}, version="meeting"),
    "closeMeeting": Entry("meetings:record", SERVICE, _a_day("closed_on", "2023-03-02"), version="meeting"),
    "withdrawMeeting": Entry("meetings:record", SERVICE, lambda _: {"reason": "Registrato per errore"}),
    "listBodyInvolvements": Entry("cases:read", SERVICE, needs=("body_involvement_id",)),
    "showBodyInvolvement": Entry("cases:read", SERVICE),
    "declareBodyInvolvement": Entry("involvements:declare", SERVICE, an_involvement_of_a_body),
    "withdrawBodyInvolvement": Entry("involvements:declare", SERVICE, lambda _: {"reason": "Registrato per errore"}),
    "listFamilyInvolvements": Entry("cases:read", SERVICE, needs=("family_involvement_id",)),
    "showFamilyInvolvement": Entry("cases:read", SERVICE),
    "declareFamilyInvolvement": Entry("involvements:declare", SERVICE, lambda _: an_involvement(kind="involved")),
    "withdrawFamilyInvolvement": Entry("involvements:declare", SERVICE, lambda _: {"reason": "Registrato per errore"}),
    # Assessments and projects
    "listAssessments": Entry("cases:read", SERVICE),
    "showAssessment": Entry("cases:read", SERVICE),
    "recordAssessment": Entry("assessments:record", SERVICE, lambda scene: {
        "occurred_on": "2023-01-20", "setting": "EM", "areas": _areas(scene)}, "to_assess"),
    "listAnalyses": Entry("cases:read", SERVICE),
    "showAnalysis": Entry("cases:read", SERVICE),
    "analyseCase": Entry("assessments:record", SERVICE, lambda _: {
        "occurred_on": "2023-01-16", "outcome": "lavoro"}, "convened"),
    "correctAnalysis": Entry("assessments:record", SERVICE, lambda _: {
        "outcome": "lavoro", "reason": "Esito sbagliato"}, "to_assess"),
    "correctAssessment": Entry("assessments:record", SERVICE, lambda scene: {
        "occurred_on": "2023-01-20", "setting": "EVM", "areas": _areas(scene), "reason": "Sede sbagliata"}, "assessed"),
    "withdrawAssessment": Entry(
        "assessments:record", SERVICE, lambda _: {"reason": "Registrata per errore"}, "assessed"
    ),
    "listInstruments": Entry("programmes:read", SERVICE),
    "showInstrument": Entry("programmes:read", SERVICE, path={"code": "katz_adl"}),
    "listInstrumentResults": Entry("cases:read", SERVICE, needs=("result_id",)),
    "showInstrumentResult": Entry("cases:read", SERVICE),
    "recordInstrumentResult": Entry("assessments:record", SERVICE, lambda _: a_result("2023-02-12", 0)),
    "withdrawInstrumentResult": Entry("assessments:record", SERVICE, lambda _: {"reason": "Registrato per errore"}),
    "listInstrumentChanges": Entry("cases:read", SERVICE, needs=("change",)),
    "listComplexities": Entry("cases:read", SERVICE, needs=("complexity_id",)),
    "showComplexity": Entry("cases:read", SERVICE),
    "declareComplexity": Entry("assessments:record", MANAGER, lambda _: a_complexity("2023-02-12")),
    "withdrawComplexity": Entry("assessments:record", MANAGER, lambda _: {"reason": "Registrata per errore"}),
    # Calls and rankings
    "listCalls": Entry("calls:read", SERVICE, needs=("call_id",)),
    "showCall": Entry("calls:read", SERVICE),
    "openCall": Entry("calls:open", COORDINATOR, a_call),
    "listApplications": Entry("cases:read", SERVICE, needs=("application_id",)),
    "showApplication": Entry("cases:read", SERVICE),
    "recordApplication": Entry("applications:record", SERVICE, an_application),
    "withdrawApplication": Entry("applications:record", SERVICE, lambda _: {"reason": "Rinuncia"}),
    "listRankings": Entry("calls:read", SERVICE, needs=("ranking_id",)),
    "showRanking": Entry("calls:read", SERVICE),
    "freezeRanking": Entry(
        "rankings:freeze", COORDINATOR, lambda _: {"act": f"Determina {next(serial)}/2023"}, needs=("application_id",)
    ),
    "listProjects": Entry("cases:read", SERVICE),
    "showProject": Entry("cases:read", SERVICE, path=NUMBER),
    "showDocument": Entry("cases:read", SERVICE, stage="drafted", path=NUMBER),
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
    "refuseSignature": Entry("projects:sign", MANAGER, lambda _: {
        "signer": "person", "refused_on": "2023-02-01", "reason": "Non è d'accordo"}, "approved", "project", path=NUMBER),
    "withdrawSignature": Entry("projects:sign", MANAGER, lambda _: {
        "reason": "Registrata per errore"}, "approved", "project", path=NUMBER, needs=("signature_id",)),
    "revokeProject": Entry("projects:draft", SERVICE, lambda _: {
        "revoked_on": "2023-01-26", "reason": "Da rifare"}, "drafted", "project", path=NUMBER),
    "showDifferences": Entry("cases:read", SERVICE, path=NUMBER, query="?with=1"),
    # The diary
    "listConvocations": Entry("cases:read", SERVICE),
    "showConvocation": Entry("cases:read", SERVICE),
    "conveneCase": Entry("interventions:record", SERVICE, lambda _: {
        "occurred_on": "2023-02-12", "appointment_on": "2023-02-20"}),
    "recordConvocationOutcome": Entry("interventions:record", SERVICE, lambda _: {
        "occurred_on": "2023-02-20", "outcome": "attended"}),
    "withdrawConvocationOutcome": Entry("interventions:record", SERVICE, lambda _: MISTAKE, needs=("outcome_known",)),
    "listInterventions": Entry("cases:read", SERVICE, needs=("intervention_id",)),
    "showIntervention": Entry("cases:read", SERVICE),
    "recordIntervention": Entry("interventions:record", SERVICE, lambda scene: {
        "kind": "colloquio", "occurred_on": "2023-02-11", "minutes": 30, "organisation_id": scene.organisation_id}),
    "recordInterventions": Entry("interventions:record", SERVICE, lambda scene: {"items": [
        {"kind": "colloquio", "occurred_on": "2023-02-11", "minutes": 30, "organisation_id": scene.organisation_id}] * 3}),
    "correctIntervention": Entry("interventions:record", SERVICE, lambda scene: {**MISTAKE, "replacement": {
        "kind": "visita", "occurred_on": "2023-02-11", "minutes": 30, "organisation_id": scene.organisation_id}}),
    "listPathways": Entry("cases:read", SERVICE, needs=("pathway_id",)),
    "showPathway": Entry("cases:read", SERVICE),
    "startPathway": Entry(
        "pathways:record", SERVICE, lambda _: {"kind": "formativo", "from_on": "2023-02-12"}
    ),
    "endPathway": Entry("pathways:record", SERVICE, lambda _: {
        "ended_on": "2023-03-01", "end_code": "completed"}),
    # Files
    "listFiles": Entry("cases:read", SERVICE, needs=("file_id",)),
    "showFile": Entry("cases:read", SERVICE),
    "describeFile": Entry("files:keep", SERVICE, lambda _: {
        "file_name": "verbale.pdf", "kind": "minutes", "media_type": "application/pdf", "size": len(PDF),
        "sha256": sha256(PDF).hexdigest(), "right": "case", "occurred_on": "2023-02-01"}),
    "storeContent": Entry("files:keep", SERVICE, lambda _: PDF),
    "showContent": Entry("cases:read", SERVICE, needs=("content",)),
    "withdrawFile": Entry("files:keep", COORDINATOR, lambda _: {"reason": "Di un'altra persona"}),
    "reopenPathway": Entry("pathways:record", SERVICE, lambda _: MISTAKE, needs=("pathway_ended",)),
    "withdrawPathway": Entry("pathways:record", SERVICE, lambda _: MISTAKE),
    "listPresentations": Entry("cases:read", SERVICE, needs=("presentation_id",)),
    "showPresentation": Entry("cases:read", SERVICE),
    "recordPresentation": Entry("interventions:record", SERVICE, lambda scene: {
        "person_id": scene.person_id, "office": "patronato", "occurred_on": (day := scene.free_day), "arrived_on": day}),
    "reportPresentation": Entry("interventions:record", SERVICE, lambda _: {"gepi_recorded_on": "2023-02-20"}),
    "withdrawPresentation": Entry("interventions:record", SERVICE, lambda _: MISTAKE),
    "listDischarges": Entry("cases:read", SERVICE, needs=("discharge_id",)),
    "showDischarge": Entry("cases:read", SERVICE),
    "recordDischarge": Entry("interventions:record", SERVICE, lambda scene: {
        "hospital_id": scene.world.asst, "discharged_on": "2023-03-01", "destination": "appartamento",
        "is_carried_out": True}),
    "withdrawDischarge": Entry("interventions:record", SERVICE, lambda _: MISTAKE),
    # Work
    "listPlacements": Entry("cases:read", SERVICE, needs=("placement_id",)),
    "showPlacement": Entry("cases:read", SERVICE),
    "planPlacement": Entry("placements:record", SERVICE, lambda scene: a_placement(scene.world)),
    "activatePlacement": Entry("placements:record", SERVICE, lambda _: ACTIVATION),
    "endPlacement": Entry("placements:record", SERVICE, lambda _: {
        "ended_on": "2023-06-30", "end_code": "concluso"}, needs=("active_placement",)),
    "withdrawPlacement": Entry("placements:record", SERVICE, lambda _: MISTAKE),
    "listAttendances": Entry("cases:read", SERVICE, needs=("attendance_id",)),
    "showAttendance": Entry("cases:read", SERVICE),
    "recordAttendance": Entry("placements:record", SERVICE, lambda scene: {
        "month": scene.free_month, "hours_planned": "80", "hours_done": "76.5"}, needs=("active_placement",)),
    "withdrawAttendance": Entry("placements:record", SERVICE, lambda _: MISTAKE),
    "listHires": Entry("cases:read", SERVICE, needs=("hire_id",)),
    "showHire": Entry("cases:read", SERVICE),
    "recordHire": Entry("placements:record", SERVICE, lambda scene: {
        "employer_id": scene.world.cooperative, "contract": "determinato", "weekly_hours": "20", "from_on": "2023-05-02"}),
    "withdrawHire": Entry("placements:record", SERVICE, lambda _: MISTAKE),
    # Housing
    "listDwellings": Entry("dwellings:read", SERVICE, needs=("dwelling_id",)),
    "showDwelling": Entry("dwellings:read", SERVICE),
    "registerDwelling": Entry("dwellings:register", COORDINATOR, lambda scene: a_dwelling(scene.world)),
    "closeDwelling": Entry("dwellings:register", COORDINATOR, _a_day("to_on", "2024-01-01")),
    "listStays": Entry("cases:read", SERVICE),
    "showStay": Entry("cases:read", SERVICE),
    "beginStay": Entry("stays:record", SERVICE, lambda scene: {
        "dwelling_id": scene.dwelling_id, "kind": "cohousing", "from_on": (day := scene.free_day),
        "to_on": days_after(day, 1)}),
    "endStay": Entry("stays:record", SERVICE, _a_day("to_on", "2023-09-01")),
    "withdrawStay": Entry("stays:record", SERVICE, lambda _: MISTAKE),
    # Outcomes
    "listEvaluations": Entry("cases:read", SERVICE, needs=("evaluation_id",)),
    "showEvaluation": Entry("cases:read", SERVICE),
    "recordEvaluation": Entry("outcomes:record", SERVICE, lambda _: {
        "judge": "operators", "scale": "likert_5", "value": 4, "occurred_on": "2023-11-01"}),
    "withdrawEvaluation": Entry("outcomes:record", SERVICE, lambda _: {"reason": "Era di un altro caso"}),
    "showJudgement": Entry("cases:read", SERVICE, needs=("evaluation_id",)),
    "listGoalOutcomes": Entry("cases:read", SERVICE),
    "showGoalOutcome": Entry("cases:read", SERVICE),
    "recordGoalOutcome": Entry("outcomes:record", SERVICE, lambda scene: {
        "goal_id": scene.goal_id, "status": "reached", "gas_level": 1, "occurred_on": "2023-11-01"}),
    "withdrawGoalOutcome": Entry("outcomes:record", SERVICE, lambda _: {"reason": "Era un altro obiettivo"}),
    "recordFamilyReturn": Entry("outcomes:record", SERVICE, _a_day("returned_on", "2023-06-01")),
    "listChecks": Entry("cases:read", SERVICE, needs=("check_id",)),
    "showCheck": Entry("cases:read", SERVICE),
    "recordCheck": Entry("outcomes:record", SERVICE, lambda scene: {
        "status": "held", "held_on": days_after("2023-03-02", next(serial) % 500),
        "participants": [{"component": "school"}], "progress": [{"goal_id": scene.goal_id, "rating": 0}]}),
    "withdrawCheck": Entry("outcomes:record", SERVICE, lambda _: {"reason": "Registrata due volte"}),
    "listFollowUps": Entry("cases:read", SERVICE, needs=("follow_up_id",)),
    "showFollowUp": Entry("cases:read", SERVICE),
    "recordFollowUp": Entry("outcomes:record", SERVICE, lambda _: {
        "months_after": 6, "occurred_on": "2024-06-03", "status": "untraceable"}, "closed"),
    "withdrawFollowUp": Entry("outcomes:record", SERVICE, lambda _: {"reason": "Registrata due volte"}),
    "listJobOutcomes": Entry("cases:read", SERVICE, needs=("job_outcome_id",)),
    "showJobOutcome": Entry("cases:read", SERVICE),
    "recordJobOutcome": Entry("outcomes:record", SERVICE, lambda _: A_JOB),
    "withdrawJobOutcome": Entry("outcomes:record", SERVICE, lambda _: {"reason": "Era di un'altra persona"}),
    "listSchoolStatuses": Entry("cases:read", SERVICE, needs=("school_status_id",)),
    "showSchoolStatus": Entry("cases:read", SERVICE),
    "recordSchoolStatus": Entry("outcomes:record", SERVICE, lambda _: {
        "status": "qualified", "observed_on": "2023-06-01"}),
    "withdrawSchoolStatus": Entry("outcomes:record", SERVICE, lambda _: {"reason": "Era di un'altra persona"}),
    "showCompleteness": Entry("cases:read", SERVICE),
    "listFamilyExits": Entry("cases:read", SERVICE, needs=("exit_id",)),
    "showFamilyExit": Entry("cases:read", SERVICE),
    "recordFamilyExit": Entry("outcomes:record", SERVICE, lambda _: {
        "occurred_on": "2023-03-01", "destination": "housing_first"}),
    "withdrawFamilyExit": Entry("outcomes:record", SERVICE, lambda _: {"reason": "Registrata per errore"}),
    # Money
    "listFunds": Entry("funds:read", ACCOUNTING, needs=("fund_id",)),
    "showFund": Entry("funds:read", ACCOUNTING),
    "openFund": Entry("funds:open", ACCOUNTING, lambda _: {"code": f"F{next(serial)}", "name": "Fondo nuovo"}),
    "listFundCatalogue": Entry("funds:read", ACCOUNTING),
    "listAllocations": Entry("funds:read", ACCOUNTING, needs=("allocation_id",)),
    "showAllocation": Entry("funds:read", ACCOUNTING),
    "listAllocationLines": Entry("funds:read", ACCOUNTING, needs=("line_id",)),
    "allocateFund": Entry("funds:open", ACCOUNTING, lambda _: {"year": 2024, **an_entry("100.00")}, key=True),
    "listAllocationChanges": Entry("funds:read", ACCOUNTING, needs=("change_id",)),
    "showAllocationChange": Entry("funds:read", ACCOUNTING),
    "changeAllocation": Entry("funds:open", ACCOUNTING, lambda _: {"kind": "cut", **an_entry("1.00")}, key=True),
    "listAllocationEntries": Entry("funds:read", ACCOUNTING, needs=("commitment_id",)),
    "listLines": Entry("cases:read", SERVICE, needs=("line_id",)),
    "showLine": Entry("cases:read", SERVICE),
    "addLine": Entry("budget:build", SERVICE, lambda _: {
        "resource_kind": "human", "source": "family", "description": "Tempo della sorella", "cost": euros("10.00")},
        key=True),
    "listParticipations": Entry("cases:read", SERVICE, needs=("participation_id",)),
    "showParticipation": Entry("cases:read", SERVICE),
    "recordParticipation": Entry("budget:build", SERVICE, lambda _: {
        "who": "family", "contributed": True, "occurred_on": "2023-03-01"}),
    "withdrawLine": Entry("budget:build", SERVICE, lambda _: {"reason": "Registrata per errore"}),
    "listEntries": Entry("cases:read", SERVICE, needs=("commitment_id",)),
    "showEntry": Entry("funds:read", ACCOUNTING),
    "commitMoney": Entry(
        "ledger:commit", ACCOUNTING, lambda scene: {"line_id": scene.line_id, **an_entry("10.00")}, key=True
    ),
    "liquidateMoney": Entry(
        "ledger:liquidate", SPENDING, lambda scene: {"commitment_id": scene.commitment_id, **an_entry("10.00")}, key=True
    ),
    "payMoney": Entry(
        "ledger:pay", ACCOUNTING, lambda scene: {"liquidation_id": scene.liquidation_id, **an_entry("10.00")}, key=True
    ),
    "reverseEntry": Entry(
        "ledger:reverse", ACCOUNTING, lambda scene: {"entry_id": scene.commitment_id, **an_entry("10.00")}, key=True
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
    # Reporting to a fund
    "showAllocationSummary": Entry("funds:read", ACCOUNTING, needs=("line_id",)),
    "listStatements": Entry("funds:read", SPENDING, needs=("statement_id",)),
    "showStatement": Entry("funds:read", SPENDING),
    "showStatementDocument": Entry("funds:read", SPENDING),
    "prepareStatement": Entry("statements:prepare", ACCOUNTING, lambda _: {"to_on": "2023-04-30"}),
    "approveStatement": Entry("statements:approve", SPENDING, lambda _: {"act": "Determina 30 del 2023"}),
    # The budget as a whole, costs that several bear, accounts
    "shareCost": Entry("budget:build", SERVICE, lambda _: {
        "resource_kind": "human", "description": "Educatore", "cost": euros("10.00"), "shares": HALVES}, key=True),
    "showSharedCost": Entry("cases:read", SERVICE),
    "showBudget": Entry("cases:read", SERVICE, needs=("account_id",)),
    "showBudgetDifferences": Entry("cases:read", SERVICE, query="?from=1&to=1"),
    "listExpenseAccounts": Entry("cases:read", SERVICE, needs=("account_id",)),
    "showExpenseAccount": Entry("cases:read", SERVICE),
    "recordExpenseAccount": Entry("budget:build", SERVICE, lambda scene: an_account(scene.managed_line_id)),
    "withdrawExpenseAccount": Entry("budget:build", SERVICE, mistake),
}  # fmt: skip
