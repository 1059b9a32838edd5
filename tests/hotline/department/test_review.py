"""The leader's page: a reply in full, and whether it may leave the house."""

import re

import pytest

from hotline.models.watch_words import WordKind
from tests.hotline.department.office import GOOD_REPLY, csrf, post, sign_in
from tests.hotline.department.test_inbox import form_of, open_number, rows_of
from tests.hotline.sent_back import assert_came_back, press, press_again
from tests.hotline.watched import EMPTY_PHRASES, watch


@pytest.fixture
def leader(client, office):
    return sign_in(client, "leader")


@pytest.mark.parametrize(("who", "where"), [("leader", "/inbox/review"), ("handler", "/inbox")])
def test_a_leader_begins_with_what_waits_for_approval_and_a_handler_with_the_inbox(
    client, office, who, where
):
    assert sign_in(client, who).get("/").headers["Location"] == where


def waiting_reply(office, title: str = "甲", username: str = "handler", **more) -> str:
    number = office.dispatched(title)
    office.on_share(number, username, "sign")
    office.on_share(number, username, "submit_reply", {**GOOD_REPLY, **more})
    return number


def test_the_reply_is_shown_in_full_with_its_contact_and_result(leader, office):
    number = waiting_reply(office, public_answer="电梯已修复。")
    page = leader.get("/inbox/review").text
    assert rows_of(page) == [number]
    for words in (GOOD_REPLY["answer"], "电梯已修复。", "已联系", "已解决"):
        assert words in page


def test_what_deserves_a_second_look_is_pointed_out(leader, office):
    watch(office.factory, WordKind.EMPTY, *EMPTY_PHRASES)
    waiting_reply(office, answer="已阅，按规定办理，请您耐心等待处理结果。", is_confirmed=True)
    assert "用词不当：已阅" in leader.get("/inbox/review").text


def test_an_approved_reply_goes_up_and_the_next_one_opens(leader, office):
    first, second = waiting_reply(office, "甲"), waiting_reply(office, "乙")
    page = leader.get("/inbox/review").text
    url = f"/tickets/{first}/assignments/{office.share(first).id}/actions/approve_unit_reply"
    answer = post(leader, url, **form_of(page, "/actions/approve_unit_reply"))
    assert answer.status_code == 303
    assert office.ticket(first).state == "reply_review"
    assert open_number(leader.get(answer.location).text) == second


def test_a_reply_goes_back_only_with_a_reason(leader, office):
    number = waiting_reply(office)
    refused = press(leader, f"/inbox/review?ticket={number}", "/actions/refuse_unit_reply", reason="")
    page = assert_came_back(refused, number, "待审核", "reason")
    mended = press_again(leader, page, "/actions/refuse_unit_reply", reason="没有写恢复时间")
    assert mended.status_code == 303
    assert office.share(number).state == "handling"


def test_what_is_too_long_to_be_a_reason_comes_back_whole_beside_the_reply_it_is_compared_with(
    leader, office
):
    number = refused_once(office, "第二稿：电梯已经修好了，下午恢复运行。")
    at = f"/inbox/review?ticket={number}"
    answer = press(leader, at, "/actions/refuse_unit_reply", reason="长" * 501)
    page = assert_came_back(answer, number, "待审核", "reason")
    assert page.select_one("#reason").text.strip() == "长" * 501
    assert page.select_one("ins")


def test_nobody_approves_their_own_reply_and_the_page_says_why(client, office):
    number = waiting_reply(office, username="chief")
    sign_in(client, "chief")
    page = client.get("/inbox/review").text
    assert "这份办理结果由您本人提交，不能由您审核" in page
    assert "approve_unit_reply" not in page
    url = f"/tickets/{number}/assignments/{office.share(number).id}/actions/approve_unit_reply"
    assert post(client, url, version=office.ticket(number).version).status_code == 403
    assert office.share(number).state == "unit_review"


def test_another_units_reply_is_not_found(client, office):
    number = waiting_reply(office)
    sign_in(client, "other")
    assert client.get("/inbox/review").status_code == 403
    assert client.get(f"/inbox?ticket={number}").status_code == 404


def test_a_ticket_that_waits_for_nothing_is_shown_without_a_form(leader, office):
    number = office.handled()
    page = leader.get(f"/inbox/review?ticket={number}").text
    assert "没有等您审核的办理结果" in page
    assert "refuse_unit_reply" not in page


def refused_once(office, answer: str) -> str:
    number = waiting_reply(office)
    office.on_share(number, "leader", "refuse_unit_reply", {"reason": "没有写恢复时间"})
    office.on_share(number, "handler", "submit_reply", {**GOOD_REPLY, "answer": answer})
    return number


def test_a_reply_that_comes_again_shows_why_it_went_back_and_what_was_changed(leader, office):
    refused_once(office, GOOD_REPLY["answer"].replace("今天上午", "昨天下午 15 时"))
    page = leader.get("/inbox/review").text
    assert "没有写恢复时间" in page
    assert '<del><span class="vh">删去：</span>今天上午</del>' in page
    assert '<ins><span class="vh">新写：</span>昨天下午 15 时</ins>' in page


def test_any_earlier_reply_may_be_compared_with(leader, office):
    number = refused_once(office, "第二稿：电梯已经修好了，下午恢复运行。")
    office.on_share(number, "leader", "refuse_unit_reply", {"reason": "写明费用由谁出"})
    third = "第三稿：电梯已经修好了，费用由物业公司承担。"
    office.on_share(number, "handler", "submit_reply", {**GOOD_REPLY, "answer": third})
    page = leader.get("/inbox/review").text
    assert "写明费用由谁出" in page
    link = re.search(r'href="([^"]*against=\d+)"', page)[1].replace("&amp;", "&")
    first = leader.get(link).text
    assert "没有写恢复时间" in first
    assert "今后停运会提前三天告知" in first


def test_a_first_reply_is_compared_with_nothing(leader, office):
    waiting_reply(office)
    assert "的答复相比" not in leader.get("/inbox/review").text


def test_while_a_reply_is_written_it_is_looked_over(client, office):
    watch(office.factory, WordKind.EMPTY, *EMPTY_PHRASES)
    sign_in(client, "handler")
    number = office.handled()
    url = f"/tickets/{number}/assignments/{office.share(number).id}/actions/submit_reply/preview"
    typed = {**GOOD_REPLY, "answer": "已阅，按规定办理。", "version": office.ticket(number).version}
    seen = client.post(url, data={"csrf_token": csrf(client), **typed}, headers={"HX-Request": "true"}).text
    assert 'id="reply-checks" hx-swap-oob' in seen
    for words in ("用词不当：已阅", "少于 15 字", "没有附件", "已联系诉求人"):
        assert words in seen
