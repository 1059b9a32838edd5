"""A browser at the desk: it takes a call and fills its form in."""

import re

from tests.hotline.clerks import hidden_of

HTMX = {"HX-Request": "true"}
WORDS = {"type": "complaint", "content": "电梯停运五天，老人下不了楼。", "phone": "13800138001"}


def taken(browser, call_id):
    path = f"/desk/calls/{call_id}/take"
    answer = browser.post(path, data=hidden_of(browser.get("/desk").text, path))
    assert answer.headers["Location"] == f"/desk?call={call_id}"
    return browser.get(answer.headers["Location"]).text


def fields(page, path="/desk", **typed):
    return {
        **hidden_of(page, path),
        "call": field(page, "call"),
        "call_version": field(page, "call_version"),
        **typed,
    }


def field(page, name):
    return re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page).group(1)
