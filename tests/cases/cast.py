"""Who acts in the paths that the tests walk: where each works, in which role, and which acts are theirs."""

from dataclasses import dataclass

from tests.world import Client, World

HERE, THERE, ELSEWHERE = "here", "there", "elsewhere"
"""The service in which cases open, the one to which they may pass, and one that has no part in them."""


@dataclass(frozen=True)
class Person:
    """An operator: the service, and the roles held in it."""

    home: str
    roles: tuple[str, ...]


CAST = {
    "worker": Person(HERE, ("social_worker",)), "member": Person(HERE, ("team_member",)),
    "manager": Person(HERE, ("case_manager",)), "deputy": Person(HERE, ("case_manager",)),
    "successor": Person(THERE, ("case_manager",)), "coordinator": Person(HERE, ("coordinator",)),
    "director": Person(THERE, ("coordinator",)),
    "stranger": Person(ELSEWHERE, ("social_worker", "case_manager", "coordinator")),
}  # fmt: skip
MANAGERS = ("manager", "deputy", "successor")

PARTS = {"convene", "analyse", "assess", "record", "monitor", "evaluate", "follow_up"}
WORK = PARTS | {"accept", "refuse", "advance", "draft", "revoke", "sign", "start"}
DIRECTION = WORK | {"suspend", "resume", "close", "reopen"}
MAY = {
    "team_member": PARTS, "social_worker": WORK, "case_manager": DIRECTION,
    "coordinator": DIRECTION | {"assign", "approve", "transfer", "take", "turn_down", "take_back"},
}  # fmt: skip
"""Which acts are of each role: written here again, so that a slip in the service's table shows."""


def may(who: str, act: str) -> bool:
    """Whether the act is of one of their roles."""
    return any(act in MAY[role] for role in CAST[who].roles)


def is_coordinator_of(who: str, service: str | None) -> bool:
    """Whether they direct the service."""
    return "coordinator" in CAST[who].roles and CAST[who].home == service


def services(world: World) -> dict[str, str]:
    """The service that each home stands for, by id."""
    third = world.organisation("Terzo servizio", "service", "public")
    return {HERE: world.service, THERE: world.other_service, ELSEWHERE: third}


def people(world: World) -> dict[str, Client]:
    """The operators, logged in."""
    homes = services(world)
    return {name: world.user(*person.roles, at=homes[person.home]) for name, person in CAST.items()}
