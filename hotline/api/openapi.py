"""What does the API's own document say: OpenAPI 3.1, made from the table of routes and their shapes."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from hotline.api.documents.tickets import Problem
from hotline.api.route import Route

_REFERENCE = "#/components/schemas/{model}"
_JSON, _PROBLEM = "application/json", "application/problem+json"
_PARAMETER = re.compile(r"<(\w+)>")
_ABOUT = """The JSON API of a 12345 city hotline.

Times are RFC 3339 with offset, ids and ticket numbers are texts, unknown fields are refused. A bearer token
belongs to a person or a system and sees what that one sees. State-changing calls carry the version seen, in
`If-Match` or in the body; a POST with an `Idempotency-Key` acts once and is answered the same way for a day.
Problems are RFC 9457 documents in the language of `Accept-Language` (zh or en)."""
_REFUSALS: Mapping[int, str] = {
    401: "no valid token",
    403: "not your role",
    404: "not there, or not yours",
    409: "stale version, refused by the state, or a key used for another request",
    413: "too large",
    414: "an address of more than 4,094 characters, which the web server answers by itself",
    415: "not JSON",
    422: "fields to mend",
    429: "too many requests; see Retry-After",
}
_WRITES_ONLY = frozenset({409, 413, 415})
_HEADERS: Mapping[str, str] = {
    "Idempotency-Key": "makes a repeat harmless: the first answer is kept for 24 hours",
    "If-Match": 'the version seen, as `"3"`; or give `version` in the body',
}


def build_document(routes: Iterable[Route], prefix: str) -> dict[str, Any]:
    """Build the whole document."""
    listed = tuple(routes)
    references, schemas = _schemas(listed)
    paths: dict[str, dict[str, Any]] = {}
    for route in listed:
        path = prefix + _PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hotline", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(route.tag for route in listed)],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(routes: Iterable[Route]) -> tuple[dict[type[BaseModel], Any], dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in routes:
        if route.body is not None:
            wanted[route.body, "validation"] = None
        if route.answer is not None:
            wanted[route.answer, "serialization"] = None
    made, whole = models_json_schema(list(wanted), ref_template=_REFERENCE)
    references = {model: made[model, mode] for model, mode in wanted}
    return references, whole.get("$defs", {})


def _operation(route: Route, references: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": _parameters(route),
        "responses": _responses(route, references),
    }
    if route.is_open:
        made["security"] = []
    if route.body is not None:
        content = {"schema": references[route.body], "example": dict(route.example)}
        made["requestBody"] = {"required": True, "content": {_JSON: content}}
    if route.is_upload:
        made["requestBody"] = _upload()
    return made


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(route.path)
    ]
    if route.query is not None:
        found.extend(_query(route.query))
    headers = []
    if route.method == "POST" and not (route.is_open or route.keeps_nothing):
        headers.append("Idempotency-Key")
    if route.takes_version:
        headers.append("If-Match")
    found.extend(
        {"name": name, "in": "header", "description": _HEADERS[name], "schema": {"type": "string"}}
        for name in headers
    )
    return found


def _query(shape: type[BaseModel]) -> Iterable[dict[str, Any]]:
    schema = shape.model_json_schema()
    words = schema.get("$defs", {})
    for name, definition in schema["properties"].items():
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _inline(definition, words),
        }


def _inline(definition: Any, words: Mapping[str, Any]) -> Any:
    """Put the enumerations where they are used: parameters have no definitions of their own."""
    if isinstance(definition, list):
        return [_inline(item, words) for item in definition]
    if not isinstance(definition, dict):
        return definition
    if "$ref" in definition:
        return dict(words[definition["$ref"].rsplit("/", 1)[-1]])
    return {name: _inline(value, words) for name, value in definition.items()}


def _responses(route: Route, references: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.answer is not None:
        good["content"] = {_JSON: {"schema": references[route.answer]}}
    made = {str(route.status): good}
    problem = {_PROBLEM: {"schema": references[Problem]}}
    by_the_server = {"text/html": {"schema": {"type": "string"}}}
    for status, words in _REFUSALS.items():
        if status in _WRITES_ONLY and route.method != "POST":
            continue
        content = by_the_server if status == HTTPStatus.REQUEST_URI_TOO_LONG else problem
        made[str(status)] = {"description": words, "content": content}
    return made


def _upload() -> dict[str, Any]:
    properties = {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "visibility": {"type": "string", "enum": ["internal", "citizen"]},
        "version": {"type": "string", "description": "may be left out: a file changes no state"},
    }
    schema = {"type": "object", "required": ["file"], "properties": properties}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
