"""Minutes: drafted and changed by their author, closed once and for all, corrected only by others."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import orjson
import pytest
from psycopg import errors
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service.actor import Actor
from service.app import create_app
from service.audit.log.operations import refused as tell_refusal
from service.cases.programmes.loading import load
from service.db import Database, engine_for
from service.installation import Urls
from tests.cases.minutes import change, close, closed, minutes, seat, told, write
from tests.fences.test_sight import as_runtime
from tests.world import Client, Opened, World, ok, refused, together

NOBODY = "0190f000-0000-7000-8000-000000000000"


@pytest.fixture
def case(world: World) -> Opened:
    """A case in charge."""
    return world.in_charge()


def read(world: World, case: Opened, meeting: Any) -> Any:
    """The minutes as they are."""
    return ok(world.as_("coordinator").get(f"/cases/{case.id}/meetings/{meeting['id']}"))


def join(world: World, case: Opened, user: Client, **values: Any) -> str:
    """Bring an operator on the team."""
    body = {"user_id": str(user.user_id), "organisation_id": world.service, "role": "educator", "component": "clinical",
            "from_on": "2023-01-14", **values}  # fmt: skip
    member: str = ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))["id"]
    return member


def test_minutes_are_kept_as_given(world: World, case: Opened) -> None:
    attendances = [
        seat(world, case, dissent="Non è d'accordo sui tempi", is_present=True),
        seat(world, case, "case_manager", is_present=False),
        {"guest_name": "Ida Inventati", "organisation_id": world.asst, "is_present": True},
        {"organisation_id": world.cooperative},
    ]
    blank = {"member_id": None, "guest_name": None, "organisation_id": None, "is_present": True, "dissent": None}
    answer = write(world, case, attendances=attendances)
    made = ok(answer)
    assert made["attendances"] == [blank | attendance for attendance in attendances]
    assert {name: made[name] for name in minutes()} == minutes()
    assert (made["version"], made["closed_on"], made["content_hash"], made["project_number"]) == (1, None, None, None)
    assert made["author_id"] == str(world.as_("social_worker").user_id)
    assert ok(world.as_("coordinator").get(answer.headers["Location"].removeprefix("/v1"))) == made
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/meetings"))["items"] == [made]


def test_the_version_of_the_project_that_was_discussed_is_named_by_its_number(world: World) -> None:
    case = world.drafted()
    assert ok(write(world, case, held_on="2023-01-26", project_number=1))["project_number"] == 1
    assert told(write(world, case, project_number=2)) == [("#/project_number", "version_is_unknown")]


def test_a_change_replaces_only_what_it_names(world: World, case: Opened) -> None:
    made = ok(write(world, case))
    changed = ok(change(world, case, made, decisions=["Altro"], place=None))
    assert changed == {**made, "decisions": ["Altro"], "place": None, "version": 2}
    emptied = ok(change(world, case, changed, attendances=[]))
    assert emptied == {**changed, "attendances": [], "version": 3}
    refused(change(world, case, made, place="Altrove"), 412, "row_has_changed")


def test_only_the_author_changes_and_closes_a_draft(world: World, case: Opened) -> None:
    made = ok(write(world, case))
    for other in (world.as_("coordinator"), world.as_("case_manager")):
        refused(change(world, case, made, other, place="Altrove"), 403, "minutes_are_of_another")
        refused(close(world, case, made, other), 403, "minutes_are_of_another")
    assert read(world, case, made) == made


@pytest.mark.parametrize(("values", "pointer", "code"), [
    ({"held_on": "2023-01-09"}, "#/held_on", "date_is_before_referral"),
    ({"held_on": "2999-01-01"}, "#/held_on", "date_is_in_the_future"),
    ({"unheard_reason": "Era assente"}, "#/unheard_reason", "person_was_heard"),
    ({"correction_reason": "Errore"}, "#/correction_reason", "reason_goes_with_correction"),
    ({"attendances": [{}]}, "#/attendances/0", "attendee_is_named_once"),
    ({"attendances": [{"member_id": NOBODY, "guest_name": "Ida"}]}, "#/attendances/0", "attendee_is_named_once"),
    ({"attendances": [{"member_id": NOBODY}]}, "#/attendances/0/member_id", "attendee_is_not_on_the_team"),
    ({"attendances": [{"guest_name": "Ida", "is_present": False, "dissent": "No"}]}, "#/attendances/0/dissent",
     "dissent_is_of_the_present"),
])  # fmt: skip
def test_wrong_minutes_are_refused(world: World, case: Opened, values: dict[str, Any], pointer: str, code: str) -> None:
    assert told(write(world, case, **values)) == [(pointer, code)]
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/meetings"))["items"] == []


def test_nobody_attends_twice(world: World, case: Opened) -> None:
    mine = seat(world, case)
    assert told(write(world, case, attendances=[mine, mine])) == [("#/attendances/1/member_id", "attendee_is_repeated")]


def test_who_attends_was_on_the_team_that_day(world: World, case: Opened) -> None:
    """The first day counts, the first day without them does not; nor does the team of another case."""
    member = join(world, case, world.user("team_member"))
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{member}/departure", {"to_on": "2023-01-20"}))
    wrong = [("#/attendances/0/member_id", "attendee_is_not_on_the_team")]
    for day, is_refused in (
        ("2023-01-13", True), ("2023-01-14", False), ("2023-01-19", False), ("2023-01-20", True)
    ):  # fmt: skip
        answer = write(world, case, held_on=day, attendances=[{"member_id": member}])
        assert (told(answer) if is_refused else ok(answer)["held_on"]) == (wrong if is_refused else day)
    elsewhere = seat(world, world.in_charge())
    assert told(write(world, case, attendances=[elsewhere])) == wrong


def test_the_presence_of_person_and_family_agrees_with_who_was_there(world: World, case: Opened) -> None:
    body = {"person_id": case.person_id, "role": "beneficiary", "component": "person", "from_on": "2023-01-14"}
    person = ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))["id"]
    answer = write(world, case, person_present=False, attendances=[{"member_id": person}])
    assert told(answer) == [("#/person_present", "presence_disagrees")]
    away = write(world, case, person_present=False, attendances=[{"member_id": person, "is_present": False}])
    assert ok(away)["person_present"] is False
    ok(write(world, case, person_present=True, attendances=[]))  # who is no member may be present


def test_minutes_close_with_somebody_present_and_the_persons_view(world: World, case: Opened) -> None:
    empty = ok(write(world, case, attendances=[], person_view=None))
    problem = refused(close(world, case, empty), 409, "minutes_are_incomplete")
    assert "chi era presente, il punto di vista della persona" in problem["detail"]
    absent = ok(
        change(world, case, empty, attendances=[seat(world, case, is_present=False)], unheard_reason="Ricovero")
    )
    assert "manca: chi era presente." in refused(close(world, case, absent), 409, "minutes_are_incomplete")["detail"]
    whole = ok(change(world, case, absent, attendances=[seat(world, case)]))
    for on, code in (("2023-01-17", "date_is_before_last_step"), ("2999-01-01", "date_is_in_the_future")):
        assert told(close(world, case, whole, on=on)) == [("#/closed_on", code)]
    assert ok(close(world, case, whole, on="2023-01-18"))["closed_on"] == "2023-01-18"


def test_closed_minutes_are_frozen(world: World, case: Opened) -> None:
    done = closed(world, case)
    refused(change(world, case, done, place="Altrove"), 409, "minutes_are_closed")
    refused(close(world, case, done), 409, "minutes_are_closed")
    assert read(world, case, done) == done


def test_the_hash_binds_all_that_the_minutes_say(world: World, case: Opened) -> None:
    done = closed(world, case, attendances=[seat(world, case, dissent="No"), {"guest_name": "Ida Inventati"}])
    names = ("project_number", *minutes(), "unheard_reason", "attendances")
    content = {name: done[name] for name in names}
    meeting_id = world.seen("SELECT id FROM cases.meetings WHERE id = :id", id=done["id"])[0].id
    packed = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    assert done["content_hash"] == sha256(meeting_id.bytes + packed).hexdigest()


def test_of_two_who_close_the_same_minutes_at_once_one_does(world: World, case: Opened) -> None:
    made, author = ok(write(world, case)), world.as_("social_worker")
    answers = together(*[lambda: close(world, case, made, author.again())] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    assert read(world, case, made)["version"] == 2


@pytest.mark.parametrize("statement", [
    "UPDATE cases.meetings SET narrative = 'Altro' WHERE id = :id",
    "UPDATE cases.meetings SET narrative = NULL WHERE id = :id",
    "UPDATE cases.meetings SET kind = 'network' WHERE id = :id", "UPDATE cases.meetings SET content_hash = '' WHERE id = :id",
    "UPDATE cases.meetings SET closed_on = NULL, closed_at = NULL, content_hash = NULL WHERE id = :id",
    "DELETE FROM cases.meeting_attendances WHERE meeting_id = :id",
    "INSERT INTO cases.meeting_attendances (id, meeting_id, case_id, position, is_present) "
    "SELECT gen_random_uuid(), id, case_id, 9, true FROM cases.meetings WHERE id = :id",
])  # fmt: skip
def test_closed_minutes_are_frozen_by_sql_too(world: World, case: Opened, statement: str) -> None:
    done = closed(world, case)
    with (
        as_runtime(world.urls, world.as_("social_worker").user_id) as connection,
        pytest.raises(DBAPIError) as raised,
    ):
        connection.execute(text(statement), {"id": done["id"]})
    assert isinstance(raised.value.orig, errors.IntegrityConstraintViolation)
    assert raised.value.orig.diag.constraint_name == "minutes_are_frozen"


def test_minutes_do_not_begin_closed_and_close_by_the_clock(world: World, case: Opened) -> None:
    with as_runtime(world.urls, world.as_("social_worker").user_id) as connection:
        made = connection.execute(text("""
            INSERT INTO cases.meetings (id, case_id, kind, held_on, mode, person_present, family_present, decisions, version,
                                        recorded_by, closed_on, closed_at, content_hash)
            VALUES (gen_random_uuid(), :case, 'network', '2023-01-18', 'remote', false, false, '{}', 1, gen_random_uuid(),
                    '2023-01-18', '2020-01-01', 'x')
            RETURNING id, num_nonnulls(closed_on, closed_at, content_hash) AS closed"""), {"case": case.id}).one()  # fmt: skip
        assert made.closed == 0
        closing = """UPDATE cases.meetings SET closed_on = '2023-01-19', closed_at = '2020-01-01', content_hash = 'x'
                     WHERE id = :id RETURNING closed_at = now()"""
        assert connection.scalar(text(closing), {"id": made.id})


def test_the_words_of_closed_minutes_can_be_erased_and_nothing_else_changes(world: World, case: Opened) -> None:
    """By another role than the running service's, all at once."""
    done = closed(world, case, attendances=[seat(world, case, dissent="No"), {"guest_name": "Ida Inventati"}])
    with pytest.raises(DBAPIError, match="frozen"):
        world.alter("UPDATE cases.meetings SET narrative = NULL WHERE id = :id", id=done["id"])
    with pytest.raises(DBAPIError, match="frozen"):
        world.alter("UPDATE cases.meeting_attendances SET is_present = NOT is_present, dissent = NULL, guest_name = NULL "
                    "WHERE meeting_id = :id", id=done["id"])  # fmt: skip
    world.alter("""UPDATE cases.meetings SET place = NULL, person_view = NULL, unheard_reason = NULL, decisions = '{}',
                   narrative = NULL, correction_reason = NULL WHERE id = :id""", id=done["id"])  # fmt: skip
    world.alter("UPDATE cases.meeting_attendances SET guest_name = NULL, dissent = NULL WHERE meeting_id = :id",
                id=done["id"])  # fmt: skip
    left = read(world, case, done)
    assert (left["content_hash"], left["narrative"], left["decisions"]) == (done["content_hash"], None, [])
    assert [one["guest_name"] or one["dissent"] for one in left["attendances"]] == [None, None]


def test_closed_minutes_are_corrected_by_others_that_supersede_them(world: World, case: Opened) -> None:
    wrong = closed(world, case)
    correction = {"corrects_id": wrong["id"], "correction_reason": "Data sbagliata"}
    draft = ok(write(world, case, held_on="2023-01-17", **correction))
    assert read(world, case, wrong)["superseded_at"] is None
    right = ok(close(world, case, draft))
    assert (right["corrects_id"], right["correction_reason"]) == (wrong["id"], "Data sbagliata")
    superseded = read(world, case, wrong)
    assert (superseded["supersede_reason"], superseded["narrative"]) == ("Data sbagliata", wrong["narrative"])
    assert [one["id"] for one in ok(world.as_("coordinator").get(f"/cases/{case.id}/meetings"))["items"]] == [
        right["id"]
    ]
    refused(write(world, case, **correction), 409, "fact_is_superseded")
    refused(write(world, case, **(correction | {"corrects_id": NOBODY})), 404, "fact_is_unknown")


def test_a_draft_is_changed_and_not_corrected(world: World, case: Opened) -> None:
    draft = ok(write(world, case))
    refused(write(world, case, corrects_id=draft["id"], correction_reason="Errore"), 409, "minutes_are_open")


def test_of_two_corrections_closed_at_once_one_supersedes(world: World, case: Opened) -> None:
    wrong, author = closed(world, case), world.as_("social_worker")
    correction = {"corrects_id": wrong["id"], "correction_reason": "Errore"}
    drafts = [ok(write(world, case, **correction)) for _ in range(2)]
    answers = together(*[lambda draft=draft: close(world, case, draft, author.again()) for draft in drafts])
    assert sorted(answer.status_code for answer in answers) == [200, 409]


def test_minutes_of_a_closed_case_are_closed_and_corrected_and_no_others_are_written(world: World) -> None:
    case = world.started()
    draft = ok(write(world, case))
    world.close(case)
    wrong = ok(close(world, case, draft))
    refused(write(world, case), 409, "case_is_closed")
    ok(close(world, case, ok(write(world, case, corrects_id=wrong["id"], correction_reason="Errore"))))


def test_a_draft_is_withdrawn_by_its_author_and_minutes_by_who_answers_for_the_case(world: World, case: Opened) -> None:
    member = world.user("team_member")
    join(world, case, member)
    reason = {"reason": "Caso sbagliato"}
    mine, others, done = ok(write(world, case, member)), ok(write(world, case)), closed(world, case)
    path = f"/cases/{case.id}/meetings/{{}}/withdrawal"
    for meeting in (others, done):
        refused(member.post(path.format(meeting["id"]), reason), 403, "case_is_managed_by_another")
    withdrawn = ok(member.post(path.format(mine["id"]), reason))
    assert withdrawn["supersede_reason"] == "Caso sbagliato"
    refused(change(world, case, mine, member, place="Altrove"), 409, "fact_is_superseded")
    for meeting, by in ((others, "coordinator"), (done, "case_manager")):
        ok(world.as_(by).post(path.format(meeting["id"]), reason))
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/meetings"))["items"] == []


def test_a_member_whom_closed_minutes_name_was_there_whatever_is_said_later(world: World, case: Opened) -> None:
    """Until the minutes are corrected, the membership can't be ended before that day nor withdrawn."""
    member = join(world, case, world.user("team_member"))
    done = closed(world, case, attendances=[seat(world, case), {"member_id": member}])
    coordinator, path = world.as_("coordinator"), f"/cases/{case.id}/team/{member}"
    for act, body in (("departure", {"to_on": "2023-01-18"}), ("withdrawal", {"reason": "Errore"})):
        refused(coordinator.post(f"{path}/{act}", body), 409, "member_attended_meetings")
    correction = {"corrects_id": done["id"], "correction_reason": "Non c'era"}
    ok(close(world, case, ok(write(world, case, **correction))))
    assert ok(coordinator.post(f"{path}/departure", {"to_on": "2023-01-18"}))["to_on"] == "2023-01-18"


def test_minutes_close_only_if_those_called_still_count_as_members_of_that_day(world: World, case: Opened) -> None:
    member = join(world, case, world.user("team_member"))
    draft = ok(write(world, case, attendances=[seat(world, case), {"member_id": member}]))
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{member}/departure", {"to_on": "2023-01-18"}))
    refused(close(world, case, draft), 409, "attendee_was_not_on_the_team")
    ok(close(world, case, ok(change(world, case, draft, attendances=[seat(world, case)]))))


def test_of_a_closure_and_a_departure_at_once_both_can_not_be_true(world: World, case: Opened) -> None:
    member, author = join(world, case, world.user("team_member")), world.as_("social_worker")
    draft = ok(write(world, case, attendances=[seat(world, case), {"member_id": member}]))
    leaving = f"/cases/{case.id}/team/{member}/departure"
    answers = together(
        lambda: close(world, case, draft, author.again()),
        lambda: world.as_("coordinator").again().post(leaving, {"to_on": "2023-01-16"}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


def test_who_left_the_team_sees_and_writes_no_minutes_at_once(world: World, case: Opened) -> None:
    member = world.user("team_member")
    membership = join(world, case, member)
    draft = ok(write(world, case, member))
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{membership}/departure", {"to_on": "2023-01-20"}))
    here = f"/cases/{case.id}/meetings"
    for answer in (
        member.get(here), write(world, case, member), change(world, case, draft, member, place=None),
        close(world, case, draft, member), member.get(f"/cases/{case.id}/body-involvements"),
    ):  # fmt: skip
        refused(answer, 404, "case_is_unknown")
    refused(member.get(f"{here}/{draft['id']}"), 404, "fact_is_unknown")
    with as_runtime(world.urls, member.user_id) as connection:
        assert connection.scalar(text("SELECT count(*) FROM cases.meetings")) == 0


def test_names_of_guests_are_kept_unreadable_and_are_not_on_the_log(world: World, case: Opened) -> None:
    closed(world, case, attendances=[seat(world, case), {"guest_name": "Zenobia Inventatissima"}])
    for schema in ("cases", "audit"):
        assert "Zenobia" not in world.text_of(schema)
        assert b"Zenobia".hex() not in world.text_of(schema)


# No approval without minutes, where the programme wants them.

PROGRAMME = """
like: percorso
code: PROVA_VERBALI
version: 1
label: Misura di prova con verbale
valid_from: 2018-01-01
sources: ["Prova"]
groups: []
team_components: [social, clinical]
project: {signers: [person, case_manager], needs_minutes: true, longest_review_months: 12}
"""


@pytest.fixture(scope="module")
def demanding(new_database: Callable[[], Urls]) -> Iterator[World]:
    """An Ambito with a programme that wants minutes."""
    urls = new_database()
    owner = create_engine(urls.owner or "")
    with Session(owner) as session, session.begin():
        load(session, "prova.yaml", PROGRAMME)
    owner.dispose()
    database = Database[Actor](engine_for(urls.runtime), tell_refusal)
    yield World(create_app(database), urls)
    database.engine.dispose()


def approve(world: World, case: Opened, on: str = "2023-01-30") -> Any:
    """The answer to an approval."""
    path = f"/cases/{case.id}/projects/1/approval"
    return world.as_("coordinator").post(path, {"approved_on": on}, version=case.project_version)


def whole_team(world: World, case: Opened) -> list[dict[str, Any]]:
    """The social and the clinical member, present."""
    return [seat(world, case), seat(world, case, "other")]


def test_a_project_is_approved_on_closed_minutes_of_a_whole_team(demanding: World) -> None:
    world, case = demanding, demanding.drafted("PROVA_VERBALI")
    refused(approve(world, case), 409, "minutes_are_missing")
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/projects/1"))["status"] == "draft"
    held = {"held_on": "2023-01-26", "project_number": 1, "attendances": whole_team(world, case)}
    draft = ok(write(world, case, **held))
    refused(approve(world, case), 409, "minutes_are_missing")
    ok(close(world, case, draft, on="2023-01-29"))
    refused(approve(world, case, on="2023-01-28"), 409, "minutes_are_missing")
    assert ok(approve(world, case, on="2023-01-29"))["status"] == "approved"


@pytest.mark.parametrize("lack", [
    "other kind", "no version", "absent component", "only a guest", "superseded", "another case",
])  # fmt: skip
def test_minutes_that_tell_less_are_not_enough(demanding: World, lack: str) -> None:
    world, case = demanding, demanding.drafted("PROVA_VERBALI")
    other = demanding.drafted("PROVA_VERBALI") if lack == "another case" else case
    present = whole_team(world, other)
    held: dict[str, Any] = {"held_on": "2023-01-26", "project_number": 1, "attendances": present}
    held |= {
        "other kind": {"kind": "network"}, "no version": {"project_number": None},
        "absent component": {"attendances": [present[0], present[1] | {"is_present": False}]},
        "only a guest": {"attendances": [present[0], {"organisation_id": world.asst}]},
    }.get(lack, {})  # fmt: skip
    done = ok(close(world, other, ok(write(world, other, **held)), on="2023-01-27"))
    if lack == "superseded":
        ok(world.as_("coordinator").post(f"/cases/{case.id}/meetings/{done['id']}/withdrawal", {"reason": "Errore"}))
    refused(approve(world, case), 409, "minutes_are_missing")
