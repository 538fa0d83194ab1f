"""The Italian rules whose breach is a warning or a hint, and those of Spectral for every OpenAPI document."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.fences.openapi_rules import (
    METHODS,
    PROBLEM,
    RATE_LIMITS,
    Spec,
    add_header,
    add_parameter,
    first,
    headers,
    is_train_case,
    media,
    of_type,
    operations,
    parameters,
    resolved,
    responses,
    rule,
    schemas,
    some,
)

X_ALLOWED = re.compile(r"x-(ratelimit-.*|correlation-id|reply-to)", re.IGNORECASE)
NAMES_OF_PERSONS = {"nome", "name", "surname", "cf", "fiscal_code", "first_name", "last_name", "firstname", "lastname"}
WITH_A_NAME = {"CatalogueFund", "Fund", "NewFund", "Organisation"}
"""Not persons: a body and a fund have a name."""
VERB = re.compile(rf"({'|'.join(METHODS)})(?![a-z])")


@rule("warn", lambda spec: spec["paths"].update({"/Family_Exits": {}}))
def paths_kebab_case(spec: Spec) -> Iterator[str]:
    for path in spec["paths"]:
        steps = [step for step in path.split("/")[1:] if not step.startswith("{")]
        yield from (path for step in steps if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", step))


@rule("warn", lambda spec: add_parameter(spec, "X-Reason", "header"))
def no_x_headers_request(spec: Spec) -> Iterator[str]:
    named = (one["name"] for one in parameters(spec) if one["in"] == "header")
    yield from (name for name in named if name.lower().startswith("x-") and not X_ALLOWED.fullmatch(name))


@rule("warn", lambda spec: add_header(spec, "X-Reason"))
def no_x_headers_response(spec: Spec) -> Iterator[str]:
    yield from (name for name in headers(spec) if name.lower().startswith("x-") and not X_ALLOWED.fullmatch(name))


@rule("warn", lambda spec: spec["info"].pop("termsOfService"))
def has_terms_of_service(spec: Spec) -> Iterator[str]:
    yield from () if spec["info"].get("termsOfService", "").startswith("https://") else ("info",)


@rule("warn", lambda spec: first(spec, "delete").update(requestBody={"content": {}}))
def http_request_delete_no_body(spec: Spec) -> Iterator[str]:
    yield from (path for path, method, one in operations(spec) if method == "delete" and "requestBody" in one)


@rule("warn", lambda spec: first(spec, "patch")["requestBody"]["content"].update(
    {"application/json-patch+json": {"schema": {"type": "object"}}}))  # fmt: skip
def patch_json_patch_mediatype(spec: Spec) -> Iterator[str]:
    for kind, content in media(spec):
        if kind == "application/json-patch+json" and resolved(spec, content["schema"]).get("type") != "array":
            yield kind


@rule("warn", lambda spec: spec["components"]["schemas"]["Problem"]["properties"].pop("title"))
def paths_status_problem_schema(spec: Spec) -> Iterator[str]:
    content = spec["paths"]["/status"]["get"]["responses"]["200"]["content"][PROBLEM]
    yield from {"type", "title", "status", "detail"} - resolved(spec, content["schema"])["properties"].keys()


@rule("warn", lambda spec: spec["components"]["responses"]["ServiceUnavailable"].pop("headers"))
def missing_retry_after(spec: Spec) -> Iterator[str]:
    yield from (
        path
        for path, _, status, one in responses(spec)
        if status in ("429", "503") and "Retry-After" not in one.get("headers", ())
    )


@rule("warn", lambda spec: first(spec, "get")["responses"]["200"]["headers"].pop("X-RateLimit-Limit"))
def missing_ratelimit(spec: Spec) -> Iterator[str]:
    for path, _, status, one in responses(spec):
        if (
            status[0] in "24"
            and (status[0] == "2" or "headers" in one)
            and not one.get("headers", {}).keys() >= RATE_LIMITS
        ):
            yield f"{path} {status}"


@rule("warn", lambda spec: first(spec, "get")["responses"].pop("429"))
def ratelimit_429_presence(spec: Spec) -> Iterator[str]:
    yield from (path for path, _, one in operations(spec) if "429" not in one["responses"])


@rule("warn", lambda spec: spec["components"]["schemas"].update(CasePage={"type": "array"}))
def response_with_json_object(spec: Spec) -> Iterator[str]:
    for path, *_, response in responses(spec):
        for kind, content in response.get("content", {}).items():
            if kind.endswith("json") and resolved(spec, content["schema"]).get("type") != "object":
                yield path


@rule("warn", lambda spec: spec["components"]["headers"]["Cache-Control"].pop("description"))
def cache_control_parameter_undocumented(spec: Spec) -> Iterator[str]:
    for path, *_, response in responses(spec):
        header = response.get("headers", {}).get("Cache-Control")
        if header is not None and not resolved(spec, header).get("description"):
            yield path


@rule("hint", lambda spec: add_parameter(spec, "fiscal_code"))
def use_recommended_names_in_parameters(spec: Spec) -> Iterator[str]:
    yield from (one["name"] for one in parameters(spec) if one["name"].lower() in NAMES_OF_PERSONS)


@rule("hint", lambda spec: spec["components"]["schemas"]["Person"]["properties"].update(surname={"type": "string"}))
def use_recommended_names_in_schemas(spec: Spec) -> Iterator[str]:
    for name, schema in spec["components"]["schemas"].items():
        if name not in WITH_A_NAME:
            yield from (f"{name}.{found}" for found in schema.get("properties", {}).keys() & NAMES_OF_PERSONS)


@rule("hint", lambda spec: first(spec, "get").update(operationId="getCase"))
def no_method_name_in_operation_id(spec: Spec) -> Iterator[str]:
    yield from (one["operationId"] for *_, one in operations(spec) if VERB.match(one["operationId"]))


@rule("hint", lambda spec: spec["paths"].update({"/cases/get-all": {}}))
def paths_http_method(spec: Spec) -> Iterator[str]:
    yield from (path for path in spec["paths"] if any(VERB.match(step) for step in path.split("/")))


@rule("hint", lambda spec: spec["components"]["schemas"].update(case_page={"type": "object"}))
def schema_camel_case(spec: Spec) -> Iterator[str]:
    yield from (name for name in spec["components"]["schemas"] if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name))


@rule("hint", lambda spec: add_parameter(spec, "if-match", "header"))
def request_headers_train_case(spec: Spec) -> Iterator[str]:
    yield from (one["name"] for one in parameters(spec) if one["in"] == "header" and not is_train_case(one["name"]))


@rule("hint", lambda spec: add_header(spec, "etag"))
def response_headers_train_case(spec: Spec) -> Iterator[str]:
    yield from (name for name in headers(spec) if not is_train_case(name))


@rule("hint", lambda spec: some(spec, "integer").update(format="int16"))
def allowed_integer_format(spec: Spec) -> Iterator[str]:
    yield from (place for place, one in of_type(spec, "integer") if one.get("format") not in ("int32", "int64"))


@rule("hint", lambda spec: spec["components"]["schemas"].update(Share={"type": "number", "format": "money"}))
def allowed_number_format(spec: Spec) -> Iterator[str]:
    allowed = ("decimal32", "decimal64", "decimal128", "float", "double")
    yield from (place for place, one in of_type(spec, "number") if one.get("format") not in allowed)


@rule("hint", lambda spec: spec["components"]["responses"]["NotFound"]["content"].update(
    {PROBLEM: {"schema": {"$ref": "#/components/schemas/Case"}}}))  # fmt: skip
def use_problem_schema(spec: Spec) -> Iterator[str]:
    for path, _, status, one in responses(spec):
        for content in one.get("content", {}).values():
            if status[0] in "45d" and content["schema"] != {"$ref": "#/components/schemas/Problem"}:
                yield f"{path} {status}"


@rule("hint", lambda spec: spec["components"]["schemas"]["Problem"]["properties"].update(message={"type": "string"}))
def hint_problem_schema(spec: Spec) -> Iterator[str]:
    yield from spec["components"]["schemas"]["Problem"]["properties"].keys() & {"message", "msg", "error"}


@rule("hint", lambda spec: spec["info"].pop("x-api-id"))
def has_x_api_id(spec: Spec) -> Iterator[str]:
    yield from () if re.fullmatch(r"[0-9a-f-]{36}", spec["info"].get("x-api-id", "")) else ("info",)


@rule("hint", lambda spec: first(spec, "get")["responses"]["200"].pop("content"))
def http_response_content_2xx(spec: Spec) -> Iterator[str]:
    yield from (
        path
        for path, _, status, one in responses(spec)
        if status[0] == "2" and status != "204" and not one.get("content")
    )


@rule("hint", lambda spec: first(spec, "get")["responses"]["200"]["headers"].pop("Cache-Control"))
def cache_responses_indication(spec: Spec) -> Iterator[str]:
    yield from (
        path for path, _, status, one in responses(spec) if status[0] == "2" and "Cache-Control" not in one["headers"]
    )


@rule("oas", lambda spec: first(spec, "get").pop("description"))
def operation_description(spec: Spec) -> Iterator[str]:
    yield from (path for path, _, one in operations(spec) if not one.get("description") or not one.get("summary"))


@rule("oas", lambda spec: first(spec, "get").pop("tags"))
def operation_tags(spec: Spec) -> Iterator[str]:
    yield from (path for path, _, one in operations(spec) if not one.get("tags"))


@rule("oas", lambda spec: first(spec, "get").update(tags=["unheard-of"]))
def operation_tag_defined(spec: Spec) -> Iterator[str]:
    known = {tag["name"] for tag in spec["tags"] if tag.get("description")}
    yield from (path for path, _, one in operations(spec) if not set(one.get("tags", ())) <= known)


@rule("oas", lambda spec: first(spec, "get").update(operationId=first(spec, "post")["operationId"]))
def operation_operation_id_unique(spec: Spec) -> Iterator[str]:
    yield from (
        name for name, times in Counter(one["operationId"] for *_, one in operations(spec)).items() if times > 1
    )


@rule("oas", lambda spec: spec["components"]["schemas"].update(Unused={"type": "object"}))
def oas3_unused_component(spec: Spec) -> Iterator[str]:
    used = set(_references(spec))
    for kind in ("schemas", "responses", "parameters", "headers"):
        yield from (name for name in spec["components"][kind] if f"#/components/{kind}/{name}" not in used)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == "$ref")
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _references(inner)


@rule("oas", lambda spec: spec["info"].pop("description"))
def info_description(spec: Spec) -> Iterator[str]:
    yield from () if spec["info"].get("description") else ("info",)


@rule("oas", lambda spec: spec["info"].pop("license"))
def info_license(spec: Spec) -> Iterator[str]:
    yield from () if spec["info"].get("license", {}).get("url") else ("info",)


# Of our own: patterns are read by clients in every language.
@rule("ours", lambda spec: some(spec, "string").update(pattern=r"^a\Z"))
def patterns_are_portable(spec: Spec) -> Iterator[str]:
    yield from (
        place for place, schema in schemas(spec) if re.search(r"\\[AZz]|\(\?P|\(\?#", schema.get("pattern", ""))
    )
