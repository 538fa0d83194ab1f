"""What an instrument asks, how its answers become a score, and whether two scores tell of a change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from service.errors import FieldError

SENSITIVITIES = ("social", "health")
DIRECTIONS = ("higher_is_better", "lower_is_better")
MOMENTS = ("start", "review", "end", "follow_up")
CORRELATION = Decimal("0.3")
"""The correlation between the goals of one person that the authors of Goal Attainment Scaling assume."""


@dataclass(frozen=True)
class Answer:
    """What was answered to an item: a point of its scale, and how much it weighs."""

    item: str
    value: int
    weight: int = 1


Scoring = Callable[[Sequence[Answer]], Decimal]


def total(answers: Sequence[Answer]) -> Decimal:
    """The sum of the values."""
    return Decimal(sum(answer.value for answer in answers))


def mean(answers: Sequence[Answer]) -> Decimal:
    """The mean of the values."""
    return total(answers) / len(answers)


def weighted_mean(answers: Sequence[Answer]) -> Decimal:
    """The mean of the values, each counted as often as it weighs."""
    return _weighed(answers) / sum(answer.weight for answer in answers)


def gas_t_score(answers: Sequence[Answer]) -> Decimal:
    """The T-score of Goal Attainment Scaling: mean 50 when every goal is reached as expected (0 on a scale from -2 to 2).

    T = 50 + 10 Σwx / √((1-ρ)Σw² + ρ(Σw)²), ρ = 0.3. Source: T. J. Kiresuk, R. E. Sherman, Goal attainment scaling,
    Community Mental Health Journal 4 (1968), 443-453.
    """
    weights = [answer.weight for answer in answers]
    spread = (1 - CORRELATION) * sum(weight**2 for weight in weights) + CORRELATION * sum(weights) ** 2
    return 50 + 10 * _weighed(answers) / spread.sqrt()


def _weighed(answers: Sequence[Answer]) -> Decimal:
    return Decimal(sum(answer.value * answer.weight for answer in answers))


SCORINGS: dict[str, Scoring] = {
    "sum": total, "mean": mean, "weighted_mean": weighted_mean, "gas_t_score": gas_t_score,
}  # fmt: skip
"""The functions that a definition may name. What one computes does not change: another way to score is another name."""


@dataclass(frozen=True)
class Item:
    """A question: the points of its scale, and its weight in a weighted mean."""

    values: tuple[int, ...]
    weight: int


@dataclass(frozen=True)
class Goals:
    """Questions that each person sets: at most so many, each with the points of one scale and a weight of its own."""

    most: int
    values: tuple[int, ...]


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest score."""

    least: Decimal
    most: Decimal


@dataclass(frozen=True)
class Instrument:
    """One version of an instrument. Without items and goals only its result is recorded: `scoring` is None.

    `threshold`: the least difference between two scores that the instrument calls a change. `areas`: parts that have a
    score of their own.
    """

    code: str
    version: int
    sensitivity: str
    direction: str
    bounds: Bounds
    decimals: int
    threshold: Decimal | None
    moments: tuple[str, ...]
    scoring: Scoring | None
    items: dict[str, Item]
    goals: Goals | None
    areas: dict[str, Bounds]

    def score(self, answers: Sequence[Answer]) -> Decimal:
        """The score of complete answers, rounded half up to the instrument's decimals."""
        assert self.scoring is not None  # noqa: S101 - who has no scoring takes no answers (`wrong_answers`)
        return self.scoring(answers).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)

    def answers(self, given: Sequence[Mapping[str, Any]]) -> list[Answer]:
        """What was answered, with the weights that the instrument, or for its own goals the person, gives."""
        return [
            Answer(one["item"], one["value"], self.items[one["item"]].weight if self.items else one["weight"] or 1)
            for one in given
        ]


def wrong_result(instrument: Instrument, result: Mapping[str, Any], pointer: str) -> tuple[FieldError, ...]:
    """What is wrong with the items or the score of a result, each with its place below `pointer`."""
    if instrument.scoring is None:
        return _wrong_score(instrument, result, pointer)
    if result["score"] is not None:
        return (FieldError(f"{pointer}/score", "score_is_computed"),)
    if result["area"] is not None:
        return (FieldError(f"{pointer}/area", "instrument_area_is_unknown", ("-",)),)
    return (
        _wrong_goals(instrument.goals, result, pointer)
        if instrument.goals
        else _wrong_items(instrument, result, pointer)
    )


def _wrong_score(instrument: Instrument, result: Mapping[str, Any], pointer: str) -> tuple[FieldError, ...]:
    area, score = result["area"], result["score"]
    if area is not None and area not in instrument.areas:
        return (FieldError(f"{pointer}/area", "instrument_area_is_unknown", (", ".join(instrument.areas) or "-",)),)
    bounds = instrument.areas[area] if area is not None else instrument.bounds
    if result["items"]:
        return (FieldError(f"{pointer}/items", "instrument_has_no_items"),)
    if score is None:
        return (FieldError(f"{pointer}/score", "field_is_missing"),)
    if score != score.quantize(Decimal(1).scaleb(-instrument.decimals)):
        return (FieldError(f"{pointer}/score", "score_has_too_many_decimals", (str(instrument.decimals),)),)
    if not bounds.least <= score <= bounds.most:
        limits = (f"{bounds.least:f}", f"{bounds.most:f}")
        return (FieldError(f"{pointer}/score", "number_out_of_range", limits),)
    return ()


def _wrong_items(instrument: Instrument, result: Mapping[str, Any], pointer: str) -> tuple[FieldError, ...]:
    given = [one["item"] for one in result["items"]]
    missing = [code for code in instrument.items if code not in given]
    wrong = [FieldError(f"{pointer}/items", "items_are_missing", (", ".join(missing),))] if missing else []
    for index, one in enumerate(result["items"]):
        here, code = f"{pointer}/items/{index}", one["item"]
        if code not in instrument.items:
            wrong.append(FieldError(f"{here}/item", "item_is_unknown"))
        elif code in given[:index]:
            wrong.append(FieldError(f"{here}/item", "item_is_repeated"))
        else:
            wrong += _wrong_value(one["value"], instrument.items[code].values, here)
        wrong += [FieldError(f"{here}/{name}", "item_is_not_a_goal") for name in ("weight", "wording") if one[name]]
    return tuple(wrong)


def _wrong_goals(goals: Goals, result: Mapping[str, Any], pointer: str) -> tuple[FieldError, ...]:
    given = [one["item"] for one in result["items"]]
    if not 1 <= len(given) <= goals.most:
        return (FieldError(f"{pointer}/items", "length_out_of_range", ("1", str(goals.most))),)
    wrong: list[FieldError] = []
    for index, one in enumerate(result["items"]):
        here = f"{pointer}/items/{index}"
        if one["item"] in given[:index]:
            wrong.append(FieldError(f"{here}/item", "item_is_repeated"))
        if not one["wording"]:
            wrong.append(FieldError(f"{here}/wording", "field_is_missing"))
        wrong += _wrong_value(one["value"], goals.values, here)
    return tuple(wrong)


def _wrong_value(value: int, scale: Sequence[int], pointer: str) -> list[FieldError]:
    if value in scale:
        return []
    return [FieldError(f"{pointer}/value", "value_is_unknown", (", ".join(map(str, scale)),))]


def judged(difference: Decimal, direction: str) -> str:
    """What a difference means: `better`, `same` or `worse`."""
    if difference == 0:
        return "same"
    return "better" if (difference > 0) == (direction == "higher_is_better") else "worse"


def instrument_from(content: Mapping[str, Any]) -> Instrument:
    """The instrument that a checked document holds (see `schemas.InstrumentSchema`)."""
    goals, scoring = content.get("goals"), content.get("scoring")
    return Instrument(
        code=content["code"], version=content["version"], sensitivity=content["sensitivity"],
        direction=content["direction"], bounds=_bounds(content), decimals=content["decimals"],
        threshold=_number(content.get("threshold")), moments=tuple(content["moments"]),
        scoring=SCORINGS[scoring] if scoring else None,
        items={one["code"]: Item(_points(one["scale"]), one["weight"]) for one in content["items"]},
        goals=Goals(goals["most"], _points(goals["scale"])) if goals else None,
        areas={one["code"]: _bounds(one) for one in content["areas"]},
    )  # fmt: skip


def _points(scale: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    return tuple(point["value"] for point in scale)


def _bounds(content: Mapping[str, Any]) -> Bounds:
    return Bounds(Decimal(str(content["min"])), Decimal(str(content["max"])))


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
