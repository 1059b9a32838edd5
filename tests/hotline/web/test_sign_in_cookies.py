"""What the cookies and links of an installation behind HTTPS look like."""

from dataclasses import replace

import pytest

from database import db
from hotline.app import create_app
from hotline.web.pages import public_url


@pytest.fixture
def secure(settings):
    """The same installation with an https address, outside the demo."""
    made = create_app(replace(settings, base_url="https://12345.yunjiang.example", env="production"))
    yield made
    with made.app_context():
        db.engine.dispose()
    create_app(settings)  # the address of the installation is one per process


def test_the_session_cookie_is_bound_to_this_host_and_hidden_from_scripts(secure, clean_db):
    response = secure.test_client().get("/login", base_url="https://12345.yunjiang.example")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-hotline=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_demo_users_are_shown_in_the_demo_only(secure, clean_db):
    assert "演示" not in secure.test_client().get("/login").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example;proto=http"},
    ],
)
def test_no_header_changes_where_links_lead(secure, clean_db, headers):
    page = secure.test_client().get("/login", headers=headers).text
    assert "evil.example" not in page
    with secure.test_request_context("/", headers=headers):
        assert public_url("sign_in.login") == "https://12345.yunjiang.example/login"


def test_the_choice_of_language_and_size_is_kept_and_leads_back(secure, clean_db):
    client = secure.test_client()
    response = client.get("/language/en?next=/login")
    assert response.headers["Location"] == "/login"
    assert client.get_cookie("lang").value == "en"
    client.get("/size/large")
    assert 'data-size="large"' in client.get("/login").text
    assert client.get("/language/xx").status_code == 404
    assert client.get("/language/en?next=//evil.example").headers["Location"] == "/"
