"""The Italian words for codes, for the print alone."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from service import yaml_files


@cache
def labels(name: str) -> Mapping[str, str]:
    """Code -> words, of one list of `labels.yaml`."""
    found: Mapping[str, str] = _all()[name]
    return found


@cache
def _all() -> Mapping[str, Mapping[str, str]]:
    content: Mapping[str, Mapping[str, str]] = yaml_files.read(
        (files("service.cases.printing") / "labels.yaml").read_text()
    )
    return content
