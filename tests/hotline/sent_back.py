"""A form of a page, sent as a browser without scripts would send it, and what a refusal of it has to look like."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient


def page_of(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def fields_of(page: BeautifulSoup, form: Tag) -> dict[str, Any]:
    """What the form would send as it stands, its fields elsewhere on the page included."""
    own = [each for each in form.select("[name]") if each.get("form") in (None, form.get("id"))]
    afar = page.select(f'[form="{form["id"]}"][name]') if form.get("id") else []
    sent: dict[str, Any] = {}
    for each in (*own, *(field for field in afar if field not in own)):
        for value in _values(each):
            sent.setdefault(each["name"], []).append(value)
    return sent


def press(client: FlaskClient, at: str, button: str, headers: Any = None, **typed: Any):
    """Open a page, fill in the form of the button whose address ends so, and press it."""
    page = page_of(client.get(at).text)
    return press_again(client, page, button, headers, **typed)


def press_again(client: FlaskClient, page: BeautifulSoup, button: str, headers: Any = None, **typed: Any):
    """The same on a page that lies open."""
    pressed = page.select_one(f'button[formaction$="{button}"]')
    form = page.select_one(f'form[action$="{button}"]')
    if pressed is not None:
        form = page.find("form", id=pressed["form"]) if pressed.get("form") else pressed.find_parent("form")
    assert form is not None, f"nothing on the page leads to {button}"
    url = form["action"] if pressed is None else pressed["formaction"]
    return client.post(url, data={**fields_of(page, form), **typed}, headers=headers)


def assert_came_back(answer: Any, row: str, menu: str, field_id: str) -> BeautifulSoup:
    """The list somebody was in, with this row open in it, and what is wrong."""
    page = assert_names_the_fault(answer, field_id)
    assert page.select_one(".topnav a[aria-current]").find(string=True).strip() == menu
    assert page.select_one("li.is-cur")["id"].partition("-")[2] == row
    return page


def assert_names_the_fault(answer: Any, field_id: str) -> BeautifulSoup:
    """It is said at its field and at the head of the page, whence the focus goes to the field."""
    page = page_of(answer.text)
    assert answer.status_code == 422
    summary = page.select_one("#error-summary")
    assert summary.select_one(f"a[href='#{field_id}']")
    assert summary["data-focus"] == field_id
    wrong = page.select_one(f"#{field_id}")
    assert f"{field_id}-error" in wrong["aria-describedby"]
    assert page.select_one(f"#{field_id}-error").text.strip()
    ids = [each["id"] for each in page.select("[id]")]
    assert len(ids) == len(set(ids))
    return page


def _values(field: Tag) -> list[str]:
    if field.name == "textarea":
        return [field.text.removeprefix("\n")]
    if field.name == "select":
        return [str(each["value"]) for each in field.select("option[selected]")]
    is_box = field.get("type") in ("checkbox", "radio")
    if field.name == "button" or (is_box and not field.has_attr("checked")):
        return []
    return [str(field.get("value", "on" if is_box else ""))]
