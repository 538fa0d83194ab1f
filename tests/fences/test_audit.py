"""Every write leaves its event, every read its people; and without the log nothing is changed and nothing is shown."""

from collections.abc import Callable
from typing import Any

import pytest

from service.web.requests import action_of
from service.worklist.rules import case_code
from tests.fences.requests import ENTRIES, PUBLIC, operations, prepare, send
from tests.fences.scenes import Scene
from tests.fences.test_roles import contents
from tests.world import Client, World, ok, refused

SEARCHES = {"searchPeople", "findDesks"}
"""Reads that say in a body what must not stand in an address."""
WRITES = sorted(name for name, entry in ENTRIES.items() if entry.body is not None and name not in SEARCHES)
UNLOGGED = {
    "listAllocationChanges", "listAllocations", "listCalls",
    "listDwellings", "listFundCatalogue", "listFunds", "listInstruments", "listOrganisationFlags",
    "listOrganisations", "listPlans", "listProgrammes", "listRankings", "showAllocation", "showAllocationChange", "showCall",
    "showDwelling",
    "showFund", "showInstrument", "showOrganisation", "showOrganisationFlag", "showPlan", "showProgramme", "showStatus",
    "listStatements", "showAllocationSummary", "showStatement",
}  # fmt: skip
"""Reads that tell of nobody: bodies, dwellings and how full they are, programmes, instruments, plans, calls, money not
yet tied to a case, or no longer."""
LOGGED_READS = sorted(ENTRIES.keys() - UNLOGGED - set(WRITES) - {"endTokens"})
WITHOUT_PEOPLE = {
    "listCalendarFeeds", "showCalendarFeed",
    "findDesks", "listAllocationEntries", "listAllocationLines",
    "listContacts", "listEvents", "listSnapshots", "listUsers", "listValues",
    "showCheckpoint", "showContact", "showEntry", "showMe", "showSnapshot", "showUser", "showValue",
    "listCaseloads", "showStatementDocument",
}  # fmt: skip
"""Reads that are logged and show no assisted person: operators, figures, the ledger's opaque cases, the log itself, the
desks to ask, who has no more than an alias."""


def people_in(scene: Scene, operation: str, body: Any) -> set[str]:
    """Everybody whom an answer is about: those it lists, or the person of the case in the address."""
    if operation in ("listCases", "showWorklist"):
        return {case["person_id"] for case in body["items"]}
    if operation == "readCalendar":  # it names nobody: cases by code
        cases = scene.world.seen("SELECT id, person_id FROM cases.cases")
        return {str(case.person_id) for case in cases if case_code(case.id).encode() in body.replace(b"\r\n ", b"")}
    if operation == "searchPeople":
        return {one for person in body["items"] for one in (person["id"], *person["aliases"])}
    if operation in ("listHouseholds", "showHousehold"):
        households = body["items"] if operation == "listHouseholds" else [body]
        return {member["person_id"] for household in households for member in household["members"]} | (
            same_as(scene) if operation == "listHouseholds" else set()
        )
    if operation != "findDesks" and operations(scene.world.app)[operation][1].startswith("/people"):
        return same_as(scene)
    return set() if operation in WITHOUT_PEOPLE else {scene.person_id}


def same_as(scene: Scene) -> set[str]:
    """The person of a scene under every id."""
    aliases = scene.world.seen(
        "SELECT alias_id FROM people.merges WHERE person_id = :person AND superseded_at IS NULL", person=scene.person_id
    )
    return {scene.person_id, *(str(row.alias_id) for row in aliases)}


def people_of(world: World, event: Any) -> set[str]:
    """The people that an event names."""
    rows = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :event", event=event.id)
    return {str(row.person_id) for row in rows}


def of_the_case(scene: Scene) -> set[str]:
    """Everybody whose case it is: one person, or the members of a household."""
    rows = scene.world.seen("SELECT person_id FROM cases.case_people WHERE case_id = :case", case=scene.case_id)
    return {str(row.person_id) for row in rows}


def new_events(world: World, since: Any) -> list[Any]:
    """What was logged since a moment of the database's clock."""
    return world.seen("SELECT * FROM audit.events WHERE occurred_at > :since ORDER BY occurred_at", since=since)


def clock(world: World) -> Any:
    """The database's clock."""
    return world.seen("SELECT clock_timestamp() AS now")[0].now


@pytest.mark.parametrize("operation", [*WRITES, "endTokens"])
def test_every_write_leaves_its_event_with_who_what_and_whose(house: World, operation: str) -> None:
    scene, entry = Scene(house, ENTRIES[operation].stage), ENTRIES[operation]
    template = operations(house.app)[operation][1]
    is_of_a_case, is_of_a_person = "{case_id}" in template, template.startswith("/people")
    client = house.user(entry.by) if operation == "endTokens" else scene.client(entry.by)
    request = prepare(scene, operation)
    since = clock(house)
    answer = request.by(Client(house.app) if entry.permission == PUBLIC else client)
    assert answer.status_code < 300, answer.get_json()
    done = [event for event in new_events(house, since) if event.outcome == "done"]
    assert [event.action for event in done] == [action_of(operation)]
    [event] = done
    assert event.user_id == (scene.user_id if entry.permission == PUBLIC else client.user_id)
    if is_of_a_case or is_of_a_person or operation == "openCase":
        people = {ok(answer)["id"]} if operation == "registerPerson" else of_the_case(scene)
        merged = {ok(answer)["alias_id"]} if operation in ("mergePeople", "undoMerge") else set()
        assert people_of(house, event) == people | merged
    if is_of_a_case:
        assert (str(event.case_id), event.ground is not None) == (scene.case_id, True)


@pytest.mark.parametrize("operation", LOGGED_READS)
def test_every_read_leaves_an_event_that_names_everybody_shown(
    house: World, scenes: Callable[[str], Scene], operation: str
) -> None:
    scene = scenes("started")
    client = scene.client(ENTRIES[operation].by)
    request = prepare(scene, operation)
    since = clock(house)
    answer = ok(request.by(client))
    [event] = new_events(house, since)
    assert (event.action, event.outcome, event.user_id) == (action_of(operation), "shown", client.user_id)
    assert people_of(house, event) == people_in(scene, operation, answer)


def test_a_list_and_a_search_name_everybody_on_the_page_and_nobody_else(house: World) -> None:
    scenes = [Scene(house, "open") for _ in range(3)]
    reader = scenes[0].client("coordinator")
    assert all(scene.case_id for scene in scenes)
    for request, number in (
        (("GET", "/cases?limit=2", None), 2),
        (("POST", "/people/search", {"family_name": "I"}), 3),
    ):
        since = clock(house)
        found = ok(reader.request(*request))["items"]
        shown = {id_ for one in found for id_ in (one.get("person_id") or one["id"], *one.get("aliases", ()))}
        [event] = new_events(house, since)
        assert len(shown) >= number
        assert people_of(house, event) == shown


@pytest.mark.parametrize("operation", sorted(UNLOGGED))
def test_what_is_not_logged_tells_of_nobody(house: World, scenes: Callable[[str], Scene], operation: str) -> None:
    scene = scenes("started")
    [person] = house.seen("SELECT * FROM identity.identities WHERE person_id = :person", person=scene.person_id)
    text = send(scene, operation).get_data(as_text=True)
    assert not [secret for secret in (scene.person_id, scene.case_id, person.given_name) if secret in text]


def test_without_the_log_nothing_is_changed_and_nothing_is_shown(fresh: World) -> None:
    requests = _one_for_each_operation(fresh)
    fresh.alter("REVOKE INSERT ON audit.events FROM trama_runtime")
    before = contents(fresh)
    for operation, (client, request) in requests.items():
        answer = request.by(client)
        if operation not in UNLOGGED:
            assert (operation, answer.status_code) == (operation, 503), answer.get_json()
            refused(answer, 503, "log_is_unavailable")
    assert contents(fresh) == before


def test_without_the_log_of_people_nobody_is_shown(fresh: World) -> None:
    requests = _one_for_each_operation(fresh)
    fresh.alter("REVOKE INSERT ON audit.event_people FROM trama_runtime")
    before = contents(fresh)
    for operation in sorted(set(LOGGED_READS) - WITHOUT_PEOPLE):
        client, request = requests[operation]
        refused(request.by(client), 503, "log_is_unavailable")
    assert contents(fresh) == before


def _one_for_each_operation(world: World) -> dict[str, Any]:
    stages = {entry.stage: Scene(world, entry.stage) for entry in ENTRIES.values()}
    return {
        name: (Client(world.app) if entry.permission == PUBLIC else stages[entry.stage].client(entry.by),
               prepare(stages[entry.stage], name))
        for name, entry in ENTRIES.items()
    }  # fmt: skip
