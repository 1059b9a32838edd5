"""The storm day on screens: five calls about one thing; one key urges, one registers and proposes the merger."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.walks.road import dispatch, find, from_menu, go, press, review_intake, told
from tests.browser.walks.walker import Walker

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

CALL = "栖凤路 77 号地下车库进水，水已经没过膝盖，配电间有危险，请派人抽水。"
AGAIN = "栖凤路 77 号车库还在进水，没过膝盖了，什么时候来人抽水？"
PLACE = {"address": "栖凤路 77 号", "district": "梧桐区", "street": "栖凤街道"}


def begin(walker: Walker, phone: str, name: str) -> Page:
    """A neighbour calls: the agent types by the keyboard and the assistant finds what may be the same."""
    page = walker.window("agent", "/desk")
    page.locator("#call-form input[name=type][value=complaint]").check(force=True)
    page.focus("#call-form [name=citizen_name]")
    page.keyboard.insert_text(name)
    page.keyboard.press("Tab")
    page.keyboard.insert_text(phone)
    for field, words in PLACE.items():
        page.focus(f"#call-form [name={field}]")
        page.keyboard.insert_text(words)
    page.focus("#content")
    page.keyboard.insert_text(AGAIN)
    page.focus("#category")
    page.keyboard.type("wy")
    page.keyboard.press("Enter")
    page.locator("#assist").get_by_text(walker.number).first.wait_for()
    return page


def test_five_calls_about_one_cellar(visitors: Visitors) -> None:
    walker = Walker(visitors, "storm")
    master = walker.call(CALL, "物业", phone="13912345931", **PLACE)
    review_intake(walker)
    dispatch(walker, "WT-CG")
    page = begin(walker, "13912345932", "何秀兰")
    walker.look(page, "second-call-finds-the-first")
    page.keyboard.press("F4")
    page.get_by_text(re.compile("已催办")).wait_for()
    walker.look(page, "urged-by-one-key")
    assert walker.ticket(master).urge_count == 1
    page = begin(walker, "13912345933", "罗建平")
    page.keyboard.press("F4")
    page.locator("#error-summary, .alert--bad").first.wait_for()
    walker.look(page, "urged-too-soon")
    assert page.locator("#content").input_value() == AGAIN
    followers = []
    for phone, name in (("13912345933", "罗建平"), ("13912345934", "唐婉清"), ("13912345935", "曹志远")):
        page = begin(walker, phone, name)
        page.keyboard.press("Shift+F4")
        page.get_by_text(re.compile("请告诉来电人")).wait_for()
        followers.append(re.search(r"YJ\d{8}-\d+", page.locator(".flashes").inner_text())[0])
    walker.look(page, "registered-to-be-merged")
    for follower in followers:
        walker.number = follower
        review_intake(walker)
        page = find(walker, "dispatcher", "/dispatch")
        if follower == followers[0]:
            walker.look(page, "dispatcher-sees-the-master")
        go(page, page.get_by_role("button", name=f"并入 {master}"))
        told(page, "并")
    walker.number = master
    ticket = walker.ticket()
    assert (ticket.follower_count, ticket.urge_count) == (3, 1)
    assert walker.ticket(followers[-1]).outcome == "merged"
    page = walker.window("supervisor", "/board")
    from_menu(page, re.compile("督办与台账"))
    go(page, page.get_by_role("link", name="并案", exact=True))
    walker.look(page, "supervisor-reads-the-mergers")
    walker.number = followers[-1]
    page = walker.sms("并")
    walker.look(page, "neighbour-is-told")
    page = find_master(walker, master)
    walker.look(page, "unit-reads-the-urging")
    press(page, "签收")
    walker.end()


def find_master(walker: Walker, master: str) -> Page:
    walker.number = master
    page = find(walker, "handler", "/inbox", "待签收")
    page.locator("main").get_by_text(re.compile("催办 1 次")).first.wait_for()
    return page
