"""A case passes to another service: offered, taken or turned down; who sees it changes with it."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.cases.test_outcomes import told
from tests.world import Client, Opened, World, ok, refused, together

OFFER = {"occurred_on": "2023-03-01", "reason": "Cambio di residenza"}


def offered(world: World) -> tuple[Opened, Client, str]:
    """A case of this service offered to the other one, whose coordinator answers."""
    case, other = world.started(), world.user("coordinator", at=world.other_service)
    assert other.get(f"/cases/{case.id}").status_code == 404
    made = ok(world.as_("coordinator").post(f"/cases/{case.id}/transfers", {**OFFER, "to_service_id": world.other_service},
                                            version=case.version))  # fmt: skip
    case.version += 1
    return case, other, made["id"]


def answer(by: Client, case: Opened, transfer: str, what: str, **values: Any) -> Any:
    """Accept, refuse or withdraw."""
    body = {"occurred_on": "2023-03-02", **values}
    return by.post(f"/cases/{case.id}/transfers/{transfer}/{what}", body, version=case.version)


def test_the_other_service_sees_an_offered_case_and_takes_it_with_its_history(world: World) -> None:
    case, other, transfer = offered(world)
    before = [step["kind"] for step in ok(other.get(f"/cases/{case.id}/milestones"))["items"]]
    done = ok(answer(other, case, transfer, "acceptance"))
    assert (done["decision"], done["decided_on"]) == ("accepted", "2023-03-02")
    read = ok(other.get(f"/cases/{case.id}"))
    assert (read["service_id"], read["stage"]) == (world.other_service, "in_monitoraggio")
    assert [step["kind"] for step in ok(other.get(f"/cases/{case.id}/milestones"))["items"]] == before
    assert ok(other.get(f"/people/{case.person_id}"))["id"] == case.person_id


def test_the_service_before_loses_sight_of_the_case_at_once(world: World) -> None:
    case, other, transfer = offered(world)
    ok(answer(other, case, transfer, "acceptance"))
    for role in ("coordinator", "case_manager", "social_worker"):
        assert (role, world.as_(role).get(f"/cases/{case.id}").status_code) == (role, 404)
    team = ok(other.get(f"/cases/{case.id}/team"))["items"]
    assert [member["to_on"] for member in team if member["organisation_id"] == world.service] == ["2023-03-02"] * len(
        team
    )


def test_the_next_service_names_its_own_manager(world: World) -> None:
    case, other, transfer = offered(world)
    ok(answer(other, case, transfer, "acceptance"))
    manager = world.user("case_manager", at=world.other_service)
    early = other.post(f"/cases/{case.id}/assignment", {"user_id": str(manager.user_id), "occurred_on": "2023-03-01"},
                       version=case.version + 1)  # fmt: skip
    assert told(early) == [("#/occurred_on", "date_is_before_last_step")]
    assigned = other.post(f"/cases/{case.id}/assignment", {
        "user_id": str(manager.user_id), "occurred_on": "2023-03-03"}, version=case.version + 1)  # fmt: skip
    assert ok(assigned)["service_id"] == world.other_service
    assert manager.get(f"/cases/{case.id}").status_code == 200


def test_a_case_is_offered_and_taken_after_the_last_of_its_steps(world: World) -> None:
    case = world.started()  # on 10 February
    early = {**OFFER, "to_service_id": world.other_service, "occurred_on": "2023-02-09"}
    refused_offer = world.as_("coordinator").post(f"/cases/{case.id}/transfers", early, version=case.version)
    assert told(refused_offer) == [("#/occurred_on", "date_is_before_last_step")]
    case, other, transfer = offered(world)
    world.act(case, "suspension", {"occurred_on": "2023-03-05", "reason": "ricovero"}, "coordinator")
    assert told(answer(other, case, transfer, "acceptance")) == [("#/occurred_on", "date_is_before_last_step")]


@pytest.mark.parametrize(("what", "decision"), [("refusal", "refused"), ("withdrawal", "withdrawn")])
def test_an_offer_turned_down_leaves_everything_as_it_was(world: World, what: str, decision: str) -> None:
    case, other, transfer = offered(world)
    by = other if what == "refusal" else world.as_("coordinator")
    assert ok(answer(by, case, transfer, what, reason="Senza posto"))["decision"] == decision
    assert other.get(f"/cases/{case.id}").status_code == 404
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}"))["service_id"] == world.service
    case.version += 1
    refused(answer(world.as_("coordinator"), case, transfer, "withdrawal", reason="x"), 409, "transfer_is_decided")
    again = world.as_("coordinator").post(f"/cases/{case.id}/transfers", {**OFFER, "to_service_id": world.other_service},
                                          version=case.version)  # fmt: skip
    assert again.status_code == 201


def test_each_side_does_its_own_part(world: World) -> None:
    case, other, transfer = offered(world)
    refused(answer(world.as_("coordinator"), case, transfer, "acceptance"), 403, "organisation_is_not_yours")
    refused(answer(world.as_("coordinator"), case, transfer, "refusal", reason="x"), 403, "organisation_is_not_yours")
    refused(answer(other, case, transfer, "withdrawal", reason="x"), 403, "organisation_is_not_yours")
    closing = other.post(f"/cases/{case.id}/closure", {"occurred_on": "2023-03-02", "outcome": "decesso"},
                         version=case.version)  # fmt: skip
    refused(closing, 403, "case_is_managed_by_another")


def test_one_offer_at_a_time_and_to_a_service_that_is_another(world: World) -> None:
    case, _, _ = offered(world)
    here, coordinator = f"/cases/{case.id}/transfers", world.as_("coordinator")
    refused(coordinator.post(here, {**OFFER, "to_service_id": world.other_service}, version=case.version), 409,
            "transfer_is_open")  # fmt: skip
    for wrong in (world.service, world.cooperative):
        problem = refused(coordinator.post(here, {**OFFER, "to_service_id": wrong}, version=case.version), 422,
                          "request_is_invalid")  # fmt: skip
        assert problem["errors"][0]["code"] == "service_is_not_another"


def test_taken_and_taken_back_at_once_one_wins(world: World) -> None:
    case, other, transfer = offered(world)
    answers = together(
        lambda: answer(other.again(), case, transfer, "acceptance"),
        lambda: answer(world.as_("coordinator").again(), case, transfer, "withdrawal", reason="Ripensamento"),
    )
    assert sum(one.status_code == 200 for one in answers) == 1
    assert {one.status_code for one in answers} <= {200, 404, 409, 412}
    [row] = world.seen("SELECT t.decision, c.service_id = t.to_service_id AS moved FROM cases.transfers t "
                       "JOIN cases.cases c ON c.id = t.case_id WHERE t.id = :id", id=transfer)  # fmt: skip
    assert row.moved == (row.decision == "accepted")


def test_who_is_only_offered_a_case_changes_nothing_of_the_person(world: World) -> None:
    case, other, transfer = offered(world)
    person = f"/people/{case.person_id}"
    version = ok(other.get(person))["version"]
    guardian = {
        "kind": "genitore",
        "full_name": "Ada Tutelante",
        "powers": [],
        "may_sign": True,
        "from_on": "2022-05-01",
    }
    referral = {"channel": "servizio", "happened_on": "2023-03-01", "arrived_on": "2023-03-01", "need": "Prova"}
    opening = {
        "programme": "PAIS",
        "person_id": case.person_id,
        "service_id": world.other_service,
        "referral": referral,
    }
    worker = world.user("social_worker", "coordinator", at=world.other_service)
    for answer_ in (other.patch(person, {"family_name": "Cambiato"}, version=version),
                    other.post(f"{person}/guardians", guardian), other.post(f"{person}/protections", {"reason": "violenza"}),
                    worker.post("/cases", opening)):  # fmt: skip
        refused(answer_, 403, "person_is_of_an_offered_case")
    ok(answer(other, case, transfer, "acceptance"))
    ok(other.patch(person, {"family_name": "Cambiato"}, version=version))


def test_who_is_only_offered_a_case_reads_no_files_that_are_for_its_clinical_component_or_manager(world: World) -> None:
    case = world.started()
    kept = {right: world.file(case, by="case_manager", right=right)["id"] for right in ("case", "clinical", "manager")}
    other = world.user("coordinator", at=world.other_service)
    offer = {**OFFER, "to_service_id": world.other_service}
    made = ok(world.as_("coordinator").post(f"/cases/{case.id}/transfers", offer, version=case.version))
    case.version += 1

    def read() -> dict[str, int]:
        return {right: other.get(f"/cases/{case.id}/files/{one}").status_code for right, one in kept.items()}

    assert read() == {"case": 200, "clinical": 404, "manager": 404}
    ok(answer(other, case, made["id"], "acceptance"))
    assert read() == {"case": 200, "clinical": 200, "manager": 200}


def test_an_offer_makes_no_more_of_a_provider(world: World) -> None:
    case = world.drafted()
    provider = world.user("coordinator", "case_manager", at=world.other_service)
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", {
        "user_id": str(provider.user_id), "organisation_id": world.other_service, "role": "provider", "component": "social",
        "from_on": "2023-01-20"}))  # fmt: skip
    world.refresh(case)
    offer = {**OFFER, "to_service_id": world.other_service}
    ok(world.as_("coordinator").post(f"/cases/{case.id}/transfers", offer, version=case.version))
    changed = provider.patch(f"/cases/{case.id}/projects/1", {"preferences": "Mie"}, version=case.project_version)
    refused(changed, 403, "case_is_managed_by_another")
    entry = {"kind": "colloquio", "occurred_on": "2023-02-11", "minutes": 60, "organisation_id": world.other_service}
    ok(provider.post(f"/cases/{case.id}/interventions", entry))


def test_a_write_that_waited_for_a_passage_finds_no_case(world: World) -> None:
    """What the actor sees is asked once the case is locked: they may have lost sight of it while they waited."""
    case, other, transfer = offered(world)
    entry = {"kind": "colloquio", "occurred_on": "2023-02-11", "minutes": 60, "organisation_id": world.service}
    engine = create_engine(make_url(world.urls.owner or "").set(username="postgres"))  # who sees every row
    with engine.connect() as connection, ThreadPoolExecutor(2) as pool:
        connection.execute(text("SELECT FROM cases.cases WHERE id = :case FOR UPDATE"), {"case": case.id})
        taken = pool.submit(answer, other.again(), case, transfer, "acceptance")
        waiting(world, 1)
        late = pool.submit(world.as_("case_manager").again().post, f"/cases/{case.id}/interventions", entry)
        waiting(world, 2)
        connection.rollback()
        assert taken.result(10).status_code == 200
        refused(late.result(10), 404, "case_is_unknown")
    engine.dispose()


def waiting(world: World, number: int) -> None:
    """Until so many sessions wait for a lock."""
    until = time.monotonic() + 10
    blocked = (
        "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    while world.seen(blocked)[0].n < number:
        assert time.monotonic() < until
        time.sleep(0.02)
