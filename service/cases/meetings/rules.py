"""What minutes must say to be written, and to be closed."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from service.errors import FieldError

KINDS = ("assessment", "planning", "approval", "monitoring", "network")
MODES = ("in_person", "remote", "mixed")
BEFORE_APPROVAL = ("assessment", "planning", "approval")
"""The kinds of meeting whose minutes a project can be approved on."""


def wrong_fields(content: Mapping[str, Any], components: Mapping[UUID, str]) -> tuple[FieldError, ...]:
    """What is wrong in minutes. `components`: of each member of the team on the day of the meeting, by member's id."""
    found = [*_wrong_attendances(content["attendances"], components), *_wrong_presence(content, components)]
    if content["person_view"] is not None and content["unheard_reason"] is not None:
        found.append(FieldError("#/unheard_reason", "person_was_heard"))
    return tuple(found)


def missing_for_closure(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields without which minutes are no minutes: somebody present; the person's own view, or why it was not heard."""
    is_heard = content["person_view"] is not None or content["unheard_reason"] is not None
    is_held = any(attendance["is_present"] for attendance in content["attendances"])
    return (*(() if is_held else ("attendances",)), *(() if is_heard else ("person_view",)))


def _wrong_attendances(attendances: list[dict[str, Any]], components: Mapping[UUID, str]) -> Iterator[FieldError]:
    seen: set[UUID] = set()
    for index, attendance in enumerate(attendances):
        pointer, member_id = f"#/attendances/{index}", attendance["member_id"]
        is_guest = attendance["guest_name"] is not None or attendance["organisation_id"] is not None
        if (member_id is not None) == is_guest:
            yield FieldError(pointer, "attendee_is_named_once")
        elif member_id is not None and member_id not in components:
            yield FieldError(f"{pointer}/member_id", "attendee_is_not_on_the_team")
        elif member_id in seen:
            yield FieldError(f"{pointer}/member_id", "attendee_is_repeated")
        if attendance["dissent"] is not None and not attendance["is_present"]:
            yield FieldError(f"{pointer}/dissent", "dissent_is_of_the_present")
        if member_id is not None:
            seen.add(member_id)


def _wrong_presence(content: Mapping[str, Any], components: Mapping[UUID, str]) -> Iterator[FieldError]:
    """Whether the person and the family were there is said apart, since they need not be members; it agrees with who was."""
    present = {components.get(one["member_id"]) for one in content["attendances"] if one["is_present"]}
    for component in ("person", "family"):
        if component in present and not content[f"{component}_present"]:
            yield FieldError(f"#/{component}_present", "presence_disagrees")
