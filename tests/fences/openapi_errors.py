"""The Italian rules whose breach is an error, and those of the security set."""

import re
from collections.abc import Iterator

from tests.fences.openapi_rules import (
    PROBLEM,
    RATE_LIMITS,
    UNSAFE,
    Spec,
    add_parameter,
    add_scheme,
    example_errors,
    first,
    headers,
    media,
    of_type,
    operations,
    parameters,
    resolved,
    responses,
    rule,
    some,
)

JSON = {"application/json": {"schema": {"type": "object"}}}
SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
CREDENTIALS = re.compile(r"password|passwd|secret|token|api_?key|authorization|codice_fiscale|tax_code", re.IGNORECASE)


@rule("error", lambda spec: add_parameter(spec, "Authorization", "header"))
def no_forbidden_headers(spec: Spec) -> Iterator[str]:
    named = [parameter["name"] for parameter in parameters(spec) if parameter["in"] == "header"]
    yield from (
        name for name in (*named, *headers(spec)) if name.lower() in ("authorization", "content-type", "accept")
    )


@rule("error", lambda spec: first(spec, "get").update(requestBody={"content": JSON}))
def http_request_get_no_body(spec: Spec) -> Iterator[str]:
    yield from (path for path, method, one in operations(spec) if method == "get" and "requestBody" in one)


@rule("error", lambda spec: first(spec, "delete")["responses"]["204"].update(content=JSON))
def http_response_no_content_204_205(spec: Spec) -> Iterator[str]:
    yield from (path for path, _, status, one in responses(spec) if status in ("204", "205") and "content" in one)


@rule("error", lambda spec: spec["servers"][-1].pop("description"))
def servers_description(spec: Spec) -> Iterator[str]:
    yield from (server["url"] for server in spec["servers"] if not server.get("description"))


@rule("error", lambda spec: spec["servers"][-1].update(url="http://ente.example/v1"))
def servers_use_https(spec: Spec) -> Iterator[str]:
    safe = ("https://",)
    yield from (one["url"] for one in spec["servers"] if not one["url"].startswith(safe) and not one.get("x-sandbox"))


@rule("error", lambda spec: spec["info"].pop("x-summary"))
def has_x_summary(spec: Spec) -> Iterator[str]:
    yield from () if spec["info"].get("x-summary") else ("info",)


@rule("error", lambda spec: spec["info"]["contact"].pop("email"))
def has_contact(spec: Spec) -> Iterator[str]:
    contact = spec["info"].get("contact", {})
    yield from (name for name in ("name", "url", "email") if not contact.get(name))


@rule("error", lambda spec: spec["info"].update(version="1"))
def use_semver(spec: Spec) -> Iterator[str]:
    if not SEMVER.fullmatch(spec["info"]["version"]):
        yield spec["info"]["version"]


@rule("error", lambda spec: some(spec, "integer").pop("format"))
def integer_format(spec: Spec) -> Iterator[str]:
    yield from (place for place, schema in of_type(spec, "integer") if "format" not in schema)


@rule("error", lambda spec: spec["components"]["schemas"].update(Share={"type": "number"}))
def number_format(spec: Spec) -> Iterator[str]:
    yield from (place for place, schema in of_type(spec, "number") if "format" not in schema)


@rule("error", lambda spec: spec.update(swagger="2.0"))
def no_swagger_2(spec: Spec) -> Iterator[str]:
    if "swagger" in spec or not spec.get("openapi", "").startswith("3."):
        yield "openapi"


@rule(
    "error", lambda spec: next(iter(first(spec, "patch")["requestBody"]["content"].values())).update(example={"no": 1})
)
def oas3_valid_media_example(spec: Spec) -> Iterator[str]:
    for _, content in media(spec):
        yield from example_errors(spec, content)


FLOW = {"authorizationUrl": "http://ente.example", "tokenUrl": "http://ente.example", "scopes": {}}


@rule("error", lambda spec: add_scheme(spec, type="oauth2", flows={"authorizationCode": FLOW}))
def sec_security_schemes_oauth_http(spec: Spec) -> Iterator[str]:
    for scheme in spec["components"]["securitySchemes"].values():
        for flow in scheme.get("flows", {}).values():
            yield from (url for name, url in flow.items() if name.endswith("Url") and not url.startswith("https://"))


@rule("error", lambda spec: add_scheme(spec, type="oauth2", flows={"implicit": FLOW}))
def sec_security_schemes_oauth_allowed_flows(spec: Spec) -> Iterator[str]:
    for scheme in spec["components"]["securitySchemes"].values():
        yield from scheme.get("flows", {}).keys() & {"implicit", "password"}


@rule("error", lambda spec: first(spec, "patch")["requestBody"].update(content=JSON))
def patch_media_type(spec: Spec) -> Iterator[str]:
    for path, method, one in operations(spec):
        if method == "patch" and "application/json" in resolved(spec, one.get("requestBody", {})).get("content", {}):
            yield path


@rule("error", lambda spec: first(spec, "patch")["requestBody"].pop("required"))
def patch_without_request_body(spec: Spec) -> Iterator[str]:
    for path, method, one in operations(spec):
        if method == "patch" and not resolved(spec, one.get("requestBody", {})).get("required"):
            yield path


@rule("error", lambda spec: spec["paths"].pop("/status"))
def paths_status(spec: Spec) -> Iterator[str]:
    yield from () if "get" in spec["paths"].get("/status", {}) else ("/status",)


@rule("error", lambda spec: spec["paths"]["/status"]["get"]["responses"]["200"].update(content={"text/plain": {}}))
def paths_status_return_json(spec: Spec) -> Iterator[str]:
    for path, _, status, one in responses(spec):
        if path == "/status" and status == "200" and not all(kind.endswith("json") for kind in one["content"]):
            yield path


@rule("error", lambda spec: spec["paths"]["/status"]["get"]["responses"]["200"].update(content=JSON))
def paths_status_return_problem(spec: Spec) -> Iterator[str]:
    for path, _, status, one in responses(spec):
        if path == "/status" and status == "200" and PROBLEM not in one["content"]:
            yield path


@rule("error", lambda spec: spec["components"]["responses"]["NotFound"].update(content=JSON))
def use_problem_json_for_errors(spec: Spec) -> Iterator[str]:
    for path, _, status, one in responses(spec):
        if status[0] in "45d" and set(one.get("content", ())) - {PROBLEM, "application/problem+xml"}:
            yield f"{path} {status}"


@rule("error", lambda spec: spec["components"]["responses"]["TooManyRequests"]["headers"].pop("X-RateLimit-Reset"))
def ratelimit_429_completeness(spec: Spec) -> Iterator[str]:
    yield from (
        path for path, _, status, one in responses(spec) if status == "429" and not one["headers"].keys() >= RATE_LIMITS
    )


@rule("error", lambda spec: add_scheme(spec, **{"type": "apiKey", "in": "query", "name": "key"}))
def sec_apikeys_url(spec: Spec) -> Iterator[str]:
    yield from (name for name, one in spec["components"]["securitySchemes"].items() if one.get("in") == "query")


@rule("error", lambda spec: add_parameter(spec, "codice_fiscale"))
def sec_credentials_parameters(spec: Spec) -> Iterator[str]:
    yield from (one["name"] for one in parameters(spec) if one["in"] != "header" and CREDENTIALS.search(one["name"]))


@rule("security", lambda spec: add_scheme(spec, **{"type": "apiKey", "in": "cookie", "name": "key"}))
def sec_apikeys_cookie(spec: Spec) -> Iterator[str]:
    yield from (name for name, one in spec["components"]["securitySchemes"].items() if one.get("in") == "cookie")


@rule("security", lambda spec: add_scheme(spec, type="http", scheme="basic"))
def sec_auth_insecure_schemes(spec: Spec) -> Iterator[str]:
    schemes = spec["components"]["securitySchemes"]
    yield from (name for name, one in schemes.items() if one["type"] == "http" and one["scheme"].lower() != "bearer")


@rule("security", lambda spec: spec.pop("security"))
def sec_protection_global_unsafe(spec: Spec) -> Iterator[str]:
    yield from (
        path
        for path, method, one in operations(spec)
        if method in UNSAFE and not one.get("security", spec.get("security"))
    )


@rule("security", lambda spec: some(spec, "array").pop("maxItems"))
def sec_array_boundaries(spec: Spec) -> Iterator[str]:
    yield from (place for place, schema in of_type(spec, "array") if not {"minItems", "maxItems"} <= schema.keys())


@rule("security", lambda spec: some(spec, "integer").pop("maximum"))
def sec_number_boundaries(spec: Spec) -> Iterator[str]:
    numbers = of_type(spec, "integer", "number")
    yield from (place for place, schema in numbers if not {"minimum", "maximum"} <= schema.keys())


@rule("security", lambda spec: spec["components"]["schemas"]["NewPerson"]["properties"]["birth_date"].pop("maxLength"))
def sec_string_maxlength(spec: Spec) -> Iterator[str]:
    yield from (place for place, schema in of_type(spec, "string") if not {"maxLength", "enum"} & schema.keys())


@rule("security", lambda spec: spec["components"]["schemas"]["NewPerson"].pop("additionalProperties"))
def sec_object_additional_properties(spec: Spec) -> Iterator[str]:
    for place, schema in of_type(spec, "object"):
        if schema.get("additionalProperties", True) is True:
            yield place


@rule("security", lambda spec: spec["components"]["schemas"]["NewPerson"]["properties"]["family_name"].pop("pattern"))
def sec_string_pattern_or_format_or_enum(spec: Spec) -> Iterator[str]:
    yield from (place for place, one in of_type(spec, "string") if not {"pattern", "format", "enum"} & one.keys())


@rule("security", lambda spec: spec["components"]["securitySchemes"]["bearerAuth"].update(description="JWT"))
def sec_security_schemes_jwt(spec: Spec) -> Iterator[str]:
    for name, one in spec["components"]["securitySchemes"].items():
        if one.get("bearerFormat") == "JWT" and "RFC8725" not in one.get("description", ""):
            yield name


# The unsafe methods must be asked for a token unless the contract says why not: the log-in itself.
@rule("security", lambda spec: first(spec, "patch").update(security=[{}]))
def unsafe_operations_without_token_are_the_log_in(spec: Spec) -> Iterator[str]:
    for path, method, one in operations(spec):
        if method in UNSAFE and {} in one.get("security", ()) and path not in ("/tokens", "/tokens/refresh"):
            yield path
