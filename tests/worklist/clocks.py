"""Cases whose clocks run: programmes with the clocks of a test, paths that begin on a day, what a case's terms are."""

import json
from datetime import date, timedelta
from itertools import count
from typing import Any

from service.types import today
from tests.world import Client, Opened, World, ok

_serial = count(1)


def days_ago(number: int) -> str:
    """An ISO day so many days before today."""
    return (today() - timedelta(days=number)).isoformat()


def programme(world: World, *clocks: dict[str, str], **parts: Any) -> str:
    """A programme like PAIS, with these clocks; its code."""
    code = f"PROVA_{next(_serial)}"
    changed = {"code": code, "clocks": list(clocks), **parts}
    world.write(
        "INSERT INTO cases.programmes (code, version, valid_from, valid_to, definition) "
        "SELECT :code, version, valid_from, NULL, definition || CAST(:changed AS jsonb) "
        "FROM cases.programmes WHERE code = 'PAIS' AND version = 3", code=code, changed=json.dumps(changed),
    )  # fmt: skip
    return code


def in_charge(world: World, code: str, on: str, manager: Client | None = None, **options: Any) -> Opened:
    """A case opened, accepted and assigned on one day."""
    case = world.open(code, on=on, **options)
    world.act(case, "taking-in-charge", {"occurred_on": on}, "social_worker")
    named = {"user_id": str((manager or world.as_("case_manager")).user_id), "occurred_on": on}
    world.act(case, "assignment", named, "coordinator")
    return case


def record(world: World, case: Opened, code: str, on: str, arrived_on: str | None = None) -> str:
    """A day that begins a clock; the id of the fact."""
    body = {"kind": "date", "code": code, "from_on": on, "arrived_on": arrived_on}
    return str(ok(world.as_("coordinator").post(f"/cases/{case.id}/circumstances", body))["id"])


def convene(world: World, case: Opened, on: str) -> None:
    """An appointment set on a day, for that day."""
    body = {"occurred_on": on, "appointment_on": on}
    ok(world.as_("social_worker").post(f"/cases/{case.id}/convocations", body))


def terms(world: World, case: Opened, rule: str, by: Client | None = None, language: str = "it") -> list[Any]:
    """The deadlines of one rule in a case, the first to run out first."""
    reader = by or world.as_("coordinator")
    found = ok(reader.get(f"/cases/{case.id}/deadlines", headers={"Accept-Language": language}))
    return [one for one in found["items"] if one["rule"] == rule]


def term(world: World, case: Opened, rule: str, **options: Any) -> Any:
    """The only one."""
    [found] = terms(world, case, rule, **options)
    return found


def work(client: Client, query: str = "") -> list[Any]:
    """All the pages of the worklist of an operator."""
    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ok(client.get(f"/worklist?limit=100{query}{cursor}"))
        found += page["items"]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    return found


def day(text: str) -> date:
    """An ISO day."""
    return date.fromisoformat(text)
