"""When a project is next checked, when who left is observed, and what a record of it must say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.cases.programmes.rules import Definition
from service.clocks import calendars
from service.clocks.rules import Rule, due_on, rule
from service.codes import code_list
from service.errors import FieldError

ROOM = "service.cases.monitoring"
EARLY_MONTHS = 3
"""An observation counts for a term that is at most so many months ahead: the one at six months isn't that at twelve [D]."""


@dataclass(frozen=True)
class Due:
    """An observation that the programme asks for after the end; `rule` where a deadline of the law's table says when."""

    months_after: int
    due_on: date
    rule: str | None
    rule_version: int | None


@dataclass(frozen=True)
class Observed:
    """A follow-up that was tried, held or not, so many months after an end."""

    months_after: int
    ended_on: date


def latest_review(definition: Definition, held_on: date, months: int | None) -> date | None:
    """The last day for the next check (REVIEW_NEXT): after so many months as the project says, or else the programme at the
    longest; none where neither does."""
    months = months or definition.project.longest_review_months
    return None if months is None else due_on(rule("REVIEW_NEXT", held_on), held_on, number=months)


def earliest_observation(ended_on: date, months_after: int) -> date:
    """The first day on which an observation counts for the one that is due so many months after an end."""
    return calendars.add_months(ended_on, max(0, months_after - EARLY_MONTHS), slide=False)


def follow_ups_due(definition: Definition, ended_on: date) -> list[Due]:
    """The observations after a case that ended on a day: the programme's months, counted by SIL_FOLLOWUP and the like where
    the programme runs such a deadline, else by the calendar, to the next working day."""
    ruled = {known.number: known for known in _follow_up_rules(definition, ended_on) if known.unit == "months"}
    return [_due(months, ended_on, ruled.get(months)) for months in definition.follow_up_months]


def still_due(due: list[Due], observed: list[Observed], ended_on: date) -> list[Due]:
    """Those that nobody tried after this end; an earlier end, before a reopening, had its own."""
    tried = {one.months_after for one in observed if one.ended_on == ended_on}
    return [one for one in due if one.months_after not in tried]


def check_errors(told: Mapping[str, Any], latest: date | None, today: date) -> Iterator[FieldError]:
    """What is wrong with a check as told: `status`, `due_on`, `held_on`, `next_due_on`, `participants`, `progress`.

    `latest`: the last day for the next one.
    """
    yield from _wrong_days(told, today)
    on = told["held_on"] or told["due_on"]
    if told["status"] != "moved":  # one that is moved may come sooner
        yield from _wrong_next(told["next_due_on"], on, latest)
    for name in ("participants", "progress"):
        if told[name] and told["status"] != "held":
            yield FieldError(f"#/{name}", "check_was_not_held")
    goals = [one["goal_id"] for one in told["progress"]]
    for place, goal in enumerate(goals):
        if goal in goals[:place]:
            yield FieldError(f"#/progress/{place}/goal_id", "goal_is_repeated")


def _wrong_days(told: Mapping[str, Any], today: date) -> Iterator[FieldError]:
    """The days that each status wants."""
    status, due_on = told["status"], told["due_on"]
    if (status == "held") != (told["held_on"] is not None):
        yield FieldError("#/held_on", "day_goes_with_held")
    if status != "held" and due_on is None:
        yield FieldError("#/due_on", "field_is_missing")
    if status == "missed" and due_on is not None and due_on > today:
        yield FieldError("#/due_on", "date_is_in_the_future", (today.isoformat(),))
    if status == "moved" and told["next_due_on"] in (None, due_on):
        yield FieldError("#/next_due_on", "check_is_moved_to_another_day")


def _wrong_next(next_due_on: date | None, on: date | None, latest: date | None) -> Iterator[FieldError]:
    if next_due_on is None or on is None:
        return
    if next_due_on <= on:
        yield FieldError("#/next_due_on", "date_is_before_last_step", (on.isoformat(),))
    if latest is not None and next_due_on > latest:
        yield FieldError("#/next_due_on", "review_is_too_late", (latest.isoformat(),))


def questions_on(on: date) -> dict[str, tuple[str, ...]]:
    """What a follow-up held on a day may ask: question -> its answers."""
    return {row.code: tuple(row.traits["answers"]) for row in code_list(ROOM, "questions") if row.holds_on(on)}


def answer_errors(
    answers: Sequence[Mapping[str, str]], questions: Mapping[str, tuple[str, ...]]
) -> Iterator[FieldError]:
    """What is wrong with coded answers: an unknown or repeated question, an answer that it doesn't have."""
    asked = [one["question"] for one in answers]
    for place, one in enumerate(answers):
        if one["question"] not in questions:
            yield FieldError(f"#/answers/{place}/question", "value_is_unknown", (", ".join(questions),))
        elif one["question"] in asked[:place]:
            yield FieldError(f"#/answers/{place}/question", "question_is_repeated")
        elif one["answer"] not in questions[one["question"]]:
            yield FieldError(f"#/answers/{place}/answer", "value_is_unknown", (", ".join(questions[one["question"]]),))


def _follow_up_rules(definition: Definition, on: date) -> Iterator[Rule]:
    for clock in definition.clocks:
        if clock.met_by == "follow_up":
            yield rule(clock.rule, on)


def _due(months: int, ended_on: date, ruled: Rule | None) -> Due:
    if ruled is None:
        return Due(months, calendars.add_months(ended_on, months), None, None)
    return Due(months, due_on(ruled, ended_on), ruled.id, ruled.version)
