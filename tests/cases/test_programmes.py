"""The shipped programmes: every act in every stage, as their files say."""

from collections.abc import Callable
from itertools import product

import pytest
import yaml
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.cases.programmes.loading import DefinitionError, load, load_shipped
from service.cases.programmes.rules import MILESTONES, definition_from
from service.errors import Conflict
from tests.cases.acts import attempt
from tests.cases.shipped import ACTS, FOLDER, PROGRAMMES, after, allowed, outcomes, stages
from tests.world import Opened, World, ok, refused

DAY = "2023-06-01"
VERSION_CODES = {"act_is_not_allowed_now", "version_is_unknown", "version_is_in_another_state"}
REACHED: tuple[Callable[[World, str], Opened], ...] = (
    World.open, World.in_charge, World.assessed, World.signed, World.started, lambda world, code: closed(world, code),
)  # fmt: skip


def closed(world: World, programme: str) -> Opened:
    """A case that ended."""
    case = world.started(programme)
    world.close(case, outcomes(programme, stages(programme)[-2])[0][0])
    return case


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
    definition = definition_from(PROGRAMMES[programme])
    for act, stage in product(ACTS, [*stages(programme), "inesistente"]):
        if allowed(programme, act, stage):
            move = definition.move(act, stage)
            assert (move.to or stage) == after(programme, act, stage)
            assert list(move.milestones) == PROGRAMMES[programme]["moves"][act].get("milestones", [])
        else:
            with pytest.raises(Conflict, match="act_is_not_allowed_now"):
                definition.move(act, stage)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_milestone_and_stage_of_a_file_is_one_that_is_known(programme: str) -> None:
    content = PROGRAMMES[programme]
    written = {milestone for move in content["moves"].values() for milestone in move.get("milestones", [])}
    assert written | {outcome["milestone"] or "concluded" for outcome in content["outcomes"]} <= set(MILESTONES)
    named = {stage for move in content["moves"].values() for stage in move["from"]}
    assert named < set(stages(programme))
    assert not any(allowed(programme, act, stages(programme)[-1]) for act in ACTS)


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("step", range(len(REACHED)))
def test_every_act_in_every_stage_is_allowed_or_refused_as_the_file_says(
    world: World, programme: str, step: int
) -> None:
    case, stage = REACHED[step](world, programme), stages(programme)[step]
    coordinator, other_manager = world.as_("coordinator"), world.user("case_manager")
    fitting, others = outcomes(programme, stage)
    for act in ACTS:  # closing is the last
        may = allowed(programme, act, stage)
        if may and act not in ("sign", "close") and after(programme, act, stage) != stage:
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


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_a_programme_is_answered_as_its_file_says(world: World, programme: str) -> None:
    content, answered = PROGRAMMES[programme], ok(world.as_("plan_office").get(f"/programmes/{programme}"))
    assert answered.pop("valid_from") == content["valid_from"].isoformat()
    assert answered == {name: value for name, value in content.items() if name != "valid_from"}
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
    text = (FOLDER / "PAIS.yaml").read_text()
    with Session(engine) as session, session.begin():
        load_shipped(session)
        with pytest.raises(DefinitionError, match="give it a new version"):
            load(session, "PAIS.yaml", text.replace("Patto per", "Altro patto per"))
    assert fresh.text_of("cases") == before
    with Session(engine) as session, session.begin():
        load(session, "PAIS.yaml", text.replace("version: 1", "version: 2").replace("2018-01-01", "2024-01-01"))
    engine.dispose()
    versions = [(one["code"], one["version"]) for one in ok(fresh.as_("dpo").get("/programmes"))["items"]]
    assert ("PAIS", 1) in versions
    assert ("PAIS", 2) in versions
    old, new = fresh.open(on="2023-12-31"), fresh.open(on="2024-01-01")
    read = [ok(fresh.as_("coordinator").get(f"/cases/{case.id}"))["programme_version"] for case in (old, new)]
    assert read == [1, 2]


@pytest.mark.parametrize("change", [
    {"first_stage": "altrove"}, {"moves": {}}, {"signers": []}, {"signers": ["notaio"]}, {"assessment_areas": []},
    {"extra": 1}, {"outcomes": [{"code": "x", "label": "x", "milestone": "signed"}]},
    {"outcomes": [{"code": "x", "label": "x", "milestone": None, "from": ["mai_vista"]}]},
])  # fmt: skip
def test_a_definition_that_can_not_work_is_refused(urls: object, change: dict[str, object]) -> None:
    content = {**PROGRAMMES["PAIS"], "code": "PROVA", **change}
    with Session() as session, pytest.raises(DefinitionError, match=r"prova\.yaml"):
        load(session, "prova.yaml", yaml.safe_dump(content))
