"""What a version holds, as plain data: whether it may be written, whether it is ready to be approved, what is frozen."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from service.cases.programmes.rules import ProjectRules
from service.clocks.calendars import add_months
from service.errors import Conflict, FieldError

Signing = tuple[str, UUID | None]
"""Who signs: the signer, and for a household which of its members."""
Content = Mapping[str, Any]
"""The fields of `FIELDS`, and for each of `PARTS` a list of mappings in their order."""

FIELDS = (
    "preferences", "preferences_missing_reason", "review_months", "check_method", "next_check_on", "ends_on",
    "family_involvement", "is_family_possible", "accommodations", "accessible_formats",
)  # fmt: skip
PARTS = {
    "goals": ("key", "life_domain", "in_first_person", "wording", "baseline", "target", "due_on", "responsible_id",
              "gas_levels", "weight"),
    "supports": ("key", "kind", "area", "description", "organisation_id", "is_existing", "goal_key", "quantity", "unit",
                 "frequency", "from_on", "to_on"),
    "commitments": ("key", "who", "team_member_id", "person_id", "area", "what", "is_conditional"),
    "responsibles": ("key", "team_member_id", "role", "task", "is_referent"),
}  # fmt: skip
LISTED = (
    ("goals", "life_domain", "life_domains"), ("supports", "kind", "supports"), ("supports", "area", "support_areas"),
    ("commitments", "area", "commitment_areas"),
)  # fmt: skip
"""Part, its coded field, the programme's list of codes."""
MEMBERS = (("goals", "responsible_id"), ("commitments", "team_member_id"), ("responsibles", "team_member_id"))
PERSONS = (("commitments", "person_id"),)
LONGEST = 200_000
"""Characters of a whole project, some eighty pages: its print is made while the case waits."""
WHO = {"team_member": "team_member_id", "household_member": "person_id"}


def content_of(version: Any) -> dict[str, Any]:
    """The content of a version (read whole) as plain data."""
    fields = {name: getattr(version, name) for name in FIELDS}
    parts = {
        part: [{name: getattr(row, name) for name in names} for row in getattr(version, part)]
        for part, names in PARTS.items()
    }
    return fields | parts


def named(content: Content, places: Iterable[tuple[str, str]]) -> dict[str, UUID]:
    """JSON pointer -> id, for those that the content names at these places (part and field)."""
    return {
        f"#/{part}/{index}/{field}": row[field]
        for part, field in places
        for index, row in enumerate(content.get(part, ()))
        if row.get(field) is not None
    }


def wrong_fields(content: Content, rules: ProjectRules) -> Iterator[FieldError]:
    """What not even a draft may say: codes that the programme has not, references to nothing, contradictions."""
    yield from _wrong_codes(content, rules)
    yield from _wrong_keys(content)
    yield from _wrong_supports(content.get("supports", ()))
    yield from _wrong_commitments(content.get("commitments", ()))
    if sum(bool(row.get("is_referent")) for row in content.get("responsibles", ())) > 1:
        yield FieldError("#/responsibles", "referent_is_repeated")
    yield from _contradictions(content)
    if sum(map(len, _texts(content))) > LONGEST:
        yield FieldError("#", "project_is_too_long", (str(LONGEST),))
    longest = rules.longest_review_months
    if longest is not None and (content.get("review_months") or 0) > longest:
        yield FieldError("#/review_months", "number_out_of_range", ("1", str(longest)))


def _texts(value: Any) -> Iterator[str]:
    """Every text of a content, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _wrong_codes(content: Content, rules: ProjectRules) -> Iterator[FieldError]:
    for part, field, listed in LISTED:
        known = getattr(rules, listed)
        for pointer, code in named(content, [(part, field)]).items():
            if known and code not in known:
                yield FieldError(pointer, "value_is_unknown", (", ".join(known),))


def _contradictions(content: Content) -> Iterator[FieldError]:
    if content.get("preferences") is not None and content.get("preferences_missing_reason") is not None:
        yield FieldError("#/preferences_missing_reason", "preferences_are_given")
    if content.get("is_family_possible") is False and content.get("family_involvement") is not None:
        yield FieldError("#/family_involvement", "family_is_not_possible")


def _wrong_commitments(commitments: Iterable[Mapping[str, Any]]) -> Iterator[FieldError]:
    for index, commitment in enumerate(commitments):
        told = {field for field in WHO.values() if commitment.get(field) is not None}
        if told != {WHO[who] for who in (commitment["who"],) if who in WHO}:
            yield FieldError(f"#/commitments/{index}/who", "who_is_not_told")


def _wrong_keys(content: Content) -> Iterator[FieldError]:
    for part in PARTS:
        times = Counter(named(content, [(part, "key")]).values())
        for pointer, key in named(content, [(part, "key")]).items():
            if times[key] > 1:
                yield FieldError(pointer, "key_is_repeated")
    goals = set(named(content, [("goals", "key")]).values())
    for pointer, key in named(content, [("supports", "goal_key")]).items():
        if key not in goals:
            yield FieldError(pointer, "reference_is_unknown")


def _wrong_supports(supports: Iterable[Mapping[str, Any]]) -> Iterator[FieldError]:
    for index, support in enumerate(supports):
        from_on, to_on = support.get("from_on"), support.get("to_on")
        if from_on is not None and to_on is not None and to_on < from_on:
            yield FieldError(f"#/supports/{index}/to_on", "date_is_before_start", (str(from_on),))


def check_ready(content: Content, rules: ProjectRules, approved_on: date) -> None:
    """Whether a draft says all that must be said before it freezes. Raises Conflict.

    Sources: D.Lgs 147/2017 art. 6 (goals, duration); DM 23/11/2016 art. 2 (preferences, checks); D.Lgs 62/2024 art. 26
    (those responsible) and 29 (the referente per l'attuazione).
    """
    if not content["goals"]:
        raise Conflict("project_has_no_goals")
    missing = [f"{name} ({number})" for number, goal in enumerate(content["goals"], 1)
               for name in rules.goals_need if goal[name] is None]  # fmt: skip
    if missing:
        raise Conflict("goals_are_incomplete", ", ".join(missing))
    overdue = [number for number, goal in enumerate(content["goals"], 1) if (goal["due_on"] or date.max) < approved_on]
    if overdue:
        raise Conflict("goals_are_overdue", ", ".join(map(str, overdue)))
    has_preferences = content["preferences"] is not None or content["preferences_missing_reason"] is not None
    if rules.needs_preferences and not has_preferences:
        raise Conflict("preferences_are_missing")
    if content["responsibles"] and not any(row["is_referent"] for row in content["responsibles"]):
        raise Conflict("project_has_no_referent")
    _check_review(content, rules, approved_on)
    _check_end(content["ends_on"], rules.longest_months, approved_on)


def _check_review(content: Content, rules: ProjectRules, approved_on: date) -> None:
    months, next_on = content["review_months"], content["next_check_on"]
    if months is None and rules.longest_review_months is not None:
        raise Conflict("project_has_no_review")
    if next_on is not None:
        last = date.max if months is None else add_months(approved_on, months, slide=False)
        if not approved_on < next_on <= last:
            raise Conflict("check_is_out_of_term", approved_on, last)


def _check_end(ends_on: date | None, longest: int | None, approved_on: date) -> None:
    if ends_on is None and longest is not None:
        raise Conflict("project_has_no_end")
    if ends_on is not None:
        last = date.max if longest is None else add_months(approved_on, longest, slide=False)
        if not approved_on < ends_on <= last:
            raise Conflict("end_is_out_of_term", approved_on, last)


def demanded(signers: Iterable[str], members: Iterable[UUID]) -> tuple[Signing, ...]:
    """Who signs, in the programme's order. `members`: those of the household who sign beside the person of the case.

    D.Lgs 147/2017 art. 6: the project is signed by the members of the household. Where there is none, nobody signs for it.
    """
    return tuple(
        (signer, member) for signer in signers for member in (tuple(members) if signer == "household" else (None,))
    )
