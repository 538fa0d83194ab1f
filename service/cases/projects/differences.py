"""What changed from one version to another, part by part."""

from collections.abc import Iterable, Mapping
from typing import Any

from service.cases.projects.rules import FIELDS, PARTS, Content

Row = Mapping[str, Any]


def differences(before: Content, after: Content) -> dict[str, Any]:
    """From one content to another: `fields` with the values of both, and for each part what was added, removed, changed.

    Parts are known again by their key; their order is not compared.
    """
    parts = {part: _of_parts(before[part], after[part], names) for part, names in PARTS.items()}
    return {"fields": _changed(before, after, FIELDS), **parts}


def _of_parts(before: Iterable[Row], after: Iterable[Row], names: Iterable[str]) -> dict[str, Any]:
    old, new = ({row["key"]: row for row in rows} for rows in (before, after))
    changed = {key: _changed(old[key], new[key], names) for key in old if key in new}
    return {
        "added": [row for key, row in new.items() if key not in old],
        "removed": [row for key, row in old.items() if key not in new],
        "changed": [{"key": key, **one} for key, one in changed.items() if one["after"]],
    }


def _changed(before: Row, after: Row, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    unlike = [name for name in names if before[name] != after[name]]
    return {"before": {name: before[name] for name in unlike}, "after": {name: after[name] for name in unlike}}
