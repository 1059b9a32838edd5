"""A saved form spares the agent the typing and never touches what was typed."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from hotline.services.category_edits import Edit
from hotline.services.saved_forms import SavedInput, put_saved
from tests.hotline.clerks import hidden_of
from tests.hotline.watched import ADMINISTRATOR
from workflows.errors import Code, FieldCode, Refused

LAMP = SavedInput(
    "电梯停运", "complaint", "PROPERTY", "〔小区〕电梯停运", "＿＿小区电梯停运。", "有人被困吗\n停了几天"
)


def put(factory, given=LAMP, form_id=None, seen=0):
    with factory.begin() as session:
        return put_saved(session, form_id, given, Edit(ADMINISTRATOR, datetime.now(UTC), "常用", seen))


@pytest.fixture
def saved(session_factory, town):
    return put(session_factory)


def fill(agent, saved, **typed):
    hidden = hidden_of(agent.get("/desk").text, "/desk")
    data = {**hidden, "type": "help", "saved_form": str(saved.form_id), **typed}
    return BeautifulSoup(agent.post("/desk/fill", data=data).text, "html.parser")


def test_only_what_is_empty_is_filled_and_the_questions_stand_beside_it(agent, saved):
    page = fill(agent, saved, title="和平里电梯", phone="13800138001")
    assert page.select_one("#content").text.strip() == LAMP.content
    assert page.select_one("#category option[selected]")["value"] == "PROPERTY"
    assert page.select_one("[name=type][checked]")["value"] == "complaint"
    assert page.select_one("#title")["value"] == "和平里电梯"
    assert page.select_one("#phone")["value"] == "13800138001"
    assert "有人被困吗" in page.text
    kept = fill(agent, saved, type="praise", content="我自己写的")
    assert kept.select_one("#content").text.strip() == "我自己写的"
    assert kept.select_one("[name=type][checked]")["value"] == "praise"


def test_enter_in_a_field_still_presses_the_main_button(agent, saved):
    page = BeautifulSoup(agent.get("/desk").text, "html.parser")
    form = page.select_one("#call-form")
    buttons = [
        each
        for each in page.select("button[type=submit]")
        if form in each.parents or each.get("form") == "call-form"
    ]
    assert buttons[0]["value"] == "submit"


def test_what_is_ended_or_out_of_date_is_not_offered(agent, saved, session_factory):
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date()
    put(session_factory, SavedInput("过期的", content="x", valid_until_on=yesterday))
    put(session_factory, SavedInput(LAMP.name, content="x", is_active=False), saved.form_id, 1)
    assert "saved_form" not in agent.get("/desk").text


def test_of_two_versions_made_at_once_the_second_is_refused_and_an_unknown_entry_named(
    saved, session_factory
):
    put(session_factory, SavedInput(LAMP.name, content="改过"), saved.form_id, 1)
    with pytest.raises(Refused) as late:
        put(session_factory, LAMP, saved.form_id, 1)
    assert late.value.code == Code.STALE_EDITION
    with pytest.raises(Refused) as refused:
        put(session_factory, SavedInput("名称", entry_id=99))
    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("entry", FieldCode.UNKNOWN_ENTRY)
    ]
