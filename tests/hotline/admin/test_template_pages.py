"""The pages of message templates: who opens and changes what, what they show, and that nothing typed is lost."""

import re

import pytest
from sqlalchemy import select

from hotline.web.security import limiter
from notifications.models import OutboxMessage
from notifications.template_rows import TemplateVersion
from tests.hotline.department.office import csrf
from tests.hotline.supervisor.small_city import SmallCity
from workflows.vocabulary import Role

PAGES = ("", "?q=办结", "/closed", "/closed?version=0", "/closed?ticket=YJ1")
DRAFT_PAGES = ("/closed/draft", "/closed/draft/publish", "/closed/draft/discard")
DEEDS = ("/closed/draft/start", "/closed/draft", "/closed/draft/preview", "/closed/draft/test")


@pytest.fixture
def city(app, session_factory):
    with app.app_context():
        limiter.reset()
    made = SmallCity(session_factory)
    with session_factory.begin() as session:
        made._add_user(session, "centre", frozenset({Role.CENTRE_LEADER}))
    return made


@pytest.fixture
def administrator(app, city):
    return city.sign_in(app, "administrator")


@pytest.fixture
def centre(app, city):
    return city.sign_in(app, "centre")


@pytest.fixture
def draft(administrator, session_factory):
    """Begun by the administrator from the shipped words."""
    assert post(administrator, "/closed/draft/start", based_on=0).status_code == 303

    def read():
        with session_factory() as session:
            return session.scalars(select(TemplateVersion).where(TemplateVersion.number == 1)).one()

    return read


def post(client, url, **data):
    headers = {"HX-Request": "true"} if data.pop("as_fragment", False) else {}
    return client.post(f"/admin/messages{url}", data={"csrf_token": csrf(client), **data}, headers=headers)


def typed(client, **changes):
    """What stands in the form of the draft, with changes."""
    page = client.get("/admin/messages/closed/draft").text
    areas = dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n([^<]*)</textarea>', page))
    subjects = dict(re.findall(r'name="(subject_\w+)"[^>]* value="([^"]*)"', page))
    return {**areas, **subjects, **changes}


def test_administrators_and_the_centres_leader_read_the_words(administrator, centre, draft):
    for client in (administrator, centre):
        assert {client.get(f"/admin/messages{page}").status_code for page in PAGES} == {200}
        assert client.get("/admin/messages/closed/draft/publish").status_code == 200
    assert {administrator.get(f"/admin/messages{page}").status_code for page in DRAFT_PAGES} == {200}
    assert "消息模板" in centre.get("/board").text


def test_nobody_else_opens_a_page_and_the_leader_writes_none(app, city, centre, draft):
    for username in ("agent", "supervisor", "unit-cg"):
        client = city.sign_in(app, username)
        assert {client.get(f"/admin/messages{page}").status_code for page in PAGES + DRAFT_PAGES} == {403}
    seen = draft().revision
    assert {post(centre, deed, version=seen).status_code for deed in (*DEEDS, "/closed/draft/discard")} == {
        403
    }
    assert draft().revision == seen


def test_a_kind_a_version_or_a_draft_that_is_not_there_is_not_found(administrator):
    for page in ("/nonsense", "/closed?version=9", *DRAFT_PAGES):
        assert administrator.get(f"/admin/messages{page}").status_code == 404


def test_the_form_shows_facts_by_the_names_people_know(administrator, draft):
    page = administrator.get("/admin/messages/closed/draft").text
    assert "编号{工单编号}" in page
    assert 'data-insert="{工单编号}"' in page
    assert 'data-insert="[[{收信原因}]]"' in page
    assert "{number}" not in page


def test_what_is_saved_is_shown_and_the_next_change_needs_the_new_revision(administrator, draft):
    seen = draft().revision
    words = typed(administrator, sms_zh="办结了，编号{工单编号}[[，{收信原因}]]")
    assert post(administrator, "/closed/draft", version=seen, **words).status_code == 303
    assert "办结了，编号{工单编号}[[，{收信原因}]]" in administrator.get("/admin/messages/closed/draft").text
    again = post(administrator, "/closed/draft", version=seen, **{**words, "sms_zh": "再改{工单编号}"})
    assert again.status_code == 409
    assert "再改{工单编号}" in again.text
    assert "办结了" in administrator.get("/admin/messages/closed?version=1").text


def test_a_fact_the_kind_does_not_have_is_refused_by_name_and_nothing_typed_is_lost(administrator, draft):
    words = typed(administrator, sms_zh="{查询码}与{胡写}，{收信原因}", body_en="My own words {工单编号}")
    answer = post(administrator, "/closed/draft", version=draft().revision, **words)
    assert answer.status_code == 422
    for text in (
        "这类消息没有“查询码”",
        "这类消息没有“胡写”",
        "“收信原因”有时没有",
        "My own words {工单编号}",
    ):
        assert text in answer.text
    assert "{查询码}与{胡写}，{收信原因}" in answer.text


def test_what_a_carrier_approved_is_entered_beside_the_words(administrator, draft):
    words = typed(administrator, tencent_zh="1145141", tencent_zh_facts="工单编号、办结结果")
    assert post(administrator, "/closed/draft", version=draft().revision, **words).status_code == 303
    page = administrator.get("/admin/messages/closed/draft").text
    assert 'value="1145141"' in page
    assert 'value="工单编号、办结结果"' in page
    wrong = typed(administrator, tencent_zh="1145141", tencent_zh_facts="工单编号，查询码")
    answer = post(administrator, "/closed/draft", version=draft().revision, **wrong)
    assert answer.status_code == 422
    assert "短信正文里没有“查询码”" in answer.text


def test_the_preview_follows_what_is_typed_and_writes_nothing(administrator, draft):
    seen = draft().revision
    words = typed(administrator, sms_zh="长" * 60 + "编号{工单编号}")
    fragment = post(administrator, "/closed/draft/preview", as_fragment=True, **words)
    assert fragment.status_code == 200
    assert "长" * 60 + "编号YJ20261123-00123" in fragment.text
    assert "2 条" in fragment.text
    assert "<html" not in fragment.text
    half = post(administrator, "/closed/draft/preview", as_fragment=True, **{**words, "sms_zh": "编号{工单"})
    assert "短信改正后显示" in half.text
    whole = post(administrator, "/closed/draft/preview", **{**words, "sms_zh": "编号{工单"})
    assert (whole.status_code, "不成对" in whole.text) == (422, True)
    assert draft().revision == seen


def test_a_preview_with_a_ticket_nobody_was_told_of_says_so(administrator, draft):
    fragment = post(
        administrator,
        "/closed/draft/preview",
        as_fragment=True,
        ticket="YJ20200101-00001",
        **typed(administrator),
    )
    assert "没有给工单 YJ20200101-00001 发过消息" in fragment.text


def test_what_is_typed_is_never_run_as_a_template(administrator, draft):
    words = typed(administrator, sms_zh="<b>{工单编号}</b> {% raw %}")
    answer = post(administrator, "/closed/draft", version=draft().revision, **words)
    assert answer.status_code == 422
    assert "&lt;b&gt;" in answer.text
    fine = typed(administrator, sms_zh="<b>{工单编号}</b> ${7*7} #{7*7}".replace("{7*7}", "(7*7)"))
    assert post(administrator, "/closed/draft", version=draft().revision, **fine).status_code == 303
    page = administrator.get("/admin/messages/closed?version=1").text
    assert "&lt;b&gt;YJ20261123-00123&lt;/b&gt; $(7*7) #(7*7)" in page


def test_the_draft_is_sent_to_its_writer_once_for_one_press(administrator, draft, session_factory):
    press = {"language": "zh", "request_key": "press-1"}
    assert post(administrator, "/closed/draft/test", **press).status_code == 303
    assert "已按上次保存的草稿发给您本人：站内信" in administrator.get("/admin/messages/closed/draft").text
    assert post(administrator, "/closed/draft/test", **press).status_code == 303
    with session_factory() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "closed")).all()
    assert {(row.channel, row.template_number, row.subject) for row in rows} == {("mailbox", 1, "")}
    assert len(rows) == 1
    assert post(administrator, "/closed/draft/test", language="fr").status_code == 400


def test_a_second_person_publishes_after_a_look_at_what_changes(administrator, centre, draft):
    words = typed(administrator, sms_zh="新文字{工单编号}")
    post(administrator, "/closed/draft", version=draft().revision, **words)
    assert "请由另一位管理员或中心领导发布" in administrator.get("/admin/messages/closed/draft/publish").text
    own = post(administrator, "/closed/draft/publish", version=draft().revision, note="更通俗")
    assert own.status_code == 403
    page = centre.get("/admin/messages/closed/draft/publish").text
    assert "新文字{工单编号}" in page
    assert "（1 处）" in page
    without = post(centre, "/closed/draft/publish", version=draft().revision, note="")
    assert (without.status_code, "说明：请填写此项" in without.text) == (422, True)
    assert post(centre, "/closed/draft/publish", version=draft().revision, note="更通俗").status_code == 303
    page = centre.get("/admin/messages/closed").text
    assert "第 1 版（现行）" in page
    assert "更通俗" in page


def test_a_draft_is_given_up_after_a_look_at_what_is_lost(administrator, draft):
    assert "作废后不能恢复" in administrator.get("/admin/messages/closed/draft/discard").text
    stale = post(administrator, "/closed/draft/discard", version="older")
    assert stale.status_code == 303
    assert draft().state == "draft"
    assert post(administrator, "/closed/draft/discard", version=draft().revision).status_code == 303
    assert draft().state == "discarded"


def test_beginning_twice_leads_to_the_draft_there_is(administrator, draft):
    answer = post(administrator, "/closed/draft/start", based_on=0)
    assert answer.headers["Location"] == "/admin/messages/closed/draft"
    assert "已有一份草稿" in administrator.get("/admin/messages/closed/draft").text


def test_whoever_publishes_finds_the_draft_over_the_list_and_its_writer_reads_who_does(administrator, centre):
    assert "等待发布的草稿" not in centre.get("/admin/messages").text
    post(administrator, "/closed/draft/start", based_on=0)
    assert re.search(
        r"等待发布的草稿：<a href=\"/admin/messages/closed\">", centre.get("/admin/messages").text
    )
    assert "由另一位管理员或中心领导发布" in administrator.get("/admin/messages/closed/draft").text


def test_the_list_is_searched_by_name_and_by_what_messages_say(administrator):
    assert "办结通知" in administrator.get("/admin/messages?q=办结通知").text
    assert "没有符合的消息" in administrator.get("/admin/messages?q=zzz").text
