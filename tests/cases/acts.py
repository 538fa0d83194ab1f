"""One valid request for each act on a case: who may do it, when, is for the tests to try."""

from typing import Any

from werkzeug.test import TestResponse

from tests.cases.shipped import PROGRAMMES
from tests.world import Client, Opened, World


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


def attempt(
    world: World, case: Opened, act: str, by: Client, on: str, *, programme: str, manager: Client | None = None,
    outcome: str = "-", signer: str = "person",
) -> TestResponse:  # fmt: skip
    """Try an act with the versions that `case` holds."""
    here, version, project = f"/cases/{case.id}", case.version, case.project_version
    dated, manager_id = {"occurred_on": on}, str(manager and manager.user_id)
    return {
        "accept": lambda: by.post(f"{here}/taking-in-charge", dated, version=version),
        "assign": lambda: by.post(f"{here}/assignment", dated | {"user_id": manager_id}, version=version),
        "assess": lambda: by.post(f"{here}/assessments", dated | {"setting": "EM", "areas": areas(programme)}),
        "draft": lambda: by.post(f"{here}/projects", draft(on)),
        "approve": lambda: by.post(f"{here}/projects/1/approval", {"approved_on": on}, version=project),
        "sign": lambda: by.post(f"{here}/projects/1/signatures", {"signer": signer, "signed_on": on}, version=project),
        "start": lambda: by.post(f"{here}/start", dated, version=version),
        "record": lambda: by.post(f"{here}/interventions", dated | {"kind": "colloquio", "minutes": 30,
                                                                     "organisation_id": world.service}),
        "evaluate": lambda: by.post(f"{here}/evaluations", dated | {"judge": "operators", "scale": "likert_5", "value": 4}),
        "close": lambda: by.post(f"{here}/closure", dated | {"outcome": outcome}, version=version),
    }[act]()  # fmt: skip
