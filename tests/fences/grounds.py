"""Two services, three cases, and operators who stand in every relation to them."""

from dataclasses import dataclass, field
from typing import Any

from tests.fences.scenes import Scene, a_contact
from tests.world import Client, World, ok

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sight:
    """An operator and what they may see: cases and persons, whole; cases of which they see the head and their own entries;
    cases of which they see the health data too."""

    client: Client
    cases: frozenset[str] = NOBODY
    people: frozenset[str] = NOBODY
    provided: frozenset[str] = NOBODY
    health: frozenset[str] = NOBODY
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
    "circumstance_id", "member_id", "meeting_id", "body_involvement_id", "family_involvement_id", "assessment_id",
    "result_id", "complexity_id", "ranking_id", "intervention_id", "outcome_known", "presentation_id", "discharge_id",
    "active_placement", "attendance_id", "hire_id", "stay_id", "pathway_ended", "evaluation_id", "goal_outcome_id",
    "check_id", "follow_up_id", "job_outcome_id", "school_status_id", "exit_id", "participation_id", "liquidation_id",
    "account_id", "content", "taken_back",
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
    registered = {ours.person_id, beside.person_id, without_case, *_registry(made)}
    made.by_ground = _sights(made, registered, stranger)
    return made


def _complete(scene: Scene) -> None:
    """What the case still lacks: the end of its placement, a code of the person, a revision that binds somebody, a result
    that tells of health (which the list of its programme does not foresee)."""
    scene.world.write(
        """INSERT INTO cases.instrument_results (id, case_id, instrument, instrument_version, sensitivity, direction,
           occurred_on, moment, setting, is_joint_with_asst, score, items, recorded_by)
           VALUES (gen_random_uuid(), :case, 'katz_adl', 1, 'health', 'higher_is_better', '2023-02-12', 'start', 'EVM', false,
                   6, '[]', :user)""",
        case=scene.case_id, user=scene.user_id,
    )  # fmt: skip
    manager = scene.client("case_manager")
    revision = {
        "drafted_on": "2023-11-02", "commitments": [{"who": "person", "what": "Viene ai colloqui"}],
        "responsibles": [{"team_member_id": scene.member_id, "role": "Educatore", "task": "Il lunedì"}],
    }  # fmt: skip
    ok(manager.post(f"/cases/{scene.case_id}/projects", revision))
    last_day = {"ended_on": "2023-06-30", "end_code": "concluso"}
    ok(manager.post(f"/cases/{scene.case_id}/placements/{scene.placement_id}/end", last_day))
    assert scene.identifier_id


def _registry(made: Ambito) -> set[str]:
    """What the registry holds besides: a household with a protected member, contacts, and two who were one for a while."""
    world, ours = made.world, made.ours
    coordinator = ours.client("coordinator")
    assert all((ours.residence_id, ours.guardian_id, ours.protection_id, ours.household_id, ours.contact_id))
    for subject in ({"person_id": made.without_case}, {"household_id": ours.household_id}):
        ok(coordinator.post("/contacts", a_contact(ours) | {"alias": None} | subject))
    twin = world.person()["id"]
    merge = {"alias_id": twin, "person_id": made.without_case, "reason": "Sembrava la stessa"}
    made_id = ok(coordinator.post("/people/merges", merge))["id"]
    ok(coordinator.post(f"/people/merges/{made_id}/undoing", {"reason": "Sono due"}))
    members = {member["person_id"] for member in ours.household["members"]}
    return {twin, *members}


def _sights(made: Ambito, registered: set[str], stranger: str) -> dict[str, Sight]:
    world, ours = made.world, made.ours
    a, registry = frozenset({ours.case_id}), frozenset(registered)
    everybody_here = frozenset({ours.case_id, made.beside})
    elsewhere = (frozenset({made.next_door}), frozenset({stranger}))
    provider = ours.client("provider_operator")
    ok(
        provider.post(
            f"/cases/{ours.case_id}/interventions", {**_visit(world.service), "organisation_ids": [world.asst]}
        )
    )
    return {
        "opener": Sight(ours.client("social_worker"), a, registry),
        "team member": Sight(ours.client("team_member"), a, frozenset({ours.person_id})),
        "clinical member": Sight(_clinician(ours), a, frozenset({ours.person_id}), health=a),
        "case manager": Sight(ours.client("case_manager"), a, registry),
        "coordinator": Sight(ours.client("coordinator"), everybody_here, registry, health=everybody_here),
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


def _clinician(scene: Scene) -> Client:
    """A member of the clinical component."""
    clinician = scene.world.user("team_member")
    scene.join(clinician, "health_professional", "clinical")
    return clinician


def _who_left(scene: Scene) -> Client:
    gone = scene.world.user("team_member")
    member = scene.join(gone, "educator")
    ok(scene.client("coordinator").post(f"/cases/{scene.case_id}/team/{member}/departure", {"to_on": "2023-03-01"}))
    return gone


def _visit(organisation_id: str) -> dict[str, Any]:
    return {"kind": "visita", "occurred_on": "2023-02-20", "minutes": 45, "organisation_id": organisation_id}
