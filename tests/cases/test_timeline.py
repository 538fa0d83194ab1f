"""Everything that happened, in order, in one statement, whatever room keeps it."""

from typing import Any

from service.cases.records.models import Recorded
from service.cases.timeline.queries import KINDS, SOURCES, VERSIONS
from service.models import METADATA
from service.types import today
from tests.fences.requests import send
from tests.fences.scenes import Scene
from tests.world import Opened, World, ok


def story(world: World, case: Opened, *kinds: str) -> list[tuple[str, str, str, str]]:
    """Kind, code, note and day of what happened, the first thing first."""
    told = ok(world.as_("coordinator").get(f"/cases/{case.id}/timeline?limit=100"))["items"]
    return [
        (one["kind"], one["code"], one["note"], one["occurred_on"]) for one in reversed(told) if one["kind"] in kinds
    ]


def act_on_project(world: World, case: Opened, path: str, body: dict[str, Any], by: str = "case_manager") -> None:
    """An act on the first version of the project."""
    here = f"/cases/{case.id}/projects/1"
    version = ok(world.as_("coordinator").get(here))["version"]
    ok(world.as_(by).post(f"{here}/{path}", body, version=version))


def test_every_kind_of_fact_is_in_the_timeline() -> None:
    assert METADATA.tables
    assert {source.table for source in SOURCES} == set(Recorded.__subclasses__())
    assert len(KINDS) == 3 + sum(len(source.kinds or (source.kind,)) for source in SOURCES)


def test_a_case_is_told_from_its_last_day_to_its_first_page_by_page(world: World) -> None:
    case = world.started()
    world.intervention(case)
    client, told, cursor = world.as_("coordinator"), [], ""
    while cursor is not None:
        page = ok(client.get(f"/cases/{case.id}/timeline?limit=5" + (f"&cursor={cursor}" if cursor else "")))
        told, cursor = [*told, *page["items"]], page["next_cursor"]
    days = [moment["occurred_on"] for moment in told]
    assert days == sorted(days, reverse=True)
    assert len({moment["id"] for moment in told}) == len(told)
    assert (told[0]["kind"], told[0]["code"]) == ("intervention", "colloquio")
    kinds = {moment["kind"] for moment in told}
    assert {"referral", "milestone", "team_member", "assessment", "signature", "intervention"} <= kinds
    steps = [moment["code"] for moment in reversed(told) if moment["kind"] == "milestone"]
    assert steps == [one["kind"] for one in ok(client.get(f"/cases/{case.id}/milestones"))["items"]]


def test_a_suspension_a_closure_and_a_reopening_are_told_with_their_reason(world: World) -> None:
    case = world.started()
    halt = {"occurred_on": "2023-03-01", "reason": "ricovero", "note": "Operata al ginocchio"}
    world.act(case, "suspension", halt, "case_manager")
    world.act(case, "resumption", {"occurred_on": "2023-04-01"}, "case_manager")
    world.close(case)
    world.act(case, "reopening", {"occurred_on": "2023-12-10", "reason": "Ha perso la casa"}, "case_manager")
    assert story(world, case, "suspension", "closure", "reopening", "circumstance") == [
        ("suspension", "ricovero", "Operata al ginocchio", "2023-03-01"),
        ("closure", "obiettivi_raggiunti", None, "2023-12-01"),
        ("reopening", "reopened", "Ha perso la casa", "2023-12-10"),
    ]


def test_a_refusal_and_a_newer_version_of_the_programme_are_told_with_their_code(world: World) -> None:
    case = world.open()
    refusal = {"occurred_on": "2023-01-12", "reason": "altro_ambito", "note": "Abita a Milano"}
    world.act(case, "refusal", refusal, "social_worker")
    assert story(world, case, "refusal") == [("refusal", "altro_ambito", "Abita a Milano", "2023-01-12")]
    scene = Scene(world)
    adopted = ok(send(scene, "adoptVersion"))["programme_version"]
    assert story(world, scene.case, "programme_version") == [("programme_version", str(adopted), None, "2023-03-01")]


def test_a_refusal_to_sign_and_a_revocation_are_told_for_what_they_are(world: World) -> None:
    case = world.approved()
    refusal = {"signer": "person", "refused_on": "2023-02-01", "reason": "Non vuole lasciare casa"}
    act_on_project(world, case, "refusals", refusal)
    act_on_project(
        world, case, "revocation", {"revoked_on": "2023-02-01", "reason": "Si riscrive con lei"}, "coordinator"
    )
    days = ok(world.as_("coordinator").get(f"/cases/{case.id}/projects/1"))
    assert story(world, case, "signature", "signature_refusal", *VERSIONS) == [
        ("project_draft", "1", None, days["drafted_on"]),
        ("project_approval", "1", None, days["approved_on"]),
        ("signature_refusal", "person", "Non vuole lasciare casa", "2023-02-01"),
        ("project_revocation", "1", "Si riscrive con lei", "2023-02-01"),
    ]


def test_a_transfer_is_told_with_the_words_of_both_services(world: World) -> None:
    scene = Scene(world)
    assert scene.taken_back
    assert story(world, scene.case, "transfer") == [
        ("transfer", "withdrawn", "Cambio di residenza\nRipensamento", today().isoformat())
    ]


def test_what_was_withdrawn_stays_in_the_story_with_its_reason(world: World) -> None:
    case = world.started()
    made = ok(world.as_("case_manager").post(f"/cases/{case.id}/family-exits", {
        "occurred_on": "2023-03-01", "destination": "cohousing"}))  # fmt: skip
    ok(
        world.as_("case_manager").post(
            f"/cases/{case.id}/family-exits/{made['id']}/withdrawal", {"reason": "Per errore"}
        )
    )
    [moment] = [one for one in ok(world.as_("coordinator").get(f"/cases/{case.id}/timeline"))["items"]
                if one["id"] == made["id"]]  # fmt: skip
    assert (moment["supersede_reason"], moment["superseded_at"] is None) == ("Per errore", False)


def test_a_provider_sees_only_its_own_part_of_the_story(world: World) -> None:
    case, provider = world.started(), world.user("provider_operator", at=world.cooperative)
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", {
        "user_id": str(provider.user_id), "organisation_id": world.cooperative, "role": "provider",
        "component": "private_social", "from_on": "2023-02-10"}))  # fmt: skip
    world.intervention(case)
    own = ok(provider.post(f"/cases/{case.id}/interventions", {
        "kind": "educativo", "occurred_on": "2023-02-12", "minutes": 60, "organisation_id": world.cooperative}))  # fmt: skip
    seen = ok(provider.get(f"/cases/{case.id}/timeline"))["items"]
    assert [moment["id"] for moment in seen if moment["kind"] != "case_person"] == [own["id"]]
