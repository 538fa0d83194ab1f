"""Lists of codes kept as data (`codes.yaml`), each code with the days on which it may be used."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).with_name("codes.yaml")


def contracts_on(on: date) -> tuple[str, ...]:
    """The contracts under which a job may have begun on a day."""
    return tuple(one["code"] for one in _in_force("contracts", on))


def questions_on(on: date) -> Mapping[str, tuple[str, ...]]:
    """What a follow-up held on a day may ask: question -> its answers."""
    return {one["code"]: tuple(one["answers"]) for one in _in_force("questions", on)}


def _in_force(name: str, on: date) -> list[dict[str, Any]]:
    return [
        one for one in _lists()[name] if one["valid_from"] <= on and (one["valid_to"] is None or on <= one["valid_to"])
    ]


@cache
def _lists() -> dict[str, list[dict[str, Any]]]:
    lists: dict[str, list[dict[str, Any]]] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return lists
