"""Everything that happened, in order, in one statement, whatever room keeps it."""

from service.cases.records.models import Recorded
from service.cases.timeline.queries import SOURCES
from service.models import METADATA
from tests.world import World, ok


def test_every_kind_of_fact_is_in_the_timeline() -> None:
    assert METADATA.tables
    assert {source.table for source in SOURCES} == set(Recorded.__subclasses__())
    assert len({source.kind for source in SOURCES}) == len(SOURCES)


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
