"""An entry is found by one character, by words, by pinyin in full or in initials, and by its number."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from hotline.queries.knowledge_search import Narrowed, Told, list_pinned, search, suggest
from hotline.queries.search_words import Weighed, pieces_of, terms_of
from tests.hotline.knowledge.book import LIFT, TODAY
from tests.plans import explained

FUND = replace(
    LIFT,
    title="公积金提取条件",
    questions="住房公积金怎么取\n买房能提公积金吗",
    answer="购买自住住房、退休、出境定居的，可以提取。",
    talking_point="购房、退休等情形可以提取，带身份证到中心或网上办理。",
    basis="《住房公积金管理条例》第二十四条",
)
LAMP = replace(
    LIFT,
    title="路灯不亮报修",
    questions="",
    answer="由城管部门在两日内修复，ETC 龙门架照明除外。",
    talking_point="已经记下，两日内修复。",
    basis="《城市照明管理规定》",
)


@pytest.fixture
def shelf(book):
    return {"lift": book.published(), "fund": book.published(FUND), "lamp": book.published(LAMP)}


def found(session, query, **narrowed):
    return [each.title for each in search(session, query, Narrowed(**narrowed), TODAY)]


@pytest.mark.parametrize(
    "query",
    [
        "公积金",
        "公积金 提取",
        "金",
        "取",
        "退休",
        "gongjijin",
        "gongj",
        "tiqu",
        "gjj",
        "gjjtq",
        "GJJ",
        "ｇｊｊ",
        "gong ji jin",
        "公积金tq",
        "mai fang",
    ],
)
def test_an_entry_is_found_however_one_begins_to_type(session, shelf, query):
    assert found(session, query)[0] == FUND.title


@pytest.mark.parametrize("query", ["灯", "路灯", "不亮", "etc", "ETC", "照明管理", "ludeng", "ldbl"])
def test_words_inside_other_words_are_found(session, shelf, query):
    assert LAMP.title in found(session, query)


@pytest.mark.parametrize("query", ["公积金路灯", "自来水", "xyz", "？！", "金公"])
def test_what_nothing_says_finds_nothing(session, shelf, query):
    assert found(session, query) == []


def test_a_number_finds_its_entry_with_or_without_letters_and_noughts(session, shelf):
    entry_id = shelf["lamp"].entry_id
    for query in (f"ZS{entry_id:05d}", f"zs{entry_id}", str(entry_id), f" {entry_id:05d} "):
        assert found(session, query) == [LAMP.title]


def test_a_title_comes_before_a_mention(session, book, shelf):
    book.published(replace(LAMP, title="小区照明", answer="公积金提取条件见另一条。"))
    assert found(session, "公积金提取条件") == [FUND.title, "小区照明"]


def test_only_what_holds_is_found(session, book, shelf):
    book.draft(replace(FUND, title="公积金贷款"))
    assert found(session, "公积金") == [FUND.title]


def test_entries_of_a_unit_or_a_category_are_found_alone(session, book, shelf):
    roads = book.publish(
        book.draft(
            replace(LAMP, title="道路路灯", category_id=book.category("POTHOLE")),
            unit="ROADS",
            by="administrator",
        ),
        leader="leader_roads",
    )
    assert found(session, "路灯", unit_id=book.town.units["ROADS"]) == ["道路路灯"]
    assert found(session, "", category_path="路面坑洼") == ["道路路灯"]
    newest = found(session, "")
    assert newest[0] == "道路路灯"
    assert found(session, "", before=roads.id) == newest[1:]


def test_a_caller_s_words_bring_what_shares_rare_words_with_them(session, shelf):
    call = Told("您好，我去年退休了，请问我的住房公积金现在能不能取出来？")
    assert [each.title for each in suggest(session, call, TODAY)] == [FUND.title]
    assert suggest(session, Told("今天天气很好"), TODAY) == []


def test_the_category_of_a_call_brings_its_entries_behind_what_was_said(session, book, shelf):
    pothole = book.draft(replace(LAMP, title="坑洼报修", category_id=book.category("POTHOLE")))
    book.publish(pothole)
    call = Told("电梯停运三天没人修", book.category("POTHOLE"))
    assert {each.title for each in suggest(session, call, TODAY)} == {LIFT.title, "坑洼报修"}


def test_pinned_wording_is_before_everybody(session, book, shelf):
    book.published(replace(LAMP, title="停水统一口径", is_pinned=True))
    assert [each.title for each in list_pinned(session, TODAY)] == ["停水统一口径"]


def test_a_citation_names_number_version_and_title(session, shelf):
    (fund,) = search(session, "gjjtqtj", Narrowed(), TODAY)
    assert fund.citation == f"知识库 ZS{fund.entry_id:05d} 第 1 版《公积金提取条件》"


@given(st.text(alphabet="公积金提取条件路灯修缮𠮷 aA1，", min_size=1, max_size=30), st.data())
def test_every_part_of_a_text_is_found_by_its_pieces(words, data):
    terms = terms_of(Weighed(words, 1))
    begin = data.draw(st.integers(0, len(words) - 1))
    part = words[begin : begin + data.draw(st.integers(1, 6))]
    for piece in pieces_of(part):
        matching = [
            term
            for term in terms
            if (term.startswith(piece.text) if piece.is_beginning else term == piece.text)
        ]
        # A Latin word is found by its beginning, not by its end.
        assert matching or piece.text.isascii()


@pytest.mark.parametrize("query", ["公积金提取", "金", "gjj"])
def test_the_search_reads_the_index_of_terms(session, shelf, engine, backend, query):
    if backend == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))
    with explained(engine, "SELECT knowledge_entries") as plans:
        search(session, query, Narrowed(), TODAY)
    reads = [plan for plan in plans if "knowledge_terms" in plan]
    by_term = [plan for plan in plans if "(term" in plan and ("SEARCH" in plan or "Index Cond" in plan)]
    assert len(by_term) >= len(pieces_of(query))
    assert not [plan for plan in reads if "Seq Scan" in plan or plan.startswith("SCAN")]
