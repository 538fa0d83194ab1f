"""Requests that nobody would think of: whatever is sent, the answer is one that the contract describes, and never a 5xx."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.cases.files.rules import media_types
from tests.contract import spec_of
from tests.fences.requests import ENTRIES, Entry
from tests.fences.scenes import Scene, serial
from tests.soak import TIMES
from tests.world import PDF, World

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
EXAMPLES = 5 * TIMES
KNOWN_CODES = {"code": "lodi-2021-2023", "indicator": "A1-OUT-1", "number": 1}
KNOWN_IDS = {
    "organisation_id": "organisation_id", "registered_by": "organisation_id", "service_id": "organisation_id",
    "person_id": "person_id", "user_id": "user_id",
}  # fmt: skip
"""Fields of bodies that name something, and what they name in a scene."""
quickly = settings(
    max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
for media_type in media_types():  # the bodies that are files
    schemathesis.openapi.media_type(media_type, st.binary() | st.just(PDF))


@pytest.fixture(scope="module")
def contract(house: World) -> Any:
    """The contract as schemathesis reads it, without `default`, which would describe any status."""
    spec = copy.deepcopy(spec_of(house.app))
    for item in spec["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation["responses"].pop("default", None)
    schema = schemathesis.openapi.from_dict(spec)
    schema.app = house.app
    schema.config.generation.with_security_parameters = False  # the token is ours to give
    return schema


def held_to_the_contract(case: Case, token: str | None = None) -> Any:
    """Send it and hold the answer to the contract."""
    response = case.call(headers={"Authorization": f"Bearer {token}"} if token else {})
    case.validate_response(response, checks=CHECKS)
    return response


def address(scene: Scene, operation: Any) -> dict[str, Any]:
    """The ids of the scene that an address names: random ones alone would find nothing."""
    names = re.findall(r"{(\w+)}", operation.path)
    return {name: KNOWN_CODES[name] if name in KNOWN_CODES else str(getattr(scene, name)) for name in names}


def aimed(case: Case, scene: Scene, entry: Entry) -> None:
    """Let it name what exists: the version that is there now, bodies and persons of the scene."""
    if entry.version and "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = f'"{scene.version(entry.version)}"'
    if isinstance(case.body, dict):
        known = {name: str(getattr(scene, attribute)) for name, attribute in KNOWN_IDS.items() if name in case.body}
        case.body = {**case.body, **known}


@pytest.mark.parametrize("operation_id", sorted(ENTRIES))
def test_a_coordinator_gets_only_answers_that_the_contract_describes(
    contract: Any, house: World, scenes: Callable[[str], Scene], operation_id: str
) -> None:
    operation, entry = contract.find_operation_by_id(operation_id), ENTRIES[operation_id]
    coordinator = house.user("coordinator")
    scene = Scene(house, entry.stage) if entry.body else scenes(entry.stage)

    @seed(20231122)
    @quickly
    @given(case=operation.as_strategy(path_parameters=address(scene, operation)))
    def sends(case: Case) -> None:
        aimed(case, scene, entry)
        held_to_the_contract(case, coordinator.token)

    sends()


@pytest.mark.parametrize("operation_id", sorted(ENTRIES))
def test_who_has_no_token_gets_only_answers_that_the_contract_describes(contract: Any, operation_id: str) -> None:
    @seed(20231122)
    @quickly
    @given(case=contract.find_operation_by_id(operation_id).as_strategy())
    def sends(case: Case) -> None:
        held_to_the_contract(case)

    sends()


@pytest.mark.parametrize("operation_id", sorted(name for name, entry in ENTRIES.items() if entry.body))
def test_a_body_that_the_contract_forbids_is_refused(
    contract: Any, house: World, scenes: Callable[[str], Scene], operation_id: str
) -> None:
    operation, entry, scene = contract.find_operation_by_id(operation_id), ENTRIES[operation_id], scenes("started")
    coordinator = house.user("coordinator")
    headers = {"If-Match": f'"{scene.version(entry.version)}"'} if entry.version else {}
    headers |= {"Idempotency-Key": f"chiave-{next(serial)}"} if entry.key else {}
    ids = address(scene, operation)

    @seed(20231122)
    @quickly
    @given(case=operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=ids, headers=headers))
    def sends(case: Case) -> None:
        status = held_to_the_contract(case, coordinator.token).status_code
        body = case.meta.components.get(ParameterLocation.BODY)
        if body is not None and body.mode == GenerationMode.NEGATIVE:
            assert 400 <= status < 500

    sends()
