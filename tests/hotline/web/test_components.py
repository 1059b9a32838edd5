"""Do the components say what they must to people, to screen readers and to the server?"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from flask import flash, render_template, render_template_string
from flask_babel import force_locale

from hotline.web import styleguide
from hotline.web.ui import NavItem

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 23, 3, 20, tzinfo=UTC)


def soup(source, **context):
    return BeautifulSoup(render_template_string(source, **context), "html.parser")


@pytest.fixture
def gallery(kit):
    return BeautifulSoup(render_template("styleguide/index.html", **styleguide.gallery()), "html.parser")


def test_every_component_has_a_gallery_entry(gallery):
    files = {path.stem for path in (ROOT / "templates/components").glob("*.html")}
    assert {section["data-component"] for section in gallery.select("[data-component]")} == files


def test_ids_in_the_gallery_are_unique(gallery):
    ids = [tag["id"] for tag in gallery.select("[id]")]
    assert sorted(ids) == sorted(set(ids))


def test_an_unknown_component_is_an_error_not_silence(kit):
    with pytest.raises(Exception, match="nothing_like_it"):
        soup("{{ ui.nothing_like_it() }}")


def test_what_people_typed_is_escaped(kit):
    text = "<script>alert(1)</script>"
    page = soup(
        "{{ ui.note(x) }}{{ ui.tag(x) }}{{ ui.field('a', label=x, value=x) }}{{ ui.alert(x) }}", x=text
    )
    assert page.find("script") is None
    assert text in page.text


@pytest.mark.parametrize(
    ("inside", "is_on_cancel"), [("<p>x</p>", True), ("{{ ui.textarea('reason', label='x') }}", False)]
)
def test_a_dialog_opens_in_its_field_and_without_one_where_nothing_happens(kit, inside, is_on_cancel):
    page = soup("{% call ui.confirm_dialog('d', 'x', '/x', 'x') %}" + inside + "{% endcall %}")
    assert page.select_one("[data-close]").has_attr("autofocus") is is_on_cancel


@pytest.mark.parametrize("name", ["citizen/reopen.html", "dispatch/_where.html"])
def test_a_counter_takes_its_limit_from_where_it_is_checked(name):
    assert "max=1000" not in (ROOT / "templates" / name).read_text()


def test_a_field_names_its_error_to_screen_readers(kit):
    form = styleguide.gallery()["wrong"]
    page = soup("{{ ui.field(form.phone) }}", form=form)
    field = page.select_one("input")
    assert field["aria-invalid"] == "true"
    assert "请填写联系电话" in page.find(id="phone-error").text
    assert field["aria-describedby"].split() == ["phone-hint", "phone-error"]


def test_the_error_summary_links_to_fields_with_the_same_words(kit):
    page = soup("{{ ui.error_summary(form) }}", form=styleguide.gallery()["wrong"])
    assert [(link["href"], link.text) for link in page.select("a")] == [
        ("#phone", "请填写联系电话"),
        ("#content", "请填写诉求内容"),
    ]


def test_no_errors_make_no_summary(kit):
    assert render_template_string("{{ ui.error_summary({}) }}") == ""


def test_an_error_of_a_segmented_control_can_be_jumped_to(kit):
    page = soup("{{ ui.segmented('kind', [('a', '甲')], label='类型', errors='请选择') }}")
    assert page.find(id="kind").name == "fieldset"


def test_a_form_head_carries_token_version_and_a_fresh_key(kit):
    first, second = (soup("{{ ui.form_head(7) }}") for _ in range(2))
    assert first.select_one("[name=version]")["value"] == "7"
    assert first.select_one("[name=csrf_token]")["value"]
    assert first.select_one("[name=request_key]")["value"] != second.select_one("[name=request_key]")["value"]


def test_a_form_that_comes_back_keeps_its_request_key(kit):
    assert soup("{{ ui.form_head(key='old') }}").select_one("[name=request_key]")["value"] == "old"


def test_a_password_never_comes_back_in_the_page(kit):
    assert soup("{{ ui.field('p', type='password', value='secret') }}").select_one("input")["value"] == ""


def test_a_textarea_counts_code_points_and_keeps_leading_line_ends(kit):
    page = soup("{{ ui.textarea('t', value=x, max=10) }}", x="𠮷\r\n好")
    assert page.select_one(".f__count").text == "3 / 10 字"
    assert "maxlength" not in page.select_one("textarea").attrs


def test_a_running_light_counts_down_and_a_paused_one_does_not(kit):
    source = "{{ ui.light(light, due=due, now=now) }}"
    due = NOW + timedelta(hours=6, minutes=10)
    running = soup(source, light="yellow", due=due, now=NOW).select_one("time")
    paused = soup(source, light="paused", due=due, now=NOW).select_one("time")
    assert (running.text, running["data-due"]) == ("剩 6 时 10 分", "2026-11-23T17:30:00+08:00")
    assert paused.text == "暂停"
    assert "data-due" not in paused.attrs


def test_an_internal_note_says_so_in_words(kit):
    entry = {"actor": "王建国", "act": "", "at": NOW, "body": "x", "is_internal": True}
    assert "诉求人不可见" in soup("{{ ui.timeline([entry]) }}", entry=entry).text


def test_a_select_marks_the_chosen_option(kit):
    page = soup("{{ ui.select('s', [(1, '一'), (2, '二')], label='数', value=2) }}")
    assert page.select_one("[selected]")["value"] == "2"


def test_the_staff_layout_shows_who_where_and_how_to_leave(kit):
    context = {
        "nav_items": [
            NavItem("收件箱", "/inbox", is_current=True),
            NavItem("待审核", "/review"),
            NavItem("待我审批", "/requests"),
        ],
        "nav_counts": {"/inbox": 23, "/review": 0, "/requests": 100},
        "account": SimpleNamespace(name="王建国", role="承办人", unit="梧桐区住建局"),
        "logout_url": "/logout",
        "is_demo": True,
        "mailbox_url": "/mailbox",
        "now": NOW,
    }
    page = BeautifulSoup(render_template("base.html", **context), "html.parser")
    assert page.select_one("nav [aria-current]").text == "收件箱 23 件待办"
    assert page.select_one("nav [href='/review']").text == "待审核"
    assert page.select_one("nav [href='/requests']").text == "待我审批 99+ 件待办"
    assert "王建国 · 承办人 · 梧桐区住建局" in page.select_one("header").text
    assert page.select_one("form[action='/logout']")["method"] == "post"
    assert page.select_one("a[href='/mailbox']")
    assert page.html["data-now"] == "2026-11-23T11:20:00+08:00"


def test_a_page_with_errors_says_so_first_in_its_title(kit):
    assert "<title>错误：" in render_template("base.html", has_errors=True)


def test_success_is_a_toast_with_undo_and_an_error_is_an_alert(kit):
    flash(
        {"text": "已派单", "undo_url": "/undo", "seconds": 10, "grace": 20, "version": 1, "next": "/"},
        "success",
    )
    flash("没有成功", "error")
    page = BeautifulSoup(render_template("base.html"), "html.parser")
    assert page.select_one(".toast form[action='/undo'] button").text.startswith("撤销")
    assert page.select_one(".alert--bad[role=alert]").text == "没有成功"


@pytest.mark.parametrize("name", ["400", "403", "404", "413", "422", "429", "500", "503", "refused"])
def test_an_error_page_shows_the_request_number_to_staff_and_citizens(kit, name):
    staff = SimpleNamespace(name="王建国", role="承办人", unit="")
    for account in (None, staff):
        page = BeautifulSoup(
            render_template(f"errors/{name}.html", account=account, request_id="r-1"), "html.parser"
        )
        assert "r-1" in page.text
        assert len(page.select("h1")) == 1
        assert page.select_one("main a[href='/']")


def test_the_conflict_page_keeps_what_the_user_wrote(kit):
    conflict = {
        "changed_by": "李敏",
        "changed_at": NOW,
        "resend_url": "/save",
        "version": 4,
        "fields": [{"name": "title", "label": "标题", "theirs": "旧", "mine": "我的"}],
        "kept": [("body", "长长的正文")],
        "possible": [("签收", "/sign")],
    }
    page = BeautifulSoup(render_template("errors/409.html", conflict=conflict), "html.parser")
    form = page.select_one("form[action='/save']")
    assert "2026-11-23 11:20，李敏修改了这件工单。" in page.text
    assert form.select_one("[name=title][checked]")["value"] == "我的"
    assert form.select_one("[name=body]")["value"] == "长长的正文"
    assert form.select_one("[name=version]")["value"] == "4"
    assert page.select_one("a[href='/sign']").text == "签收"


def test_a_conflict_without_details_still_says_what_happened(kit):
    assert "刚刚被别人修改过" in render_template("errors/409.html")


def test_times_follow_the_language_of_the_page(kit):
    with force_locale("en"):
        assert soup("{{ ui.time(now) }}", now=NOW).text.strip() == "23 Nov 2026, 11:20"
    long = soup("{{ ui.time(now, 'long') }}", now=NOW).text
    assert long.strip().removeprefix("2026 年 ") == "11 月 23 日（周一）11:20"
