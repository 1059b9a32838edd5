"""The auditor's page: the citizen's matter beside the answers, and what becomes of them."""

import re

import pytest

from hotline.models.watch_words import WordKind
from tests.hotline.department.office import post, sign_in
from tests.hotline.department.test_inbox import form_of, open_number, rows_of
from tests.hotline.sent_back import assert_came_back, press, press_again
from tests.hotline.watched import EMPTY_PHRASES, watch


@pytest.fixture
def auditor(client, office):
    return sign_in(client, "auditor")


def test_every_units_answer_stands_beside_what_was_asked(auditor, office):
    watch(office.factory, WordKind.EMPTY, *EMPTY_PHRASES)
    number = office.handled("甲", co_units=["WT-CG"])
    office.on_share(number, "helper", "sign", unit="WT-CG")
    late = {
        "contact": "not_needed",
        "no_contact_reason": "由主办单位联系",
        "result": "explained",
        "answer": "按规定办理，现场已由我局设置围挡并清理。",
        "is_confirmed": True,
    }
    office.on_share(number, "helper", "submit_reply", late, unit="WT-CG")
    main = {"contact": "contacted", "result": "resolved", "answer": "已更换电梯主板，今天上午恢复运行。"}
    office.on_share(number, "handler", "submit_reply", main)
    office.on_share(number, "leader", "approve_unit_reply")
    page = auditor.get("/review").text
    assert rows_of(page) == [number]
    assert page.index("梧桐区住房和城乡建设局的答复（主办）") < page.index("梧桐区城市管理局的答复（协办）")
    for words in (
        "老人上下楼难",
        "已更换电梯主板",
        "设置围挡",
        "用词「按规定办理」",
        "检查通过",
        "由主办单位联系",
    ):
        assert words in page


def test_a_leaked_number_is_pointed_out_and_not_published(auditor, office):
    number = office.replied(public_answer="请拨打 13900000000 联系物业。", is_confirmed=True)
    assert "需要再核对：手机号" in auditor.get("/review").text
    url = f"/tickets/{number}/actions/approve_reply"
    form = {"is_public": "1", "public_answer": "请拨打 13900000000 联系物业。"}
    refused = post(auditor, url, version=office.ticket(number).version, **form)
    assert refused.status_code == 409
    assert "请拨打 13900000000 联系物业。" in refused.text
    assert office.ticket(number).state == "reply_review"


def test_what_fills_the_public_answer_is_not_said_to_be_published_before_it_is_ticked(auditor, office):
    office.replied()
    page = auditor.get("/review").text
    assert "勾选“公开答复”后才公布" in page
    assert "会对外公开，" not in page


def test_an_approved_reply_goes_to_callback_and_the_next_one_opens(auditor, office):
    first, second = office.replied("甲"), office.replied("乙")
    page = auditor.get("/review").text
    fields = form_of(page, "/actions/approve_reply")
    answer = post(
        auditor, f"/tickets/{first}/actions/approve_reply", **fields, is_public="1", public_answer="已修复。"
    )
    assert answer.status_code == 303
    assert office.ticket(first).state == "to_call_back"
    assert office.ticket(first).public_answer == "已修复。"
    assert open_number(auditor.get(answer.location).text) == second


def test_a_reply_is_sent_back_with_one_or_more_reasons(auditor, office):
    number = office.replied()
    fields = form_of(auditor.get("/review").text, "/actions/send_back_reply")
    url = f"/tickets/{number}/actions/send_back_reply"
    assert post(auditor, url, **fields).status_code == 422
    reasons = ["missed_points", "evasive"]
    assert post(auditor, url, **fields, reasons=reasons, note="没有答复恢复时间").status_code == 303
    assert office.ticket(number).state == "in_process"
    assert office.ticket(number).send_back_count == 1


def test_who_wants_no_callback_is_closed_here_with_an_outcome(auditor, office):
    number = office.waiting("甲", callback_wanted=False)
    office.act("dispatcher", number, "dispatch", {"main_unit": "WT-ZJ"})
    office.on_share(number, "handler", "sign")
    reply = {
        "contact": "contacted",
        "result": "explained",
        "answer": "经核查，属于正常检修，已向您解释说明。",
    }
    office.on_share(number, "handler", "submit_reply", reply)
    office.on_share(number, "leader", "approve_unit_reply")
    page = auditor.get("/review").text
    assert "办结（无需回访）" in page
    assert "/actions/approve_reply" not in page
    assert re.search(r'value="explained" (selected|checked)', page)
    fields = form_of(page, "/actions/close_without_callback")
    url = f"/tickets/{number}/actions/close_without_callback"
    assert post(auditor, url, **fields, outcome="explained").status_code == 303
    assert office.ticket(number).outcome == "explained"


def test_a_stale_decision_is_a_conflict(auditor, office):
    number = office.replied()
    seen = office.ticket(number).version
    office.act("agent", number, "note", {"text": "来电补充", "visibility": "internal"})
    url = f"/tickets/{number}/actions/send_back_reply"
    answer = post(auditor, url, version=seen, reasons="evasive", note="请写明时间")
    assert answer.status_code == 409
    assert "请写明时间" in answer.text


def test_only_auditors_may_come_here_or_decide(client, office):
    number = office.replied()
    assert sign_in(client, "handler").get("/review").status_code == 403
    version = office.ticket(number).version
    assert post(client, f"/tickets/{number}/actions/approve_reply", version=version).status_code == 403
    assert office.ticket(number).state == "reply_review"


@pytest.mark.parametrize(
    ("button", "typed", "field_id"),
    [
        ("send_back_reply", {"note": "没有答复恢复时间"}, "f-reasons"),
        ("approve_reply", {"is_public": "1", "public_answer": "长" * 10_001}, "f-public_answer"),
    ],
    ids=["sent back without a reason", "published too long"],
)
def test_a_refused_review_comes_back_in_the_list_with_every_word(auditor, office, button, typed, field_id):
    number, _ = office.replied("甲"), office.replied("乙")
    answer = press(auditor, f"/review?q=和平里&ticket={number}", f"/actions/{button}", **typed)
    page = assert_came_back(answer, number, "办结审核", field_id)
    assert page.select_one("[name=q]")["value"] == "和平里"
    assert all(words in answer.text for words in typed.values() if words != "1")
    mended = {"reasons": "evasive", "public_answer": "已修复。"}
    assert press_again(auditor, page, f"/actions/{button}", **mended).status_code == 303


def test_an_empty_list_says_so(auditor, office):
    assert "现在没有工单" in auditor.get("/review").text
