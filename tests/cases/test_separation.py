"""Who may not do what, though they hold a role: four eyes, one's own service, the manager's acts; sight that ends."""

import pytest

from tests.world import Client, World, ok, refused


def _member(world: World, client: Client, **values: str) -> dict[str, str]:
    return {"user_id": str(client.user_id), "organisation_id": world.service, "role": "educator", "component": "social",
            "from_on": "2023-01-14", **values}  # fmt: skip


def test_whoever_changed_a_draft_may_not_approve_it(world: World) -> None:
    case = world.drafted()
    coordinator = world.as_("coordinator")
    goals = [{"life_domain": "lavoro", "wording": "Un altro obiettivo"}]
    changed = ok(coordinator.patch(f"/cases/{case.id}/projects/1", {"goals": goals}, version=case.project_version))
    answer = coordinator.post(
        f"/cases/{case.id}/projects/1/approval", {"approved_on": "2023-01-30"}, version=changed["version"]
    )
    refused(answer, 403, "author_may_not_approve")


def test_a_coordinator_of_another_service_approves_nothing_here(world: World) -> None:
    case, other = world.drafted(), world.user("coordinator", at=world.other_service)
    body = _member(world, other, organisation_id=world.other_service)
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))
    answer = other.post(
        f"/cases/{case.id}/projects/1/approval", {"approved_on": "2023-01-30"}, version=case.project_version
    )
    refused(answer, 403, "organisation_is_not_yours")


def test_a_case_manager_who_is_only_a_member_composes_no_team(world: World) -> None:
    case, guest = world.in_charge(), world.user("case_manager")
    mine = ok(world.as_("coordinator").post(f"/cases/{case.id}/team", _member(world, guest)))
    refused(
        guest.post(f"/cases/{case.id}/team/{mine['id']}/departure", {"to_on": "2023-02-01"}),
        403,
        "case_is_managed_by_another",
    )
    friend = _member(world, world.user("team_member"))
    refused(guest.post(f"/cases/{case.id}/team", friend), 403, "case_is_managed_by_another")


def test_the_case_managers_signature_is_not_recorded_by_others(world: World) -> None:
    case = world.approved()
    body = {"signer": "case_manager", "signed_on": "2023-02-01"}
    answer = world.as_("social_worker").post(
        f"/cases/{case.id}/projects/1/signatures", body, version=case.project_version
    )
    refused(answer, 403, "case_is_managed_by_another")


def test_whoever_only_provides_joins_only_as_provider(world: World) -> None:
    case, provider = world.in_charge(), world.user("provider_operator", at=world.cooperative)
    body = _member(world, provider, organisation_id=world.cooperative)
    answer = world.as_("coordinator").post(f"/cases/{case.id}/team", body)
    assert refused(answer, 422, "request_is_invalid")["errors"][0]["code"] == "user_holds_no_role_there"
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body | {"role": "provider"}))
    assert ok(provider.get(f"/cases/{case.id}"))["referral"] is None
    assert ok(provider.get(f"/cases/{case.id}/assessments"))["items"] == []


def test_a_member_leaves_a_closed_case_too(world: World) -> None:
    case, guest = world.started(), world.user("team_member")
    joined = ok(world.as_("coordinator").post(f"/cases/{case.id}/team", _member(world, guest)))
    world.close(case)
    ok(guest.get(f"/cases/{case.id}"))
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{joined['id']}/departure", {"to_on": "2023-12-02"}))
    refused(guest.get(f"/cases/{case.id}"), 404, "case_is_unknown")


def test_who_no_longer_works_in_the_body_sees_its_cases_no_more(world: World) -> None:
    case, worker = world.in_charge(), world.as_("social_worker")
    ok(worker.get(f"/cases/{case.id}"))
    world.write("UPDATE access.role_assignments SET organisation_id = :other WHERE user_id = :user",
                other=world.other_service, user=str(worker.user_id))  # fmt: skip
    refused(worker.get(f"/cases/{case.id}"), 404, "case_is_unknown")


def test_a_case_closes_when_its_pathways_have_ended(world: World) -> None:
    case, manager = world.started("SIL"), world.as_("case_manager")
    path = ok(manager.post(f"/cases/{case.id}/pathways", {"kind": "inserimento_lavorativo", "from_on": "2023-03-01"}))
    told = [{"goal_id": goal, "status": "reached"} for goal in world.open_goals(case)]
    closure = {"occurred_on": "2023-12-01", "outcome": "fine_percorso", "goal_outcomes": told}
    refused(manager.post(f"/cases/{case.id}/closure", closure, version=case.version), 409, "pathways_are_open")
    ok(manager.post(f"/cases/{case.id}/pathways/{path['id']}/end", {"ended_on": "2023-11-01", "end_code": "completed"}))
    assert ok(manager.post(f"/cases/{case.id}/closure", closure, version=case.version))["is_closed"]


@pytest.mark.parametrize(
    "path", ["/cases/{case}/projects/2147483648", "/cases/{case}/projects/99999999999999999999", "/plans/%00",
             "/programmes/%00", "/plans/lodi-2021-2023/indicators?known_at=0001-01-01T00:00:00%2B14:00"],
)  # fmt: skip
def test_a_value_that_no_table_can_hold_is_refused_not_failed(world: World, path: str) -> None:
    case = world.open()
    answer = world.as_("coordinator").get(path.format(case=case.id))
    assert answer.status_code in (400, 404), answer.get_json()
