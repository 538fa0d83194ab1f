"""The project: drafted, approved by another, frozen, signed by all who must."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from tests.cases.acts import draft, whole
from tests.world import World, ok, refused, together


def approve(world: World, case: Any, by: str = "coordinator", on: str = "2023-01-30") -> Any:
    """An approval of the first version."""
    body = {"approved_on": on}
    return world.as_(by).post(f"/cases/{case.id}/projects/1/approval", body, version=case.project_version)


def sign(world: World, case: Any, signer: str, on: str = "2023-02-01", number: int = 1) -> Any:
    """A signature; remembers the version that it leaves."""
    body = {"signer": signer, "signed_on": on}
    answer = world.as_("case_manager").post(
        f"/cases/{case.id}/projects/{number}/signatures", body, version=case.project_version
    )
    if answer.status_code == 200:
        case.project_version = answer.get_json()["version"]
    return answer


def read(world: World, case: Any) -> Any:
    """The project as it is."""
    return ok(world.as_("coordinator").get(f"/cases/{case.id}/projects/1"))


def told(problem: Any) -> list[tuple[str, str]]:
    """Places and codes."""
    return [(error["pointer"], error["code"]) for error in problem["errors"]]


def test_a_draft_is_kept_as_given(world: World) -> None:
    case = world.assessed()
    body = whole(world, case)
    answer = world.as_("social_worker").post(f"/cases/{case.id}/projects", body)
    made = ok(answer)
    assert {name: made[name] for name in body} == body
    assert (made["number"], made["status"], made["approved_on"], made["signatures"]) == (1, "draft", None, [])
    assert (made["from_version"], made["author_id"]) == (None, str(world.as_("social_worker").user_id))
    assert ok(world.as_("coordinator").get(answer.headers["Location"].removeprefix("/v1"))) == made


def test_a_draft_says_little_and_gets_keys_and_the_programmes_interval(world: World) -> None:
    case = world.assessed()
    body = {"drafted_on": "2023-01-25", "goals": [{"life_domain": "casa", "wording": "Abitare"}]}
    made = ok(world.as_("social_worker").post(f"/cases/{case.id}/projects", body))
    [goal] = made["goals"]
    assert UUID(goal.pop("key"))
    blank = dict.fromkeys(("in_first_person", "baseline", "target", "due_on", "responsible_id", "gas_levels"))
    assert goal == {**body["goals"][0], **blank, "weight": 1}
    assert (made["review_months"], made["accommodations"], made["commitments"]) == (6, [], [])


def test_one_version_is_open_at_a_time(world: World) -> None:
    for case in (world.drafted(), world.approved()):
        again = world.as_("social_worker").post(f"/cases/{case.id}/projects", draft("2023-01-31"))
        refused(again, 409, "version_is_open")


def test_of_two_drafts_at_once_one_is_kept(world: World) -> None:
    case, worker = world.assessed(), world.as_("social_worker")
    answers = together(*[lambda: worker.again().post(f"/cases/{case.id}/projects", draft("2023-01-25"))] * 4)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(ok(worker.get(f"/cases/{case.id}/projects"))["items"]) == 1


def test_a_change_replaces_only_what_it_names(world: World) -> None:
    case = world.drafted()
    before, worker = read(world, case), world.as_("social_worker")
    changed = ok(worker.patch(f"/cases/{case.id}/projects/1", {"preferences": None}, version=1))
    assert changed == {**before, "preferences": None, "version": 2}
    changed = ok(worker.patch(f"/cases/{case.id}/projects/1", {"goals": []}, version=2))
    assert changed == {**before, "preferences": None, "goals": [], "version": 3}
    answer = worker.patch(f"/cases/{case.id}/projects/1", {"drafted_on": "2023-01-26"}, version=3)
    assert told(refused(answer, 422, "request_is_invalid")) == [("#/drafted_on", "field_is_unknown")]


def test_the_author_may_not_approve(world: World) -> None:
    case = world.assessed()
    case.project_version = ok(world.as_("coordinator").post(f"/cases/{case.id}/projects", draft("2023-01-25")))[
        "version"
    ]
    refused(approve(world, case), 403, "author_may_not_approve")
    assert read(world, case)["status"] == "draft"
    for role in ("social_worker", "case_manager"):
        refused(approve(world, case, by=role), 403, "permission_is_missing")


def test_who_changed_the_draft_may_not_approve_it(world: World) -> None:
    case = world.drafted()
    changed = world.as_("coordinator").patch(f"/cases/{case.id}/projects/1", {"preferences": "Altro"}, version=1)
    case.project_version = ok(changed)["version"]
    refused(approve(world, case), 403, "author_may_not_approve")
    other = world.user("coordinator")
    body = {"approved_on": "2023-01-30"}
    approved = other.post(f"/cases/{case.id}/projects/1/approval", body, version=case.project_version)
    assert ok(approved)["approved_by"] == str(other.user_id)


def test_the_coordinator_of_another_service_does_not_approve(world: World) -> None:
    case, foreign = world.drafted(), world.user("coordinator", at=world.other_service)
    member = {"user_id": str(foreign.user_id), "organisation_id": world.other_service, "role": "other",
              "component": "social", "from_on": "2023-01-14"}  # fmt: skip
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", member))
    body = {"approved_on": "2023-01-30"}
    answer = foreign.post(f"/cases/{case.id}/projects/1/approval", body, version=case.project_version)
    refused(answer, 403, "organisation_is_not_yours")


def test_an_approval_wants_the_components_of_the_programme(world: World) -> None:
    """DM 23/11/2016 art. 2 c. 1: an équipe with clinical and social components at least."""
    case = world.drafted("DOPO_DI_NOI")
    team = ok(world.as_("coordinator").get(f"/cases/{case.id}/team"))["items"]
    clinical = next(member for member in team if member["component"] == "clinical")
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{clinical['id']}/departure", {"to_on": "2023-01-28"}))
    problem = refused(approve(world, case), 409, "team_is_incomplete")
    assert problem["detail"].endswith(": clinica.")
    assert ok(approve(world, case, on="2023-01-27"))["status"] == "approved"


def test_an_approval_wants_a_case_manager(world: World) -> None:
    case = world.drafted()
    team = ok(world.as_("coordinator").get(f"/cases/{case.id}/team"))["items"]
    manager = next(member for member in team if member["role"] == "case_manager")
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{manager['id']}/departure", {"to_on": "2023-01-28"}))
    refused(approve(world, case), 409, "case_has_no_manager")


def test_an_approval_wants_goals(world: World) -> None:
    """D.Lgs 147/2017 art. 6 c. 2: the project says its goals."""
    case = world.drafted()
    ok(world.as_("social_worker").patch(f"/cases/{case.id}/projects/1", {"goals": []}, version=1))
    case.project_version = 2
    refused(approve(world, case), 409, "project_has_no_goals")


@pytest.mark.parametrize(("act", "on", "pointer"), [
    ("draft", "2023-01-19", "#/drafted_on"), ("approve", "2023-01-24", "#/approved_on"), ("sign", "2023-01-29", "#/signed_on"),
])  # fmt: skip
def test_a_step_dated_before_the_last_is_refused_at_its_own_field(
    world: World, act: str, on: str, pointer: str
) -> None:
    """Signed before drafted, approved before drafted, drafted before assessed."""
    if act == "draft":
        answer = world.as_("social_worker").post(f"/cases/{world.assessed().id}/projects", draft(on))
    elif act == "approve":
        answer = approve(world, world.drafted(), on=on)
    else:
        answer = sign(world, world.approved(), "person", on)
    assert told(refused(answer, 422, "request_is_invalid")) == [(pointer, "date_is_before_last_step")]


def test_no_step_happens_tomorrow(world: World) -> None:
    far = "2999-01-01"
    for answer, pointer in (
        (world.as_("social_worker").post(f"/cases/{world.assessed().id}/projects", draft(far)), "#/drafted_on"),
        (approve(world, world.drafted(), on=far), "#/approved_on"),
        (sign(world, world.approved(), "person", far), "#/signed_on"),
    ):  # fmt: skip
        assert told(refused(answer, 422, "request_is_invalid")) == [(pointer, "date_is_in_the_future")]


def test_an_approved_project_is_frozen(world: World) -> None:
    case = world.approved()
    before = read(world, case)
    for changes in ({"preferences": "Altro"}, {"goals": []}, {"supports": []}):
        answer = world.as_("social_worker").patch(f"/cases/{case.id}/projects/1", changes, version=case.project_version)
        refused(answer, 409, "version_is_in_another_state")
    told_so = refused(approve(world, case), 409, "version_is_in_another_state")["detail"]
    assert told_so == "L'atto non è possibile: la versione del progetto è approvata."
    assert read(world, case) == before


@pytest.mark.parametrize("table", ["goals", "supports"])
def test_the_database_keeps_it_frozen_from_the_owner_of_the_tables_too(world: World, table: str) -> None:
    case = world.approved()
    with pytest.raises(Exception, match="frozen"):
        world.alter(f"DELETE FROM cases.{table} WHERE case_id = :case", case=case.id)
    with pytest.raises(Exception, match="frozen"):
        world.alter("UPDATE cases.project_versions SET preferences = 'altro' WHERE case_id = :case", case=case.id)


def test_it_is_signed_when_all_who_must_have_signed(world: World) -> None:
    """D.Lgs 147/2017 art. 6 c. 1: the project is signed by the household and by the services."""
    case = world.approved()
    one = ok(sign(world, case, "person", "2023-02-03"))
    assert (one["status"], one["signed_on"]) == ("approved", None)
    world.refresh(case)
    started = world.as_("case_manager").post(
        f"/cases/{case.id}/start", {"occurred_on": "2023-02-10"}, version=case.version
    )
    refused(started, 409, "act_is_not_allowed_now")
    both = ok(sign(world, case, "case_manager", "2023-02-02"))
    assert (both["status"], both["signed_on"]) == ("signed", "2023-02-03")
    path = ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]
    assert path[-1]["kind"] == "signed"
    assert path[-1]["occurred_on"] == "2023-02-03"


def test_only_those_whom_the_programme_names_sign_and_once(world: World) -> None:
    case = world.approved()
    for signer in ("service", "legal_representative"):
        assert told(refused(sign(world, case, signer), 422, "request_is_invalid")) == [("#/signer", "value_is_unknown")]
    ok(sign(world, case, "person"))
    refused(sign(world, case, "person"), 409, "signer_has_signed")
    ok(sign(world, case, "case_manager"))
    refused(sign(world, case, "case_manager"), 409, "version_is_in_another_state")


def test_the_signature_of_the_case_manager_is_recorded_by_who_answers_for_the_case(world: World) -> None:
    case, worker = world.approved(), world.as_("social_worker")
    path, body = f"/cases/{case.id}/projects/1/signatures", {"signer": "case_manager", "signed_on": "2023-02-01"}
    refused(worker.post(path, body, version=case.project_version), 403, "case_is_managed_by_another")
    case.project_version = ok(worker.post(path, {**body, "signer": "person"}, version=case.project_version))["version"]
    assert ok(world.as_("coordinator").post(path, body, version=case.project_version))["status"] == "signed"


def test_a_draft_is_not_signed(world: World) -> None:
    refused(sign(world, world.drafted(), "person"), 409, "version_is_in_another_state")
    refused(sign(world, world.drafted(), "person", number=7), 404, "version_is_unknown")


def test_of_two_same_signatures_at_once_one_is_kept(world: World) -> None:
    case, manager = world.approved(), world.as_("case_manager")
    body, version = {"signer": "person", "signed_on": "2023-02-01"}, case.project_version
    path = f"/cases/{case.id}/projects/1/signatures"
    answers = together(*[lambda: manager.again().post(path, body, version=version)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    assert [signature["signer"] for signature in read(world, case)["signatures"]] == ["person"]


def test_signatures_bind_the_content_that_was_approved(world: World) -> None:
    case = world.signed()
    hashes = {signature["content_hash"] for signature in read(world, case)["signatures"]}
    kept = world.seen("SELECT id, content_hash FROM cases.project_versions WHERE case_id = :case", case=case.id)[0]
    assert hashes == {kept.content_hash.hex()}
    [goal], [support] = read(world, case)["goals"], read(world, case)["supports"]
    content = {
        "goals": [goal], "supports": [support], "commitments": [], "responsibles": [], "accommodations": [],
        "accessible_formats": [], "preferences": "Preferisce il mattino", "preferences_missing_reason": None,
        "review_months": 6, "check_method": None, "next_check_on": None, "ends_on": None, "family_involvement": None,
        "is_family_possible": None,
    }  # fmt: skip
    frozen = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert kept.content_hash == sha256(kept.id.bytes + frozen.encode()).digest()
