"""The catalogue of instruments: how each one shipped is scored, and what a file must say to be taken."""

from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.cases.instruments import loading
from service.cases.instruments.loading import InstrumentError, load, load_shipped, read
from service.cases.instruments.rules import (
    SCORINGS,
    Answer,
    Instrument,
    gas_t_score,
    instrument_from,
    judged,
    weighted_mean,
)
from tests.cases.shipped import PROGRAMMES
from tests.world import World, ok, refused

FOLDER = Path(loading.__file__).parent / "shipped"
TEXTS = {file.stem: file.read_text() for file in sorted(FOLDER.glob("*.yaml"))}
SHIPPED: dict[str, Instrument] = {name: instrument_from(read(name, text)) for name, text in TEXTS.items()}
ANSWERS = st.lists(
    st.builds(Answer, st.uuids().map(str), st.integers(-2, 2), st.integers(1, 100)), min_size=1, max_size=20
)


def score(code: str, values: list[int], weights: list[int] | None = None) -> Decimal:
    """The score of an instrument for values given in the order of its items."""
    codes = list(SHIPPED[code].items) or [f"goal_{turn}" for turn in range(len(values))]
    weighed = weights or [1] * len(values)
    return SHIPPED[code].score([Answer(*one) for one in zip(codes, values, weighed, strict=True)])


def test_the_instruments_of_the_programmes_are_shipped() -> None:
    named = {code for content in PROGRAMMES.values() for code in content.get("instruments", [])}
    assert named <= set(SHIPPED) == {"katz_adl", "lawton_iadl", "gas", "scheda_lavoro", "sis", "pos", "sidi"}


def test_licensed_instruments_hold_no_words_of_their_items() -> None:
    for code in ("sis", "pos", "sidi"):
        assert (SHIPPED[code].scoring, SHIPPED[code].items, SHIPPED[code].goals) == (None, {}, None)
    assert len(SHIPPED["pos"].areas) == 8


def test_what_tells_of_health_is_marked_so() -> None:
    of_health = {code for code, instrument in SHIPPED.items() if instrument.sensitivity == "health"}
    assert of_health == {"katz_adl", "lawton_iadl", "sis", "pos", "sidi"}


def test_katz_counts_the_functions_in_which_somebody_is_independent() -> None:
    for values in product((0, 1), repeat=6):
        assert score("katz_adl", list(values)) == sum(values)


def test_lawton_counts_the_activities_that_somebody_can_do() -> None:
    for values in product((0, 1), repeat=8):
        assert score("lawton_iadl", list(values)) == sum(values)


def test_the_work_sheet_is_a_mean_of_two_decimals_rounded_half_up() -> None:
    assert [score("scheda_lavoro", [value] * 11) for value in (1, 2, 3, 4)] == [1, 2, 3, 4]
    assert score("scheda_lavoro", [1] * 10 + [2]) == Decimal("1.09")
    assert score("scheda_lavoro", [1] * 9 + [2, 2]) == Decimal("1.18")
    half = instrument_from({**read("scheda_lavoro", TEXTS["scheda_lavoro"]), "decimals": 0})
    assert half.score([Answer("presenza", 2), Answer("colleghi", 3)]) == 3


@pytest.mark.parametrize(("values", "weights", "expected"), [
    ([0], [1], "50"), ([0, 0, 0], [3, 2, 1], "50"),  # as expected is 50, whatever the weights
    ([2], [1], "70"), ([-2], [7], "30"), ([1], [1], "60"),  # one goal: ten points a step
    # By the formula: two equal goals, 10 * 2 / √(0.7 * 2 + 0.3 * 4) = 12.40; three at -2, -60 / √(2.1 + 2.7) = -27.39.
    ([1, 1], [1, 1], "62.40"), ([-2, -2, -2], [1, 1, 1], "22.61"), ([2, -2], [1, 1], "50"),
    # Weights 3 and 1, reached by +1 and -1: 10 * 2 / √(0.7 * 10 + 0.3 * 16) = 5.82.
    ([1, -1], [3, 1], "55.82"),
])  # fmt: skip
def test_goal_attainment_is_the_t_score_of_its_authors(values: list[int], weights: list[int], expected: str) -> None:
    """T. J. Kiresuk, R. E. Sherman, 1968."""
    assert score("gas", values, weights) == Decimal(expected)


@given(ANSWERS)
def test_goal_attainment_stays_within_its_limits_and_does_not_depend_on_the_order(answers: list[Answer]) -> None:
    found = SHIPPED["gas"].score(answers)
    assert SHIPPED["gas"].bounds.least <= found <= SHIPPED["gas"].bounds.most
    assert SHIPPED["gas"].score(answers[::-1]) == found


@given(ANSWERS, st.integers(1, 50))
def test_goal_attainment_reads_weights_by_their_proportion_alone(answers: list[Answer], factor: int) -> None:
    heavier = [Answer(one.item, one.value, one.weight * factor) for one in answers]
    assert abs(gas_t_score(heavier) - gas_t_score(answers)) < Decimal("1e-20")


@given(ANSWERS, st.data())
def test_a_better_answer_never_lowers_a_score(answers: list[Answer], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(answers) - 1))
    one = answers[place]
    better = [*answers[:place], Answer(one.item, one.value + 1, one.weight), *answers[place + 1 :]]
    for scoring in SCORINGS.values():
        assert scoring(better) > scoring(answers)


@given(ANSWERS)
def test_a_weighted_mean_is_the_mean_of_answers_repeated_by_their_weight(answers: list[Answer]) -> None:
    repeated = [Answer(one.item, one.value) for one in answers for _ in range(one.weight)]
    assert abs(weighted_mean(answers) - SCORINGS["mean"](repeated)) < Decimal("1e-20")


@pytest.mark.parametrize(("code", "instrument"), SHIPPED.items())
def test_the_limits_of_an_instrument_are_reached_and_not_passed(code: str, instrument: Instrument) -> None:
    if not instrument.items:
        return
    lowest, highest = ([end(item.values) for item in instrument.items.values()] for end in (min, max))
    assert (score(code, lowest), score(code, highest)) == (instrument.bounds.least, instrument.bounds.most)


@pytest.mark.parametrize(("difference", "direction", "meaning"), [
    ("1", "higher_is_better", "better"), ("-1", "higher_is_better", "worse"), ("0", "higher_is_better", "same"),
    ("1", "lower_is_better", "worse"), ("-0.01", "lower_is_better", "better"), ("0.00", "lower_is_better", "same"),
])  # fmt: skip
def test_a_difference_is_read_by_the_direction(difference: str, direction: str, meaning: str) -> None:
    assert judged(Decimal(difference), direction) == meaning


def changed(**values: Any) -> str:
    """The work sheet with other contents; None takes a key away."""
    content = yaml.safe_load(TEXTS["scheda_lavoro"]) | values
    return yaml.safe_dump({key: value for key, value in content.items() if value is not None}, allow_unicode=True)


SCALE = [{"value": 1, "label": "Poco"}, {"value": 4, "label": "Molto"}]


@pytest.mark.parametrize(("values", "place"), [
    ({"max": 5}, "max: the answers reach 4, not 5"), ({"min": 0}, "min: the answers reach 1, not 0"),
    ({"min": 4}, "max: 4 is not above the least, 4"), ({"scoring": "median"}, "scoring: value_is_unknown"),
    ({"scoring": None}, "scoring: there are items or goals"), ({"items": None}, "scoring: there are items or goals"),
    ({"goals": {"most": 3, "scale": SCALE}}, "scoring: there are items or goals"),
    ({"areas": [{"code": "a", "label": "A", "min": 1, "max": 2}]}, "areas: areas are of instruments without items"),
    ({"items": [{"code": "a", "label": "A", "scale": SCALE}] * 2}, "items: repeated: a"),
    ({"items": [{"code": "a", "label": "A", "scale": SCALE[:1] * 2}]}, "scale of question 1: repeated: 1"),
    ({"items": [{"code": "a", "label": "A", "scale": [{"value": "x", "label": "X"}] * 2}]},
     "items/0/scale/0/value: integer_is_invalid"),
    ({"threshold": 0}, "threshold: a difference that counts is above zero"), ({"threshold": 0.123}, "threshold: number_is"),
    ({"valid_to": "2014-01-01"}, "valid_to: ends before it begins"), ({"sensitivity": "secret"}, "sensitivity: value_is"),
    ({"licence": None}, "licence: field_is_missing"), ({"colour": "red"}, "colour: field_is_unknown"),
])  # fmt: skip
def test_a_wrong_file_is_refused_at_its_place(values: dict[str, Any], place: str) -> None:
    with pytest.raises(InstrumentError) as raised:
        read("mia.yaml", changed(**values))
    assert str(raised.value).startswith(f"mia.yaml: {place}")


@pytest.mark.parametrize("text", ["- una lista", "code: [", ""])
def test_what_is_not_a_mapping_is_refused(text: str) -> None:
    with pytest.raises(InstrumentError, match=r"mia\.yaml"):
        read("mia.yaml", text)


def test_a_version_in_use_may_not_change_and_a_new_one_is_welcome(fresh: World) -> None:
    engine = create_engine(fresh.urls.owner or "")
    with Session(engine) as session, session.begin():
        load_shipped(session)  # again: nothing changes
        with pytest.raises(InstrumentError, match="scheda_lavoro version 1 is in use and differs"):
            load(session, "mia.yaml", changed(threshold=1))
        load(session, "mia.yaml", changed(version=2, threshold=1))
    engine.dispose()
    worker = fresh.as_("social_worker")
    assert ok(worker.get("/instruments/scheda_lavoro"))["version"] == 2
    kept = [one["version"] for one in ok(worker.get("/instruments"))["items"] if one["code"] == "scheda_lavoro"]
    assert kept == [1, 2]


def test_the_catalogue_shows_what_the_files_say(world: World) -> None:
    listed = {one["code"]: one for one in ok(world.as_("team_member").get("/instruments"))["items"]}
    for code, text in TEXTS.items():
        content = yaml.safe_load(text)
        told = {key: str(value) if key == "valid_from" else value for key, value in content.items()}
        assert {key: listed[code][key] for key in told if key != "items"} == {
            key: value for key, value in told.items() if key != "items"
        }
        assert [one["code"] for one in listed[code]["items"]] == [one["code"] for one in content.get("items", [])]
    refused(world.as_("team_member").get("/instruments/inesistente"), 404, "instrument_is_unknown")
