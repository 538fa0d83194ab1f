"""Which files may be kept: types known by their content, not by their name only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

RIGHTS = ("case", "clinical", "manager", "author")
"""Who sees a file among those who see its case whole: all; the clinical component; the case manager; who recorded it.
Coordinators of the service see the first three kinds, and everybody what they recorded themselves."""

OF_THE_SERVICE = frozenset({"printed_project"})
"""The kinds of files that the service alone makes: signatures bind to them, and nobody withdraws them."""


@dataclass(frozen=True)
class MediaType:
    """A type of file: how its name ends, how its content begins."""

    name: str
    extensions: frozenset[str]
    begins: re.Pattern[bytes]

    def fits_name(self, name: str) -> bool:
        """Whether a file of this type may be called so."""
        return name.rpartition(".")[2].lower() in self.extensions

    def fits(self, content: bytes) -> bool:
        """Whether the content is of this type, by its first bytes."""
        return self.begins.match(content) is not None


@cache
def media_types() -> Mapping[str, MediaType]:
    """The types that may be kept, by name."""
    return {
        one["media_type"]: MediaType(
            one["media_type"], frozenset(one["extensions"]), re.compile(one["begins"].encode("ascii"), re.DOTALL)
        )
        for one in _kept()["media_types"]
    }


@cache
def kinds() -> tuple[str, ...]:
    """The codes of what a file is of a case."""
    return tuple(one["code"] for one in _kept()["kinds"])


@cache
def _kept() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((files("service.cases.files") / "kept.yaml").read_text())
    return content
