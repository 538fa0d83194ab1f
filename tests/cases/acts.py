"""One valid request for each act on a case: who may do it, when, is for the tests to try."""

from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from tests.cases.shipped import PROGRAMMES
from tests.world import Client, Opened, World, ok


def areas(programme: str) -> list[dict[str, Any]]:
    """All the areas of a programme, filled."""
    return [{"area": area["code"], "support_need": 2} for area in PROGRAMMES[programme]["assessment_areas"]]


def draft(on: str, **values: Any) -> dict[str, Any]:
    """A draft with a goal."""
    goal = {"life_domain": "lavoro", "wording": "Trovare un lavoro", "in_first_person": "Voglio lavorare"}
    return {
        "drafted_on": on,
        "preferences": "Il mattino",
        "goals": [goal],
        "supports": [{"kind": "educativo"}],
        **values,
    }


def whole(world: World, case: Opened) -> dict[str, Any]:
    """A draft with everything that a project may say, as it is read again."""
    team = ok(world.as_("coordinator").get(f"/cases/{case.id}/team"))["items"]
    goal, members = str(uuid4()), [member["id"] for member in team]
    return {
        "drafted_on": "2023-01-25", "preferences": None, "preferences_missing_reason": "Non le ha volute dire",
        "review_months": 3, "check_method": "Colloquio con la persona e con la rete", "next_check_on": "2023-04-20",
        "ends_on": "2024-06-30", "family_involvement": "direct_activation", "is_family_possible": True,
        "accommodations": ["Colloqui a domicilio"], "accessible_formats": ["facile_da_leggere", "caa"],
        "goals": [
            {"key": goal, "life_domain": "abitare", "in_first_person": "Voglio una casa mia", "wording": "Autonomia abitativa",
             "baseline": "Vive con i genitori", "target": "Tre notti a settimana fuori", "due_on": "2024-01-31",
             "responsible_id": members[0], "gas_levels": ["Mai", "Una", "Tre", "Cinque", "Sempre"], "weight": 2},
            {"key": str(uuid4()), "life_domain": "lavoro", "in_first_person": "Voglio lavorare", "wording": "Tirocinio",
             "baseline": None, "target": None, "due_on": None, "responsible_id": None, "gas_levels": None, "weight": 1},
        ],
        "supports": [
            {"key": str(uuid4()), "kind": "educativo", "area": "abitare", "description": "Il lunedì", "goal_key": goal,
             "organisation_id": world.cooperative, "is_existing": True, "quantity": "1.50", "unit": "ore",
             "frequency": "settimanale", "from_on": "2023-02-01", "to_on": "2024-01-31"},
        ],
        "commitments": [
            {"key": str(uuid4()), "who": "person", "team_member_id": None, "person_id": None, "area": "contatti_servizi",
             "what": "Viene ai colloqui", "is_conditional": True},
            {"key": str(uuid4()), "who": "team_member", "team_member_id": members[0], "person_id": None, "area": None,
             "what": "Lo accompagna", "is_conditional": False},
            {"key": str(uuid4()), "who": "household_member", "team_member_id": None, "person_id": world.person()["id"],
             "area": None, "what": "La zia lo ospita", "is_conditional": False},
        ],
        "responsibles": [
            {"key": str(uuid4()), "team_member_id": members[-1], "role": "Case manager", "task": "Cura l'avvio dei sostegni",
             "is_referent": True},
        ],
    }  # fmt: skip


def told(world: World, case: Opened) -> list[dict[str, str]]:
    """What became of the goals in force of which nobody has told yet."""
    return [{"goal_id": goal, "status": "partly"} for goal in world.open_goals(case)]


def attempt(
    world: World, case: Opened, act: str, by: Client, on: str, *, programme: str, manager: Client | None = None,
    outcome: str = "-", signer: str = "person",
) -> TestResponse:  # fmt: skip
    """Try an act with the versions that `case` holds."""
    here, version, project = f"/cases/{case.id}", case.version, case.project_version
    this = f"{here}/projects/{case.number}"
    dated, manager_id = {"occurred_on": on}, str(manager and manager.user_id)
    return {
        "accept": lambda: by.post(f"{here}/taking-in-charge", dated, version=version),
        "assign": lambda: by.post(f"{here}/assignment", dated | {"user_id": manager_id}, version=version),
        "convene": lambda: by.post(f"{here}/convocations", dated | {"appointment_on": on}),
        "analyse": lambda: by.post(f"{here}/preliminary-analyses", dated | {"outcome": outcome}),
        "assess": lambda: by.post(f"{here}/assessments", dated | {"setting": "EM", "areas": areas(programme)}),
        "draft": lambda: by.post(f"{here}/projects", draft(on)),
        "approve": lambda: by.post(f"{this}/approval", {"approved_on": on}, version=project),
        "sign": lambda: by.post(f"{this}/signatures", {"signer": signer, "signed_on": on}, version=project),
        "start": lambda: by.post(f"{here}/start", dated, version=version),
        "record": lambda: by.post(f"{here}/interventions", dated | {"kind": "colloquio", "minutes": 30,
                                                                     "organisation_id": world.service}),
        "evaluate": lambda: by.post(f"{here}/evaluations", dated | {"judge": "operators", "scale": "likert_5", "value": 4}),
        "close": lambda: by.post(f"{here}/closure", dated | {"outcome": outcome, "goal_outcomes": told(world, case)},
                                 version=version),
    }[act]()  # fmt: skip
