"""Importing a year, calling one official and founding a calendar on screens: shown first, refused beside the field."""

from datetime import date

import pytest
from sqlalchemy import func, select

from hotline.models.calendars import Calendar
from tests.hotline.admin.shelf import editions, loaded


def test_an_import_shows_what_it_would_change_and_then_does_it(administrator, post, session_factory):
    page = administrator.get("/admin/calendars/city/years/2023/import").text
    assert "增加（35 天）" in page
    assert "2023-01-28" in page
    answer = post("/city/years/2023/import", status="official", reason="补录 2023 年")
    assert answer.headers["Location"] == "/admin/calendars/city?year=2023"
    newest = editions(session_factory)[-1]
    assert (newest.note, newest.origin) == ("补录 2023 年", "imported")
    again = administrator.get("/admin/calendars/city/years/2023/import").text
    assert "没有需要导入的日期" in again


def test_a_year_the_packages_do_not_know_is_imported_with_a_loud_word(administrator, post, session_factory):
    assert "还没有 2028 年放假通知的数据" in administrator.get("/admin/calendars/city/years/2028/import").text
    post("/city/years/2028/import", status="computed", reason="先用推算")
    assert not loaded(session_factory).is_known(date(2028, 1, 1))


def test_a_conflict_between_the_packages_has_to_be_decided(administrator, post, session_factory):
    page = administrator.get("/admin/calendars/city/years/2005/import").text
    assert "2005-12-31（周六）：holidays 调休上班；chinesecalendar 按平日" in page
    refused = post("/city/years/2005/import", status="official", reason="补录二〇〇五年")
    assert refused.status_code == 422
    assert "以哪个来源为准：请选择" in refused.text
    assert "补录二〇〇五年" in refused.text
    assert post("/city/years/2005/import", take="holidays", reason="补录").status_code == 303
    assert loaded(session_factory).is_workday(date(2005, 12, 31))


def test_what_a_colleague_corrected_is_kept_by_an_import_and_named(administrator, meanwhile, post):
    meanwhile(date(2023, 4, 3))
    page = administrator.get("/admin/calendars/city/years/2023/import").text
    assert "人工改过，保留不动（1 天）" in page
    stale = post("/city/years/2023/import", reason="补录")
    assert stale.status_code == 409
    assert "另一位管理员已保存新的一版" in stale.text


def test_a_year_corrected_by_hand_is_called_official_with_its_basis(administrator, post, session_factory):
    assert "标为正式" in administrator.get("/admin/calendars/city?year=2027").text
    assert "19 天是推算的" in administrator.get("/admin/calendars/city/years/2027/official").text
    assert post("/city/years/2027/official", source="", reason="已核对").status_code == 422
    notice = {"source": "国办发明电〔2026〕9 号", "reason": "已逐日核对"}
    assert "保存为第 2 版" in post("/city/years/2027/official", **notice).text
    post("/city/years/2027/official", **notice, step="save")
    assert loaded(session_factory).is_known(date(2027, 5, 1))
    assert editions(session_factory)[-1].origin == "confirmed"
    assert administrator.get("/admin/calendars/city/years/2031/official").status_code == 404


NEW = {
    "code": "night",
    "name": "夜班日历",
    "zone": "Asia/Urumqi",
    "copied_from": "city",
    "has_holidays": "y",
    "reason": "夜间值守单位用",
}


def test_everything_left_empty_is_named_at_once(post):
    answer = post("/new", edition=None, **{**NEW, "code": "", "name": "", "reason": ""})
    assert answer.status_code == 422
    for name in ("代码", "名称", "用途"):
        assert f"{name}：请填写此项。" in answer.text


def test_a_new_calendar_begins_as_a_copy_of_another(administrator, post, session_factory):
    assert administrator.get("/admin/calendars/new").status_code == 200
    answer = post("/new", edition=None, **NEW)
    assert answer.headers["Location"] == "/admin/calendars/night"
    made = loaded(session_factory, "night")
    assert made.zone == "Asia/Urumqi"
    assert made.known_years == {2024, 2025, 2026}
    assert [(each.number, each.origin) for each in editions(session_factory, "night")] == [(1, "copied")]


def test_a_calendar_without_holidays_copies_the_week_alone(post, session_factory):
    post("/new", edition=None, **{name: text for name, text in NEW.items() if name != "has_holidays"})
    made = loaded(session_factory, "night")
    assert made.known_years is None
    assert made.is_workday(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"code": "City!"}, "小写字母"),
        ({"code": "city"}, "已经有了"),
        ({"name": ""}, "名称：请填写此项"),
        ({"zone": "Asia/Nowhere"}, "没有这个时区"),
        ({"zone": "../etc/passwd"}, "没有这个时区"),
        ({"copied_from": "town"}, "请从所列选项中选择"),
        ({"reason": ""}, "用途：请填写此项"),
    ],
)
def test_a_new_calendar_that_cannot_be_is_refused_beside_the_field(post, session_factory, wrong, told):
    page = post("/new", edition=None, **{**NEW, **wrong})
    assert page.status_code == 422
    assert told in page.text
    with session_factory() as session:
        assert session.scalar(select(func.count(Calendar.id))) == 2
