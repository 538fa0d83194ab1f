"""The Comuni of the Ambiti that Trama ships, with their ISTAT codes."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def names() -> Mapping[str, str]:
    """ISTAT code (six digits) -> name."""
    with (files("service.people") / "municipalities.csv").open() as lines:
        return {row["istat_code"]: row["name"] for row in csv.DictReader(lines)}
