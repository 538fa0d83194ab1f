"""What a request asks of the database: a budget of statements for each route, and no statement for each row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from service.types import today
from tests.fences.requests import ENTRIES, PUBLIC, prepare, send
from tests.fences.scenes import Scene, a_call, a_complexity, an_application, an_entry, euros, serial
from tests.world import Client, World, ok

BUDGET = {
    # Who asks, what, and the log: three statements are the least of a read that shows a person. What moves money or
    # carries a key asks three more; a project has its lists inside; all the indicators of a plan are one statement.
    "acceptCase": 9, "acceptTransfer": 19, "activatePlacement": 10, "addIdentifier": 10, "addLine": 12,
    "adoptVersion": 11, "advanceCase": 8, "allocateFund": 9, "analyseCase": 11, "appointGuardian": 10,
    "approveProject": 38, "approveStatement": 6, "assignCase": 15, "beginStay": 10, "changeAllocation": 8,
    "changeDraft": 13, "changeMeeting": 14, "closeCase": 18, "closeDwelling": 6, "closeMeeting": 11, "commitMoney": 9,
    "conveneCase": 11, "correctAnalysis": 12, "correctAssessment": 14, "correctContact": 8, "correctIdentifier": 12,
    "correctIntervention": 12, "correctMilestone": 13, "correctPerson": 14, "createTokens": 5,
    "declareBodyInvolvement": 9, "declareComplexity": 10, "declareFamilyInvolvement": 9, "describeFile": 8,
    "designateUser": 7, "draftProject": 19, "endCircumstance": 9, "endGuardian": 11, "endIdentifier": 11,
    "endPathway": 11, "endPlacement": 10, "endStay": 9, "endTokens": 3, "findDesks": 3, "flagOrganisation": 5,
    "formHousehold": 8, "freezeRanking": 11, "freezeValues": 12, "introducePerson": 11, "joinCase": 14,
    "joinHousehold": 8, "joinTeam": 12, "leaveCase": 14, "leaveHousehold": 10, "leaveTeam": 10, "liftProtection": 11,
    "liquidateMoney": 9, "listAllocationChanges": 3, "listAllocationEntries": 4, "listAllocationLines": 4,
    "listAllocations": 3, "listAnalyses": 4, "listApplications": 4, "listAssessments": 6, "listAttendances": 5,
    "listBodyInvolvements": 4, "listCalendarFeeds": 3, "listCalls": 2, "listCaseloads": 3, "listCasePeople": 4,
    "listCases": 3, "listChecks": 6, "listCircumstances": 4, "listComplexities": 4, "listContacts": 3,
    "listConvocations": 4, "listDeadlines": 11, "listDischarges": 4, "listDwellings": 3, "listEntries": 4,
    "listEvaluations": 4, "listEvents": 4, "listExpenseAccounts": 4, "listFamilyExits": 4, "listFamilyInvolvements": 4,
    "listFiles": 4, "listFollowUps": 7, "listFundCatalogue": 1, "listFunds": 2, "listGoalOutcomes": 6,
    "listGuardians": 4, "listHires": 4, "listHouseholds": 5, "listIdentifiers": 4, "listInstrumentChanges": 5,
    "listInstrumentResults": 4, "listInstruments": 2, "listInterventions": 5, "listJobOutcomes": 4, "listLines": 6,
    "listLinkedCases": 5, "listMeetings": 5, "listMilestones": 4, "listOrganisationFlags": 3, "listOrganisations": 2,
    "listParticipations": 4, "listPathways": 4, "listPlacements": 4, "listPlans": 2, "listPresentations": 4,
    "listProgrammes": 2, "listProjects": 9, "listProtections": 4, "listRankings": 3, "listResidences": 4,
    "listSchoolStatuses": 4, "listSnapshots": 4, "listStatements": 3, "listStays": 4, "listTransfers": 4,
    "listUsers": 4, "listValues": 7, "mergePeople": 9, "offerTransfer": 13, "openCalendarFeed": 4, "openCall": 5,
    "openCase": 15, "openFund": 4, "payMoney": 9, "planPlacement": 10, "prepareStatement": 12, "protectPerson": 11,
    "readCalendar": 10, "recordApplication": 9, "recordAssessment": 14, "recordAttendance": 10, "recordCheck": 16,
    "recordCircumstance": 10, "recordContact": 6, "recordConvocationOutcome": 11, "recordDischarge": 9,
    "recordEvaluation": 11, "recordExpenseAccount": 10, "recordFamilyExit": 9, "recordFamilyReturn": 11,
    "recordFollowUp": 10, "recordGoalOutcome": 10, "recordHire": 9, "recordInstrumentResult": 10,
    "recordIntervention": 10, "recordInterventions": 10, "recordJobOutcome": 9, "recordMeeting": 13,
    "recordParticipation": 9, "recordPresentation": 9, "recordResidence": 10, "recordSchoolStatus": 9,
    "refreshTokens": 3, "refuseCase": 10, "refuseSignature": 17, "refuseTransfer": 11, "registerDwelling": 5,
    "registerOrganisation": 4, "registerPerson": 10, "reopenCase": 12, "reopenPathway": 10, "reportPresentation": 9,
    "resumeCase": 12, "reverseEntry": 9, "revokeCalendarFeed": 5, "revokeProject": 16, "searchPeople": 5,
    "shareCost": 12, "showAllocation": 2, "showAllocationChange": 2, "showAllocationSummary": 4, "showAnalysis": 4,
    "showApplication": 4, "showAssessment": 6, "showAttendance": 5, "showBodyInvolvement": 4, "showBudget": 8,
    "showBudgetDifferences": 5, "showCalendarFeed": 3, "showCall": 2, "showCase": 3, "showCasePerson": 4,
    "showCheck": 6, "showCheckpoint": 3, "showCircumstance": 4, "showCompleteness": 5, "showComplexity": 4,
    "showContact": 3, "showContent": 4, "showConvocation": 4, "showDifferences": 9, "showDischarge": 4,
    "showDocument": 24, "showDwelling": 3, "showEntry": 3, "showEvaluation": 4, "showExpenseAccount": 4,
    "showFamilyExit": 4, "showFamilyInvolvement": 4, "showFile": 4, "showFollowUp": 5, "showFund": 2,
    "showGoalOutcome": 4, "showGuardian": 4, "showHire": 4, "showHousehold": 4, "showIdentifier": 4,
    "showInstrument": 2, "showInstrumentResult": 4, "showIntervention": 5, "showJobOutcome": 4, "showJudgement": 6,
    "showLine": 6, "showMe": 4, "showMeeting": 5, "showMember": 4, "showMerge": 3, "showOrganisation": 2,
    "showOrganisationFlag": 2, "showParticipation": 4, "showPathway": 4, "showPerson": 6, "showPlacement": 4,
    "showPlan": 4, "showPresentation": 4, "showProgramme": 2, "showProject": 9, "showProtection": 4, "showRanking": 4,
    "showResidence": 4, "showSchoolStatus": 4, "showSharedCost": 6, "showSnapshot": 5, "showStatement": 2,
    "showStatementDocument": 3, "showStatus": 1, "showStay": 4, "showTeam": 4, "showTimeline": 4, "showTransfer": 4,
    "showUser": 4, "showValue": 7, "showWorklist": 13, "signProject": 20, "startCase": 10, "startPathway": 9,
    "storeContent": 10, "suspendCase": 12, "undoMerge": 11, "withdrawApplication": 9, "withdrawAssessment": 14,
    "withdrawAttendance": 12, "withdrawBodyInvolvement": 9, "withdrawCheck": 14, "withdrawCircumstance": 10,
    "withdrawComplexity": 10, "withdrawContact": 6, "withdrawConvocationOutcome": 11, "withdrawDischarge": 9,
    "withdrawEvaluation": 12, "withdrawExpenseAccount": 9, "withdrawFamilyExit": 9, "withdrawFamilyInvolvement": 9,
    "withdrawFile": 10, "withdrawFollowUp": 10, "withdrawGoalOutcome": 9, "withdrawGuardian": 11, "withdrawHire": 9,
    "withdrawHouseholdMember": 10, "withdrawIdentifier": 11, "withdrawInstrumentResult": 9, "withdrawJobOutcome": 9,
    "withdrawLine": 10, "withdrawMeeting": 10, "withdrawMember": 10, "withdrawOrganisationFlag": 5,
    "withdrawPathway": 10, "withdrawPlacement": 13, "withdrawPresentation": 9, "withdrawResidence": 11,
    "withdrawSchoolStatus": 9, "withdrawSignature": 18, "withdrawStay": 9, "withdrawTransfer": 12,
}  # fmt: skip
"""operationId -> the most statements that a valid request may send, without BEGIN and COMMIT."""


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)


def statements(scene: Scene, operation: str, instead: dict[str, Any] | None = None) -> int:
    """How many statements a valid request of the operation sends; `instead` changes its body."""
    entry = ENTRIES[operation]
    client = Client(scene.world.app) if entry.permission == PUBLIC else scene.client(entry.by)
    client = scene.world.user(entry.by) if operation == "endTokens" else client
    request = prepare(scene, operation)
    request = (
        request
        if instead is None
        else type(request)(request.method, request.path, request.body | instead, request.headers)
    )
    with counted(scene.world) as sent:
        answer = request.by(client)
    assert answer.status_code < 300, answer.get_json()
    return len(sent)


def test_every_operation_has_a_budget() -> None:
    assert BUDGET.keys() == ENTRIES.keys()


@pytest.mark.parametrize("operation", sorted(BUDGET))
def test_a_request_stays_within_its_budget_of_statements(
    house: World, scenes: Callable[[str], Scene], operation: str
) -> None:
    entry = ENTRIES[operation]
    scene = Scene(house, entry.stage) if entry.body else scenes(entry.stage)
    assert statements(scene, operation) <= BUDGET[operation]


def _again(operation: str) -> Callable[[Scene], Any]:
    return lambda scene: ok(send(scene, operation))


def _colleague(scene: Scene) -> None:
    scene.join(scene.world.user("team_member"), "educator")


def _another_case(scene: Scene) -> None:
    scene.world.open()


def _another_year(scene: Scene) -> None:
    body = {"year": 2025 + next(serial) % 70, **an_entry("1.00")}
    ok(scene.client("accounting_officer").post(f"/funds/{scene.fund_id}/allocations", body, key=f"anno-{next(serial)}"))


def _another_line(scene: Scene) -> None:
    body = {"resource_kind": "human", "source": "fund", "allocation_id": scene.allocation_id, "description": "Ore",
            "cost": euros("1.00")}  # fmt: skip
    ok(scene.client("coordinator").post(f"/cases/{scene.case_id}/budget/lines", body, key=f"riga-{next(serial)}"))


def _a_date(scene: Scene) -> None:
    body = {"kind": "date", "code": "dsu_filed", "from_on": "2023-02-01"}
    ok(scene.client("coordinator").post(f"/cases/{scene.case_id}/circumstances", body))


def _a_newcomer(scene: Scene) -> None:
    """One more of a household: written behind the service's back, since the case of the scene is of one person."""
    scene.world.write(
        "INSERT INTO cases.case_people (id, case_id, person_id, role, from_on, recorded_by) "
        "VALUES (gen_random_uuid(), :case, :person, 'member', '2023-02-01', :user)",
        case=scene.case_id, person=scene.world.person()["id"], user=scene.user_id,
    )  # fmt: skip


def _a_case_of_the_same_person(scene: Scene) -> None:
    scene.world.open(person_id=scene.person_id)


def _an_offer_taken_back(scene: Scene) -> None:
    coordinator, here = scene.client("coordinator"), f"/cases/{scene.case_id}/transfers"
    offer = {"to_service_id": scene.world.other_service, "occurred_on": today().isoformat(), "reason": "Prova"}
    made = ok(coordinator.post(here, offer, version=scene.version("case")))["id"]
    reason = {"occurred_on": today().isoformat(), "reason": "Prova"}
    ok(coordinator.post(f"{here}/{made}/withdrawal", reason, version=scene.version("case")))


def _an_analysis(scene: Scene) -> None:
    """One more analysis of a case: written behind the service's back, since a case is analysed once in a while."""
    scene.world.write(
        "INSERT INTO cases.preliminary_analyses (id, case_id, occurred_on, outcome, recorded_by) "
        "VALUES (gen_random_uuid(), :case, '2023-01-16', 'lavoro', :user)",
        case=scene.case_id, user=scene.user_id,
    )  # fmt: skip


def _another_protection(scene: Scene) -> None:
    scene.protection_id  # noqa: B018 - the one that is lifted first
    ok(send(scene, "liftProtection"))
    ok(send(scene, "protectPerson"))


def _a_month(scene: Scene) -> None:
    ok(send(scene, "recordAttendance"))


def _another_day(scene: Scene) -> None:
    day = f"2023-03-{1 + len(ok(send(scene, 'listComplexities'))['items']):02d}"
    ok(scene.client("case_manager").post(f"/cases/{scene.case_id}/complexities", a_complexity(day)))


def _another_call(scene: Scene) -> None:
    call = ok(scene.client("coordinator").post("/calls", a_call(scene)))["id"]
    ok(
        scene.client("case_manager").post(
            f"/cases/{scene.case_id}/applications", an_application(scene) | {"call_id": call}
        )
    )


def _a_follow_up(scene: Scene) -> None:
    """One more observation: written behind the service's back, since the case goes on."""
    scene.world.write(
        "INSERT INTO cases.follow_ups (id, case_id, ended_on, months_after, occurred_on, status, recorded_by) "
        "VALUES (gen_random_uuid(), :case, '2023-12-01', 6, '2024-06-03', 'refused', :user)",
        case=scene.case_id, user=scene.user_id,
    )  # fmt: skip


MORE = {
    "listInstrumentResults": _again("recordInstrumentResult"), "listComplexities": _another_day,
    "listCalls": _again("openCall"), "listApplications": _another_call, "listRankings": _again("freezeRanking"),
    "listOrganisations": _again("registerOrganisation"), "listUsers": lambda scene: scene.world.user("team_member"),
    "listIdentifiers": _again("addIdentifier"), "listResidences": _again("recordResidence"),
    "listProtections": _another_protection, "listHouseholds": _again("formHousehold"),
    "listGuardians": _again("appointGuardian"), "listContacts": _again("recordContact"),
    "searchPeople": _another_case, "listCases": _another_case, "showTeam": _colleague,
    "listCircumstances": _a_date, "listCasePeople": _a_newcomer, "listLinkedCases": _a_case_of_the_same_person,
    "listTransfers": _an_offer_taken_back,
    "listDeadlines": _a_date, "showWorklist": lambda scene: scene.world.started(),
    "listCalendarFeeds": _again("openCalendarFeed"),
    "listConvocations": _again("conveneCase"), "listAnalyses": _an_analysis,
    "listInterventions": _again("recordIntervention"), "listPathways": _again("startPathway"),
    "listFiles": _again("describeFile"),
    "listEvaluations": _again("recordEvaluation"), "listMilestones": _again("recordEvaluation"),
    "listMeetings": _again("recordMeeting"), "listBodyInvolvements": _again("declareBodyInvolvement"),
    "listFamilyInvolvements": _again("declareFamilyInvolvement"),
    "listChecks": _again("recordCheck"), "listFollowUps": _a_follow_up,
    "listJobOutcomes": _again("recordJobOutcome"), "listSchoolStatuses": _again("recordSchoolStatus"),
    "listFamilyExits": _again("recordFamilyExit"), "listParticipations": _again("recordParticipation"),
    "listFunds": _again("openFund"), "listAllocations": _another_year, "listLines": _another_line,
    "listAllocationLines": _another_line, "listAllocationChanges": _again("changeAllocation"),
    "listAllocationEntries": _again("commitMoney"), "listEntries": _again("commitMoney"), "listEvents": _again("showMe"),
    "listOrganisationFlags": _again("flagOrganisation"), "listPresentations": _again("recordPresentation"),
    "listDischarges": _again("recordDischarge"), "listPlacements": _again("planPlacement"), "listAttendances": _a_month,
    "listHires": _again("recordHire"), "listDwellings": _again("registerDwelling"), "listStays": _again("beginStay"),
    "listStatements": _again("prepareStatement"),
    "listExpenseAccounts": _again("recordExpenseAccount"),
}  # fmt: skip
"""List -> what adds a row to it."""
UNGROWN = {
    "listFundCatalogue": "shipped",
    "listInstruments": "definitions, shipped", "listInstrumentChanges": "one for each instrument, proved in its room",
    "listProgrammes": "definitions, shipped", "listPlans": "plans, shipped", "listValues": "a plan's, in one statement",
    "listSnapshots": "a plan has six at most", "listAssessments": "grows with the areas of one, below",
    "listProjects": "grows with the content of one, below", "listCaseloads": "one statement, proved below",
    "listGoalOutcomes": "a goal has one: grows with the goals, below",
}  # fmt: skip


def test_every_list_is_proved_not_to_ask_row_by_row() -> None:
    lists = {name for name in ENTRIES if name.startswith("list")} | {"searchPeople", "showTeam", "showWorklist"}
    assert lists == MORE.keys() | UNGROWN.keys()


@pytest.mark.parametrize("operation", sorted(MORE))
def test_a_list_of_many_asks_as_much_as_a_list_of_few(house: World, operation: str) -> None:
    scene = Scene(house)
    for _ in range(2):
        MORE[operation](scene)
    few, few_rows = statements(scene, operation), _rows(scene, operation)
    for _ in range(18):
        MORE[operation](scene)
    assert _rows(scene, operation) > few_rows or few_rows >= 25
    assert statements(scene, operation) == few


def _rows(scene: Scene, operation: str) -> int:
    return len(ok(send(scene, operation))["items"])


def test_a_case_with_many_facts_is_read_and_moved_as_one_with_few(house: World) -> None:
    few, many = Scene(house), Scene(house)
    for operation in ("recordIntervention", "recordEvaluation", "recordFamilyExit", "recordParticipation"):
        for _ in range(20):
            ok(send(many, operation))
    for operation in ("showCase", "recordIntervention", "recordEvaluation", "addLine", "joinTeam"):
        assert (operation, statements(many, operation)) == (operation, statements(few, operation))


def test_a_project_of_many_goals_is_written_and_read_as_one_of_few(house: World) -> None:
    goal = {"life_domain": "casa", "wording": "Abitare", "in_first_person": "Voglio una casa mia"}
    support, commitment = {"kind": "educativo"}, {"who": "person", "what": "Cercare casa"}
    counts = []
    for number in (2, 20):
        scene = Scene(house, "assessed")
        content = {"goals": [goal] * number, "supports": [support] * number, "commitments": [commitment] * number}
        drafted = statements(scene, "draftProject", content)
        counts.append((drafted, statements(scene, "changeDraft", content), statements(scene, "showProject"),
                       statements(scene, "listProjects"), statements(scene, "showDocument"),
                       statements(scene, "approveProject")))  # fmt: skip
    assert counts[0] == counts[1]


def test_the_loads_of_many_managers_are_read_as_those_of_few(house: World) -> None:
    scene = Scene(house)
    few = statements(scene, "listCaseloads")
    for _ in range(5):
        manager, case = house.user("case_manager"), house.in_charge("SIL")
        house.act(case, "assignment", {"user_id": str(manager.user_id), "occurred_on": "2023-02-01"}, "coordinator")
    assert statements(scene, "listCaseloads") == few


def test_minutes_of_many_are_written_closed_and_read_as_those_of_few(house: World) -> None:
    scene, few = Scene(house), Scene(house)
    members = [{"member_id": scene.join(house.user("team_member"), "educator")} for _ in range(10)]
    guest = {"guest_name": "Ospite"}
    for operation in ("recordMeeting", "changeMeeting", "closeMeeting", "showMeeting"):
        many, one = (
            ({"attendances": [*members, *[guest] * 10]}, {"attendances": [guest]})
            if operation in ("recordMeeting", "changeMeeting")
            else (None, None)
        )
        assert (operation, statements(scene, operation, many)) == (operation, statements(few, operation, one))


def test_the_outcomes_of_many_goals_are_listed_as_that_of_one(house: World) -> None:
    counts = []
    for number in (1, 15):
        scene = Scene(house)
        goals = [
            {"life_domain": "casa", "wording": f"Abitare {place}", "in_first_person": "Voglio"}
            for place in range(number)
        ]
        scene.case = house.started(goals=goals)
        for goal in ok(send(scene, "listGoalOutcomes"))["goals"]:
            body = {"goal_id": goal["goal_id"], "status": "dropped", "occurred_on": "2023-11-01"}
            ok(scene.client("case_manager").post(f"/cases/{scene.case_id}/goal-outcomes", body))
        assert _rows(scene, "listGoalOutcomes") == number
        counts.append(statements(scene, "listGoalOutcomes"))
    assert counts[0] == counts[1]


def test_an_assessment_of_many_areas_is_read_as_many_assessments_of_one_case(house: World) -> None:
    scene = Scene(house, "to_assess")
    once = statements(scene, "recordAssessment")
    read = statements(scene, "listAssessments")
    assert all(statements(scene, "recordAssessment") <= once for _ in range(5))
    assert statements(scene, "listAssessments") == read


def test_rankings_of_many_and_changes_of_many_results_ask_as_much_as_of_few(house: World) -> None:
    scene = Scene(house, "in_charge")
    counts = []
    for number in (1, 8):
        for _ in range(number):
            other = house.in_charge()
            ok(scene.client("coordinator").post(f"/cases/{other.id}/applications", an_application(scene)))
            ok(send(scene, "recordInstrumentResult"))
        ranking = ok(send(scene, "freezeRanking"))["ranking"]["id"]
        path = f"/calls/{scene.call_id}/rankings/{ranking}"
        with counted(house) as sent:
            assert len(ok(scene.client("coordinator").get(path))["places"]) >= number
        counts.append((len(sent), statements(scene, "freezeRanking"), statements(scene, "listInstrumentChanges")))
    assert counts[0] == counts[1]


def test_a_person_with_many_codes_and_an_operator_with_many_roles_are_read_as_those_with_few(house: World) -> None:
    scene = Scene(house)
    few = statements(scene, "registerPerson", {"identifiers": [_stp()]}), statements(scene, "searchPeople")
    many = (
        statements(scene, "registerPerson", {"identifiers": [_stp() for _ in range(8)]}),
        statements(scene, "searchPeople"),
    )
    assert few == many
    one = [{"role": "team_member", "organisation_id": house.service}]
    more = [
        {"role": role, "organisation_id": house.service}
        for role in ("team_member", "dpo", "coordinator", "plan_office")
    ]
    assert statements(scene, "designateUser", {"roles": one}) == statements(scene, "designateUser", {"roles": more})


def _stp() -> dict[str, str]:
    return {"system": "stp", "value": f"STP{next(serial):013d}"}


def test_money_is_moved_with_as_many_statements_on_a_busy_line_as_on_a_new_one(house: World) -> None:
    scene = Scene(house)
    first = statements(scene, "commitMoney")
    assert [statements(scene, "commitMoney", an_entry("1.00")) for _ in range(10)] == [first] * 10
