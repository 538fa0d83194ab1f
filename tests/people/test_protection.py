"""Special protection, and "exists, ask that desk": what may be known of who is out of sight, and of whom nothing."""

from typing import Any
from uuid import uuid4

from tests.fences.test_queries import counted
from tests.world import Client, World, ok, refused, together

ROSSI, OMOCODIC, BIANCHI = "RSSMRA85T10A562S", "RSSMRA85T10A56NH", "BNCNMR71C45D150L"
WHY = {"reason": "Minacce del coniuge"}


def code(value: str) -> list[dict[str, str]]:
    """A tax code."""
    return [{"system": "codice_fiscale", "value": value}]


def stranger(world: World, role: str = "social_worker") -> Client:
    """An operator of the other service."""
    return world.user(role, at=world.other_service)


def desks(by: Client, value: str) -> Any:
    """Ask who knows this code."""
    return ok(by.post("/people/desks", {"codice_fiscale": value}))


def protect(world: World, person: Any) -> Any:
    """Put under special protection."""
    return ok(world.as_("coordinator").post(f"/people/{person['id']}/protections", WHY))


def lift(world: World, person: Any) -> Any:
    """And lift it."""
    return ok(world.as_("coordinator").post(f"/people/{person['id']}/protections/lifting", {"reason": "Cessate"}))


def register(world: World, by: Client, value: str) -> Any:
    """Try to register somebody with a code, next door."""
    body = {"family_name": "Altra", "given_name": "Spelling", "sex": "F", "registered_by": world.other_service}
    return by.post("/people", {**body, "identifiers": code(value)})


def test_of_who_is_out_of_sight_only_the_desks_are_told(fresh: World) -> None:
    person, asker = fresh.person(identifiers=code(ROSSI), family_name="Nascosta"), stranger(fresh)
    assert desks(asker, ROSSI) == {"is_known": True, "bodies": [fresh.service]}
    assert desks(asker, f" {ROSSI.lower()} ") == {"is_known": True, "bodies": [fresh.service]}
    assert desks(asker, BIANCHI) == {"is_known": False, "bodies": []}
    assert ok(asker.post("/people/search", {"identifier": code(ROSSI)[0]}))["items"] == []
    text = asker.post("/people/desks", {"codice_fiscale": ROSSI}).text
    assert person["id"] not in text
    assert "Nascosta" not in text


def test_an_omocodic_spelling_is_of_another_person(fresh: World) -> None:
    fresh.person(identifiers=code(ROSSI))
    assert desks(stranger(fresh), OMOCODIC)["is_known"] is False


def test_the_desks_are_those_with_a_live_ground(fresh: World) -> None:
    third = fresh.organisation("Terzo servizio", "service", "public")
    person = fresh.person(identifiers=code(ROSSI))
    case = fresh.open(person_id=person["id"])
    fresh.write("""INSERT INTO access.grounds (id, organisation_id, person_id, kind, source_id, until)
        VALUES (gen_random_uuid(), :body, :person, 'registry', :person, now())""", body=third,
        person=person["id"])  # fmt: skip
    assert desks(stranger(fresh), ROSSI)["bodies"] == [fresh.service]
    fresh.write("UPDATE access.grounds SET until = NULL WHERE organisation_id = :body", body=third)
    found = fresh.as_("social_worker").post("/people/desks", {"codice_fiscale": ROSSI})
    assert set(ok(found)["bodies"]) == {fresh.service, third}
    assert case.id not in found.text


def test_a_lookup_is_on_the_log_without_the_code_or_the_person(fresh: World) -> None:
    asker = stranger(fresh)
    fresh.person(identifiers=code(ROSSI))
    for value in (ROSSI, BIANCHI):
        desks(asker, value)
    told = fresh.events(action="desks:find", user_id=asker.user_id)
    assert [(event.outcome, event.field_names, event.resource_id) for event in told] == [("shown", [], None)] * 2
    assert ROSSI not in fresh.text_of("audit")
    named = fresh.seen("SELECT p.* FROM audit.event_people p JOIN audit.events e ON e.id = p.event_id "
                       "WHERE e.action = 'desks:find'")  # fmt: skip
    assert named == []


def test_a_lookup_wants_a_tax_code_and_who_may_search(world: World) -> None:
    worker = world.as_("social_worker")
    refused(worker.post("/people/desks", {"codice_fiscale": "RSSMRA85T10A562T"}), 422, "request_is_invalid")
    refused(world.as_("team_member").post("/people/desks", {"codice_fiscale": ROSSI}), 403, "permission_is_missing")


def test_who_is_protected_does_not_exist_for_who_has_no_ground(fresh: World) -> None:
    person, asker = fresh.person(identifiers=code(ROSSI), family_name="Protetta", given_name="Anna"), stranger(fresh)
    protect(fresh, person)
    assert desks(asker, ROSSI) == desks(asker, BIANCHI) == {"is_known": False, "bodies": []}
    made = ok(register(fresh, asker, ROSSI))
    assert made["possible_duplicates"] == []
    assert ok(fresh.as_("social_worker").get(f"/people/{person['id']}"))["is_protected"] is True
    assert desks(fresh.as_("social_worker"), ROSSI)["is_known"] is True


def test_hidden_absent_and_protected_are_told_by_the_same_statements(fresh: World) -> None:
    hidden, protected = fresh.person(identifiers=code(ROSSI)), fresh.person(identifiers=code(BIANCHI))
    protect(fresh, protected)
    asker = stranger(fresh)
    requests = {
        "desks": [("POST", "/people/desks", {"codice_fiscale": value}) for value in (ROSSI, BIANCHI, OMOCODIC)],
        "show": [("GET", f"/people/{one}", None) for one in (hidden["id"], protected["id"], uuid4())],
        "codes": [("GET", f"/people/{one}/identifiers", None) for one in (hidden["id"], protected["id"], uuid4())],
        "search": [("POST", "/people/search", {"identifier": code(value)[0]}) for value in (ROSSI, BIANCHI, OMOCODIC)],
    }
    for name, alike in requests.items():
        sent, answers = [], []
        for request in alike:
            with counted(fresh) as statements:
                answers.append(asker.request(*request))
            sent.append(list(statements))
        assert (name, sent[0]) == (name, sent[1])
        assert (name, sent[1]) == (name, sent[2])
        assert (name, answers[1].status_code, answers[1].get_json()) == (
            name,
            answers[2].status_code,
            answers[2].get_json(),
        )
        if name != "desks":
            assert (name, answers[0].get_json()) == (name, answers[2].get_json())


def test_a_code_that_two_have_is_shared_until_they_are_one(fresh: World) -> None:
    person, asker = fresh.person(identifiers=code(ROSSI)), stranger(fresh, "coordinator")
    protect(fresh, person)
    other = ok(register(fresh, asker, ROSSI))
    refused(register(fresh, asker, ROSSI), 409, "identifier_is_registered")
    lift(fresh, person)
    assert desks(asker, ROSSI)["bodies"] == sorted([fresh.service, fresh.other_service])
    both = fresh.user("coordinator")
    fresh.write("""INSERT INTO access.role_assignments (id, user_id, organisation_id, role)
        VALUES (gen_random_uuid(), :user, :body, 'coordinator')""", user=both.user_id, body=fresh.other_service)  # fmt: skip
    assert ok(both.get(f"/people/{other['id']}"))["possible_duplicates"] == [person["id"]]
    merged = {"alias_id": other["id"], "person_id": person["id"], "reason": "La stessa"}
    made = ok(both.post("/people/merges", merged))
    one = ok(asker.get(f"/people/{other['id']}"))
    assert (one["id"], {held["value"] for held in one["identifiers"]}) == (person["id"], {ROSSI})
    refused(register(fresh, asker, ROSSI), 409, "identifier_is_registered")
    ok(both.post(f"/people/merges/{made['id']}/undoing", {"reason": "Sono due"}))


def test_the_code_of_who_needs_it_no_more_is_theirs_alone_again(fresh: World) -> None:
    person, asker = fresh.person(identifiers=code(ROSSI)), stranger(fresh)
    protect(fresh, person)
    lift(fresh, person)
    refused(register(fresh, asker, ROSSI), 409, "identifier_is_registered")


def test_a_code_given_to_who_is_protected_betrays_nothing_either(fresh: World) -> None:
    person, asker = fresh.person(), stranger(fresh)
    protect(fresh, person)
    ok(fresh.as_("social_worker").post(f"/people/{person['id']}/identifiers", code(ROSSI)[0]))
    ok(register(fresh, asker, ROSSI))


def test_the_stricter_wins_in_a_merge(fresh: World) -> None:
    protected, other = fresh.person(identifiers=code(ROSSI)), fresh.person(identifiers=code(BIANCHI))
    protect(fresh, protected)
    asker = stranger(fresh)
    merged = {"alias_id": protected["id"], "person_id": other["id"], "reason": "La stessa"}
    made = ok(fresh.as_("coordinator").post("/people/merges", merged))
    assert ok(fresh.as_("coordinator").get(f"/people/{other['id']}"))["is_protected"] is True
    assert desks(asker, BIANCHI)["is_known"] is False
    ok(fresh.as_("coordinator").post(f"/people/merges/{made['id']}/undoing", {"reason": "Sono due"}))
    assert (desks(asker, BIANCHI)["is_known"], desks(asker, ROSSI)["is_known"]) == (True, False)
    refused(register(fresh, asker, BIANCHI), 409, "identifier_is_registered")


def test_the_code_of_who_is_one_with_somebody_protected_betrays_nothing(fresh: World) -> None:
    protected, other = fresh.person(), fresh.person(identifiers=code(BIANCHI))
    protect(fresh, protected)
    asker = stranger(fresh)
    refused(register(fresh, asker, BIANCHI), 409, "identifier_is_registered")
    merged = {"alias_id": protected["id"], "person_id": other["id"], "reason": "La stessa"}
    ok(fresh.as_("coordinator").post("/people/merges", merged))
    ok(register(fresh, asker, BIANCHI))


def test_the_history_of_protection_stays(world: World) -> None:
    coordinator, person = world.as_("coordinator"), world.person()
    here = f"/people/{person['id']}/protections"
    refused(coordinator.post(f"{here}/lifting", WHY), 409, "person_is_not_protected")
    protect(world, person)
    refused(coordinator.post(here, WHY), 409, "person_is_protected")
    lift(world, person)
    protect(world, person)
    items = ok(coordinator.get(here))["items"]
    assert [(one["reason"], one["supersede_reason"]) for one in items] == [
        (WHY["reason"], None), (WHY["reason"], "Cessate"),
    ]  # fmt: skip


def test_who_is_protected_twice_at_once_is_protected_once(world: World) -> None:
    coordinator, person = world.as_("coordinator"), world.person()
    answers = together(*[lambda: coordinator.again().post(f"/people/{person['id']}/protections", WHY)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


def test_a_code_taken_while_protection_begins_and_ends_is_of_one_or_shared_and_nothing_fails(fresh: World) -> None:
    person, asker = fresh.person(identifiers=code(ROSSI)), stranger(fresh)
    coordinator = fresh.as_("coordinator")
    for _ in range(4):
        answers = together(
            lambda: coordinator.again().post(f"/people/{person['id']}/protections", WHY),
            lambda: register(fresh, asker.again(), ROSSI),
            lambda: coordinator.again().post(f"/people/{person['id']}/protections/lifting", {"reason": "Cessate"}),
        )
        assert {answer.status_code for answer in answers} <= {200, 201, 409}
    exclusive = fresh.seen("SELECT * FROM identity.identifiers WHERE is_exclusive AND superseded_at IS NULL")
    assert len(exclusive) <= 1
