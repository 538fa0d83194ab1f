"""What events say: who did what to whom, on what ground, and never a person's data."""

from tests.web.test_service_log import PLANTED
from tests.world import Client, World, ok

NARRATIVE = {
    "need": "Sfrattata a marzo con due bambini", "preferences": "Vorrebbe il turno del mattino",
    "wording": "Trovare un alloggio piccolo", "in_first_person": "Voglio una casa mia", "note": "Si è commossa parlando",
    "finding": "Non dorme da settimane", "reason": "Scritto nel caso di un'altra", "description": "La zia la ospita il lunedì",
}  # fmt: skip


def lived(world: World) -> None:
    """A case with words in every place that takes them, refusals included."""
    worker, manager = world.as_("social_worker"), world.as_("case_manager")
    code = {"system": "codice_fiscale", "value": PLANTED["tax_code"]}
    identity = {name: PLANTED[name] for name in ("family_name", "given_name", "phone", "email")}
    person = world.person(identifiers=[code], **identity)
    worker.post("/people", {"family_name": PLANTED["family_name"], "given_name": "x", "sex": "F",
                            "registered_by": world.service, "identifiers": [code]})  # fmt: skip
    ok(worker.post("/people/search", {"identifier": code}))
    ok(worker.post("/people/search", {"family_name": PLANTED["family_name"]}))
    ok(worker.patch(f"/people/{person['id']}", {"given_name": PLANTED["given_name"] * 2}, version=1))
    case = world.to_assess(person_id=person["id"])
    areas = [{"area": area, "support_need": 3, "finding": NARRATIVE["finding"]} for area in "abcdef"]
    ok(worker.post(f"/cases/{case.id}/assessments", {"occurred_on": "2023-01-20", "setting": "EM", "areas": areas}))
    goal = {"life_domain": "abitare", "wording": NARRATIVE["wording"], "in_first_person": NARRATIVE["in_first_person"]}
    support = {"kind": "educativo", "description": NARRATIVE["description"]}
    draft = {
        "drafted_on": "2023-01-25",
        "preferences": NARRATIVE["preferences"],
        "goals": [goal],
        "supports": [support],
    }
    ok(worker.post(f"/cases/{case.id}/projects", draft))
    entry = {"kind": "colloquio", "occurred_on": "2023-02-01", "minutes": 5, "organisation_id": world.service}
    ok(manager.post(f"/cases/{case.id}/interventions", {**entry, "note": NARRATIVE["note"]}))
    left = ok(manager.post(f"/cases/{case.id}/family-exits", {"occurred_on": "2023-02-01", "destination": "altro"}))
    ok(manager.post(f"/cases/{case.id}/family-exits/{left['id']}/withdrawal", {"reason": NARRATIVE["reason"]}))
    referral = {"channel": "gepi", "happened_on": "2023-01-01", "arrived_on": "2023-01-01", "need": NARRATIVE["need"]}
    body = {"programme": "SIL", "person_id": person["id"], "service_id": world.service, "referral": referral}
    ok(worker.post("/cases", body))
    Client(world.app).post("/tokens", {"username": PLANTED["tax_code"], "password": PLANTED["password"]})


def test_events_hold_no_word_of_anybody(fresh: World) -> None:
    lived(fresh)
    kept = fresh.text_of("audit")
    for name, value in {**PLANTED, **NARRATIVE}.items():
        assert value not in kept, name
        assert value.encode().hex() not in kept, name
    assert len(fresh.events()) > 20


def test_an_event_says_who_what_whose_and_on_what_ground(world: World) -> None:
    case = world.in_charge()
    manager, coordinator = world.as_("case_manager"), world.as_("coordinator")
    for by in (manager, coordinator):
        ok(by.get(f"/cases/{case.id}", headers={"X-Request-Id": f"chi-{world.service}"}))
    told = world.events(request_id=f"chi-{world.service}")
    assert [(event.user_id, event.action, event.outcome, event.ground, event.roles) for event in told] == [
        (manager.user_id, "case:show", "shown", "manager", ["case_manager"]),
        (coordinator.user_id, "case:show", "shown", "service", ["coordinator"]),
    ]
    for event in told:
        assert str(event.case_id) == case.id
        people = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :id", id=event.id)
        assert [str(row.person_id) for row in people] == [case.person_id]


def test_a_write_names_its_fields_and_not_their_values(world: World) -> None:
    case = world.in_charge()
    entry = world.intervention(case, note=NARRATIVE["note"], minutes=47)
    event = world.events(resource_id=entry["id"], outcome="done")[0]
    assert event.action == "intervention:record"
    assert event.field_names == ["kind", "minutes", "note", "occurred_on", "organisation_id"]


def test_a_refusal_is_an_event_of_its_own(world: World) -> None:
    case = world.open()
    stranger = world.user("social_worker", at=world.other_service)
    stranger.get(f"/cases/{case.id}")
    event = world.events(user_id=stranger.user_id, action="case:show")[0]
    assert (event.outcome, str(event.case_id), event.ground) == ("case_is_unknown", case.id, None)
    assert world.seen("SELECT 1 FROM audit.event_people WHERE event_id = :id", id=event.id) == []


def test_reading_the_log_is_on_the_log(world: World) -> None:
    case, dpo = world.open(), world.as_("dpo")
    found = ok(dpo.get(f"/audit/events?person_id={case.person_id}"))["items"]
    assert {event["action"] for event in found} >= {"person:register", "case:open"}
    assert all(case.person_id in event["people"] for event in found)
    own = world.events(user_id=dpo.user_id, action="events:list")[0]
    shown = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :id", id=own.id)
    assert [str(row.person_id) for row in shown] == [case.person_id]
