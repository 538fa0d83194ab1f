"""`If-Match`: a change says which version it changes, and loses against whoever came first."""

import pytest

from tests.world import Client, Opened, World, ok, refused, together


def accept(by: Client, case: Opened, tags: str | None) -> object:
    """The act of acceptance with an `If-Match` as it is."""
    headers = {} if tags is None else {"If-Match": tags}
    body = {"occurred_on": "2023-01-12"}
    return by.request("POST", f"/cases/{case.id}/taking-in-charge", body, headers=headers)


@pytest.mark.parametrize(
    "tags", ['"2"', '"0"', '""', '"uno"', '"-1"', '"1.0"', 'W/"1"', "*", '"1", "2"', f'"{"9" * 19}"']
)
def test_a_tag_that_is_not_the_version_changes_nothing(world: World, tags: str) -> None:
    case = world.open()
    refused(accept(world.as_("social_worker"), case, tags), 412, "row_has_changed")
    assert ok(world.as_("social_worker").get(f"/cases/{case.id}"))["version"] == case.version


@pytest.mark.parametrize("tags", [None, "", "  "])
def test_a_change_without_a_version_is_refused(world: World, tags: str | None) -> None:
    case = world.open()
    refused(accept(world.as_("social_worker"), case, tags), 428, "if_match_is_missing")
    assert ok(world.as_("social_worker").get(f"/cases/{case.id}"))["stage"] == "nuovo"


def test_the_tag_of_an_answer_opens_the_next_change_once(world: World) -> None:
    case, worker = world.open(), world.as_("social_worker")
    tag = worker.get(f"/cases/{case.id}").headers["ETag"]
    accepted = accept(worker, case, tag)
    assert ok(accepted)["stage"] == "assegnato"
    assert accepted.headers["ETag"] != tag
    refused(accept(worker, case, tag), 412, "row_has_changed")


def test_every_act_on_a_version_wants_one(world: World) -> None:
    case = world.drafted()
    for path, body in (
        ("taking-in-charge", {"occurred_on": "2023-01-12"}), ("start", {"occurred_on": "2023-01-12"}),
        ("assignment", {"occurred_on": "2023-01-12", "user_id": case.id}),
        ("closure", {"occurred_on": "2023-01-12", "outcome": "decesso"}),
        ("projects/1/approval", {"approved_on": "2023-01-30"}),
        ("projects/1/signatures", {"signer": "person", "signed_on": "2023-01-30"}),
    ):  # fmt: skip
        refused(world.as_("coordinator").post(f"/cases/{case.id}/{path}", body), 428, "if_match_is_missing")
    refused(world.as_("social_worker").patch(f"/cases/{case.id}/projects/1", {"goals": []}), 428, "if_match_is_missing")
    refused(world.as_("social_worker").patch(f"/people/{case.person_id}", {"sex": "M"}), 428, "if_match_is_missing")


def test_of_two_who_read_the_same_version_one_wins(world: World) -> None:
    """Two operators act on one case at the same moment: nobody's act is lost, and nobody's is overwritten."""
    case, coordinator = world.in_charge(), world.as_("coordinator")
    others = [world.user("case_manager") for _ in range(4)]
    bodies = [{"user_id": str(other.user_id), "occurred_on": "2023-01-14"} for other in others]
    answers = together(*(
        lambda body=body: coordinator.again().post(f"/cases/{case.id}/assignment", body, version=case.version)
        for body in bodies
    ))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    winner = others[[answer.status_code for answer in answers].index(200)]
    team = ok(coordinator.get(f"/cases/{case.id}/team"))["items"]
    managers = [member["user_id"] for member in team if member["role"] == "case_manager" and member["to_on"] is None]
    assert managers == [str(winner.user_id)]
    path = ok(coordinator.get(f"/cases/{case.id}/milestones"))["items"]
    assert [step["kind"] for step in path].count("assigned") == 2


def test_two_corrections_of_a_person_leave_one_live_row(world: World) -> None:
    person, worker = world.person(), world.as_("social_worker")
    answers = together(*(
        lambda phone=phone: worker.again().patch(f"/people/{person['id']}", {"phone": phone}, version=1)
        for phone in ("111", "222", "333")
    ))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    statement = "SELECT superseded_at IS NULL AS live FROM identity.identities WHERE person_id = :person"
    assert sorted(row.live for row in world.seen(statement, person=person["id"])) == [False, True]
