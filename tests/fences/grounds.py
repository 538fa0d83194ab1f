"""Two services, three cases, and operators who stand in every relation to them."""

from dataclasses import dataclass, field
from typing import Any

from tests.fences.scenes import Scene
from tests.world import Client, World, ok

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sight:
    """An operator and what they may see: cases and persons, whole; cases of which they see the head and their own entries."""

    client: Client
    cases: frozenset[str] = NOBODY
    people: frozenset[str] = NOBODY
    provided: frozenset[str] = NOBODY
    reads_ledger: bool = False
    reads_log: bool = False


@dataclass
class Ambito:
    """The cases (`ours` with everything in it, `next_door` of another service, `beside` of a colleague), and who sees what."""

    world: World
    ours: Scene
    next_door: str
    beside: str
    without_case: str
    by_ground: dict[str, Sight] = field(default_factory=dict)


FACTS = (
    "member_id", "assessment_id", "intervention_id", "pathway_id", "evaluation_id", "exit_id", "participation_id",
    "liquidation_id",
)  # fmt: skip


def ambito(world: World) -> Ambito:
    """Make it."""
    ours = Scene(world)
    for name in FACTS:
        getattr(ours, name)
    _complete(ours)
    colleague, neighbour = world.user("social_worker"), world.user("social_worker", at=world.other_service)
    beside = world.open(by=colleague)
    stranger = world.person(neighbour, registered_by=world.other_service)["id"]
    body = {"programme": "PAIS", "person_id": stranger, "service_id": world.other_service,
            "referral": {"channel": "servizio", "happened_on": "2023-01-10", "arrived_on": "2023-01-10"}}  # fmt: skip
    next_door = ok(neighbour.post("/cases", body))["id"]
    without_case = world.person()["id"]
    made = Ambito(world, ours, next_door, beside.id, without_case)
    made.by_ground = _sights(made, {ours.person_id, beside.person_id, without_case}, stranger)
    return made


def _complete(scene: Scene) -> None:
    """What the case still lacks: the end of its pathway, and a code of the person."""
    manager = scene.client("case_manager")
    ended = {"ended_on": "2023-03-01", "end_code": "completed"}
    ok(manager.post(f"/cases/{scene.case_id}/pathways/{scene.pathway_id}/end", ended))
    code = {"identifiers": [{"system": "codice_fiscale", "value": "RSSMRA85T10A562S"}]}
    ok(manager.patch(f"/people/{scene.person_id}", code, version=1))


def _sights(made: Ambito, registered: set[str], stranger: str) -> dict[str, Sight]:
    world, ours = made.world, made.ours
    a, registry = frozenset({ours.case_id}), frozenset(registered)
    everybody_here = frozenset({ours.case_id, made.beside})
    elsewhere = (frozenset({made.next_door}), frozenset({stranger}))
    provider = ours.client("provider_operator")
    ok(provider.post(f"/cases/{ours.case_id}/interventions", _visit(world.service)))
    return {
        "opener": Sight(ours.client("social_worker"), a, registry),
        "team member": Sight(ours.client("team_member"), a, frozenset({ours.person_id})),
        "case manager": Sight(ours.client("case_manager"), a, registry),
        "coordinator": Sight(ours.client("coordinator"), everybody_here, registry),
        "provider": Sight(provider, provided=a),
        "past member": Sight(_who_left(ours)),
        "registry only": Sight(world.user("social_worker"), people=registry),
        "no ground": Sight(world.user("team_member")),
        "coordinator next door": Sight(world.user("coordinator", at=world.other_service), *elsewhere),
        "accounting officer": Sight(world.as_("accounting_officer"), reads_ledger=True),
        "spending officer": Sight(world.as_("spending_officer"), reads_ledger=True),
        "plan office": Sight(world.as_("plan_office")),
        "mayor": Sight(world.as_("local_administrator")),
        "administrator": Sight(world.as_("system_administrator")),
        "dpo": Sight(world.as_("dpo"), reads_log=True),
    }


def _who_left(scene: Scene) -> Client:
    gone = scene.world.user("team_member")
    member = scene.join(gone, "educator")
    ok(scene.client("coordinator").post(f"/cases/{scene.case_id}/team/{member}/departure", {"to_on": "2023-03-01"}))
    return gone


def _visit(organisation_id: str) -> dict[str, Any]:
    return {"kind": "visita", "occurred_on": "2023-02-20", "minutes": 45, "organisation_id": organisation_id}
