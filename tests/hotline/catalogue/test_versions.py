"""How is the catalogue changed: in a draft, by somebody, and published by somebody else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hotline.models.catalogue import CatalogueRow
from hotline.queries.catalogue import suggest
from hotline.queries.catalogue_faults import list_faults, list_uncovered
from hotline.queries.catalogue_pages import list_changes, list_rows
from hotline.queries.catalogue_trial import try_version
from hotline.services.catalogue import RowInput, UnfitError, publish, put_row, remove_row, start_draft
from tests.hotline.catalogue.book import NOW
from workflows.errors import Refused
from workflows.vocabulary import Role

TODAY = date(2026, 11, 23)


@pytest.fixture
def maker(book):
    return book.person("maker", Role.ADMINISTRATOR)


@pytest.fixture
def leader(book):
    return book.person("leader", Role.CENTRE_LEADER)


def row(book, category="CG-01", unit="WATER", **more) -> RowInput:
    return RowInput(book.category(category), more.pop("district", ""), book.unit(unit), basis="依据", **more)


def test_a_draft_begins_as_a_copy_and_leaves_the_published_version_alone(session, book, maker):
    old = book.publish(("CG-01", "", "CITY", {"co_units": ("WATER",)}), ("CG-02", "", "CITY"))
    draft = start_draft(session, maker, NOW)
    assert start_draft(session, maker, NOW) is draft
    put_row(session, row(book, number=1), maker, NOW)
    put_row(session, row(book, "QT"), maker, NOW)
    remove_row(session, 2, maker, NOW)
    before, after = list_rows(session, old.id), list_rows(session, draft.id)
    assert [(each.number, each.unit) for each in before] == [(1, "市交通局"), (2, "市交通局")]
    assert before[0].co_units[0][1] == "水务集团"
    assert [(each.number, each.unit) for each in after] == [(1, "水务集团"), (3, "水务集团")]
    assert [(each.number, bool(each.before), bool(each.after)) for each in list_changes(before, after)] == [
        (1, True, True),
        (2, True, False),
        (3, False, True),
    ]


def test_the_maker_of_a_draft_is_not_its_publisher(session, book, maker, leader):
    start_draft(session, maker, NOW)
    put_row(session, row(book), leader, NOW)
    for actor in (maker, leader):
        with pytest.raises(Refused) as refused:
            publish(session, TODAY, actor, NOW)
        assert refused.value.code == "own_work"


def test_neither_of_two_who_stand_in_for_one_another_publishes_what_the_other_made(session, book, leader):
    colleague = book.person("colleague", Role.DISPATCHER)
    for_leader = replace(leader, user_id=colleague.user_id, for_id=leader.user_id)
    start_draft(session, for_leader, NOW)
    put_row(session, row(book), for_leader, NOW)
    for actor in (leader, for_leader, replace(colleague, roles=leader.roles)):
        with pytest.raises(Refused) as refused:
            publish(session, TODAY, actor, NOW)
        assert refused.value.code == "own_work"


def test_a_published_draft_counts_from_its_day_on(session, book, maker, leader):
    book.publish(("CG-01", "", "CITY"))
    put_row(session, row(book, number=1), maker, NOW)
    publish(session, TODAY + timedelta(days=2), leader, NOW)

    def unit(at):
        return suggest(session, book.category("CG-01"), "东区", at)[0].unit

    assert unit(NOW) == "市交通局"
    assert unit(NOW + timedelta(days=2)) == "水务集团"
    with pytest.raises(Refused):
        remove_row(session, 99, maker, NOW)


def test_a_day_gone_by_and_faulty_rows_cannot_be_published(session, book, maker, leader):
    put_row(session, row(book), maker, NOW)
    with pytest.raises(UnfitError, match="in_the_past"):
        publish(session, TODAY - timedelta(days=1), leader, NOW)
    put_row(session, row(book, unit="CITY"), maker, NOW)
    with pytest.raises(UnfitError, match="has_faults"):
        publish(session, TODAY, leader, NOW)


def test_only_those_with_the_right_role_change_or_publish(session, book):
    dispatcher = book.person("dispatcher", Role.DISPATCHER)
    for act in (
        lambda: start_draft(session, dispatcher, NOW),
        lambda: put_row(session, row(book), dispatcher, NOW),
        lambda: remove_row(session, 1, dispatcher, NOW),
        lambda: publish(session, TODAY, dispatcher, NOW),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "not_your_role"


def test_a_row_says_everything_that_is_wrong_with_it(session, book, maker):
    bad = RowInput(0, "没有的区", 0, (0,), "soon", " ")
    with pytest.raises(Refused) as refused:
        put_row(session, bad, maker, NOW)
    assert {error.field for error in refused.value.errors} == {
        *("category", "main_unit", "co_units", "district", "limit_class", "basis")
    }
    assert session.scalars(select(CatalogueRow)).all() == []


def test_two_rows_for_the_same_matter_conflict_and_narrower_ones_do_not(session, book):
    version = book.publish(
        ("CG", "", "CITY"), ("CG-01", "", "CITY"), ("CG-01", "东区", "E-CG"), ("CG-01", "东区", "WATER")
    )
    faults = list_faults(session, version.id, TODAY)
    assert [(each.kind, each.numbers) for each in faults] == [("conflict", (3, 4))]
    assert faults[0].words == "“城市管理 / 占道经营”在东区有 2 条"


def test_rows_that_name_what_has_ended_are_dead(session, book):
    version = book.publish(("CG-01", "", "CITY"), ("CG-02", "", "WATER", {"co_units": ("E-CG",)}))
    assert list_faults(session, version.id, TODAY) == ()
    book.units["CITY"].ended_on = TODAY
    book.units["E-CG"].is_active = False
    session.flush()
    faults = list_faults(session, version.id, TODAY)
    assert [each.words for each in faults] == ["主办单位“市交通局”已停用", "协办单位“东区城市管理局”已停用"]


def test_leaves_without_any_row_are_listed(session, book):
    version = book.publish(("CG-01", "东区", "E-CG"))
    assert [leaf.code for leaf in list_uncovered(session, version.id)] == ["CG-02", "QT"]
    whole = book.publish(("CG", "", "CITY"), ("QT", "", "CITY"))
    assert list_uncovered(session, whole.id) == ()


def test_a_trial_run_counts_what_would_stay_and_lists_what_would_change(session, book):
    version = book.publish(("CG-01", "", "E-CG"))
    book.ticket(unit="E-CG")
    book.ticket(unit="W-CG", district="西区")
    changed = book.ticket(unit="E-CG", state="returned")
    book.share(changed, "WATER")
    book.ticket("QT", unit="CITY")
    book.ticket("QT")
    book.ticket(unit="CITY", dispatched_at=NOW - timedelta(days=31))
    trial = try_version(session, version.id, NOW - timedelta(days=30), NOW + timedelta(minutes=1))
    assert (trial.total, trial.same, trial.none) == (4, 2, 1)
    assert [(each.number, each.used, each.would) for each in trial.changed] == [
        (changed.number, "水务集团", "东区城市管理局")
    ]
