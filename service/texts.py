"""The words for people of every problem and field error, in Italian and in English."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

import yaml

_CODE = re.compile(r"[a-z_]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Code -> {it, en}."""
    content: Mapping[str, Mapping[str, str]] = yaml.safe_load((files("service") / "texts.yaml").read_text())
    return content


@cache
def terms() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """List -> code -> {it, en}: the codes that texts name in words."""
    content: Mapping[str, Mapping[str, Mapping[str, str]]] = yaml.safe_load(
        (files("service") / "terms.yaml").read_text()
    )
    return content


def words(code: str, values: tuple[str, ...], language: str) -> str:
    """The sentence for a code: `values` fill its places; `language` is it or en."""
    return _Filling(language).format(texts()[code][language], *values)


class _Filling(Formatter):
    """How values are told: codes in the words of the list that their place names, days as the language writes them."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        """One value, in its place."""
        if format_spec:
            known = terms()[format_spec]
            return _CODE.sub(lambda found: known[found[0]][self.language] if found[0] in known else found[0], value)
        return (
            f"{date.fromisoformat(value):%d/%m/%Y}" if self.language == "it" and _DAY.fullmatch(value) else str(value)
        )
