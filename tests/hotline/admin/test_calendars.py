"""The screens of the calendars: does an administrator see what stands, what a change does, and lose nothing typed?"""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from bs4 import BeautifulSoup

from tests.hotline.admin.shelf import editions, loaded
from tests.hotline.department.office import csrf

NOW = datetime.now(UTC)
THIS_YEAR = NOW.year
DAY = {
    "first": "2027-03-08",
    "kind": "special_hours",
    "hours": "09:00-12:00，13:00-24:00",
    "name": "防汛值守",
    "source": "防汛指挥部通知",
    "reason": "汛期延长办公",
}
WEEK = {f"day{number}": "08:30-12:00，13:30-17:30" for number in range(5)} | {"day5": "", "day6": ""}


def test_the_list_shows_every_calendar_with_its_years_units_and_clocks(administrator, city):
    city.dispatched(NOW)
    page = administrator.get("/admin/calendars").text
    assert "云江市工作日历" in page
    assert "全天候（7×24）" in page
    assert "2024、2025、2026" in page


def test_only_administrators_open_or_change_a_calendar(app, city):
    for username in ("supervisor", "dispatcher", "unit-cg"):
        client = city.sign_in(app, username)
        assert client.get("/admin/calendars").status_code == 403
        assert client.get("/admin/calendars/city/day").status_code == 403
        answer = client.post("/admin/calendars/city/day", data={"csrf_token": csrf(client), **DAY})
        assert answer.status_code == 403


def test_a_year_shows_its_days_in_runs_and_counts_them(administrator):
    page = administrator.get("/admin/calendars/city?year=2026").text
    assert "2026-02-15（周日）至 2026-02-23（周一）" in page
    assert "放假 33 天，调休上班 6 天，特殊时间 0 天，办公的日子 248 天" in page
    assert "正式" in page
    assert "国庆" in administrator.get("/admin/calendars/city?year=2025").text


def test_a_computed_year_is_marked_and_an_empty_one_offers_the_import(administrator):
    assert "推算，尚无正式通知" in administrator.get("/admin/calendars/city?year=2027").text
    page = administrator.get("/admin/calendars/city?year=2031").text
    assert "2031 年还没有安排" in page
    assert "/admin/calendars/city/years/2031/import" in page


@pytest.mark.parametrize(
    "path", ["/town", "/town/day", "/always/years/2027/import", "/city/years/1900/import"]
)
def test_what_is_not_there_is_not_found(administrator, path):
    assert administrator.get(f"/admin/calendars{path}").status_code == 404


def test_a_year_that_makes_no_sense_shows_this_one(administrator):
    for asked in ("x", "0", "99999999999"):
        page = administrator.get(f"/admin/calendars/city?year={asked}")
        assert f"{THIS_YEAR} 年与平日不同的日子" in page.text


def test_a_correction_is_shown_with_its_effect_before_it_is_saved(post, session_factory):
    seen = post("/city/day", **DAY)
    assert seen.status_code == 200
    assert "特殊时间（防汛值守，09:00–12:00，13:00–24:00）" in seen.text
    assert "没有正在计时的时限受影响" in seen.text
    assert len(editions(session_factory)) == 1
    saved = post("/city/day", **DAY, step="save", request_key="once")
    assert saved.headers["Location"] == "/admin/calendars/city?year=2027"
    newest = editions(session_factory)[-1]
    assert (newest.number, newest.note, newest.origin) == (2, "汛期延长办公", "corrected")
    hours = ((time(9), time(12)), (time(13), time(0)))
    assert loaded(session_factory).hours_on(date(2027, 3, 8)) == hours
    assert not loaded(session_factory).is_known(date(2027, 3, 8))


def test_what_a_day_becomes_is_never_chosen_for_whoever_adds_one(administrator, post):
    kind = BeautifulSoup(administrator.get("/admin/calendars/city/day").text, "html.parser").find(id="kind")
    assert kind.select_one("option[selected]") is None or not kind.select_one("option[selected]")["value"]
    untouched = post("/city/day", first="2026-12-02", name="市运动会", source="市政府通告", reason="全市放假")
    assert untouched.status_code == 422
    assert "类别" in untouched.text


def test_pressing_save_twice_makes_one_edition(post, session_factory):
    first = post("/city/day", **DAY, step="save", request_key="twice")
    again = post("/city/day", **DAY, step="save", request_key="twice")
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(editions(session_factory)) == 2


def test_the_clocks_that_run_over_the_changed_days_are_counted_and_keep_their_moments(
    post, city, session_factory
):
    city.dispatched(datetime(THIS_YEAR, 11, 2, 1, tzinfo=UTC))
    days = {**DAY, "first": f"{THIS_YEAR}-11-03", "kind": "holiday", "hours": ""}
    assert re.search(r"跨过这些日子的 \d+ 项在计时时限保持原到期时间", post("/city/day", **days).text)


def test_running_clocks_follow_a_new_edition_when_asked_to(administrator, post, city, session_factory):
    city.dispatched(NOW)
    assert "重算" not in administrator.get("/admin/calendars/city").text
    first = (NOW + timedelta(days=1)).date()
    days = {"first": first.isoformat(), "last": (first + timedelta(days=1)).isoformat()}
    post("/city/day", **{**DAY, **days, "kind": "holiday"}, step="save")
    page = administrator.get("/admin/calendars/city").text
    assert "按第 2 版核对并重算" in page
    assert "件工单的时限是按以前的版本计算的，需核对" in page
    assert post("/city/recount", edition=None).status_code == 303
    assert (
        "核对了 1 件工单，其中 1 件的时限已按现行版本重算" in administrator.get("/admin/calendars/city").text
    )
    assert post("/city/recount", edition=None, after="x").status_code == 303
    assert post("/town/recount", edition=None).status_code == 404


def test_several_days_are_corrected_at_once_and_given_back(post, session_factory):
    days = {**DAY, "kind": "holiday", "last": "2027-03-10"}
    post("/city/day", **days, step="save")
    assert not any(loaded(session_factory).is_workday(date(2027, 3, day)) for day in (8, 9, 10))
    back = {"first": "2027-03-08", "last": "2027-03-10", "kind": "weekday", "reason": "取消"}
    post("/city/day", edition=2, **back, step="save")
    assert all(loaded(session_factory).is_workday(date(2027, 3, day)) for day in (8, 9, 10))


def test_going_back_from_the_effect_shows_the_form_as_it_was_typed(post):
    page = post("/city/day", **DAY, step="back")
    assert page.status_code == 200
    assert 'value="09:00-12:00，13:00-24:00"' in page.text
    assert "汛期延长办公" in page.text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"first": ""}, "开始日期"),
        ({"last": "2027-03-01"}, "不能早于开始日期"),
        ({"last": "2027-05-08"}, "一次最多改 31 天"),
        ({"kind": "party"}, "请从所列选项中选择"),
        ({"hours": ""}, "办公时间：请填写此项"),
        ({"hours": "12:00-09:00"}, "各段按先后排列"),
        ({"hours": "09:00-12:00，11:00-13:00"}, "各段按先后排列"),
        ({"hours": "9点到12点"}, "请写成 08:30-12:00"),
        ({"hours": "24:00-12:00"}, "请写成 08:30-12:00"),
        ({"hours": "09:00-25:00"}, "请写成 08:30-12:00"),
        ({"name": ""}, "名称：请填写此项"),
        ({"name": "长" * 61}, "最多 60 字"),
        ({"source": ""}, "依据：请填写此项"),
        ({"source": "\u202e"}, "控制字符"),
        ({"reason": ""}, "修改原因：请填写此项"),
        ({"reason": "长" * 501}, "最多 500 字"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(post, session_factory, wrong, told):
    page = post("/city/day", **{**DAY, **wrong}, step="save")
    assert page.status_code == 422
    assert told in page.text
    assert "还没有保存" in page.text
    kept = {**DAY, **wrong}
    assert all(text in page.text for name, text in kept.items() if name in {"reason", "name"} and text)
    assert len(editions(session_factory)) == 1


def test_a_correction_that_changes_nothing_is_refused(post):
    same = {"first": "2027-03-08", "kind": "weekday", "reason": "核对"}
    page = post("/city/day", **same)
    assert page.status_code == 409
    assert "没有变化" in page.text


def test_the_second_of_two_administrators_is_told_and_keeps_what_was_typed(post, meanwhile, session_factory):
    meanwhile(date(2027, 4, 1))
    for step in ("", "save"):
        page = post("/city/day", **DAY, step=step)
        assert page.status_code == 409
        assert "另一位管理员已保存新的一版" in page.text
        assert "运动会放假" in page.text
        assert 'name="edition" value="2"' in page.text
        assert "防汛值守" in page.text
    assert len(editions(session_factory)) == 2
    assert post("/city/day", edition=2, **DAY, step="save").status_code == 303


def test_the_hours_of_a_week_take_several_spans_and_midnight(post, session_factory):
    week = {**WEEK, "day5": "09:00-12:00、20:00-24:00", "day6": "全天", "reason": "周末值守"}
    seen = post("/city/week", **week)
    assert "09:00–12:00，20:00–24:00" in seen.text
    assert "全天" in seen.text
    post("/city/week", **week, step="save")
    calendar = loaded(session_factory)
    assert calendar.hours_on(date(2026, 11, 28)) == ((time(9), time(12)), (time(20), time(0)))
    assert calendar.hours_on(date(2026, 11, 29)) == ((time(0), time(0)),)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (dict.fromkeys(WEEK, ""), "至少有一天要办公"),
        ({"day2": "12:00-09:00"}, "周三：请写成"),
        ({"day2": "上午"}, "周三：请写成"),
        ({"day0": "08:00-00:00，09:00-10:00"}, "周一：请写成"),
    ],
)
def test_a_week_that_cannot_be_counted_by_is_refused(post, session_factory, wrong, told):
    page = post("/city/week", **{**WEEK, **wrong, "reason": "试"}, step="save")
    assert page.status_code == 422
    assert told in page.text
    assert len(editions(session_factory)) == 1


def test_the_editions_say_who_when_and_why_and_any_two_are_compared(administrator, post, session_factory):
    post("/city/day", **DAY, step="save")
    post("/city/week", edition=2, **{**WEEK, "day5": "09:00-12:00", "reason": "周六开门"}, step="save")
    page = administrator.get("/admin/calendars/city/editions").text
    assert "administrator 的姓名" in page
    assert "汛期延长办公" in page
    assert "出厂" in page
    assert "每周六" in page
    assert "防汛值守" not in page
    both = administrator.get("/admin/calendars/city/editions?older=1&newer=3").text
    assert "每周六" in both
    assert "防汛值守" in both
    assert administrator.get("/admin/calendars/city/editions?older=99&newer=x").status_code == 200
