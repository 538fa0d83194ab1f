"""What a request asks of the database: a budget of statements for each route, and no statement for each row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.fences.requests import ENTRIES, PUBLIC, prepare, send
from tests.fences.scenes import Scene, an_entry, euros, serial
from tests.world import Client, World, ok

BUDGET = {
    # Who asks, what, and the log: three statements are the least of a read that shows a person.
    "showStatus": 1, "createTokens": 5, "refreshTokens": 3, "endTokens": 3, "showMe": 4,
    "listOrganisations": 2, "showOrganisation": 2, "registerOrganisation": 4, "listUsers": 4, "showUser": 4,
    "designateUser": 7,
    "registerPerson": 8, "showPerson": 4, "correctPerson": 10, "searchPeople": 4,
    "listProgrammes": 2, "showProgramme": 2,
    "listCases": 3, "openCase": 12, "showCase": 3, "listMilestones": 4,
    "acceptCase": 8, "assignCase": 12, "startCase": 9, "closeCase": 10,
    "showTeam": 4, "showMember": 4, "joinTeam": 10, "leaveTeam": 8,
    "listAssessments": 5, "showAssessment": 5, "recordAssessment": 12,
    # A project has three lists inside: goals, supports, signatures.
    "listProjects": 7, "showProject": 7, "draftProject": 19, "changeDraft": 12, "approveProject": 19, "signProject": 14,
    "listInterventions": 4, "showIntervention": 4, "recordIntervention": 8,
    "listPathways": 4, "showPathway": 4, "startPathway": 8, "endPathway": 10,
    "listEvaluations": 4, "showEvaluation": 4, "recordEvaluation": 10,
    "listFamilyExits": 4, "showFamilyExit": 4, "recordFamilyExit": 8, "withdrawFamilyExit": 8,
    # What moves money carries a key: three statements more.
    "listFunds": 2, "showFund": 2, "openFund": 4, "listAllocations": 3, "showAllocation": 2, "allocateFund": 8,
    "listAllocationLines": 4, "listLines": 4, "showLine": 4, "addLine": 10,
    "listParticipations": 4, "showParticipation": 4, "recordParticipation": 8,
    "showCommitment": 3, "commitMoney": 8, "showLiquidation": 3, "liquidateMoney": 8,
    # All the indicators of a plan are computed in one statement.
    "listPlans": 2, "showPlan": 4, "listValues": 7, "showValue": 7, "freezeValues": 12, "listSnapshots": 4,
    "showSnapshot": 5,
    "listEvents": 4, "showCheckpoint": 3,
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
    body = {"year": 2025 + next(serial) % 70, "amount": euros("1.00")}
    ok(scene.client("accounting_officer").post(f"/funds/{scene.fund_id}/allocations", body, key=f"anno-{next(serial)}"))


def _another_line(scene: Scene) -> None:
    body = {"resource_kind": "human", "source": "fund", "allocation_id": scene.allocation_id, "description": "Ore",
            "cost": euros("1.00")}  # fmt: skip
    ok(scene.client("coordinator").post(f"/cases/{scene.case_id}/budget/lines", body, key=f"riga-{next(serial)}"))


MORE = {
    "listOrganisations": _again("registerOrganisation"), "listUsers": lambda scene: scene.world.user("team_member"),
    "searchPeople": _another_case, "listCases": _another_case, "showTeam": _colleague,
    "listInterventions": _again("recordIntervention"), "listPathways": _again("startPathway"),
    "listEvaluations": _again("recordEvaluation"), "listMilestones": _again("recordEvaluation"),
    "listFamilyExits": _again("recordFamilyExit"), "listParticipations": _again("recordParticipation"),
    "listFunds": _again("openFund"), "listAllocations": _another_year, "listLines": _another_line,
    "listAllocationLines": _another_line, "listEvents": _again("showMe"),
}  # fmt: skip
"""List -> what adds a row to it."""
UNGROWN = {
    "listProgrammes": "definitions, shipped", "listPlans": "plans, shipped", "listValues": "a plan's, in one statement",
    "listSnapshots": "a plan has six at most", "listAssessments": "grows with the areas of one, below",
    "listProjects": "grows with the content of one, below",
}  # fmt: skip


def test_every_list_is_proved_not_to_ask_row_by_row() -> None:
    lists = {name for name in ENTRIES if name.startswith("list")} | {"searchPeople", "showTeam"}
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
    goal, support = {"life_domain": "casa", "wording": "Abitare"}, {"kind": "educativo"}
    counts = []
    for number in (2, 20):
        scene = Scene(house, "assessed")
        content = {"goals": [goal] * number, "supports": [support] * number}
        drafted = statements(scene, "draftProject", content)
        counts.append((drafted, statements(scene, "changeDraft", content), statements(scene, "showProject"),
                       statements(scene, "listProjects"), statements(scene, "approveProject")))  # fmt: skip
    assert counts[0] == counts[1]


def test_an_assessment_of_many_areas_is_read_as_many_assessments_of_one_case(house: World) -> None:
    scene = Scene(house, "in_charge")
    once = statements(scene, "recordAssessment")
    read = statements(scene, "listAssessments")
    assert all(statements(scene, "recordAssessment") <= once for _ in range(5))
    assert statements(scene, "listAssessments") == read


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
