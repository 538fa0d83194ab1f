"""Grounds: what one may see is asked at each statement, also in a request that began before."""

from sqlalchemy import text

from service.actor import UserCaller
from tests.world import World, ok

SEEN = text("SELECT count(*) FROM people.persons WHERE id = :id")


def test_what_is_given_while_a_request_runs_is_seen_at_once(world: World) -> None:
    """A request that waited for another (a twin, a lock) began before it, and must see what that one gave."""
    worker = world.as_("social_worker")
    assert worker.user_id is not None
    with world.database.transaction(UserCaller(worker.user_id)) as (session, _):
        person = world.person(worker)
        assert session.scalar(SEEN, {"id": person["id"]}) == 1


def test_what_is_taken_while_a_request_runs_is_lost_at_once(world: World) -> None:
    case, user = world.in_charge(), world.user("team_member")
    body = {"user_id": str(user.user_id), "organisation_id": world.service, "role": "educator", "component": "work",
            "from_on": "2023-01-14"}  # fmt: skip
    member = ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))
    assert user.user_id is not None
    with world.database.transaction(UserCaller(user.user_id)) as (session, _):
        assert session.scalar(SEEN, {"id": case.person_id}) == 1
        ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{member['id']}/departure", {"to_on": "2023-02-01"}))
        assert session.scalar(SEEN, {"id": case.person_id}) == 0


def test_a_ground_of_tomorrow_opens_nothing_today(world: World) -> None:
    person, worker = world.person(), world.as_("social_worker")
    world.alter("UPDATE access.grounds SET since = now() + interval '1 day' WHERE person_id = :id", id=person["id"])
    assert worker.get(f"/people/{person['id']}").status_code == 404
