"""The pages of the limits: who opens and changes what, what they show, and that nothing typed is lost."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from hotline.models.policies import PolicyRow, PolicyStep, PolicyVersion
from hotline.services.calendars import load_calendar
from hotline.services.policies import current_policy
from hotline.web.security import limiter
from tests.hotline.department.office import csrf
from tests.hotline.limits import LIMIT
from tests.hotline.supervisor.small_city import SmallCity
from workflows.policy import Case, LimitClass
from workflows.sla import plan
from workflows.vocabulary import ClockName, Role

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime.now(UTC)
TODAY = NOW.astimezone(ZONE).date()
PAGES = ("", "/versions", "/compare", "/trial", "/trial?span=7")
DRAFT_PAGES = ("/draft/rows/new", "/draft/steps/new", "/draft/publish", "/draft/discard")


@pytest.fixture
def city(app, session_factory):
    with app.app_context():
        limiter.reset()
    made = SmallCity(session_factory)
    with session_factory.begin() as session:
        made._add_user(session, "administrator2", frozenset({Role.ADMINISTRATOR}))
        made._add_user(session, "centre", frozenset({Role.CENTRE_LEADER}))
    return made


@pytest.fixture
def centre(app, city):
    return city.sign_in(app, "centre")


@pytest.fixture
def draft(administrator, session_factory):
    """Begun by the administrator from the shipped version."""
    assert post(administrator, "/draft", based_on=1).status_code == 303

    def read() -> PolicyVersion:
        with session_factory() as session:
            return session.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one()

    return read


def post(client, url, **data):
    return client.post(f"/admin/policies{url}", data={"csrf_token": csrf(client), **data})


def rows_of(session_factory, number: int, clock: str, word: str) -> list[PolicyRow]:
    with session_factory() as session:
        query = select(PolicyRow).join(PolicyVersion, PolicyVersion.id == PolicyRow.version_id)
        mine = (PolicyVersion.number == number, PolicyRow.clock == clock, PolicyRow.limit_class == word)
        return list(
            session.scalars(query.where(*mine, PolicyRow.is_rework.is_(False)).order_by(PolicyRow.id))
        )


def test_administrators_and_the_centres_leader_read_every_page(administrator, centre, draft):
    for client in (administrator, centre):
        assert {client.get(f"/admin/policies{page}").status_code for page in PAGES} == {200}
    assert {administrator.get(f"/admin/policies{page}").status_code for page in DRAFT_PAGES} == {200}
    assert "时限规则" in centre.get("/board").text


def test_nobody_else_opens_a_page(app, city, draft):
    for username in ("agent", "supervisor", "unit-cg"):
        client = city.sign_in(app, username)
        assert {client.get(f"/admin/policies{page}").status_code for page in PAGES + DRAFT_PAGES} == {403}


def test_the_centres_leader_does_not_write_the_draft(centre, draft, session_factory):
    seen = draft().revision
    urls = (
        "/draft",
        "/draft/rows",
        "/draft/rows/1",
        "/draft/rows/1/remove",
        "/draft/steps",
        "/draft/discard",
    )
    assert {post(centre, url, version=seen, **LIMIT).status_code for url in urls} == {403}
    assert centre.get("/admin/policies/draft/rows/new").status_code == 403
    assert draft().revision == seen


def test_without_a_draft_its_pages_are_not_there(administrator):
    assert {administrator.get(f"/admin/policies{page}").status_code for page in DRAFT_PAGES} == {404}


def test_the_forecast_is_what_a_dispatch_at_that_time_would_get(administrator, session_factory):
    page = administrator.get("/admin/policies?at=16:50").text
    at = datetime.now(ZONE).replace(hour=16, minute=50, second=0, microsecond=0)
    with session_factory() as session:
        entry = current_policy(session, at.date()).find(ClockName.HANDLE, Case(LimitClass.ORDINARY))
        due = plan(entry.limit, load_calendar(session), at).due_at.astimezone(ZONE)
    assert f"{due:%Y-%m-%d %H:%M}" in page
    assert "5 个工作日" in page


def test_a_time_or_version_that_makes_no_sense_falls_back(administrator):
    assert "16:50" in administrator.get("/admin/policies?at=x&version=99").text


def test_the_table_is_narrowed_to_a_clock_and_a_class_with_what_holds_for_all(administrator):
    page = administrator.get("/admin/policies?clock=handle&class=urgent").text
    assert "24 小时" in page
    assert "15 个工作日</b>" not in page
    assert "2 个工作小时" in administrator.get("/admin/policies?clock=decision&class=report").text
    assert "没有符合条件的时限" in administrator.get("/admin/policies?clock=dispatch&class=hard").text


def test_extension_caps_and_the_return_window_are_called_by_their_names(administrator):
    page = administrator.get("/admin/policies").text
    names = (
        "延期上限（第一次）",
        "延期上限（第二次）",
        "退单申请期",
        "审批时限（延期）",
        "审批时限（其他申请）",
    )
    assert [name for name in names if name not in page] == []


def test_limits_are_written_by_one_and_published_by_another(administrator, centre, draft, session_factory):
    answer = post(administrator, "/draft/rows", version=draft().revision, **LIMIT)
    assert re.search(r"/admin/policies\?version=2#row-\d+$", answer.location)
    page = administrator.get("/admin/policies?version=2").text
    assert "紧急，仅求助" in page
    assert "第 2 版与第 1 版相比（1 处）" in administrator.get("/admin/policies/compare").text
    assert "请由另一位管理员或中心领导发布" in administrator.get("/admin/policies/versions").text
    assert "发布这一版" not in administrator.get("/admin/policies/draft/publish").text
    confirm = centre.get("/admin/policies/draft/publish").text
    assert "第 2 版与第 1 版相比（1 处）" in confirm
    assert re.search(r"用第 2 版，上个月（\d+ 年 \d+ 月）：超期 0 件，现行第 1 版 0 件", confirm)
    said = {"valid_from": TODAY.isoformat(), "note": "按会议纪要", "version": draft().revision}
    assert post(administrator, "/draft/publish", **said).status_code == 403
    assert post(centre, "/draft/publish", **said).status_code == 303
    assert "第 2 版（现行）" in centre.get("/admin/policies").text


def test_a_version_for_a_later_day_waits(administrator, centre, draft):
    later = (TODAY + timedelta(days=9)).isoformat()
    post(centre, "/draft/publish", valid_from=later, note="明年起", version=draft().revision)
    page = centre.get("/admin/policies/versions").text
    assert "待生效" in page
    assert "第 1 版（现行）" in centre.get("/admin/policies").text


def test_a_publication_that_is_wrong_comes_back_as_it_was_typed(centre, draft):
    refused = post(
        centre, "/draft/publish", valid_from="2020-01-01", note="字" * 501, version=draft().revision
    )
    assert refused.status_code == 422
    assert 'href="#valid_from">生效日期：日期不能早于今天' in refused.text
    assert 'href="#note">说明：' in refused.text
    assert "字" * 501 in refused.text


def test_a_draft_with_gaps_names_them_and_cannot_be_published(administrator, centre, draft, session_factory):
    row = rows_of(session_factory, 2, "handle", "report")[0]
    assert post(administrator, f"/draft/rows/{row.id}/remove", version=draft().revision).status_code == 303
    assert "“举报”还没有" in administrator.get("/admin/policies?version=2").text
    said = {"valid_from": TODAY.isoformat(), "note": "说明", "version": draft().revision}
    refused = post(centre, "/draft/publish", **said)
    assert (refused.status_code, "“举报”还没有" in refused.text) == (409, True)


def test_a_row_that_is_wrong_comes_back_with_the_cure_beside_its_field(administrator, draft, session_factory):
    typed = {**LIMIT, "amount": "twelve", "yellow_amount": "25", "calendar": "city"}
    refused = post(administrator, "/draft/rows", version=draft().revision, **typed)
    assert refused.status_code == 422
    assert 'href="#yellow_unit">黄灯提前量的单位：' in refused.text
    assert 'value="twelve"' in refused.text
    wrong = post(administrator, "/draft/rows", version=draft().revision, **{**LIMIT, "amount": "twelve"})
    assert "时长：请填 1–9999 之间的整数。" in wrong.text
    assert len(rows_of(session_factory, 2, "handle", "urgent")) == 1


def test_a_form_opened_before_another_change_keeps_its_text_and_shows_what_holds_now(
    app, city, administrator, draft, session_factory
):
    other = city.sign_in(app, "administrator2")
    row, seen = rows_of(session_factory, 2, "handle", "urgent")[0], draft().revision
    sent = {**LIMIT, "ticket_type": "", "amount": "18"}
    assert post(other, f"/draft/rows/{row.id}", version=seen, **sent).status_code == 303
    late = post(administrator, f"/draft/rows/{row.id}", version=seen, **{**sent, "amount": "6"})
    assert (late.status_code, 'value="6"' in late.text) == (409, True)
    assert "草稿中这一条现在是：紧急，办理时限 18 小时" in late.text
    assert draft().revision in late.text
    again = post(administrator, f"/draft/rows/{row.id}", version=draft().revision, **{**sent, "amount": "6"})
    assert again.status_code == 303
    assert rows_of(session_factory, 2, "handle", "urgent")[0].amount == 6


def test_a_row_is_tried_before_it_is_written(administrator, draft, session_factory):
    tried = post(administrator, "/draft/rows/try", version=draft().revision, **LIMIT)
    at = datetime.now(ZONE).replace(hour=16, minute=50, second=0, microsecond=0)
    due = at + timedelta(hours=12)
    assert f"若今天 16:50 起算，到期 <b>{due.month} 月 {due.day} 日" in tried.text
    assert len(rows_of(session_factory, 2, "handle", "urgent")) == 1
    bad = post(administrator, "/draft/rows/try", version=draft().revision, **{**LIMIT, "amount": "0"})
    assert (bad.status_code, "若今天" in bad.text) == (422, False)


def test_a_row_form_shows_what_the_row_says(administrator, draft, session_factory):
    row = rows_of(session_factory, 2, "handle", "ordinary")[0]
    page = administrator.get(f"/admin/policies/draft/rows/{row.id}").text
    assert re.search(r'name="amount" type="text" value="5"', page)
    assert '<option value="working_days" selected>' in page
    shipped = rows_of(session_factory, 1, "handle", "ordinary")[0]
    assert administrator.get(f"/admin/policies/draft/rows/{shipped.id}").status_code == 404


def test_the_ladder_is_written_and_refused_step_by_step(administrator, draft, session_factory):
    step = {"limit_class": "report", "level": "3", "amount": "4", "unit": "hours"}
    assert post(administrator, "/draft/steps", version=draft().revision, **step).status_code == 303
    twice = post(administrator, "/draft/steps", version=draft().revision, **step)
    assert (twice.status_code, "级别：这种情形已有一条规则（第 3 级，4 小时）" in twice.text) == (422, True)
    with session_factory() as session:
        own = session.scalars(select(PolicyStep).where(PolicyStep.limit_class == "report")).one()
    assert 'value="4"' in administrator.get(f"/admin/policies/draft/steps/{own.id}").text
    assert "提到第 3 级" in administrator.get("/admin/policies/compare").text
    later = post(administrator, f"/draft/steps/{own.id}", version=draft().revision, **{**step, "amount": "6"})
    assert later.status_code == 303
    assert post(administrator, f"/draft/steps/{own.id}/remove", version=draft().revision).status_code == 303
    assert "没有改动" in administrator.get("/admin/policies/compare").text


def test_a_second_draft_is_refused_with_who_has_the_first(app, city, draft):
    other = city.sign_in(app, "administrator2")
    answer = post(other, "/draft", based_on=1)
    assert "administrator 的姓名已建了草稿（第 2 版）" in other.get(answer.location).text


def test_a_draft_is_discarded_after_a_look_at_what_is_lost(administrator, draft):
    seen = draft().revision
    assert seen in administrator.get("/admin/policies/draft/discard").text
    stale = post(administrator, "/draft/discard", version="older")
    assert "没有作废" in administrator.get(stale.location).text
    assert post(administrator, "/draft/discard", version=seen).status_code == 303
    assert "已作废" in administrator.get("/admin/policies/versions").text
    assert "以此新建草稿" in administrator.get("/admin/policies/versions").text


def test_any_two_versions_are_compared_in_words(administrator, draft, session_factory):
    row = rows_of(session_factory, 2, "handle", "urgent")[0]
    changed = {**LIMIT, "ticket_type": "", "amount": "12"}
    post(administrator, f"/draft/rows/{row.id}", version=draft().revision, **changed)
    there = administrator.get("/admin/policies/compare?base=1&version=2").text
    back = administrator.get("/admin/policies/compare?base=2&version=1").text
    for page in (there, back):
        assert "修改" in page
        assert "12 小时" in page
        assert "24 小时" in page
    assert "没有改动" in administrator.get("/admin/policies/compare?base=2&version=2").text
