"""The shipped programmes: every act in every stage, as their files say."""

from collections.abc import Callable
from itertools import product

import pytest
import yaml
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.cases.programmes.loading import DefinitionError, load, load_shipped, read
from service.cases.programmes.rules import MILESTONES, definition_from
from service.errors import Conflict
from tests.cases.acts import attempt
from tests.cases.shipped import (
    ACTS,
    FOLDER,
    PROGRAMMES,
    WALKED,
    WITHOUT_MINUTES,
    after,
    allowed,
    milestones,
    outcomes,
    stages,
)
from tests.world import Opened, World, ok, refused

DAY = "2023-06-01"
VERSION_CODES = {"act_is_not_allowed_now", "version_is_unknown", "version_is_in_another_state"}
REACHED: tuple[Callable[[World, str], Opened], ...] = (
    World.open, World.in_charge, World.to_assess, World.assessed, World.signed, World.started,
    lambda world, code: closed(world, code),
)  # fmt: skip


def closed(world: World, programme: str) -> Opened:
    """A case that ended."""
    case = world.started(programme) if "start" in PROGRAMMES[programme]["moves"] else world.assessed(programme)
    world.refresh(case)
    world.close(case, outcomes(programme, stage_of(world, case))[0][0])
    return case


def stage_of(world: World, case: Opened) -> str:
    """Where the case is."""
    return str(ok(world.as_("coordinator").get(f"/cases/{case.id}"))["stage"])


def refresh(world: World, case: Opened) -> None:
    """Read the versions of the case and of its project anew."""
    world.refresh(case)
    versions = ok(world.as_("coordinator").get(f"/cases/{case.id}/projects"))["items"]
    case.project_version = versions[0]["version"] if versions else 1


def test_there_are_the_programmes_of_the_territory() -> None:
    assert {"PAIS", "DOPO_DI_NOI", "SIL", "PRO_VI"} <= set(PROGRAMMES)
    assert all(content["sources"] for content in PROGRAMMES.values())


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_rules_allow_what_the_file_allows_and_nothing_else(programme: str) -> None:
    definition = definition_from(read(programme, (FOLDER / "shipped" / f"{programme}.yaml").read_text()))
    for act, stage in product(ACTS, [*stages(programme), "inesistente"]):
        if allowed(programme, act, stage):
            move = definition.move(act, stage)
            assert (move.to or stage) == after(programme, act, stage)
            assert list(move.milestones) == milestones(programme, act, stage)
        else:
            with pytest.raises(Conflict, match="act_is_not_allowed_now"):
                definition.move(act, stage)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_milestone_and_stage_of_a_file_is_one_that_is_known(programme: str) -> None:
    content = PROGRAMMES[programme]
    moves = [move for moves in content["moves"].values() for move in moves]
    written = {milestone for move in moves for milestone in move.get("milestones", [])}
    assert written | {outcome["milestone"] or "concluded" for outcome in content["outcomes"]} <= set(MILESTONES)
    assert {stage for move in moves for stage in move["from"]} <= set(stages(programme))
    ended = after(programme, "close", content["first_stage"])
    assert not any(allowed(programme, act, ended) for act in ACTS)


def steps(programme: str) -> list[int]:
    """The steps that the programme has: without a project, a case ends as it was taken in charge."""
    return list(range(len(REACHED))) if "sign" in PROGRAMMES[programme]["moves"] else [0, 1, 2, 3, len(REACHED) - 1]


@pytest.mark.parametrize(("programme", "step"), [(code, step) for code in WALKED for step in steps(code)])
def test_every_act_in_every_stage_is_allowed_or_refused_as_the_file_says(
    world: World, programme: str, step: int
) -> None:
    case = REACHED[step](world, programme)
    stage = stage_of(world, case)
    coordinator, other_manager = world.as_("coordinator"), world.user("case_manager")
    fitting, others = outcomes(programme, stage)
    if PROGRAMMES[programme]["project"].get("needs_budget_lines") and step < len(REACHED) - 1:
        world.line(case, "coordinator")
    for act in ACTS:  # closing is the last
        may = allowed(programme, act, stage)
        if may and act not in ("sign", "close") and (after(programme, act, stage) != stage or act == "analyse"):
            continue  # the case of the next stage was brought there by it
        refresh(world, case)
        by = world.as_("social_worker") if act == "draft" else coordinator
        if act == "close" and may:
            for outcome in others:
                answer = attempt(world, case, act, by, DAY, programme=programme, outcome=outcome)
                refused(answer, 409, "outcome_is_not_allowed_now")
        answer = attempt(
            world, case, act, by, DAY, programme=programme, manager=other_manager, outcome=[*fitting, "x"][0]
        )
        if may:
            ok(answer)
        elif step == len(REACHED) - 1:
            refused(answer, 409, "case_is_closed")
        else:
            known = VERSION_CODES if act in ("approve", "sign") else {"act_is_not_allowed_now"}
            assert answer.status_code in (404, 409), f"{act} in {stage}: {answer.get_json()}"
            assert answer.get_json()["code"] in known


@pytest.mark.parametrize("programme", [code for code in WITHOUT_MINUTES if code not in WALKED])
def test_a_case_of_every_programme_goes_its_whole_path(world: World, programme: str) -> None:
    case = closed(world, programme)
    ended = ok(world.as_("coordinator").get(f"/cases/{case.id}"))
    assert (ended["is_closed"], ended["programme"]) == (True, programme)
    path = {step["kind"] for step in ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]}
    assert {"referred", "taken_in_charge", "assigned", "assessed", "concluded"} <= path
    assert ({"drafted", "approved", "signed", "started"} <= path) == ("sign" in PROGRAMMES[programme]["moves"])


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_a_programme_is_answered_as_its_file_says(world: World, programme: str) -> None:
    content, answered = PROGRAMMES[programme], ok(world.as_("plan_office").get(f"/programmes/{programme}"))
    assert answered.pop("valid_from") == content["valid_from"].isoformat()
    said = {name: value for name, value in content.items() if name not in ("valid_from", "project")}
    assert {name: answered[name] for name in said} == said
    assert content["project"].items() <= answered.pop("project").items()
    assert all(value in ([], [1]) for name, value in answered.items() if name not in said)
    assert programme in [one["code"] for one in ok(world.as_("plan_office").get("/programmes"))["items"]]


@pytest.mark.parametrize(
    ("programme", "on"), [("PAIS", "2017-12-31"), ("DOPO_DI_NOI", "2016-06-24"), ("INESISTENTE", "2023-01-01")]
)
def test_a_case_opens_only_in_a_programme_in_force_that_day(world: World, programme: str, on: str) -> None:
    referral = {"channel": "gepi", "happened_on": on, "arrived_on": on}
    body = {
        "programme": programme,
        "person_id": world.person()["id"],
        "service_id": world.service,
        "referral": referral,
    }
    problem = refused(world.as_("social_worker").post("/cases", body), 422, "request_is_invalid")
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [("#/programme", "programme_is_not_in_force")]


def test_an_unknown_programme_is_not_found(world: World) -> None:
    refused(world.as_("social_worker").get("/programmes/INESISTENTE"), 404, "programme_is_unknown")


def test_loading_twice_changes_nothing_and_a_changed_version_is_refused(fresh: World) -> None:
    engine = create_engine(fresh.urls.owner or "")
    before = fresh.text_of("cases")
    text = (FOLDER / "shipped" / "PAIS.yaml").read_text()
    with Session(engine) as session, session.begin():
        load_shipped(session)
        with pytest.raises(DefinitionError, match="give it a new version"):
            load(session, "PAIS.yaml", text.replace("Patto per", "Altro patto per"))
    assert fresh.text_of("cases") == before
    with Session(engine) as session, session.begin():
        load(session, "PAIS.yaml", text.replace("version: 3", "version: 4").replace("2018-01-01", "2024-01-01"))
    engine.dispose()
    versions = [(one["code"], one["version"]) for one in ok(fresh.as_("dpo").get("/programmes"))["items"]]
    assert ("PAIS", 3) in versions
    assert ("PAIS", 4) in versions
    old, new = fresh.open(on="2023-12-31"), fresh.open(on="2024-01-01")
    versions_of_cases = [
        ok(fresh.as_("coordinator").get(f"/cases/{case.id}"))["programme_version"] for case in (old, new)
    ]
    assert versions_of_cases == [3, 4]


@pytest.mark.parametrize("change", [
    {"first_stage": "altrove"}, {"moves": {}}, {"project": {"signers": []}}, {"project": {"signers": ["notaio"]}},
    {"project": {"signers": ["household"]}},
    {"subjects": []}, {"stages": PROGRAMMES["PAIS"]["stages"][:-1]}, {"like": "inesistente"}, {"extra": 1},
    {"stages": [*PROGRAMMES["PAIS"]["stages"], {"code": "mai_raggiunto", "label": "x"}]},
    {"refusal_reasons": [{"code": "x", "label": "x"}, {"code": "x", "label": "y"}]},
    {"outcomes": [{"code": "x", "label": "x", "milestone": "signed"}]},
    {"outcomes": [{"code": "x", "label": "x", "milestone": None, "from": ["mai_vista"]}]},
])  # fmt: skip
def test_a_definition_that_can_not_work_is_refused(urls: object, change: dict[str, object]) -> None:
    content = {**PROGRAMMES["PAIS"], "code": "PROVA", **change}
    with Session() as session, pytest.raises(DefinitionError, match=r"prova\.yaml"):
        load(session, "prova.yaml", yaml.safe_dump(content))
