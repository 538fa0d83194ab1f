"""The multidimensional assessment: all the areas that the programme demands, each once."""

from typing import Any

import pytest

from tests.cases.acts import areas
from tests.cases.shipped import PROGRAMMES
from tests.world import World, ok, refused


def assess(world: World, case_id: str, given: list[dict[str, Any]], **values: Any) -> Any:
    """An assessment with these areas."""
    body = {"occurred_on": "2023-01-20", "setting": "EVM", "areas": given, **values}
    return world.as_("social_worker").post(f"/cases/{case_id}/assessments", body)


def told(answer: Any) -> list[tuple[str, str]]:
    """Places and codes of what is wrong."""
    refused(answer, 422, "request_is_invalid")
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]


def test_the_areas_of_an_inclusion_pact_are_the_closed_list_of_the_law() -> None:
    """D.Lgs 147/2017 art. 5 c. 2: six areas, letters a) to f)."""
    assert [area["code"] for area in PROGRAMMES["PAIS"]["assessment_areas"]] == list("abcdef")


def test_the_areas_of_dopo_di_noi_are_at_least_the_four_of_the_decree() -> None:
    """DM 23/11/2016 art. 2 c. 2: personal care, mobility, communication, instrumental and relational activities."""
    assert [area["code"] for area in PROGRAMMES["DOPO_DI_NOI"]["assessment_areas"]] == list("abcd")
    assert set(PROGRAMMES["DOPO_DI_NOI"]["team_components"]) == {"social", "clinical"}


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_a_whole_assessment_is_kept_as_given(world: World, programme: str) -> None:
    case = world.to_assess(programme)
    given = [
        {**area, "support_need": turn % 5, "finding": f"Osservato {turn}"} for turn, area in enumerate(areas(programme))
    ]
    answer = assess(world, case.id, given)
    made = ok(answer)
    assert sorted(made["areas"], key=lambda area: area["area"]) == sorted(given, key=lambda area: area["area"])
    assert made["recorded_by"] == str(world.as_("social_worker").user_id)
    assert ok(world.as_("coordinator").get(answer.headers["Location"].removeprefix("/v1"))) == made
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/assessments"))["items"] == [made]


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_an_assessment_without_an_area_is_refused_and_the_area_named(world: World, programme: str) -> None:
    """D.Lgs 147/2017 art. 5 and DM 23/11/2016 art. 2: the assessment covers every area, or it is none."""
    case = world.to_assess(programme)
    world.refresh(case)
    *given, left_out = areas(programme)
    answer = assess(world, case.id, given)
    assert told(answer) == [("#/areas", "areas_are_missing")]
    labels = {one["code"]: one["label"] for one in PROGRAMMES[programme]["assessment_areas"]}
    assert f": {labels[left_out['area']]}." in answer.get_json()["errors"][0]["detail"]
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}"))["version"] == case.version
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/assessments"))["items"] == []


def test_unknown_and_repeated_areas_are_named_where_they_stand(world: World) -> None:
    case, given = world.to_assess(), areas("PAIS")
    unknown = {"area": "z", "support_need": 1}
    answer = assess(world, case.id, [given[0], unknown, given[0], *given[1:]])
    assert told(answer) == [("#/areas/1/area", "area_is_unknown"), ("#/areas/2/area", "area_is_repeated")]


@pytest.mark.parametrize(("field", "value", "pointer", "code"), [
    ("support_need", 5, "#/areas/0/support_need", "number_out_of_range"),
    ("support_need", -1, "#/areas/0/support_need", "number_out_of_range"),
    ("support_need", None, "#/areas/0/support_need", "field_is_null"),
    ("finding", "", "#/areas/0/finding", "length_out_of_range"),
    ("label", "Area", "#/areas/0/label", "field_is_unknown"),
])  # fmt: skip
def test_a_wrong_value_of_an_area_is_named(world: World, field: str, value: Any, pointer: str, code: str) -> None:
    given = areas("PAIS")
    given[0] = {**given[0], field: value}
    assert told(assess(world, world.to_assess().id, given)) == [(pointer, code)]


def test_an_assessment_may_be_repeated_and_the_last_comes_first(world: World) -> None:
    case = world.to_assess()
    first = ok(assess(world, case.id, areas("PAIS")))
    second = ok(assess(world, case.id, areas("PAIS"), occurred_on="2023-01-21"))
    listed = ok(world.as_("coordinator").get(f"/cases/{case.id}/assessments"))["items"]
    assert [one["id"] for one in listed] == [second["id"], first["id"]]


@pytest.mark.parametrize("setting", ["UVM", "single"])
def test_the_setting_is_one_that_is_known(world: World, setting: str) -> None:
    case = world.to_assess()
    assert ok(assess(world, case.id, areas("PAIS"), setting=setting))["setting"] == setting
    assert told(assess(world, case.id, areas("PAIS"), setting="uvm")) == [("#/setting", "value_is_unknown")]
