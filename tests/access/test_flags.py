"""What a body is as a host, over time."""

from typing import Any

import pytest

from tests.cases.test_diary import told
from tests.world import World, ok, refused


def flag(world: World, organisation_id: str, **values: Any) -> Any:
    """The answer to what is said of a body."""
    body = {"flag": "green", "identified_on": "2023-01-10", "from_on": "2022-01-01", **values}
    return world.as_("social_worker").post(f"/organisations/{organisation_id}/flags", body)


def test_a_body_bears_a_flag_over_a_time_and_once(world: World) -> None:
    """C3-OUT-3, C3-IMP-3 of Lodi: social agriculture and green companies."""
    host = world.cooperative
    first = ok(flag(world, host, to_on="2023-01-01"))
    refused(flag(world, host, from_on="2022-12-31"), 409, "organisation_is_flagged")
    second = ok(flag(world, host, from_on="2023-01-01"))
    ok(flag(world, host, flag="social_agriculture"))
    listed = ok(world.as_("team_member").get(f"/organisations/{host}/flags"))["items"]
    assert [one["id"] for one in listed if one["flag"] == "green"] == [second["id"], first["id"]]


def test_what_was_said_by_mistake_stays_with_its_reason(world: World) -> None:
    host = world.cooperative
    made = ok(flag(world, host))["id"]
    address, worker = f"/organisations/{host}/flags/{made}", world.as_("social_worker")
    assert ok(worker.post(f"{address}/withdrawal", {"reason": "Altra azienda"}))["superseded_at"] is not None
    refused(worker.post(f"{address}/withdrawal", {"reason": "Altra azienda"}), 409, "fact_is_superseded")
    assert ok(worker.get(f"/organisations/{host}/flags"))["items"] == []
    assert ok(worker.get(address))["superseded_at"] is not None
    ok(flag(world, host))
    refused(worker.get(f"/organisations/{world.asst}/flags/{made}"), 404, "fact_is_unknown")


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"identified_on": "2999-01-01"}, ("#/identified_on", "date_is_in_the_future")),
        ({"to_on": "2022-01-01"}, ("#/to_on", "date_is_before_start")),
        ({"flag": "bella"}, ("#/flag", "value_is_unknown")),
    ],
)
def test_a_flag_is_known_and_its_days_are_in_order(world: World, values: Any, wrong: tuple[str, str]) -> None:
    assert told(flag(world, world.cooperative, **values)) == [wrong]


def test_nobody_flags_a_body_that_is_not_there(world: World) -> None:
    refused(flag(world, str(world.as_("social_worker").user_id)), 404, "organisation_is_unknown")
