"""What the pages of units say before anything is pressed: figures, marks, and days that are over."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.organisation import Area, AreaLevel, Unit
from hotline.models.people import User, UserRole
from hotline.queries.unit_effects import count_effects
from hotline.queries.unit_pages import flatten, read_tree
from hotline.services import units
from hotline.services.lifecycle import Command
from hotline.services.units import NewUnit, UnitInput
from workflows.vocabulary import Role

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


def test_the_count_of_open_tickets_leads_to_the_list_of_them_and_not_to_the_end_of_the_unit(app, city):
    number = city.dispatched(NOW)
    page = BeautifulSoup(city.sign_in(app, "administrator").get("/admin/units/CG").text, "html.parser")
    link = page.find("a", string="1 件")
    listed = page.select_one(link["href"])
    assert number in listed.text
    # An administrator may not open it: what leads to the ticket or the search is for whoever may.
    assert [each["href"] for each in listed.select("a")] == []


def test_whoever_may_search_is_led_from_the_list_to_the_tickets_of_the_unit(app, city, session_factory):
    number = city.dispatched(NOW)
    with session_factory.begin() as session:
        user = session.scalars(select(User).where(User.username == "administrator")).one()
        session.add(UserRole(user_id=user.id, role=Role.DISPATCHER.value))
    browser = city.sign_in(app, "administrator")
    listed = BeautifulSoup(browser.get("/admin/units/CG").text, "html.parser").select_one("#tickets")
    search = listed.find("a", string=lambda text: "工单检索" in text)["href"]
    assert number in browser.get(search).text
    assert number in listed.find("a", href=f"/tickets/{number}").text


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("/admin/units/new", "parent"),
        ("/admin/units/CG/move", "to"),
        ("/admin/units/CG/end", "successor"),
        ("/admin/users/new", "unit"),
    ],
)
def test_another_unit_is_found_by_typing_its_name_code_or_initials(app, city, page, name):
    browser = city.sign_in(app, "administrator")
    select = BeautifulSoup(browser.get(page).text, "html.parser").select_one(f"select[name={name}]")
    other = select.select_one("option[data-initials]")
    assert select.has_attr("data-combo")
    # Without JavaScript it stays a list with the same choices.
    assert (select.name, bool(other["value"]), bool(other["data-initials"])) == ("select", True, True)


def test_typed_words_that_are_no_unit_are_refused_at_their_field(app, city):
    browser = city.sign_in(app, "administrator")
    page = browser.get("/admin/units/CG/move?to=没有这个局")
    assert page.status_code == 422
    assert "没有这个单位，请重新选择" in page.text


@pytest.fixture
def standing(app, city, session_factory, signed):
    """The codes of the units which the page shows, some with a mark, for a day that is asked for."""
    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()
    with session_factory.begin() as session:
        for code, since in (("OLD", None), ("LATE", today - timedelta(days=10))):
            written = UnitInput(f"{code} 局", "bureau", liaison_phone="", valid_from_on=since)
            units.create_unit(session, NewUnit(code, None, written), signed)
        ended = session.scalars(select(Unit).where(Unit.code == "OLD")).one()
        ended.ended_on, ended.is_active = today - timedelta(days=5), False
    browser = city.sign_in(app, "administrator")

    def read(days_ago: int) -> set[str]:
        day = today - timedelta(days=days_ago)
        page = BeautifulSoup(browser.get(f"/admin/units?on={day}").text, "html.parser")
        assert "回到今天" in page.text
        assert "名称、上级和辖区是今天的" in page.text
        return {line.select_one(".mono").text for line in page.select(".tree__r")}

    return read


@pytest.mark.parametrize(
    ("days_ago", "own"), [(11, {"OLD"}), (10, {"OLD", "LATE"}), (6, {"OLD", "LATE"}), (5, {"LATE"})]
)
def test_the_tree_of_a_past_day_holds_the_units_of_that_day(standing, days_ago, own):
    assert standing(days_ago) & {"OLD", "LATE"} == own


def test_a_day_that_cannot_be_read_is_named_and_today_is_shown(app, city):
    answer = city.sign_in(app, "administrator").get("/admin/units?on=2026-13-45")
    assert answer.status_code == 422
    assert "日期有误，显示的是今天" in answer.text
    assert "/admin/units/CG" in answer.text


def test_a_unit_that_came_later_is_marked_where_one_below_it_was_there(app, city, session_factory, signed):
    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()
    with session_factory.begin() as session:
        later = UnitInput("新区", "bureau", valid_from_on=today - timedelta(days=3))
        above = units.create_unit(session, NewUnit("ABOVE", None, later), signed)
        units.create_unit(session, NewUnit("BELOW", above.id, UnitInput("老街道", "bureau")), signed)
    browser = city.sign_in(app, "administrator")
    text = browser.get(f"/admin/units?expanded=y&on={today - timedelta(days=4)}").text
    page = BeautifulSoup(text, "html.parser")
    lines = {line.select_one(".mono").text: line.text for line in page.select(".tree__r")}
    assert "那天没有" in lines["ABOVE"]
    assert "那天没有" not in lines["BELOW"]
