"""The API's own document: whole, valid, and of the same calls as the routes."""

import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from hotline.api.openapi import build_document
from hotline.api.routes import PREFIX, ROUTES

on_one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@on_one_database
def test_the_document_is_valid_openapi(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(answer.json).validate()


@on_one_database
def test_document_and_routes_agree(app, client):
    documented = {
        (method.upper(), path)
        for path, methods in client.get("/api/v1/openapi.json").json["paths"].items()
        for method in methods
    }
    routed = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert documented == routed


def test_every_call_but_the_open_ones_asks_for_a_token():
    document = build_document(ROUTES, PREFIX)
    assert document["security"] == [{"token": []}]
    operations = [each for methods in document["paths"].values() for each in methods.values()]
    open_calls = {each["operationId"] for each in operations if each.get("security") == []}
    assert open_calls == {
        "receive_twilio_status",
        "receive_tencent_status",
        "receive_relay_status",
        "receive_message",
        "show_docs",
    }


def test_every_call_says_how_the_web_server_refuses_an_address_that_is_too_long():
    document = build_document(ROUTES, PREFIX)
    for methods in document["paths"].values():
        for operation in methods.values():
            assert set(operation["responses"]["414"]["content"]) == {"text/html"}


def test_every_body_has_an_example_that_fits_its_shape():
    for route in ROUTES:
        if route.body is not None:
            route.body.model_validate(dict(route.example))


@on_one_database
def test_the_page_shows_every_call_and_needs_nothing_from_outside(client):
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    for route in ROUTES:
        assert f"{PREFIX}{route.path}".replace("<", "{").replace(">", "}") in page.text
    assert not re.search(r'(?:src|href)="https?://', page.text)
