"""What awaits whom: by role, by case, in order of urgency, page by page, and never beyond what one may see."""

import random
from typing import Any

import pytest

from tests.cases.ruled import approve, post, ready
from tests.cases.ruled import programme as project_rules
from tests.fences.test_audit import clock, new_events, people_of
from tests.fences.test_queries import counted
from tests.worklist.clocks import convene, days_ago, in_charge, programme, record, work
from tests.world import Client, Opened, World, ok, refused

PLAIN = {"life_domain": "abitare", "wording": "Abitare", "in_first_person": "Voglio una casa"}
CONVENE = {"rule": "ADI_FIRST_CONVENE", "anchor": "pad_signed", "met_by": "convened"}


def kinds_of(client: Client, case: Opened) -> dict[str, Any]:
    """What awaits an operator in a case, by kind."""
    return {item["kind"]: item for item in work(client) if item["case_id"] == case.id}


def test_a_new_case_waits_to_be_accepted_by_who_opened_it_or_directs_the_service(world: World) -> None:
    case = world.open()
    for role in ("coordinator", "social_worker"):
        item = kinds_of(world.as_(role), case)["case_to_accept"]
        assert (item["since"], item["next_act"], item["person_id"]) == ("2023-01-10", "accept", case.person_id)
    for client in (world.as_("case_manager"), world.user("social_worker")):
        assert kinds_of(client, case) == {}


def test_an_accepted_case_waits_for_its_manager_at_the_coordinators(world: World) -> None:
    case = world.open()
    world.act(case, "taking-in-charge", {"occurred_on": "2023-01-12"}, "social_worker")
    item = kinds_of(world.as_("coordinator"), case)["case_to_assign"]
    assert (item["since"], item["next_act"], item["message"]) == (
        "2023-01-12", "assign", "Caso senza case manager: da assegnare.")  # fmt: skip
    assert kinds_of(world.as_("social_worker"), case) == {}
    manager = {"user_id": str(world.as_("case_manager").user_id), "occurred_on": "2023-01-13"}
    world.act(case, "assignment", manager, "coordinator")
    assert "case_to_assign" not in kinds_of(world.as_("coordinator"), case)


def test_a_term_awaits_the_case_manager_and_the_coordinators_and_nobody_else_of_the_team(world: World) -> None:
    case = in_charge(world, programme(world, CONVENE), days_ago(80))
    record(world, case, "pad_signed", days_ago(75))
    member = {"user_id": str(world.as_("team_member").user_id), "organisation_id": world.service, "role": "educator",
              "component": "social", "from_on": days_ago(70)}  # fmt: skip
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", member))
    for role in ("coordinator", "case_manager"):
        item = kinds_of(world.as_(role), case)["deadline"]
        assert (item["rule"], item["is_late"], item["next_act"]) == ("ADI_FIRST_CONVENE", True, "convene")
        assert item["late_days"] == item["source_days"] + item["service_days"] > 10
    for role in ("social_worker", "team_member"):
        assert kinds_of(world.as_(role), case) == {}
    convene(world, case, days_ago(1))
    assert kinds_of(world.as_("case_manager"), case) == {}


def test_a_transfer_awaits_the_coordinators_of_the_service_to_which_it_is_offered(world: World) -> None:
    case = world.offered()
    assert case.director is not None
    item = kinds_of(world.as_("coordinator"), case)["transfer_to_answer"]
    assert (item["since"], list(kinds_of(world.as_("coordinator"), case))) == ("2023-03-01", ["transfer_to_answer"])
    assert "transfer_to_answer" not in kinds_of(case.director, case)
    answer = {"occurred_on": "2023-03-02", "reason": "Senza posto"}
    path = f"/cases/{case.id}/transfers/{item['source_id']}/refusal"
    ok(world.as_("coordinator").post(path, answer, version=case.version))
    assert kinds_of(world.as_("coordinator"), case) == {}


def test_a_draft_awaits_a_coordinator_who_did_not_write_in_it(world: World) -> None:
    case, author = world.drafted(), world.user("coordinator")
    assert kinds_of(world.as_("coordinator"), case)["project_to_approve"]["since"] == "2023-01-25"
    ok(author.patch(f"/cases/{case.id}/projects/1", {"preferences": "La sera"}, version=case.project_version))
    assert "project_to_approve" not in kinds_of(author, case)
    assert "project_to_approve" not in kinds_of(world.as_("case_manager"), case)


LACKS = [
    ({"goals": []}, {}, "project_has_no_goals"), ({"goals": [PLAIN]}, {"goals_need": ["target"]}, "goals_are_incomplete"),
    ({}, {"needs_preferences": True}, "preferences_are_missing"),
    ({}, {"longest_months": 12}, "project_has_no_end"),
    ({"review_months": 3, "next_check_on": days_ago(1)}, {"longest_review_months": 6}, "check_is_out_of_term"),
    ({"ends_on": days_ago(1)}, {}, "end_is_out_of_term"),
]  # fmt: skip
"""What a draft says, what the programme asks, what would be told to who approved it today."""


@pytest.mark.parametrize(("content", "rules", "code"), LACKS)
def test_a_draft_that_would_not_be_approved_awaits_who_writes_it_and_says_why(
    world: World, content: dict[str, Any], rules: dict[str, Any], code: str
) -> None:
    case = ready(world, project_rules(world, **rules), **content)
    item = kinds_of(world.as_("social_worker"), case)["draft_to_complete"]
    assert (item["missing"], item["since"], item["next_act"]) == ([code], "2023-01-25", None)
    refusal = refused(approve(world, case, on=days_ago(0)), 409, code)
    assert item["message"] == f"Bozza di progetto da completare. {refusal['detail']}"
    for role in ("coordinator", "case_manager"):
        assert {"draft_to_complete", "project_to_approve"}.isdisjoint(kinds_of(world.as_(role), case))


def test_a_draft_completed_passes_from_who_wrote_it_to_who_approves(world: World) -> None:
    case = ready(world, project_rules(world, needs_preferences=True))
    worker = world.as_("social_worker")
    patch = worker.patch(f"/cases/{case.id}/projects/1", {"preferences": "La sera"}, version=case.project_version)
    case.project_version = ok(patch)["version"]
    assert "draft_to_complete" not in kinds_of(worker, case)
    item = kinds_of(world.as_("coordinator"), case)["project_to_approve"]
    assert (item["missing"], item["message"]) == ([], "Progetto da approvare.")
    ok(approve(world, case, on=days_ago(0)))
    assert "project_to_approve" not in kinds_of(world.as_("coordinator"), case)


def test_a_draft_whose_responsibles_have_no_referent_is_not_ready(world: World) -> None:
    """D.Lgs 62/2024 art. 29: the referente per l'attuazione."""
    case = ready(world, project_rules(world))
    team = ok(world.as_("coordinator").get(f"/cases/{case.id}/team"))["items"]
    one = {"team_member_id": team[0]["id"], "role": "Educatore", "task": "Il lunedì"}
    path, worker = f"/cases/{case.id}/projects/1", world.as_("social_worker")
    ok(worker.patch(path, {"responsibles": [one]}, version=1))
    assert kinds_of(worker, case)["draft_to_complete"]["missing"] == ["project_has_no_referent"]
    ok(worker.patch(path, {"responsibles": [{**one, "is_referent": True}]}, version=2))
    assert "project_to_approve" in kinds_of(world.as_("coordinator"), case)


def test_many_drafts_ask_as_many_statements_as_one(world: World) -> None:
    code, asked = project_rules(world, needs_preferences=True), []
    for number in (1, 4):
        for _ in range(number):
            ready(world, code, preferences="La sera")
        for role in ("coordinator", "social_worker"):
            with counted(world) as sent:
                ok(world.as_(role).get("/worklist"))
            asked.append((role, len(sent)))
    assert set(asked[:2]) == set(asked)


def test_an_approved_project_says_whose_signatures_are_missing(world: World) -> None:
    case = world.approved()
    assert kinds_of(world.as_("case_manager"), case)["signatures_missing"]["missing"] == ["person", "case_manager"]
    signature = {"signer": "person", "signed_on": "2023-02-01"}
    ok(world.as_("case_manager").post(
        f"/cases/{case.id}/projects/1/signatures", signature, version=case.project_version))  # fmt: skip
    assert kinds_of(world.as_("case_manager"), case)["signatures_missing"]["missing"] == ["case_manager"]


def test_who_refused_to_sign_has_not_signed(world: World) -> None:
    case = world.approved()
    refusal = {"signer": "person", "refused_on": "2023-02-01", "reason": "Ci ripensa"}
    ok(post(world, case, "refusals", refusal))
    assert kinds_of(world.as_("case_manager"), case)["signatures_missing"]["missing"] == ["person", "case_manager"]


def test_a_household_has_signed_when_each_adult_has(world: World) -> None:
    """D.Lgs 147/2017 art. 6: the project is signed by the members of the household."""
    household, relative = world.two()
    case, alone = world.approved(**household), world.approved()

    def missing(of: Opened) -> list[str]:
        found: list[str] = kinds_of(world.as_("case_manager"), of)["signatures_missing"]["missing"]
        return found

    assert missing(alone) == ["person", "case_manager"]
    assert missing(case) == ["person", "household", "case_manager"]
    ok(post(world, case, "signatures", {"signer": "person", "signed_on": "2023-02-01"}))
    ok(post(world, case, "signatures", {"signer": "case_manager", "signed_on": "2023-02-01"}))
    assert missing(case) == ["household"]
    ok(post(world, case, "signatures", {"signer": "household", "person_id": relative, "signed_on": "2023-02-01"}))
    assert "signatures_missing" not in kinds_of(world.as_("case_manager"), case)


def test_a_case_under_way_says_which_final_judgement_is_missing(world: World) -> None:
    case, manager = world.started(), world.as_("case_manager")
    assert kinds_of(manager, case)["evaluations_missing"]["missing"] == ["beneficiary", "operators"]
    world.evaluation(case, "beneficiary", 4)
    world.evaluation(case, "operators", 4, is_final=False)
    assert kinds_of(manager, case)["evaluations_missing"]["missing"] == ["operators"]
    world.evaluation(case, "operators", 4)
    assert "evaluations_missing" not in kinds_of(manager, case)


def test_of_a_closed_case_only_what_is_to_be_observed_awaits(world: World) -> None:
    case = world.started()
    world.close(case, on=days_ago(190))
    items = [item for item in work(world.as_("case_manager")) if item["case_id"] == case.id]
    assert [(item["rule"], item["next_act"]) for item in items] == [("FOLLOW_UP", "follow_up")]


def test_what_is_late_comes_first_then_what_runs_out_then_what_waits(world: World) -> None:
    code = programme(world, CONVENE)
    for ago in (55, 80, 90, 30):
        record(world, in_charge(world, code, days_ago(ago)), "pad_signed", days_ago(ago))
    world.open(on=days_ago(3))
    world.open(on=days_ago(5))
    found = work(world.as_("coordinator"))
    assert [(item["kind"], item["since"]) for item in found] == [
        ("deadline", days_ago(90)), ("deadline", days_ago(80)), ("deadline", days_ago(55)),
        ("case_to_accept", days_ago(5)), ("case_to_accept", days_ago(3)),
    ]  # fmt: skip
    assert [item["is_late"] for item in found] == [True, True, False, False, False]


def test_pages_go_on_where_the_last_one_ended_even_if_what_it_showed_is_done(world: World) -> None:
    cases = [world.open(on=days_ago(9 - number)) for number in range(5)]
    coordinator, seen = world.as_("coordinator"), []
    page = ok(coordinator.get("/worklist?limit=2"))
    while True:
        seen += [item["case_id"] for item in page["items"]]
        last = next(case for case in cases if case.id == seen[-1])
        world.act(last, "taking-in-charge", {"occurred_on": days_ago(0)}, "social_worker")
        if page["next_cursor"] is None:
            break
        page = ok(coordinator.get(f"/worklist?limit=2&kind=case_to_accept&cursor={page['next_cursor']}"))
    assert seen == [case.id for case in cases]
    refused(coordinator.get("/worklist?cursor=abc"), 400, "cursor_is_invalid")


@pytest.mark.parametrize(
    "query", ["kind=deadline", "is_late=true", "is_late=false", "kind=case_to_accept&is_late=true"]
)
def test_filters_give_the_items_of_the_kind_and_no_other(world: World, query: str) -> None:
    record(world, in_charge(world, programme(world, CONVENE), days_ago(90)), "pad_signed", days_ago(90))
    world.open()
    wanted = dict(pair.split("=") for pair in query.split("&"))
    found = work(world.as_("coordinator"), f"&{query}")
    assert found == [
        item for item in work(world.as_("coordinator"))
        if wanted.get("kind") in (None, item["kind"])
        and wanted.get("is_late") in (None, str(item["is_late"]).lower())
    ]  # fmt: skip
    refused(world.as_("coordinator").get("/worklist?kind=altro"), 400, "parameters_are_invalid")


def test_everybody_shown_is_on_the_log_and_nobody_else(world: World) -> None:
    cases = [world.open(on=days_ago(number)) for number in (7, 6, 5)]
    coordinator = world.as_("coordinator")
    since = clock(world)
    ok(coordinator.get("/worklist?limit=2"))
    [event] = new_events(world, since)
    assert (event.action, event.outcome) == ("worklist:show", "shown")
    assert people_of(world, event) == {case.person_id for case in cases[:2]}


def test_many_cases_ask_as_many_statements_as_few(world: World) -> None:
    asked, coordinator = [], world.as_("coordinator")
    for number in (3, 57):
        for _ in range(number):
            world.open()
        for path in ("/worklist", "/worklist?limit=100&is_late=false"):
            with counted(world) as sent:
                ok(coordinator.get(path))
            asked.append(len(sent))
    assert len(work(coordinator)) == 60
    assert set(asked) == {asked[0]}


@pytest.mark.parametrize("seed", range(3))
def test_nobody_finds_a_case_on_the_worklist_that_they_may_not_see(world: World, seed: int) -> None:
    dice = random.Random(seed)
    managers = [world.user("case_manager") for _ in range(3)]
    neighbours = world.user("social_worker", "coordinator", at=world.other_service)
    for _ in range(8):
        if dice.random() < 0.3:
            person = world.person(neighbours, registered_by=world.other_service)
            world.open(person_id=person["id"], by=neighbours, service=world.other_service)
            continue
        case = in_charge(world, "PAIS", days_ago(99), dice.choice(managers))
        if dice.random() < 0.5:  # changes hands: the first one loses sight of it
            manager = {"user_id": str(world.user("case_manager").user_id), "occurred_on": days_ago(9)}
            answer = world.as_("coordinator").post(f"/cases/{case.id}/assignment", manager, version=case.version)
            assert answer.status_code in (200, 409)
        record(world, case, "pad_signed", days_ago(90))
    for client in (
        *managers,
        neighbours,
        *(world.as_(role) for role in ("coordinator", "social_worker", "team_member")),
    ):
        visible = {case["id"] for case in ok(client.get("/cases?limit=100"))["items"]}
        found = {item["case_id"] for item in work(client)}
        assert found <= visible
        if client in managers:
            assert found == visible
