"""The team of a day, against a plain model over random periods; and what each case manager has in charge."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.actor import UserCaller
from service.cases.teams.queries import composition_on
from service.types import new_id
from tests.soak import TIMES
from tests.world import World, ok, refused

FIRST = date(2023, 1, 1)
SPAN = 12
DAYS = st.integers(0, SPAN)
MEMBERSHIPS = st.lists(
    st.tuples(DAYS, st.none() | st.integers(0, SPAN), st.sampled_from(("social", "clinical", "work")), st.booleans()),
    max_size=6,
)
"""First day, length (none: still there), component, whether it was withdrawn."""


def day(number: int) -> date:
    """A day of the span."""
    return FIRST + timedelta(days=number)


@settings(max_examples=30 * TIMES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(drawn=MEMBERSHIPS)
def test_the_team_of_a_day_is_who_had_joined_and_had_not_left(world: World, drawn: list[Any]) -> None:
    case = world.open()
    opener = UUID(ok(world.as_("coordinator").get(f"/cases/{case.id}/team"))["items"][0]["id"])
    model = {new_id(): membership for membership in drawn}
    for member_id, (start, length, component, is_withdrawn) in model.items():
        world.write(
            """INSERT INTO cases.team_members (id, case_id, function, role, component, from_on, to_on, recorded_by,
                                               superseded_at)
               VALUES (:id, :case, 'Volontaria', 'volunteer', :component, :start, :end, :id,
                       CASE WHEN :withdrawn THEN now() END)""",
            id=member_id, case=case.id, component=component, start=day(start),
            end=None if length is None else day(start + length), withdrawn=is_withdrawn,
        )  # fmt: skip
    caller = UserCaller(world.as_("coordinator").user_id)
    with world.database.transaction(caller) as (session, _):
        for number in range(SPAN * 2 + 2):
            there = {
                member_id: component
                for member_id, (start, length, component, is_withdrawn) in model.items()
                if not is_withdrawn and number in range(start, start + (SPAN * 3 if length is None else length))
            }
            team = composition_on(session, UUID(case.id), day(number))
            assert (number, {member.id for member in team} - {opener}) == (number, set(there))
            social = {"social"} if day(number) >= date(2023, 1, 10) else set()
            assert {member.component for member in team} == set(there.values()) | social


def loads(world: World, by: str = "coordinator") -> Any:
    """The caseloads of the service."""
    [mine] = ok(world.as_(by).get("/caseloads"))["items"]
    assert mine["service_id"] == world.service
    return mine


def test_the_load_of_each_case_manager_is_shown_by_programme_with_the_oldest_assignment(world: World) -> None:
    idle, other = world.user("case_manager"), world.user("case_manager")
    first, second, third = world.in_charge(), world.in_charge("SIL"), world.in_charge()
    body = {"user_id": str(other.user_id), "occurred_on": "2023-02-01"}
    world.act(third, "assignment", body, "coordinator")
    world.open()
    shown = loads(world)
    manager = str(world.as_("case_manager").user_id)
    by_user = {one["user_id"]: one for one in shown["managers"]}
    assert shown["cases_without_manager"] == 1
    assert by_user == {
        manager: {"user_id": manager, "open_cases": 2, "oldest_assignment_on": "2023-01-13", "programmes": [
            {"programme": "PAIS", "open_cases": 1}, {"programme": "SIL", "open_cases": 1}]},
        str(other.user_id): {"user_id": str(other.user_id), "open_cases": 1, "oldest_assignment_on": "2023-02-01",
                             "programmes": [{"programme": "PAIS", "open_cases": 1}]},
        str(idle.user_id): {"user_id": str(idle.user_id), "open_cases": 0, "oldest_assignment_on": None, "programmes": []},
    }  # fmt: skip
    assert {first.id, second.id}.isdisjoint(str(shown).split("'"))


def test_closed_cases_and_those_of_other_services_weigh_on_nobody(world: World) -> None:
    case, neighbour = world.started(), world.user("coordinator", at=world.other_service)
    assert [one["open_cases"] for one in loads(world)["managers"]] == [1]
    world.close(case)
    assert [one["open_cases"] for one in loads(world)["managers"]] == [0]
    world.in_charge()
    next_door = ok(neighbour.get("/caseloads"))["items"]
    assert next_door == [{"service_id": world.other_service, "cases_without_manager": 0, "managers": []}]


def test_a_case_whose_manager_left_or_was_named_by_mistake_is_without_one(world: World) -> None:
    gone, mistaken = world.in_charge(), world.in_charge()
    coordinator = world.as_("coordinator")
    for case, act, body in (
        (gone, "departure", {"to_on": "2023-02-01"}), (mistaken, "withdrawal", {"reason": "Altro caso"}),
    ):  # fmt: skip
        team = ok(coordinator.get(f"/cases/{case.id}/team"))["items"]
        member = next(one for one in team if one["role"] == "case_manager")
        ok(coordinator.post(f"/cases/{case.id}/team/{member['id']}/{act}", body))
    shown = loads(world)
    assert (shown["cases_without_manager"], [one["open_cases"] for one in shown["managers"]]) == (2, [0])


def test_whoever_manages_without_the_role_any_more_is_still_shown_with_the_cases(world: World) -> None:
    case = world.in_charge()
    manager = world.as_("case_manager").user_id
    world.alter("UPDATE access.role_assignments SET until = now() WHERE user_id = :user", user=manager)
    [load] = loads(world)["managers"]
    assert (load["user_id"], load["open_cases"]) == (str(manager), 1)
    assert case.id not in str(load)


def test_caseloads_are_for_coordinators(world: World) -> None:
    for role in ("social_worker", "case_manager", "plan_office"):
        refused(world.as_(role).get("/caseloads"), 403, "permission_is_missing")


def test_a_name_is_kept_unreadable(world: World) -> None:
    """Encrypted in its column, and not among the columns that figures read."""
    case = world.in_charge()
    body = {"full_name": "Zenobia Inventatissima", "function": "Medico di base", "role": "general_practitioner",
            "component": "clinical", "from_on": "2023-01-14"}  # fmt: skip
    made = ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))
    assert (made["full_name"], made["function"]) == ("Zenobia Inventatissima", "Medico di base")
    for schema in ("cases", "audit"):
        assert "Zenobia" not in world.text_of(schema)
        assert b"Zenobia".hex() not in world.text_of(schema)
    engine_role = "SELECT has_column_privilege('trama_figures', 'cases.team_members', :column, 'SELECT') AS may"
    for column in ("full_name", "function", "user_id", "person_id"):
        assert not world.seen(engine_role, column=column)[0].may
