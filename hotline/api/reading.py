"""Where do people read the API's document: one plain page, without any script."""

from typing import Any

from flask import Response, current_app, json

from hotline.api.openapi import build_document
from hotline.web.pages import render

_PREFIX = "/api/v1"


def show_docs() -> Response:
    """Read this document as a page."""
    document = build_document(current_app.config["API_ROUTES"], _PREFIX)
    calls = [
        _call(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return render("api/docs.html", about=document["info"]["description"], calls=calls)


def _call(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    example = next((part["example"] for part in content.values() if part.get("example")), None)
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "parameters": [
            {
                "name": each["name"],
                "place": each["in"],
                "text": json.dumps(each["schema"], ensure_ascii=False),
            }
            for each in operation["parameters"]
        ],
        "example": None if example is None else json.dumps(example, ensure_ascii=False, indent=2),
        "answers": [(status, each["description"]) for status, each in operation["responses"].items()],
    }
