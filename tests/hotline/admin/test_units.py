"""Units come about, move, end and merge: what hangs on them goes along, and nothing of the past is rewritten."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.catalog import Category
from hotline.models.catalogue import CatalogueVersion
from hotline.models.directory import DirectoryChange
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Assignment, TicketEvent
from hotline.queries.catalogue import suggest
from hotline.queries.directory import list_units
from hotline.queries.unit_effects import list_blockers, list_open_tickets
from hotline.scheduler import keep_unit_dates
from hotline.services import accounts, unit_endings, units
from hotline.services.accounts import Client, NewUser
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.directory_changes import Signed
from hotline.services.lifecycle import Command
from hotline.services.unit_endings import Ending
from hotline.services.units import NewUnit, UnitInput
from tests.copies import copied
from tests.hotline.catalogue.book import Book
from tests.hotline.clerks import hidden_of
from workflows.errors import Code, FieldCode, Refused
from workflows.vocabulary import Role

NOW = datetime.now(UTC)


def unit_of(session, code):
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def add(session, signed, code, parent=None, **written):
    above = None if parent is None else unit_of(session, parent).id
    return units.create_unit(
        session, NewUnit(code, above, UnitInput(f"{code} 单位", "bureau", **written)), signed
    )


def refused(act, *arguments):
    with pytest.raises(Refused) as caught:
        act(*arguments)
    return caught.value


def test_a_unit_never_comes_under_itself_nor_deeper_than_three_tiers(session_factory, city, signed):
    with session_factory.begin() as session:
        add(session, signed, "CG-1", "CG")
        cg, below = unit_of(session, "CG"), unit_of(session, "CG-1")
        found = [
            refused(units.move_unit, session, cg.id, below.id, None, signed).errors[0].code,
            refused(units.move_unit, session, cg.id, cg.id, None, signed).errors[0].code,
            refused(units.move_unit, session, cg.id, unit_of(session, "JT").id, None, signed).errors[0].code,
            refused(add, session, signed, "CG-1-1", "CG-1").errors[0].code,
        ]
    assert found == [FieldCode.UNDER_ITSELF, FieldCode.UNDER_ITSELF, FieldCode.TOO_DEEP, FieldCode.TOO_DEEP]


def test_of_two_who_edit_one_unit_the_first_wins_and_the_other_keeps_what_was_typed(
    app, city, session_factory
):
    browser = city.sign_in(app, "administrator")
    form = hidden_of(browser.get("/admin/units/CG/edit").text, "/admin/units/CG/edit")
    written = {"name": "梧桐区城管执法局", "kind": "bureau", "reason": "更名", "has_reply_review": ""}
    assert browser.post("/admin/units/CG/edit", data={**form, **written}).status_code == 303
    late = browser.post(
        "/admin/units/CG/edit", data={**form, **written, "name": "城管委", "request_key": "another"}
    )
    assert late.status_code == 409
    assert 'value="城管委"' in late.text
    assert "由“梧桐区城管局”改为“梧桐区城管执法局”" in late.text
    with session_factory() as session:
        change = session.scalars(select(DirectoryChange)).one()
        assert (unit_of(session, "CG").name, change.reason) == ("梧桐区城管执法局", "更名")
        assert ["name", "梧桐区城管局", "梧桐区城管执法局"] in change.changed


def test_the_history_of_a_unit_tells_its_number_and_address_no_further_than_needed(
    app, city, session_factory, signed
):
    with session_factory.begin() as session:
        cg = unit_of(session, "CG")
        written = UnitInput(cg.name, cg.kind, liaison_phone="057187654321", liaison_email="li@city.example")
        units.edit_unit(session, cg.id, written, None, signed)
        kept = str(session.scalars(select(DirectoryChange.changed)).one())
        # As it was written down before numbers were masked.
        old = [["liaison_phone", "05718800123", "057112345678"]]
        session.add(
            DirectoryChange(
                listed="unit",
                subject_id=cg.id,
                version=9,
                act="changed",
                changed=old,
                reason="旧",
                by_name="某",
                at=NOW,
            )
        )
    page = city.sign_in(app, "administrator").get("/admin/units/CG").text
    for number in ("057187654321", "05718800123", "057112345678", "li@city.example"):
        assert number not in page
    assert "****4321" in page
    assert "****5678" in page
    assert "l***@city.example" in page
    assert "057187654321" not in kept
    assert "li@city.example" not in kept


def test_a_unit_with_open_work_does_not_end_today_and_the_page_names_the_tickets(app, city, session_factory):
    number = city.dispatched(NOW)
    browser = city.sign_in(app, "administrator")
    page = browser.get(f"/admin/units/CG/end?on={_today(session_factory)}&successor=").text
    assert "影响 1 件在办工单，1 个诉求分类，1 人" in page
    form = hidden_of(page, "/admin/units/CG/end")
    answer = browser.post("/admin/units/CG/end", data={**form, "reason": "撤销"})
    assert answer.status_code == 409
    assert number in answer.text
    with session_factory() as session:
        assert unit_of(session, "CG").is_active


def test_a_merged_unit_leaves_its_work_people_and_catalogue_to_its_successor(
    app, city, session_factory, signed
):
    open_number, closed_to_be = city.dispatched(NOW), city.to_call_back(NOW)
    city.share_act(open_number, "sign", {}, NOW)
    city.act("callback", Command(closed_to_be, "close", {"solved": "yes", "satisfaction": "satisfied"}), NOW)
    with session_factory.begin() as session:
        cg, jt = unit_of(session, "CG"), unit_of(session, "JT")
        unit_endings.plan_ending(session, cg.id, Ending(_day(session), jt.id), None, signed)
    told = city.sign_in(app, "supervisor").get(f"/tickets/{open_number}").text
    assert "单位合并移交：梧桐区城管局 → 市交通局" in told
    assert "第 1 轮 · 梧桐区城管局（主办）" in told
    tickets = [city.ticket(number) for number in (open_number, closed_to_be)]
    with session_factory() as session:
        cg, jt = unit_of(session, "CG"), unit_of(session, "JT")
        holders = {
            ticket.number: session.scalars(
                select(Assignment.unit_id).where(Assignment.ticket_id == ticket.id)
            ).all()
            for ticket in tickets
        }
        assert holders == {open_number: [jt.id], closed_to_be: [cg.id]}
        event = session.scalars(select(TicketEvent).where(TicketEvent.action == "hand_over")).one()
        assert event.data["from_unit"] == cg.id
        assert session.scalar(select(User.unit_id).where(User.username == "unit-cg")) == jt.id
        assert session.scalar(select(Category.owner_unit_id)) == jt.id
        category = session.scalars(select(Category.id)).one()
        assert {each.unit_id for each in suggest(session, category, "", NOW)} == {jt.id}
        assert [unit.code for unit in list_units(session)] == ["JT"]


def test_a_catalogue_that_still_names_a_merged_unit_says_so_until_it_is_published(app, session_factory):
    with session_factory.begin() as session:
        copied(session, "calendar alone", seed_calendar)
        book = Book(session)
        roles = frozenset({Role.ADMINISTRATOR})
        new = NewUser("administrator", "管理员", "Ginkgo-avenue-7", roles)
        user = accounts.create_user(session, new, NOW, accounts.CHEAP_HASHER)
        administrator = accounts.actor_of(user, roles, frozenset(), "127.0.0.1")
        book.publish(
            ("CG-01", "东区", "E-CG", {"basis": "三定方案", "co_units": ("WATER",)}), ("CG", "", "CITY")
        )
        reform = Signed(administrator, NOW, "机构改革方案")
        merged = Ending(units.today_of(session, NOW), book.unit("W-CG"))
        unit_endings.plan_ending(session, book.unit("E-CG"), merged, None, reform)
        token = accounts.open_session(session, user.id, Client(), datetime.now(UTC))
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    page = BeautifulSoup(browser.get("/catalogue").text, "html.parser")
    assert "1 条规则写着已并入或停用的单位" in page.select_one(".alert--warn").text
    row = page.find("b", string="城市管理 / 占道经营").find_parent("tr")
    assert "已并入西区城市管理局" in row.text
    assert page.text.count("已并入西区城市管理局") == 1
    result = BeautifulSoup(browser.get("/admin/units/E-CG").text, "html.parser")
    told = " ".join(result.text.split())
    assert "派单目录现行版还有 1 条规则写着东区城市管理局" in told
    assert result.select_one("a[href='/catalogue?q=东区城市管理局'], a[href^='/catalogue?q=%E4']")
    with session_factory.begin() as session:
        version = session.scalars(select(CatalogueVersion).where(CatalogueVersion.state == "draft")).one()
        version.state, version.valid_from_at = "published", NOW
    assert "已并入" not in browser.get("/catalogue").text
    assert "条规则写着" not in browser.get("/admin/units/E-CG").text


def test_a_code_that_differs_by_capitals_alone_is_taken_and_none_at_all_is_asked_for(session_factory, signed):
    with session_factory() as session:
        add(session, signed, "NEW-1")
        faults = {code: refused(add, session, signed, code).errors[0].code for code in ("new-1", "")}
    assert faults == {"new-1": FieldCode.TAKEN, "": FieldCode.REQUIRED}


def test_what_the_successor_has_in_hand_itself_stands_in_the_way(city, session_factory, signed):
    number = city.dispatched(NOW)
    city.act("dispatcher", Command(number, "add_co_handler", {"unit": "JT", "advice": "配合"}), NOW)
    with session_factory() as session:
        cg, jt = unit_of(session, "CG"), unit_of(session, "JT")
        found = list_blockers(session, cg, jt)
        assert [each.numbers for each in found] == [(number,)]
        wrong = refused(unit_endings.plan_ending, session, cg.id, Ending(_day(session), jt.id), None, signed)
        assert wrong.code == Code.UNIT_NOT_EMPTY


def test_a_planned_end_comes_on_its_day_waits_for_open_work_and_comes_once(city, session_factory, signed):
    number = city.dispatched(NOW)
    tomorrow = NOW + timedelta(days=1)
    with session_factory.begin() as session:
        on = _day(session) + timedelta(days=1)
        unit_endings.plan_ending(session, unit_of(session, "CG").id, Ending(on), None, signed)
    assert [keep_unit_dates(session_factory, moment) for moment in (NOW, tomorrow)] == [0, 0]
    share = {"assignment": _share(session_factory, number), "unit": "JT", "reason": "改由交通局"}
    city.act("dispatcher", Command(number, "redirect", share), tomorrow)
    assert [keep_unit_dates(session_factory, tomorrow) for _ in range(2)] == [1, 0]
    with session_factory() as session:
        acts = session.scalars(select(DirectoryChange.act).order_by(DirectoryChange.id)).all()
        assert (unit_of(session, "CG").is_active, acts) == (False, ["ending_planned", "ended"])


def test_a_unit_of_the_future_is_chosen_from_its_first_day_on(city, session_factory, signed):
    with session_factory.begin() as session:
        add(session, signed, "NEW-1", valid_from_on=_day(session) + timedelta(days=1))
        assert "NEW-1" not in [unit.code for unit in list_units(session)]
        standing = UnitInput("梧桐区城管局", "bureau", valid_from_on=_day(session) + timedelta(days=9))
        late = refused(units.edit_unit, session, unit_of(session, "CG").id, standing, None, signed)
        assert late.errors[0].field == "valid_from_on"
    keep_unit_dates(session_factory, NOW + timedelta(days=1))
    with session_factory() as session:
        assert "NEW-1" in [unit.code for unit in list_units(session)]


def _day(session):
    return units.today_of(session, NOW)


def _today(session_factory):
    with session_factory() as session:
        return _day(session)


def _share(session_factory, number):
    with session_factory() as session:
        return session.scalars(select(Assignment.id)).one()


def test_a_ticket_handled_again_is_listed_once_with_its_last_share(city, session_factory):
    number = city.to_call_back(NOW)
    answers = {"solved": "no", "satisfaction": "dissatisfied", "reason": "没有修好"}
    city.act("callback", Command(number, "rework", answers), NOW)
    with session_factory() as session:
        listed = list_open_tickets(session, unit_of(session, "CG").id, 10)
    assert [(each.number, each.share_state) for each in listed] == [(number, "to_sign")]
