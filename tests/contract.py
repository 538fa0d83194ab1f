"""The contract as a judge: every answer that a test sees must be one that it describes."""

from functools import cache
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

_specs: dict[int, dict[str, Any]] = {}


def spec_of(app: Flask) -> dict[str, Any]:
    """The contract that the code generates."""
    if id(app) not in _specs:
        _specs[id(app)] = app.extensions["trama-contract"]()
    return _specs[id(app)]


def check_answer(app: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Hold an answer against the contract: its status, its media type, its headers, its body."""
    operation = _operation(app, method, path)
    if operation is None:
        assert answer.status_code in (404, 405)
        assert answer.mimetype == "application/problem+json"
        return
    spec = spec_of(app)
    described = operation["responses"].get(str(answer.status_code))
    assert described is not None, (
        f"{method} {path} answered {answer.status_code}, which the contract does not know: {answer.data!r}"
    )
    described = _resolved(spec, described)
    for name in described.get("headers", {}):
        assert name in answer.headers, f"{method} {path} answered {answer.status_code} without {name}"
    content = described.get("content")
    if not content:
        assert answer.data == b""
        return
    assert answer.mimetype in content, f"{method} {path} answered {answer.mimetype}"
    if not content[answer.mimetype]:
        return  # the bytes of a file
    errors = list(
        _validator(id(app), str(content[answer.mimetype]["schema"]["$ref"])).iter_errors(answer.get_json(force=True))
    )
    assert not errors, f"{method} {path}: {[(list(error.path), error.message) for error in errors[:5]]}"


def _operation(app: Flask, method: str, path: str) -> dict[str, Any] | None:
    rule = rule_of(app, method, path)
    if rule is None:
        return None
    return spec_of(app)["paths"].get(rule, {}).get(method.lower())


def rule_of(app: Flask, method: str, path: str) -> str | None:
    """The path template of the contract for a path, without the version."""
    try:
        rule, _ = app.url_map.bind("localhost").match(path.partition("?")[0], method=method, return_rule=True)
    except (RequestRedirect, Exception):
        return None
    template = rule.rule.removeprefix("/v1")
    for converter in ("uuid:", "int:", "string:"):
        template = template.replace(f"<{converter}", "{")
    return template.replace("<", "{").replace(">", "}")


def _resolved(spec: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = spec
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


@cache
def _validator(app_id: int, reference: str) -> Draft202012Validator:
    resource = Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **_specs[app_id]})
    registry = Registry().with_resource("urn:contract", resource)
    return Draft202012Validator({"$ref": f"urn:contract{reference}"}, registry=registry, format_checker=FormatChecker())
