"""Lists page by page: everything once, in order, whatever the pages' sizes and whoever writes meanwhile."""

import base64
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.installation import Urls
from tests.soak import IS_FIXED, TIMES
from tests.world import Client, Opened, World, ok, refused

ROWS = 9
SLOW = settings(max_examples=15 * TIMES, deadline=None, derandomize=IS_FIXED, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def diary(app: Flask, urls: Urls) -> tuple[World, Opened, list[str]]:
    """A case with a diary, what was recorded last first."""
    world = World(app, urls)
    case = world.in_charge()
    ids = [world.intervention(case)["id"] for _ in range(ROWS)]
    return world, case, ids[::-1]


def walk(by: Client, path: str, sizes: list[int]) -> Iterator[list[str]]:
    """The ids of each page, with these limits in turn."""
    cursor, turn = None, 0
    while turn == 0 or cursor:
        assert turn < 50, "the pages go round in a circle"
        after = f"&cursor={cursor}" if cursor else ""
        page = ok(by.get(f"{path}?limit={sizes[turn % len(sizes)]}{after}"))
        yield [item["id"] for item in page["items"]]
        cursor, turn = page["next_cursor"], turn + 1


@SLOW
@given(sizes=st.lists(st.integers(1, ROWS + 1), min_size=1, max_size=4))
def test_pages_of_any_size_walk_every_row_once_in_order(
    diary: tuple[World, Opened, list[str]], sizes: list[int]
) -> None:
    world, case, ids = diary
    pages = list(walk(world.as_("case_manager"), f"/cases/{case.id}/interventions", sizes))
    assert [row for page in pages for row in page] == ids
    assert all(len(page) == sizes[turn % len(sizes)] for turn, page in enumerate(pages[:-1]))
    assert pages[-1]


def test_rows_written_meanwhile_move_nothing(world: World) -> None:
    case = world.in_charge()
    before = [world.intervention(case)["id"] for _ in range(5)][::-1]
    seen = []
    for page in walk(world.as_("case_manager"), f"/cases/{case.id}/interventions", [2]):
        seen += page
        world.intervention(case)
    assert seen == before


def test_a_list_without_a_limit_gives_twenty_five(world: World) -> None:
    worker = world.as_("social_worker")
    person = world.person()["id"]
    for _ in range(26):
        world.open("PAIS", person_id=person)
    page = ok(worker.get(f"/cases?person_id={person}"))
    assert (len(page["items"]), page["next_cursor"] is None) == (25, False)
    assert len(ok(worker.get(f"/cases?limit=100&person_id={person}"))["items"]) == 26


def test_an_empty_list_has_no_next_page(world: World) -> None:
    case = world.in_charge()
    assert ok(world.as_("case_manager").get(f"/cases/{case.id}/interventions")) == {"items": [], "next_cursor": None}


def test_a_made_up_cursor_is_refused(diary: tuple[World, Opened, list[str]]) -> None:
    world, case, _ = diary
    by, path = world.as_("case_manager"), f"/cases/{case.id}/interventions"
    cursor = ok(by.get(f"{path}?limit=2"))["next_cursor"]
    raw = base64.urlsafe_b64decode(cursor + "==")
    flipped = bytes([raw[0] ^ 1]) + raw[1:]
    for forged in (
        base64.urlsafe_b64encode(flipped).decode().rstrip("="), base64.urlsafe_b64encode(raw[:16] * 2).decode().rstrip("="),
        cursor[:-4], cursor + "AAAA", cursor.swapcase(), case.id, "x", "%C3%A0", "....",
    ):  # fmt: skip
        refused(by.get(f"{path}?cursor={forged}"), 400, "cursor_is_invalid")


def test_a_cursor_of_another_list_is_refused(diary: tuple[World, Opened, list[str]]) -> None:
    world, case, _ = diary
    by, other = world.as_("case_manager"), world.in_charge()
    world.intervention(other)
    cursor = ok(by.get(f"/cases/{case.id}/interventions?limit=2"))["next_cursor"]
    refused(by.get(f"/cases/{other.id}/interventions?cursor={cursor}"), 400, "cursor_is_invalid")
    refused(by.get(f"/cases?cursor={cursor}"), 400, "cursor_is_invalid")


def test_a_cursor_of_another_user_opens_no_other_rows(diary: tuple[World, Opened, list[str]]) -> None:
    world, case, _ = diary
    cursor = ok(world.as_("case_manager").get(f"/cases/{case.id}/interventions?limit=2"))["next_cursor"]
    stranger = world.user("social_worker", at=world.other_service)
    refused(stranger.get(f"/cases/{case.id}/interventions?cursor={cursor}"), 404, "case_is_unknown")
