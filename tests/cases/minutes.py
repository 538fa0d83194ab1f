"""Minutes as a test asks for them."""

from typing import Any

from tests.world import Client, Opened, World, ok


def minutes(**values: Any) -> dict[str, Any]:
    """The draft of a meeting's minutes."""
    return {"kind": "planning", "held_on": "2023-01-18", "mode": "in_person", "place": "Casa di Comunità",
            "person_present": True, "family_present": False, "person_view": "Vorrei vivere da sola",
            "decisions": ["Si cerca un alloggio"], "narrative": "Si apre l'incontro", **values}  # fmt: skip


def seat(world: World, case: Opened, role: str = "social_worker", **values: Any) -> dict[str, Any]:
    """The attendance of the operator who has this role on the team."""
    team = ok(world.as_("coordinator").get(f"/cases/{case.id}/team"))["items"]
    return {"member_id": next(member["id"] for member in team if member["role"] == role), **values}


def write(world: World, case: Opened, by: Client | None = None, **values: Any) -> Any:
    """The answer to a draft, with the assistente sociale present unless told otherwise."""
    body = minutes(**{"attendances": [seat(world, case)], **values})
    return (by or world.as_("social_worker")).post(f"/cases/{case.id}/meetings", body)


def change(world: World, case: Opened, meeting: Any, by: Client | None = None, **changes: Any) -> Any:
    """The answer to a change of the draft as it was read."""
    path = f"/cases/{case.id}/meetings/{meeting['id']}"
    return (by or world.as_("social_worker")).patch(path, changes, version=meeting["version"])


def close(world: World, case: Opened, meeting: Any, by: Client | None = None, on: str = "2023-01-19") -> Any:
    """The answer to a closure of the draft as it was read."""
    path = f"/cases/{case.id}/meetings/{meeting['id']}/closure"
    return (by or world.as_("social_worker")).post(path, {"closed_on": on}, version=meeting["version"])


def closed(world: World, case: Opened, **values: Any) -> Any:
    """Closed minutes."""
    return ok(close(world, case, ok(write(world, case, **values))))


def told(answer: Any) -> list[tuple[str, str]]:
    """Places and codes of what is wrong."""
    assert answer.status_code == 422, answer.get_json()
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]
