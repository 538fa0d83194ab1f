"""One valid request for each act on a case: who may do it, when, is for the tests to try."""

from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from tests.cases.minutes import close, minutes
from tests.cases.shipped import PROGRAMMES, months_after
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


def told(case: Opened, by: Client) -> list[dict[str, str]]:
    """What became of the goals in force of which nobody has told yet, as far as they are in sight."""
    answer = by.get(f"/cases/{case.id}/goal-outcomes")
    goals = ok(answer)["goals"] if answer.status_code < 300 else []
    return [{"goal_id": goal["goal_id"], "status": "partly"} for goal in goals if not goal["has_outcome"]]


def attempt(
    world: World, case: Opened, act: str, by: Client, on: str, *, programme: str, manager: Client | None = None,
    outcome: str = "-", signer: str = "person", says: str = "-", organisation: str | None = None,
) -> TestResponse:  # fmt: skip
    """Try an act with the versions that `case` holds.

    `says`: the reason of a refusal or of a pause, the stage of a step, the level of a check, how an observation went.
    `organisation`: the body for which an intervention is recorded (none: the service).
    """
    here, version, project = f"/cases/{case.id}", case.version, case.project_version
    this = f"{here}/projects/{case.number}"
    dated, manager_id, reason = {"occurred_on": on}, str(manager and manager.user_id), {"reason": "Inventata"}
    return {
        "accept": lambda: by.post(f"{here}/taking-in-charge", dated, version=version),
        "refuse": lambda: by.post(f"{here}/refusal", dated | {"reason": says}, version=version),
        "assign": lambda: by.post(f"{here}/assignment", dated | {"user_id": manager_id}, version=version),
        "convene": lambda: by.post(f"{here}/convocations", dated | {"appointment_on": on}),
        "analyse": lambda: by.post(f"{here}/preliminary-analyses", dated | {"outcome": outcome}),
        "advance": lambda: by.post(f"{here}/stage", dated | {"stage": says}, version=version),
        "assess": lambda: by.post(f"{here}/assessments", dated | {"setting": "EM", "areas": areas(programme)}),
        "draft": lambda: by.post(f"{here}/projects", draft(on)),
        "approve": lambda: by.post(f"{this}/approval", {"approved_on": on}, version=project),
        "revoke": lambda: by.post(f"{this}/revocation", reason | {"revoked_on": on}, version=project),
        "sign": lambda: by.post(f"{this}/signatures", {"signer": signer, "signed_on": on}, version=project),
        "start": lambda: by.post(f"{here}/start", dated, version=version),
        "record": lambda: by.post(f"{here}/interventions", dated | {"kind": "colloquio", "minutes": 30,
                                                                     "organisation_id": organisation or world.service}),
        "monitor": lambda: by.post(f"{here}/checks", {"status": "held", "held_on": on, "level": int(says)}),
        "evaluate": lambda: by.post(f"{here}/evaluations", dated | {"judge": "operators", "scale": "likert_5", "value": 4}),
        "suspend": lambda: by.post(f"{here}/suspension", dated | {"reason": says}, version=version),
        "resume": lambda: by.post(f"{here}/resumption", dated, version=version),
        "close": lambda: by.post(f"{here}/closure", dated | {"outcome": outcome, "goal_outcomes": told(case, by)},
                                 version=version),
        "reopen": lambda: by.post(f"{here}/reopening", dated | reason, version=version),
        "follow_up": lambda: by.post(f"{here}/follow-ups", dated | {"status": says, "months_after": months_after(programme)}),
    }[act]()  # fmt: skip


def pass_on(case: Opened, act: str, by: Client, on: str, *, to: str | None, transfer: str) -> TestResponse:
    """Try a step of the passage to the service `to`: the offer (`transfer`), or what becomes of the offer with this id."""
    here, body = f"/cases/{case.id}/transfers", {"occurred_on": on, "reason": "Una ragione inventata"}
    return {
        "transfer": lambda: by.post(here, body | {"to_service_id": to}, version=case.version),
        "take": lambda: by.post(f"{here}/{transfer}/acceptance", {"occurred_on": on}, version=case.version),
        "turn_down": lambda: by.post(f"{here}/{transfer}/refusal", body, version=case.version),
        "take_back": lambda: by.post(f"{here}/{transfer}/withdrawal", body, version=case.version),
    }[act]()


def bring(case: Opened, by: Client, component: str, on: str) -> None:
    """Somebody of a component joins the team: the beneficiary, or a professional without an account."""
    known = {"person_id": case.person_id, "role": "beneficiary"}
    named = {"full_name": "Ida Inventati", "function": "Consulente", "role": "general_practitioner"}
    body = {"component": component, "from_on": on, **(known if component == "person" else named)}
    ok(by.post(f"/cases/{case.id}/team", body))


def meet(world: World, case: Opened, by: Client, on: str) -> None:
    """The team of the day discusses the last version of the project, and closes the minutes."""
    team = ok(by.get(f"/cases/{case.id}/team"))["items"]
    present = [one["id"] for one in team if one["from_on"] <= on and (one["to_on"] is None or on < one["to_on"])]
    told = minutes(held_on=on, project_number=case.number, attendances=[{"member_id": one} for one in present])
    ok(close(world, case, ok(by.post(f"/cases/{case.id}/meetings", told)), by, on))
