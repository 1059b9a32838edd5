"""Eighth tale on screens: a bureau passes the work to the street below it, which answers, gives back, or loses it."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.walks.road import (
    audit,
    dispatch,
    find,
    go,
    open_form,
    press,
    review_intake,
    send,
    sign,
    told,
)
from tests.browser.walks.walker import Walker

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

CALL = "青桐路 12 号小区门口的夜宵摊每晚摆到凌晨两点，油烟和噪声很大，占了整条人行道，请管一管。"
TASK = "请今晚到现场核实摊位数量，责令占道摊位退回店内。"
CHILD_ANSWER = "街道昨晚到场，三家摊位占道属实，已责令退回店内，并安排每晚十点巡查。"
ANSWER = "我局会同青桐街道到场查看，三家摊位已退回店内经营，街道每晚十点巡查一周。"


def passed_down(visitors: Visitors, tale: str) -> Walker:
    walker = Walker(visitors, tale)
    walker.call(CALL, "城市管理", phone="13912345901")
    review_intake(walker)
    dispatch(walker, "WT-CG")
    sign(walker, "handler")
    page = find(walker, "handler", "/inbox", "办理中")
    open_form(page, "下派")
    walker.look(page, "form-to-pass-down")
    page.get_by_label(re.compile("下派单位")).select_option(label="梧桐区青桐街道办事处")
    send(page, advice=TASK)
    walker.look(find(walker, "handler", "/inbox", "已下派"), "bureau-waits")
    return walker


def pick(page: Page, name: str, value: str) -> None:
    page.locator(f"main input[name={name}][value={value}]").check(force=True)


def shown(page: Page, words: str) -> None:
    page.locator("main").get_by_text(words).first.wait_for()


def answer_by_keyboard(walker: Walker) -> None:
    """The street signs, answers without a reason for not calling, is told so, and mends it, all by the keyboard."""
    page = find(walker, "street", "/inbox", "待签收")
    shown(page, TASK)
    walker.look(page, "street-has-it")
    page.keyboard.press("a")
    told(page, "签收")
    page = find(walker, "street", "/inbox", "办理中")
    page.focus("#reply-form [name=contact]")
    page.keyboard.press("ArrowLeft")
    page.focus("#reply-form [name=result]")
    page.keyboard.press("Space")
    page.focus("#f-answer")
    page.keyboard.insert_text(CHILD_ANSWER)
    page.keyboard.press("Control+Enter")
    page.locator("#error-summary").wait_for()
    walker.look(page, "street-forgot-the-reason")
    assert page.locator("[name=answer]").input_value() == CHILD_ANSWER
    page.locator("#error-summary a").first.press("Enter")
    page.keyboard.insert_text("由区局统一联系")
    page.keyboard.press("Control+Enter")
    page.locator("#error-summary").wait_for(state="detached")


def take_over(walker: Walker) -> None:
    page = find(walker, "handler", "/inbox", "办理中")
    shown(page, CHILD_ANSWER)
    walker.look(page, "bureau-reads-the-street")
    open_form(page, "先行联系")
    pick(page, "way", "phone")
    send(page, result="已电话联系，诉求人说明了情况")
    page = find(walker, "handler", "/inbox", "办理中")
    press(page, "采用下级答复")
    assert page.locator("[name=answer]").input_value() == CHILD_ANSWER
    pick(page, "contact", "contacted")
    walker.look(page, "bureau-takes-the-answer-over")
    send(page, answer=ANSWER)
    told(page, "提交")


def test_the_street_answers_the_bureau_and_the_bureau_answers_the_citizen(visitors: Visitors) -> None:
    walker = passed_down(visitors, "streets")
    answer_by_keyboard(walker)
    take_over(walker)
    page = find(walker, "leader", "/inbox/review")
    walker.look(page, "leader-reviews")
    press(page, "同意上报")
    audit(walker)
    page = find(walker, "callback", "/callback")
    pick(page, "solved", "yes")
    pick(page, "satisfaction", "satisfied")
    press(page, "办结并看下一件")
    ticket = walker.ticket()
    assert (ticket.state, ticket.outcome) == ("closed", "resolved")
    page = walker.sms("已办结")
    link = page.locator("a[href*='/t/']").first.get_attribute("href") or ""
    page = walker.window("", re.sub(r"^https?://[^/]+", "", link))
    shown(page, ANSWER)
    assert page.get_by_text(CHILD_ANSWER).count() == 0
    walker.look(page, "citizen-reads-the-bureau")
    walker.end()


def test_the_street_gives_it_back_to_the_bureau(visitors: Visitors) -> None:
    walker = passed_down(visitors, "streets-back")
    page = find(walker, "street", "/inbox", "待签收")
    open_form(page, "申请退单")
    walker.look(page, "street-asks-to-give-back")
    pick(page, "reason", "not_our_duty")
    send(page, basis="占道执法权在区局，街道没有执法权限。")
    told(page, "退单")
    page = walker.window("street", "/requests/mine")
    shown(page, walker.number)
    walker.look(page, "street-has-asked")
    page = walker.window("handler", "/inbox")
    go(page, page.get_by_role("link", name=re.compile("待我审批")))
    go(page, page.locator(".list li", has_text=walker.number).get_by_role("link"))
    walker.look(page, "bureau-decides")
    press(page, "驳回")
    page.locator("#error-summary").wait_for()
    walker.look(page, "bureau-refuses-without-a-word")
    press(page, "取消")
    go(page, page.locator(".list li", has_text=walker.number).get_by_role("link"))
    page.fill("[name=reason]", "由我局直接办理")
    press(page, "同意")
    page = find(walker, "handler", "/inbox", "办理中")
    shown(page, "已退单")
    walker.look(page, "bureau-has-it-again")
    walker.end()


def test_the_bureau_takes_it_back(visitors: Visitors) -> None:
    walker = passed_down(visitors, "streets-taken")
    sign(walker, "street")
    page = find(walker, "handler", "/inbox", "已下派")
    open_form(page, "收回")
    walker.look(page, "bureau-takes-it-back")
    send(page, reason="局里已派人处理")
    told(page, "收回")
    walker.look(find(walker, "handler", "/inbox", "办理中"), "bureau-has-it-again")
    page = walker.window("street", "/inbox")
    page.fill("form[role=search] [name=q]", walker.number)
    page.keyboard.press("Enter")
    shown(page, "没有符合条件的工单")
    walker.end()
