"""The Italian rules for OpenAPI documents, in our own words: each finds what breaks it, and knows how to break it.

Sources: the rules of italia/api-oas-checker (errors, warnings, hints, security) and those of Spectral for OpenAPI.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

Spec = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
UNSAFE = ("post", "put", "patch", "delete")
RATE_LIMITS = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Rule:
    """A rule: its level, what it finds in a document, a change after which it must find something."""

    name: str
    level: str
    find: Callable[[Spec], Iterator[str]]
    break_it: Callable[[Spec], Any]


RULES: dict[str, Rule] = {}


def rule(level: str, break_it: Callable[[Spec], Any]) -> Callable[[Any], Any]:
    """Register a rule under the name of its function."""

    def register(find: Any) -> Any:
        name = find.__name__.replace("_", "-")
        RULES[name] = Rule(name, level, find, break_it)
        return find

    return register


def resolved(spec: Spec, part: Any) -> Any:
    """What a reference points to."""
    while isinstance(part, dict) and "$ref" in part:
        found: Any = spec
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def operations(spec: Spec) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method, operation."""
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def parameters(spec: Spec) -> Iterator[dict[str, Any]]:
    """Every parameter of every path and operation."""
    for path, _, operation in operations(spec):
        for parameter in (*spec["paths"][path].get("parameters", ()), *operation.get("parameters", ())):
            yield resolved(spec, parameter)


def responses(spec: Spec) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Path, method, status, response."""
    for path, method, operation in operations(spec):
        for status, response in operation["responses"].items():
            yield path, method, status, resolved(spec, response)


def headers(spec: Spec) -> Iterator[str]:
    """The name of every header of every response."""
    for *_, response in responses(spec):
        yield from response.get("headers", {})


def schemas(part: Any, place: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything in a document that describes a value, with its place."""
    if isinstance(part, dict):
        if "type" in part and not isinstance(part["type"], dict) and "in" not in part and "scheme" not in part:
            yield place, part
        for name, inner in part.items():
            if name not in ("example", "examples", "default", "enum"):
                yield from schemas(inner, f"{place}/{name}")
    elif isinstance(part, list):
        for index, inner in enumerate(part):
            yield from schemas(inner, f"{place}/{index}")


def of_type(spec: Spec, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schemas of a type, also of one that may be null."""
    for place, schema in schemas(spec):
        named = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if set(kinds) & set(named):
            yield place, schema


def first(spec: Spec, method: str) -> dict[str, Any]:
    """Some operation with the method, to be broken."""
    return next(operation for _, found, operation in operations(spec) if found == method)


def some(spec: Spec, *kinds: str) -> dict[str, Any]:
    """Some schema of the type, to be broken."""
    return next(schema for _, schema in of_type(spec, *kinds) if "$ref" not in schema)


def add_parameter(spec: Spec, name: str, place: str = "query") -> None:
    """Give an operation one more parameter."""
    first(spec, "post").setdefault("parameters", []).append({"name": name, "in": place, "schema": {"type": "string"}})


def add_header(spec: Spec, name: str) -> None:
    """Give a response one more header."""
    spec["components"]["responses"]["Conflict"].setdefault("headers", {})[name] = {"schema": {"type": "string"}}


def add_scheme(spec: Spec, **scheme: Any) -> None:
    """Give the document one more way to authenticate."""
    spec["components"]["securitySchemes"]["another"] = scheme


def media(spec: Spec) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every media type of every body and response, with its content."""
    for _, _, operation in operations(spec):
        yield from resolved(spec, operation.get("requestBody", {})).get("content", {}).items()
    for *_, response in responses(spec):
        yield from response.get("content", {}).items()


def example_errors(spec: Spec, content: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the example of a media type."""
    if "example" in content:
        schema = {**content.get("schema", {}), "components": spec["components"]}
        yield from (error.message for error in Draft202012Validator(schema).iter_errors(content["example"]))


def is_train_case(name: str) -> bool:
    """`If-Match`, `ETag`, `X-RateLimit-Limit`."""
    return bool(re.fullmatch(r"[A-Z][A-Za-z0-9]*(-[A-Z][A-Za-z0-9]*)*", name))
