"""What the pages of units say before anything is pressed: figures, marks, and days that are over."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from hotline.models.organisation import Area, AreaLevel
from hotline.queries.unit_effects import count_effects
from hotline.queries.unit_pages import flatten, read_tree
from hotline.services import units
from hotline.services.lifecycle import Command
from hotline.services.units import NewUnit, UnitInput

NOW = datetime.now(UTC)


def test_a_day_that_is_over_is_refused_before_anybody_writes_a_reason(app, city):
    page = city.sign_in(app, "administrator").get("/admin/units/CG/end?on=2020-01-01&successor=")
    assert page.status_code == 422
    assert "日期不能早于今天" in page.text
    assert "今天起生效" not in page.text


def test_the_tree_and_the_page_of_a_unit_count_the_same_tickets(city, session_factory):
    first, second = city.dispatched(NOW), city.to_call_back(NOW)
    city.act("dispatcher", Command(first, "add_co_handler", {"unit": "JT", "advice": "配合"}), NOW)
    assert first != second
    with session_factory() as session:
        for node in flatten(read_tree(session)):
            assert node.in_hand == count_effects(session, node.unit.id, NOW).tickets
        assert {node.unit.code: node.in_hand for node in read_tree(session)}["CG"] == 2


def test_a_unit_below_another_lies_in_its_district_and_a_number_without_sms_is_marked(
    app, city, session_factory, signed
):
    with session_factory.begin() as session:
        session.add(Area(code="330111", name="梧桐区", level=AreaLevel.DISTRICT.value))
        session.flush()
        given = {"WT": "95588", "WT-1": "13900000121"}
        made = [
            units.create_unit(
                session,
                NewUnit(code, None, UnitInput(code, "bureau", district="梧桐区", liaison_phone=phone)),
                signed,
            )
            for code, phone in given.items()
        ]
        above_id = made[0].id
    browser = city.sign_in(app, "administrator")
    form = BeautifulSoup(browser.get(f"/admin/units/new?parent={above_id}").text, "html.parser")
    chosen = {name: form.select_one(f"#{name} option[selected]") for name in ("parent", "district")}
    assert (chosen["parent"]["value"], chosen["district"]["value"]) == (str(above_id), "梧桐区")
    assert "收不到短信" in browser.get("/admin/units/WT").text
    assert "收不到短信" not in browser.get("/admin/units/WT-1").text


@pytest.mark.parametrize("path", ["/admin/units/CG", "/admin/users/of/dispatcher"])
def test_of_two_who_change_one_record_the_second_undoes_nothing_they_did_not_touch(app, city, path):
    first, second = (city.sign_in(app, "administrator") for _ in range(2))
    own = "short_name" if "units" in path else "staff_number"
    theirs = "name" if "units" in path else "display_name"
    always = {"kind": "bureau", "liaison_phone": "", "reason": "机构改革方案"}
    late = fields_of(second, f"{path}/edit")
    taken = sent(first, path, fields_of(first, f"{path}/edit") | always | {theirs: "改过的名称"})
    assert taken.status_code == 303
    refused = sent(second, path, late | always | {own: "1207"})
    assert refused.status_code == 409
    again = BeautifulSoup(refused.text, "html.parser")
    assert (again.find(id=theirs)["value"], again.find(id=own)["value"]) == ("改过的名称", "1207")
    assert "您没有动过的栏目已换成新的" in refused.text


def sent(browser, path, fields):
    return browser.post(f"{path}/edit", data=fields)


def fields_of(browser, path):
    """What a browser sends of the form as it stands."""
    form = BeautifulSoup(browser.get(path).text, "html.parser").select_one("main form[method=post]")
    named = {each["name"]: each.get("value", "") for each in form.select("input[name]:not([type=checkbox])")}
    ticked = {each["name"]: each["value"] for each in form.select("input[type=checkbox][checked]")}
    chosen = {
        each["name"]: next((option["value"] for option in each.select("option[selected]")), "")
        for each in form.select("select[name]")
    }
    return named | ticked | chosen
