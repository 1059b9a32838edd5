"""Whom does the catalogue suggest, in which order, and with which reason?"""

from datetime import timedelta

import pytest

from hotline.models.catalog import Category
from hotline.queries.catalogue import list_first, suggest, suggest_for, suggested_unit_ids
from tests.hotline.catalogue.book import NOW


def names(suggestions) -> list[str]:
    return [each.unit for each in suggestions]


def test_the_more_specific_row_comes_first_and_says_its_number_and_basis(session, book):
    book.publish(
        ("CG", "", "CITY", {"basis": "总则"}),
        ("CG-01", "", "WATER", {"basis": "全市口径"}),
        ("CG-01", "东区", "E-CG", {"basis": "三定方案第七条"}),
    )
    found = suggest(session, book.category("CG-01"), "东区", NOW)
    assert names(found) == ["东区城市管理局", "水务集团", "市交通局"]
    assert [each.reason for each in found] == [
        "目录第 3 条“城市管理 / 占道经营”（东区）：三定方案第七条",
        "目录第 2 条“城市管理 / 占道经营”（全市）：全市口径",
        "目录第 1 条“城市管理”（全市）：总则",
    ]


def test_a_branch_speaks_for_the_leaves_under_it_that_have_no_row(session, book):
    book.publish(("CG", "西区", "W-CG"))
    assert names(suggest(session, book.category("CG-02"), "西区", NOW)) == ["西区城市管理局"]
    assert suggest(session, book.category("CG-02"), "东区", NOW) == ()
    assert suggest(session, book.category("QT"), "西区", NOW) == ()
    assert suggest(session, None, "西区", NOW) == ()


def test_a_row_of_the_city_means_the_same_bureau_of_each_district(session, book):
    book.publish(("CG-01", "", "E-CG", {"basis": "属地管理"}))
    found = suggest(session, book.category("CG-01"), "西区", NOW)
    assert names(found) == ["西区城市管理局"]
    assert found[0].reason == "目录第 1 条“城市管理 / 占道经营”（全市，由西区对口单位承办）：属地管理"


def test_a_row_brings_its_co_units_and_its_limit_class(session, book):
    book.publish(("CG-01", "东区", "E-CG", {"co_units": ("WATER", "CITY"), "limit_class": "hard"}))
    first = suggest(session, book.category("CG-01"), "东区", NOW)[0]
    assert [name for _, name in first.co_units] == ["市交通局", "水务集团"]
    assert (first.limit_class, first.limit_label) == ("hard", "疑难")


def test_what_the_neighbouring_district_handled_suggests_nobody_here(session, book):
    book.ticket(unit="W-CG", district="西区")
    book.ticket(unit="CITY", district="西区")
    assert names(suggest(session, book.category("CG-01"), "东区", NOW)) == ["市交通局"]
    assert names(suggest(session, book.category("CG-01"), "", NOW)) == ["西区城市管理局", "市交通局"]


def test_the_owner_of_the_category_and_those_who_kept_most_follow_the_rows(session, book):
    session.get(Category, book.category("CG-01")).owner_unit_id = book.unit("E-CG")
    book.publish(("CG-01", "东区", "WATER"))
    for _ in range(2):
        book.ticket(unit="CITY")
    book.ticket(unit="E-CG", state="returned")
    found = suggest(session, book.category("CG-01"), "东区", NOW)
    assert names(found) == ["水务集团", "东区城市管理局", "市交通局"]
    assert found[1].reason == ("本类诉求默认承办单位，东区对口单位；同类工单近 30 天 1 件由其办理，退单 1 件")
    assert found[2].reason == "近期承办过同类工单；同类工单近 30 天 2 件由其办理，退单 0 件"


def test_what_is_older_than_thirty_days_is_not_counted(session, book):
    book.ticket(unit="CITY")
    assert suggest(session, book.category("CG-01"), "东区", NOW + timedelta(days=31)) == ()


def test_a_unit_that_gave_the_ticket_back_comes_last_and_is_no_suggestion(session, book):
    book.publish(("CG-01", "东区", "E-CG"), ("CG", "", "WATER"))
    ticket = book.returned("E-CG", instead="市交通局")
    found = suggest_for(session, ticket, NOW)
    assert names(found) == ["市交通局", "水务集团", "东区城市管理局"]
    assert found[0].reason == "退单单位建议"
    assert found[2].reason.endswith("已由该单位退回")
    assert suggested_unit_ids(session, ticket, NOW) == (book.unit("CITY"), book.unit("WATER"))


@pytest.mark.parametrize("accused", ["东区城市管理局执法队", "E-CG 的王某"])
def test_the_accused_unit_is_never_suggested_nor_as_a_helper(session, book, accused):
    book.publish(("CG-01", "东区", "E-CG"), ("CG-01", "", "CITY", {"co_units": ("E-CG", "WATER")}))
    found = suggest_for(session, book.ticket(type="report", accused=accused), NOW)
    assert names(found) == ["市交通局"]
    assert [name for _, name in found[0].co_units] == ["水务集团"]


@pytest.mark.parametrize("accused", ["水务集团某科长", "东区城市管理局某队员"])
def test_neither_who_answers_to_the_accused_nor_the_unit_over_it_is_suggested(session, book, accused):
    book.publish(
        ("CG-01", "东区", "E-CG"), ("CG-01", "", "WATER"), ("CG", "", "CITY", {"co_units": ("WATER", "W-CG")})
    )
    book.units["E-CG"].parent_id = book.unit("WATER")
    session.flush()
    ticket = book.ticket(type="report", accused=accused)
    found = suggest_for(session, ticket, NOW)
    assert names(found) == ["市交通局"]
    assert [name for _, name in found[0].co_units] == ["西区城市管理局"]
    assert suggested_unit_ids(session, ticket, NOW) == (book.unit("CITY"),)


def test_whom_a_follower_accuses_is_not_suggested_for_the_master(session, book):
    book.publish(("CG-01", "东区", "E-CG"), ("CG", "", "CITY"))
    master = book.ticket(follower_count=1)
    follower = book.ticket(type="report", accused="东区城市管理局")
    follower.master_id, follower.state, follower.outcome = master.id, "closed", "merged"
    session.flush()
    assert names(suggest_for(session, master, NOW)) == ["市交通局"]


def test_a_helper_that_is_still_at_work_is_not_suggested_again(session, book):
    book.publish(("CG-01", "东区", "E-CG"), ("CG", "", "CITY", {"co_units": ("WATER", "E-CG")}))
    ticket = book.returned("WATER", dispatched_at=NOW)
    book.share(ticket, "E-CG").is_main = False
    session.flush()
    assert [name for name in names(suggest_for(session, ticket, NOW)) if name.startswith("东区")] == []


def test_a_unit_that_has_ended_is_never_suggested(session, book):
    book.publish(("CG-01", "东区", "E-CG", {"co_units": ("WATER",)}), ("CG", "", "CITY"))
    book.units["E-CG"].is_active = False
    session.flush()
    assert names(suggest(session, book.category("CG-01"), "东区", NOW)) == ["市交通局"]


def test_tickets_are_suggested_by_the_version_valid_at_the_time(session, book):
    book.publish(("CG-01", "", "CITY"))
    book.publish(("CG-01", "", "WATER"), at=NOW + timedelta(days=1))
    category = book.category("CG-01")
    assert names(suggest(session, category, "东区", NOW)) == ["市交通局"]
    assert names(suggest(session, category, "东区", NOW + timedelta(days=1))) == ["水务集团"]


def test_a_list_names_the_first_unit_and_whether_a_row_says_so(session, book):
    session.get(Category, book.category("QT")).owner_unit_id = book.unit("CITY")
    book.publish(("CG-01", "", "E-CG"))
    asked = {"a": (book.category("CG-01"), "西区"), "b": (book.category("QT"), "西区")}
    found = list_first(session, {**asked, "c": (book.category("CG-02"), "西区")}, NOW)
    assert {number: (each.unit, each.is_named_by_row) for number, each in found.items()} == {
        "a": ("W-CG", True),
        "b": ("CITY", False),
    }
