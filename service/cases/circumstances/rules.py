"""The kinds of circumstances and their codes, as data."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import yaml

from service.errors import invalid_field

OF_ACTS = ("referral_judgement", "refusal", "suspension", "reopening", "programme_version", "closure")
"""The kinds that acts write, and nobody by hand."""


@dataclass(frozen=True)
class Kind:
    """A kind: of a person or of the case, with or without an end, on a day that may be still to come or not; its codes with
    their labels."""

    is_of_person: bool
    lasts: bool
    is_ahead: bool
    codes: dict[str, str]


@cache
def kinds() -> dict[str, Kind]:
    """Every kind that operators record."""
    content = yaml.safe_load((files(__package__) / "data" / "circumstances.yaml").read_text())
    return {
        name: Kind(kind["of"] == "person", kind["lasts"], kind.get("is_ahead", False),
                   {one["code"]: one["label"] for one in kind["codes"]})
        for name, kind in content.items()
    }  # fmt: skip


def check_form(kind: str, *, is_of_person: bool, to_on: date | None) -> None:
    """A circumstance must have what its kind asks for, and no more. Raises Invalid."""
    known = kinds()[kind]
    if known.is_of_person != is_of_person:
        raise invalid_field("#/person_id", "field_is_missing" if known.is_of_person else "field_is_out_of_place")
    if to_on is not None and not known.lasts:
        raise invalid_field("#/to_on", "field_is_out_of_place")
