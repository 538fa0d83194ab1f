"""The rules of priority that Trama ships."""

from datetime import date
from functools import cache
from importlib.resources import files

import yaml

from service.cases.rankings.rules import Ruleset


@cache
def rulesets() -> tuple[Ruleset, ...]:
    """Every version of every set of rules."""
    content = yaml.safe_load((files("service.cases.rankings") / "rulesets.yaml").read_text())
    return tuple(
        Ruleset(one["code"], one["version"], one["valid_from"], tuple(each["code"] for each in one["classes"]),
                tuple(each["code"] for each in one["criteria"]))
        for one in content
    )  # fmt: skip


def ruleset_on(code: str, on: date) -> Ruleset | None:
    """The latest version in force on a day."""
    valid = [one for one in rulesets() if one.code == code and one.valid_from <= on]
    return max(valid, key=lambda one: one.version, default=None)
