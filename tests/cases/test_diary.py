"""The diary: interventions and pathways."""

from typing import Any

import pytest

from tests.world import Opened, World, ok, refused

TODAY = "SELECT (now() AT TIME ZONE 'Europe/Rome')::date::text"


def told(answer: Any) -> list[tuple[str, str]]:
    """Places and codes of what is wrong."""
    refused(answer, 422, "request_is_invalid")
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]


def record(world: World, case: Opened, by: Any = None, **values: Any) -> Any:
    """The answer to an entry of the diary."""
    body = {"kind": "colloquio", "occurred_on": "2023-02-11", "minutes": 60, "organisation_id": world.service, **values}
    return (by or world.as_("case_manager")).post(f"/cases/{case.id}/interventions", body)


def provider(world: World, case: Opened, *roles: str) -> Any:
    """An operator of the cooperative, on the team as a provider."""
    user = world.user(*(roles or ("provider_operator",)), at=world.cooperative)
    body = {"user_id": str(user.user_id), "organisation_id": world.cooperative, "role": "provider",
            "component": "private_social", "from_on": "2023-01-14"}  # fmt: skip
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))
    return user


def start(world: World, case: Opened, **values: Any) -> Any:
    """The answer to the start of a pathway."""
    body = {"kind": "formativo", "from_on": "2023-02-11", **values}
    return world.as_("case_manager").post(f"/cases/{case.id}/pathways", body)


def end(world: World, case: Opened, pathway_id: str, **values: Any) -> Any:
    """The answer to its end."""
    body = {"ended_on": "2023-05-01", "end_code": "completed", **values}
    return world.as_("case_manager").post(f"/cases/{case.id}/pathways/{pathway_id}/end", body)


def test_an_intervention_is_kept_as_given(world: World) -> None:
    case = world.in_charge()
    answer = record(world, case, note="Ha portato i documenti", minutes=1440)
    made = ok(answer)
    assert (made["kind"], made["minutes"], made["note"]) == ("colloquio", 1440, "Ha portato i documenti")
    assert made["recorded_by"] == str(world.as_("case_manager").user_id)
    assert ok(world.as_("coordinator").get(answer.headers["Location"].removeprefix("/v1"))) == made


def test_an_intervention_happens_between_the_referral_and_today(world: World) -> None:
    case, today = world.in_charge(), world.seen(TODAY)[0][0]
    assert told(record(world, case, occurred_on="2023-01-09")) == [("#/occurred_on", "date_is_before_referral")]
    assert told(record(world, case, occurred_on="2999-01-01")) == [("#/occurred_on", "date_is_in_the_future")]
    for day in ("2023-01-10", today):
        ok(record(world, case, occurred_on=day))


def test_an_intervention_is_of_a_body_of_ones_own(world: World) -> None:
    case = world.in_charge()
    answer = record(world, case, organisation_id=world.cooperative)
    assert told(answer) == [("#/organisation_id", "organisation_is_not_yours")]


def test_a_late_entry_stays_in_its_order_of_recording(world: World) -> None:
    case = world.in_charge()
    days = ["2023-02-11", "2023-01-20", "2023-03-01"]
    for day in days:
        ok(record(world, case, occurred_on=day))
    listed = ok(world.as_("case_manager").get(f"/cases/{case.id}/interventions"))["items"]
    assert [entry["occurred_on"] for entry in listed] == days[::-1]


def test_a_provider_sees_and_records_its_own_interventions_only(world: World) -> None:
    case = world.in_charge()
    operator = provider(world, case)
    ours = ok(record(world, case, note="Del servizio"))
    theirs = ok(record(world, case, by=operator, organisation_id=world.cooperative))
    assert [entry["id"] for entry in ok(operator.get(f"/cases/{case.id}/interventions"))["items"]] == [theirs["id"]]
    refused(operator.get(f"/cases/{case.id}/interventions/{ours['id']}"), 404, "fact_is_unknown")
    assert ok(operator.get(f"/cases/{case.id}"))["referral"] is None
    for room in ("milestones", "team", "assessments", "projects", "evaluations", "pathways", "family-exits"):
        assert ok(operator.get(f"/cases/{case.id}/{room}"))["items"] == [], room
    refused(operator.get(f"/people/{case.person_id}"), 403, "permission_is_missing")
    listed = ok(world.as_("case_manager").get(f"/cases/{case.id}/interventions"))["items"]
    assert {entry["id"] for entry in listed} == {ours["id"], theirs["id"]}


def test_a_provider_does_nothing_else_whatever_its_roles_at_home(world: World) -> None:
    """An assistente sociale of the cooperative is, on this case, a provider."""
    case = world.in_charge()
    operator = provider(world, case, "social_worker", "case_manager", "coordinator")
    ok(record(world, case, by=operator, organisation_id=world.cooperative))
    world.refresh(case)
    dated = {"occurred_on": "2023-02-11"}
    areas = [{"area": code, "support_need": 1} for code in "abcdef"]
    for path, body in (
        ("pathways", {"kind": "formativo", "from_on": "2023-02-11"}), ("projects", {"drafted_on": "2023-02-11"}),
        ("family-exits", dated | {"destination": "altro"}), ("assessments", dated | {"setting": "EM", "areas": areas}),
        ("evaluations", dated | {"judge": "operators", "scale": "likert_5", "value": 5}), ("start", dated),
        ("budget/participations", dated | {"who": "person", "built": True}), ("closure", dated | {"outcome": "decesso"}),
        ("team", {"user_id": str(operator.user_id), "organisation_id": world.cooperative, "role": "educator",
                  "component": "social", "from_on": "2023-02-11"}),
    ):  # fmt: skip
        answer = operator.post(f"/cases/{case.id}/{path}", body, version=case.version)
        refused(answer, 403, "case_is_seen_as_provider")
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}"))["version"] == case.version


def test_a_pathway_begins_and_ends(world: World) -> None:
    case = world.in_charge()
    answer = start(world, case)
    pathway = ok(answer)
    assert (pathway["ended_on"], pathway["end_code"]) == (None, None)
    ended = ok(end(world, case, pathway["id"], end_code="interrupted"))
    assert (ended["ended_on"], ended["end_code"]) == ("2023-05-01", "interrupted")
    assert ok(world.as_("coordinator").get(answer.headers["Location"].removeprefix("/v1"))) == ended
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/pathways"))["items"] == [ended]
    refused(end(world, case, pathway["id"]), 409, "pathway_has_ended")


@pytest.mark.parametrize(
    ("on", "code"), [("2023-02-10", "date_is_before_start"), ("2999-01-01", "date_is_in_the_future")]
)
def test_a_pathway_does_not_end_before_it_begins_or_after_today(world: World, on: str, code: str) -> None:
    case = world.in_charge()
    pathway = ok(start(world, case))
    assert told(end(world, case, pathway["id"], ended_on=on)) == [("#/ended_on", code)]
    ok(end(world, case, pathway["id"], ended_on="2023-02-11"))


def test_a_pathway_begins_after_the_referral_and_is_of_a_known_kind(world: World) -> None:
    case = world.in_charge()
    assert told(start(world, case, from_on="2023-01-09")) == [("#/from_on", "date_is_before_referral")]
    assert told(start(world, case, kind="vacanza")) == [("#/kind", "value_is_unknown")]


def test_a_pathway_of_another_case_is_not_ended_here(world: World) -> None:
    case, other = world.in_charge(), world.in_charge()
    pathway = ok(start(world, other))
    refused(end(world, case, pathway["id"]), 404, "fact_is_unknown")
    refused(world.as_("coordinator").get(f"/cases/{case.id}/pathways/{pathway['id']}"), 404, "fact_is_unknown")


def test_nothing_is_recorded_before_the_case_is_taken_in_charge(world: World) -> None:
    case = world.open()
    refused(record(world, case, by=world.as_("social_worker")), 409, "act_is_not_allowed_now")
