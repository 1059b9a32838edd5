"""Third tale on screens: one lift stands still, five call; four are merged, and each of them rates alone."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.walks.road import (
    ANSWER,
    answer,
    citizen,
    dispatch,
    find,
    go,
    open_form,
    press,
    review_intake,
    send,
    sign,
    told_wrong,
)
from tests.browser.walks.walker import Walker

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

PLACE = {"address": "枫林小筑 5 幢", "district": "梧桐区"}
CONTENT = "枫林小筑电梯停运三天，家住十二楼，老人无法下楼，请尽快修复。"
PUBLIC = "电梯曳引机已更换并通过检验，今晚恢复运行，停运期间的物业费按天退还。"


def call_as(walker: Walker, serial: int) -> str:
    number = walker.call(CONTENT, "电梯", phone=f"1380000{serial:04d}", citizen_name=f"邻居{serial}", **PLACE)
    review_intake(walker)
    return number


def merge(walker: Walker, number: str, master: str) -> None:
    walker.number = number
    page = find(walker, "dispatcher", "/dispatch")
    card = page.get_by_role("button", name=f"并入 {master}")
    card.wait_for()
    walker.look(page, "dispatcher-alike")
    go(page, card)


def merge_by_hand(walker: Walker, number: str, master: str) -> None:
    """Where the page suggests nothing, the form of merging takes the number of the master."""
    walker.number = number
    page = find(walker, "dispatcher", "/dispatch")
    press(page, "其他操作")
    open_form(page, "并案")
    walker.look(page, "dispatcher-merge-form")
    send(page)
    told_wrong(page, "主单编号")
    page.get_by_label("主单编号").fill(master)
    send(page)
    walker.look(page, "dispatcher-merged")


def let_go(walker: Walker, number: str) -> None:
    page = walker.window("supervisor", "/board")
    press(page, "督办与台账")
    go(page, page.locator(".views a", has_text="并案"))
    walker.look(page, "supervisor-merged")
    go(page, page.get_by_role("link", name=number))
    open_form(page, "解除并案")
    send(page)
    told_wrong(page, "解除并案的理由")
    send(page, reason="诉求人反映的是另一栋楼的电梯")
    walker.look(page, "supervisor-let-go")
    assert walker.ticket(number).state == "to_dispatch"


def pass_the_answer(walker: Walker, master: str) -> None:
    walker.number = master
    page = find(walker, "auditor", "/review")
    walker.look(page, "auditor-master")
    press(page, "审核通过")
    told_wrong(page, "对外公开的答复")
    walker.look(page, "auditor-public-missing")
    page.get_by_label(re.compile("对外公开的答复")).first.fill(PUBLIC)
    press(page, "审核通过")
    assert walker.ticket().state == "to_call_back"


def rate_by_link(walker: Walker, number: str) -> None:
    page = walker.sms("已答复", number)
    link = page.locator("a[href*='/t/']").first.get_attribute("href") or ""
    page.goto(walker.city.address + re.sub(r"^https?://[^/]+", "", link))
    press(page, "评价办理结果")
    walker.look(page, "citizen-rates")
    press(page, "提交评价")
    page.get_by_text(re.compile("需要修改")).wait_for()
    page.get_by_label("已解决", exact=True).check(force=True)
    page.get_by_label("非常满意", exact=True).check(force=True)
    press(page, "提交评价")
    walker.look(page, "citizen-thanks")


def rate_by_telephone(walker: Walker, number: str) -> Page:
    walker.number = number
    page = find(walker, "callback", "/callback", "并案待评")
    assert page.get_by_text(PUBLIC).count()
    walker.look(page, "callback-follower")
    open_form(page, "并案评价")
    send(page)
    told_wrong(page, "是否解决", "满意度")
    walker.look(page, "callback-rates-empty")
    page.locator("#move-form [name=solved][value=no]").check(force=True)
    page.locator("#move-form [name=satisfaction][value=dissatisfied]").check(force=True)
    send(page)
    walker.look(page, "callback-rated")
    return page


def test_each_of_the_callers_rates_alone(visitors: Visitors) -> None:
    walker = Walker(visitors, "elevator")
    master = call_as(walker, 1)
    dispatch(walker, "WT-CG")
    followers = [call_as(walker, serial) for serial in range(2, 6)]
    for number in followers[:3]:
        merge(walker, number, master)
    merge_by_hand(walker, followers[3], master)
    page = citizen(walker, followers[0])
    walker.look(page, "citizen-follows")
    assert page.get_by_text(master).count()
    let_go(walker, followers[3])
    walker.number = master
    sign(walker, "handler")
    answer(walker, "handler")
    pass_the_answer(walker, master)
    page = citizen(walker, followers[0])
    assert page.get_by_text(PUBLIC).count()
    assert page.get_by_text(ANSWER).count() == 0
    walker.look(page, "citizen-answer")
    rate_by_link(walker, followers[0])
    rate_by_telephone(walker, followers[1])
    walker.end()
