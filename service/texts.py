"""The words for people of every problem and field error, in Italian and in English."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Code -> {it, en}."""
    content: Mapping[str, Mapping[str, str]] = yaml.safe_load((files("service") / "texts.yaml").read_text())
    return content


def words(code: str, values: tuple[str, ...], language: str) -> str:
    """The sentence for a code: `values` fill its places; `language` is it or en."""
    return texts()[code][language].format(*values)
