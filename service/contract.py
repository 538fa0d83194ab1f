"""The contract: OpenAPI 3.1 out of the routes and schemas, finished with what holds for every operation.

It follows the Italian guidelines on interoperability (ModI) and the rules of their checker; `tests/fences` holds it to them.
"""

from copy import deepcopy
from typing import Any

import yaml

LONGEST = {"date": 10, "date-time": 35, "uuid": 36}
KEY = "^[ -~]{1,255}$"
WITHOUT_NUL = r"^[^\x00]*$"
RATE_LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
DESCRIPTION = """\
Progetti individuali dei servizi sociali: casi, équipe, progetti, interventi, esiti, budget, indicatori del Piano di Zona.
Gli errori sono problemi RFC 9457 con un `code` stabile; ogni lettura di dati personali è registrata."""


def spec_options() -> dict[str, Any]:
    """What the specification says of the whole."""
    return {
        "info": {
            "title": "Trama",
            "description": DESCRIPTION,
            "x-summary": "Progetti individuali e indicatori del Piano di Zona",
            "x-api-id": "5f0f5d1e-0c0b-4f63-9a44-6a2c2b9f7a10",
            "termsOfService": "https://trama.example/termini",
            "contact": {"name": "Trama", "url": "https://trama.example", "email": "trama@trama.example"},
            "license": {"name": "EUPL-1.2", "url": "https://joinup.ec.europa.eu/collection/eupl"},
        },
        "servers": [
            {"url": "/v1", "description": "Il servizio che risponde a questa pagina", "x-sandbox": True},
            {"url": "https://trama.example/v1", "description": "Esempio: l'indirizzo di chi installa"},
        ],
        "security": [{"bearerAuth": []}],
    }


def finished(spec: dict[str, Any]) -> dict[str, Any]:
    """The document with errors, headers, parameters and bounds on every operation."""
    spec = deepcopy(spec)  # its parts are the application's own
    spec["paths"] = {path.removeprefix("/v1"): _path(operations) for path, operations in spec["paths"].items()}
    spec["components"] = {"schemas": spec["components"]["schemas"], **_components()}
    spec["components"]["schemas"].update(_problem_schemas())
    for unused in ("Error", "PaginationMetadata"):
        spec["components"]["schemas"].pop(unused, None)
    for schema in spec["components"]["schemas"].values():
        _bound(schema)
    return spec


def as_yaml(spec: dict[str, Any]) -> str:
    """The text that is committed: the same bytes for the same code."""
    return yaml.safe_dump(spec, sort_keys=True, allow_unicode=True, width=120)


def _path(operations: dict[str, Any]) -> dict[str, Any]:
    for parameter in operations.get("parameters", []):
        _bound(parameter.get("schema", {}))
        parameter.setdefault("description", parameter["name"])
    for method, operation in operations.items():
        if method != "parameters":
            _finish(method, operation)
    return operations


def _finish(method: str, operation: dict[str, Any]) -> None:
    ours = operation.pop("x-trama")
    operation["description"] = operation.get("description") or operation.get("summary", "")
    operation.setdefault("parameters", []).extend(_parameters(ours))
    for parameter in operation["parameters"]:
        if "schema" in parameter:
            _bound(parameter["schema"])
            parameter.setdefault("description", parameter["name"])
    success = next(status for status in operation["responses"] if status.startswith("2"))
    answer = operation["responses"][success]
    answer["headers"] = _headers(ours, creates=success == "201" and ours["creates"])
    operation["responses"] = {success: answer, **_errors(method, ours)}
    if operation["operationId"] == "showStatus":
        answer["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    _describe_bytes(operation, answer, ours)
    if ours["public"]:
        operation["security"] = [{}]
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    if not operation["parameters"]:
        del operation["parameters"]


def _describe_bytes(operation: dict[str, Any], answer: dict[str, Any], ours: dict[str, Any]) -> None:
    """Bodies and answers that are files: bytes have a media type and no schema (OpenAPI 3.1, 4.8.14.3)."""
    if ours["gives"]:
        answer["content"] = {media_type: {} for media_type in ours["gives"]}
    if ours["takes"]:
        operation["requestBody"] = {"content": {media_type: {} for media_type in ours["takes"]}}


def _parameters(ours: dict[str, Any]) -> list[dict[str, Any]]:
    key = "NeededIdempotencyKey" if ours["needs_key"] else "IdempotencyKey"
    names = [name for name, wanted in (("IfMatch", ours["if_match"]), (key, ours["creates"])) if wanted]
    return [{"$ref": f"#/components/parameters/{name}"} for name in (*names, "AcceptLanguage")]


def _headers(ours: dict[str, Any], *, creates: bool) -> dict[str, Any]:
    names = [*RATE_LIMITS, "Cache-Control"]
    names += ["ETag"] if ours["etag"] else []
    names += ["Location"] if creates else []
    names += ["Content-Disposition"] if ours["gives"] else []
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _errors(method: str, ours: dict[str, Any]) -> dict[str, Any]:
    codes = ["400", "404", "429", "503", "default"]
    codes += [] if ours["public"] else ["401", "403"]
    codes += ["401"] if ours["public"] and method == "post" else []  # a log-in that fails
    if method != "get":
        codes += ["409", "413", "415", "422"]
    codes += ["412", "428"] if ours["if_match"] else []
    return {code: {"$ref": f"#/components/responses/{_RESPONSES[code][0]}"} for code in sorted(codes)}


_RESPONSES = {
    "400": ("Malformed", "Richiesta non leggibile"),
    "401": ("Unauthenticated", "Accesso richiesto"),
    "403": ("Forbidden", "Azione non consentita"),
    "404": ("NotFound", "Non trovato, o fuori da ciò che si può vedere"),
    "409": ("Conflict", "Lo stato non lo consente"),
    "412": ("Stale", "La risorsa è cambiata"),
    "413": ("TooLarge", "Corpo troppo grande"),
    "415": ("UnsupportedMediaType", "Formato non accettato"),
    "422": ("Invalid", "Valori non validi"),
    "428": ("PreconditionMissing", "Manca If-Match"),
    "429": ("TooManyRequests", "Troppe richieste"),
    "503": ("ServiceUnavailable", "Servizio non disponibile"),
    "default": ("Failed", "Errore"),
}


def _components() -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses: dict[str, Any] = {}
    for code, (name, description) in _RESPONSES.items():
        responses[name] = {"description": description, "content": problem}
        if code == "429":
            responses[name]["headers"] = {
                header: {"$ref": f"#/components/headers/{header}"} for header in (*RATE_LIMITS, "Retry-After")
            }
        if code == "503":
            responses[name]["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return {
        "responses": responses,
        "headers": _header_components(),
        "parameters": _parameter_components(),
        "securitySchemes": {
            "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                           "description": "JWT firmato (HS256), secondo RFC8725; dura pochi minuti"},
        },
    }  # fmt: skip


def _header_components() -> dict[str, Any]:
    number = {"type": "integer", "format": "int32", "minimum": 0, "maximum": 100_000_000}
    text = {"type": "string", "maxLength": 500, "pattern": "^[ -~]{0,500}$"}
    return {
        "X-RateLimit-Limit": {"description": "Richieste consentite al minuto", "schema": number},
        "X-RateLimit-Remaining": {"description": "Richieste che restano", "schema": number},
        "X-RateLimit-Reset": {
            "description": "Quando il conto riparte, in secondi dall'epoca Unix",
            "schema": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 9_999_999_999},
        },
        "Retry-After": {"description": "Secondi da attendere", "schema": number},
        "Cache-Control": {"description": "no-store", "schema": text},
        "Content-Disposition": {"description": "Il file si salva, con il suo nome", "schema": text},
        "ETag": {"description": "La versione della risorsa, da rimandare in If-Match", "schema": text},
        "Location": {"description": "L'indirizzo della risorsa creata", "schema": text},
    }


def _parameter_components() -> dict[str, Any]:
    def header(name: str, description: str, pattern: str, *, required: bool) -> dict[str, Any]:
        return {"name": name, "in": "header", "required": required, "description": description,
                "schema": {"type": "string", "maxLength": 255, "pattern": pattern}}  # fmt: skip

    return {
        "IfMatch": header("If-Match", "La versione letta (ETag)", r'^"[0-9]{1,9}"$', required=True),
        "IdempotencyKey": header("Idempotency-Key", "Rende sicuro ripetere la richiesta", KEY, required=False),
        "NeededIdempotencyKey": header("Idempotency-Key", "Obbligatoria dove si muove denaro", KEY, required=True),
        "AcceptLanguage": header("Accept-Language", "Lingua dei testi: it o en", "^[ -~]{0,255}$", required=False),
    }


def _problem_schemas() -> dict[str, Any]:
    text = {"type": "string", "maxLength": 4096, "pattern": WITHOUT_NUL}
    code = {"type": "string", "maxLength": 100, "pattern": "^[a-z0-9_]+$"}
    error = {"pointer": text, "code": code, "detail": text}
    problem = {
        "type": {"type": "string", "format": "uri", "maxLength": 200}, "title": text, "detail": text, "code": code,
        "status": {"type": "integer", "format": "int32", "minimum": 100, "maximum": 599},
        "errors": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/components/schemas/FieldError"}},
    }  # fmt: skip
    return {
        "FieldError": {"type": "object", "additionalProperties": False, "required": sorted(error), "properties": error},
        "Problem": {"type": "object", "additionalProperties": False, "properties": problem,
                    "required": ["code", "detail", "status", "title", "type"]},
    }  # fmt: skip


def _bound(schema: dict[str, Any]) -> None:
    """Nothing is open-ended: objects are closed, lists, texts and numbers have limits."""
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "object" in kinds and "properties" in schema:
        schema["additionalProperties"] = False
    if "array" in kinds:
        schema.setdefault("minItems", 0)
        schema.setdefault("maxItems", 1000)
    if "string" in kinds and "enum" not in schema:
        _bound_text(schema)
    if "integer" in kinds:
        schema.setdefault("format", "int32")
        schema.setdefault("minimum", 0)
        schema.setdefault("maximum", 2**31 - 1)
    inner = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]
    for part in inner:
        if isinstance(part, dict):
            _bound(part)


def _bound_text(schema: dict[str, Any]) -> None:
    """A length for every text, and what it may hold; `\\Z`, which Python alone knows, is `$` for the others."""
    schema.setdefault("maxLength", LONGEST.get(schema.get("format", ""), 10_000))
    if "pattern" in schema:
        schema["pattern"] = schema["pattern"].replace(r"\Z", "$")
    elif "format" not in schema:
        schema["pattern"] = WITHOUT_NUL
