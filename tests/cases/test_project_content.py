"""What a project may say, and what it must say before it is approved: each rule with where it comes from."""

from typing import Any
from uuid import uuid4

import pytest

from tests.cases.acts import draft, whole
from tests.cases.ruled import approve, programme, ready, told
from tests.world import World, ok, refused

GOAL = {"life_domain": "abitare", "wording": "Abitare", "in_first_person": "Voglio una casa"}


def listed(*codes: str) -> list[dict[str, str]]:
    """A list of codes, as programmes have it."""
    return [{"code": code, "label": code} for code in codes]


def test_everything_that_is_wrong_is_told_at_its_place(world: World) -> None:
    case, key, nobody = world.assessed(), str(uuid4()), str(uuid4())
    commitment = {"what": "Viene"}
    content = {
        "goals": [{**GOAL, "key": key}, {**GOAL, "key": key, "responsible_id": nobody}],
        "supports": [{"kind": "educativo", "goal_key": nobody, "from_on": "2023-03-01", "to_on": "2023-02-28"}],
        "commitments": [
            {**commitment, "who": "person", "area": "nuoto"}, {**commitment, "who": "team_member"},
            {**commitment, "who": "household", "person_id": case.person_id},
            {**commitment, "who": "household_member", "person_id": nobody},
        ],
        "responsibles": [],
        "review_months": 7, "is_family_possible": False, "family_involvement": "involved",
        "preferences": "Il mattino", "preferences_missing_reason": "Non le ha dette",
    }  # fmt: skip
    answer = world.as_("social_worker").post(f"/cases/{case.id}/projects", draft("2023-01-25") | content)
    assert sorted(told(refused(answer, 422, "request_is_invalid"))) == [
        ("#/commitments/0/area", "value_is_unknown"), ("#/commitments/1/who", "who_is_not_told"),
        ("#/commitments/2/who", "who_is_not_told"), ("#/commitments/3/person_id", "reference_is_unknown"),
        ("#/family_involvement", "family_is_not_possible"), ("#/goals/0/key", "key_is_repeated"),
        ("#/goals/1/key", "key_is_repeated"), ("#/goals/1/responsible_id", "reference_is_unknown"),
        ("#/preferences_missing_reason", "preferences_are_given"), ("#/review_months", "number_out_of_range"),
        ("#/supports/0/goal_key", "reference_is_unknown"), ("#/supports/0/to_on", "date_is_before_start"),
    ]  # fmt: skip


@pytest.mark.parametrize(("rule", "part", "row"), [
    ("life_domains", "goals", {"wording": "x", "life_domain": "{}"}), ("supports", "supports", {"kind": "{}"}),
    ("support_areas", "supports", {"kind": "educativo", "area": "{}"}),
    ("commitment_areas", "commitments", {"who": "household", "what": "x", "area": "{}"}),
])  # fmt: skip
def test_codes_are_of_the_programmes_list_when_it_has_one(
    world: World, rule: str, part: str, row: dict[str, str]
) -> None:
    case = world.assessed(programme(world, **{rule: listed("uno", "due")}))

    def sent(code: str) -> Any:
        body = {"drafted_on": "2023-01-25", part: [{name: text.format(code) for name, text in row.items()}]}
        return world.as_("social_worker").post(f"/cases/{case.id}/projects", body)

    [(pointer, code)] = told(refused(sent("tre"), 422, "request_is_invalid"))
    assert (pointer.startswith(f"#/{part}/0/"), code) == (True, "value_is_unknown")
    assert len(ok(sent("due"))[part]) == 1


@pytest.mark.parametrize("number", [0, 1, 4, 6])
def test_the_levels_of_a_goal_are_five_or_none(world: World, number: int) -> None:
    """Goal attainment scaling: -2 to +2."""
    case = world.assessed()
    answer = world.as_("social_worker").post(
        f"/cases/{case.id}/projects", draft("2023-01-25", goals=[{**GOAL, "gas_levels": ["x"] * number}])
    )
    assert told(refused(answer, 422, "request_is_invalid")) == [("#/goals/0/gas_levels", "length_is_not_exact")]


def test_a_change_is_held_against_what_stays(world: World) -> None:
    """A support serves a goal of its version: the goal does not leave from under it."""
    case, worker = world.assessed(), world.as_("social_worker")
    made = ok(worker.post(f"/cases/{case.id}/projects", whole(world, case)))
    path = f"/cases/{case.id}/projects/1"
    problem = refused(worker.patch(path, {"goals": made["goals"][1:]}, version=1), 422, "request_is_invalid")
    assert told(problem) == [("#/supports/0/goal_key", "reference_is_unknown")]
    gone = {"goals": made["goals"][1:], "supports": [{**made["supports"][0], "goal_key": None}]}
    assert ok(worker.patch(path, gone, version=1)) == {**made, **gone, "version": 2}


def test_the_database_holds_a_support_to_a_goal_of_its_own_version(world: World) -> None:
    case = world.drafted()
    with pytest.raises(Exception, match="fk_supports_version_id_goal_key"):
        world.alter(
            "UPDATE cases.supports SET goal_key = gen_random_uuid() WHERE case_id = :case",
            case=case.id,
        )


def test_parts_keep_their_keys_when_they_are_sent_again(world: World) -> None:
    case, worker = world.drafted(), world.as_("social_worker")
    path = f"/cases/{case.id}/projects/1"
    [first] = ok(worker.get(path))["goals"]
    changed = ok(worker.patch(path, {"goals": [GOAL, {**first, "wording": "Altro"}]}, version=1))
    assert [goal["wording"] for goal in changed["goals"]] == ["Abitare", "Altro"]
    assert changed["goals"][1]["key"] == first["key"] != changed["goals"][0]["key"]


def test_who_answers_must_be_of_this_team(world: World) -> None:
    case, other = world.assessed(), world.assessed()
    [stranger, *_] = ok(world.as_("coordinator").get(f"/cases/{other.id}/team"))["items"]
    one = {"team_member_id": stranger["id"], "role": "Educatore", "task": "Il lunedì"}
    answer = world.as_("social_worker").post(f"/cases/{case.id}/projects", draft("2023-01-25", responsibles=[one]))
    assert told(refused(answer, 422, "request_is_invalid")) == [
        ("#/responsibles/0/team_member_id", "reference_is_unknown")
    ]


def test_a_household_member_out_of_sight_is_not_named(world: World) -> None:
    elsewhere = world.user("social_worker", at=world.other_service)
    hidden = world.person(elsewhere, registered_by=world.other_service)["id"]
    case = world.assessed()
    one = {"who": "household_member", "person_id": hidden, "what": "Ospita"}
    answer = world.as_("social_worker").post(f"/cases/{case.id}/projects", draft("2023-01-25", commitments=[one]))
    assert told(refused(answer, 422, "request_is_invalid")) == [("#/commitments/0/person_id", "reference_is_unknown")]


def test_the_log_names_the_members_of_the_household_who_are_shown(world: World) -> None:
    case, worker = world.assessed(), world.as_("social_worker")
    body = whole(world, case)
    ok(worker.post(f"/cases/{case.id}/projects", body))
    aunt = next(one["person_id"] for one in body["commitments"] if one["person_id"])
    ok(worker.get(f"/cases/{case.id}/projects/1", headers={"X-Request-Id": f"zia-{case.id}"}))
    [event] = world.events(request_id=f"zia-{case.id}")
    people = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :event", event=event.id)
    assert {str(row.person_id) for row in people} == {case.person_id, aunt}


# Before the approval.


def test_an_approval_wants_goals_that_say_what_the_programme_asks(world: World) -> None:
    """D.Lgs 147/2017 art. 6 c. 2: specific goals, agreed with who signs them."""
    code = programme(world, goals_need=["in_first_person", "due_on"])
    case = ready(world, code, goals=[GOAL, {**GOAL, "in_first_person": None, "due_on": "2024-01-01"}])
    problem = refused(approve(world, case), 409, "goals_are_incomplete")
    assert "la scadenza (1), le parole della persona (2)." in problem["detail"]
    case = ready(world, code, goals=[{**GOAL, "due_on": "2024-01-01"}])
    assert ok(approve(world, case))["status"] == "approved"


@pytest.mark.parametrize("content", [{"preferences": "Il mattino"}, {"preferences_missing_reason": "Non esprimibili"}])
def test_an_approval_wants_the_preferences_or_why_they_are_missing(world: World, content: dict[str, str]) -> None:
    """DM 23/11/2016 art. 2: desires, expectations and preferences of the person."""
    code = programme(world, needs_preferences=True)
    refused(approve(world, ready(world, code)), 409, "preferences_are_missing")
    assert ok(approve(world, ready(world, code, **content)))["status"] == "approved"


def test_a_programme_that_asks_no_preferences_goes_on_without(world: World) -> None:
    assert ok(approve(world, ready(world, programme(world))))["preferences"] is None


def test_an_approval_wants_an_interval_of_checks_where_the_programme_sets_the_longest(world: World) -> None:
    """DM 23/11/2016 art. 2: the project says how and when it is checked."""
    case = ready(world, programme(world, longest_review_months=4))
    path, worker = f"/cases/{case.id}/projects/1", world.as_("social_worker")
    case.project_version = ok(worker.patch(path, {"review_months": None}, version=1))["version"]
    refused(approve(world, case), 409, "project_has_no_review")
    over = refused(worker.patch(path, {"review_months": 5}, version=2), 422, "request_is_invalid")
    assert told(over) == [("#/review_months", "number_out_of_range")]
    case.project_version = ok(worker.patch(path, {"review_months": 4}, version=2))["version"]
    assert ok(approve(world, case))["review_months"] == 4


@pytest.mark.parametrize(("next_on", "is_good"), [
    ("2023-01-30", False), ("2023-01-31", True), ("2023-04-30", True), ("2023-05-01", False),
])  # fmt: skip
def test_the_first_check_falls_within_the_interval(world: World, next_on: str, *, is_good: bool) -> None:
    answer = approve(world, ready(world, programme(world), review_months=3, next_check_on=next_on))
    assert ok(answer) if is_good else refused(answer, 409, "check_is_out_of_term")


@pytest.mark.parametrize(("ends_on", "code"), [
    (None, "project_has_no_end"), ("2023-01-30", "end_is_out_of_term"), ("2024-01-30", None),
    ("2024-01-31", "end_is_out_of_term"),
])  # fmt: skip
def test_a_project_lasts_no_longer_than_the_programme_says(world: World, ends_on: str | None, code: str | None) -> None:
    answer = approve(world, ready(world, programme(world, longest_months=12), ends_on=ends_on))
    assert refused(answer, 409, code) if code else ok(answer)


def test_there_is_one_referent_where_somebody_answers(world: World) -> None:
    """D.Lgs 62/2024 art. 29: the referente per l'attuazione."""
    case = world.assessed()
    team = ok(world.as_("coordinator").get(f"/cases/{case.id}/team"))["items"]
    one = {"team_member_id": team[0]["id"], "role": "Educatore", "task": "Il lunedì"}
    path, worker = f"/cases/{case.id}/projects", world.as_("social_worker")
    case.project_version = ok(worker.post(path, draft("2023-01-25", responsibles=[one, one])))["version"]
    refused(approve(world, case), 409, "project_has_no_referent")
    twice = worker.patch(f"{path}/1", {"responsibles": [{**one, "is_referent": True}] * 2}, version=1)
    assert told(refused(twice, 422, "request_is_invalid")) == [("#/responsibles", "referent_is_repeated")]
    changed = worker.patch(f"{path}/1", {"responsibles": [one, {**one, "is_referent": True}]}, version=1)
    case.project_version = ok(changed)["version"]
    assert ok(approve(world, case))["status"] == "approved"


def test_who_answers_is_on_the_team_at_the_approval(world: World) -> None:
    case = world.assessed()
    colleague = {"user_id": str(world.user("team_member").user_id), "organisation_id": world.service, "role": "educator",
                 "component": "social", "from_on": "2023-01-14"}  # fmt: skip
    member = ok(world.as_("coordinator").post(f"/cases/{case.id}/team", colleague))["id"]
    goals = [{**GOAL, "responsible_id": member}]
    drafted = world.as_("social_worker").post(f"/cases/{case.id}/projects", draft("2023-01-25", goals=goals))
    case.project_version = ok(drafted)["version"]
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{member}/departure", {"to_on": "2023-01-30"}))
    refused(approve(world, case), 409, "members_have_left")
    assert ok(approve(world, case, on="2023-01-29"))["status"] == "approved"


def test_a_project_is_no_longer_than_its_print_can_be(world: World) -> None:
    case = world.drafted()
    goal = {"life_domain": "lavoro", "wording": "x" * 9_000, "in_first_person": "Voglio"}
    path = f"/cases/{case.id}/projects/1"
    answer = world.as_("social_worker").patch(path, {"goals": [goal] * 23}, version=case.project_version)
    assert told(refused(answer, 422, "request_is_invalid")) == [("#", "project_is_too_long")]
    ok(world.as_("social_worker").patch(path, {"goals": [goal] * 22}, version=case.project_version))


def test_a_goal_is_not_overdue_when_it_is_approved(world: World) -> None:
    case = world.drafted(goals=[{"life_domain": "lavoro", "wording": "Lavorare", "in_first_person": "Voglio",
                                 "due_on": "2023-01-29"}])  # fmt: skip
    refused(approve(world, case), 409, "goals_are_overdue")
    assert ok(approve(world, case, on="2023-01-29"))["status"] == "approved"


def test_who_wrote_what_nobody_approved_wrote_in_its_copy_too(world: World) -> None:
    """No words of one's own are approved, also when they come by way of a revoked draft."""
    case, coordinator = world.drafted(), world.as_("coordinator")
    mine = coordinator.patch(f"/cases/{case.id}/projects/1", {"check_method": "A casa"}, version=case.project_version)
    body = {"revoked_on": "2023-01-26", "reason": "Da rifare"}
    ok(world.as_("case_manager").post(f"/cases/{case.id}/projects/1/revocation", body, version=ok(mine)["version"]))
    copy = ok(
        world.as_("case_manager").post(f"/cases/{case.id}/projects", {"drafted_on": "2023-01-27", "from_version": 1})
    )
    approval = {"approved_on": "2023-01-30"}
    answer = coordinator.post(f"/cases/{case.id}/projects/2/approval", approval, version=copy["version"])
    refused(answer, 403, "author_may_not_approve")
    ok(world.user("coordinator").post(f"/cases/{case.id}/projects/2/approval", approval, version=copy["version"]))
