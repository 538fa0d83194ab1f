"""Calendar feeds: a secret address, told once, that reads one's own deadlines until it is revoked or its user leaves."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from werkzeug.test import TestResponse

from service.cases.records.rules import case_code
from service.clocks.deadlines import Anchor, deadline
from service.clocks.rules import Rule, rule
from service.types import new_id, now
from service.worklist.deadlines import FOLLOW_UP, Due
from service.worklist.feeds.report import calendar_of
from tests.fences.test_audit import clock, new_events, people_of
from tests.worklist.clocks import days_ago, in_charge, programme, record, term
from tests.world import Client, Opened, World, ok, refused

CONVENE = {"rule": "ADI_FIRST_CONVENE", "anchor": "pad_signed", "met_by": "convened"}


def opened(client: Client, key: str | None = None) -> Any:
    """A feed just opened."""
    return ok(client.post("/worklist/calendar-feeds", {}, key=key))


def reading(world: World, feed: Any) -> TestResponse:
    """What a calendar program gets, which brings no token."""
    return Client(world.app).get(feed["address"].removeprefix("/v1"))


def events(world: World, feed: Any) -> list[Any]:
    """The events of a feed."""
    answer = reading(world, feed)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def running(world: World, **options: Any) -> Opened:
    """A case with a term that runs."""
    case = in_charge(world, programme(world, CONVENE), days_ago(20), **options)
    record(world, case, "pad_signed", days_ago(20))
    return case


def test_the_events_are_all_day_with_a_rule_a_code_an_alarm_and_a_lasting_uid(world: World) -> None:
    case = running(world)
    feed, found = opened(world.as_("case_manager")), term(world, case, "ADI_FIRST_CONVENE")
    [event], [again] = events(world, feed), events(world, feed)
    assert event["DTSTART"].dt == date.fromisoformat(found["due_on"])
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["SUMMARY"] == f"{found['label']} ({case_code(UUID(case.id))})"
    [alarm] = event.walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", -timedelta(days=14))
    assert (event["UID"], event["DTSTAMP"].dt <= now()) == (again["UID"], True)


def test_a_calendar_names_nobody(world: World) -> None:
    person = world.person(family_name="Riconoscibilissimi", given_name="Clodoveo")
    case = running(world, person_id=person["id"])
    content = reading(world, opened(world.as_("case_manager"))).get_data(as_text=True).replace("\r\n ", "")
    assert "ADI_FIRST_CONVENE" not in content
    assert "Prima convocazione" in content
    for secret in ("Riconoscibilissimi", "Clodoveo", case.id, person["id"], "1980"):
        assert secret not in content


def test_two_roles_read_their_own_deadlines_and_lose_what_they_lose_sight_of(world: World) -> None:
    other = world.user("case_manager")
    mine, theirs = running(world), running(world, manager=other)
    feeds = {role: opened(client) for role, client in (
        ("manager", world.as_("case_manager")), ("other", other), ("coordinator", world.as_("coordinator")),
        ("member", world.as_("social_worker")))}  # fmt: skip
    assert {role: len(events(world, feed)) for role, feed in feeds.items()} == {
        "manager": 1, "other": 1, "coordinator": 2, "member": 0}  # fmt: skip
    assert events(world, feeds["manager"])[0]["UID"] != events(world, feeds["other"])[0]["UID"]
    world.act(theirs, "assignment", {"user_id": str(world.as_("case_manager").user_id), "occurred_on": days_ago(0)},
              "coordinator")  # fmt: skip
    assert (len(events(world, feeds["other"])), len(events(world, feeds["manager"]))) == (0, 2)
    assert mine.id != theirs.id


def test_a_reading_is_on_the_log_as_its_users_with_everybody_shown(world: World) -> None:
    case, manager = running(world), world.as_("case_manager")
    feed = opened(manager)
    since = clock(world)
    reading(world, feed)
    [event] = new_events(world, since)
    assert (event.action, event.outcome, event.user_id) == ("calendar:read", "shown", manager.user_id)
    assert (str(event.resource_id), people_of(world, event)) == (feed["id"], {case.person_id})


def test_the_secret_is_told_once_and_kept_nowhere(world: World) -> None:
    manager = world.as_("case_manager")
    feed = opened(manager, key="una-volta")
    again = opened(manager, key="una-volta")
    assert (again["id"], again["address"]) == (feed["id"], None)
    assert ok(manager.get(f"/worklist/calendar-feeds/{feed['id']}"))["address"] is None
    assert [one["address"] for one in ok(manager.get("/worklist/calendar-feeds"))["items"]] == [None]
    token = feed["address"].rpartition("/")[2].removesuffix(".ics")
    assert len(token) >= 43
    for schema in ("worklist", "web", "audit"):
        assert token not in world.text_of(schema)
        assert token.encode().hex() not in world.text_of(schema)


def test_a_revoked_address_is_unknown_like_one_that_never_was(world: World) -> None:
    manager = world.as_("case_manager")
    feed = opened(manager)
    events(world, feed)
    path = f"/worklist/calendar-feeds/{feed['id']}/revocation"
    refused(world.user("case_manager").post(path, {}), 404, "calendar_feed_is_unknown")
    assert ok(manager.post(path, {}))["revoked_at"] is not None
    refused(manager.post(path, {}), 409, "calendar_feed_is_revoked")
    revoked, never = reading(world, feed), Client(world.app).get("/calendar/mai-esistito.ics")
    assert revoked.get_json() == never.get_json()
    refused(revoked, 404, "calendar_feed_is_unknown")


@pytest.mark.parametrize("how", [
    "UPDATE access.users SET is_active = false WHERE id = :user",
    "UPDATE access.role_assignments SET until = now() WHERE user_id = :user",
])  # fmt: skip
def test_a_feed_dies_with_its_users_account_and_with_their_last_role(world: World, how: str) -> None:
    manager = world.user("case_manager")
    feed = opened(manager)
    world.alter(how, user=manager.user_id)
    refused(reading(world, feed), 404, "calendar_feed_is_unknown")


def test_feeds_are_counted_by_address_like_all_that_asks_for_no_token(world: World) -> None:
    answer = reading(world, opened(world.as_("case_manager")))
    assert int(answer.headers["X-RateLimit-Remaining"]) < int(answer.headers["X-RateLimit-Limit"])
    assert answer.headers["Cache-Control"] == "no-store"


def _due(label: str) -> Due:
    known = rule("FOLLOW_UP", date(2024, 1, 1))
    told = Rule(**{**{name: getattr(known, name) for name in Rule.__slots__}, "label": label})
    anchor = Anchor(
        "concluded", new_id(), date(2024, 1, 1), date(2024, 1, 1), datetime(2024, 1, 1, tzinfo=now().tzinfo), 6
    )
    found = deadline(told, anchor, on=date(2024, 2, 1))

    class Case:
        id = new_id()

    return Due(Case(), FOLLOW_UP, None, found)  # type: ignore[arg-type]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200))
def test_any_label_is_escaped_and_folded_as_rfc_5545_says_and_reads_back(label: str) -> None:
    due = _due(label)
    content = calendar_of([due], now())
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    for line in lines:
        line.decode()  # no letter is cut by a fold
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert event["SUMMARY"] == f"{label} ({case_code(due.case.id)})"


def test_what_has_a_meaning_in_the_format_is_escaped() -> None:
    content = calendar_of([_due("Uno; due, tre\\quattro")], now()).replace(b"\r\n ", b"")
    assert rb"SUMMARY:Uno\; due\, tre\\quattro (" in content
    assert b"VERSION:2.0" in content
    assert b"PRODID:-//Trama//" in content
