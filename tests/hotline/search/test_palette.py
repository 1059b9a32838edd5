"""What Ctrl K finds: tickets one may see, and pages of one's own menu, by characters or pinyin."""

import html
import re

from flask.testing import FlaskClient

from tests.hotline.clerks import submitted


def found(browser: FlaskClient, words: str) -> list[str]:
    lines = browser.get("/palette", query_string={"q": words}, headers={"HX-Request": "true"}).text
    return [html.unescape(url) for url in re.findall(r'data-url="([^"]+)"', lines)]


def test_pages_are_found_by_their_name_its_initials_and_its_pinyin(agent):
    for words in ("工单检索", "检索", "检", "gdjs", "gongdanjiansuo", "jiansuo"):
        assert found(agent, words) == ["/search"]
    assert {"/desk", "/search", "/knowledge"} <= set(found(agent, ""))


def test_pages_behind_those_of_the_menu_are_found_by_whoever_may_open_them(agent, browser_of):
    supervisor = browser_of("supervisor")
    behind = {
        "单位比较": "/figures/units",
        "趋势": "/figures/trends",
        "dp": "/wall",
        "挂账": "/board/suspended",
    }
    for words, url in behind.items():
        assert url in found(supervisor, words), words
        assert url not in found(agent, words), words


def test_nobody_is_shown_a_page_or_a_ticket_that_is_not_theirs(agent, browser_of, session_factory, town):
    number = submitted(session_factory, town, title="电梯停运")
    for words in (number, "电梯", "梯"):
        assert found(agent, words)[0] == f"/tickets/{number}"
        assert found(browser_of("handler_housing"), words) == []
    assert found(browser_of("handler_housing"), "派单") == []


def test_tickets_of_one_title_are_told_apart_by_their_street(agent, session_factory, town):
    for street in ("望江街道", "渡口街道"):
        submitted(session_factory, town, title="电梯停运", district="滨江区", street=street)
    lines = agent.get("/palette", query_string={"q": "停运"}, headers={"HX-Request": "true"}).text
    assert "望江街道" in lines
    assert "渡口街道" in lines


def test_words_that_nothing_can_be_looked_for_by_find_nothing(agent):
    assert found(agent, "%") == found(agent, "没有的词") == []


def test_without_javascript_it_is_a_page_with_links(agent):
    page = agent.get("/palette?q=检索").text
    assert '<a href="/search">工单检索</a>' in page
