"""The contract: committed as generated, valid, and within the Italian rules, each of which is shown to find its breach."""

import copy
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
import yaml
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from service import contract
from service.app import CONTRACT_FILE
from service.web.blueprints import Blueprint
from tests.contract import spec_of
from tests.fences import openapi_errors, openapi_hints
from tests.fences.openapi_rules import RULES, operations
from tests.fences.requests import ENTRIES

NAMES = sorted(RULES)


@pytest.fixture
def spec(app: Flask) -> dict[str, Any]:
    """A copy of the contract, to be read or broken."""
    return copy.deepcopy(spec_of(app))


def test_the_committed_contract_is_the_generated_one(app: Flask) -> None:
    assert CONTRACT_FILE.read_text() == contract.as_yaml(spec_of(app)), "write openapi.yaml anew: make contract"


def test_the_contract_is_a_valid_openapi_document(spec: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(spec).validate()


def test_the_contract_reads_back_as_it_was_written(spec: dict[str, Any]) -> None:
    assert yaml.safe_load(contract.as_yaml(spec)) == spec


def test_the_contract_holds_every_route_and_every_route_is_in_the_contract(app: Flask, spec: dict[str, Any]) -> None:
    routed = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/v1"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.rule.startswith("/v1") and method not in ("HEAD", "OPTIONS")
    }
    assert routed == {(path, method) for path, method, _ in operations(spec)}


def test_every_route_was_made_by_the_house(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/v1"):
            blueprint = app.blueprints[rule.endpoint.partition(".")[0]]
            assert isinstance(blueprint, Blueprint)
            assert hasattr(app.view_functions[rule.endpoint], "operation_id")


def test_all_the_rules_are_there() -> None:
    levels = [rule.level for rule in RULES.values()]
    counted = {level: levels.count(level) for level in sorted(set(levels))}
    assert counted == {"error": 23, "hint": 14, "oas": 7, "ours": 1, "security": 10, "warn": 12}
    assert openapi_errors.__doc__
    assert openapi_hints.__doc__


@pytest.mark.parametrize("name", NAMES)
def test_the_contract_keeps(spec: dict[str, Any], name: str) -> None:
    assert list(RULES[name].find(spec)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_breach_is_found_of(spec: dict[str, Any], name: str) -> None:
    RULES[name].break_it(spec)
    assert list(RULES[name].find(spec))


def test_lists_of_a_page_are_bounded_and_go_on_with_a_cursor(spec: dict[str, Any]) -> None:
    pages = {name: schema for name, schema in spec["components"]["schemas"].items() if name.endswith("Page")}
    assert len(pages) >= 6
    for schema in pages.values():
        assert schema["required"] == ["items", "next_cursor"]
        assert schema["properties"]["items"]["maxItems"] == 100


def test_every_change_wants_the_version_that_was_read(spec: dict[str, Any]) -> None:
    if_match = {"$ref": "#/components/parameters/IfMatch"}
    for path, method, operation in operations(spec):
        if method == "patch":
            assert if_match in operation["parameters"], path
            assert {"412", "428"} <= operation["responses"].keys(), path


def test_every_creation_behind_a_token_takes_an_idempotency_key_and_says_where(spec: dict[str, Any]) -> None:
    keys = [{"$ref": f"#/components/parameters/{name}"} for name in ("IdempotencyKey", "NeededIdempotencyKey")]
    for path, _, operation in operations(spec):
        if "201" in operation["responses"] and "security" not in operation:
            needed = ENTRIES[operation["operationId"]].key
            assert keys[needed] in operation["parameters"], path
            assert "Location" in operation["responses"]["201"]["headers"], path


def test_no_identifier_of_a_person_can_be_in_an_address(spec: dict[str, Any]) -> None:
    named = {
        parameter["name"]: parameter["schema"].get("format")
        for path, _, operation in operations(spec)
        for parameter in (*spec["paths"][path].get("parameters", ()), *operation.get("parameters", ()))
        if parameter.get("in") in ("path", "query")
    }
    assert {name for name, kind in named.items() if kind != "uuid"} <= {
        "address", "by", "code", "cursor", "format", "from", "from_on", "indicator", "instrument", "is_closed", "is_late",
        "is_misaligned",
        "kind", "known_at", "layout", "limit", "number", "on", "programme", "stage", "to", "to_on", "version", "with",
    }  # fmt: skip


class Links(HTMLParser):
    """The addresses that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("src", "href") and value and tag != "a"]


def test_the_reference_is_served_with_all_its_parts_from_here(app: Flask) -> None:
    http = app.test_client()
    page = http.get("/docs/")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    text = page.get_data(as_text=True)
    links = Links()
    links.feed(text)
    assert links.found
    for link in links.found:
        assert not re.match(r"(https?:)?//", link), link
        assert http.get(urljoin("/docs/", link)).status_code == 200, link
    assert "/openapi.yaml" in text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_contract_is_served_as_committed(app: Flask) -> None:
    served = app.test_client().get("/openapi.yaml")
    assert (served.status_code, served.mimetype) == (200, "application/yaml")
    assert served.get_data(as_text=True) == CONTRACT_FILE.read_text()
